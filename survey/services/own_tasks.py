"""What the system does by itself, as tasks of the queue: how far each is, and how it ends."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial

from flask import current_app
from sqlalchemy.orm import Session

from ..progress import Progress
from ..store.transaction import transaction
from . import tasks
from .tasks import Stopped, TaskClaim

#: Seconds between two signs of life in the store.
EVERY = 1.0


class TaskProgress:
    """How far a task is, as whoever works at it tells: kept at most once a second, in write units of their own.

    They have a session of their own too: what the task is reading goes on.
    """

    def __init__(self, mine: TaskClaim, shown: Progress | None = None) -> None:
        self.mine = mine
        self._shown = shown
        self._told_at = 0.0

    def __call__(self, step: str, share: float) -> None:
        """Say so.

        Raises
        ------
        Stopped
            Where the task was cancelled meanwhile, or another has taken it over.
        """
        if time.monotonic() - self._told_at < EVERY:
            return
        with current_app.app_context():
            transaction(partial(tasks.tell, mine=self.mine, step=step, share=share))
        if self._shown is not None:
            self._shown(step, share)
        self._told_at = time.monotonic()


class OwnTask:
    """What the system does by itself, as a task of the queue; it has a row once there is something to tell.

    Attributes
    ----------
    result
        How many things were done; None where it did not go well. Of one that did nothing no row stays.
    """

    def __init__(self, kind: str) -> None:
        self.result: int | None = None
        self._kind = kind
        self._told: TaskProgress | None = None
        self._asked = False

    def begin(self) -> bool:
        """Whether this worker is at it now, and no other."""
        if not self._asked:
            self._asked = True
            mine = transaction(partial(_claim_own, kind=self._kind))
            self._told = TaskProgress(mine) if mine else None
        return self._told is not None

    def __call__(self, step: str, share: float) -> None:
        """How far it is. Where another worker is at the same, that one's row says so, and this one has none."""
        if self.begin() and self._told:
            self._told(step, share)

    def end(self) -> None:
        """It is over, well or not."""
        if self._told is None:
            return
        mine = self._told.mine
        if self.result is None:
            fail(mine, "broken")
            return
        over = partial(tasks.finish, result=self.result) if self.result else tasks.leave
        with suppress(Stopped):
            transaction(partial(over, mine=mine))


@contextmanager
def own_task(kind: str) -> Iterator[OwnTask]:
    """What the system does in the `with` block, as a task of the queue that is over with the block."""
    task = OwnTask(kind)
    try:
        yield task
    finally:
        task.end()


def _claim_own(session: Session, kind: str) -> TaskClaim | None:
    tasks.forget_old(session)
    return tasks.claim(session, tasks.ask(session, kind).id)


def fail(mine: TaskClaim, fault: str, reference: str | None = None) -> bool:
    """Keep that a task failed, and why; False where it is not this worker's any more."""
    try:
        transaction(partial(tasks.fail, mine=mine, fault=fault, reference=reference))
    except Stopped:
        return False
    return True
