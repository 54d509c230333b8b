"""Accounts: made with a confirmed address and a password that holds, recovered, changed, left everywhere."""

import unicodedata

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_mail import Message
from sqlalchemy import select

from survey.models import User
from survey.security.passwords import is_common
from survey.services import accounts
from survey.store.engine import db
from tests.conftest import make_app
from tests.survey.web.visitor import error_of, without_tokens

from .conftest import EMAIL, PASSWORD, Somebody
from .reading import path_in

ANOTHER = "other words than the first"


def sign_up(client: FlaskClient, email: str = EMAIL, password: str = PASSWORD) -> object:
    return client.post("/register", data={"email": email, "password": password, "password_confirm": password})


def may_sign_in(client: FlaskClient, password: str = PASSWORD, email: str = EMAIL) -> bool:
    return client.post("/login", data={"email": email, "password": password}).status_code == 302


def test_signing_up_waits_for_the_letters_link(
    app: Flask, client: FlaskClient, letters: list[Message]
) -> None:
    sign_up(client)
    path = path_in(letters[0])
    assert not may_sign_in(app.test_client())
    # A program that looks at the link confirms nothing.
    assert "Confirm my address" in app.test_client().get(path).text
    assert not may_sign_in(app.test_client())
    assert client.post(path).status_code == 302
    assert may_sign_in(app.test_client())


def test_a_taken_address_gets_the_same_answer_and_another_letter(
    somebody: Somebody, letters: list[Message]
) -> None:
    fresh, taken = sign_up(somebody.client, "new@example.org"), sign_up(somebody.client)
    assert fresh.headers["Location"] == taken.headers["Location"]  # type: ignore[attr-defined]
    assert [letter.recipients for letter in letters] == [["new@example.org"], [EMAIL]]
    assert "There is one already" in str(letters[1].body)


@pytest.mark.parametrize("password", ["short words", "password123456", "Qwerty-2026-2026", "x" * 2000, ""])
def test_a_weak_password_is_refused_at_its_field(client: FlaskClient, password: str) -> None:
    answer = sign_up(client, password=password)
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert error_of(answer.text, "password")  # type: ignore[attr-defined]


def test_a_refused_form_keeps_the_address(client: FlaskClient) -> None:
    assert f'value="{EMAIL}"' in sign_up(client, password="short").text  # type: ignore[attr-defined]


def test_a_password_is_the_same_however_a_keyboard_composes_it(
    app: Flask, client: FlaskClient, letters: list[Message]
) -> None:
    typed = "пароль-довгий-й\u0438\u0306-2026"
    sign_up(client, password=unicodedata.normalize("NFD", typed))
    client.post(path_in(letters[0]))
    assert may_sign_in(app.test_client(), unicodedata.normalize("NFC", typed))


@pytest.mark.parametrize("word", ["correct horse battery", "пароль-довгий-2026", "tr0ub4dor & three"])
def test_words_of_ones_own_are_not_called_common(word: str) -> None:
    assert not is_common(word)


def test_a_site_may_be_closed_to_new_accounts(database: str, tmp_path: object) -> None:
    app = make_app(database, tmp_path, PARLEY_REGISTRATION="no")  # type: ignore[arg-type]
    client = app.test_client()
    assert client.get("/register").status_code == 404
    assert "/register" not in client.get("/login").text
    with app.app_context():
        db.engine.dispose()


def test_a_lost_password_is_replaced_once(app: Flask, somebody: Somebody, letters: list[Message]) -> None:
    known = somebody.client.post("/reset", data={"email": EMAIL})
    unknown = app.test_client().post("/reset", data={"email": "nobody@example.org"})
    assert [status for status, _page in map(without_tokens, (known, unknown))] == [200, 200]
    path = path_in(letters[0])
    new = {"password": ANOTHER, "password_confirm": ANOTHER}
    assert app.test_client().post(path, data=new).status_code == 302
    assert may_sign_in(app.test_client(), ANOTHER) and not may_sign_in(app.test_client())
    again = {"password": PASSWORD, "password_confirm": PASSWORD}
    app.test_client().post(path, data=again)
    assert not may_sign_in(app.test_client())


def test_the_password_that_is_changed_is_asked_for_as_the_current_one(somebody: Somebody) -> None:
    assert "Current password" in somebody.sign_in().client.get("/change").text
    assert "Current password" not in somebody.client.get("/verify").text


def test_a_changed_password_signs_out_elsewhere(app: Flask, somebody: Somebody) -> None:
    elsewhere = app.test_client()
    somebody.sign_in().sign_in(elsewhere)
    form = {"password": PASSWORD, "new_password": ANOTHER, "new_password_confirm": ANOTHER}
    assert somebody.client.post("/change", data=form).status_code == 302
    assert elsewhere.get("/account").status_code == 302
    assert somebody.client.get("/account").status_code == 200


def test_an_address_changes_by_a_button_in_the_letters_page(
    app: Flask, somebody: Somebody, letters: list[Message]
) -> None:
    somebody.sign_in().client.post("/change-email", data={"email": "new@example.org"})
    path = path_in(letters[0])
    app.test_client().get(path)
    assert EMAIL in somebody.client.get("/account").text
    somebody.client.post(path)
    with app.app_context():
        assert db.session.scalars(select(User.email)).all() == ["new@example.org"]


def test_signing_out_everywhere_ends_every_session_and_link(
    app: Flask, somebody: Somebody, letters: list[Message]
) -> None:
    elsewhere = app.test_client()
    somebody.sign_in().sign_in(elsewhere)
    somebody.client.post("/sign-in", data={"email": EMAIL})
    assert elsewhere.get("/account").status_code == 200
    assert somebody.client.post("/account/sign-out-everywhere").status_code == 303
    for client in (somebody.client, elsewhere):
        assert client.get("/account").status_code == 302
    assert elsewhere.post(path_in(letters[0])).status_code == 404


def test_signing_out_here_leaves_others_signed_in(app: Flask, somebody: Somebody) -> None:
    """The control: what ends every session is the one button."""
    elsewhere = app.test_client()
    somebody.sign_in().sign_in(elsewhere)
    somebody.client.post("/logout")
    assert somebody.client.get("/account").status_code == 302
    assert elsewhere.get("/account").status_code == 200


@pytest.mark.parametrize(
    "place",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "\t//evil.example", "https:evil.example",
     "https://example.org@evil.example/", "javascript:alert(1)"],
)  # fmt: skip
def test_nobody_is_led_elsewhere(somebody: Somebody, place: str) -> None:
    data = {"email": EMAIL, "password": PASSWORD, "next": place}
    answer = somebody.client.post("/login", query_string={"next": place}, data=data)
    assert answer.status_code == 302
    # A backslash that was made harmless is a page of ours that is not there.
    assert answer.headers["Location"] in ("/surveys", "/%5Cevil.example")


def test_a_place_on_this_site_is_gone_on_to(somebody: Somebody) -> None:
    data = {"email": EMAIL, "password": PASSWORD, "next": "/account"}
    assert somebody.client.post("/login", data=data).headers["Location"] == "/account"


def test_accounts_made_by_command_need_no_letter(app: Flask, somebody: Somebody) -> None:
    with app.app_context():
        user = accounts.user_by_email(db.session, EMAIL)
        assert user is not None and user.confirmed_at is not None
    assert may_sign_in(app.test_client())
