"""The short way for these tests to make organizers, and to say what came out of a question."""

from datetime import UTC, datetime
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models import Participant, Question, QuestionVersion, Resolution, Score, User, VersionText
from survey.services import accounts
from survey.services.resolution_rules import Outcome
from survey.store.transaction import transaction
from tests.factories import the_survey

#: The tests' present: noon of 22 November 2026; what was received on that day is not scored.
KNOWN = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def outcome(known_from: datetime = KNOWN, **facts: Any) -> Outcome:
    """What came out, with a source."""
    return Outcome(known_from=known_from, source="A newspaper of that day", **facts)


def member(session: Session, role: str = "organizer", email: str = "", slug: str = "ukraine") -> User:
    """A user with a role in the survey."""
    user = accounts.create_user(session, email or f"{role}@example.org")
    accounts.grant(session, user, the_survey(session, slug), role)
    return user


def signed_in(app: Flask, client: FlaskClient, role: str) -> FlaskClient:
    """The browser, with somebody new of this role signed in."""
    with app.app_context():
        link = transaction(lambda session: accounts.sign_in_link(session, member(session, role)))
    assert client.post(f"/sign-in/{link}").status_code == 303
    return client


def scores(session: Session, resolution: Resolution, person: Participant | None = None) -> dict[str, Score]:
    """The scores of a resolution by rule, of one person."""
    query = select(Score).filter_by(resolution_id=resolution.id)
    if person is not None:
        query = query.filter_by(participant_id=person.id)
    return {score.rule: score for score in session.scalars(query)}


def new_version(session: Session, question: Question, moment: datetime, *, substantive: bool) -> None:
    """Publish the question's words once more, as its next version."""
    last = question.version
    words = last.texts[0]
    version = QuestionVersion(
        question_id=question.id,
        number=last.number + 1,
        substantive=substantive,
        note="Clearer.",
        published_at=None,
    )
    version.texts = [
        VersionText(
            language=words.language,
            title=words.title,
            short=words.short,
            background="",
            criteria=words.criteria,
            fine_print="",
            sources=[],
        )
    ]
    session.add(version)
    session.flush()
    version.published_at = moment
    session.flush()
    session.refresh(question)
