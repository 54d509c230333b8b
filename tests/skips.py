"""What was not run, why, and how to have it: a line for each reason at the end of every run.

With PARLEY_REQUIRE=everything a skip is a failure, as continuous integration has it; but for tests on forecasts of
real people, which may not be shipped.
"""

import os
from collections import Counter
from collections.abc import Iterator

import pytest

#: The one skip that is in order everywhere.
NOT_SHIPPED = "public sets of forecasts are not shipped; PARLEY_DATA=/folder/of/those/sets runs them"
TAKES_LONG = "takes many seconds; LONG=1 runs it"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest tests wait until they are asked for."""
    if os.environ.get("PARLEY_LONG"):
        return
    for item in items:
        if item.get_closest_marker("long"):
            item.add_marker(pytest.mark.skip(reason=TAKES_LONG))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report: pytest.TestReport = yield
    everything = os.environ.get("PARLEY_REQUIRE") == "everything"
    if everything and report.skipped and not hasattr(report, "wasxfail") and reason(report) != NOT_SHIPPED:
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} is required and was skipped: {reason(report)}"
    return report


def reason(report: pytest.TestReport) -> str:
    """Why a test was skipped, in the words it was skipped with."""
    told = report.longrepr[2] if isinstance(report.longrepr, tuple | list) else str(report.longrepr)
    return str(told).removeprefix("Skipped: ")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line for each reason."""
    skipped = terminalreporter.stats.get("skipped", [])
    for told, number in sorted(Counter(map(reason, skipped)).items()):
        terminalreporter.write_line(f"Not run, {number}: {told}")
