"""What was shown of the crowd, and what was taken out for research."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import Base, Moment
from .question import Question
from .survey import Survey


class Publication(Base):
    """Figures of one question's crowd at the end of a UTC day that was over, unrounded."""

    __tablename__ = "publication"
    __table_args__ = (
        ForeignKeyConstraint(["question_id", "survey_id"], ["question.id", "question.survey_id"]),
        # Two workers that publish one day: the second finds what the first has made (`constraints.RACES`).
        UniqueConstraint("question_id", "as_of"),
        UniqueConstraint("question_id", "number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column()
    question_id: Mapped[int] = mapped_column()
    number: Mapped[int]
    as_of: Mapped[date]
    published_at: Mapped[datetime] = mapped_column(Moment)
    #: People whose forecast stood, before rounding.
    people: Mapped[int]
    #: By segment (`all`, `version 2`, `round 1`), then option and method.
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)

    question: Mapped[Question] = relationship(
        foreign_keys=[question_id], primaryjoin="Publication.question_id == Question.id"
    )


class IncoherenceFigures(Base):
    """How the incoherence of a survey's people was distributed at the end of a UTC day that was over, unrounded."""

    __tablename__ = "incoherence_figures"
    __table_args__ = (UniqueConstraint("survey_id", "as_of"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    as_of: Mapped[date]
    published_at: Mapped[datetime] = mapped_column(Moment)
    #: As `aggregation.incoherence.incoherence_figures` makes them.
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)


class Snapshot(Base):
    """A frozen export: every id of a person in it goes through its own key."""

    __tablename__ = "snapshot"

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    number: Mapped[int]
    #: The last UTC day that is in it.
    as_of: Mapped[date]
    created_at: Mapped[datetime] = mapped_column(Moment)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    parameters: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    #: 32 random bytes, sealed with the application's key.
    sealed_key: Mapped[bytes]
    #: The survey's wave key, sealed too: where people bear the same pseudonyms in all snapshots that have it.
    sealed_wave_key: Mapped[bytes | None]
    manifest_hash: Mapped[str | None]
    signature: Mapped[bytes | None]
    #: Since then it is not given out any more: somebody in it has erased their answers.
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)

    survey: Mapped[Survey] = relationship()


class SnapshotFile(Base):
    """One file of a snapshot as it was made when the snapshot was frozen: nothing later changes it."""

    __tablename__ = "snapshot_file"

    snapshot_id: Mapped[int] = mapped_column(ForeignKey("snapshot.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    #: What its pieces are found by.
    pieces: Mapped[str]
    #: Bytes, as they are kept; of a large survey more than 32 bits can count.
    size: Mapped[int] = mapped_column(BigInteger)
    #: Of those bytes, in hexadecimal.
    sha256: Mapped[str]
    #: Whether it is kept compressed (zlib), and given out as the text inside.
    packed: Mapped[bool]


class SnapshotPiece(Base):
    """A piece of a file of a snapshot. What no file names is of one under making, or of one that never was."""

    __tablename__ = "snapshot_piece"

    pieces: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    snapshot_id: Mapped[int] = mapped_column(ForeignKey("snapshot.id"), index=True)
    content: Mapped[bytes]
