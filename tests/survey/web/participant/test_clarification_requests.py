""" "Is this unclear?": asked by a participant, read and settled by an organizer, told to who asked."""

import html

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import clock
from survey.models import EventLog, Unclear
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.factories import on
from tests.survey.outcomes import member
from tests.survey.web.organizer.test_pages import sign_in

from ..visitor import Visitor, error_of, words
from .test_clarifications import publish_version

KEY = "leaders-meet"
PAGE = f"/s/ukraine/organize/q/{KEY}"
TEXT = "Does a call by *video* count?"


@pytest.fixture
def organizer(app: Flask) -> FlaskClient:
    with app.app_context():
        transaction(lambda session: member(session, "organizer").id)
        db.session.close()
    browser = app.test_client()
    sign_in(app, browser, "organizer@example.org")
    return browser


def asked(session: Session) -> list[Unclear]:
    session.rollback()
    return list(session.scalars(select(Unclear).order_by(Unclear.id)))


def ask(person: Visitor, text: str = TEXT) -> str:
    """Ask, and read the page it leads to."""
    answer = person.post(f"q/{KEY}/unclear", {"text": text})
    assert answer.status_code == 303
    return words(person.client.get(answer.location).text)


def settle(app: Flask, organizer: FlaskClient) -> None:
    # In a context of its own: a request inside of another one's would share who is signed in.
    with app.app_context():
        number = asked(db.session)[0].id
    assert organizer.post(f"{PAGE}/unclear", data={"number": str(number)}).status_code == 303


def new_words(app: Flask, number: int = 2, *, criteria: str) -> None:
    with app.app_context():
        publish_version(db.session, number, criteria=criteria)


class TestAsking:
    def test_the_way_to_it_is_under_what_counts(self, person: Visitor) -> None:
        page = person.get(f"q/{KEY}").text
        assert page.index("What counts") < page.index(f'href="/s/ukraine/q/{KEY}/unclear"')
        form = person.get(f"q/{KEY}/unclear").text
        assert "What is unclear?" in form and "What counts" in form

    def test_it_is_sent_and_its_author_sees_that(self, person: Visitor, session: Session) -> None:
        page = ask(person)
        assert "Your question was sent" in page
        assert f"{TEXT} Sent 22 November 2026. The organizer has not dealt with it yet." in page
        assert TEXT in person.get(f"q/{KEY}").text
        (one,) = asked(session)
        assert (one.question.key, one.version.number, one.text) == (KEY, 1, TEXT)

    def test_twice_is_once(self, person: Visitor, session: Session) -> None:
        ask(person), ask(person)
        assert len(asked(session)) == 1

    @pytest.mark.parametrize(
        ("text", "sentence"),
        [("", "Say what is unclear."), (" \u200b", "Say what is unclear."), ("x" * 2_001, "at most 2000")],
    )
    def test_what_is_refused_comes_back_at_its_field(
        self, person: Visitor, session: Session, text: str, sentence: str
    ) -> None:
        page = person.post(f"q/{KEY}/unclear", {"text": text})
        assert page.status_code == 422
        assert sentence in error_of(page.text, "text")
        assert text.strip() in page.text
        assert asked(session) == []

    def test_a_sixth_waits_with_its_author(self, person: Visitor, session: Session) -> None:
        for place in range(5):
            ask(person, f"What is {place}?")
        page = person.post("q/cyber/unclear", {"text": "And this?"})
        assert page.status_code == 422
        assert "5 questions of yours wait for an answer already" in error_of(page.text, "text")
        assert "And this?" in page.text
        assert len(asked(session)) == 5

    def test_text_without_utf8_is_refused(self, person: Visitor, session: Session) -> None:
        page = person.client.post(
            f"/s/ukraine/q/{KEY}/unclear",
            data=b"text=%ED%A0%80",
            content_type="application/x-www-form-urlencoded",
        )
        assert page.status_code == 422
        assert asked(session) == []

    def test_it_is_for_participants(self, visitor: Visitor, session: Session) -> None:
        assert "/unclear" not in visitor.get(f"q/{KEY}").text
        asking = visitor.get(f"q/{KEY}/unclear")
        assert asking.status_code == 302 and asking.location.endswith("/join")
        sent = visitor.post(f"q/{KEY}/unclear", {"text": TEXT})
        assert sent.status_code == 403 and TEXT in html.unescape(sent.text)
        assert asked(session) == []

    def test_others_do_not_see_it(self, app: Flask, person: Visitor) -> None:
        ask(person)
        other = Visitor(app.test_client()).join()
        other.answers("binary")
        for path in (f"q/{KEY}", f"q/{KEY}/unclear", f"q/{KEY}/crowd"):
            assert "by *video*" not in other.get(path).text
        assert "by *video*" in person.get(f"q/{KEY}").text

    def test_every_form_carries_its_token(self, app: Flask, person: Visitor) -> None:
        app.config["WTF_CSRF_ENABLED"] = True
        assert 'name="csrf_token"' in person.get(f"q/{KEY}/unclear").text
        assert person.post(f"q/{KEY}/unclear", {"text": TEXT}).status_code == 400


class TestSettling:
    def test_the_organizer_is_told_without_whoever_asked(
        self, person: Visitor, organizer: FlaskClient
    ) -> None:
        before = words(organizer.get("/s/ukraine/organize/").text)
        assert "is unclear to somebody" not in before
        ask(person)
        overview = words(organizer.get("/s/ukraine/organize/").text)
        assert "“Presidents meet in person” is unclear to somebody." in overview
        assert "1 participant’s question about what counts waits for you." in overview
        page = words(organizer.get(PAGE).text)
        assert f"{TEXT} 22 November 2026 · about version 1" in page
        assert "Settle without a new version" in page
        assert person.code not in page

    def test_without_a_new_version_the_words_stay(
        self, person: Visitor, organizer: FlaskClient, app: Flask
    ) -> None:
        ask(person)
        with clock.at(on(22, hour=18)):
            settle(app, organizer)
        page = words(person.get(f"q/{KEY}/unclear").text)
        assert "Settled 22 November 2026: the organizer has read it, and the words stay as they are." in page
        assert "is unclear to somebody" not in words(organizer.get("/s/ukraine/organize/").text)
        assert "settled 22 November 2026, the words stay" in words(organizer.get(PAGE).text)

    def test_with_a_new_version_it_is_named(
        self, person: Visitor, organizer: FlaskClient, app: Flask
    ) -> None:
        ask(person)
        new_words(app, criteria="A call by video does not count.")
        assert "Version 2 has come since; see whether it answers you." in words(
            person.get(f"q/{KEY}/unclear").text
        )
        assert "Settled by version 2" in organizer.get(PAGE).text
        settle(app, organizer)
        assert "by version 2 of the question." in words(person.get(f"q/{KEY}/unclear").text)
        new_words(app, 3, criteria="No call counts.")
        assert "by version 2 of the question." in words(person.get(f"q/{KEY}/unclear").text)

    def test_a_version_after_it_was_settled_is_no_answer(
        self, person: Visitor, organizer: FlaskClient, app: Flask
    ) -> None:
        ask(person)
        settle(app, organizer)
        with clock.at(on(22, hour=18)):
            new_words(app, criteria="A call by video does not count.")
        assert "the words stay as they are" in words(person.get(f"q/{KEY}/unclear").text)

    def test_it_is_logged_once(self, person: Visitor, organizer: FlaskClient, app: Flask) -> None:
        ask(person)
        for _ in range(2):
            settle(app, organizer)
        with app.app_context():
            entries = db.session.scalars(select(EventLog).filter_by(act="settle_unclear")).all()
            assert len(entries) == 1 and TEXT not in str(entries[0].detail)

    @pytest.mark.parametrize("number", ["", "x", "0", "²", "9" * 10, "9" * 30])
    def test_nonsense_is_no_page(self, organizer: FlaskClient, number: str) -> None:
        assert organizer.post(f"{PAGE}/unclear", data={"number": number}).status_code == 404

    def test_nobody_else_settles(self, person: Visitor, app: Flask) -> None:
        ask(person)
        assert person.client.post(f"{PAGE}/unclear", data={"number": "1"}).status_code == 404
        with app.app_context():
            assert asked(db.session)[0].settled_at is None

    def test_a_text_is_shown_as_text(self, person: Visitor, organizer: FlaskClient) -> None:
        ask(person, "<script>alert(1)</script>")
        assert "<script>alert" not in organizer.get(PAGE).text
        assert "&lt;script&gt;alert(1)" in organizer.get(PAGE).text
