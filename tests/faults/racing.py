"""What the tests of races have in common: people who took part, submitting, closing, counting."""

import uuid
from datetime import datetime

from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from survey.errors import SurveyError
from survey.models import Participant, Question, Submission
from survey.services import forecast_submit
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.factories import numbers, someone, the_question

QUESTION = "leaders-meet"


def join(app: Flask, count: int) -> list[int]:
    """Ids of as many new participants."""
    with app.app_context():
        return transaction(lambda session: [someone(session).id for _ in range(count)])


def submit(app: Flask, person: int) -> type[SurveyError] | None:
    """Send a forecast, and return how it was refused; None where it was stored."""
    with app.app_context():
        try:
            transaction(lambda session: _submit(session, person))
        except SurveyError as refusal:
            return type(refusal)
    return None


def _submit(session: Session, person: int) -> None:
    participant, question = session.get_one(Participant, person), the_question(session, QUESTION)
    answer = forecast_submit.ForecastInput(
        key=uuid.uuid4().hex, entries=numbers(session, question), input_format="percent", language="en"
    )
    forecast_submit.submit(session, participant, question, answer)


def move_close(app: Flask, moment: datetime) -> None:
    """Close the question at a moment; return once that is committed."""
    statement = update(Question).where(Question.key == QUESTION).values(closes_at=moment)
    with app.app_context():
        transaction(lambda session: session.execute(statement))


def stored(app: Flask) -> int:
    """How many forecasts a newcomer to the database sees."""
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Submission)) or 0
