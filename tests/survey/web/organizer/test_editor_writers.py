"""Others are let in to write a survey by their address: with an account or without one, the answer is the same."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models import SurveyDraft, User
from survey.services import accounts
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.conftest import database_after
from tests.survey.notifications.conftest import Outbox, links_in, outbox
from tests.survey.web.organizer.test_editor import OLENA, TARAS, a_survey_under_writing, olena, press
from tests.survey.web.organizer.test_pages import sign_in
from tests.survey.web.visitor import words

__all__ = ["olena", "outbox"]

database = database_after(a_survey_under_writing)

UNKNOWN = "tamar@example.org"
PEOPLE = "/write/weather/people"


def writers(app: Flask) -> list[str]:
    with app.app_context():
        draft = db.session.scalars(select(SurveyDraft).filter_by(slug="weather")).one()
        return sorted(member.user.email for member in draft.members)


def let_in(browser: FlaskClient, address: str) -> str:
    """What the page says to an owner who lets somebody in, in plain words."""
    press(browser, "weather", "share", email=address, step="people")
    return words(browser.get(PEOPLE).text)


def test_whether_there_was_an_account_is_told_to_nobody(
    app: Flask, olena: FlaskClient, outbox: Outbox
) -> None:
    known, unknown = (let_in(olena, address.upper()) for address in (TARAS, UNKNOWN))
    for page, address in ((known, TARAS), (unknown, UNKNOWN)):
        assert f"{address} writes it too from now on, and is told by email how to sign in." in page
    assert writers(app) == sorted([OLENA, TARAS, UNKNOWN])
    letters = {letter["To"]: letter.get_content() for letter in outbox()}
    assert letters.keys() == {TARAS, UNKNOWN} and letters[TARAS] == letters[UNKNOWN]
    assert letters[TARAS].splitlines()[0] == "The weather" and links_in(outbox()[0]) == ["/sign-in"]


def test_an_account_that_was_not_there_is_entered_by_the_link_alone_and_has_the_survey(
    app: Flask, olena: FlaskClient
) -> None:
    let_in(olena, UNKNOWN)
    with app.app_context():
        user = db.session.scalars(select(User).filter_by(email=UNKNOWN)).one()
        # Nobody has vouched for the address.
        assert (user.confirmed_at, user.password) == (None, None)
    browser = app.test_client()
    sign_in(app, browser, UNKNOWN)
    assert browser.get(PEOPLE).status_code == 200


def test_once_more_changes_nothing(app: Flask, olena: FlaskClient) -> None:
    let_in(olena, TARAS)
    let_in(olena, f" {TARAS.upper()} ")
    assert writers(app) == [OLENA, TARAS]


def test_an_account_of_before_that_is_stored_in_capitals_is_the_same_one(
    app: Flask, olena: FlaskClient
) -> None:
    def write_large(session: Session) -> None:
        session.scalars(select(User).filter_by(email=TARAS)).one().email = TARAS.title()

    with app.app_context():
        transaction(write_large)
    let_in(olena, TARAS)
    assert writers(app) == sorted([OLENA, TARAS.title()])


def test_what_is_no_address_is_refused_and_nobody_is_written_to(
    app: Flask, olena: FlaskClient, outbox: Outbox
) -> None:
    for typed in ("", "taras", "taras@", "a b@example.org"):
        page = let_in(olena, typed)
        assert "No email can be sent to this address." in page and "writes it too" not in page
    assert writers(app) == [OLENA] and outbox() == []


def test_where_accounts_are_made_by_command_alone_it_says_so(
    app: Flask, olena: FlaskClient, outbox: Outbox
) -> None:
    app.config["PARLEY"] = {**app.config["PARLEY"], "REGISTRATION": False}
    assert "parley user create" in let_in(olena, UNKNOWN)
    assert writers(app) == [OLENA] and outbox() == []


def test_a_writer_lets_nobody_in(app: Flask, olena: FlaskClient, outbox: Outbox) -> None:
    let_in(olena, TARAS)
    taras = app.test_client()
    sign_in(app, taras, TARAS)
    assert "for its owner to do" in let_in(taras, UNKNOWN)
    assert writers(app) == [OLENA, TARAS] and [letter["To"] for letter in outbox()] == [TARAS]
    with app.app_context():
        assert accounts.user_by_email(db.session, UNKNOWN) is None
