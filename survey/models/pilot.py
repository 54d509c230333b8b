"""Pilots of drafts, and second readers: who tries a survey before it is opened, and what they say of its words."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .account import User
from .base import Base, Moment
from .draft import SurveyDraft
from .survey import Survey

VERDICTS = ("clear", "unclear")


class Pilot(Base):
    """One pilot of a draft: a survey of its own (`Survey.pilot`) until it is ended, afterwards when it was alone."""

    __tablename__ = "pilot"
    __table_args__ = (UniqueConstraint("survey_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("survey_draft.id"), index=True)
    #: The survey that people try; None once it is erased.
    survey_id: Mapped[int | None] = mapped_column(ForeignKey("survey.id"))
    #: The draft's revision that it shows.
    revision: Mapped[int]
    #: SHA-256 of the token of its link; None once that is revoked.
    token_hash: Mapped[str | None] = mapped_column(unique=True)
    begun_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    draft: Mapped[SurveyDraft] = relationship(back_populates="pilots")
    survey: Mapped[Survey | None] = relationship()


class ReaderLink(Base):
    """A link by which somebody without an account reads a draft. The token is shown once; its hash is kept."""

    __tablename__ = "reader_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("survey_draft.id"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)

    draft: Mapped[SurveyDraft] = relationship(back_populates="reader_links")
    remarks: Mapped[list["ReaderRemark"]] = relationship(
        order_by="ReaderRemark.id", back_populates="link", cascade="all, delete-orphan"
    )


class ReaderRemark(Base):
    """What a reader said of one question of a draft; never changed, and deleted with the draft alone."""

    __tablename__ = "reader_remark"
    __table_args__ = (
        CheckConstraint(f"verdict IN ({', '.join(map(repr, VERDICTS))})", name="verdict_known"),
        CheckConstraint("(verdict = 'unclear') = (text <> '')", name="unclear_says_what"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    link_id: Mapped[int] = mapped_column(ForeignKey("reader_link.id"), index=True)
    #: Of the question, in the document; it may have been taken out since.
    question_key: Mapped[str]
    #: Of the draft, as it was read.
    revision: Mapped[int]
    language: Mapped[str]
    #: The question's words in that language, as they were read.
    words: Mapped[dict[str, Any]] = mapped_column(JSON)
    #: As the reader gave it.
    name: Mapped[str]
    verdict: Mapped[str]
    #: What is unclear; empty where nothing is.
    text: Mapped[str] = mapped_column(default="")
    made_at: Mapped[datetime] = mapped_column(Moment)

    link: Mapped[ReaderLink] = relationship(back_populates="remarks")
    settled: Mapped["SettledRemark | None"] = relationship(
        back_populates="remark", cascade="all, delete-orphan", lazy="joined"
    )


class SettledRemark(Base):
    """That a writer dealt with a remark; taken back by deleting it."""

    __tablename__ = "settled_remark"

    remark_id: Mapped[int] = mapped_column(ForeignKey("reader_remark.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    settled_at: Mapped[datetime] = mapped_column(Moment)

    remark: Mapped[ReaderRemark] = relationship(back_populates="settled")
    user: Mapped[User] = relationship()
