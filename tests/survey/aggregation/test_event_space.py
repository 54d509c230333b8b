"""Event space of a survey: the bank's declared relations, and what its worked answer is told."""

import pytest
from sqlalchemy.orm import Session

from scoring.coherence import EventSpace, clashes
from survey.aggregation.event_space import event_space_of
from survey.aggregation.tied_answers import answers_in
from survey.bank.reading import bank_folder, read_bank
from tests.factories import the_survey
from tests.survey.bank.test_ukraine_relations import BROKEN

WORKED = read_bank(bank_folder("ukraine")).worked


@pytest.fixture
def space(session: Session) -> EventSpace:
    return event_space_of(session, the_survey(session))


def test_discrete_questions_are_in_it_and_numbers_are_not(space: EventSpace, session: Session) -> None:
    inside = {question for question, _ in space.answers}
    assert inside == {
        question.key for question in the_survey(session).questions if not question.quantile_levels
    }
    assert space.is_complete


def test_the_worked_answer_goes_together(space: EventSpace) -> None:
    assert clashes(space, answers_in(space, WORKED)) == []


@pytest.mark.whole
def test_each_change_that_breaks_a_relation_is_told_of_that_relation(space: EventSpace) -> None:
    for relation, question, change, size in BROKEN:
        found = clashes(space, answers_in(space, WORKED | {question: WORKED[question] | change}), tolerance=0)
        told = {source for clash in found for source in clash.sources}
        wanted = relation.removeprefix("order of ").removeprefix("sum of ")
        assert wanted in told, (relation, size, told)


def test_what_was_not_answered_is_nothing_that_could_clash(space: EventSpace) -> None:
    assert clashes(space, answers_in(space, {})) == []
    assert clashes(space, answers_in(space, {"aid-total": {"q0.5": 480.0}})) == []


def test_a_survey_whose_declarations_changed_has_another_space(session: Session) -> None:
    survey = the_survey(session)
    before = event_space_of(session, survey)
    assert event_space_of(session, survey) is before
    treaty_needs_truce = next(relation for relation in survey.relations if relation.key == "R2.2030-12-31")
    treaty_needs_truce.kind = "equals"
    after = event_space_of(session, survey)
    truce_alone = answers_in(
        after, {"ceasefire-when": {"2030-12-31": 0.75}, "treaty-when": {"2030-12-31": 0.25}}
    )
    assert clashes(before, truce_alone) == []
    assert [clash.sources for clash in clashes(after, truce_alone)] == [("R2.2030-12-31",)]
    session.rollback()
