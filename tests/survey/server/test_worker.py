"""The worker's processes: what they leave to whoever answers."""

import os

import pytest

from survey.server.worker import make_nicer


def test_where_a_system_knows_no_such_priorities_a_task_is_done_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("getpriority", "setpriority", "PRIO_PROCESS"):
        monkeypatch.delattr(os, name)
    make_nicer(os.getpid())
