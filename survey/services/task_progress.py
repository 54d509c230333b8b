"""How far a task is, and that it failed: what whoever works at it tells the store, in write units of their own."""

import time
from functools import partial

from flask import current_app

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


def fail(mine: TaskClaim, fault: str, reference: str | None = None) -> bool:
    """Keep that a task failed, and why; False where it is not this worker's any more."""
    try:
        transaction(partial(tasks.fail, mine=mine, fault=fault, reference=reference))
    except Stopped:
        return False
    return True
