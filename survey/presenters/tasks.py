"""Background tasks in words: what is being made, how far it is, how long it will take, how it ended."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from ..errors import NotFound
from ..export.files import FILES
from ..i18n.formatting import percent
from ..i18n.locale import gettext as _
from ..i18n.locale import ngettext
from ..models import LIVE_STATES, Survey, Task
from ..store.engine import db

#: Before so much is done, and so many seconds have passed, nobody knows how long the rest will take.
TOLD_FROM_SHARE, TOLD_FROM_SECONDS = 0.03, 2
#: Who waits longer than this for a worker is told that there may be none.
WAITS_SECONDS = 30


@dataclass(frozen=True)
class TaskWords:
    """A task as people are told of it.

    Attributes
    ----------
    heading
        What is made, and whether it still is.
    step
        What is being done now, and of how many steps; empty before the first.
    share
        How much is done, 0 to 1.
    done
        The same in words, with the time that is left, where that can be said.
    sentence
        Of one that failed: what happened, what was kept, what to do. Of one that waits long: why that may be.
    live
        Whether it goes on.
    """

    heading: str
    step: str
    share: float
    done: str
    sentence: str
    live: bool


def task_of(survey: Survey, number: int) -> Task:
    """The snapshot's task of an address, for those who may take a survey's answers out.

    :raise NotFound: where the survey has none with this number.
    """
    task = db.session.scalar(select(Task).filter_by(survey_id=survey.id, kind="snapshot", id=number))
    if task is None:
        raise NotFound()
    return task


def task_words(task: Task, now: datetime) -> TaskWords:
    """A snapshot's task in the reader's language.

    Parameters
    ----------
    now
        The present moment, by the store's clock.
    """
    live = task.state in LIVE_STATES
    return TaskWords(_heading(task), _step(task), task.share, _done(task), _sentence(task, now), live)


def seconds_left(task: Task) -> float | None:
    """How many seconds the rest will take if it goes on as it has; None while nobody can say.

    The moment it was begun and its last sign of life are asked, not the present one: what a reload says later is the
    same until there is a new sign.
    """
    if task.state != "running" or task.started_at is None or task.seen_at is None:
        return None
    taken = (task.seen_at - task.started_at).total_seconds()
    if task.share < TOLD_FROM_SHARE or taken < TOLD_FROM_SECONDS:
        return None
    return taken * (1 - task.share) / task.share


def _heading(task: Task) -> str:
    # Of one in the making the number is the snapshot's; when it is over the task keeps it as its result.
    number = task.snapshot.number if task.snapshot else task.result
    match task.state:
        case "waiting":
            return _("A snapshot waits for its turn")
        case "running" if number:
            return _("Snapshot %(number)s is being made", number=number)
        case "running":
            return _("A snapshot is being made")
        case "done":
            return _("Snapshot %(number)s is ready", number=number)
        case "cancelled":
            return _("The snapshot was cancelled")
        case _:
            return _("The snapshot could not be made")


def _step(task: Task) -> str:
    steps = list(FILES)
    if task.state != "running" or task.step not in steps:
        return ""
    place = steps.index(task.step) + 1
    return _("Step %(place)s of %(all)s: %(name)s", place=place, all=len(steps), name=task.step)


def _done(task: Task) -> str:
    if task.state != "running":
        return ""
    told, left = percent(task.share), seconds_left(task)
    return _("%(share)s, %(left)s", share=told, left=_left(left)) if left is not None else told


def _left(seconds: float) -> str:
    if seconds < 90:
        # In steps of five: a number that jumps at each look says more than anybody knows.
        near = max(5, 5 * round(seconds / 5))
        return ngettext("about %(num)s second left", "about %(num)s seconds left", near)
    return ngettext("about %(num)s minute left", "about %(num)s minutes left", round(seconds / 60))


def _sentence(task: Task, now: datetime) -> str:
    if task.state == "cancelled":
        return _("Nothing of it was kept.")
    if task.state == "waiting" and (now - task.asked_at).total_seconds() > WAITS_SECONDS:
        return _(
            "Nobody has begun it yet. If that goes on, ask the people who run this site whether its worker"
            " runs; the request is kept."
        )
    if task.state != "failed":
        return ""
    if task.fault == "erased":
        return _("Somebody erased their answers while it was made. Nothing of it was kept; try again.")
    if task.fault == "abandoned":
        return _(
            "It was begun several times, and ended each time before it was ready. Nothing of it was kept. Try again;"
            " if it happens again, tell the people who run this site."
        )
    return _(
        "Something went wrong here. Nothing of it was kept. Try again; if it happens again, tell the people who"
        " run this site the reference %(reference)s.",
        reference=task.reference or "–",
    )
