"""Many small cases of one rule as one test that lists every breach.

As a test of its own a case that takes no time takes some all the same: it is collected by each process of a run, set
up, reported from one process to another and put away.
"""

import inspect
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

#: Of how many breaches each is told whole.
TOLD = 20


def folded(test: Callable[..., None]) -> Callable[..., None]:
    """A test over `pytest.mark.parametrize`, made one test: it stands above those marks, and runs all their cases.

    Fixtures are made once for all cases: it is for rules that change nothing.
    """
    marks: list[pytest.Mark] = test.pytestmark  # type: ignore[attr-defined]
    axes = [list(map(_named(mark.args[0]), mark.args[1])) for mark in marks if mark.name == "parametrize"]
    cases = [{name: value for one in chosen for name, value in one.items()} for chosen in product(*axes)]
    assert cases, "a test without a case catches nothing"

    def all_cases(*own: object, **fixtures: object) -> None:
        breaches: list[BaseException] = []
        for case in cases:
            try:
                test(*own, **fixtures, **case)
            except (Exception, pytest.fail.Exception) as breach:
                breach.add_note(f"With {case!r}"[:500])
                breaches.append(breach)
        if breaches:
            raise BaseExceptionGroup(f"{len(breaches)} of {len(cases)} cases", breaches[:TOLD])

    asked = inspect.signature(test).parameters
    rest = [facts for name, facts in asked.items() if name not in cases[0]]
    for fact in ("__name__", "__qualname__", "__doc__", "__module__"):
        setattr(all_cases, fact, getattr(test, fact))
    all_cases.__signature__ = inspect.Signature(rest)  # type: ignore[attr-defined]
    all_cases.pytestmark = [mark for mark in marks if mark.name != "parametrize"]  # type: ignore[attr-defined]
    return all_cases


def _named(names: str | tuple[str, ...]) -> Callable[[Any], dict[str, Any]]:
    """What gives each value of a case its name."""
    several = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)

    def case_of(given: Any) -> dict[str, Any]:
        if isinstance(given, type(pytest.param())):
            assert not given.marks, "a case with a mark of its own is a test of its own"
            return dict(zip(several, given.values, strict=True))
        return dict(zip(several, given if len(several) > 1 else [given], strict=True))

    return case_of
