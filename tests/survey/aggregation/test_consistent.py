"""Consistent crowd forecast: what goes together stays, what does not is brought together, of what is told alone."""

import pytest
from sqlalchemy.orm import Session

from scoring.coherence import EventSpace, clashes
from survey.aggregation.consistent import made_consistent, tied_to
from survey.aggregation.event_space import event_space_of
from survey.aggregation.specification import Said
from survey.aggregation.tied_answers import answers_in
from survey.bank.reading import bank_folder, read_bank
from tests.factories import the_survey

WORKED = read_bank(bank_folder("ukraine")).worked


@pytest.fixture
def space(session: Session) -> EventSpace:
    return event_space_of(session, the_survey(session))


def flat(said: Said) -> dict[tuple[str, str], float]:
    return {(key, option): value for key, options in said.items() for option, value in options.items()}


def test_figures_that_go_together_stay(space: EventSpace) -> None:
    inside = {key: WORKED[key] for key, _ in space.answers if key in WORKED}
    assert flat(made_consistent(space, inside)) == pytest.approx(flat(inside), abs=1e-6)


def test_figures_that_do_not_are_brought_together_and_then_stay(space: EventSpace) -> None:
    told = {**WORKED, "treaty-when": {"2030-12-31": 0.8}, "ceasefire-when": {"2030-12-31": 0.5}}
    made = made_consistent(space, told)
    assert clashes(space, answers_in(space, told), tolerance=0) != []
    assert clashes(space, answers_in(space, made), tolerance=1e-6) == []
    assert flat(made_consistent(space, made)) == pytest.approx(flat(made), abs=1e-6)
    assert 0.5 <= made["treaty-when"]["2030-12-31"] <= 0.8


def test_nothing_is_made_up_for_what_was_not_told(space: EventSpace) -> None:
    told = {"treaty-when": {"2030-12-31": 0.3}, "aid-total": {"q0.5": 480.0}}
    assert made_consistent(space, told) == {"treaty-when": {"2030-12-31": pytest.approx(0.3)}}
    assert made_consistent(space, {}) == {}


def test_questions_hang_together_in_both_directions_or_stand_alone(space: EventSpace) -> None:
    for key in {question for question, _ in space.answers}:
        assert key in tied_to(space, key)
        assert {tied_to(space, other) for other in tied_to(space, key)} == {tied_to(space, key)}
    assert {"ceasefire-when", "treaty-when", "war-state-2027"} <= tied_to(space, "guarantee-form")
    assert tied_to(space, "leaders-meet") == {"leaders-meet"}
