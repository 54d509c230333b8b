"""Tests that may not be skipped: under PARLEY_REQUIRE=browser,postgresql,redis a skip of those is a failure."""

import os
from collections.abc import Iterator

import pytest


def required_markers() -> set[str]:
    """The markers whose tests must run, from the environment."""
    return {name.strip() for name in os.environ.get("PARLEY_REQUIRE", "").split(",") if name.strip()}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report: pytest.TestReport = yield
    required = required_markers() & {marker.name for marker in item.iter_markers()}
    if report.skipped and required and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} is required ({', '.join(sorted(required))}) and was skipped"
    return report
