"""The history of an outcome stands folded where the outcome stands, with what each correction did to scores."""

import re

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from survey import clock
from survey.disclosure import Viewer, score_changes
from survey.models import Question
from survey.services.erasure import erase
from survey.services.publication import publish
from survey.services.resolution import resolve, resolve_all
from tests.factories import crowd, on, someone, the_question, the_survey
from tests.survey.outcomes import member, outcome

from ..test_statements import MOST, cost
from ..visitor import Visitor, words

KEY = "leaders-meet"
#: Eleven chances that score otherwise under no than under yes, and one that does not.
CHANCES = [0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9, 0.3, 0.35, 0.45, 0.5]


def history_of(page: str) -> str:
    """The words of the folded history; empty where there is none."""
    found = re.search(r'<details class="p-data" id="outcome-history">(.*?)</details>', page, re.DOTALL)
    return words(found[1]) if found else ""


def yes_no_annulled(session: Session) -> Question:
    """Twelve people, a publication, then yes, no, and annulled on three days; committed."""
    question = the_question(session, KEY)
    crowd(session, question, CHANCES, day=18)
    with clock.at(on(19)):
        publish(session, the_survey(session))
    user = member(session)
    for day, facts in (
        (22, {"value": 1.0}),
        (23, {"value": 0.0, "why": "They spoke by <b>video</b>."}),
        (24, {"annulled": True, "why": "Nobody can tell."}),
    ):
        with clock.at(on(day)):
            resolve(session, question, outcome(**facts), user)
    session.commit()
    return question


def test_the_history_is_told_newest_first_with_what_it_changed(person: Visitor, session: Session) -> None:
    assert history_of(person.get(f"q/{KEY}").text) == ""
    person.answers("binary")
    yes_no_annulled(session)
    told = history_of(person.get(f"q/{KEY}").text)
    assert told == history_of(person.get(f"q/{KEY}/crowd").text)
    assert "History of the outcome: 3 entries" in told
    annulled, no, yes = told.index("annulled"), told.index("no superseded"), told.index("yes superseded")
    assert annulled < no < yes
    assert "Nobody can tell." in told and "They spoke by <b>video</b>." in told
    assert told.count("by an organizer (resolved by one person)") == 3 and "@" not in told
    # The means of 2·p² and 2·(1 − p)², each rounded as it was told.
    means = [sum(2 * (came - p) ** 2 for p in CHANCES) / 12 for came in (1, 0)]
    assert f"{means[1] - means[0]:.3f}" == "-0.133"
    assert (
        "The scores of at least 10 people changed, by −0.133 on average (Brier, 0 to 2; lower is better)."
        in told
    )
    assert "The scores of at least 10 people were dropped." in told


def test_what_it_changed_goes_by_the_door_of_the_crowd(person: Visitor, session: Session) -> None:
    """Two means of scores give the mean chance: they are for whom the crowd is for."""
    question = yes_no_annulled(session)
    assert "10 people" in history_of(person.get(f"q/{KEY}").text)
    question.survey.reveal = "organizers only"
    session.commit()
    told = history_of(person.get(f"q/{KEY}").text)
    assert "people" not in told and "superseded" in told


@pytest.fixture
def corrected(session: Session) -> Question:
    """The same, for the door itself."""
    return yes_no_annulled(session)


def changes(session: Session, question: Question, viewer: Viewer) -> dict[int, int]:
    found = score_changes(session, viewer, question, question.resolutions)
    return {number: change.people for number, change in found.items()}


def test_a_change_is_told_of_enough_people_to_whom_the_crowd_is_told(
    session: Session, corrected: Question
) -> None:
    survey, owner, nobody = corrected.survey, Viewer(role="owner"), Viewer()
    first, second, third = (one.id for one in corrected.resolutions)
    assert changes(session, corrected, owner) == {second: 10, third: 10}
    assert changes(session, corrected, nobody) == {}
    survey.reveal = "always"
    assert changes(session, corrected, nobody) == {second: 10, third: 10}
    survey.reveal = "organizers only"
    assert changes(session, corrected, nobody) == {}
    survey.reveal, survey.noise_key = "always", "0" * 64
    assert survey.guarded and changes(session, corrected, nobody) == {}
    survey.noise_key = None
    assert changes(session, corrected, nobody) != {} and first not in changes(session, corrected, owner)
    erase(session, someone(session))
    assert changes(session, corrected, owner) == {}


def test_a_change_by_one_persons_answer_is_not_told(session: Session) -> None:
    question, owner = the_question(session, KEY), Viewer(role="owner")
    crowd(session, question, CHANCES, day=18)
    crowd(session, question, [0.97], day=20)
    resolve(session, question, outcome(on(20), value=1.0))
    resolve(session, question, outcome(on(21), value=0.0))
    assert changes(session, question, owner) == {}


def test_nine_people_are_too_few_for_a_change(session: Session) -> None:
    question = the_question(session, KEY)
    crowd(session, question, CHANCES[:9], day=18)
    resolve(session, question, outcome(value=1.0))
    resolve(session, question, outcome(value=0.0))
    assert changes(session, question, Viewer(role="owner")) == {}


def test_a_long_history_costs_a_page_no_more_statements_than_any(
    app: Flask, person: Visitor, session: Session
) -> None:
    """Of a ladder each date came out, was corrected twice and annulled."""
    question = the_question(session, "ceasefire-when")
    crowd(session, question, CHANCES, day=18)
    with clock.at(on(19)):
        publish(session, the_survey(session))
    question.survey.reveal = "always"
    for facts in ({"value": 1.0}, {"value": 0.0}, {"annulled": True}, {"value": 1.0}):
        resolve_all(session, question, [outcome(about=one.key, **facts) for one in question.options])
    session.commit()
    told = history_of(person.get(f"q/{question.key}").text)
    assert "16 entries" in told and told.count("people changed") == len(question.options)
    counts = [cost(app, person.client, f"/s/ukraine/q/{question.key}{page}") for page in ("", "/crowd")]
    assert all(count is not None and count <= MOST for count in counts), counts
