"""Personal invitations. A link opens a page; only taking part there, by POST, uses it."""

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .answer import Participant
from .base import Base, Moment
from .survey import Survey


class Invitation(Base):
    """One invitation for one person. The token is shown once; its hash is what is kept.

    Where it goes by letter its address is kept here alone, for that letter and reminders, and never in a protected
    survey; `services.invitation_letters.forget_addresses` says until when.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        ForeignKeyConstraint(["participant_id", "survey_id"], ["participant.id", "participant.survey_id"]),
        UniqueConstraint("participant_id"),
        Index("ix_invitation_former_hash", "former_hash", unique=True),
        # Once in a survey, also of two lists that are sent at once; what has no mark is never alike.
        Index("ix_invitation_address", "survey_id", "address_mark", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    #: SHA-256 of the token.
    token_hash: Mapped[str] = mapped_column(unique=True)
    #: That of the letter before the last: whoever opens the older one gets in as well.
    former_hash: Mapped[str | None]
    #: Which set of invitations it was made in, as its organizer calls it.
    batch: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)
    #: Who took part with it; its own again after an erasure.
    participant_id: Mapped[int | None] = mapped_column()

    #: Where its letters go; None where there are none (any more).
    address: Mapped[str | None]
    #: Keyed hash of the address, once in a survey; kept without it where somebody wants no letters, to know them by.
    address_mark: Mapped[str | None]
    #: What its organizer calls this person, or those like them.
    person_group: Mapped[str | None]
    #: In which its letters are written.
    language: Mapped[str | None]
    #: From then on a letter is to go; None while none is.
    letter_due_at: Mapped[datetime | None] = mapped_column(Moment)
    #: Letters that went, the invitation and its reminders.
    letters: Mapped[int] = mapped_column(default=0, server_default="0")
    last_letter_at: Mapped[datetime | None] = mapped_column(Moment)
    #: What the mail server answered where it refuses the address for good: its code, or empty where it gave none.
    refusal: Mapped[str | None]
    #: When its person asked for no more letters.
    declined_at: Mapped[datetime | None] = mapped_column(Moment)

    survey: Mapped[Survey] = relationship(overlaps="participant")
    participant: Mapped[Participant | None] = relationship(
        foreign_keys=[participant_id], primaryjoin="Invitation.participant_id == Participant.id"
    )
