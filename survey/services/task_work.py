"""Doing what somebody asked for in the background: what each kind is, and how it ends."""

import logging
import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from functools import partial

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..errors import AnswersGone, SurveyError
from ..export.options import FreezeOptions
from ..i18n.locale import gettext
from ..models import Snapshot, Survey, Task, User
from ..progress import Progress
from ..store.engine import db
from ..store.transaction import transaction
from . import snapshots, tasks
from .freeze_options import checked_options
from .task_progress import TaskProgress, fail
from .tasks import Stopped, TaskClaim

logger = logging.getLogger(__name__)


class Busy(SurveyError):
    """Who asks waits for a snapshot of another survey already."""

    status = 409

    def __init__(self) -> None:
        super().__init__(
            gettext(
                "A snapshot of another survey is being made for you. Nothing was begun; ask again when it is ready."
            )
        )


class BusyOtherwise(SurveyError):
    """Who asks waits for a snapshot of the same survey that is frozen with other options."""

    status = 409

    def __init__(self) -> None:
        super().__init__(
            gettext(
                "A snapshot with other options is being made for you. Nothing was begun; wait for it, or cancel it."
            )
        )


def ask_snapshot(
    session: Session, survey: Survey, user: User | None, options: FreezeOptions = snapshots.DEFAULTS
) -> Task:
    """Let a snapshot of a survey be made; where this person has one in the making, that one.

    Raises
    ------
    Busy
        Where theirs is of another survey. Commands are nobody, and have one at a time together.
    BusyOtherwise
        Where theirs has other options.
    InvalidOptions
        Where the options are refused.
    """
    asked = checked_options(session, survey, options).parameters
    by_id = user.id if user else None
    task = tasks.ask(session, "snapshot", survey=survey, by_id=by_id, parameters=asked)
    if task.survey_id != survey.id:
        raise Busy()
    if (task.parameters or FreezeOptions().parameters) != asked:
        raise BusyOtherwise()
    return task


def run(number: int, shown: Progress | None = None) -> bool:
    """Do a task of the queue here; False where it is not to be had, or did not end well.

    Parameters
    ----------
    shown
        Is told too how far it is.
    """
    mine = transaction(partial(tasks.claim, number=number))
    if mine is None:
        return False
    with _ending(mine) as ended:
        _make_snapshot(TaskProgress(mine, shown))
    return ended == ["well"]


def run_waiting() -> int:
    """Do here what waits in the queue; how many tasks were begun. For a timer where no worker runs."""
    waiting = tasks.claimable(db.session, "snapshot")
    for number in waiting:
        run(number)
    return len(waiting)


@contextmanager
def _ending(mine: TaskClaim) -> Iterator[list[str]]:
    """Tell the store how a task ended; people are told a sentence, the log a traceback with the same reference."""
    ended: list[str] = []
    try:
        yield ended
        ended.append("well")
    except Stopped:
        # What was being read is of before: whoever looks next sees what others have done.
        db.session.rollback()
        logger.info("Task %d was cancelled, or is another worker's now.", mine.number)
    # Somebody whose answers are in the snapshot erased them while it was made.
    except AnswersGone:
        fail(mine, "erased")
    except Exception:
        reference = secrets.token_hex(4)
        # What was cancelled is taken away under whoever works at it: that is no fault.
        if fail(mine, "broken", reference):
            logger.exception("Task %d failed, reference %s; nothing of it was kept.", mine.number, reference)


def _make_snapshot(progress: TaskProgress) -> None:
    settings, mine = current_app.config["PARLEY"], progress.mine
    snapshot_id = transaction(partial(_begun, mine=mine))
    snapshot = db.session.get_one(Snapshot, snapshot_id)
    with closing(snapshots.make_bundle(db.session, snapshot, settings)) as steps:
        for step in steps:
            progress(step.name, step.share)
    transaction(partial(_finish, mine=mine, snapshot_id=snapshot_id))


def _begun(session: Session, mine: TaskClaim) -> int:
    """The snapshot of a task: the one that a worker before has begun, or one of the day before it was asked."""
    # First: whose task was cancelled, or is another's by now, begins no snapshot; and it holds the row.
    tasks.tell(session, mine, "", 0.0)
    task = session.get_one(Task, mine.number)
    if task.snapshot_id is None:
        assert task.survey is not None
        # By the time of asking: however late a worker comes to it, it makes the file that was meant.
        day = task.asked_at.date() - timedelta(days=1)
        settings = current_app.config["PARLEY"]
        options = FreezeOptions.read(task.parameters or {})
        task.snapshot = snapshots.begin(
            session, task.survey, settings, by_id=task.by_id, as_of=day, options=options
        )
        session.flush()
    assert task.snapshot_id is not None
    return task.snapshot_id


def _finish(session: Session, mine: TaskClaim, snapshot_id: int) -> None:
    # The task's row first, as whoever cancels it takes them.
    tasks.tell(session, mine, "", 1.0)
    snapshot = session.scalars(select(Snapshot).filter_by(id=snapshot_id).with_for_update()).one()
    if snapshot.withdrawn_at is not None:
        raise AnswersGone()
    tasks.finish(session, mine, snapshot.number)
    snapshots.note(session, snapshot)
