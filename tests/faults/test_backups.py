"""Backups made while people answer: each, restored, holds every answer that was acknowledged before it began."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import make_url

from ..postgresql import PostgreSQL, _packaged
from .door import Door
from .history import History, stored_submissions
from .servers import ROOT, Server
from .writing import Writer

pytestmark = [pytest.mark.faults, pytest.mark.long, pytest.mark.store]

BACKUPS = 5
WRITERS = 3
#: Answers between two backups, and seconds in which they must have come.
ACTS, PATIENCE = 15, 30.0


def parley(database: str, folder: Path, *words: str) -> str:
    """A command in a process of its own, with PostgreSQL's programs of the version that the tests run."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PARLEY_")},
        "PARLEY_DATABASE_URL": database,
        "PARLEY_INSTANCE": str(folder),
        "PARLEY_SECRET_KEY": "a key for tests alone, long enough 0123456789",
        "PATH": f"{_packaged() / 'bin'}{os.pathsep}{os.environ['PATH']}",
    }
    ended = subprocess.run(
        [sys.executable, "-m", "survey", *words], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


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
                parley(database, tmp_path, "backup", str(tmp_path / f"{number}.tar.gz"))
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
        parley(place, folder, "restore", str(tmp_path / f"{number}.tar.gz"))
        held = {row.key for row in stored_submissions(str(make_url(place).render_as_string(False)))}
        assert keys - held == set()
        assert "is whole" in parley(place, folder, "audit", "verify", "ukraine")
        assert "No fault" in parley(place, folder, "db", "check")
