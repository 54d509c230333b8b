"""Addresses of accounts: one reading for every door, and what lies before the @ is ASCII."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_mail import Message
from sqlalchemy import func, select

from survey.models import User
from survey.notifications import transport
from survey.services import accounts
from survey.store.engine import db
from survey.store.transaction import transaction

from .conftest import EMAIL, PASSWORD, Somebody

ODD = ["é@example.org", "ɑbc@example.org", "ıvan@example.org", "іван@example.org", "o\u0301lena@example.org"]
DOORS = {
    "/register": {"password": PASSWORD, "password_confirm": PASSWORD},
    "/sign-in": {},
    "/reset": {},
    "/login": {"password": PASSWORD},
}


@pytest.fixture
def answering(app: Flask) -> Flask:
    """Faults of its own are answered, as they are in production."""
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    return app


@pytest.mark.parametrize("email", ODD)
def test_a_letter_outside_ascii_is_refused_at_the_field_and_makes_no_account(
    answering: Flask, client: FlaskClient, email: str
) -> None:
    for door in ("/register", "/sign-in"):
        answer = client.post(door, data={"email": email, **DOORS[door]})
        assert answer.status_code in (200, 422), door
        assert "Before the @ an address has letters from a to z" in answer.text, door
    with answering.app_context(), pytest.raises(accounts.InvalidAccount):
        transaction(lambda session: accounts.create_user(session, email))


@pytest.mark.parametrize("email", ODD)
def test_an_account_of_an_earlier_day_with_such_an_address_breaks_no_door(
    answering: Flask, somebody: Somebody, letters: list[Message], email: str
) -> None:
    with answering.app_context():
        transaction(lambda session: setattr(session.get_one(User, somebody.user_id), "email", email))
    told = {}
    for door, more in DOORS.items():
        client = answering.test_client()
        told[door] = client.post(door, data={"email": email, **more}).status_code
    assert max(told.values()) < 500, told
    with answering.app_context():
        assert db.session.scalar(select(func.count()).select_from(User)) == 1


AROUND = [" ", "\t", "\r\n", "\u00a0", "\u200b", "\u200e", "\u2060", "\ufeff", "\u2068"]


@pytest.mark.parametrize("mark", AROUND, ids=ascii)
def test_what_nobody_sees_around_an_address_is_left_out_at_every_door(
    app: Flask, client: FlaskClient, letters: list[Message], mark: str
) -> None:
    typed, new = f"{mark}{EMAIL}{mark}", f"{mark}new@example.org{mark}"
    with app.app_context():
        transaction(lambda session: accounts.create_user(session, typed, password=PASSWORD))
    assert client.post("/register", data={"email": new, **DOORS["/register"]}).status_code == 302
    with app.app_context():
        assert sorted(db.session.scalars(select(User.email))) == ["new@example.org", EMAIL]
        assert accounts.user_by_email(db.session, typed) is not None
    for door in ("/sign-in", "/reset", "/login"):
        answer = app.test_client().post(door, data={"email": typed, **DOORS[door]})
        assert answer.status_code in (200, 302) and "p-error" not in answer.text, door
    assert [letter.recipients for letter in letters][-2:] == [[EMAIL], [EMAIL]]


@pytest.mark.parametrize("typed", ["ole\u200bna@example.org", "\u202eolena@example.org"], ids=ascii)
def test_a_mark_inside_an_address_and_one_that_turns_it_around_are_refused(
    app: Flask, client: FlaskClient, typed: str
) -> None:
    assert client.post("/register", data={"email": typed, **DOORS["/register"]}).status_code == 422
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(User)) == 0


def test_no_letter_can_be_written_to_it_and_that_is_said_without_the_address(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    with app.app_context():
        with pytest.raises(transport.NotSent) as refused:
            transport.send("é@example.org", "Words", "More words.")
        assert (refused.value.surely, refused.value.for_good) == (True, True)
        transport.send_soon("é@example.org", "Words", "More words.")
    assert "could not be sent" in caplog.text
    assert "example.org" not in caplog.text


def test_letters_in_the_domain_of_one_alphabet_are_as_they_were(
    client: FlaskClient, letters: list[Message]
) -> None:
    assert client.post("/sign-in", data={"email": "ivan@приклад.укр"}).status_code == 200
    assert client.post("/sign-in", data={"email": EMAIL}).status_code == 200
