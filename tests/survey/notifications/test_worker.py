"""The background worker: on either database's queue, beside the server, without anybody's data in it."""

import threading
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy.orm import Session

from survey.cli import main
from survey.config import WeakSetting, read_settings
from survey.notifications import messages
from survey.server import http, worker

from .conftest import LEAVES_CONNECTIONS, reachable

pytestmark = [pytest.mark.store, LEAVES_CONNECTIONS, pytest.mark.usefixtures("nothing_left_open")]


def wait_for(done: object, seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not done():  # type: ignore[operator]
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def test_the_worker_does_its_task_and_stops(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    monkeypatch.setattr(worker, "deliver", lambda *_told: done.append("looked") or (0, 0))
    stop = worker.start_beside(app)
    try:
        queue = worker.make_queue(app)
        # The task as its schedule would put it there, without waiting for the minute.
        (task,) = queue._registry.periodic_tasks
        queue.enqueue(task)
        wait_for(lambda: done and queue.pending_count() == 0)
    finally:
        stop()
    assert "worker" not in {thread.name for thread in threading.enumerate()}


def test_the_queue_holds_nothing_about_anybody(app: Flask, session: Session) -> None:
    reachable(session, "canary@example.org")
    session.commit()
    queue = worker.make_queue(app)
    (task,) = queue._registry.periodic_tasks
    assert (task.args, task.kwargs) == ((), {})


def test_where_the_worker_belongs_elsewhere_none_runs_beside_the_server(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []
    monkeypatch.setattr(worker, "start_beside", lambda app: lambda: started.append("and stopped"))
    app.config["PARLEY"] = {**app.config["PARLEY"], "QUEUE": "none"}
    http.start_worker(app)()
    assert started == []
    app.config["PARLEY"] = {**app.config["PARLEY"], "QUEUE": ""}
    http.start_worker(app)()
    assert started == ["and stopped"]


def test_a_worker_that_cannot_start_keeps_nobody_from_answering(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(app: Flask) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(worker, "start_beside", fail)
    http.start_worker(app)()
    assert "The worker did not start" in caplog.text


def test_the_tables_of_the_queue_are_none_of_ours(app: Flask) -> None:
    worker.make_queue(app).pending_count()
    checked = app.test_cli_runner().invoke(main, ["db", "check"])
    assert checked.exit_code == 0, checked.output


def test_an_unknown_queue_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WeakSetting, match="PARLEY_QUEUE"):
        read_settings({"PARLEY_QUEUE": "carrier pigeons", "PARLEY_INSTANCE": str(tmp_path)})


def test_one_run_from_a_terminal_says_what_it_did(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "deliver", lambda *_told: (3, 1))
    result = app.test_cli_runner().invoke(main, ["notify"])
    assert result.output == "3 noted, 1 email sent\n"
    assert isinstance(app.test_cli_runner(), CliRunner)
