"""The organizer's overview of a large survey: processor seconds of a warm page, and of one after each new answer.

`python -m bench.overview [PEOPLE]` fills a SQLite file as `bench.publishing` does (10,000 people who answered all
28 questions, one in five twice, and one skip of everybody), publishes it twice, and opens the page as its organizer,
with nothing new and with an answer before each look; the floor counts the people of each question by the driver's
cursor.
"""

import os
import sqlite3
import sys
import time
from datetime import timedelta
from pathlib import Path
from statistics import median

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from survey import clock, create_app
from survey.models import Participant, Question, Skip, Survey, User
from survey.services import accounts
from survey.services.publication import publish
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.factories import say, someone, the_question
from tests.teardown import torn_down

from .publishing import DAYS, fill, settings

PAGE = "/s/ukraine/organize/"
WHO = "organizer@example.org"
TIMES = 9
#: Which question is answered while the page is looked at.
ANSWERED = "leaders-meet"
FLOOR = "SELECT question_id, count(DISTINCT participant_id) FROM submission GROUP BY question_id"


def furnish(folder: Path, people: int) -> None:
    """The filled file with skips, two publications of every question, and somebody who runs the survey."""
    as_of = fill(folder, people)
    with create_app(settings(folder)).app_context():
        with clock.at(clock.day_start(as_of) + timedelta(days=1)):
            transaction(skip_one)
            transaction(owned)
        for day in (as_of - timedelta(days=DAYS - 2), as_of):
            with clock.at(clock.day_start(day) + timedelta(days=1)):
                survey = db.session.scalars(select(Survey)).one()
                transaction(lambda session, survey=survey, day=day: publish(session, survey, day))


def owned(session: Session) -> None:
    """Somebody owns the survey."""
    survey = session.scalars(select(Survey)).one()
    accounts.grant(session, accounts.create_user(session, WHO), survey, "owner")


def skip_one(session: Session) -> None:
    """Everybody has skipped a question before they answered it."""
    questions = session.scalars(select(Question).order_by(Question.id)).all()
    people = session.scalars(select(Participant.id).order_by(Participant.id)).all()
    moment = clock.now(session)
    rows = [
        {
            "participant_id": person,
            "question_id": questions[person % len(questions)].id,
            "survey_id": questions[0].survey_id,
            "skipped_at": moment,
        }
        for person in people
    ]
    session.execute(insert(Skip), rows)


def organizer(app: Flask) -> FlaskClient:
    """A browser in which the organizer is signed in."""
    client = app.test_client()
    with app.app_context():
        user = db.session.scalars(select(User).filter_by(email=WHO)).one()
        token = transaction(lambda session: accounts.sign_in_link(session, session.get_one(User, user.id)))
    if client.post(f"/sign-in/{token}").status_code != 303:
        raise RuntimeError("the organizer could not sign in")
    return client


def seconds(client: FlaskClient, path: str) -> float:
    """Processor seconds of one page; RuntimeError where it is not the page."""
    begun = time.process_time()
    answer = client.get(path)
    taken = time.process_time() - begun
    if answer.status_code != 200:
        raise RuntimeError(f"status {answer.status_code}")
    return taken


def answer_one(place: int) -> None:
    """Somebody joins and answers."""
    transaction(
        lambda session: say(session, someone(session), the_question(session, ANSWERED), 0.2 + place / 100)
    )


def floor(folder: Path) -> float:
    """One look at every answer."""
    store = sqlite3.connect(folder / "bench.sqlite")
    begun = time.process_time()
    store.execute(FLOOR).fetchall()
    return time.process_time() - begun


def _after_an_answer(app: Flask, client: FlaskClient, place: int) -> float:
    with app.app_context():
        answer_one(place)
    return seconds(client, PAGE)


def main(people: int, folder: Path) -> None:
    """The table."""
    if not (folder / "bench.sqlite").exists():
        furnish(folder, people)
    app = create_app(settings(folder))
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        survey = db.session.scalars(select(Survey)).one()
        moment = survey.opens_at + timedelta(days=DAYS + 1, hours=12)
    with clock.at(moment):
        client = organizer(app)
        first, *warm = (seconds(client, PAGE) for _ in range(1 + TIMES))
        answered = [_after_an_answer(app, client, place) for place in range(TIMES)]
    least = min(floor(folder) for _ in range(3))
    print(f"floor     {1000 * least:7.0f} ms CPU: people of each question, by one statement")
    print(f"overview  {1000 * median(warm):7.0f} ms CPU warm, {1000 * first:.0f} at first (reach 300 warm)")
    print(f"answered  {1000 * median(answered):7.0f} ms CPU after each new answer (reach 300)")
    print(f"ratio to the floor {median(warm) / least:.1f}; load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    with torn_down() as made:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000, made)
