"""Signing in by link and by password, and what a browser keeps then."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from survey.bank.loading import load_bank
from survey.models import User
from survey.services import accounts
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.conftest import make_app
from tests.factories import the_survey
from tests.survey.outcomes import member

EMAIL, PASSWORD = "olena@example.org", "correct horse battery"


@pytest.fixture
def olena(app: Flask) -> int:
    """The id of an organizer with a password."""

    def make(session: Session) -> int:
        user = accounts.create_user(session, EMAIL, password=PASSWORD)
        accounts.grant(session, user, the_survey(session), "organizer")
        return user.id

    with app.app_context():
        return transaction(make)


@pytest.fixture
def link(app: Flask, olena: int) -> str:
    """A way in that was not used yet."""
    with app.app_context():
        token = transaction(lambda session: accounts.sign_in_link(session, session.get_one(User, olena)))
    return f"/sign-in/{token}"


def test_looking_at_a_link_uses_nothing_up(client: FlaskClient, link: str) -> None:
    assert [client.get(link).status_code for _ in range(3)] == [200, 200, 200]
    assert client.get("/s/ukraine/organize/").status_code == 404
    assert client.post(link).status_code == 303


def test_a_link_leads_to_the_only_survey(client: FlaskClient, link: str) -> None:
    answer = client.post(link)
    assert answer.headers["Location"] == "/s/ukraine/organize/"
    assert client.get("/s/ukraine/organize/").status_code == 200


def test_a_used_link_and_one_that_never_was_look_the_same(app: Flask, client: FlaskClient, link: str) -> None:
    client.post(link)
    used, never = app.test_client().post(link), app.test_client().post("/sign-in/never.was.one")
    assert used.status_code == never.status_code == 404
    assert masked(used.text) == masked(never.text)
    assert "parley user link EMAIL" in used.text


def test_the_page_of_a_link_does_not_tell_whether_it_works(client: FlaskClient, link: str) -> None:
    token = link.removeprefix("/sign-in/")
    assert client.get("/sign-in/never").text == client.get(link).text.replace(token, "never")


def test_who_signs_in_is_no_participant_of_before(client: FlaskClient, link: str) -> None:
    with client.session_transaction() as browser:
        browser.update(participants={"ukraine": 1}, language="uk")
    client.post(link)
    with client.session_transaction() as browser:
        assert "participants" not in browser
        assert browser["language"] == "uk"


def test_a_password_signs_in_too_and_forgets_as_well(client: FlaskClient, olena: int) -> None:
    with client.session_transaction() as browser:
        browser.update(participants={"ukraine": 1})
    answer = client.post("/login", data={"email": EMAIL, "password": PASSWORD})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/surveys")
    assert client.get("/surveys").headers["Location"] == "/s/ukraine/organize/"
    with client.session_transaction() as browser:
        assert "participants" not in browser


def test_a_wrong_password_and_an_unknown_address_get_one_answer(client: FlaskClient, olena: int) -> None:
    wrong = client.post("/login", data={"email": EMAIL, "password": "another one entirely"})
    unknown = client.post("/login", data={"email": "nobody@example.org", "password": "another one entirely"})
    assert wrong.status_code == unknown.status_code
    assert masked(wrong.text).replace(EMAIL, "") == masked(unknown.text).replace("nobody@example.org", "")


def test_signing_out_is_a_post_and_ends_it(client: FlaskClient, link: str) -> None:
    client.post(link)
    assert client.get("/logout").status_code == 405
    client.post("/logout")
    assert client.get("/s/ukraine/organize/").status_code == 404


def test_nobody_is_led_elsewhere_after_signing_in(client: FlaskClient, olena: int) -> None:
    data = {"email": EMAIL, "password": PASSWORD}
    answer = client.post("/login?next=https://evil.example/", data=data)
    assert "evil" not in answer.headers.get("Location", "")


def test_an_analyst_lands_on_the_data(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        token = transaction(lambda session: accounts.sign_in_link(session, member(session, "analyst")))
    assert client.post(f"/sign-in/{token}").headers["Location"] == "/s/ukraine/data/"


def test_who_has_several_surveys_chooses(app: Flask, client: FlaskClient, link: str, olena: int) -> None:
    def another(session: Session) -> None:
        accounts.grant(
            session, session.get_one(User, olena), load_bank(session, "ukraine", slug="other"), "analyst"
        )

    with app.app_context():
        transaction(another)
        db.session.close()
    assert client.post(link).headers["Location"] == "/surveys"
    page = client.get("/surveys").text
    assert "/s/ukraine/organize/" in page and "/s/other/data/" in page
    assert "organizer · " in page and "analyst · " in page


def test_without_an_account_there_is_the_sign_in_form(client: FlaskClient) -> None:
    assert client.get("/surveys").headers["Location"] == "/login?next=/surveys"
    assert "Sign in" in client.get("/login").text


def masked(page: str) -> str:
    """The page without form tokens, which differ each time, and without its own address."""
    return re.sub(r'(name="(csrf_token|next)"[^>]* value=)"[^"]+"', r"\1", page)


def test_guesses_are_limited(database: str, tmp_path: Path) -> None:
    limited = make_app(database, tmp_path, PARLEY_RATE_LIMITS="yes")
    for path in ("/login", "/sign-in/guess"):
        client = limited.test_client()
        told = [client.post(path, data={"email": EMAIL, "password": "x"}).status_code for _ in range(11)]
        assert 429 not in told[:10] and told[10] == 429
    with limited.app_context():
        db.engine.dispose()


def test_the_password_that_a_change_asks_for_cannot_be_tried_out(database: str, tmp_path: Path) -> None:
    limited = make_app(database, tmp_path, PARLEY_RATE_LIMITS="yes")
    with limited.app_context():
        transaction(lambda session: accounts.create_user(session, EMAIL, password=PASSWORD).id)
        db.session.close()
    client = limited.test_client()
    assert client.post("/login", data={"email": EMAIL, "password": PASSWORD}).status_code == 302
    form = {"new_password": "four other words here", "new_password_confirm": "four other words here"}
    told = [client.post("/change", data={"password": f"guess {n}", **form}).status_code for n in range(11)]
    assert told == [422] * 10 + [429]
    with limited.app_context():
        db.engine.dispose()
