"""A link for coming back: mailed to whoever has an account, good once, and silent about who that is."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_mail import Message

from survey.models import User
from survey.services import accounts
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.survey.web.visitor import without_tokens

from .conftest import EMAIL, PASSWORD, Somebody
from .reading import path_in


def ask(client: FlaskClient, email: str = EMAIL) -> None:
    assert client.post("/sign-in", data={"email": email}).status_code == 200


def test_the_letter_signs_in_once(somebody: Somebody, letters: list[Message]) -> None:
    ask(somebody.client)
    (letter,) = letters
    assert letter.recipients == [EMAIL]
    path = path_in(letter)
    assert somebody.client.get("/account").status_code == 302
    assert somebody.client.post(path).status_code == 303
    assert EMAIL in somebody.client.get("/account").text


def test_a_second_use_is_refused_in_any_browser(
    app: Flask, somebody: Somebody, letters: list[Message]
) -> None:
    ask(somebody.client)
    path = path_in(letters[0])
    assert somebody.client.post(path).status_code == 303
    for client in (somebody.client, app.test_client()):
        assert client.post(path).status_code == 404
    assert app.test_client().get("/account").status_code == 302


def test_a_program_that_looks_uses_nothing_up(app: Flask, somebody: Somebody, letters: list[Message]) -> None:
    ask(somebody.client)
    path = path_in(letters[0])
    assert [app.test_client().get(path).status_code for _look in range(3)] == [200] * 3
    assert somebody.client.post(path).status_code == 303


def test_a_link_lives_on_when_anybody_asks_for_another(
    app: Flask, somebody: Somebody, letters: list[Message]
) -> None:
    ask(somebody.client)
    ask(app.test_client())
    older, newer = map(path_in, letters)
    assert [somebody.client.post(path).status_code for path in (older, newer)] == [303, 404]


def test_one_mailbox_gets_six_letters_an_hour_and_the_answer_is_the_same(
    limited: Flask, letters: list[Message]
) -> None:
    with limited.app_context():
        transaction(lambda session: accounts.create_user(session, EMAIL, password=PASSWORD))
    told = set()
    for place in range(9):
        client = limited.test_client()
        come = {"environ_base": {"REMOTE_ADDR": f"192.0.2.{place}"}}
        door = "/sign-in" if place % 2 else "/reset"
        told.add((door, client.post(door, data={"email": EMAIL.upper()}, **come).status_code))
    assert told == {("/sign-in", 200), ("/reset", 200)}
    assert len(letters) == 6


def test_the_answer_does_not_tell_who_has_an_account(somebody: Somebody, letters: list[Message]) -> None:
    known = somebody.client.post("/sign-in", data={"email": EMAIL})
    unknown = somebody.client.post("/sign-in", data={"email": "nobody@example.org"})
    assert without_tokens(known) == without_tokens(unknown)
    assert len(letters) == 1


def test_what_is_no_address_is_said_at_the_field(client: FlaskClient, letters: list[Message]) -> None:
    for typed in ("", "olena", "a@b@c.org", "a@ex\u0430mple.org", "a@example.org,b@example.org"):
        answer = client.post("/sign-in", data={"email": typed})
        assert (answer.status_code, "email-error" in answer.text) == (422, True), typed
    assert letters == []


def test_links_begin_with_the_public_address(app: Flask, somebody: Somebody, letters: list[Message]) -> None:
    settings = app.config["PARLEY"]
    app.config["PARLEY"] = {**settings, "PUBLIC_URL": "https://parley.example.org/"}
    somebody.client.post("/sign-in", data={"email": EMAIL}, headers={"Host": "evil.example"})
    assert "https://parley.example.org/sign-in/" in str(letters[0].body)
    assert "evil.example" not in str(letters[0].body)


@pytest.mark.parametrize("door", ["/sign-in", "/reset", "/register", "/confirm"])
def test_no_letter_has_the_host_that_a_request_named(
    app: Flask, somebody: Somebody, letters: list[Message], door: str
) -> None:
    more = {"password": PASSWORD, "password_confirm": PASSWORD} if door == "/register" else {}
    email = "new@example.org" if door == "/register" else EMAIL
    somebody.client.post(door, data={"email": email, **more}, headers={"Host": "evil.example"})
    if door == "/confirm":
        assert letters == []  # a command's account is confirmed; the one that registered is not
    for letter in letters:
        assert "http://localhost:8000/" in str(letter.body)
        assert "evil.example" not in f"{letter.subject} {letter.body} {letter.extra_headers}"


def test_letters_are_kept_where_there_is_no_mail_server(app: Flask, somebody: Somebody) -> None:
    folder = app.config["PARLEY"]["INSTANCE"] / "outbox"
    before = set(folder.glob("*.eml"))
    ask(somebody.client)
    (kept,) = set(folder.glob("*.eml")) - before
    assert EMAIL in kept.read_text()
    assert kept.stat().st_mode & 0o077 == 0


def test_a_stranger_who_signed_up_with_the_address_is_shut_out_by_its_owner(
    app: Flask, client: FlaskClient, letters: list[Message]
) -> None:
    form = {"email": EMAIL, "password": PASSWORD, "password_confirm": PASSWORD}
    assert client.post("/register", data=form).status_code == 302
    owner = app.test_client()
    ask(owner)
    assert owner.post(path_in(letters[-1])).status_code == 303
    assert client.post("/login", data={"email": EMAIL, "password": PASSWORD}).status_code == 422


def test_letters_asked_for_and_links_tried_are_limited(limited: Flask) -> None:
    client = limited.test_client()
    asked = [client.post("/sign-in", data={"email": EMAIL}).status_code for _time in range(6)]
    assert 429 not in asked[:5] and asked[5] == 429
    tried = [client.post("/sign-in/nonsense").status_code for _time in range(11)]
    assert tried == [404] * 10 + [429]


def test_a_second_factor_is_asked_for_after_the_link_too(
    app: Flask, somebody: Somebody, letters: list[Message]
) -> None:
    with app.app_context():

        def turn_on(session: object) -> None:
            user = db.session.get_one(User, somebody.user_id)
            user.tf_primary_method = "authenticator"
            user.tf_totp_secret = app.extensions["security"].totp_factory.generate_totp_secret()

        transaction(turn_on)
    ask(somebody.client)
    answer = somebody.client.post(path_in(letters[0]))
    assert "/tf-validate" in answer.headers.get("Location", "") or "six digits" in answer.text
    assert somebody.client.get("/account").status_code == 302


def test_an_account_without_an_address_to_it_gets_no_link(app: Flask) -> None:
    with app.app_context():
        to, token, known = transaction(lambda session: accounts.link_for(session, "nobody@example.org"))
        assert (to, known) == ("nobody@example.org", False)
        with pytest.raises(accounts.SpentLink):
            accounts.use_sign_in_link(db.session, token)
