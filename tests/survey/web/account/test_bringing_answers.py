"""Answers of a code come into an account; from then on signing in leads to them, and never to two people's."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import clock
from survey.models import Participant, User
from survey.services import accounts, enrollment
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.factories import on, the_survey
from tests.survey.web.visitor import Visitor, error_of, words

from .conftest import Somebody


@pytest.fixture
def code(app: Flask) -> str:
    """The code of somebody who answered without an account."""
    person = Visitor(app.test_client()).join()
    assert person.answers("binary").status_code == 303
    return person.code


def bring(somebody: Somebody, code: str) -> tuple[int, str]:
    answer = somebody.client.post("/account/answers", data={"code": code})
    return answer.status_code, error_of(answer.text, "code")


def test_the_answers_are_there_on_any_device(app: Flask, somebody: Somebody, code: str) -> None:
    somebody.sign_in()
    assert somebody.client.get("/s/ukraine/mine").status_code == 302
    assert bring(somebody, code) == (303, "")
    elsewhere = app.test_client()
    somebody.sign_in(elsewhere)
    for client in (somebody.client, elsewhere):
        assert "12.5" in client.get("/s/ukraine/mine").text


def test_signing_in_leads_to_ones_only_survey(app: Flask, somebody: Somebody, code: str) -> None:
    bring(somebody.sign_in(), code)
    elsewhere = app.test_client()
    somebody.sign_in(elsewhere)
    assert elsewhere.get("/surveys").headers["Location"] == "/s/ukraine/themes"


def test_the_code_goes_on_working_until_it_is_removed(app: Flask, somebody: Somebody, code: str) -> None:
    bring(somebody.sign_in(), code)
    assert Visitor(app.test_client()).post("return", {"code": code}).status_code == 303
    with app.app_context():
        number = db.session.scalars(select(Participant.id).filter_by(user_id=somebody.user_id)).one()
    assert somebody.client.post("/account/codes/remove", data={"answers": str(number)}).status_code == 303
    assert Visitor(app.test_client()).post("return", {"code": code}).status_code == 422
    assert somebody.client.get("/s/ukraine/mine").status_code == 200


def test_nobody_removes_the_code_of_somebody_else(app: Flask, somebody: Somebody, code: str) -> None:
    with app.app_context():
        number = db.session.scalars(select(Participant.id)).one()
    somebody.sign_in()
    for typed in (str(number), "0", "x", "9" * 30, ""):
        assert somebody.client.post("/account/codes/remove", data={"answers": typed}).status_code == 404
    assert Visitor(app.test_client()).post("return", {"code": code}).status_code == 303


def test_an_account_with_answers_there_keeps_them_apart(app: Flask, somebody: Somebody, code: str) -> None:
    Visitor(somebody.sign_in().client).join()
    status, sentence = bring(somebody, code)
    assert status == 422 and "erase the account" in sentence
    assert Visitor(app.test_client()).post("return", {"code": code}).status_code == 303
    with app.app_context():
        assert sorted(map(bool, db.session.scalars(select(Participant.user_id)))) == [False, True]


def test_bringing_them_again_changes_nothing(somebody: Somebody, code: str) -> None:
    somebody.sign_in()
    assert bring(somebody, code) == bring(somebody, code) == (303, "")


def test_a_wrong_code_and_somebody_elses_are_said_at_the_field(
    app: Flask, somebody: Somebody, code: str
) -> None:
    somebody.sign_in()
    assert bring(somebody, "ABCDE-FGHJK")[0] == 422
    assert bring(somebody, "")[0] == 422
    with app.app_context():
        other = transaction(lambda session: accounts.create_user(session, "other@example.org"))
        transaction(lambda session: enrollment.bring_answers(session, code, other.id))
    status, sentence = bring(somebody, code)
    assert status == 422 and "another account" in sentence


def test_an_insiders_answers_are_outside_the_crowd_from_then_on(
    app: Flask, somebody: Somebody, code: str
) -> None:
    def grant(session: Session) -> None:
        accounts.grant(session, session.get_one(User, somebody.user_id), the_survey(session), "analyst")

    with app.app_context():
        transaction(grant)
    with clock.at(on(21)):
        bring(somebody.sign_in(), code)
    with app.app_context():
        assert db.session.scalars(select(Participant)).one().insider_since == on(21)


def test_who_is_no_member_stays_in_the_crowd(app: Flask, somebody: Somebody, code: str) -> None:
    bring(somebody.sign_in(), code)
    with app.app_context():
        assert db.session.scalars(select(Participant)).one().insider_since is None


def test_erasing_by_code_takes_the_link_to_the_account_too(app: Flask, somebody: Somebody, code: str) -> None:
    bring(somebody.sign_in(), code)
    browser = Visitor(app.test_client())
    browser.post("return", {"code": code})
    assert browser.post("erase", {"sure": "yes"}).status_code == 303
    assert somebody.client.get("/s/ukraine/mine").status_code == 302
    assert "None yet" in words(somebody.client.get("/account").text)
    with app.app_context():
        assert db.session.scalars(select(Participant)).one().user_id is None


def test_joining_while_signed_in_needs_no_code_elsewhere(app: Flask, somebody: Somebody) -> None:
    person = Visitor(somebody.sign_in().client).join()
    assert person.code
    elsewhere = app.test_client()
    somebody.sign_in(elsewhere)
    assert elsewhere.get("/s/ukraine/themes").status_code == 200
    assert elsewhere.get("/s/ukraine/join").headers["Location"] == "/s/ukraine/themes"


@pytest.mark.parametrize("way", ["/logout", "/account/sign-out-everywhere", "/s/ukraine/leave"])
def test_who_signs_out_or_leaves_is_nobody_here(somebody: Somebody, way: str) -> None:
    Visitor(somebody.sign_in().client).join()
    somebody.client.post(way)
    assert somebody.client.get("/s/ukraine/mine").status_code == 302
    assert somebody.client.get("/account").status_code == 302


def test_signing_out_everywhere_ends_participation_by_account_elsewhere(
    app: Flask, somebody: Somebody, code: str
) -> None:
    elsewhere = app.test_client()
    bring(somebody.sign_in(), code)
    somebody.sign_in(elsewhere)
    assert elsewhere.get("/s/ukraine/mine").status_code == 200
    somebody.client.post("/account/sign-out-everywhere")
    assert elsewhere.get("/s/ukraine/mine").status_code == 302


def test_codes_tried_are_limited(limited: Flask) -> None:
    client: FlaskClient = limited.test_client()
    for path in ("/s/ukraine/return", "/account/answers"):
        told = [client.post(path, data={"code": "ABCDE"}).status_code for _guess in range(11)]
        assert 429 not in told[:10] and told[10] == 429
