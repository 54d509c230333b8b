"""One's forecasts beside the crowd's: shown where the crowd is, and nowhere else."""

import json

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import clock
from survey.aggregation.stored_scores import scores_of
from survey.disclosure.scores import comparison, without_hidden
from survey.models import Participant
from survey.services.publication import publish
from survey.services.resolution import resolve
from tests.factories import crowd, on, say, the_question, the_survey
from tests.survey.aggregation.test_peer_scores import gives
from tests.survey.outcomes import outcome

from ..visitor import Visitor, words
from .test_my_forecasts import section

COMPARED = ("peer", "wis_shared", "wis_crowd")


def prepared(session: Session, key: str = "leaders-meet", people: int = 12) -> None:
    """Others answer and are published; the first participant answers; it comes out."""
    survey, question = the_survey(session), the_question(session, key)
    person = session.scalars(select(Participant).order_by(Participant.id)).first()
    assert person is not None
    crowd(session, question, [0.4] * people, day=18)
    with clock.at(on(19)):
        publish(session, survey)
    with clock.at(on(19)):
        say(session, person, question, 0.8)
    if question.kind == "ladder":
        resolve(session, question, outcome(about=question.options[0].key, value=1.0))
    else:
        resolve(session, question, outcome(value=1.0))
    session.commit()


def rules_told(person: Visitor) -> set[str]:
    """The rules that leave by the file of one's own data."""
    return {score["rule"] for score in json.loads(person.get("mine/data.json").data)["scores"]}


def test_beside_the_crowd_stands_what_it_means(person: Visitor, session: Session) -> None:
    prepared(session)
    page = person.get("mine").text
    # Three of seven days, a hundred times ln 2.
    assert "Peer score +30 on one question; your forecast stood on 43 % of its days." in section(
        page, "comparison"
    )
    assert "Higher is better; 0 is as good as the others" in section(page, "comparison")
    assert "Peer, higher is better +30 +69 43 %" in section(page, "scores")
    assert "/methods#scores" in page


def test_a_score_beside_the_crowd_is_told_in_whole_points_everywhere(
    person: Visitor, session: Session
) -> None:
    prepared(session)
    told = json.loads(person.get("mine/data.json").data)["scores"]
    assert [(one["value"], one["last_day"]) for one in told if one["rule"] == "peer"] == [(30.0, 69.0)]


def test_under_organizers_only_there_is_nothing(person: Visitor, session: Session) -> None:
    prepared(session)
    assert "peer" in rules_told(person)  # The control: only the rule of the survey hides it.
    the_survey(session).reveal = "organizers only"
    session.commit()
    page = person.get("mine").text
    assert section(page, "comparison") == ""
    assert "Peer" not in section(page, "scores") and "Brier" in section(page, "scores")
    assert not rules_told(person) & set(COMPARED)
    assert "peer" not in words(person.get("mine/data").text).lower()


def test_before_neighbours_are_answered_it_is_left_out_and_said_so(person: Visitor, session: Session) -> None:
    prepared(session, "ceasefire-when")
    page = person.get("mine").text
    told = section(page, "comparison")
    assert "Nothing can be compared yet." in told
    assert "One scored question is left out: its crowd is not shown to you." in told
    assert "Peer, higher" not in section(page, "scores")
    assert not rules_told(person) & set(COMPARED)


def test_too_few_people_to_be_published_are_not_told_by_a_score(person: Visitor, session: Session) -> None:
    """With one other person the peer score would give away their number."""
    prepared(session, people=1)
    assert "Peer" not in section(person.get("mine").text, "scores")
    assert rules_told(person) == {"brier", "log"}


def test_before_anything_is_scored_there_is_no_section(person: Visitor) -> None:
    assert section(person.get("mine").text, "comparison") == ""


def test_a_correction_tells_nothing_beside_the_crowd(person: Visitor, session: Session) -> None:
    prepared(session)
    resolve(session, the_question(session, "leaders-meet"), outcome(value=0.0))
    session.commit()
    told = section(person.get("mine").text, "corrections")
    assert "Brier" in told and "peer" not in told.lower()


@pytest.mark.whole
def test_skill_is_over_all_numbers_by_their_ranges(session: Session) -> None:
    """russian-gas: 5 and 10 off the outcome. 1 - (6.6/range)/(…/range): the range falls out of one question."""
    question = the_question(session, "russian-gas")
    gives(session, question, 20, 17, people=12)
    with clock.at(on(19)):
        publish(session, the_survey(session))
    mine = gives(session, question, 25, 18)
    resolve(session, question, outcome(value=30.0))
    found = comparison(session, mine)
    assert found is not None
    by_rule = {score.rule: score.value for score in scores_of(session, mine)}
    assert found.skill == pytest.approx(1 - by_rule["wis_shared"] / by_rule["wis_crowd"])
    assert 0.4 < found.skill < 0.8
    assert (found.numbers, found.questions, found.peer, found.left_out) == (1, 0, None, 0)
    the_survey(session).reveal = "organizers only"
    assert {score.rule for score in without_hidden(session, mine, scores_of(session, mine))} == {"wis"}
