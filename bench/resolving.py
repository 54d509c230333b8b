"""Resolving among 10,000 people: how long the write lock is held, and how answers fare meanwhile.

`python -m bench.resolving [PEOPLE]` fills a database (SQLite, and PostgreSQL where its server is installed), then
resolves a yes-or-no question while others answer another one. It prints for each how long the write unit of the
outcome took, how many answers were taken meanwhile, and the 99th percentile of the time each took.
"""

import sys
import threading
import time
import uuid
from typing import Any

import numpy as np
from flask import Flask
from sqlalchemy import insert, select

from survey import clock, create_app
from survey.models import Consent, Participant, Question, Survey
from survey.services import resolution, resolution_proposals
from survey.services.accounts import create_user, grant
from survey.services.forecast_submit import ForecastInput, submit
from survey.services.resolution import Act
from survey.services.resolution_rules import Outcome
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.factories import numbers
from tests.postgresql import Cluster
from tests.teardown import torn_down

from .publishing import fill, settings

RESOLVED, ANSWERED = "leaders-meet", "nuclear-use"


def measure(app: Flask) -> None:
    """Resolve one question while two people after another answer a second one."""
    held: list[tuple[float, float]] = []
    taken: list[tuple[float, float]] = []
    done = threading.Event()
    _time_the_lock(held)
    with app.app_context():
        survey = db.session.scalars(select(Survey)).one()
        by = transaction(lambda session: _owner(session, session.get_one(Survey, survey.id)))
        threads = [threading.Thread(target=_answer, args=(app, half, done, taken)) for half in (0, 1)]
        for thread in threads:
            thread.start()
        time.sleep(1)
        begun = time.monotonic()
        question = next(one for one in survey.questions if one.key == RESOLVED)
        said = Outcome(clock.now(db.session), "A newspaper", value=1.0)
        made = resolution_proposals.resolve_or_propose(
            db.session.get_one(Survey, survey.id), Act({question.id: [said]}), by
        )
        ended = time.monotonic()
        done.set()
        for thread in threads:
            thread.join()
        assert isinstance(made, list), "there is one owner alone"
    meanwhile = np.array([took for moment, took in taken if begun <= moment <= ended] or [0.0])
    print(
        f"  lock held {max(held)[0]:.3f} s ({max(held)[1]:.3f} s CPU of it ours) of {ended - begun:.2f} s;"
        f" {meanwhile.size} answers meanwhile, p99 {np.quantile(meanwhile, 0.99):.3f} s,"
        f" slowest {meanwhile.max():.3f} s",
        flush=True,
    )


def _time_the_lock(held: list[tuple[float, float]]) -> None:
    """Time the write unit of the outcome, from its turn to write to its commit."""

    def timed(action: Any) -> Any:
        began: list[tuple[float, float]] = []

        def within(session: Any) -> Any:
            began.append((time.monotonic(), time.thread_time()))
            return action(session)

        result = transaction(within)
        moment, spent = began[-1]
        held.append((time.monotonic() - moment, time.thread_time() - spent))
        return result

    resolution.transaction = timed


def _owner(session: Any, survey: Survey) -> Any:
    user = create_user(session, f"{uuid.uuid4().hex}@example.org")
    grant(session, user, survey, "owner")
    agreed = {"consent_version_id": survey.consent.id, "survey_id": survey.id, "language": "en"}
    moment, people = clock.now(session), session.scalars(select(Participant.id)).all()
    session.execute(
        insert(Consent), [{"participant_id": one, "agreed_at": moment, **agreed} for one in people]
    )
    return user


def _answer(app: Flask, half: int, done: threading.Event, taken: list[tuple[float, float]]) -> None:
    with app.app_context():
        asked = select(Question.id).filter_by(key=ANSWERED)
        question = db.session.scalars(asked).one()
        people = db.session.scalars(select(Participant.id).where(Participant.id % 2 == half)).all()
        for person in people:
            if done.is_set():
                break
            began = time.monotonic()
            transaction(lambda session, person=person: _one(session, person, question))  # type: ignore[misc]
            taken.append((began, time.monotonic() - began))
        db.session.close()


def _one(session: Any, person: int, question: int) -> None:
    asked = session.get_one(Question, question)
    answer = ForecastInput(
        key=uuid.uuid4().hex,
        entries=numbers(session, asked, 0.2),
        input_format="percent",
        language="en",
        rationale="So.",
    )
    submit(session, session.get_one(Participant, person), asked, answer)


def main(people: int) -> None:
    """Both databases, one after the other."""
    # The server runs as nobody, who may not enter the folder of a run.
    with Cluster() as cluster, torn_down() as folder:
        cluster.postgresql.execute("CREATE DATABASE bench")
        for name, url in (("SQLite", ""), ("PostgreSQL", cluster.postgresql.database("bench"))):
            print(f"{name}, {people} people", flush=True)
            fill(folder, people, url, (RESOLVED, ANSWERED))
            measure(create_app(settings(folder, url)))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
