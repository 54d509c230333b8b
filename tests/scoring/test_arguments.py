"""Every argument of every public function: one value is for all, shapes that differ are refused by name.

The functions and their arguments are those of `bench.vectors`, so that a new one is held without a line here.
"""

import inspect
import re
import warnings
from datetime import date

import numpy as np
import pytest
from numpy.typing import ArrayLike

import scoring
from bench.vectors import arguments, formulas
from scoring import labels
from scoring.evaluation import adjusted_scores, bootstrap_mean, calibration_test
from scoring.timeline import (
    Life,
    daily_beside,
    daily_mean,
    daily_peer,
    default_history,
    history,
    peer,
    standing,
    standings,
    totals,
)
from tests.folding import folded

SIZE = 400


def cases():
    """Each public function with the arrays that it takes from anybody."""
    for key, work in formulas():
        values = arguments(key, work, SIZE)
        asked = inspect.signature(work).parameters
        open_to_all = {
            name: value
            for name, value in (values or {}).items()
            if isinstance(value, np.ndarray) and asked[name].annotation in (ArrayLike, ArrayLike | None)
        }
        if open_to_all:
            yield pytest.param(work, values, open_to_all, id=key)


CASES = list(cases())


def test_nearly_every_function_is_walked():
    assert len(CASES) > 120


@pytest.mark.filterwarnings("ignore")
def test_every_function_takes_the_arguments_it_is_measured_with():
    """Also those that are no plain array, and functions for what is checked already: the table would end there."""
    for key, work in formulas():
        if (values := arguments(key, work, SIZE)) is not None:
            work(**values)


def refusal(work, values):
    """What it says, or nothing where it works."""
    said = outcome_of(work, values)
    return said if isinstance(said, str) else ""


def outcome_of(work, values):
    """What it gives, in words apart; or the sentence that refuses, without the place of what is wrong."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return [repr(work(**values))]
    except ValueError as error:
        return re.sub(r" at \[[\d, ]*\]", "", str(error))


def beside(name, arrays):
    """The other arrays of its shape."""
    return [other for other, one in arrays.items() if other != name and one.shape == arrays[name].shape]


@folded
@pytest.mark.parametrize(("work", "values", "arrays"), CASES)
def test_what_is_walked_with_works(work, values, arrays):
    assert refusal(work, values) == ""


#: A crowd and a row of options, quantiles, levels or members have an axis of their own: one number is none of these.
AXIS = re.compile(r"must (have|hold) .*(ax[ie]s|shape)|must hold a forecast in each row")
#: The first argument of pools and of three-point formulas: whose forecasts are pooled is not for one number to say.
CROWDS = re.compile(r"^(values|best) must have (one axis|two axes) and one person or more")


@folded
@pytest.mark.parametrize(("work", "values", "arrays"), CASES)
def test_one_value_does_what_an_array_of_it_does(work, values, arrays):
    for name, array in arrays.items():
        one = array.flat[array.size // 2]
        alone = outcome_of(work, values | {name: one})
        if beside(name, arrays) and not (isinstance(alone, str) and CROWDS.search(alone)):
            assert alone == outcome_of(work, values | {name: np.full(array.shape, one)}), name
        elif isinstance(alone, str):
            assert alone.startswith(name) and AXIS.search(alone), name


@folded
@pytest.mark.parametrize(("work", "values", "arrays"), CASES)
def test_shapes_that_differ_are_refused_by_name(work, values, arrays):
    for name, array in arrays.items():
        if beside(name, arrays):
            said = refusal(work, values | {name: array[:-1]})
            assert said.startswith(tuple(arrays)), name
            assert "broadcast" not in said


class OfTable:
    """What a column of a table or a tensor is to NumPy: something that gives an array when asked for one."""

    def __init__(self, values):
        self.values = values

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self.values, dtype=dtype)


NAMES = ["bob", "ann", "bob", "cyd"]
#: One order of four names, as numbers, text, text in objects (a column of pandas), and moments.
IDENTIFIERS = {
    "numbers": [1, 0, 1, 2],
    "text": NAMES,
    "objects": np.array(NAMES, dtype=object),
    "moments": np.array(["2026-02-01", "2026-01-01", "2026-02-01", "2026-03-01"], dtype="datetime64[s]"),
    "a column": OfTable(NAMES),
}
FIRST = np.datetime64("2026-11-24")
#: Four days as numbers since 1970, dates, moments, text and Python's own dates.
DAYS = {
    "numbers": FIRST.astype(int) + np.arange(4),
    "dates": FIRST + np.arange(4),
    "moments": (FIRST + np.arange(4)).astype("datetime64[ns]") + np.timedelta64(5, "h"),
    "text": [str(FIRST + at) for at in range(4)],
    "Python's": [date(2026, 11, 24 + at) for at in range(4)],
}
LAST = int(FIRST.astype(int)) + 9
GONE = [np.nan] * 4
TAKE_PERSON = {
    "standings": lambda person: standings(person, [1.0, 2.0, 3.0, 4.0], 1.0),
    "totals": lambda person: totals(person, peer([1, 2, 3, 4], 0.0, GONE, 0.5, Life(0, 1, 1))),
    "adjusted_scores": lambda person: adjusted_scores(person, [1, 1, 2, 1], [0.1, 0.2, 0.3, 0.4]),
    "daily_mean": lambda person: daily_mean(person, [1, 2, 3, 4], 0.5, last_day=9),
    "daily_peer": lambda person: daily_peer(person, [1, 2, 3, 4], 0.5, first_day=1, last_day=9),
    "daily_beside": lambda person: (
        daily_beside(person, [1, 2, 3, 4], 0.5, [1], [0.5], first_day=1, last_day=9).own
    ),
}
READ_PERSON = {
    "standing": lambda person: standing(person, [1, 2, 3, 4], True).event,
    "default_history": lambda person: default_history(person, [1, 2, 3, 4], [0.1, 0.2, 0.3, 0.4]).value,
    "history": lambda person: history(person, range(4), [2, 9, 9, 9], 0.5, lambda p, made: p.sum()).value,
    "peer": lambda person: peer(person, range(4), [2, 9, 9, 9], [0.1, 0.2, 0.3, 0.4], Life(0, 9, 9)).score,
    "bootstrap_mean": lambda unit: repr(bootstrap_mean([0.1, 0.2, 0.3, 0.4], unit=unit, generator=1)),
    "question": lambda question: adjusted_scores([0, 0, 1, 1], question, [0.1, 0.2, 0.3, 0.4]).adjusted,
    "difficulty": lambda question: (
        adjusted_scores(
            [0, 0, 1, 1],
            question,
            [0.1, 0.2, 0.3, 0.4],
            difficulty=dict(zip(np.asarray(question).tolist(), [0.1, 0.2, 0.1, 0.3], strict=True)),
        ).adjusted
    ),
    "calibration_test": lambda unit: repr(
        calibration_test([1, 0, 1, 0], [0.1, 0.2, 0.3, 0.4], unit=unit, generator=1, draws=9)
    ),
}
TAKE_DAY = {
    "standing": lambda day, last: standing([1, 2, 3, 1], day, True, as_of=last).weight,
    "daily_mean": lambda day, last: daily_mean([1, 2, 3, 1], day, [0.1, 0.2, 0.3, 0.4], last).coverage,
    "daily_peer": lambda day, last: (
        daily_peer([1, 2, 3, 1], day, 0.5, first_day=day[0], last_day=last).coverage
    ),
    "daily_beside": lambda day, last: (
        daily_beside([1, 2, 3, 1], day, 0.5, day, 0.25, first_day=day[0], last_day=last).own.coverage
    ),
    "default_history": lambda day, last: default_history([1, 2, 3, 1], day, 0.5, days=day).people,
}


@folded
@pytest.mark.parametrize("kind", IDENTIFIERS)
@pytest.mark.parametrize("name", TAKE_PERSON)
def test_people_are_told_of_by_their_own_names(name, kind):
    rows, given = TAKE_PERSON[name](IDENTIFIERS[kind]), np.asarray(IDENTIFIERS[kind])
    assert rows.person.tolist() == np.unique(given).tolist()
    assert vars(rows).keys() and repr(_without_names(rows)) == repr(
        _without_names(TAKE_PERSON[name](IDENTIFIERS["numbers"]))
    )


def _without_names(rows):
    return {name: value for name, value in vars(rows).items() if name not in ("person", "question")}


@folded
@pytest.mark.parametrize("kind", IDENTIFIERS)
@pytest.mark.parametrize("name", READ_PERSON)
def test_names_say_the_same_as_numbers(name, kind):
    assert repr(READ_PERSON[name](IDENTIFIERS[kind])) == repr(READ_PERSON[name](IDENTIFIERS["numbers"]))


@folded
@pytest.mark.parametrize("kind", DAYS)
@pytest.mark.parametrize("name", TAKE_DAY)
def test_dates_say_the_same_as_numbers(name, kind):
    last = np.datetime64(LAST, "D")
    assert repr(TAKE_DAY[name](DAYS[kind], last)) == repr(TAKE_DAY[name](DAYS["numbers"], LAST))


@folded
@pytest.mark.parametrize(
    "wrong", [[1.5, 2.0], [True, False], [None, "ann"], np.array([7, "7"], dtype=object)]
)
def test_what_names_nobody_is_refused_by_name(wrong):
    with pytest.raises(ValueError, match=r"^person must be whole numbers, text or moments, got"):
        standings(wrong, 1.0, 1.0)


def test_a_number_that_64_bits_with_a_sign_do_not_hold_is_refused_and_not_told_as_another():
    with pytest.raises(ValueError, match=r"^person must be below 2\^63 .* got 9223372036854775813 at \[1\]$"):
        standings(np.array([3, 2**63 + 5], dtype=np.uint64), 1.0, 1.0)


def test_a_moment_that_is_missing_names_nobody():
    with pytest.raises(ValueError, match=r"^person must be whole numbers, text or moments, got"):
        standings(np.array(["2026-01-01", "NaT"], dtype="datetime64[D]"), 1.0, 1.0)


@folded
@pytest.mark.parametrize(
    "wrong", [["24.11.2026"], ["2026-11-31"], [1.5], np.array(["NaT"], dtype="datetime64[D]"), [None]]
)
def test_what_is_no_day_is_refused_by_name(wrong):
    with pytest.raises(ValueError, match=r"^day must be "):
        standing([7], wrong, True)


def test_one_day_is_one():
    with pytest.raises(ValueError, match=r"^last_day must be one day, got shape \(2,\)"):
        daily_mean([7], [1], [0.5], last_day=[1, 2])
    assert labels.day("last_day", date(1970, 1, 3)) == 2
    assert scoring.brier(OfTable([1, 0]), OfTable([0.5, 0.5])).tolist() == [0.5, 0.5]
