"""Background tasks: asked for, claimed by one worker, told of as they go on; cancelled, resumed, forgotten.

The table is the queue. A claim is one conditional update, and whoever works writes under the claim's own name: a
worker whose task was cancelled, or taken over by another, finds no row to write to and stops (`Stopped`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, and_, delete, or_, select, update
from sqlalchemy.orm import Session

from .. import clock
from ..models import ENDED_STATES, LIVE_STATES, Snapshot, SnapshotFile, SnapshotPiece, Survey, Task, User
from .worker_identity import is_gone, new_worker

#: Without a sign of life for so long a task is claimed by another.
QUIET = timedelta(minutes=5)
#: What was begun so often and never ended is not begun again.
MOST_CLAIMS = 3
#: So long the page tells somebody how their last one ended.
TOLD = timedelta(hours=1)
#: So long an ended task is listed: one that somebody asked for, and one of the system's own.
KEPT, OWN_KEPT = timedelta(days=30), timedelta(days=1)


class Stopped(Exception):
    """The task is not this worker's any more: somebody cancelled it, or another has taken it over."""


@dataclass(frozen=True)
class TaskClaim:
    """The right to work at a task, for as long as nobody else has it."""

    number: int
    kind: str
    worker: str


def ask(
    session: Session,
    kind: str,
    *,
    survey: Survey | None = None,
    by_id: int | None = None,
    parameters: dict[str, Any] | None = None,
) -> Task:
    """Let something be done in the background; where this person waits for a task already, that one.

    Parameters
    ----------
    by_id
        Who asks; None for the system itself and for commands, which have one of each kind.
    parameters
        How it is to be done.
    """
    if by_id is not None:
        # Two asked for at once by one person queue here. Rows that name the account are not kept waiting.
        session.execute(select(User.id).where(User.id == by_id).with_for_update(key_share=True))
    asked = select(Task).where(Task.by_id == by_id if by_id is not None else Task.by_id.is_(None))
    asked = asked.where(Task.state.in_(LIVE_STATES))
    if by_id is None:
        asked = asked.where(Task.kind == kind)
    running = session.scalars(asked.order_by(Task.id).limit(1)).first()
    if running is not None:
        return running
    task = Task(
        kind=kind,
        survey_id=survey.id if survey else None,
        by_id=by_id,
        asked_at=clock.now(session),
        parameters=parameters,
    )
    session.add(task)
    session.flush()
    return task


def claimable(session: Session, kind: str) -> list[int]:
    """The tasks of a kind that nobody works at, the oldest first: those that wait, and those whose worker is gone."""
    free = select(Task.id).where(Task.kind == kind, _is_free(session, clock.now(session)))
    return list(session.scalars(free.order_by(Task.id)))


def claim(session: Session, number: int) -> TaskClaim | None:
    """Take a task; None where another works at it, it is over, or it was begun too often.

    Of any number who try at once one gets it.
    """
    moment = clock.now(session)
    taken = session.execute(
        update(Task)
        # A task whose making stops the process would stop every worker after it.
        .where(Task.id == number, _is_free(session, moment), Task.claims < MOST_CLAIMS)
        .values(
            state="running",
            worker=new_worker(),
            claims=Task.claims + 1,
            started_at=moment,
            seen_at=moment,
            step="",
            share=0.0,
        )
        .returning(Task.id, Task.kind, Task.worker)
        .execution_options(synchronize_session=False)
    ).first()
    if taken is None:
        _abandon(session, number, moment)
        return None
    return TaskClaim(taken.id, taken.kind, taken.worker or "")


def tell(session: Session, mine: TaskClaim, step: str, share: float) -> None:
    """Keep how far a task is: its sign of life.

    Raises
    ------
    Stopped
        Where it is not this worker's any more.
    """
    _write(session, mine, step=step, share=share, seen_at=clock.now(session))


def finish(session: Session, mine: TaskClaim, result: int | None = None) -> None:
    """A task is done; `Stopped` where it is not this worker's any more."""
    moment = clock.now(session)
    _write(session, mine, state="done", share=1.0, result=result, seen_at=moment, ended_at=moment)


def leave(session: Session, mine: TaskClaim) -> None:
    """There was nothing to do after all: nobody need read of it. `Stopped` where it is another worker's by now."""
    tell(session, mine, "", 1.0)
    session.execute(delete(Task).where(Task.id == mine.number))


def fail(session: Session, mine: TaskClaim, fault: str, reference: str | None = None) -> None:
    """A task could not be done, and what was half made goes; `Stopped` where it is not this worker's any more."""
    _write(session, mine, state="failed", fault=fault, reference=reference, ended_at=clock.now(session))
    _discard_half_made(session, mine.number)


def give_back(session: Session, number: int, process: int) -> None:
    """A worker was told to stop: its task waits for the next one, as if this had not begun it."""
    session.execute(
        update(Task)
        # By its process: a claim that somebody else has made since stays theirs.
        .where(Task.id == number, Task.state == "running", Task.worker.contains(f":{process}:"))
        .values(state="waiting", worker=None, claims=Task.claims - 1)
    )


def not_begun(session: Session, number: int) -> None:
    """A worker's process ended before it could claim its task: that counts as one that was begun."""
    waits = (Task.id == number, Task.state == "waiting")
    session.execute(update(Task).where(*waits).values(claims=Task.claims + 1))
    _abandon(session, number, clock.now(session))


def cancel(session: Session, task: Task) -> bool:
    """End a task that somebody asked for; False where it was over already. What was half made goes.

    Whoever works at it finds so at the next sign of life.
    """
    moment = clock.now(session)
    ended = _changed(
        session,
        update(Task)
        .where(Task.id == task.id, Task.state.in_(LIVE_STATES))
        .values(state="cancelled", ended_at=moment),
    )
    if ended:
        _discard_half_made(session, task.id)
    session.refresh(task)
    return ended


def may_cancel(task: Task, user_id: int, role: str) -> bool:
    """Whether somebody with this role may cancel a task: who asked for it, and owners."""
    return task.by_id == user_id or role == "owner"


def shown_tasks(session: Session, survey: Survey, user_id: int, now: datetime) -> list[Task]:
    """A survey's snapshots in the making, and this person's last one where it ended a short while ago."""
    of_survey = select(Task).filter_by(survey_id=survey.id, kind="snapshot").order_by(Task.id.desc())
    live = list(session.scalars(of_survey.where(Task.state.in_(LIVE_STATES))))
    own = session.scalars(of_survey.filter_by(by_id=user_id).limit(1)).first()
    if own is not None and own.ended_at is not None and own.ended_at > now - TOLD:
        return [*live, own]
    return live


def forget_old(session: Session) -> int:
    """Delete the tasks that ended long ago; how many. Snapshots stay: they are what was asked for."""
    moment = clock.now(session)
    old = or_(Task.ended_at < moment - KEPT, and_(Task.ended_at < moment - OWN_KEPT, Task.by_id.is_(None)))
    return _count(session, delete(Task).where(Task.state.in_(ENDED_STATES), old))


def _is_free(session: Session, moment: datetime) -> ColumnElement[bool]:
    """Whether a task waits, or is one whose worker gave no sign of life for long, or is known to be gone."""
    # Asked here and not of the database: only this machine knows which of its processes are left.
    workers = session.scalars(select(Task.worker).where(Task.state == "running")).all()
    gone = [worker for worker in workers if is_gone(worker)]
    lost = or_(Task.seen_at < moment - QUIET, Task.worker.in_(gone))
    return or_(Task.state == "waiting", and_(Task.state == "running", lost))


def _abandon(session: Session, number: int, moment: datetime) -> None:
    """End a task that was begun too often, and is free once more."""
    worn_out = (Task.id == number, _is_free(session, moment), Task.claims >= MOST_CLAIMS)
    ended = update(Task).where(*worn_out).values(state="failed", fault="abandoned", ended_at=moment)
    if _changed(session, ended):
        _discard_half_made(session, number)


def _discard_half_made(session: Session, number: int) -> None:
    """Delete the snapshot that a task had begun, with the files that were made: nobody was given any of it."""
    half_made = session.scalar(select(Task.snapshot_id).where(Task.id == number))
    if half_made is None:
        return
    session.execute(update(Task).where(Task.id == number).values(snapshot_id=None))
    # As whoever keeps a piece of it takes it: none comes in between and stays.
    session.scalars(select(Snapshot.id).filter_by(id=half_made).with_for_update()).one_or_none()
    for table in (SnapshotFile, SnapshotPiece):
        session.execute(delete(table).filter_by(snapshot_id=half_made))
    session.execute(delete(Snapshot).filter_by(id=half_made))


def _write(session: Session, mine: TaskClaim, **values: Any) -> None:
    owned = (Task.id == mine.number, Task.state == "running", Task.worker == mine.worker)
    if not _changed(session, update(Task).where(*owned).values(**values)):
        raise Stopped()


def _changed(session: Session, statement: Any) -> bool:
    return _count(session, statement) > 0


def _count(session: Session, statement: Any) -> int:
    done = session.execute(statement.execution_options(synchronize_session=False))
    return cast(CursorResult[Any], done).rowcount
