"""What a daily run leaves to PostgreSQL's turn is said with its number, and is run where everything is required."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from . import skips
from .teardown import ROOT

SUITE = """
import pytest

BOTH = [pytest.param(name, marks=getattr(pytest.mark, name)) for name in ("sqlite", "postgresql")]

@pytest.mark.parametrize("database", BOTH)
def test_of_pages(database): pass

@pytest.mark.store
@pytest.mark.parametrize("database", BOTH)
def test_of_locks(database): pass

@pytest.mark.parametrize("database", BOTH[1:])
def test_of_one_database(database): pass

@pytest.mark.postgresql
@pytest.mark.parametrize("number", [1])
def test_of_a_server(number): pass
"""
LEFT = "Not run, 1: ran on SQLite alone; LONG=1 runs it on PostgreSQL too"


def told(folder: Path, *options: str, **settings: str) -> str:
    """The words of a run over the suite above."""
    (folder / "test_both.py").write_text(SUITE)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PARLEY_")}
    # Without the plugins that the suite uses: to load them takes longer than all else here.
    environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "yes"
    plugins = ("-p", "tests.skips", "-p", "xdist", "-p", "no:cacheprovider")
    command = [sys.executable, "-m", "pytest", "-q", *plugins]
    run = subprocess.run(
        [*command, "-c", os.devnull, f"--rootdir={folder}", "-W", "ignore", str(folder), *options],
        cwd=ROOT,
        env=environment | settings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def test_one_that_is_not_of_the_store_is_run_on_sqlite_alone_and_the_run_says_so(tmp_path: Path) -> None:
    words = told(tmp_path)
    assert "5 passed, 1 deselected" in words and LEFT in words and skips.FEWER in words
    # Several processes each leave it out, and it is told once.
    assert LEFT in told(tmp_path, "-n", "2")


def test_whoever_asks_for_one_that_waits_is_told_why_and_nothing_has_failed(tmp_path: Path) -> None:
    (tmp_path / "test_slow.py").write_text("import pytest\n\n@pytest.mark.long\ndef test_slow(): pass\n")
    words = told(tmp_path, "-k", "slow")
    assert "1 skipped" in words and f"Not run, 1: {skips.TAKES_LONG}" in words


def test_what_has_a_bound_in_seconds_waits_and_is_then_run_with_the_machine_to_itself(tmp_path: Path) -> None:
    (tmp_path / "test_quick.py").write_text("import pytest\n\n@pytest.mark.alone\ndef test_in_time(): pass\n")
    assert f"Not run, 1: {skips.TAKES_LONG}" in told(tmp_path, "-k", "in_time")
    daily, long = runs_of_make(), runs_of_make("LONG=1")
    assert [selection(run) for run in daily] == ["not alone"]
    assert [selection(run) for run in long] == ["not alone", "alone"]
    assert "-n" in long[0] and "-n" not in long[1]


def runs_of_make(*variables: str) -> list[list[str]]:
    """The words of each command with which `make test` runs pytest, whatever this very run was begun with."""
    told = subprocess.run(
        ["make", "--dry-run", "test", *variables],
        cwd=ROOT,
        # A make hands its variables on to all that it starts.
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    return [shlex.split(line) for line in told.stdout.splitlines() if "-m pytest" in line]


def selection(run: list[str]) -> str:
    """The marks that are asked for: what follows the last -m."""
    return run[len(run) - run[::-1].index("-m")]


@pytest.mark.parametrize("setting", [{"PARLEY_LONG": "yes"}, {"PARLEY_REQUIRE": "everything"}])
def test_where_everything_is_asked_for_all_are_run_on_both(tmp_path: Path, setting: dict[str, str]) -> None:
    words = told(tmp_path, **setting)
    assert "6 passed" in words and skips.FEWER not in words


def test_whoever_asks_for_postgresql_has_it(tmp_path: Path) -> None:
    assert "4 passed" in told(tmp_path, "-m", "postgresql")


def test_of_many_cases_the_first_of_each_cell_is_run_daily_and_all_where_everything_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    windows = [(language, width) for language in ("en", "uk") for width in (390, 1280)]

    def run_daily() -> list[tuple[str, int]]:
        return skips.first_of_each(windows, lambda one: one[0], lambda one: one[1])

    monkeypatch.setattr(skips, "EVERYTHING", False)
    assert run_daily() == [("en", 390), ("en", 1280), ("uk", 390)]
    assert skips.first_of_each(windows) == windows[:1]
    left = skips.rest_long(windows, lambda one: one[0], lambda one: one[1])
    assert [bool(getattr(one, "marks", ())) for one in left] == [False, False, False, True]
    monkeypatch.setattr(skips, "EVERYTHING", True)
    assert run_daily() == windows
