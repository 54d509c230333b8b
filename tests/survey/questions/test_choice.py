"""Choices: 100 % together, a little missing is shared out, more is refused and the sum named."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from survey.errors import InvalidAnswer
from survey.questions import EnteredValue, Row, kind_of, number_parsing

from .stand_ins import a_choice, entries, errors_of, rows, stored


def percents(*texts: str) -> dict[str, EnteredValue]:
    return {f"p-{key}": number_parsing.percent(text) for key, text in zip("abcd", texts, strict=False)}


def refused(*texts: str) -> dict[str, str]:
    question = a_choice(*"abcd"[: len(texts)])
    return errors_of(lambda: rows(question, percents(*texts)))


def test_numbers_that_make_100_are_stored_as_they_are() -> None:
    assert stored(a_choice(), percents("33.3", "33.3", "33.3", "0.1")) == [0.333, 0.333, 0.333, 0.001]


def test_the_last_digits_of_doubles_change_nothing() -> None:
    given = entries(a=0.1, b=0.2, c=0.3, d=0.4)
    assert stored(a_choice(), given) == [0.1, 0.2, 0.3, 0.4]


def test_a_remainder_is_shared_out_and_the_text_kept() -> None:
    third = pytest.approx(1 / 3, abs=1e-12)
    answer = rows(a_choice("a", "b", "c"), percents("33.33", "33.33", "33.33"))
    assert answer == [Row(key, "p", third, "33.33") for key in "abc"]


@pytest.mark.parametrize("last", ["24.75", "25.25"])
def test_a_quarter_of_a_point_may_be_missing_or_too_much(last: str) -> None:
    assert math.fsum(stored(a_choice(), percents("25", "25", "25", last))) == pytest.approx(1, abs=1e-12)


def test_what_is_missing_is_named() -> None:
    assert refused("24.9", "24.9", "24.9", "24.9") == {
        "sum": "The numbers add up to 99.6\u00a0%: add 0.4\u00a0%, so that they make 100\u00a0%."
    }


def test_what_is_too_much_is_named() -> None:
    assert refused("60", "50") == {
        "sum": "The numbers add up to 110\u00a0%: take away 10\u00a0%, so that they make 100\u00a0%."
    }


@pytest.mark.parametrize("last", ["24.74", "25.26"])
def test_more_than_a_quarter_of_a_point_is_refused(last: str) -> None:
    assert list(refused("25", "25", "25", last)) == ["sum"]


def many(text: str, count: int) -> dict[str, str] | None:
    question = a_choice(*(f"o{place}" for place in range(count)))
    entries = {f"p-o{place}": number_parsing.percent(text) for place in range(count)}
    try:
        rows(question, entries)
    except InvalidAnswer as error:
        return error.errors
    return None


@pytest.mark.parametrize(("text", "count"), [("0.83", 120), ("0.8", 120), ("8.33", 12), ("14.3", 7)])
def test_many_equal_numbers_may_miss_100_by_their_rounding(text: str, count: int) -> None:
    assert many(text, count) is None


@pytest.mark.parametrize(
    ("text", "count"), [("0.82", 120), ("0.830", 120), ("33", 3), ("14", 7), ("0.7", 120)]
)
def test_more_than_rounding_leaves_over_is_refused_however_many_there_are(text: str, count: int) -> None:
    assert list(many(text, count) or {}) == ["sum"]


def test_json_is_judged_by_the_places_it_was_written_to() -> None:
    question = a_choice(*(f"o{place}" for place in range(120)))
    rows(question, {f"p-o{place}": number_parsing.fraction(0.0083) for place in range(120)})
    short = {f"p-o{place}": number_parsing.fraction(0.0082) for place in range(120)}
    assert list(errors_of(lambda: rows(question, short))) == ["sum"]


def test_four_times_twenty_is_refused() -> None:
    assert "add up to 80\u00a0%" in refused("20", "20", "20", "20")["sum"]


def test_a_number_that_is_missing_is_asked_for_and_no_sum_made() -> None:
    errors = errors_of(lambda: rows(a_choice(), percents("25", "25", "25")))
    assert list(errors) == ["p-d"]
    assert "Give a probability here" in errors["p-d"]


def test_several_options_are_refused_each_at_its_field() -> None:
    errors = errors_of(lambda: rows(a_choice(), entries(a=1.0, b=0.0, c=0.5, d=0.0)))
    assert list(errors) == ["p-a", "p-b", "p-d"]
    assert all("between 0.1\u00a0% and 99.9\u00a0%" in sentence for sentence in errors.values())


def test_the_range_is_checked_before_the_numbers_are_divided() -> None:
    lowest = stored(a_choice("a", "b"), entries(a=0.001, b=0.9989))
    assert lowest[0] == pytest.approx(0.001 / 0.9999)
    raised = errors_of(lambda: rows(a_choice("a", "b"), entries(a=0.000999, b=0.998)))
    assert list(raised) == ["p-a"]


@pytest.mark.parametrize("kind", ["choice", "ordered"])
def test_an_ordered_choice_is_asked_like_any_other(kind: str) -> None:
    question = a_choice("low", "high", kind=kind)
    assert stored(question, entries(low=0.4, high=0.6)) == [0.4, 0.6]
    assert list(errors_of(lambda: rows(question, entries(low=0.4, high=0.7)))) == ["sum"]
    assert kind_of(question).output(question, question.options[0], "p") == ("pmf", "low")


weights = st.lists(st.floats(0.01, 1), min_size=2, max_size=8)


@given(weights, st.floats(0.9975, 1.0025))
def test_what_is_stored_sums_to_one_and_keeps_its_proportions(raw: list[float], total: float) -> None:
    values = {f"o{place}": weight / math.fsum(raw) * total for place, weight in enumerate(raw)}
    assume(all(0.001 <= value <= 0.999 for value in values.values()))
    kept = stored(a_choice(*values), entries(**values))
    assert math.fsum(kept) == pytest.approx(1, abs=1e-12)
    for before, after in zip(values.values(), kept, strict=True):
        assert after == pytest.approx(before / total, rel=1e-9)


@given(weights, st.floats(0.5, 1.5))
def test_a_sum_farther_off_is_refused(raw: list[float], total: float) -> None:
    assume(abs(total - 1) > 0.00251)
    values = {f"o{place}": weight / math.fsum(raw) * total for place, weight in enumerate(raw)}
    assume(all(0.001 <= value <= 0.999 for value in values.values()))
    errors = errors_of(lambda: rows(a_choice(*values), entries(**values)))
    assert list(errors) == ["sum"]
    assert "add up to" in errors["sum"]
