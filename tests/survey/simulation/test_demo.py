"""The demonstration: invented people through everybody's actions, counted only where every page says so."""

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey import clock
from survey.aggregation.forecast_arrays import crowd_answers
from survey.bank.loading import load_bank
from survey.models import Participant, Publication, Question, Rationale, Submission, Survey
from survey.questions import kind_of
from survey.simulation.demo import DAYS, NotADemonstration, played_days, simulate
from survey.simulation.participants import REASONS, invent_entries, invent_person
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.conftest import TODAY, make_app

PEOPLE = 14


def survey_of(session: Session, slug: str) -> Survey:
    return session.scalars(select(Survey).filter_by(slug=slug)).one()


def play(session: Session, people: int = PEOPLE, seed: int = 1) -> int:
    load_bank(session, "ukraine", slug="demo", simulated=True)
    return simulate(session, survey_of(session, "demo"), people, seed)


@pytest.fixture(scope="module")
def demonstration(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a small demonstration in it; the tests of commands make one on both databases."""
    folder = tmp_path_factory.mktemp("demonstration")
    shutil.copy(sqlite_template, folder / "played.sqlite")
    app = make_app(f"sqlite:///{folder / 'played.sqlite'}", folder)
    with clock.at(TODAY), app.app_context():
        transaction(play)
        db.session.connection().exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        # The session's own connection is not the pool's to close: it would stay open until it is collected.
        db.session.close()
        db.engine.dispose()
    return folder / "played.sqlite"


@pytest.fixture
def database(sqlite_template: Path, tmp_path: Path) -> str:
    """A fresh file with the shipped survey."""
    shutil.copy(sqlite_template, tmp_path / "parley.sqlite")
    return f"sqlite:///{tmp_path / 'parley.sqlite'}"


@pytest.fixture
def played(demonstration: Path, tmp_path: Path) -> Iterator[Session]:
    """A session on a copy of the demonstration."""
    shutil.copy(demonstration, tmp_path / "demo.sqlite")
    app = make_app(f"sqlite:///{tmp_path / 'demo.sqlite'}", tmp_path)
    with app.app_context():
        yield db.session
        db.session.close()
        db.engine.dispose()


def test_everybody_is_marked_as_simulated_and_in_the_demonstration_alone(played: Session) -> None:
    people = played.scalars(select(Participant)).all()
    assert len(people) == PEOPLE
    assert {(person.simulated, person.survey_id) for person in people} == {
        (True, survey_of(played, "demo").id)
    }


def test_playing_again_changes_nothing(played: Session) -> None:
    before = played.scalar(select(func.count()).select_from(Submission))
    assert transaction(play) == 0
    assert played.scalar(select(func.count()).select_from(Submission)) == before


def test_nothing_happens_before_the_opening_or_today(played: Session) -> None:
    demo = survey_of(played, "demo")
    moments = played.scalars(select(Submission.received_at)).all()
    assert demo.opens_at <= min(moments)
    assert max(moments) < clock.day_start(TODAY.date())


def test_people_change_their_minds_skip_and_give_reasons_that_say_they_are_invented(played: Session) -> None:
    actions = set(played.scalars(select(Submission.action)))
    assert {"new", "update"} <= actions
    reasons = set(played.scalars(select(Rationale.text)))
    assert reasons and reasons <= {reason for sentences in REASONS.values() for reason in sentences}
    assert all("nvented" in reason or "игадано" in reason for reason in reasons)


def test_days_are_published_in_order_and_none_is_today(played: Session) -> None:
    days = played.scalars(select(Publication.as_of).order_by(Publication.id)).all()
    assert days == sorted(days)
    assert max(days) < TODAY.date()
    assert all(published.published_at <= TODAY for published in played.scalars(select(Publication)))


def test_simulated_answers_count_only_in_a_survey_marked_so(played: Session) -> None:
    question = played.scalars(
        select(Question).filter_by(survey_id=survey_of(played, "demo").id, key="leaders-meet")
    ).one()
    assert crowd_answers(played, question).participant.size > 0
    question.survey.simulated = False
    assert crowd_answers(played, question).participant.size == 0
    played.rollback()


def test_a_real_survey_lets_no_invented_people_in(app: Flask) -> None:
    with app.app_context():
        with pytest.raises(NotADemonstration, match="ukraine is not marked"):
            transaction(lambda session: simulate(session, survey_of(session, "ukraine"), 1))
        assert db.session.scalar(select(func.count()).select_from(Participant)) == 0


def test_equal_seeds_give_equal_answers_and_others_do_not(app: Flask) -> None:
    def numbers(seed: int) -> list[float]:
        rows = []

        def work(session: Session) -> None:
            play(session, 3, seed)
            question = session.scalars(
                select(Question).join(Survey).where(Survey.slug == "demo", Question.key == "clash")
            ).one()
            rows.extend(crowd_answers(session, question).values.ravel().tolist())
            raise InterruptedError

        with app.app_context(), pytest.raises(InterruptedError):
            transaction(work)
        return rows

    first = numbers(5)
    assert first and np.array_equal(first, numbers(5), equal_nan=True)
    assert not np.array_equal(first, numbers(6), equal_nan=True)


def test_whatever_is_invented_is_a_valid_answer_to_every_kind(app: Flask) -> None:
    """Kinds check what is typed; wild people included, none is refused."""
    draw = np.random.default_rng(3)
    with app.app_context():
        for question in survey_of(db.session, "ukraine").questions:
            for number in range(20):
                person = invent_person(draw, number, ["en", "uk"])
                person.lean = draw.normal(0, 4)
                for _ in range(3):
                    entries = invent_entries(draw, person, question, question.options, {})
                    rows = kind_of(question).rows(question, question.options, entries)
                    assert len(rows) == len(kind_of(question).slots(question, question.options))


@pytest.mark.parametrize(
    ("today", "first"),
    [
        (date(2026, 11, 15), None),
        (date(2026, 11, 16), date(2026, 11, 15)),
        (date(2026, 11, 22), date(2026, 11, 15)),
        (date(2027, 7, 15), date(2027, 7, 15) - timedelta(days=DAYS)),
    ],
)
def test_the_last_days_since_the_opening_are_played(app: Flask, today: date, first: date | None) -> None:
    with app.app_context():
        days = played_days(survey_of(db.session, "ukraine"), clock.day_start(today))
    assert (days[0] if days else None) == first
    assert not days or days[-1] == today - timedelta(days=1)
