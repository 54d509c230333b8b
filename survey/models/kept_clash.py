"""A clash of one's own answers that its person keeps as it is."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Moment


class KeptClash(Base):
    """What a person said of a clash between their answers: it may stay, or is told again; the last row holds."""

    __tablename__ = "kept_clash"
    __table_args__ = (
        ForeignKeyConstraint(["participant_id", "survey_id"], ["participant.id", "participant.survey_id"]),
        Index("ix_kept_clash_participant_id", "participant_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column()
    participant_id: Mapped[int] = mapped_column()
    #: Keys of the relations and questions that it follows from.
    sources: Mapped[str]
    #: SHA-256 of the sources and of the answers with their numbers: with another number it is another clash.
    fingerprint: Mapped[str]
    #: Whether it stays; False takes that back.
    kept: Mapped[bool]
    said_at: Mapped[datetime] = mapped_column(Moment)
