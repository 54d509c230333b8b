"""Tokens on pages: made by whom they speak for, shown once, used, seen to be used, revoked."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from survey import clock
from survey.models import ApiToken, EventLog, User
from survey.services import accounts
from survey.store.transaction import transaction
from tests.conftest import TODAY
from tests.factories import the_survey
from tests.survey.web.visitor import Visitor

from .conftest import Somebody

PAGE = "/account/tokens"


@pytest.fixture
def owner(app: Flask, somebody: Somebody) -> FlaskClient:
    """The browser of an owner who has just signed in."""

    def work(session: Session) -> None:
        accounts.grant(session, session.get_one(User, somebody.user_id), the_survey(session), "owner")

    with app.app_context():
        transaction(work)
    return somebody.sign_in().client


def shown(answer: TestResponse) -> str:
    """The token on a page that has just made one."""
    (token,) = re.findall(r'value="(parley_[^"]+)"', answer.text)
    assert answer.headers["Cache-Control"] == "no-store"
    return str(token)


def calls(app: Flask, token: str, path: str, method: str = "GET") -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return app.test_client().open(f"/api/v1{path}", method=method, headers=headers).status_code


def test_an_owner_makes_a_token_uses_it_and_revokes_it_and_the_log_says_so(
    app: Flask, owner: FlaskClient, session: Session
) -> None:
    assert "No program acts for you" in owner.get(PAGE).text
    token = shown(owner.post(PAGE, data={"survey": "ukraine", "export": "y", "days": "30"}))
    listed = owner.get(PAGE).text
    assert token not in listed and "not yet" in listed and "freeze snapshots and take them out" in listed
    assert calls(app, token, "/surveys/ukraine/snapshots") == 200
    assert calls(app, token, "/surveys/ukraine/publications", "POST") == 403
    known = session.scalars(select(ApiToken)).one()
    assert known.last_used_on == TODAY.date()
    assert known.expires_at == TODAY + timedelta(days=30)
    assert "not yet" not in owner.get(PAGE).text
    with clock.at(TODAY + timedelta(days=30)):
        assert calls(app, token, "/surveys/ukraine/snapshots") == 401
    assert owner.post(f"{PAGE}/revoke", data={"token": str(known.id)}).status_code == 303
    assert "No program acts for you" in owner.get(PAGE).text
    assert calls(app, token, "/surveys/ukraine/snapshots") == 401
    session.rollback()
    acts = session.scalars(select(EventLog).where(EventLog.act.in_(["create token", "revoke token"]))).all()
    assert [(one.act, one.user_id, one.detail["scopes"]) for one in acts] == [
        (act, known.user_id, ["export"]) for act in ("create token", "revoke token")
    ]


def test_a_token_for_every_survey_writes_and_does_nothing_else(app: Flask, owner: FlaskClient) -> None:
    refused = owner.post(PAGE, data={"survey": "", "write": "y", "run": "y", "days": "30"})
    assert refused.status_code == 422 and "for writing alone" in refused.text
    # What was ticked stays ticked.
    assert re.search(r'<input[^>]*checked[^>]*name="run"', refused.text)
    token = shown(owner.post(PAGE, data={"survey": "", "write": "y", "days": "90"}))
    assert (calls(app, token, "/drafts"), calls(app, token, "/surveys/ukraine/snapshots")) == (200, 403)


@pytest.mark.parametrize(
    "sent",
    [
        {"survey": "ukraine", "days": "30"},
        {"survey": "nowhere", "run": "y", "days": "30"},
        {"survey": "ukraine", "run": "y", "days": "36600"},
        {"survey": "ukraine", "run": "y"},
        {},
    ],
)
def test_what_is_no_token_is_refused_and_none_is_made(
    owner: FlaskClient, session: Session, sent: dict[str, str]
) -> None:
    assert owner.post(PAGE, data=sent).status_code == 422
    assert session.scalars(select(ApiToken)).all() == []


def test_who_signed_in_long_ago_shows_again_who_they_are(owner: FlaskClient) -> None:
    with owner.session_transaction() as cookie:
        cookie["fs_paa"] = cookie["fs_paa"] - 100 * 3600
        cookie.pop("fs_gexp", None)
    for answer in (owner.get(PAGE), owner.post(PAGE, data={"survey": "ukraine", "run": "y", "days": "30"})):
        assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (302, "/verify")


def test_nobody_revokes_anothers_token(app: Flask, owner: FlaskClient, session: Session) -> None:
    shown(owner.post(PAGE, data={"survey": "ukraine", "export": "y", "days": "30"}))
    number = session.scalars(select(ApiToken)).one().id
    other = Visitor(app.test_client()).join()
    for sent in (str(number), "0", "-1", "99999999999999999999", "x", ""):
        assert other.post("mine/tokens/revoke", {"token": sent}).status_code == 303
        assert "You have no such token" in other.get("mine/tokens").text
    session.rollback()
    assert session.scalars(select(ApiToken)).one().revoked_at is None


def test_a_participant_makes_a_token_that_answers_for_them_and_revokes_it(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    person = Visitor(client).join()
    assert "mine/tokens" in person.get("mine").text
    token = shown(person.post("mine/tokens", {"days": "90"}))
    assert calls(app, token, "/surveys/ukraine/forecasts") == 200
    listed = person.get("mine/tokens").text
    assert token not in listed and "answer as you" in listed
    number = session.scalars(select(ApiToken)).one().id
    assert person.post("mine/tokens/revoke", {"token": str(number)}).status_code == 303
    assert calls(app, token, "/surveys/ukraine/forecasts") == 401
    assert session.scalars(select(EventLog).filter_by(act="revoke token")).all() == []
    assert person.post("mine/tokens", {"days": "1"}).status_code == 422
