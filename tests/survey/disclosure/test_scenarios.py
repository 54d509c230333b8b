"""Scenarios need the options they are computed from, and no others."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import clock
from survey.aggregation.question_specs import scenario_of
from survey.aggregation.scenarios import options_of
from survey.disclosure import Denial, ShownScenarios, Viewer, get_scenarios
from survey.models import Participant
from survey.presenters.scenario_charts import even_scenarios, front_scenarios, told_scenarios
from survey.services.publication import publish
from survey.services.resolution import resolve
from tests.conftest import store_after
from tests.factories import on, say, someone, the_question, the_survey, tied_questions

from ..outcomes import outcome


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
        made_of = {question for one in scenario.questions for question in tied_questions(one)}
        for question in made_of:
            for place, person in enumerate(people):
                say(session, person, question, 0.2 + 0.02 * place)
    with clock.at(after + timedelta(days=5)):
        publish(session, the_survey(session))
        assert isinstance(get_scenarios(session, Viewer(people[0]), scenario), ShownScenarios)


def test_nobody_sees_them_before_answering_what_they_are_made_of(
    people: list[Participant], session: Session
) -> None:
    (scenario,) = the_survey(session).scenarios
    with clock.at(on(20)):
        person = someone(session)
        everything_but = [question for question in the_survey(session).questions if question.key != "clash"]
        for question in everything_but:
            say(session, person, question)
        assert get_scenarios(session, Viewer(person), scenario) is Denial.UNANSWERED
        say(session, person, the_question(session, "clash"))
        shown = get_scenarios(session, Viewer(person), scenario)
        assert isinstance(shown, ShownScenarios)
        assert sum(shown.chances.leaves.values()) == pytest.approx(1, abs=0.02)


def resolve_ceasefire(session: Session, known_from: datetime, happened: bool) -> None:
    question = the_question(session, "ceasefire-when")
    resolve(session, question, outcome(known_from, about="2027-12-31", value=float(happened)))


@store_after
def eleven(session: Session) -> None:
    """Eleven people who answered everything on the 18th, published on the 20th."""
    with clock.at(on(18)):
        people = [someone(session) for _ in range(11)]
        for question in the_survey(session).questions:
            for place, person in enumerate(people):
                say(session, person, question, 0.2 + 0.02 * place)
    with clock.at(on(20)):
        publish(session, the_survey(session))


@pytest.fixture
def people(eleven: None, session: Session) -> list[Participant]:
    """The eleven."""
    return list(session.scalars(select(Participant).order_by(Participant.id)))


def seen(session: Session, people: list[Participant]) -> ShownScenarios:
    (scenario,) = the_survey(session).scenarios
    shown = get_scenarios(session, Viewer(people[0]), scenario)
    assert isinstance(shown, ShownScenarios)
    return shown


@pytest.mark.parametrize("happened", [True, False])
def test_after_the_truce_the_page_is_headed_by_what_can_still_be(
    session: Session, people: list[Participant], happened: bool
) -> None:
    with clock.at(on(22)):
        before = seen(session, people)
        resolve_ceasefire(session, on(21), happened)
        shown = seen(session, people)
    assert 0 < before.chances.leaves["none"] < 1 and before.known == {}
    assert shown.known == {"ceasefire": happened}
    assert shown.chances.leaves["none"] == (0 if happened else 1)
    assert sum(shown.chances.leaves.values()) == pytest.approx(1, abs=0.01)
    assert shown.as_of == before.as_of  # No figure is newer: they stay with their day.


def test_figures_of_what_is_open_go_on_without_those_of_what_is_known(
    session: Session, people: list[Participant]
) -> None:
    with clock.at(on(22)):
        resolve_ceasefire(session, on(21), happened=True)
        for person in people:
            for key in (
                "guarantee-form",
                "clash",
                "war-state-2027",
                "guarantee-if-ceasefire",
                "clash-if-ceasefire",
            ):
                say(session, person, the_question(session, key), 0.6)
    with clock.at(on(24)):
        publish(session, the_survey(session))
        shown = seen(session, people)
    assert shown.as_of > on(21).date()
    assert shown.chances.nodes[(True,)].value == 1


def test_the_page_says_what_is_known_and_of_which_day_the_rest_is(
    session: Session, people: list[Participant], app: Flask
) -> None:
    (scenario,) = the_survey(session).scenarios
    with clock.at(on(22)), app.test_request_context():
        resolve_ceasefire(session, on(21), happened=True)
        told = told_scenarios(scenario, seen(session, people), "en")
        front = front_scenarios(session, Viewer(people[0]), the_survey(session), "en")
    assert front is not None
    assert [one.rpartition(" — ")[2] for one in told.known] == ["known: yes"]
    assert {row[0].split(" · ")[0] for row in told.tree.rows} == {"Ceasefire (known)"}
    assert "none" not in told.title and "<" not in told.title
    assert front.leaves[-1].number.replace("\u00a0", " ") == "0 %"
    assert "given what is known" in front.edge


def test_the_title_names_a_likeliest_scenario_only_where_the_intervals_of_the_edges_tell_it_from_the_next(
    session: Session, people: list[Participant], app: Flask
) -> None:
    (scenario,) = the_survey(session).scenarios
    shown = seen(session, people)
    edges = {("ceasefire", None)} | {(key, side) for key in ("guarantee", "clash") for side in (False, True)}
    assert shown.margins.keys() == edges and all(0 < margin < 0.5 for margin in shown.margins.values())
    even = even_scenarios(scenario)

    def title(**margins: float) -> str:
        told = {("ceasefire", None): 0.0, ("guarantee", True): 0.0} | {
            (key, None if key == "ceasefire" else True): margin for key, margin in margins.items()
        }
        with app.test_request_context():
            return told_scenarios(scenario, replace(even, margins=told), "en").title

    # 50 %, 25 and 25: the lead moves by 1.5 of the root's margin and by half of the other's.
    assert "is likeliest" in title(ceasefire=0.16)
    assert "About as likely" in title(ceasefire=0.17)
    assert "About as likely" in title(ceasefire=0.16, guarantee=0.2)


def test_once_all_is_known_it_stands_without_a_crowd(
    session: Session, people: list[Participant], app: Flask
) -> None:
    (scenario,) = the_survey(session).scenarios
    with clock.at(on(22)), app.test_request_context():
        resolve_ceasefire(session, on(21), happened=True)
        resolve(session, the_question(session, "guarantee-form"), outcome(on(20), option="nato"))
        resolve(session, the_question(session, "clash"), outcome(on(20), about="2028-12-31", value=0.0))
        resolve(session, the_question(session, "war-state-2027"), outcome(on(20), option="collapsed"))
        shown = seen(session, people)
        told = told_scenarios(scenario, shown, "en")
    assert (shown.people, shown.as_of) == (0, on(21).date())
    assert shown.chances.leaves["binding"] == 1
    assert told.title.replace("\u00a0", " ").endswith(": 100 %")
    assert told.tree.rows == (
        ("Ceasefire (known) · Binding guarantee (known) · No clash (known)", "100\u00a0%", "–"),
    )
