"""Sessions: a copied cookie dies with its original, one act ends every device, and idle organizers sign in anew."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import clock
from survey.models import Participant, User
from survey.services import accounts
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.conftest import TODAY
from tests.factories import the_survey

from .account.conftest import EMAIL, PASSWORD
from .visitor import Visitor

COOKIE = "parley"


def copy_of(app: Flask, client: FlaskClient) -> FlaskClient:
    """Another browser with the same cookie."""
    cookie = client.get_cookie(COOKIE)
    assert cookie is not None
    other = app.test_client()
    other.set_cookie(COOKIE, cookie.value)
    return other


def is_known(client: FlaskClient) -> bool:
    """Whether a browser is somebody in the survey."""
    return client.get("/s/ukraine/mine").status_code == 200


@pytest.fixture
def owner(app: Flask, client: FlaskClient) -> FlaskClient:
    """A browser in which the owner of the survey is signed in."""

    def make(session: Session) -> None:
        user = accounts.create_user(session, EMAIL, password=PASSWORD)
        accounts.grant(session, user, the_survey(session), "owner")

    with app.app_context():
        transaction(make)
    return signed_in(client)


def signed_in(client: FlaskClient) -> FlaskClient:
    assert client.post("/login", data={"email": EMAIL, "password": PASSWORD}).status_code == 302
    return client


def runs_it(client: FlaskClient) -> bool:
    return client.get("/s/ukraine/organize/").status_code == 200


def test_a_copied_cookie_is_nobody_after_leaving(app: Flask, person: Visitor) -> None:
    copied = copy_of(app, person.client)
    assert is_known(copied)
    assert person.post("leave").status_code == 303
    assert not is_known(person.client)
    assert not is_known(copied)


def test_leaving_on_one_device_leaves_the_others(app: Flask, person: Visitor) -> None:
    other = Visitor(app.test_client())
    assert other.post("return", {"code": person.code}).status_code == 303
    person.post("leave")
    assert is_known(other.client)


def test_one_act_ends_every_device_and_the_code_brings_back(app: Flask, person: Visitor) -> None:
    other = Visitor(app.test_client())
    other.post("return", {"code": person.code})
    api = "/api/v1/surveys/ukraine"
    token = app.test_client().post(f"{api}/tokens", json={"code": person.code}).get_json()["token"]
    assert other.post("leave", {"everywhere": "yes"}).status_code == 303
    assert [is_known(one.client) for one in (person, other)] == [False, False]
    headers = {"Authorization": f"Bearer {token}"}
    assert app.test_client().delete("/api/v1/token", headers=headers).status_code == 401
    assert person.post("return", {"code": person.code}).status_code == 303
    assert is_known(person.client)


def test_a_cookie_of_before_generations_still_opens(app: Flask, person: Visitor) -> None:
    with person.client.session_transaction() as kept:
        (slug,) = kept["participants"]
        kept["participants"] = {slug: kept["participants"][slug][0]}
        del kept["session"]
    assert is_known(person.client)


def test_a_participant_is_known_after_a_year(app: Flask, person: Visitor) -> None:
    cookie = person.client.get_cookie(COOKIE)
    assert cookie is not None
    assert cookie.expires is not None
    with clock.at(TODAY + timedelta(days=390)):
        assert is_known(person.client)


def test_a_copied_cookie_is_nobody_after_signing_out(app: Flask, owner: FlaskClient) -> None:
    copied = copy_of(app, owner)
    assert runs_it(copied)
    assert owner.post("/logout").status_code == 302
    assert not runs_it(owner)
    assert not runs_it(copied)
    assert runs_it(signed_in(owner))
    assert not runs_it(copied)


def test_no_second_cookie_outlives_the_session(app: Flask, owner: FlaskClient) -> None:
    owner.post("/logout")
    owner.post("/login", data={"email": EMAIL, "password": PASSWORD, "remember": "y"})
    assert runs_it(owner)
    assert owner.get_cookie("remember_token") is None
    session_cookie = owner.get_cookie(COOKIE)
    assert session_cookie is not None
    assert session_cookie.expires is None


def test_whoever_runs_a_survey_signs_in_anew_after_twelve_idle_hours(app: Flask, owner: FlaskClient) -> None:
    with clock.at(TODAY):
        assert runs_it(owner)
    for hours in (11, 22, 33):
        with clock.at(TODAY + timedelta(hours=hours)):
            assert runs_it(owner)
    with clock.at(TODAY + timedelta(hours=46)):
        assert not runs_it(owner)
        assert owner.get("/account").status_code == 302
        # In the same browser, whose cookie still says when it was used last.
        assert runs_it(signed_in(owner))


def test_a_participants_account_never_idles(app: Flask, client: FlaskClient, session: Session) -> None:
    accounts.create_user(session, EMAIL, password=PASSWORD)
    session.commit()
    signed_in(client)
    visitor = Visitor(client)
    visitor.join()
    with clock.at(TODAY + timedelta(days=30)):
        assert is_known(client)
    assert session.query(Participant).one().user_id is not None


def ways_of(token: str) -> list[dict[str, Any]]:
    """How the library of accounts would take a token of its own, which no act here ends."""
    return [
        {"headers": {"Authentication-Token": token}},
        {"query_string": {"auth_token": token}},
        {"json": {"auth_token": token}},
    ]


def test_nobody_is_signed_in_but_by_a_session_that_can_be_ended(app: Flask, owner: FlaskClient) -> None:
    with app.app_context():
        user = db.session.scalars(select(User).filter_by(email=EMAIL)).one()
        token = user.get_auth_token()

    def answers(client: FlaskClient, **way: Any) -> list[int]:
        pages = ("/s/ukraine/organize/", "/account", "/change")
        return [client.get(path, **way).status_code for path in pages]

    assert answers(owner) == [200] * 3, "the control: by their session they are let in"
    assert answers(app.test_client()) == [404, 302, 302]
    for way in ways_of(token):
        assert answers(app.test_client(), **way) == [404, 302, 302], way


@pytest.mark.usefixtures("owner")
def test_signing_in_hands_out_nothing_but_the_session(app: Flask) -> None:
    sent = {"email": EMAIL, "password": PASSWORD}
    for body in ({"data": sent}, {"json": sent}):
        answer = app.test_client().post(
            "/login?include_auth_token", headers={"Accept": "application/json"}, **body
        )
        assert "authentication_token" not in answer.text
        assert answer.mimetype == "text/html"


def test_the_page_of_the_second_step_signs_nobody_out(owner: FlaskClient) -> None:
    for ask in (owner.get, owner.post):
        answer = ask("/tf-validate")
        assert answer.status_code == 303
        assert answer.location == "/account"
        assert runs_it(owner)
