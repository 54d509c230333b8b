"""The checks themselves: they are silent where all is well, and every sort of fault is caught by its name."""

from dataclasses import replace
from pathlib import Path

import pytest

from .checking import SORTS, find_faults
from .door import Receipt
from .history import Act, History, Reading, Stored

PERSON = "a person"


def act(key: str, sent: float, acknowledged: float | None, revision: int, value: float = 0.3) -> Act:
    receipts = [] if acknowledged is None else [Receipt(revision, f"{key} is {revision}")]
    return Act(PERSON, key, value, sent, acknowledged, receipts)


def row(key: str, revision: int, value: float = 0.3) -> Stored:
    return Stored(PERSON, key, revision, (value,))


def one_after_the_other() -> History:
    """Three forecasts, the last one never acknowledged but stored."""
    return History([act("one", 1, 2, 1), act("two", 3, 4, 2), act("three", 5, None, 3)])


BOOKS = [row("one", 1), row("two", 2), row("three", 3)]


def sorts(history: History, stored: list[Stored]) -> list[str]:
    return sorted({fault.sort for fault in find_faults(history, stored)})


def test_nothing_is_wrong_where_all_is_well() -> None:
    assert find_faults(one_after_the_other(), BOOKS) == []


def test_what_was_never_acknowledged_may_be_missing() -> None:
    assert find_faults(one_after_the_other(), BOOKS[:2]) == []


def test_forecasts_under_way_together_may_come_in_any_order() -> None:
    history = History([act("one", 1, 4, 2), act("two", 2, 3, 1)])
    assert find_faults(history, [row("two", 1), row("one", 2)]) == []


def test_a_repeat_with_the_same_receipt_is_right() -> None:
    history = one_after_the_other()
    history.acts[0].receipts *= 2
    assert find_faults(history, BOOKS) == []


@pytest.mark.parametrize(
    ("stored", "found"),
    [
        (BOOKS[:1], ["lost"]),
        ([*BOOKS, row("three", 4)], ["duplicate"]),
        ([BOOKS[0], row("two", 2, 0.4), BOOKS[2]], ["altered"]),
        ([BOOKS[0], replace(BOOKS[1], values=(None,)), BOOKS[2]], ["altered"]),
        ([BOOKS[0], replace(BOOKS[1], values=(0.3, 0.3)), BOOKS[2]], ["altered"]),
        ([*BOOKS, row("nobody's", 4)], ["phantom"]),
        ([row("one", 2), row("two", 1), row("three", 3)], ["order", "receipt"]),
        ([*BOOKS[:2], row("three", 4)], ["gap"]),
        ([*BOOKS[:2], row("three", 2)], ["gap"]),
    ],
)
def test_a_fault_of_the_books_is_caught(stored: list[Stored], found: list[str]) -> None:
    assert sorts(one_after_the_other(), stored) == found


def test_another_receipt_for_the_same_key_is_caught() -> None:
    history = one_after_the_other()
    history.acts[0].receipts.append(Receipt(1, "one, but said otherwise"))
    assert sorts(history, BOOKS) == ["receipt"]


def test_a_forecast_of_somebody_else_is_caught() -> None:
    stored = [BOOKS[0], BOOKS[1], replace(BOOKS[2], person="another", revision=1)]
    assert "altered" in sorts(one_after_the_other(), stored)


def test_an_older_opinion_that_became_the_newer_is_caught() -> None:
    assert sorts(one_after_the_other(), [*BOOKS, row("one", 4)]) == ["duplicate", "order"]


def test_a_look_into_the_past_is_caught() -> None:
    history = one_after_the_other()
    history.readings = [Reading(PERSON, 4.5, 2), Reading(PERSON, 1.5, 0)]
    assert sorts(history, BOOKS) == []
    history.readings.append(Reading(PERSON, 4.5, 1))
    assert sorts(history, BOOKS) == ["stale"]


def test_a_refusal_is_caught() -> None:
    history = one_after_the_other()
    history.refusals.append("409 closed")
    assert sorts(history, BOOKS) == ["refused"]


def test_an_error_of_the_program_is_caught_and_not_now_is_none() -> None:
    history = one_after_the_other()
    history.unanswered.update(["503", "RemoteDisconnected"])
    assert sorts(history, BOOKS) == []
    history.unanswered.update(["500"])
    assert sorts(history, BOOKS) == ["unforeseen"]


def test_every_sort_has_its_test() -> None:
    source = Path(__file__).read_text()
    assert [sort for sort in SORTS if f'"{sort}"' not in source] == []
