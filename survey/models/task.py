"""Background tasks: what was asked for, who works at it, how far it is, how it ended."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import Base, Moment
from .publication import Snapshot
from .survey import Survey

#: What is done in the background: a snapshot with its files, the publications of a day, emails that are due.
TASK_KINDS = ("snapshot", "publish", "letters")
#: Those that are not over, and those that are.
LIVE_STATES, ENDED_STATES = ("waiting", "running"), ("done", "failed", "cancelled")
#: Why one failed: an error of the program, a worker that was gone again and again, an erasure meanwhile.
TASK_FAULTS = ("broken", "abandoned", "erased")


class Task(Base):
    """One task of the background queue. Its row is the queue: nothing about it is kept elsewhere."""

    __tablename__ = "task"
    __table_args__ = (
        # What cancels a task takes its snapshot away: it may be no other task's.
        UniqueConstraint("snapshot_id"),
        Index("ix_task_state", "state"),
        Index("ix_task_survey_id", "survey_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    #: None for what concerns all surveys.
    survey_id: Mapped[int | None] = mapped_column(ForeignKey("survey.id"))
    #: None for the system itself, and for commands.
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    state: Mapped[str] = mapped_column(default="waiting")
    #: What is being done: the name of a file, a survey's address.
    step: Mapped[str] = mapped_column(default="")
    #: How much of the whole is done, from 0 to 1.
    share: Mapped[float] = mapped_column(default=0.0)
    asked_at: Mapped[datetime] = mapped_column(Moment)
    started_at: Mapped[datetime | None] = mapped_column(Moment)
    #: The last sign of life of whoever works at it.
    seen_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    #: Who works at it: a claim, unlike every other.
    worker: Mapped[str | None]
    #: How often it was begun.
    claims: Mapped[int] = mapped_column(default=0)
    #: Why it failed; and what its traceback is found by in the log.
    fault: Mapped[str | None]
    reference: Mapped[str | None]
    #: What came of it: a snapshot's number, how many questions were published or emails sent.
    result: Mapped[int | None]
    #: The snapshot that is being made; of one that fails or is cancelled it goes with its files.
    snapshot_id: Mapped[int | None] = mapped_column(ForeignKey("snapshot.id"))
    #: How a snapshot is to be frozen: the parameters it will have.
    parameters: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))

    survey: Mapped[Survey | None] = relationship()
    snapshot: Mapped[Snapshot | None] = relationship()
