"""Roles: given and taken by owners alone, by address, logged; the last owner stays, nobody raises themselves."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from survey.models import EventLog, Membership, Participant, User
from survey.services import accounts
from survey.services.audit_log import first_broken
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.factories import on, someone, the_survey
from tests.survey.notifications.conftest import Outbox, outbox
from tests.survey.web.visitor import words

__all__ = ["outbox"]

ROLES = "/s/ukraine/organize/roles"


def sign_in(app: Flask, address: str, role: str) -> FlaskClient:
    """A browser of somebody with a role."""

    def make(session: Session) -> str:
        user = accounts.user_by_email(session, address) or accounts.create_user(session, address)
        accounts.grant(session, user, the_survey(session), role)
        return accounts.sign_in_link(session, session.get_one(User, user.id))

    with app.app_context():
        link = transaction(make)
    client = app.test_client()
    assert client.post(f"/sign-in/{link}").status_code == 303
    return client


@pytest.fixture
def owner(app: Flask) -> FlaskClient:
    """The browser of the only owner."""
    return sign_in(app, "owner@example.org", "owner")


def roles(app: Flask) -> dict[str, str]:
    with app.app_context():
        return {one.user.email: one.role for one in accounts.members(db.session, the_survey(db.session))}


def number(app: Flask, address: str) -> str:
    with app.app_context():
        return str(db.session.scalars(select(User.id).filter_by(email=address)).one())


def test_an_owner_gives_a_role_by_address_and_they_are_told(
    app: Flask, owner: FlaskClient, outbox: Outbox
) -> None:
    answer = owner.post(ROLES, data={"email": "ann@example.org", "role": "analyst"}, follow_redirects=True)
    assert "ann@example.org is analyst now" in words(answer.text)
    assert roles(app) == {"owner@example.org": "owner", "ann@example.org": "analyst"}
    (letter,) = outbox()
    assert letter["To"] == "ann@example.org" and "/sign-in" in letter.get_content()


def test_an_account_that_was_not_there_is_entered_by_the_link_alone(app: Flask, owner: FlaskClient) -> None:
    owner.post(ROLES, data={"email": "ann@example.org", "role": "organizer"})
    with app.app_context():
        user = db.session.scalars(select(User).filter_by(email="ann@example.org")).one()
        # Nobody has vouched for the address.
        assert (user.confirmed_at, user.password) == (None, None)
        link = transaction(lambda session: accounts.sign_in_link(session, session.get_one(User, user.id)))
    client = app.test_client()
    assert client.post(f"/sign-in/{link}").headers["Location"] == "/s/ukraine/organize/"
    assert client.get(ROLES).status_code == 200


def test_whether_there_was_an_account_is_told_to_nobody(app: Flask, owner: FlaskClient) -> None:
    with app.app_context():
        transaction(lambda session: accounts.create_user(session, "known@example.org").id)
    pages = [
        owner.post(ROLES, data={"email": f"{name}@example.org", "role": "analyst"}, follow_redirects=True)
        # However it is typed, it is told as it is stored.
        for name in ("KNOWN", "OTHER")
    ]
    said = [words(page.text).split(" now, and is told")[0].rpartition("content")[2] for page in pages]
    assert said[0].replace("known", "other") == said[1]


def test_where_accounts_are_made_by_command_alone_it_says_so(app: Flask, owner: FlaskClient) -> None:
    app.config["PARLEY"] = {**app.config["PARLEY"], "REGISTRATION": False}
    answer = owner.post(ROLES, data={"email": "ann@example.org", "role": "analyst"})
    assert (answer.status_code, "parley user create" in answer.text) == (422, True)
    assert list(roles(app)) == ["owner@example.org"]


@pytest.mark.parametrize(
    "data",
    [
        {"email": "", "role": "analyst"},
        {"email": "nobody", "role": "analyst"},
        {"email": "a@example.org", "role": "admin"},
        {"email": "a@example.org", "role": ""},
        {"email": "a@example.org\x00", "role": "analyst"},
    ],
)
def test_what_cannot_be_given_is_refused(app: Flask, owner: FlaskClient, data: dict[str, str]) -> None:
    assert owner.post(ROLES, data=data).status_code == 422
    assert list(roles(app)) == ["owner@example.org"]


def test_a_role_is_taken_and_its_pages_with_it_at_once(app: Flask, owner: FlaskClient) -> None:
    organizer = sign_in(app, "olena@example.org", "organizer")
    assert organizer.get(ROLES).status_code == 200
    answer = owner.post(
        f"{ROLES}/take", data={"user": number(app, "olena@example.org")}, follow_redirects=True
    )
    assert "The role was taken away." in words(answer.text)
    assert organizer.get(ROLES).status_code == 404
    assert list(roles(app)) == ["owner@example.org"]


def test_the_last_owner_stays(app: Flask, owner: FlaskClient) -> None:
    own = number(app, "owner@example.org")
    answer = owner.post(f"{ROLES}/take", data={"user": own}, follow_redirects=True)
    assert "A survey keeps one owner at least" in words(answer.text)
    assert owner.post(ROLES, data={"email": "owner@example.org", "role": "analyst"}).status_code == 422
    assert "Take this role" not in owner.get(ROLES).text
    assert roles(app) == {"owner@example.org": "owner"}
    sign_in(app, "second@example.org", "owner")
    assert owner.post(f"{ROLES}/take", data={"user": own}).headers["Location"] == "/surveys"
    assert roles(app) == {"second@example.org": "owner"}


@pytest.mark.parametrize("role", ["organizer", "analyst"])
def test_nobody_raises_themselves_or_others(app: Flask, owner: FlaskClient, role: str) -> None:
    client = sign_in(app, "olena@example.org", role)
    for address in ("olena@example.org", "friend@example.org"):
        assert client.post(ROLES, data={"email": address, "role": "owner"}).status_code == 404
    assert client.post(f"{ROLES}/take", data={"user": number(app, "owner@example.org")}).status_code == 404
    assert roles(app) == {"owner@example.org": "owner", "olena@example.org": role}


def test_the_service_itself_lets_owners_alone(app: Flask, owner: FlaskClient) -> None:
    sign_in(app, "olena@example.org", "organizer")
    with app.app_context():
        session = db.session
        olena, survey = accounts.user_by_email(session, "olena@example.org"), the_survey(session)
        assert olena is not None
        for act in (
            lambda: accounts.grant(session, olena, survey, "owner", olena),
            lambda: accounts.give_role(session, survey, "x@example.org", "analyst", olena),
            lambda: accounts.take_role(session, survey, olena.id, olena),
        ):
            with pytest.raises(accounts.InvalidAccount):
                act()


def test_what_was_done_is_in_the_log_without_an_address(app: Flask, owner: FlaskClient) -> None:
    owner.post(ROLES, data={"email": "ann@example.org", "role": "analyst"})
    owner.post(ROLES, data={"email": "ann@example.org", "role": "analyst"})
    owner.post(f"{ROLES}/take", data={"user": number(app, "ann@example.org")})
    with app.app_context():
        entries = db.session.scalars(select(EventLog).order_by(EventLog.position)).all()
        assert [entry.act for entry in entries][1:] == ["grant", "take role"]
        assert all(entry.user_id == int(number(app, "owner@example.org")) for entry in entries[1:])
        assert "example.org" not in str([entry.detail for entry in entries])
        assert first_broken(db.session, the_survey(db.session)) is None


def test_whoever_had_a_role_stays_outside_the_crowd(app: Flask, owner: FlaskClient) -> None:
    owner.post(ROLES, data={"email": "ann@example.org", "role": "analyst"})
    ann = int(number(app, "ann@example.org"))
    with app.app_context():
        transaction(lambda session: someone(session, user_id=ann, insider_since=on(20)).id)
    owner.post(f"{ROLES}/take", data={"user": str(ann)})
    with app.app_context():
        assert db.session.scalars(select(Participant.insider_since)).one()
        assert db.session.scalars(select(Membership).filter_by(user_id=ann)).first() is None


@pytest.mark.store
def test_two_owners_who_leave_at_once_leave_one(app: Flask, owner: FlaskClient) -> None:
    from concurrent.futures import ThreadPoolExecutor

    second = sign_in(app, "second@example.org", "owner")
    numbers = [number(app, f"{name}@example.org") for name in ("owner", "second")]
    pairs = list(zip((owner, second), numbers, strict=True))
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda pair: pair[0].post(f"{ROLES}/take", data={"user": pair[1]}), pairs))
    assert list(roles(app).values()) == ["owner"]


def test_a_change_by_command_needs_no_owner(session: Session) -> None:
    user = accounts.create_user(session, "first@example.org")
    accounts.grant(session, user, the_survey(session), "owner")
    session.execute(update(Membership).values(role="analyst"))
    accounts.grant(session, user, the_survey(session), "owner")
