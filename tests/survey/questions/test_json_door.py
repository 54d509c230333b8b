"""Numbers of the JSON interface: fractions, dates as text, and nothing that only looks like it."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.questions import EnteredValue, Unreadable, kind_of, read_json, read_json_entries
from survey.questions.number_parsing import fraction, json_date, json_number

from .stand_ins import a_binary, a_choice, a_date, a_ladder, a_number, a_pair, errors_of

DOORS = [fraction, json_number, json_date]


@pytest.mark.parametrize("value", [0.5, 0.999, 1 / 3, 0, 1, 1.0])
def test_a_fraction_is_kept_as_it_is(value: float) -> None:
    assert fraction(value) == EnteredValue(float(value), repr(value))


NO_JSON = [True, False, None, "0.5", [0.5], {"p": 0.5}, float("nan"), float("inf"), float("-inf")]
NO_FRACTION = [*NO_JSON, -0.1, 1.0000000000000002, 50, 10**5000, -(10**5000)]


@pytest.mark.parametrize("value", NO_FRACTION, ids=lambda value: type(value).__name__)
def test_anything_else_is_no_fraction(value: object) -> None:
    with pytest.raises(Unreadable, match="JSON number between 0 and 1"):
        fraction(value)


NO_NUMBER = [*NO_JSON, 1e15, -1e15, 1e300, 10**5000]


@pytest.mark.parametrize("value", NO_NUMBER, ids=lambda value: type(value).__name__)
def test_a_json_number_is_finite_and_can_be_stored(value: object) -> None:
    with pytest.raises(Unreadable, match="finite JSON number"):
        json_number(value)


def test_a_json_number_may_be_whole_or_negative() -> None:
    assert json_number(-3) == EnteredValue(-3.0, "-3")
    assert json_number(482.5) == EnteredValue(482.5, "482.5")


def test_a_json_date_is_text() -> None:
    assert json_date("2027-12-31") == EnteredValue(21183.0, "2027-12-31")


@pytest.mark.parametrize("value", [21183, 21183.0, None, True, ["2027-12-31"]])
def test_a_json_date_is_no_number(value: object) -> None:
    with pytest.raises(Unreadable, match="JSON text"):
        json_date(value)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda values: st.lists(values, max_size=3) | st.dictionaries(st.text(), values, max_size=3),
    max_leaves=5,
)


@pytest.mark.parametrize("door", DOORS)
@given(value=json_values)
def test_no_value_raises_anything_but_unreadable(
    door: Callable[[object], EnteredValue], value: object
) -> None:
    try:
        entry = door(value)
    except Unreadable as unreadable:
        assert str(unreadable)
    else:
        assert type(entry.value) is float


@given(st.floats(0, 1))
def test_a_fraction_survives_the_way_through_json(value: float) -> None:
    assert fraction(json.loads(json.dumps(value))).value == value


# ---- Whole answers


def refused(question: object, values: object) -> dict[str, str]:
    return errors_of(lambda: read_json(kind_of(question), question, question.options, values))


def test_a_choice_in_floating_point_sums_to_one_within_tolerance() -> None:
    question = a_choice()
    values = {"p-a": 0.1, "p-b": 0.2, "p-c": 0.3, "p-d": 0.4}
    rows = read_json(kind_of(question), question, question.options, values)
    assert {f"p-{row.option}": row.value for row in rows} == values


def test_quantiles_of_a_number_are_taken() -> None:
    question = a_number(quantile_levels=[0.1, 0.5, 0.9])
    rows = read_json(kind_of(question), question, question.options, {"q-0.1": 10, "q-0.5": 50, "q-0.9": 200})
    assert [(row.part, row.value, row.entered) for row in rows] == [
        ("q0.1", 10.0, "10"),
        ("q0.5", 50.0, "50"),
        ("q0.9", 200.0, "200"),
    ]


def test_the_same_level_in_two_spellings_is_refused() -> None:
    values = {"q-0.1": 10, "q-0.10": 12, "q-0.5": 50, "q-0.9": 200}
    assert list(refused(a_number(quantile_levels=[0.1, 0.5, 0.9]), values)) == ["q-0.10"]


def test_a_date_is_given_as_text() -> None:
    question = a_date(quantile_levels=[0.5])
    rows = read_json(kind_of(question), question, question.options, {"q-0.5": "2027-12-31"})
    assert [row.value for row in rows] == [21183.0]


CASES = {
    "a string": (a_binary(), {"p-yes": "0.5"}),
    "a boolean": (a_binary(), {"p-yes": False}),
    "a list": (a_binary(), {"p-yes": [0.5]}),
    "certainty": (a_binary(), {"p-yes": 1.0}),
    "an underflow": (a_binary(), {"p-yes": 0.0}),
    "nothing": (a_binary(), {}),
    "null": (a_binary(), {"p-yes": None}),
    "another question": (a_binary(), {"p-yes": 0.5, "question_id": 7}),
    "a sum of two": (a_choice(), dict.fromkeys(["p-a", "p-b", "p-c", "p-d"], 0.5)),
    "a certain option": (a_choice(), {"p-a": 1, "p-b": 0, "p-c": 0, "p-d": 0}),
    "index keys": (a_choice(), {"0": 0.25, "1": 0.25, "2": 0.25, "3": 0.25}),
    "two dimensions": (a_choice("a", "b"), {"p-a": [0.25, 0.25], "p-b": [0.25, 0.25]}),
    "not a number": (a_choice("a", "b"), {"p-a": float("nan"), "p-b": 0.5}),
    "a closed rung": (a_ladder(), {"p-2026-06-30": 0.1}),
    "neither branch": (a_pair(), {}),
}


@pytest.mark.parametrize(("question", "values"), CASES.values(), ids=CASES)
def test_a_bad_answer_names_its_fields(question: object, values: object) -> None:
    errors = refused(question, values)
    assert errors
    assert all(sentence.endswith(".") for sentence in errors.values())


@pytest.mark.parametrize("values", [None, [0.5], 0.5, "p-yes", True])
def test_an_answer_is_an_object(values: object) -> None:
    assert refused(a_binary(), values) == {"values": "Give an object from field name to number."}


def test_entries_are_read_without_the_checks() -> None:
    question = a_binary()
    values = {"p-yes": 1.0, "p-no": 0.5}
    numbers, unreadable = read_json_entries(kind_of(question), question, question.options, values)
    assert numbers == {"p-yes": EnteredValue(1.0, "1.0")}
    assert list(unreadable) == ["p-no"]
