"""One act: what follows of a condition is done with it, companions are offered, contradictions are named."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from survey import clock
from survey.models import Participant, Question, Resolution
from survey.services.audit_check import verify
from survey.services.resolution import Act, Contradiction, Overtaken, prepare, resolve, resolve_all, store
from survey.services.resolution_plan import Plan
from survey.services.resolution_rules import Outcome, is_overtaken
from survey.store.lifecycle import current_resolutions, unresolved
from survey.web.organizer.tasks import tasks
from tests.factories import on, say, someone, the_question, the_survey

from ..outcomes import outcome, scores

PAIR, CONDITION, DATE = "guarantee-if-ceasefire", "ceasefire-when", "2027-12-31"


def standing(session: Session, key: str) -> dict[str, float | None]:
    """What stands, by rung or branch; None where it is annulled."""
    made = current_resolutions(session, the_question(session, key))
    return {one.option.key if one.option else "": one.value for one in made}


def test_a_condition_annuls_the_branch_that_did_not_come_true(session: Session) -> None:
    resolve(session, the_question(session, CONDITION), outcome(about=DATE, value=0.0))
    assert standing(session, PAIR) == {"if_yes": None}
    assert [one.key for one in unresolved(session, the_question(session, PAIR)) if one] == ["if_no"]
    resolve(session, the_question(session, PAIR), outcome(about="if_no", value=1.0))
    assert standing(session, PAIR) == {"if_yes": None, "if_no": 1}
    assert verify(session, the_survey(session)).is_whole


def test_a_corrected_condition_moves_the_pair_to_its_other_branch_with_its_scores(session: Session) -> None:
    pair, condition = the_question(session, PAIR), the_question(session, CONDITION)
    with clock.at(on(20)):
        person = someone(session)
    say_both(session, pair, person)
    resolve(session, pair, outcome(about="if_yes", value=1.0))
    assert standing(session, PAIR) == {"if_yes": 1, "if_no": None}
    # Decided the other way afterwards: without a word the pair would be scored on a branch that never came true.
    plan = Plan(session, the_survey(session), {condition.id: [outcome(about=DATE, value=0.0)]})
    assert PAIR in [one.key for one in plan.changed]
    resolve(session, condition, outcome(about=DATE, value=0.0))
    assert standing(session, PAIR) == {"if_yes": None, "if_no": 1}
    (scored,) = [one for one in current_resolutions(session, pair) if not one.annulled]
    assert scores(session, scored, person)["brier"].value == pytest.approx(2 * (1 - 0.3) ** 2)
    resolve(session, condition, outcome(about=DATE, value=1.0))
    assert standing(session, PAIR) == {"if_yes": 1, "if_no": None}
    (scored,) = [one for one in current_resolutions(session, pair) if not one.annulled]
    assert scores(session, scored, person)["brier"].value == pytest.approx(2 * (1 - 0.8) ** 2)


def say_both(session: Session, pair: Question, person: Participant) -> None:
    with clock.at(on(20)):
        say(session, person, pair, {"p-if_yes": 0.8, "p-if_no": 0.3})


def test_what_cannot_follow_by_itself_stands_as_a_task(app: Flask, session: Session) -> None:
    pair, condition = the_question(session, PAIR), the_question(session, CONDITION)
    resolve(session, condition, outcome(about=DATE, value=0.0))
    resolve(session, pair, outcome(about="if_no", value=1.0))
    assert not is_overtaken(session, pair)
    resolve(session, condition, outcome(annulled=True))
    assert is_overtaken(session, pair)
    with app.test_request_context():
        titles = [one.title for one in tasks(session, the_survey(session))]
    assert any("does not fit its condition" in title for title in titles)


def test_questions_of_one_deadline_are_offered_with_what_the_relation_says(session: Session) -> None:
    survey, condition = the_survey(session), the_question(session, CONDITION)
    no = Plan(session, survey, {condition.id: [outcome(about=DATE, value=0.0)]}).companions()
    # No ceasefire by then: no settlement by then either; how the war stands may be two things, and is not offered.
    assert told(no) == {"treaty-when": [("2027-06-30", 0), (DATE, 0)]}
    war = the_question(session, "war-state-2027")
    yes = Plan(session, survey, {war.id: [outcome(option="settlement")]}).companions()
    assert told(yes) == {CONDITION: [(DATE, 1)], "treaty-when": [(DATE, 1)]}
    assert {one.source for said in yes.values() for one in said} == {"A newspaper of that day"}


def told(companions: dict[Question, list[Outcome]]) -> dict[str, list[tuple[str | None, float | None]]]:
    return {question.key: [(one.about, one.value) for one in said] for question, said in companions.items()}


def test_a_contradicted_relation_is_named_and_needs_somebody_to_let_it_be(session: Session) -> None:
    survey, war = the_survey(session), the_question(session, "war-state-2027")
    resolve(session, the_question(session, CONDITION), outcome(about=DATE, value=1.0))
    said = {war.id: [outcome(option="fighting")]}
    assert [one.key for one in Plan(session, survey, said).contradicted()] == ["R4"]
    with pytest.raises(Contradiction, match="contradicts"):
        store(session, prepare(session, survey, Act(said)))
    assert current_resolutions(session, war) == []
    made: list[Resolution] = store(session, prepare(session, survey, Act(said, despite=frozenset({"R4"}))))
    assert current_resolutions(session, war) == made


def test_an_answer_between_computing_and_storing_makes_it_compute_again(session: Session) -> None:
    question = the_question(session, "leaders-meet")
    prepared = prepare(session, the_survey(session), Act({question.id: [outcome(value=1.0)]}))
    say(session, someone(session), question, 0.5)
    with pytest.raises(Overtaken):
        store(session, prepared)
    assert resolve_all(session, question, [outcome(value=1.0)])


def test_an_answer_to_what_follows_makes_it_compute_again_too(session: Session) -> None:
    condition, pair = the_question(session, CONDITION), the_question(session, PAIR)
    act = Act({condition.id: [outcome(about=DATE, value=1.0)]})
    prepared = prepare(session, the_survey(session), act)
    assert {condition.id, pair.id} <= set(prepared.effects)
    say(session, someone(session), pair, 0.5)
    with pytest.raises(Overtaken):
        store(session, prepared)


def test_an_outcome_of_another_question_between_computing_and_storing_makes_it_compute_again(
    session: Session,
) -> None:
    survey, question = the_survey(session), the_question(session, "leaders-meet")
    prepared = prepare(session, survey, Act({question.id: [outcome(value=1.0)]}))
    resolve(session, the_question(session, "nuclear-use"), outcome(value=0.0))
    with pytest.raises(Overtaken):
        store(session, prepared)


def test_another_close_between_computing_and_storing_makes_it_compute_again(session: Session) -> None:
    survey, question = the_survey(session), the_question(session, "leaders-meet")
    others = [one.closes_at for one in survey.questions if one is not question]
    prepared = prepare(session, survey, Act({question.id: [outcome(value=1.0)]}))
    question.closes_at -= timedelta(days=1)
    assert question.closes_at < max(others)
    with pytest.raises(Overtaken):
        store(session, prepared)
