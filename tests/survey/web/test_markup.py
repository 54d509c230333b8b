"""Pages in states that few surveys are in: names, references and headings hold there too."""

import html
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from survey import clock
from survey.bank import loading
from survey.bank.reading import bank_folder, read_bank
from survey.models import Question, QuestionVersion, VersionText
from survey.services.publication import publish
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.factories import crowd, on, the_question, the_survey

from .every_page import times
from .markup import breaches
from .visitor import Visitor, words


def test_a_page_that_is_wrong_is_told_so() -> None:
    assert breaches('<!DOCTYPE html><html><h1>x</h1><a href="/">y</a><p>100 %</p></html>') == []
    assert breaches("<p>a<ul><li>b</li></ul></p>") == ["<ul> in <p>"]
    assert breaches("<html><h1>a</h1><h3>b</h3><h1>c</h1></html>") == ["2 h1", "h3 after h1"]
    assert breaches('<input name="a" aria-describedby="b">') == [
        "<input> aria-describedby: 'b' is not there",
        "<input> 'a' without a label",
    ]
    assert breaches("<p>0.0525000001 %(num)s</p><a></a><i id=x></i><i id=x></i>") == [
        "id 'x' stands 2 times",
        "<a> without words",
        "says '0.0525000001 %(num)s'",
        "says '0.0525000001 %(num)s'",
    ]


def two_trees(session: Session) -> None:
    bank = times(read_bank(bank_folder("ukraine")), 2)
    loading._load(session, the_survey(session), bank, clock.now(session))


def test_two_trees_of_scenarios_are_parts_of_one_page(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        transaction(two_trees)
    person = Visitor(client).joined()
    for page in (person.get("scenarios").text, person.get("scenarios?whose=mine").text):
        assert breaches(page) == []
        assert re.findall(r"<h1>([^<]*)</h1>", page) == ["Scenarios"]
        assert page.count('aria-label="Whose forecasts"') == 1


def named(session: Session, title: str) -> None:
    """Twelve people answer a question that has a new title by now; everybody may read what they said."""
    survey, question = the_survey(session), the_question(session, "leaders-meet")
    survey.visibility, survey.readers = "public", "always"
    now = clock.now(session)
    of_now = VersionText(
        language="en", title=title, short="x", background="", criteria="x", fine_print="", sources=[]
    )
    question.versions.append(QuestionVersion(number=2, published_at=now, texts=[of_now]))
    crowd(session, question, [0.2] * 12, day=18)
    with clock.at(on(19)):
        publish(session, survey)


def test_the_markup_of_a_box_holds_a_title_with_signs_of_markup(app: Flask, client: FlaskClient) -> None:
    title = 'Will "A" & <b>B</b> meet?'
    with app.app_context():
        transaction(lambda session: named(session, title))
    page = client.get("/s/ukraine/q/leaders-meet/chart").text
    copied = [html.unescape(one) for one in re.findall(r"<textarea[^>]*>([^<]*)</textarea>", page)]
    assert [one.count("<iframe ") for one in copied] == [1, 1]
    assert {html.unescape(one) for text in copied for one in re.findall(r' title="([^"]*)"', text)} == {title}


@pytest.mark.parametrize(("kind", "key"), [("numeric", "aid-total"), ("date", "sanctions-end")])
def test_who_is_asked_for_three_values_is_not_told_of_five(
    app: Flask, client: FlaskClient, kind: str, key: str
) -> None:
    with app.app_context():
        asked = update(Question).where(Question.key == key).values(quantile_levels=[0.1, 0.5, 0.9])
        db.session.execute(asked)
        db.session.commit()
    page = words(Visitor(client).joined().get(f"q/{key}").text)
    assert "Your five" not in page and f"Your {kind.replace('numeric', 'number')}s" in page
