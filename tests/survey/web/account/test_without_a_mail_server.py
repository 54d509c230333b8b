"""Where no mail server is set up nobody waits in vain: pages say where a letter lies, and the start says it too."""

import logging
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from survey.server import http
from survey.services import accounts
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.conftest import make_app
from tests.factories import the_survey

from ..visitor import Visitor, words
from .conftest import EMAIL, Somebody

SAID = "This site has no mail server: emails are kept as files in"


def folder(app: Flask) -> str:
    return str(app.config["PARLEY"]["INSTANCE"] / "outbox")


def asked_for_link(client: FlaskClient, address: str) -> str:
    return words(client.post("/sign-in", data={"email": address}).text)


def test_a_link_that_is_on_its_way_to_nobody_is_said_to_lie_in_the_outbox(
    app: Flask, somebody: Somebody
) -> None:
    page = asked_for_link(somebody.client, EMAIL)
    assert SAID in page and folder(app) in page


def test_it_is_said_alike_of_an_address_without_an_account(app: Flask, client: FlaskClient) -> None:
    page = asked_for_link(client, "nobody@example.org")
    assert SAID in page and folder(app) in page


def test_it_is_said_after_signing_up_beside_what_the_library_says(app: Flask, client: FlaskClient) -> None:
    sent = {"email": "new@example.org", "password": "four words of her own"}
    sent["password_confirm"] = sent["password"]
    page = words(client.post("/register", data=sent, follow_redirects=True).text)
    assert SAID in page and page.count(SAID) == 1


def test_it_is_said_once_a_page_and_not_on_the_next(app: Flask, somebody: Somebody) -> None:
    asked_for_link(somebody.client, EMAIL)
    assert SAID not in words(somebody.client.get("/sign-in").text)


def test_participants_and_organizers_read_it_where_letters_are_promised_for_later(
    app: Flask, client: FlaskClient
) -> None:
    def owner(session: Session) -> str:
        user = accounts.create_user(session, EMAIL)
        accounts.grant(session, user, the_survey(session), "owner")
        return accounts.sign_in_link(session, user)

    with app.app_context():
        link = transaction(owner)
    client.post(f"/sign-in/{link}")
    for path in ("organize/invitations", "organize/invitations/list", "organize/invitations/reminder"):
        assert SAID in words(client.get(f"/s/ukraine/{path}").text), path
    assert SAID in words(Visitor(app.test_client()).join().get("letters").text)


@pytest.mark.parametrize(
    "settings",
    [
        {"PARLEY_MAIL_SERVER": "mail.example.org"},
        {"PARLEY_ENVIRONMENT": "production", "PARLEY_TRUSTED_HOSTS": "localhost"},
    ],
)
def test_no_folder_is_told_where_letters_go_out_or_strangers_read(
    database: str, tmp_path: Path, settings: dict[str, str]
) -> None:
    app = make_app(database, tmp_path, PARLEY_SECRET_KEY="Kb7-fQ2_xWz9mLr4TnY6vHc3pJd8sGa5", **settings)
    page = Visitor(app.test_client()).join().get("letters").text if "MAIL" in str(settings) else ""
    page += app.test_client().get("/sign-in", base_url="https://localhost").text
    with app.app_context():
        db.engine.dispose()
    assert SAID not in words(page) and "outbox" not in page


@pytest.mark.parametrize(("server", "lines"), [("", 1), ("mail.example.org", 0)])
def test_the_check_at_start_says_in_production_that_no_letter_goes_out(
    database: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, server: str, lines: int
) -> None:
    app = make_app(
        database,
        tmp_path,
        PARLEY_ENVIRONMENT="production",
        PARLEY_TRUSTED_HOSTS="localhost",
        PARLEY_SECRET_KEY="Kb7-fQ2_xWz9mLr4TnY6vHc3pJd8sGa5",
        PARLEY_MAIL_SERVER=server,
    )
    with caplog.at_level(logging.WARNING):
        http.check_ready(app)
    with app.app_context():
        db.engine.dispose()
    assert caplog.text.count("PARLEY_MAIL_SERVER is empty: no email is sent") == lines
