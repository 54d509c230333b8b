"""The authenticator app: set up, asked for, each code good once; recovery codes in its place."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from passlib.totp import TOTP

from survey.models import User
from survey.store.engine import db

from .conftest import EMAIL, PASSWORD, Somebody


class App:
    """The app on somebody's phone."""

    def __init__(self, key: str) -> None:
        self._totp = TOTP(key=key.replace(" ", "").replace("-", ""))

    def code(self, later: float = 0) -> str:
        """The six digits of now, or of some seconds later."""
        moment: Any = self._totp.now() + later
        return str(self._totp.generate(moment).token)


@pytest.fixture
def phone(somebody: Somebody) -> App:
    """The app with the key of somebody who has turned the second step on, and used the code of this step."""
    somebody.sign_in()
    page = somebody.client.post("/tf-setup", data={"setup": "authenticator"}).text
    key = re.search(r'class="p-mono">([^<]+)<', page)
    action = re.search(r'action="(/tf-setup/[^"]+)"', page)
    assert key and action and 'src="data:image/svg+xml' in page
    app = App(key[1])
    assert somebody.client.post(action[1], data={"code": app.code(-30)}).status_code == 302
    somebody.client.post("/logout")
    return app


def password(client: FlaskClient) -> None:
    answer = client.post("/login", data={"email": EMAIL, "password": PASSWORD})
    assert "/tf-validate" in answer.headers.get("Location", "") or "six digits" in answer.text


def inside(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def test_the_password_alone_is_not_enough(somebody: Somebody, phone: App) -> None:
    password(somebody.client)
    assert not inside(somebody.client)
    somebody.client.post("/tf-validate", data={"code": phone.code()})
    assert inside(somebody.client)


def test_a_wrong_code_is_said_at_its_field(somebody: Somebody, phone: App) -> None:
    password(somebody.client)
    answer = somebody.client.post("/tf-validate", data={"code": "000000"})
    assert (answer.status_code, "code-error" in answer.text) == (422, True)
    assert not inside(somebody.client)


def test_a_code_works_once_in_whatever_browser(app: Flask, somebody: Somebody, phone: App) -> None:
    code = phone.code()
    password(somebody.client)
    somebody.client.post("/tf-validate", data={"code": code})
    elsewhere = app.test_client()
    password(elsewhere)
    assert elsewhere.post("/tf-validate", data={"code": code}).status_code == 422
    assert not inside(elsewhere)


def test_without_the_stored_step_a_code_works_twice(app: Flask, somebody: Somebody, phone: App) -> None:
    """The control: what refuses the second use is the step in the database."""
    code = phone.code()
    for client in (somebody.client, app.test_client()):
        with app.app_context():
            db.session.get_one(User, somebody.user_id).totp_counter = None
            db.session.commit()
        password(client)
        client.post("/tf-validate", data={"code": code})
        assert inside(client)


def test_a_recovery_code_stands_in_once(app: Flask, somebody: Somebody, phone: App) -> None:
    password(somebody.client)
    somebody.client.post("/tf-validate", data={"code": phone.code()})
    page = somebody.client.post("/mf-recovery-codes", data={"generate_new_codes": "y"}).text
    codes = re.findall(r'class="p-mono">([^<]+)<', page)
    assert len(codes) == 5
    told = []
    for client in (app.test_client(), app.test_client()):
        password(client)
        client.post("/mf-recovery", data={"code": codes[0]})
        told.append(inside(client))
    assert told == [True, False]


def test_making_codes_is_a_grave_act_only_where_it_kills_others(somebody: Somebody) -> None:
    client = somebody.sign_in().client
    none_yet = client.get("/mf-recovery-codes").text
    assert 'class="btn btn-primary" name="generate_new_codes"' in none_yet and "Show those" not in none_yet
    client.post("/mf-recovery-codes", data={"generate_new_codes": "y"})
    some = client.get("/mf-recovery-codes").text
    assert 'class="btn p-grave" name="generate_new_codes"' in some
    assert 'class="btn btn-primary" name="show_codes"' in some


def test_it_can_be_turned_off(app: Flask, somebody: Somebody, phone: App) -> None:
    password(somebody.client)
    somebody.client.post("/tf-validate", data={"code": phone.code()})
    somebody.client.post("/tf-setup", data={"setup": "disable"})
    elsewhere = app.test_client()
    somebody.sign_in(elsewhere)
    assert inside(elsewhere)


def test_codes_tried_are_limited(limited: Flask) -> None:
    client = limited.test_client()
    told = [client.post("/tf-validate", data={"code": "000000"}).status_code for _guess in range(11)]
    assert 429 not in told[:10] and told[10] == 429
