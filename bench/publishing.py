"""Publishing a whole survey: processor seconds and the peak of memory, beside the bare rows of the same answers.

`python -m bench.publishing [PEOPLE]` fills a SQLite file (10,000 people, each with an answer to every question and
one in five with a second) and publishes all its questions; the floor reads the same rows by the driver's cursor.
"""

import multiprocessing
import os
import resource
import sqlite3
import sys
import time
from collections.abc import Callable, Container
from concurrent.futures import ProcessPoolExecutor
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from flask import Flask
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from survey import clock, create_app
from survey.aggregation.question_specs import spec_of
from survey.aggregation.specification import POOLED
from survey.bank.loading import load_bank
from survey.models import (
    GROUPING_KINDS,
    BackgroundAnswer,
    BackgroundQuestion,
    Forecast,
    Participant,
    Question,
    Submission,
    Survey,
)
from survey.services.publication import publish
from survey.store.alembic import alembic
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.teardown import torn_down

DAYS = 5
ROWS = """
    SELECT submission.id, participant_id, received_at, action, crowd_seen, option_id, part, value
    FROM submission JOIN participant ON participant.id = participant_id
    LEFT JOIN forecast ON submission_id = submission.id WHERE submission.question_id = ?
    ORDER BY participant_id, revision
"""


def fill(folder: Path, people: int, url: str = "", keys: Container[str] | None = None) -> date:
    """A migrated database with the bank and everybody's answers; the last day on which somebody answered.

    With `keys` people answer these questions alone.
    """
    random = np.random.default_rng(1)
    with create_app(settings(folder, url)).app_context():
        alembic.upgrade()
        survey = transaction(lambda session: load_bank(session, "ukraine"))
        opens = survey.opens_at

        def write(session: Session) -> None:
            joined = {"survey_id": survey.id, "language": "en", "joined_at": opens}
            session.execute(insert(Participant), [{"id": 1 + person, **joined} for person in range(people)])
            for question in survey.questions:
                if keys is None or question.key in keys:
                    write_answers(session, question, people, opens, random)
            write_groups(session, survey, people, opens, random)

        transaction(write)
        db.engine.dispose()
    return (opens + timedelta(days=DAYS)).date()


def write_answers(session: Session, question: Question, people: int, opens: datetime, random: Any) -> None:
    """One answer of everybody, and a second of every fifth."""
    who = np.concatenate((np.arange(people), np.arange(0, people, 5)))
    same = {
        "survey_id": question.survey_id,
        "question_id": question.id,
        "question_version_id": question.versions[0].id,
        "round_id": question.survey.rounds[0].id,
        "body_hash": "",
        "language": "en",
    }
    first = question.id * 10 * people
    acts = [
        {
            "id": first + row,
            "participant_id": 1 + int(person),
            "revision": 1 + (row >= people),
            "action": "new" if row < people else "update",
            "idempotency_key": f"{question.id}-{row}",
            "received_at": opens + timedelta(days=DAYS if row >= people else int(person) % DAYS, hours=1),
            **same,
        }
        for row, person in enumerate(who)
    ]
    session.execute(insert(Submission), acts)
    ids = {option.key: option.id for option in question.options}
    columns = [(ids[key], part) for key, part in spec_of(question).columns]
    of = {"survey_id": question.survey_id, "question_id": question.id, "entered": ""}
    values = answers(question, who.size, len(columns), random).tolist()
    session.execute(
        insert(Forecast),
        [
            {"submission_id": first + row, "option_id": option, "part": part, "value": value, **of}
            for row, given in enumerate(values)
            for (option, part), value in zip(columns, given, strict=True)
        ],
    )


def answers(question: Question, count: int, columns: int, random: Any) -> Any:
    """Invented numbers that a question's kind accepts, shape (count, columns)."""
    if POOLED[question.kind] == "options":
        return random.dirichlet(np.full(columns, 5.0), count) * 0.99 + 0.01 / columns
    share = np.sort(random.uniform(0.01, 0.99, (count, columns)), axis=1)
    if not question.quantile_levels:
        return share
    return question.lower + (question.upper - question.lower) * share


def write_groups(session: Session, survey: Survey, people: int, opens: datetime, random: Any) -> None:
    """Everybody puts themselves in one group of each question about the person."""
    query = select(BackgroundQuestion).where(
        BackgroundQuestion.survey_id == survey.id, BackgroundQuestion.kind.in_(GROUPING_KINDS)
    )
    for asked in session.scalars(query).all():
        keys = [option.key for option in asked.options]
        same = {"background_question_id": asked.id, "revision": 1, "survey_id": survey.id}
        chosen = random.integers(len(keys), size=people)
        session.execute(
            insert(BackgroundAnswer),
            [
                {"participant_id": 1 + person, "value": [keys[place]], "answered_at": opens, **same}
                for person, place in enumerate(chosen)
            ],
        )


def settings(folder: Path, url: str = "") -> dict[str, str]:
    """The application on the filled database, by default a SQLite file."""
    return {"PARLEY_DATABASE_URL": url or f"sqlite:///{folder}/bench.sqlite", "PARLEY_INSTANCE": str(folder)}


def read_rows(_app: Flask, folder: Path, _as_of: date) -> int:
    """The floor: every row of the answers, one at a time, and nothing done with it."""
    store = sqlite3.connect(folder / "bench.sqlite")
    questions = store.execute("SELECT id FROM question").fetchall()
    return sum(1 for question in questions for _ in store.execute(ROWS, question))


def publish_all(app: Flask, _folder: Path, as_of: date) -> int:
    """What is measured."""
    with app.app_context(), clock.at(clock.day_start(as_of) + timedelta(days=1)):
        survey = db.session.scalars(select(Survey)).one()
        return len(transaction(lambda session: publish(session, survey, as_of)))


def measured(work: Callable[[Flask, Path, date], int], folder: Path, as_of: date) -> tuple[int, float, float]:
    """What work gives, its processor seconds, and the peak of its process in MB."""
    # As for a task or a command that publishes: pages are not opened.
    app = create_app(settings(folder), doors=False)
    begun = time.process_time()
    done = work(app, folder, as_of)
    return done, time.process_time() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def apart(work: Callable[..., Any], *arguments: Any) -> Any:
    """What work gives in a process of its own: a peak is that of a whole process."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as process:
        return process.submit(work, *arguments).result()


def main(people: int) -> None:
    """The table."""
    with torn_down() as folder:
        as_of = apart(fill, folder, people)
        floor, ours = (apart(measured, work, folder, as_of) for work in (read_rows, publish_all))
    print(f"floor      {floor[0]:>9,} rows      {floor[1]:7.2f} s CPU, peak {floor[2]:5.0f} MB")
    print(f"publishing {ours[0]:>9,} questions {ours[1]:7.2f} s CPU, peak {ours[2]:5.0f} MB")
    print(f"ratio to the floor {ours[1] / floor[1]:.1f}; load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
