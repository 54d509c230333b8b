"""Binary questions and conditional pairs: the survey's range, and which boxes may stay empty."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.questions import EnteredValue, Row, kind_of

from .stand_ins import WIDE, SurveyStandIn, a_binary, a_choice, a_ladder, a_pair, entries, errors_of, rows


def test_a_binary_question_stores_one_row() -> None:
    assert rows(a_binary(), {"p-yes": EnteredValue(0.7, "70")}) == [Row("yes", "p", 0.7, "70")]


@pytest.mark.parametrize("p", [0.001, 0.5, 0.999])
def test_the_ends_of_the_range_are_allowed(p: float) -> None:
    assert rows(a_binary(), entries(yes=p))[0].value == p


@pytest.mark.parametrize("p", [0.0, -0.1, 0.0009999, 0.9990001, 1.0, 1.01, 10.0, 1e-20])
def test_what_lies_outside_is_refused_and_the_range_named_in_percent(p: float) -> None:
    sentence = "A forecast of this survey lies between 0.1\u00a0% and 99.9\u00a0%."
    assert errors_of(lambda: rows(a_binary(), entries(yes=p))) == {"p-yes": sentence}


def test_the_range_is_the_surveys_own() -> None:
    assert rows(a_binary(survey=WIDE), entries(yes=0.0001))[0].value == 0.0001
    errors = errors_of(lambda: rows(a_binary(survey=WIDE), entries(yes=0.00009)))
    assert "between 0.01\u00a0% and 99.99\u00a0%" in errors["p-yes"]


@pytest.mark.parametrize("p", [0.0, 1.0])
def test_certainty_is_refused_whatever_the_survey_says(p: float) -> None:
    everything = SurveyStandIn(0.0, 1.0)
    assert list(errors_of(lambda: rows(a_binary(survey=everything), entries(yes=p)))) == ["p-yes"]


def test_not_a_number_is_in_no_range() -> None:
    assert list(errors_of(lambda: rows(a_binary(), entries(yes=float("nan"))))) == ["p-yes"]


@pytest.mark.parametrize("question", [a_binary(), a_choice(), a_ladder()])
def test_every_box_is_needed(question: object) -> None:
    errors = errors_of(lambda: rows(question, {}))
    assert list(errors) == [f"p-{option.key}" for option in question.options]
    assert all("I can’t judge this" in sentence for sentence in errors.values())


def test_a_box_that_was_not_asked_for_is_refused() -> None:
    errors = errors_of(lambda: rows(a_binary(), entries(yes=0.5, no=0.5)))
    assert errors == {"p-no": "The question does not ask this, or no longer does."}


@pytest.mark.parametrize("question", [a_binary(), a_choice(), a_ladder(), a_pair()])
def test_where_nothing_is_asked_there_are_no_rows(question: object) -> None:
    assert kind_of(question).rows(question, [], {}) == []


# ---- Pairs


def test_a_pair_may_be_answered_in_both_branches() -> None:
    stored = rows(a_pair(), entries(if_yes=0.2, if_no=0.1))
    assert [(row.option, row.value) for row in stored] == [("if_yes", 0.2), ("if_no", 0.1)]


@pytest.mark.parametrize("branch", ["if_yes", "if_no"])
def test_a_pair_may_be_answered_in_one_branch(branch: str) -> None:
    assert [row.option for row in rows(a_pair(), entries(**{branch: 0.2}))] == [branch]


def test_a_pair_needs_one_branch() -> None:
    sentence = "Give a probability for at least one of the two branches."
    assert errors_of(lambda: rows(a_pair(), {})) == {"p-if_yes": sentence}


def test_the_range_holds_in_each_branch() -> None:
    assert list(errors_of(lambda: rows(a_pair(), entries(if_yes=0.2, if_no=1.0)))) == ["p-if_no"]


def test_the_branches_need_not_agree_with_each_other() -> None:
    assert len(rows(a_pair(), entries(if_yes=0.9, if_no=0.9))) == 2


@given(st.floats(0.001, 0.999))
def test_what_is_stored_is_what_was_given(p: float) -> None:
    assert rows(a_binary(), entries(yes=p))[0].value == p
