"""What was not run, why, and how to have it: a line for each reason at the end of every run.

With PARLEY_REQUIRE=everything a skip is a failure, as continuous integration has it; but for tests on forecasts of
real people, which may not be shipped.
"""

import os
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any, TypeVar

import pytest
from sqlalchemy import make_url
from sqlalchemy.orm import Session

Case = TypeVar("Case")

#: The one skip that is in order everywhere.
NOT_SHIPPED = "public sets of forecasts are not shipped; PARLEY_DATA=/folder/of/those/sets runs them"
TAKES_LONG = "takes many seconds; LONG=1 runs it"
#: Whether a skip is a failure; whether all tests are run on all databases, properties searched in more places.
REQUIRED = os.environ.get("PARLEY_REQUIRE") == "everything"
EVERYTHING = REQUIRED or bool(os.environ.get("PARLEY_LONG"))
FEWER = "Where a test walks over many cases, one of each kind was tried; LONG=1 tries all, on one database at least"
ON_SQLITE = "ran on SQLite alone; LONG=1 runs it on PostgreSQL too"


def first_of_each(cases: Iterable[Case], *cells: Callable[[Case], Hashable]) -> list[Case]:
    """Representatives: the cases that are the first in a cell of any dimension; all, where everything is asked for.

    Without a dimension all are alike, and the first stands for them.

    One rule on a further page, width, language or value repeats itself: while one works, each cell is seen once.
    What two dimensions may do together is a cell too, that of the pair of their values.
    """
    return list(cases) if EVERYTHING else _representatives(cases, *cells)


def first_of_each_on(database: str, cases: Iterable[Case], *cells: Callable[[Case], Hashable]) -> list[Case]:
    """The same where Python alone decides: whoever asks for everything has all on SQLite, representatives beside it.

    Parameters
    ----------
    database
        The URL of the database it is done on.
    """
    on_sqlite = make_url(database).get_backend_name() == "sqlite"
    return list(cases) if EVERYTHING and on_sqlite else _representatives(cases, *cells)


def _representatives(cases: Iterable[Case], *cells: Callable[[Case], Hashable]) -> list[Case]:
    seen: set[tuple[int, Hashable]] = set()
    found = []
    for case in cases:
        new = {(number, cell(case)) for number, cell in enumerate(cells or (lambda case: None,))} - seen
        if new:
            found.append(case)
            seen |= new
    return found


def rest_long(cases: Iterable[Case], *cells: Callable[[Case], Hashable]) -> list[Any]:
    """The cases as parameters of a test (a tuple is several): those that represent no cell are marked `long`."""
    cases = list(cases)
    daily = {id(case) for case in first_of_each(cases, *cells)}
    values = [case if isinstance(case, tuple) else (case,) for case in cases]
    marks = [() if id(case) in daily else (pytest.mark.long,) for case in cases]
    return [pytest.param(*value, marks=mark) for value, mark in zip(values, marks, strict=True)]


def examples(number: int) -> int:
    """In how many places a property is searched: while one works, in a third of them."""
    return number if EVERYTHING else max(number // 3, 4)


def examples_on(session: Session, number: int) -> int:
    """The same of what Python makes of rows: the second database is searched in a fifth of the places."""
    embedded = session.get_bind().dialect.name == "sqlite"
    return examples(number) if embedded else max(number // 5, 4)


#: How many tests of this run were left out, by reason.
LEFT = pytest.StashKey[Counter[str]]()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What takes longest waits until it is asked for: the longest tests, and the second database's turn.

    A test that is not about the store (`store`) says the same of both databases nearly always: while one works it
    is run on the embedded one. Only what has its twin there, in this very run, waits.

    Thousands are taken out before the run: to set each up, skip it and report that took ten seconds. Where nothing
    would be left they are skipped: whoever asks for such a test by its name is told why, and nothing has failed.
    """
    if EVERYTHING:
        return
    chosen = {item.nodeid for item in items}
    left = {item: why for item in items if (why := _waits(item, chosen))}
    if len(left) == len(items):
        for item, why in left.items():
            item.add_marker(pytest.mark.skip(reason=why))
    elif left:
        items[:] = [item for item in items if item not in left]
        config.stash[LEFT] = Counter(left.values())
        config.hook.pytest_deselected(items=list(left))


def _waits(item: pytest.Item, chosen: set[str]) -> str | None:
    """Why a test is not run while one works; None where it is."""
    if item.get_closest_marker("long") or item.get_closest_marker("alone"):
        return TAKES_LONG
    return ON_SQLITE if _twin(item) in chosen and not item.get_closest_marker("store") else None


def pytest_sessionfinish(session: pytest.Session) -> None:
    """One of several processes tells what it left out: all of them leave the same."""
    told = getattr(session.config, "workeroutput", None)
    if told is not None:
        told["left out"] = dict(session.config.stash.get(LEFT, Counter()))


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """What one of several processes has left out."""
    left = getattr(node, "workeroutput", {}).get("left out")
    if left:
        node.config.stash[LEFT] = Counter(left)


def _twin(item: pytest.Item) -> str | None:
    """The same test on the embedded database; None for all but those on PostgreSQL."""
    test, _, parameters = item.nodeid.partition("[")
    if not item.get_closest_marker("postgresql") or "postgresql" not in parameters:
        return None
    return f"{test}[{parameters.replace('postgresql', 'sqlite')}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report: pytest.TestReport = yield
    if REQUIRED and report.skipped and not hasattr(report, "wasxfail") and reason(report) != NOT_SHIPPED:
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} is required and was skipped: {reason(report)}"
    return report


def reason(report: pytest.TestReport) -> str:
    """Why a test was skipped, in the words it was skipped with."""
    told = report.longrepr[2] if isinstance(report.longrepr, tuple | list) else str(report.longrepr)
    return str(told).removeprefix("Skipped: ")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line for each reason."""
    skipped = Counter(map(reason, terminalreporter.stats.get("skipped", [])))
    left = terminalreporter.config.stash.get(LEFT, Counter())
    for told, number in sorted((skipped + left).items()):
        terminalreporter.write_line(f"Not run, {number}: {told}")
    if not EVERYTHING:
        terminalreporter.write_line(FEWER)
