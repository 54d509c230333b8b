"""An instance of an earlier version comes up under this one with everything kept, step by step, on both databases."""

import os
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy import Engine, select

from survey import clock
from survey.aggregation.aggregates import compute_aggregates, pooled_forecasts
from survey.aggregation.forecast_arrays import crowd_answers
from survey.aggregation.question_specs import spec_of
from survey.cli import main
from survey.models import Publication
from survey.store.alembic import alembic
from survey.store.engine import db
from survey.store.health import health_problems
from tests.conftest import make_app
from tests.postgresql import PostgreSQL
from tests.survey.web.visitor import ANSWERS, Visitor

from . import old_instances
from .old_instances import Row, fill_empty_tables, names_of, write_instance

pytestmark = pytest.mark.store

#: The day after the last that the frozen instances have lived.
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
INSTANCES = sorted(path.stem for path in old_instances.FOLDER.glob("*.json"))

#: Figures whose rule has been the same in every version; that of the default is kept with its publication.
KEPT_FIGURES = {"people", "median", "mean"}

#: What a step changes of what stood, on purpose; all else is kept. None: the column goes.
CHANGED = {
    "20261128_no_live_for_organizers": {("survey", "organizers_see_live"): None},
    # Words the bank shipped with that named nobody.
    "20261128_who_asks": {("survey_text", "organizer"): ""},
    # It stands in pieces from then on, byte for byte: tests/survey/export/test_frozen.py.
    "20261201_snapshot_pieces": {("snapshot_file", "content"): None},
    # Its day stands for it: tests/survey/store/test_migrations.py.
    "20261204_insider_since": {("participant", "insider"): None},
}


def stored(engine: Engine, names: Iterable[str] = ()) -> dict[str, list[Row]]:
    """The rows of these tables, or of all; each value as its database has it.

    Of what columns and types they are nobody asks: that took many times as long as the steps.
    """
    with engine.connect() as connection:
        return {
            name: [dict(row) for row in connection.exec_driver_sql(f'SELECT * FROM "{name}"').mappings()]
            for name in names or names_of(connection)
        }


def lost(before: dict[str, list[Row]], after: dict[str, list[Row]], revision: str) -> list[str]:
    """What a step lost or changed, but for what it is meant to."""
    meant = CHANGED.get(revision, {})
    found = []
    for name, rows in before.items():
        expected = [
            {
                column: value if meant.get((name, column)) is None else meant[name, column]
                for column, value in row.items()
                if meant.get((name, column), "") is not None
            }
            for row in rows
        ]
        kept = [{column: row.get(column, "gone") for column in expected[0]} for row in after.get(name, [])]
        # Where all stand in their order none is looked for among the others.
        if kept == expected:
            continue
        found += [f"{revision}: {name} {row}" for row in expected if row not in kept]
    return found


def revisions_after(first: str) -> list[str]:
    """The chain from a revision up."""
    chain = [script.revision for script in alembic.script_directory.walk_revisions()][::-1]
    return chain[chain.index(first) + 1 :]


#: While one works the youngest goes up, through the steps that are written now.
YOUNGEST = INSTANCES[-1]
AGES = [pytest.param(age, marks=() if age == YOUNGEST else pytest.mark.long) for age in INSTANCES]


@pytest.fixture(scope="module", params=AGES)
def instance(request: pytest.FixtureRequest) -> str:
    return str(request.param)


ON_BOTH = [
    pytest.param("sqlite", marks=pytest.mark.sqlite),
    pytest.param("postgresql", marks=[pytest.mark.postgresql, pytest.mark.long]),
]


def old_instance(request: pytest.FixtureRequest, folder: Path, revision: str) -> Flask:
    """The application over a database that stands where an earlier version left it."""
    url = f"sqlite:///{folder / 'parley.sqlite'}"
    if request.param == "postgresql":
        server: PostgreSQL = request.getfixturevalue("postgresql")
        name = f"{folder.name}_{os.getpid()}".replace("-", "_")
        server.execute(f"CREATE DATABASE {name}")
        url = server.database(name)
    with clock.at(NOW):
        app = make_app(url, folder)
    with app.app_context():
        alembic.upgrade(revision)
        write_instance(db.engine, revision)
    return app


def let_go(app: Flask) -> None:
    """Close what a finished application keeps; the migrations' connection is back in the pool only then."""
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="module", params=ON_BOTH)
def lost_on_the_way(
    request: pytest.FixtureRequest, instance: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[str]]:
    """What was lost of an instance that went up step by step, a row in every table at each."""
    app = old_instance(request, tmp_path_factory.mktemp("steps"), instance)
    with app.app_context():
        fill_empty_tables(db.engine)
        found, before = [], stored(db.engine)
        for revision in revisions_after(instance):
            alembic.upgrade(revision)
            after = stored(db.engine)
            found += lost(before, after, revision)
            if empty := [name for name, rows in after.items() if not rows]:
                fill_empty_tables(db.engine, empty)
                after |= stored(db.engine, empty)
            before = after
        assert all(before.values())
        yield found
    let_go(app)


@pytest.fixture(scope="module", params=ON_BOTH)
def upgraded(
    request: pytest.FixtureRequest, instance: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """An instance as it was, brought up by `parley db upgrade`."""
    app = old_instance(request, tmp_path_factory.mktemp("old"), instance)
    with app.app_context():
        assert "Tables: " in run(app, "db", "upgrade")
        yield app
    let_go(app)


@pytest.fixture
def visitor(upgraded: Flask) -> Iterator[Visitor]:
    """Somebody with a browser, on the day after the last that the instance has lived."""
    with clock.at(NOW):
        yield Visitor(upgraded.test_client(), "demo")


def run(app: Flask, *arguments: str) -> str:
    """What a command prints that succeeds."""
    found = app.test_cli_runner().invoke(main, arguments, obj=ScriptInfo(create_app=lambda: app))
    assert found.exit_code == 0, found.output
    return found.output


def everybodys_figures(publication: Publication) -> dict[str, Any]:
    """What this version computes of everybody's rows for the day of a publication."""
    question, day = publication.question, clock.date_number(publication.as_of)
    spec, answers = spec_of(question), crowd_answers(db.session, question).until(day)
    pooled = pooled_forecasts(spec, answers, day)
    return compute_aggregates(spec, pooled, answers.participant, question.survey.cell)


def numbers(figure: Any) -> list[float]:
    """The numbers of a figure: one, or those of its quantiles."""
    (inner,) = figure.values() if isinstance(figure, dict) else (figure,)
    return list(inner) if isinstance(inner, list) else [inner]


def test_no_step_loses_or_changes_a_row(lost_on_the_way: list[str]) -> None:
    assert lost_on_the_way == []


def test_a_lost_or_changed_row_would_be_noticed() -> None:
    before = {"theme": [{"id": 1, "key": "a"}, {"id": 2, "key": "b"}]}
    assert lost(before, before, "any") == []
    assert len(lost(before, {"theme": [{"id": 1, "key": "a"}, {"id": 2, "key": "c"}]}, "any")) == 1
    assert len(lost(before, {}, "any")) == 2


def test_it_is_ready_and_its_log_is_whole(upgraded: Flask) -> None:
    assert health_problems(db.engine) == []
    assert "No fault" in run(upgraded, "db", "check")
    assert "whole" in run(upgraded, "audit", "verify", "demo")


def test_what_was_published_is_computed_again_of_the_rows_that_were_kept(upgraded: Flask) -> None:
    published = db.session.scalars(select(Publication)).all()
    assert published
    for one in published:
        kept, again = one.figures["all"], everybodys_figures(one)
        assert again["people"] == kept["people"]
        assert set(again["options"]) == set(kept["options"])
        for option, figures in kept["options"].items():
            for name in KEPT_FIGURES & set(figures):
                expected = pytest.approx(numbers(figures[name]))
                assert numbers(again["options"][option][name]) == expected, (one.question.key, option, name)
    db.session.rollback()


def test_pages_answer_an_answer_is_taken_and_a_new_day_is_published(
    upgraded: Flask, visitor: Visitor
) -> None:
    assert visitor.client.get("/").status_code == 200
    visitor.join()
    for page in ("", "mine", "scenarios", "q/leaders-meet", "q/aid-total", "q/clash-if-ceasefire"):
        assert visitor.get(page).status_code == 200, page
    for kind in ANSWERS:
        assert visitor.answers(kind).status_code == 303, kind
    assert "12.5" in visitor.get("mine").text
    link = run(upgraded, "user", "link", "owner@example.org").split()[-1]
    organizer = Visitor(upgraded.test_client(), "demo")
    assert organizer.client.post(urlsplit(link).path).status_code == 303
    for page in ("organize/", "organize/invitations", "organize/log", "organize/q/aid-total", "data/"):
        assert organizer.get(page).status_code == 200, page
    with clock.at(NOW + timedelta(days=1)):
        assert "publi" in run(upgraded, "publish", "demo")
    assert "whole" in run(upgraded, "audit", "verify", "demo")
