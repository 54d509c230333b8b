"""Joining, the code that is shown once, coming back with it, leaving."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey import clock
from survey.models import Consent, ConsentText, ConsentVersion, Participant
from survey.services.enrollment import hash_code
from survey.store.engine import db
from tests.conftest import TODAY, make_app
from tests.factories import the_survey

from ..visitor import Visitor, error_of, value, words


def people(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Participant)) or 0


def test_the_consent_page_shows_its_version_and_what_is_kept(visitor: Visitor) -> None:
    page = words(visitor.get("join").text)
    assert "Version 1 of this text" in page
    assert "What we keep" in page


def test_reading_the_consent_makes_nobody(visitor: Visitor, session: Session) -> None:
    visitor.get("join")
    assert people(session) == 0


def test_joining_records_the_version_and_the_language(visitor: Visitor, session: Session) -> None:
    visitor.client.post("/language", data={"language": "uk"})
    visitor.join()
    consent = session.scalars(select(Consent)).one()
    assert consent.version.number == 1
    assert consent.language == "uk"
    assert consent.agreed_at == TODAY


def test_without_the_tick_nothing_is_stored(visitor: Visitor, session: Session) -> None:
    key = value(visitor.get("join").text, "join_key")
    answer = visitor.post("join", {"join_key": key})
    assert answer.status_code == 422
    assert "Tick the box" in error_of(answer.text, "agree")
    assert people(session) == 0


def test_a_double_click_makes_one_person_with_one_code(visitor: Visitor, session: Session) -> None:
    key = value(visitor.get("join").text, "join_key")
    name = visitor.client.application.config["SESSION_COOKIE_NAME"]
    cookie = visitor.client.get_cookie(name)
    assert cookie is not None
    form = {"join_key": key, "agree": "y"}
    first = visitor.post("join", form)
    code = value(visitor.get("welcome").text.replace('id="code"', 'name="code"'), "code")
    # The second click left the browser before the first was answered: with the cookie of then.
    visitor.client.set_cookie(name, cookie.value)
    second = visitor.post("join", form)
    again = value(visitor.get("welcome").text.replace('id="code"', 'name="code"'), "code")
    assert first.status_code == second.status_code == 303
    assert people(session) == 1
    assert code == again


def test_sending_the_consent_again_later_leads_on(person: Visitor, session: Session) -> None:
    answer = person.post("join", {"join_key": "a-key-from-yesterday", "agree": "y"})
    assert answer.status_code == 303
    assert answer.location.endswith("/themes")
    assert people(session) == 1


def test_nobody_joins_with_a_key_of_somebody_else(person: Visitor, app: Flask, session: Session) -> None:
    key = session.scalars(select(Participant.join_key)).one()
    thief = Visitor(app.test_client())
    answer = thief.post("join", {"join_key": key, "agree": "y"})
    assert answer.location.endswith("/join")
    assert thief.get("mine").status_code == 302
    assert people(session) == 1


def test_the_code_is_shown_once(person: Visitor) -> None:
    assert len(person.code) == 31
    assert person.code not in person.get("welcome").text
    assert "was shown once" in person.get("welcome").text


def test_nothing_of_the_code_is_kept_but_its_hash(person: Visitor, session: Session) -> None:
    row = session.scalars(select(Participant)).one()
    assert row.code_hash == hash_code(person.code)
    columns = [getattr(row, column.key) for column in Participant.__table__.columns]
    assert person.code not in map(str, columns)
    with person.client.session_transaction() as cookie:
        assert person.code not in str(dict(cookie))


def test_an_offer_that_was_not_taken_is_never_shown_as_ones_code(person: Visitor, app: Flask) -> None:
    other = Visitor(app.test_client())
    other.get("join")
    other.post("return", {"code": person.code})
    assert "was shown once" in other.get("welcome").text


def test_the_code_brings_back_on_another_device_however_it_is_written(person: Visitor, app: Flask) -> None:
    person.answers("binary")
    for written in (person.code, person.code.lower(), person.code.replace("-", " ")):
        other = Visitor(app.test_client())
        assert other.post("return", {"code": written}).status_code == 303
        assert "12.5 %" in words(other.get("mine").text)


def test_every_wrong_code_gets_the_same_answer(visitor: Visitor) -> None:
    for code in ("", "AAAAA", "x" * 5000, "22222-" * 5 + "2", "\x00"):
        answer = visitor.post("return", {"code": code})
        assert answer.status_code == 422
        said = error_of(answer.text, "code")
        assert said == "No answers belong to this code. Codes have 26 letters and digits."


def test_a_survey_that_is_not_there_answers_a_code_alike(visitor: Visitor) -> None:
    missing = Visitor(visitor.client, "no-such-survey")
    assert missing.get("return").status_code == 200
    assert missing.post("return", {"code": "x"}).status_code == 422


def test_guessing_codes_is_slowed(database: str, app: Flask) -> None:
    limited = make_app(database, app.config["PARLEY"]["INSTANCE"], PARLEY_RATE_LIMITS="yes")
    visitor = Visitor(limited.test_client())
    statuses = [visitor.post("return", {"code": "wrong"}).status_code for _ in range(12)]
    with limited.app_context():
        db.engine.dispose()
    assert statuses == [422] * 10 + [429] * 2


def test_leaving_says_that_the_code_is_needed_and_keeps_the_answers(
    person: Visitor, session: Session
) -> None:
    person.answers("binary")
    assert "your code alone" in words(person.get("leave").text)
    assert person.post("leave").status_code == 303
    assert person.get("mine").status_code == 302
    assert people(session) == 1


def newer_consent(session: Session) -> None:
    survey = the_survey(session)
    version = ConsentVersion(survey_id=survey.id, number=2, published_at=TODAY)
    version.texts = [ConsentText(language="en", body="We now keep *more*.")]
    session.add(version)
    session.commit()


class TestANewerConsent:
    def test_it_is_read_before_the_next_question(self, person: Visitor, session: Session) -> None:
        newer_consent(session)
        answer = person.get("q/leaders-meet")
        assert answer.status_code == 302
        assert answer.location.endswith("/agree")
        assert "We now keep <em>more</em>" in person.get("agree").text

    def test_agreeing_is_recorded_beside_the_first(self, person: Visitor, session: Session) -> None:
        newer_consent(session)
        with clock.at(TODAY + timedelta(days=1)):
            assert person.post("agree").status_code == 422
            assert person.post("agree", {"agree": "y"}).status_code == 303
        session.rollback()
        versions = [consent.version.number for consent in session.scalars(select(Consent))]
        assert sorted(versions) == [1, 2]
        assert person.get("q/leaders-meet").status_code == 200

    def test_a_form_from_before_keeps_its_text(self, person: Visitor, session: Session) -> None:
        form = person.open("leaders-meet")
        newer_consent(session)
        answer = person.post("q/leaders-meet", form | {"p-yes": "41", "rationale": "Because of rain."})
        assert answer.status_code == 409
        assert value(answer.text, "p-yes") == "41"
        assert "Because of rain." in answer.text
        assert "/agree" in answer.text


def test_a_survey_that_is_over_takes_nobody_new(visitor: Visitor, session: Session) -> None:
    with clock.at(the_survey(session).closes_at):
        session.rollback()
        page = visitor.get("join").text
    assert "It closed on" in page and "join_key" not in page
