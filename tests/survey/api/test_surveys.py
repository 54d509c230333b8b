"""What is asked, told to programs: surveys, consent, questions of every kind."""

from collections import Counter
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from survey import clock
from survey.services.publication import publish
from survey.services.resolution import resolve
from survey.store.transaction import transaction
from tests.factories import crowd, on, the_question, the_survey
from tests.statements import counting
from tests.survey.outcomes import member, outcome

from .caller import ANSWERS, Caller
from .conftest import MakeMember


def test_the_list_has_public_surveys_only(nobody: Caller, session: Session) -> None:
    assert [survey["slug"] for survey in nobody.get("/surveys").json] == ["ukraine"]
    the_survey(session).visibility = "link"
    session.commit()
    assert nobody.get("/surveys").json == []
    assert nobody.get("").status_code == 200


def test_a_survey_tells_its_rules_and_its_consent(nobody: Caller, session: Session) -> None:
    survey, told = the_survey(session), nobody.get("").json
    assert told["consent"] == {"version": 1, "language": "en", "text": survey.consent.text("en").body}
    assert told["languages"] == ["en", "uk"]
    assert (told["open"], told["minimum_cell"]) == (True, survey.minimum_cell)
    assert told["closes_at"] == survey.closes_at.isoformat()


@pytest.mark.whole
def test_a_list_asks_the_store_nothing_for_each_of_its_questions(app: Flask, nobody: Caller) -> None:
    with counting(app) as asked:
        assert len(nobody.get("questions").json) == 28
    assert [statement for statement, times in Counter(asked).items() if times > 1] == []


def test_words_come_in_the_language_that_is_asked_for(nobody: Caller, session: Session) -> None:
    told = nobody.get("questions/leaders-meet", headers={"Accept-Language": "uk"}).json
    assert told["title"] == the_question(session, "leaders-meet").text("uk").title


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("uk", "В опитуванні немає такого запитання."), ("fr", "The survey has no such question.")],
)
def test_refusals_come_in_that_language_or_in_english(nobody: Caller, language: str, sentence: str) -> None:
    refused = nobody.get("questions/nothing", headers={"Accept-Language": language})
    assert refused.json["detail"] == sentence


def test_questions_are_told_in_order_and_alike_one_by_one(nobody: Caller, session: Session) -> None:
    told = nobody.get("questions").json
    assert [question["key"] for question in told] == [
        question.key for question in the_survey(session).questions
    ]
    assert nobody.get(f"questions/{told[3]['key']}").json == told[3]


@pytest.mark.parametrize("kind", ANSWERS)
def test_what_is_asked_are_the_fields_of_a_forecast(nobody: Caller, kind: str) -> None:
    key, values = ANSWERS[kind]
    asked = nobody.get(f"questions/{key}").json
    assert asked["kind"] == kind
    assert set(values) <= {one["field"] for one in asked["asked"]}
    assert {one["option"] for one in asked["asked"]} == {option["key"] for option in asked["options"]}


def test_numbers_and_dates_come_with_their_range(nobody: Caller, session: Session) -> None:
    numeric, date = (nobody.get(f"questions/{ANSWERS[kind][0]}").json for kind in ("numeric", "date"))
    assert (numeric["lower"], numeric["upper"]) == (300.0, 1000.0)
    assert isinstance(date["lower"], str) and date["lower"] < date["upper"]
    assert numeric["quantile_levels"] == [0.05, 0.25, 0.5, 0.75, 0.95]
    assert {one["sort"] for one in numeric["asked"]} == {"number"}
    assert {one["sort"] for one in date["asked"]} == {"date"}


def test_a_condition_is_told(nobody: Caller) -> None:
    pair = nobody.get("questions/guarantee-if-ceasefire").json
    assert pair["condition"] == {"question": "ceasefire-when", "options": ["2027-12-31"], "holds": True}
    assert [option["given_holds"] for option in pair["options"]] == [True, False]


def test_a_closed_rung_is_told_and_not_asked(nobody: Caller, session: Session) -> None:
    closes_at = the_question(session, "ceasefire-when").option("2027-06-30").closes_at
    assert closes_at is not None
    with clock.at(closes_at):
        told: dict[str, Any] = nobody.get("questions/ceasefire-when").json
    assert "2027-06-30" in [option["key"] for option in told["options"]]
    assert "p-2027-06-30" not in [one["field"] for one in told["asked"]]
    assert told["state"] == "open"


def test_a_closed_question_asks_nothing(nobody: Caller) -> None:
    with clock.at(on(2, 1, 2036)):
        told = nobody.get("questions/leaders-meet").json
    assert (told["state"], told["asked"]) == ("closed", [])


def test_an_outcome_is_told(app: Flask, nobody: Caller) -> None:
    with app.app_context():
        transaction(
            lambda session: resolve(session, the_question(session, "leaders-meet"), outcome(value=1)) and None
        )
    told = nobody.get("questions/leaders-meet").json
    assert told["state"] == "resolved"
    (resolution,) = told["resolutions"]
    assert (resolution["happened"], resolution["annulled"], resolution["value"]) == (True, False, None)
    assert resolution["source"] == "A newspaper of that day"


def test_the_history_of_an_outcome_is_told_with_scores_beside_it(
    app: Flask, nobody: Caller, a_member: MakeMember, session: Session
) -> None:
    """By whom stands there for those who run the survey alone; of a survey where all see the crowd, its scores."""
    organizer = a_member("organizer")
    assert nobody.get("questions/leaders-meet/resolutions").json == []
    question = the_question(session, "leaders-meet")
    crowd(session, question, [0.4] * 12, day=18)
    with clock.at(on(19)):
        publish(session, question.survey)
    user = member(session, email="resolver@example.org")
    for value, why in ((1.0, ""), (0.0, "By video alone.")):
        resolve(session, question, outcome(value=value, why=why), user)
    session.commit()
    later, first = nobody.get("questions/leaders-meet/resolutions").json
    assert (later["number"], later["supersedes"], later["stands"], later["happened"]) == (2, 1, True, False)
    assert (first["number"], first["supersedes"], first["stands"], first["words"]) == (1, None, False, "yes")
    assert (later["by"], later["approved"], later["change"], later["crowd_scores"]) == (None, False, None, [])
    question.survey.reveal = "always"
    session.commit()
    later, first = nobody.get("questions/leaders-meet/resolutions").json
    # 2·0.4² − 2·0.6², and the crowd of 0.4 by each method.
    assert later["change"] == {"rule": "brier", "people": 10, "mean": -0.4} and first["change"] is None
    assert {one["method"] for one in later["crowd_scores"]} >= {"parley", "median", "mean"}
    assert {round(one["value"], 2) for one in later["crowd_scores"]} == {0.32} and first["crowd_scores"] == []
    told = organizer.get("questions/leaders-meet/resolutions").json
    assert [one["by"] for one in told] == ["resolver@example.org"] * 2


@pytest.mark.parametrize("path", ["", "questions", "scenarios", "questions/nothing", "forecasts"])
def test_nothing_is_kept_by_caches(nobody: Caller, path: str) -> None:
    assert nobody.get(path).headers["Cache-Control"] == "no-store"
