"""What publishing would change of a question of an open survey, word by word, and the note that goes with it."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.i18n.markdown import word_changes
from survey.models import SurveyDraft
from survey.services import drafts
from tests.conftest import database_after, store_after
from tests.survey.web.organizer.test_editor import OLENA, a_survey_under_writing, fill, press
from tests.survey.web.organizer.test_pages import sign_in
from tests.survey.web.visitor import Visitor

RAIN = "/write/weather/question/rain"
Q = "words/en/question/rain"


def an_open_survey(session: Session) -> None:
    """Somebody whose survey of one question is open."""
    a_survey_under_writing(session)
    draft = session.scalars(select(SurveyDraft).filter_by(slug="weather")).one()
    drafts.open_draft(session, draft)


database = database_after(an_open_survey)


closed = store_after(a_survey_under_writing)


@pytest.fixture
def opened(app: Flask, client: FlaskClient) -> FlaskClient:
    """A browser in which they are signed in."""
    sign_in(app, client, OLENA)
    return client


def against(client: FlaskClient) -> str:
    """The section that compares, in plain words with its marks."""
    page = client.get(RAIN).text
    if "Against version" not in page:
        return ""
    section = page[page.index("Against version") :]
    return re.sub(r"\s+", " ", section[: section.index("</section>")])


def test_a_survey_that_is_not_open_is_compared_with_nothing(closed: None, opened: FlaskClient) -> None:
    assert against(opened) == ""
    assert "/notes/" not in opened.get(RAIN).text


def test_what_is_as_participants_see_it_changes_nothing(opened: FlaskClient) -> None:
    assert "None of it would change." in against(opened)


def test_changed_words_are_marked_with_what_the_marks_mean(opened: FlaskClient) -> None:
    fill(opened, RAIN, {f"{Q}/title": "Will it rain in Lviv on 30 June 2027?"})
    told = against(opened)
    assert re.search(r"<del><span [^>]*>taken out: </span>Kyiv</del>", told)
    assert re.search(r"<ins><span [^>]*>put in: </span>Lviv</ins>", told)
    assert "It becomes version 2" in told
    # What was not changed is not told.
    assert told.count("<h3>") == 1


def test_facts_and_labels_that_change_are_named_and_ask_nobody_again(opened: FlaskClient) -> None:
    fill(opened, RAIN, {"structure/question/rain/resolves": "2027-09-30"})
    told = against(opened)
    assert "The same in every language: Resolved by." in told
    assert "no new version" in told


def test_the_note_of_a_version_is_what_who_has_answered_reads(app: Flask, opened: FlaskClient) -> None:
    person = Visitor(app.test_client(), "weather").join()
    assert person.answer("rain", **{"p-yes": "30"}).status_code == 303
    fill(
        opened,
        RAIN,
        {
            f"{Q}/title": "Will it rain in Lviv on 30 June 2027?",
            f"{Q}/notes/2": "The station in Kyiv has closed.",
        },
    )
    assert "The station in Kyiv" not in person.get("").text
    press(opened, "weather", "open")
    assert "The station in Kyiv has closed." in person.get("q/rain").text
    page = opened.get(RAIN).text
    # The next note is another one; what was said stays with its version.
    assert f'name="{Q}/notes/3"' in page and f'name="{Q}/notes/2"' not in page
    assert "None of it would change." in against(opened)


def test_without_a_note_the_texts_that_changed_are_named(app: Flask, opened: FlaskClient) -> None:
    person = Visitor(app.test_client(), "weather").join()
    person.answer("rain", **{"p-yes": "30"})
    fill(opened, RAIN, {f"{Q}/title": "Will it rain in Lviv on 30 June 2027?"})
    press(opened, "weather", "open")
    assert "Changed words: title (en)." in person.get("q/rain").text


def test_a_question_that_is_not_published_yet_is_compared_with_nothing(opened: FlaskClient) -> None:
    place = press(opened, "weather", "add", noun="question", theme="weather", kind="binary", title="Snow")
    assert "Against version" not in opened.get(place).text


def test_of_what_did_not_change_a_few_words_stand_around_a_change() -> None:
    old = " ".join(f"w{number}" for number in range(30))
    told = word_changes(old, old.replace("w15", "x"))
    assert told[0] == ("", "… w9 w10 w11 w12 w13 w14")
    assert told[1:3] == [("del", "w15"), ("ins", "x")]
    assert told[3] == ("", "w16 w17 w18 w19 w20 w21 …")
    assert word_changes("", "new words") == [("ins", "new words")]
    assert word_changes("same", "same") == [("", "same")]
