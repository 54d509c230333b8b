"""Numbers and dates by quantiles: they rise, stay inside closed bounds, and may lie beyond open ones."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.value_range import ValueRange
from survey.questions import EnteredValue, Row, kind_of, number_parsing
from survey.questions.quantiles import bounds

from .stand_ins import LEVELS, QUANTILES, a_binary, a_date, a_number, errors_of, quantiles, rows, stored


def refused(question: Any, *values: float) -> dict[str, str]:
    return errors_of(lambda: rows(question, quantiles(*values)))


def test_five_numbers_become_five_rows() -> None:
    answer = rows(a_number(), quantiles(395, 448, 482, 522, 610))
    assert answer[0] == Row("value", "q0.05", 395.0, "395")
    assert [row.part for row in answer] == [f"q{level:g}" for level in LEVELS]


def test_every_number_is_needed() -> None:
    assert list(errors_of(lambda: rows(a_number(), {}))) == QUANTILES
    assert list(errors_of(lambda: rows(a_date(), {}))) == QUANTILES


def test_other_levels_are_asked_where_the_question_has_others() -> None:
    question = a_number(quantile_levels=[0.1, 0.5, 0.9])
    given = {
        "q-0.1": EnteredValue(1.0, "1"),
        "q-0.5": EnteredValue(2.0, "2"),
        "q-0.9": EnteredValue(3.0, "3"),
    }
    assert [row.part for row in rows(question, given)] == ["q0.1", "q0.5", "q0.9"]


# ---- Order


def test_a_decrease_is_refused_where_it_happens() -> None:
    question = a_number(unit="€ bn")
    assert refused(question, 395, 448, 400, 522, 610) == {
        "q-0.5": "This cannot come before €448\u00a0bn, your answer at 25\u00a0%."
    }


def test_numbers_from_high_to_low_are_refused() -> None:
    assert list(refused(a_number(), 200, 100, 50, 20, 10)) == QUANTILES[1:]


def test_equal_numbers_are_refused_on_a_continuous_scale() -> None:
    assert refused(a_number(), 10, 10, 50, 100, 200) == {
        "q-0.25": "This has to come after 10, your answer at 5\u00a0%."
    }


def test_equal_numbers_are_allowed_where_only_whole_ones_are_asked() -> None:
    assert stored(a_number(whole=True), quantiles(3, 3, 4, 4, 4)) == [3, 3, 4, 4, 4]


def test_equal_numbers_are_allowed_at_a_closed_bound() -> None:
    assert stored(a_number(upper=100.0), quantiles(0, 0, 50, 100, 100)) == [0, 0, 50, 100, 100]


def test_equal_numbers_are_refused_at_an_open_bound() -> None:
    question = a_number(upper=100.0, open_upper=True)
    assert list(refused(question, 0, 0, 50, 100, 100)) == ["q-0.95"]


def test_equal_numbers_are_allowed_at_the_point_that_stands_for_beyond() -> None:
    question = a_number(upper=100.0, open_upper=True)
    assert stored(question, quantiles(0, 0, 50, 200, 200)) == [0, 0, 50, 200, 200]


# ---- Bounds


def test_a_closed_bound_is_the_last_value_there_can_be() -> None:
    question = a_number(lower=10.0, upper=100.0, unit="%")
    assert refused(question, 9, 20, 50, 80, 101) == {
        "q-0.05": "At least 10\u00a0%.",
        "q-0.95": "At most 100\u00a0%.",
    }


def test_beyond_an_open_bound_any_number_may_lie() -> None:
    question = a_number(lower=300.0, upper=1000.0, open_lower=True, open_upper=True)
    assert stored(question, quantiles(-5, 200, 500, 1500, 99999)) == [-5, 200, 500, 1500, 99999]


def test_a_log_scale_has_only_numbers_above_zero() -> None:
    question = a_number(scale="log", lower=300.0, upper=1000.0, open_lower=True)
    assert refused(question, 0, 400, 500, 600, 700) == {"q-0.05": "Only numbers above 0 are asked for here."}
    assert list(refused(question, -1, 400, 500, 600, 700)) == ["q-0.05"]
    assert stored(question, quantiles(0.1, 400, 500, 600, 700))[0] == 0.1


def test_whole_numbers_are_whole() -> None:
    question = a_number(upper=60.0, whole=True)
    assert refused(question, 1, 2, 2.5, 3, 4) == {"q-0.5": "Only whole numbers are asked for here."}


def test_a_whole_number_may_be_written_as_a_decimal() -> None:
    assert number_parsing.number("3,0").value == 3
    assert stored(a_number(whole=True), quantiles(1, 2, 3.0, 4, 5))[2] == 3


def test_numbers_of_the_grammar_end_as_they_were_written() -> None:
    texts = ["1\u202f000", "2e3", "3 000", "4000", "5000,5"]
    given = dict(zip(QUANTILES, map(number_parsing.number, texts), strict=True))
    assert stored(a_number(), given) == [1000, 2000, 3000, 4000, 5000.5]


# ---- Dates


def dates(*texts: str) -> dict[str, EnteredValue]:
    return dict(zip(QUANTILES, map(number_parsing.date, texts), strict=True))


def test_dates_become_days() -> None:
    answer = rows(a_date(), dates("2027-01-01", "2028-01-01", "2029-01-01", "2030-01-01", "2031-01-01"))
    assert answer[0] == Row("value", "q0.05", 20819.0, "2027-01-01")


def test_dates_from_late_to_early_are_refused() -> None:
    given = dates("2030-01-01", "2027-01-01", "2028-01-01", "2029-01-01", "2031-01-01")
    assert errors_of(lambda: rows(a_date(), given)) == {
        "q-0.25": "This cannot come before 1\u00a0January 2030, your answer at 5\u00a0%."
    }


def test_dates_may_repeat_since_days_are_whole() -> None:
    assert len(rows(a_date(), dates(*["2027-07-31"] * 5))) == 5


@pytest.mark.parametrize(("first", "last"), [("0001-01-01", "2027-01-01"), ("2027-01-01", "2036-01-01")])
def test_a_day_outside_a_closed_window_is_refused(first: str, last: str) -> None:
    given = dates(first, "2027-01-01", "2027-01-01", "2027-01-01", last)
    errors = errors_of(lambda: rows(a_date(), given))
    assert len(errors) == 1
    assert next(iter(errors.values())) in ("At least 1\u00a0January 2025.", "At most 31\u00a0December 2035.")


def test_a_day_beyond_an_open_end_is_taken() -> None:
    given = dates("2027-01-01", "2027-01-01", "2027-01-01", "2027-01-01", "2040-01-01")
    assert len(rows(a_date(open_upper=True), given)) == 5


# ---- The range


def test_the_point_beyond_is_the_bound_plus_the_range() -> None:
    ends = ValueRange(0.0, 60.0, open_lower=False, open_upper=True, log=False, whole=True)
    assert (ends.below, ends.above) == (None, 120.0)


def test_the_point_beyond_on_a_log_scale_is_as_far_again() -> None:
    ends = ValueRange(0.2, 40.0, open_lower=True, open_upper=True, log=True, whole=False)
    assert (ends.below, ends.above) == (pytest.approx(0.001), pytest.approx(8000))


def test_the_point_beyond_may_be_what_no_answer_could_be() -> None:
    question = a_number(scale="log", lower=3.0, upper=10.0, open_upper=True, whole=True)
    (beyond,) = kind_of(question).slots(question, question.options)[-1].beyond
    assert stored(question, quantiles(3, 4, 5, 6, beyond.value))[-1] == beyond.value


def test_a_question_about_a_number_without_a_range_is_a_fault_of_the_program() -> None:
    with pytest.raises(ValueError, match="has no range"):
        bounds(a_binary())


def test_quantiles_are_exported_with_their_level() -> None:
    for question in (a_number(), a_date()):
        assert kind_of(question).output(question, question.options[0], "q0.05") == ("quantile", "0.05")


ranges = st.builds(
    lambda lower, width, log, open_lower, open_upper: a_number(
        scale="log" if log else "linear",
        lower=lower,
        upper=lower + width,
        open_lower=open_lower,
        open_upper=open_upper,
    ),
    st.floats(0.01, 1e6),
    st.floats(0.01, 1e6),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)


@given(ranges)
def test_the_point_beyond_lies_beyond(question: Any) -> None:
    ends = kind_of(question).range(question)
    assert ends.above is None or ends.above > ends.upper
    assert ends.below is None or ends.below < ends.lower
    assert not ends.log or ends.below is None or ends.below > 0


@given(st.lists(st.integers(0, 100_000), min_size=5, max_size=5, unique=True))
def test_exactly_the_answers_that_rise_are_taken(values: list[int]) -> None:
    if values == sorted(values):
        assert stored(a_number(), quantiles(*values)) == values
    else:
        assert errors_of(lambda: rows(a_number(), quantiles(*values)))
