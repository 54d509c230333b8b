"""Ladders: later deadlines are no less likely, and a rung whose deadline is over is not asked."""

from hypothesis import given
from hypothesis import strategies as st

from survey.questions import EnteredValue, kind_of

from .stand_ins import a_ladder, errors_of, rows, stored

RUNGS = ["2027-06-30", "2027-12-31", "2028-12-31"]


def rising(*values: float, rungs: list[str] = RUNGS) -> dict[str, EnteredValue]:
    return {f"p-{rung}": EnteredValue(value, f"{value}") for rung, value in zip(rungs, values, strict=True)}


def test_a_rising_ladder_is_stored_rung_by_rung() -> None:
    answer = rows(a_ladder(), rising(0.1, 0.25, 0.38))
    assert [(row.option, row.part, row.value) for row in answer] == [
        ("2027-06-30", "p", 0.1),
        ("2027-12-31", "p", 0.25),
        ("2028-12-31", "p", 0.38),
    ]


def test_rungs_may_be_equal() -> None:
    assert stored(a_ladder(), rising(0.1, 0.1, 0.1)) == [0.1, 0.1, 0.1]


def test_a_decrease_is_refused_at_the_later_rung_and_both_are_named() -> None:
    assert errors_of(lambda: rows(a_ladder(), rising(0.25, 0.1, 0.38))) == {
        "p-2027-12-31": "“31 December 2027” cannot be less likely than “30 June 2027”, "
        "where you gave 25\u00a0%: what has happened by the earlier date has happened by the later one."
    }


def test_every_decrease_has_its_sentence() -> None:
    errors = errors_of(lambda: rows(a_ladder(), rising(0.5, 0.4, 0.3)))
    assert list(errors) == ["p-2027-12-31", "p-2028-12-31"]


def test_a_decrease_over_a_rung_that_is_missing_is_seen() -> None:
    answer = rising(0.5, 0.6, 0.3)
    del answer["p-2027-12-31"]
    errors = errors_of(lambda: rows(a_ladder(), answer))
    assert list(errors) == ["p-2027-12-31", "p-2028-12-31"]
    assert "“30 June 2027”" in errors["p-2028-12-31"]


def test_every_rung_is_needed() -> None:
    answer = rising(0.1, 0.2, 0.3)
    del answer["p-2028-12-31"]
    assert list(errors_of(lambda: rows(a_ladder(), answer))) == ["p-2028-12-31"]


def test_a_closed_rung_is_not_asked_and_has_no_row() -> None:
    question = a_ladder()
    answer = kind_of(question).rows(question, question.options[1:], rising(0.2, 0.3, rungs=RUNGS[1:]))
    assert [row.option for row in answer] == RUNGS[1:]


def test_a_late_answer_to_a_closed_rung_is_refused() -> None:
    question = a_ladder()
    errors = errors_of(lambda: kind_of(question).rows(question, question.options[1:], rising(0.1, 0.2, 0.3)))
    assert list(errors) == ["p-2027-06-30"]


def test_the_rungs_are_a_cumulative_distribution_in_the_export() -> None:
    question = a_ladder()
    assert kind_of(question).output(question, question.options[0], "p") == ("cdf", "2027-06-30")


@given(st.lists(st.floats(0.001, 0.999), min_size=3, max_size=3))
def test_exactly_the_ladders_that_rise_are_taken(values: list[float]) -> None:
    if values == sorted(values):
        assert stored(a_ladder(), rising(*values)) == values
    else:
        assert errors_of(lambda: rows(a_ladder(), rising(*values)))
