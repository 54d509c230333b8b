"""Callers: nobody, somebody who has joined, and users with a role."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from survey.bank.loading import store_bank
from survey.services import drafts, task_work
from survey.services.api_tokens import USER_SCOPES, create_token, create_writing_token
from survey.store.transaction import transaction
from tests.conftest import store_after
from tests.factories import FEW, bank_of, the_survey
from tests.survey.outcomes import member

from .caller import Caller

#: Makes a caller with the token of a new user with this role, for these scopes.
MakeMember = Callable[..., Caller]


@pytest.fixture
def nobody(client: FlaskClient) -> Caller:
    """A program without a token."""
    return Caller(client)


@pytest.fixture
def person(client: FlaskClient) -> Caller:
    """A program with the token of somebody who has just joined."""
    return Caller(client).join()


@pytest.fixture
def a_member(app: Flask, client: FlaskClient) -> MakeMember:
    """A program with the token of a user who has a role."""

    def make(role: str = "owner", scopes: tuple[str, ...] = USER_SCOPES) -> Caller:
        def work(session: Session) -> str:
            return create_token(session, member(session, role), the_survey(session), scopes)

        with app.app_context():
            return Caller(client, transaction(work))

    return make


def elsewhere(session: Session) -> str:
    """Another survey, and the token of its owner."""
    # Each organizer resolves alone: what a second person does is told in `test_running`.
    the_survey(session).second_person = False
    store_bank(session, bank_of(*FEW), slug="elsewhere")
    user = member(session, "owner", "foreign@example.org", slug="elsewhere")
    return create_token(session, user, the_survey(session, "elsewhere"))


def writing(session: Session) -> str:
    """A survey under writing, and a token to write with."""
    user = member(session, "organizer", "writer@example.org")
    drafts.start(session, user, "fresh", {})
    return create_writing_token(session, user)


def beside_the_survey(_session: Session) -> tuple[str, str]:
    """What every caller of the matrix meets; the tokens of who owns the other survey and of who writes."""
    tokens = transaction(elsewhere), transaction(writing)
    # The first task, and the first snapshot: the examples ask for them.
    task_work.run(transaction(lambda session: task_work.ask_snapshot(session, the_survey(session), None).id))
    return tokens


others = store_after(beside_the_survey)


@pytest.fixture
def callers(
    others: tuple[str, str], app: Flask, client: FlaskClient, a_member: MakeMember
) -> dict[str, Caller]:
    """Somebody of each role; `foreign` owns and answers another survey, `writer` has a token to write with."""
    foreign, writer = others
    return {
        "participant": Caller(client).join(),
        **{role: a_member(role) for role in ("analyst", "organizer", "owner")},
        "writer": Caller(client, writer),
        "foreign": Caller(client, foreign),
        "none": Caller(client),
    }
