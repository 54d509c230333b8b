"""Scenarios need the options they are computed from, and no others."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from survey import clock
from survey.aggregation.question_specs import scenario_of
from survey.aggregation.scenarios import options_of
from survey.disclosure import Denial, ShownScenarios, Viewer, get_scenarios
from survey.models import Participant
from survey.services.publication import publish
from tests.factories import on, say, someone, the_question, the_survey


def everything(session: Session, people: list[Participant]) -> None:
    for question in the_survey(session).questions:
        for place, person in enumerate(people):
            say(session, person, question, 0.2 + 0.02 * place)


def test_a_tree_uses_one_rung_and_both_branches(session: Session) -> None:
    (scenario,) = the_survey(session).scenarios
    used = options_of(scenario_of(scenario))
    assert used["ceasefire-when"] == {"2027-12-31"}
    assert used["clash-if-ceasefire"] == {"if_yes", "if_no"}


def test_they_stay_when_an_earlier_rung_has_closed(session: Session) -> None:
    (scenario,) = the_survey(session).scenarios
    # Everybody joins after the first rung of both ladders has closed: it will never have an answer.
    after = the_question(session, "ceasefire-when").option("2027-06-30").closes_at
    assert after is not None
    with clock.at(after + timedelta(days=3)):
        people = [someone(session) for _ in range(11)]
        everything(session, people)
    with clock.at(after + timedelta(days=5)):
        publish(session, the_survey(session))
        assert isinstance(get_scenarios(session, Viewer(people[0]), scenario), ShownScenarios)


def test_nobody_sees_them_before_answering_what_they_are_made_of(session: Session) -> None:
    (scenario,) = the_survey(session).scenarios
    with clock.at(on(18)):
        everything(session, [someone(session) for _ in range(11)])
    with clock.at(on(20)):
        publish(session, the_survey(session))
        person = someone(session)
        everything_but = [question for question in the_survey(session).questions if question.key != "clash"]
        for question in everything_but:
            say(session, person, question)
        assert get_scenarios(session, Viewer(person), scenario) is Denial.UNANSWERED
        say(session, person, the_question(session, "clash"))
        shown = get_scenarios(session, Viewer(person), scenario)
        assert isinstance(shown, ShownScenarios)
        assert sum(shown.chances.leaves.values()) == pytest.approx(1, abs=0.02)
