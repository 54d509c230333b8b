"""Backups made while people answer: each, restored, holds every answer that was acknowledged before it began."""

import os
import threading
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy import make_url

from survey.cli import main
from survey.cli.root import _application
from survey.store.engine import db

from ..postgresql import PostgreSQL, _packaged
from .door import Door
from .history import History, stored_submissions
from .servers import Server
from .writing import Writer

pytestmark = [pytest.mark.faults, pytest.mark.long, pytest.mark.store]

BACKUPS = 5
WRITERS = 3
#: Answers between two backups, and seconds in which they must have come.
ACTS, PATIENCE = 15, 30.0


def environment(database: str, folder: Path) -> dict[str, str]:
    """The settings of an instance, and PostgreSQL's programs of the version that the tests run."""
    return {
        "PARLEY_DATABASE_URL": database,
        "PARLEY_INSTANCE": str(folder),
        "PARLEY_SECRET_KEY": "a key for tests alone, long enough 0123456789",
        "PATH": f"{_packaged() / 'bin'}{os.pathsep}{os.environ['PATH']}",
    }


def run(database: str, folder: Path, *commands: tuple[list[str], str]) -> None:
    """Commands that succeed and say so, each with an application of its own.

    In this process, which the server is not in: to start one for each took five times as long as what they do, and
    all the while people answered.
    """
    facts = environment(database, folder)
    runner = CliRunner(env={name: None for name in os.environ if name.startswith("PARLEY_")} | facts)
    made: list[Flask] = []

    def application() -> Flask:
        made.append(_application())
        return made[-1]

    for words, said in commands:
        result = runner.invoke(main, words, obj=ScriptInfo(create_app=application))
        assert result.exit_code == 0 and said in result.output, result.output
    for app in made:
        with app.app_context():
            db.engine.dispose()


def back_up(database: str, folder: Path, file: Path) -> None:
    """Make a backup beside a server that answers."""
    run(database, folder, (["backup", str(file)], ""))


def restored(place: str, folder: Path, backup: Path) -> None:
    """A backup in an empty place, which is whole."""
    whole = ["audit", "verify", "ukraine"], "is whole"
    run(place, folder, (["restore", str(backup)], ""), whole, (["db", "check"], "No fault"))


def empty(database: str, folder: Path, request: pytest.FixtureRequest) -> str:
    """An empty database of the same kind; its address."""
    if database.startswith("sqlite"):
        return f"sqlite:///{folder / 'parley.sqlite'}"
    server: PostgreSQL = request.getfixturevalue("postgresql")
    name = folder.name.replace("-", "_")
    server.execute(f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name}")
    return server.database(name)


def test_each_backup_of_a_server_that_answers_holds_all_it_had_acknowledged(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    history, stop = History(), threading.Event()
    acknowledged: list[set[str]] = []
    with Server(database, tmp_path) as server:
        writers = [Writer(Door(server.port), Door(server.port).join(), history, stop) for _ in range(WRITERS)]
        for writer in writers:
            writer.start()
        try:
            for number in range(BACKUPS):
                assert history.wait_for_acts(ACTS * (number + 1), PATIENCE)
                began = time.monotonic()
                acknowledged.append({act.key for act in history.acknowledged if act.acknowledged_at <= began})  # type: ignore[operator]
                back_up(database, tmp_path, tmp_path / f"{number}.tar.gz")
                assert history.wait_for_request_after(began, PATIENCE), "nobody could answer meanwhile"
        finally:
            stop.set()
            for writer in writers:
                writer.join()
    assert history.refusals == []
    for number, keys in enumerate(acknowledged):
        folder = tmp_path / f"restored-{number}"
        folder.mkdir()
        place = empty(database, folder, request)
        restored(place, folder, tmp_path / f"{number}.tar.gz")
        held = {row.key for row in stored_submissions(str(make_url(place).render_as_string(False)))}
        assert keys - held == set()
