"""Somebody with an account, the letters that were sent, and an application that counts guesses."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_mail import Message

from survey.models import User
from survey.notifications.transport import mail
from survey.services import accounts
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.conftest import make_app

EMAIL, PASSWORD = "olena@example.org", "four words of one's own"


@dataclass
class Somebody:
    """An account and the browser of its owner."""

    client: FlaskClient
    user_id: int
    email: str = EMAIL
    password: str = PASSWORD

    def sign_in(self, client: FlaskClient | None = None) -> "Somebody":
        """Sign in with the password, in this browser or another."""
        answer = (client or self.client).post("/login", data={"email": self.email, "password": self.password})
        assert answer.status_code == 302, answer.text
        return self


@pytest.fixture
def somebody(app: Flask, client: FlaskClient) -> Somebody:
    """Somebody with an account who has not signed in."""
    with app.app_context():
        user = transaction(lambda session: accounts.create_user(session, EMAIL, password=PASSWORD))
        return Somebody(client, user.id)


@pytest.fixture
def user(app: Flask, somebody: Somebody) -> Iterator[User]:
    """Their row, read anew."""
    with app.app_context():
        yield db.session.get_one(User, somebody.user_id)


@pytest.fixture
def letters() -> Iterator[list[Message]]:
    """The letters that were sent since."""
    with mail.record_messages() as sent:
        yield sent


@pytest.fixture
def limited(database: str, tmp_path: Path) -> Iterator[Flask]:
    """The application with limits on."""
    app = make_app(database, tmp_path, PARLEY_RATE_LIMITS="yes")
    yield app
    with app.app_context():
        db.engine.dispose()
