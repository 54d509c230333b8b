"""Joining with the consent, coming back by code, agreeing anew; a token is shown once and kept as a hash."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey import clock
from survey.models import ApiToken, ConsentText, ConsentVersion, Membership, Participant, Submission, Survey
from survey.services.api_tokens import hash_token
from survey.services.erasure import erase
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.conftest import make_app
from tests.factories import on, the_survey

from .caller import Caller, faults, fresh_key
from .conftest import MakeMember

JOINING = {"language": "en", "agree": True}


def people(session: Session) -> list[Participant]:
    return list(session.scalars(select(Participant).order_by(Participant.id)))


def test_joining_gives_a_token_and_a_code(nobody: Caller, session: Session) -> None:
    response = nobody.post("participants", JOINING, fresh_key())
    assert response.status_code == 201
    assert response.json["token"].startswith("parley_") and len(response.json["token"]) == 50
    assert len(response.json["code"].replace("-", "")) == 26
    (joined,) = people(session)
    assert (joined.language, joined.insider_since, joined.user_id) == ("en", None, None)
    assert len(joined.consents) == 1


def test_token_and_code_are_stored_as_hashes_only(person: Caller, session: Session) -> None:
    (stored,) = session.scalars(select(ApiToken))
    assert stored.token_hash == hash_token(str(person.token))
    row = repr([getattr(stored, column.key) for column in ApiToken.__table__.columns])
    assert str(person.token) not in row and person.code not in row


def test_one_key_makes_one_person_and_tells_its_token_once(nobody: Caller, session: Session) -> None:
    key = fresh_key()
    first, again = (nobody.post("participants", JOINING, key) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 409)
    assert faults(again) == {}
    assert first.json["token"] not in again.text and first.json["code"] not in again.text
    assert len(people(session)) == 1


def test_the_key_of_another_survey_is_another_key(nobody: Caller, session: Session) -> None:
    assert session.scalar(select(func.count()).select_from(Survey)) == 1
    key = fresh_key()
    nobody.join(key)
    assert people(session)[0].join_key == f"api {key}"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"language": "en"}, "agree"),
        ({"language": "en", "agree": False}, "agree"),
        ({"language": "en", "agree": "true"}, "agree"),
        ({"language": "en", "agree": 1}, "agree"),
        ({"agree": True}, "language"),
        ({"language": "fr", "agree": True}, "language"),
        ({"language": 1, "agree": True}, "language"),
        ({**JOINING, "insider": False}, "insider"),
        ({**JOINING, "user_id": 1}, "user_id"),
        ([], "body"),
    ],
)
def test_what_is_no_consent_makes_nobody(nobody: Caller, session: Session, body: object, field: str) -> None:
    response = nobody.post("participants", body, fresh_key())
    assert response.status_code == 422
    assert list(faults(response)) == [field]
    assert people(session) == []


def test_joining_needs_a_key(nobody: Caller, session: Session) -> None:
    assert list(faults(nobody.post("participants", JOINING))) == ["Idempotency-Key"]
    assert people(session) == []


def test_nobody_joins_before_the_survey_opens(nobody: Caller, session: Session) -> None:
    with clock.at(datetime(2020, 1, 1, tzinfo=UTC)):
        assert nobody.post("participants", JOINING, fresh_key()).status_code == 409
    assert people(session) == []


def test_a_member_who_joins_with_their_token_is_an_insider(a_member: MakeMember, session: Session) -> None:
    organizer = a_member("organizer")
    response = organizer.post("participants", JOINING, fresh_key())
    assert response.status_code == 201
    (joined,) = people(session)
    assert joined.insider_since == joined.joined_at
    assert joined.user_id == session.scalar(select(Membership.user_id))


def test_the_code_brings_back_with_a_new_token_beside_the_old(person: Caller, nobody: Caller) -> None:
    person.answer("binary")
    response = nobody.post("tokens", {"code": person.code.lower().replace("-", " ")})
    assert response.status_code == 201
    other = Caller(nobody.client, response.json["token"])
    assert other.token != person.token
    assert other.get("forecasts").json == person.get("forecasts").json != []


@pytest.mark.parametrize("code", ["nonsense", "\x00", "\ud800", "*", "é" * 26])
@pytest.mark.parametrize("slug", ["ukraine", "nowhere", "%00"])
def test_every_code_that_does_not_work_gets_one_answer(nobody: Caller, code: str, slug: str) -> None:
    nobody.slug = slug
    response = nobody.post("tokens", {"code": code})
    assert response.status_code == 404
    assert faults(response) == {}
    assert response.json["detail"].startswith("No answers belong to this code.")


def test_codes_are_tried_ten_times_a_minute(database: str, tmp_path: Path) -> None:
    limited = make_app(database, tmp_path, PARLEY_RATE_LIMITS="yes")
    caller = Caller(limited.test_client())
    tried = [caller.post("tokens", {"code": "nonsense"}) for _ in range(11)]
    assert [response.status_code for response in tried] == [404] * 10 + [429]
    assert faults(tried[-1]) == {}
    assert tried[-1].headers["Retry-After"] == "60"
    # A header that anybody can send makes no other address.
    spoofed = caller.post("tokens", {"code": "nonsense"}, headers={"X-Forwarded-For": "127.0.0.9"})
    assert spoofed.status_code == 429
    with limited.app_context():
        db.engine.dispose()


def test_a_revoked_token_stops_working_and_others_do_not(person: Caller, nobody: Caller) -> None:
    other = Caller(nobody.client, nobody.post("tokens", {"code": person.code}).json["token"])
    assert person.call("DELETE", "/token").status_code == 204
    assert person.get("forecasts").status_code == 401
    assert person.call("DELETE", "/token").status_code == 401
    assert other.get("forecasts").status_code == 200


def test_erasing_deletes_the_tokens(app: Flask, person: Caller, session: Session) -> None:
    person.answer("binary")
    transaction(lambda session: erase(session, people(session)[0]))
    assert session.scalar(select(func.count()).select_from(ApiToken)) == 0
    assert person.get("forecasts").status_code == 401
    assert person.answer("binary").status_code == 401
    assert person.post("tokens", {"code": person.code}).status_code == 404


def test_erasing_oneself_deletes_everything_and_ends_the_token(person: Caller, session: Session) -> None:
    person.answer("binary")
    assert person.call("DELETE", "participants/me").status_code == 204
    (tombstone,) = people(session)
    assert (tombstone.erased_on, tombstone.code_hash) == (on(22).date(), None)
    assert session.scalar(select(func.count()).select_from(Submission)) == 0
    assert person.call("DELETE", "participants/me").status_code == 401


def newer_consent(session: Session) -> None:
    survey = the_survey(session)
    version = ConsentVersion(survey_id=survey.id, number=2, published_at=on(22))
    version.texts = [ConsentText(language="en", body="Newer words.")]
    session.add(version)


def test_a_newer_consent_is_agreed_to_before_the_next_forecast(app: Flask, person: Caller) -> None:
    with app.app_context():
        transaction(newer_consent)
    assert person.answer("binary").status_code == 409
    assert person.post("consent", {"agree": False}).status_code == 422
    agreed = person.post("consent", {"agree": True})
    assert agreed.json == {"version": 2, "language": "en", "text": "Newer words."}
    assert person.answer("binary").status_code == 201
