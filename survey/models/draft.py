"""Surveys under writing: a document, who writes it, and every change that was made to it."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .account import User
from .base import Base, Moment
from .survey import Survey

if TYPE_CHECKING:
    from .pilot import Pilot, ReaderLink

DRAFT_ROLES = ("owner", "writer")


class SurveyDraft(Base):
    """A survey as it is written (`bank.document`). Nothing of it is in the survey's own tables until it is opened."""

    __tablename__ = "survey_draft"
    __table_args__ = (UniqueConstraint("survey_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: The address it is written at, and of the survey once it is opened.
    slug: Mapped[str] = mapped_column(unique=True)
    #: The survey it was opened as; from then on that survey's roles say who writes it.
    survey_id: Mapped[int | None] = mapped_column(ForeignKey("survey.id"))
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    #: The number of its last change; 0 as it was started.
    revision: Mapped[int] = mapped_column(default=0)
    #: The revision that participants see; None before it is opened.
    opened_revision: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(Moment)
    #: The idempotency key it was begun with, as a hash with its user's id; and the hash of what was sent then.
    begun_key: Mapped[str | None] = mapped_column(unique=True)
    begun_hash: Mapped[str | None]
    #: Put away: out of the lists, and not changed until it is brought back.
    archived_at: Mapped[datetime | None] = mapped_column(Moment)

    survey: Mapped[Survey | None] = relationship()
    members: Mapped[list["DraftMember"]] = relationship(
        order_by="DraftMember.since", back_populates="draft", cascade="all, delete-orphan"
    )
    changes: Mapped[list["DraftChange"]] = relationship(
        order_by="DraftChange.number", back_populates="draft", cascade="all, delete-orphan"
    )
    pilots: Mapped[list["Pilot"]] = relationship(
        order_by="Pilot.id", back_populates="draft", cascade="all, delete-orphan"
    )
    reader_links: Mapped[list["ReaderLink"]] = relationship(
        order_by="ReaderLink.id", back_populates="draft", cascade="all, delete-orphan"
    )


class DraftMember(Base):
    """Who writes a survey that is not open yet."""

    __tablename__ = "draft_member"
    __table_args__ = (CheckConstraint(f"role IN ({', '.join(map(repr, DRAFT_ROLES))})", name="role_known"),)

    draft_id: Mapped[int] = mapped_column(ForeignKey("survey_draft.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    role: Mapped[str]
    since: Mapped[datetime] = mapped_column(Moment)

    draft: Mapped[SurveyDraft] = relationship(back_populates="members")
    user: Mapped[User] = relationship()


class DraftChange(Base):
    """One change of a document: what was where, and what is there now; so that any can be told, or taken back."""

    __tablename__ = "draft_change"

    draft_id: Mapped[int] = mapped_column(ForeignKey("survey_draft.id"), primary_key=True)
    #: The revision it made.
    number: Mapped[int] = mapped_column(primary_key=True)
    #: None for a command.
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    made_at: Mapped[datetime] = mapped_column(Moment)
    #: Tables of `path`, `before` and `after`, in the order in which they were made; null is nothing there.
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    #: `undo` and `redo` name in `undoes` the change they take back or make again; else what was done, or nothing.
    label: Mapped[str] = mapped_column(default="")
    undoes: Mapped[int | None]

    draft: Mapped[SurveyDraft] = relationship(back_populates="changes")
    user: Mapped[User | None] = relationship()
