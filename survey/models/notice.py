"""Letters: where somebody wants them, which, and what was sent. No value of a forecast is ever in one."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .answer import Participant
from .base import Base, Moment
from .survey import Survey

NOTICE_KINDS = ("opening", "clarification", "closing", "resolved", "corrected", "stale")
NOTICE_WAYS = ("none", "each", "digest")
#: Days after which a forecast that nobody touched may be called to mind; and the ways of hearing of that.
STALE_DAYS = (14, 28, 56)
STALE_WAYS = ("none", *map(str, STALE_DAYS))


def ways_of(kind: str) -> tuple[str, ...]:
    """The ways in which one may hear of a kind of event.

    >>> ways_of("closing"), ways_of("stale")
    (('none', 'each', 'digest'), ('none', '14', '28', '56'))
    """
    return STALE_WAYS if kind == "stale" else NOTICE_WAYS


def _among(values: tuple[str, ...]) -> str:
    return f"({', '.join(map(repr, values))})"


class Contact(Base):
    """The address of a participant who wants letters. Never kept in a protected survey."""

    __tablename__ = "contact"

    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), primary_key=True)
    address: Mapped[str]
    #: SHA-256 of the token in the letter that asks to confirm; None once it was confirmed.
    confirm_hash: Mapped[str | None] = mapped_column(unique=True)
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    #: From then on an address that nobody confirmed is forgotten; None once it was confirmed.
    expires_at: Mapped[datetime | None] = mapped_column(Moment)
    #: Random; the link that ends all letters is signed over it, so that it works for this address alone.
    nonce: Mapped[str]

    participant: Mapped[Participant] = relationship()


class NoticeChoice(Base):
    """How a participant wants to hear of one kind of event; without a row, in the usual way."""

    __tablename__ = "notice_choice"
    __table_args__ = (
        CheckConstraint(f"kind IN {_among(NOTICE_KINDS)}", name="kind_known"),
        CheckConstraint(
            f"CASE WHEN kind = 'stale' THEN way IN {_among(STALE_WAYS)} ELSE way IN {_among(NOTICE_WAYS)} END",
            name="way_known",
        ),
    )

    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    way: Mapped[str]


class Notice(Base):
    """One thing a participant is told of, once. It is marked as sent before the letter goes: never twice."""

    __tablename__ = "notice"
    __table_args__ = (
        ForeignKeyConstraint(["participant_id", "survey_id"], ["participant.id", "participant.survey_id"]),
        UniqueConstraint("participant_id", "kind", "about"),
        CheckConstraint(f"kind IN {_among(NOTICE_KINDS)}", name="kind_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    participant_id: Mapped[int] = mapped_column()
    kind: Mapped[str]
    #: What it is about, as text that names it once: `question 12`, `version 40`, `resolution 7`; `reminder 2`.
    about: Mapped[str]
    #: The question it leads to; None for the survey.
    question_id: Mapped[int | None] = mapped_column(ForeignKey("question.id"))
    due_at: Mapped[datetime] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)

    survey: Mapped[Survey] = relationship(overlaps="participant")
    participant: Mapped[Participant] = relationship(
        foreign_keys=[participant_id], primaryjoin="Notice.participant_id == Participant.id"
    )
