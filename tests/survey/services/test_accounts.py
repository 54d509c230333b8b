"""Accounts and roles, and the link that works once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask_security import hash_password, verify_password
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import clock, create_app
from survey.models import EventLog, Membership, User
from survey.services import accounts
from survey.services.accounts import InvalidAccount, SpentLink
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.conftest import TODAY, make_app
from tests.factories import on, someone, the_survey

from ..outcomes import member


def test_a_password_is_kept_as_a_hash(session: Session) -> None:
    user = accounts.create_user(session, "olena@example.org", password="correct horse battery")
    assert user.password is not None and user.password.startswith("$argon2")
    assert verify_password("correct horse battery", user.password)


def test_a_guess_costs_what_is_recommended_where_the_survey_is_served(tmp_path: Path) -> None:
    """RFC 9106, 4, the second recommendation: three rounds in 64 MiB on four lanes. In tests it costs the least."""
    url = f"sqlite:///{tmp_path / 'parley.sqlite'}"
    served = create_app(
        {
            "PARLEY_DATABASE_URL": url,
            "PARLEY_INSTANCE": str(tmp_path),
            "PARLEY_SECRET_KEY": "k" * 43,
            "PARLEY_RATE_LIMITS": "no",
        }
    )
    for app, cost in ((served, "m=65536,t=3,p=4"), (make_app(url, tmp_path), "m=8,t=1,p=1")):
        with app.app_context():
            assert hash_password("correct horse battery").startswith(f"$argon2id$v=19${cost}$")


def test_without_a_password_there_is_only_the_link(session: Session) -> None:
    assert accounts.create_user(session, "olena@example.org").password is None


@pytest.mark.parametrize("address", ["", "olena", "olena@", "Olena@Example.org", "olena@example.org\n"])
def test_an_address_that_is_wrong_or_taken_gets_one_answer(session: Session, address: str) -> None:
    accounts.create_user(session, "olena@example.org")
    with pytest.raises(InvalidAccount, match="no valid address, or it has an account already"):
        accounts.create_user(session, address)


def test_a_weak_password_is_refused(session: Session) -> None:
    with pytest.raises(InvalidAccount) as refused:
        accounts.create_user(session, "olena@example.org", password="short")
    assert "password" in refused.value.errors


def test_a_role_is_logged_without_a_name(session: Session) -> None:
    user = member(session, "organizer")
    entry = session.scalars(select(EventLog).filter_by(act="grant")).one()
    assert entry.detail == {"user": user.id, "role": "organizer"}


def test_who_becomes_a_member_is_an_insider_as_a_participant(session: Session) -> None:
    user = accounts.create_user(session, "olena@example.org")
    person, stranger = someone(session, user_id=user.id), someone(session)
    for day, role in ((20, "analyst"), (21, "organizer")):
        with clock.at(on(day)):
            accounts.grant(session, user, the_survey(session), role)
    session.expire_all()
    assert (person.insider_since, stranger.insider_since) == (on(20), None)


def test_a_second_grant_changes_the_role(session: Session) -> None:
    user = member(session, "analyst")
    accounts.grant(session, user, the_survey(session), "organizer")
    assert [one.role for one in session.scalars(select(Membership))] == ["organizer"]


def test_a_role_that_somebody_has_is_logged_once(session: Session) -> None:
    user = accounts.create_user(session, "ann@example.org")
    first = accounts.grant(session, user, the_survey(session), "analyst")
    assert accounts.grant(session, user, the_survey(session), "analyst") is first
    assert len(session.scalars(select(EventLog).filter_by(act="grant")).all()) == 1


def test_there_is_no_other_role(session: Session) -> None:
    user = accounts.create_user(session, "olena@example.org")
    with pytest.raises(InvalidAccount, match="owner, organizer, analyst"):
        accounts.grant(session, user, the_survey(session), "admin")


def test_the_last_owner_stays_one(session: Session) -> None:
    owner = member(session, "owner")
    with pytest.raises(InvalidAccount, match="one owner at least"):
        accounts.grant(session, owner, the_survey(session), "analyst")
    member(session, "owner", "second@example.org")
    assert accounts.grant(session, owner, the_survey(session), "analyst").role == "analyst"


def test_a_link_works_once(session: Session) -> None:
    user = member(session)
    token = accounts.sign_in_link(session, user)
    assert accounts.use_sign_in_link(session, token) is user
    with pytest.raises(SpentLink):
        accounts.use_sign_in_link(session, token)


def test_links_live_side_by_side_and_end_together(session: Session) -> None:
    user = member(session)
    old, new = accounts.sign_in_link(session, user), accounts.sign_in_link(session, user)
    assert accounts.use_sign_in_link(session, old) is user
    with pytest.raises(SpentLink):
        accounts.use_sign_in_link(session, new)


def test_a_link_is_good_for_a_day(session: Session) -> None:
    user = member(session)
    token = accounts.sign_in_link(session, user)
    with clock.at(TODAY + timedelta(hours=24, seconds=2)), pytest.raises(SpentLink):
        accounts.use_sign_in_link(session, token)
    with clock.at(TODAY + timedelta(hours=24)):
        assert accounts.use_sign_in_link(session, token) is user


def test_whoever_was_shut_out_is_not_let_in_by_a_link(session: Session) -> None:
    user = member(session)
    token = accounts.sign_in_link(session, user)
    user.active = False
    with pytest.raises(SpentLink):
        accounts.use_sign_in_link(session, token)


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "W10.aaaa.bbbb", "\u0000", "é"])
def test_what_is_no_link_is_said_to_be_spent(session: Session, token: str) -> None:
    with pytest.raises(SpentLink):
        accounts.use_sign_in_link(session, token)


def test_a_signed_token_of_another_shape_is_none_either(session: Session) -> None:
    for payload in ([], ["one"], "text", None, [None, None], {"a": 1, "b": 2}):
        with pytest.raises(SpentLink):
            accounts.use_sign_in_link(session, str(accounts._serializer().dumps(payload)))


def test_nobody_is_let_in_by_an_empty_nonce(session: Session) -> None:
    user = member(session)
    forged = str(accounts._serializer().dumps([user.fs_uniquifier, ""]))
    with pytest.raises(SpentLink):
        accounts.use_sign_in_link(session, forged)


@pytest.fixture
def token(app: Flask) -> Iterator[str]:
    """A link made in a transaction of its own."""
    with app.app_context():
        user_id = transaction(lambda session: member(session).id)
        yield transaction(lambda session: accounts.sign_in_link(session, session.get_one(User, user_id)))


@pytest.mark.store
def test_of_fifty_at_once_one_gets_in(app: Flask, token: str) -> None:
    def use(_number: int) -> int:
        with app.app_context(), clock.at(TODAY):
            try:
                return transaction(lambda session: accounts.use_sign_in_link(session, token).id)
            except SpentLink:
                return 0
            finally:
                db.session.close()

    with ThreadPoolExecutor(16) as pool:
        let_in = [user for user in pool.map(use, range(50)) if user]
    assert len(let_in) == 1
