"""How often a process looks for cycles: seldom while it works, never through what a server began with."""

import gc
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from survey.garbage import SELDOM, collect_seldom, collector_paused, settle

#: Python's own number of new objects between two searches.
BY_ITSELF = 700

#: Runs a command; says how often everything there is was searched, and how many new objects lead to a search.
WATCHED = """
import gc
found = []
gc.callbacks.append(lambda phase, about: phase == "start" and found.append(about["generation"]))
from survey.cli import main
try:
    main(["db", "upgrade"])
except SystemExit as ended:
    assert not ended.code
print("searched:", found.count(2), gc.get_threshold()[0])
"""


@pytest.fixture
def by_itself() -> Iterator[None]:
    """Python's own rule, with nothing kept out; what the suite has set is set again afterwards."""
    threshold = gc.get_threshold()
    gc.unfreeze()
    gc.set_threshold(BY_ITSELF)
    yield
    gc.unfreeze()
    gc.set_threshold(*threshold)


def searches_over(objects: int) -> int:
    """How often cycles are looked for while so many objects are made, none of which can be dropped."""
    found = []
    gc.callbacks.append(lambda phase, about: phase == "start" and found.append(about["generation"]))
    try:
        kept = [[] for _ in range(objects)]
    finally:
        gc.callbacks.pop()
    assert len(kept) == objects
    return len(found)


def test_a_command_never_searches_everything_there_is(tmp_path: Path) -> None:
    environment = {**os.environ, "PARLEY_INSTANCE": str(tmp_path / "new")}
    environment.pop("PARLEY_DATABASE_URL", None)
    ended = subprocess.run(
        [sys.executable, "-c", WATCHED], env=environment, capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.rpartition("searched:")[2].split() == ["0", str(SELDOM)]


@pytest.mark.usefixtures("by_itself")
def test_what_a_page_makes_is_searched_once_not_many_times() -> None:
    assert searches_over(10_000) > 10
    collect_seldom()
    assert searches_over(10_000) <= 1


@pytest.mark.usefixtures("by_itself")
def test_what_a_server_begins_with_is_kept_out() -> None:
    settle()
    assert gc.get_freeze_count() > 100_000
    assert gc.get_threshold()[0] == SELDOM


@pytest.mark.usefixtures("by_itself")
def test_while_it_is_paused_nothing_is_searched_also_where_that_is_said_twice() -> None:
    with collector_paused():
        with collector_paused():
            assert searches_over(10_000) == 0
        assert searches_over(10_000) == 0
    assert gc.isenabled()
