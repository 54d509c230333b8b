"""What the system does by itself, as tasks of the queue that it asks for and claims in one."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial

from sqlalchemy.orm import Session

from ..store.transaction import transaction
from . import tasks
from .task_progress import TaskProgress, fail
from .tasks import Stopped, TaskClaim


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
