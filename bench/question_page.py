"""A question's page after 100,000 people have answered, beside that after 10: processor seconds of a request.

`python -m bench.question_page [PEOPLE]` asks as somebody who has answered and sees the crowd: first in a fresh
process (cold), then again (warm, the best of ten), the question's own page and the page of its crowd.
"""

import os
import sys
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select

from bench.peers import best
from bench.publishing import DAYS, apart, settings, write_answers
from survey import clock, create_app
from survey.bank.loading import load_bank
from survey.models import Participant, Rationale, Submission
from survey.services import enrollment
from survey.services.publication import publish
from survey.store.alembic import alembic
from survey.store.engine import db
from survey.store.transaction import transaction
from survey.web.identity import REMEMBERED
from tests.teardown import torn_down

FEW = 10
#: A question that is tied to no other: its crowd is shown to whoever has answered it.
QUESTION = "leaders-meet"
PAGES = (f"/s/ukraine/q/{QUESTION}", f"/s/ukraine/q/{QUESTION}/crowd")
#: One in so many people says why.
WHY = 20
WARM, COLD = 1.5, 1.0


def fill(folder: Path, people: int) -> date:
    """A file with the bank and everybody's answer to one question, published; the day of the publication."""
    folder.mkdir()
    with create_app(settings(folder)).app_context():
        alembic.upgrade()
        survey = transaction(lambda session: load_bank(session, "ukraine"))
        opens, day = survey.opens_at, (survey.opens_at + timedelta(days=DAYS)).date()
        question = next(one for one in survey.questions if one.key == QUESTION)

        def write(session: object) -> None:
            # Where anybody may join nothing is told of ten people: figures are those of a survey by invitation.
            survey.noise_key = None
            joined = {"survey_id": survey.id, "language": "en", "joined_at": opens}
            db.session.execute(insert(Participant), [{"id": 1 + one, **joined} for one in range(people)])
            enrollment.agree(db.session, db.session.get_one(Participant, 1), language="en")
            write_answers(db.session, question, people, opens, np.random.default_rng(1))
            said = db.session.scalars(select(Submission.id).where(Submission.participant_id % WHY == 0)).all()
            if said:
                words = [{"submission_id": one, "text": f"Because of {one}."} for one in said]
                db.session.execute(insert(Rationale), words)

        transaction(write)
        with clock.at(clock.day_start(day) + timedelta(days=1)):
            transaction(lambda session: len(publish(session, survey, day)))
        db.engine.dispose()
    return day


def reader(app: Flask) -> FlaskClient:
    """The first of them, whose browser is remembered."""
    client = app.test_client()
    with client.session_transaction() as browser:
        browser[REMEMBERED] = {"ukraine": 1}
    return client


def read(folder: Path, day: date) -> dict[str, tuple[float, float]]:
    """Seconds of each page's first request, and of the quickest after it."""
    app = create_app(settings(folder))
    client = reader(app)
    with clock.at(clock.day_start(day) + timedelta(days=1, hours=1)):
        return {
            page: (
                best(lambda page=page: ask(client, page), 1),
                best(lambda page=page: ask(client, page), 10),
            )
            for page in PAGES
        }


def ask(client: FlaskClient, page: str) -> None:
    """One request, which must show the crowd."""
    response = client.get(page)
    assert response.status_code == 200, (response.status, response.headers.get("Location"))
    assert "vega" in response.text, f"{page} shows no crowd"


def main(people: int) -> None:
    """The table."""
    with torn_down() as made:
        taken = {}
        for many in (FEW, people):
            folder = made / str(many)
            taken[many] = apart(read, folder, apart(fill, folder, many))
    for page in PAGES:
        (cold_few, few), (cold, warm) = taken[FEW][page], taken[people][page]
        print(
            f"{page:32} {people:>8,} people: cold {cold:5.2f} s (reach {COLD}; {FEW} people {cold_few:.2f} s),"
            f" warm {warm * 1000:5.1f} ms, {warm / few:.2f} x that of {FEW} (reach {WARM})",
            flush=True,
        )
    print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
