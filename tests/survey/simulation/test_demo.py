"""The demonstration: invented people through everybody's actions, counted only where every page says so."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from survey import clock
from survey.aggregation.forecast_arrays import crowd_answers
from survey.bank.loading import store_bank
from survey.cli import main
from survey.models import (
    BackgroundAnswer,
    Consent,
    EventLog,
    Forecast,
    Option,
    Participant,
    Publication,
    Question,
    Rationale,
    Skip,
    Submission,
    Survey,
)
from survey.questions import kind_of
from survey.services import enrollment
from survey.simulation.demo import DAYS, SEED, NotADemonstration, Progress, played_days, simulate
from survey.simulation.participants import REASONS, invent_entries, invent_person
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.conftest import TODAY, app_on, fresh, make_app, store_after, template_after
from tests.factories import FEW, bank_of

PEOPLE = 14
#: When three days are played: each costs a publication of every question.
EARLY = TODAY - timedelta(days=4)


def survey_of(session: Session, slug: str) -> Survey:
    return session.scalars(select(Survey).filter_by(slug=slug)).one()


def load(slug: str = "demo") -> None:
    transaction(lambda session: store_bank(session, bank_of(*FEW), slug=slug, simulated=True).id)


def loaded_once(_session: Session) -> None:
    """A demonstration that nobody has begun: to load one takes longer than to play three people's days."""
    with clock.at(EARLY):
        load()


loaded = store_after(loaded_once)


def play(people: int, seed: int, slug: str) -> int:
    load(slug)
    return simulate(slug, people, seed)


#: How many people come to the demonstration that others are compared with.
WHOLE = 8


def played_whole(session: Session) -> int:
    """One demonstration that nobody has begun, and another that nobody ended; how many answers that has."""
    loaded_once(session)
    with clock.at(EARLY):
        return play(WHOLE, SEED, "whole")


whole = store_after(played_whole)


def answers(session: Session, slug: str) -> list[tuple[object, ...]]:
    """Everything that was said in a survey, by whom and when, in the order of its keys."""
    rows = session.execute(
        select(
            Participant.join_key,
            Participant.language,
            Submission.idempotency_key,
            Submission.revision,
            Submission.action,
            Submission.received_at,
            Option.key,
            Forecast.part,
            Forecast.value,
        )
        .select_from(Submission)
        .join(Participant, Submission.participant_id == Participant.id)
        .outerjoin(Forecast, Forecast.submission_id == Submission.id)
        .outerjoin(Option, Option.id == Forecast.option_id)
        .where(Submission.survey_id == survey_of(session, slug).id)
    )
    return sorted((tuple(row) for row in rows), key=str)


def beside(session: Session, slug: str) -> dict[str, int]:
    """How many people, questions left out, answers about oneself and publications there are."""
    survey = survey_of(session, slug).id
    return {
        table.__tablename__: session.scalar(
            select(func.count()).select_from(table).where(table.survey_id == survey)
        )
        or 0
        for table in (Participant, Consent, Skip, BackgroundAnswer, Publication, EventLog)
    }


@pytest.fixture(scope="module")
def demonstration(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a small demonstration in it; the tests of commands make one on both databases."""
    folder = tmp_path_factory.mktemp("demonstration")
    template, _nothing = template_after(loaded_once, "sqlite", request)
    shutil.copy(template, folder / "played.sqlite")
    app = make_app(f"sqlite:///{folder / 'played.sqlite'}", folder, doors=False)
    with clock.at(TODAY), app.app_context():
        simulate("demo", PEOPLE, 1)
        db.session.connection().exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        # The session's own connection is not the pool's to close: it would stay open until it is collected.
        db.session.close()
        db.engine.dispose()
    return folder / "played.sqlite"


@pytest.fixture
def database(sqlite_few: Path, workplace: Path) -> str:
    """A fresh file with the shipped survey."""
    return fresh(workplace, sqlite_few)


@pytest.fixture
def played(demonstration: Path, workplace: Path) -> Iterator[Session]:
    """A session on a copy of the demonstration."""
    app = app_on(fresh(workplace, demonstration), workplace)
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
    assert play(PEOPLE, 1, "demo") == 0
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
            simulate("ukraine", 1)
        assert db.session.scalar(select(func.count()).select_from(Participant)) == 0


def test_equal_seeds_give_equal_answers_and_others_do_not(whole: int, app: Flask) -> None:
    with app.app_context(), clock.at(EARLY):
        assert simulate("demo", WHOLE, SEED) == whole
        first = answers(db.session, "whole")
        assert first and first == answers(db.session, "demo")
        play(WHOLE, SEED + 1, "other")
        assert first != answers(db.session, "other")


class Ended(BaseException):
    """Whoever plays is stopped here."""


#: After the first and the second visit, the last of a day, its publication, and in the day in which one comes back.
@pytest.mark.parametrize("steps", [0, 1, 5, 6, 8])
def test_whoever_is_ended_half_way_goes_on_with_the_same_people(whole: int, app: Flask, steps: int) -> None:
    def tell(progress: Progress) -> None:
        if progress.done > steps:
            raise Ended

    with app.app_context(), clock.at(EARLY):
        with pytest.raises(Ended):
            simulate("demo", WHOLE, SEED, tell)
        assert 0 < len(answers(db.session, "demo")) < len(answers(db.session, "whole"))
        # Asked for others, it finishes what it had begun.
        assert simulate("demo", 9, 6) == whole
        assert answers(db.session, "demo") == answers(db.session, "whole")
        assert beside(db.session, "demo") == beside(db.session, "whole")
        assert simulate("demo", 9, 6) == 0


@pytest.mark.usefixtures("whole")
def test_what_was_begun_yesterday_is_finished_with_the_days_of_yesterday(app: Flask) -> None:
    def tell(progress: Progress) -> None:
        raise Ended

    with app.app_context(), clock.at(EARLY):
        with pytest.raises(Ended):
            simulate("demo", WHOLE, SEED, tell)
        with clock.at(EARLY + timedelta(days=1)):
            assert simulate("demo", WHOLE, SEED) > 0
        assert answers(db.session, "demo") == answers(db.session, "whole")


@pytest.mark.usefixtures("loaded")
def test_people_of_an_earlier_version_are_left_as_they_are(app: Flask) -> None:
    """They came all at once, and the log says nothing of a plan."""

    def somebody(session: Session) -> None:
        survey = survey_of(session, "demo")
        person, _made = enrollment.join(session, survey, language="en", join_key="invented-0", code="A" * 26)
        person.simulated = True

    with app.app_context():
        transaction(somebody)
        assert simulate("demo", 3) == 0
        assert beside(db.session, "demo")["participant"] == 1


@pytest.mark.usefixtures("loaded")
def test_nobody_waits_for_longer_than_one_person_or_one_publication(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two steps no transaction is open: somebody else's act takes its turn."""
    open_between: list[bool] = []
    acts = 0

    def counted(*arguments: Any, **more: Any) -> Any:
        nonlocal acts
        acts += 1
        return transaction(*arguments, **more)

    monkeypatch.setattr("survey.simulation.demo.transaction", counted)
    with app.app_context(), clock.at(EARLY):
        simulate("demo", 3, 5, lambda progress: open_between.append(db.session.in_transaction()))
    assert open_between and not any(open_between)
    assert acts == len(open_between) + 2


@pytest.mark.usefixtures("loaded")
def test_what_is_asked_about_oneself_is_read_once_to_invent_answers_and_once_to_check_each(
    app: Flask,
) -> None:
    read: list[str] = []
    people = 7

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if "FROM background_question " in statement:
            read.append(statement)

    with app.app_context(), clock.at(EARLY):
        event.listen(db.engine, "before_cursor_execute", note)
        try:
            simulate("demo", people, 5)
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        assert beside(db.session, "demo")["participant"] == people
    # Who joins is checked against what is asked at that moment, as everybody is.
    assert len(read) == 1 + people


KILLED = f"""
from datetime import datetime
from survey import clock
from survey.bank import loading
from survey.cli import main
from tests.factories import FEW, bank_of
loading.checked_bank = lambda _folder: bank_of(*FEW)
with clock.at(datetime.fromisoformat({EARLY.isoformat()!r})):
    main(["demo", "--people", "{WHOLE}"])
"""


@pytest.mark.usefixtures("whole")
def test_a_killed_demonstration_is_completed_by_the_command(
    database: str, app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SIGKILL, as a machine that runs out of memory sends it."""
    environment = {"PARLEY_DATABASE_URL": database, "PARLEY_INSTANCE": str(tmp_path)}
    command = [sys.executable, "-c", KILLED]
    with subprocess.Popen(
        command, env={**os.environ, **environment}, stderr=subprocess.PIPE, text=True
    ) as begun:
        assert begun.stderr is not None
        # Its first tenth is told, so some are stored and most are not.
        assert "steps" in begun.stderr.readline()
        begun.kill()
    with app.app_context():
        halfway = len(answers(db.session, "demo"))
        assert halfway > 0
        db.session.close()
    monkeypatch.setattr("survey.bank.loading.checked_bank", lambda _folder: bank_of(*FEW))
    with clock.at(EARLY):
        again = CliRunner(env=environment).invoke(main, ["demo", "--people", str(WHOLE)])
    assert "answers of invented people" in again.output, again.output
    with app.app_context(), clock.at(EARLY):
        assert len(answers(db.session, "demo")) > halfway
        assert answers(db.session, "demo") == answers(db.session, "whole")
        assert beside(db.session, "demo") == beside(db.session, "whole")


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
    ("scale", "lower", "upper"), [("log", 1e4, 9e5), ("linear", 1e5, 100_010.0), ("linear", 0.0, 1e-4)]
)
def test_numbers_of_any_range_are_invented_as_people_type_them(
    app: Flask, scale: str, lower: float, upper: float
) -> None:
    """In plain digits, and so many that no two quantiles are one number, which is refused."""
    draw = np.random.default_rng(3)
    with app.app_context():
        question = next(one for one in survey_of(db.session, "ukraine").questions if one.scale == "log")
        question.scale, question.lower, question.upper = scale, lower, upper
        for number in range(20):
            person = invent_person(draw, number, ["en"])
            entries = invent_entries(draw, person, question, question.options, {})
            assert not any("e" in entry.entered for entry in entries.values())
            assert len(kind_of(question).rows(question, question.options, entries)) == len(entries)
        db.session.rollback()


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
