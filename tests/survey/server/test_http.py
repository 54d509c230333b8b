"""The embedded server: ready or not at all, and publishing after each UTC day."""

import contextlib
import gc
import shutil
import socket
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.pool import QueuePool

from survey import clock, create_app
from survey.bank.loading import load_bank
from survey.cli import main
from survey.config import WeakSetting, read_settings, remember_address, site_address
from survey.models import Publication
from survey.server import http
from survey.services import publication
from survey.store import health
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.conftest import TODAY, make_app


@pytest.fixture
def sqlite_app(sqlite_few: Path, tmp_path: Path) -> Iterator[Flask]:
    """The application where the database makes no difference."""
    shutil.copy(sqlite_few, tmp_path / "parley.sqlite")
    app = make_app(f"sqlite:///{tmp_path / 'parley.sqlite'}", tmp_path)
    yield app
    with app.app_context():
        db.engine.dispose()


def test_a_migrated_database_is_ready(app: Flask) -> None:
    http.check_ready(app)


def test_an_empty_database_is_refused_with_what_to_do(tmp_path: Path) -> None:
    app = create_app({"PARLEY_INSTANCE": str(tmp_path)})
    with pytest.raises(http.NotReady, match="parley db upgrade"):
        http.check_ready(app)
    refused = app.test_cli_runner().invoke(main, ["run"])
    assert refused.exit_code == 1
    assert "Not started, nothing was changed" in refused.output
    with app.app_context():
        db.engine.dispose()


def test_a_store_that_could_lose_answers_is_refused(
    sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "unsafe_settings", lambda engine: ["synchronous is 1, must be 2"])
    with pytest.raises(http.NotReady, match="synchronous is 1"):
        http.check_ready(sqlite_app)


STRONG = {
    "PARLEY_ENVIRONMENT": "production",
    "PARLEY_SECRET_KEY": "Kb7-fQ2_xWz9mLr4TnY6vHc3pJd8sGa5",
    "PARLEY_TRUSTED_HOSTS": "parley.example.org",
}


def set_production(
    monkeypatch: pytest.MonkeyPatch, database: str, folder: Path, changed: dict[str, str | None]
) -> None:
    """The environment another server starts in, with strong settings but for those that are changed."""
    whole = STRONG | {"PARLEY_DATABASE_URL": database, "PARLEY_INSTANCE": str(folder)} | changed
    for name, value in whole.items():
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)


@pytest.fixture
def thawed() -> Iterator[None]:
    """What a server sets for its whole process is undone: garbage is given back, threads take turns as before."""
    turn = sys.getswitchinterval()
    gc.unfreeze()
    yield
    gc.unfreeze()
    sys.setswitchinterval(turn)


@pytest.mark.usefixtures("thawed")
def test_other_servers_get_the_application_settled_and_no_open_connection(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_production(monkeypatch, database, tmp_path, {})
    app = http.production()
    assert gc.get_freeze_count() > 100_000
    with app.app_context():
        pool = db.engine.pool
        assert isinstance(pool, QueuePool)
        assert pool.checkedin() == pool.checkedout() == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PARLEY_ENVIRONMENT", None),
        ("PARLEY_ENVIRONMENT", "development"),
        ("PARLEY_SECRET_KEY", "short"),
        ("PARLEY_SECRET_KEY", None),
        ("PARLEY_TRUSTED_HOSTS", ""),
    ],
)
def test_other_servers_start_with_no_weak_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str | None
) -> None:
    set_production(monkeypatch, f"sqlite:///{tmp_path / 'parley.sqlite'}", tmp_path, {name: value})
    with pytest.raises(WeakSetting, match=name):
        http.production()


def test_other_servers_start_with_no_store_that_could_lose_answers(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_production(monkeypatch, database, tmp_path, {})
    monkeypatch.setattr(health, "unsafe_settings", lambda engine: ["synchronous is 1, must be 2"])
    with pytest.raises(http.NotReady, match="synchronous is 1"):
        http.production()


# The server's library leaves its socket open where binding fails.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_port_that_is_taken_is_said_with_a_way_out(
    sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setitem(sqlite_app.config["PARLEY"], "PORT", taken.getsockname()[1])
        code, said = outcome(sqlite_app, "run")
        gc.collect()
    assert code == 1
    assert "try PARLEY_PORT=0" in said


def outcome(app: Flask, command: str) -> tuple[int, str]:
    """Exit code and words of a command, without the stack that its result would hold on to."""
    result = app.test_cli_runner().invoke(main, [command])
    return result.exit_code, result.output


@pytest.mark.parametrize(
    ("settings", "shown"),
    [
        ({}, "http://localhost:8000"),
        ({"HOST": "::1", "PORT": "81"}, "http://localhost:81"),
        ({"HOST": "0.0.0.0"}, "http://localhost:8000"),
        ({"HOST": "192.0.2.7"}, "http://192.0.2.7:8000"),
        ({"HOST": "2001:db8::7"}, "http://[2001:db8::7]:8000"),
        ({"TRUSTED_HOSTS": "127.0.0.1"}, "http://127.0.0.1:8000"),
        ({"PUBLIC_URL": "https://parley.example.org/", "HOST": "0.0.0.0"}, "https://parley.example.org"),
        ({"ENVIRONMENT": "production", "TRUSTED_HOSTS": "a.example.org,b"}, "https://a.example.org"),
    ],
)
def test_the_address_is_the_public_one_where_there_is_one(
    settings: dict[str, str], shown: str, tmp_path: Path
) -> None:
    given = {"SECRET_KEY": "Kb7-fQ2_xWz9mLr4TnY6vHc3pJd8sGa5", "INSTANCE": str(tmp_path), **settings}
    assert site_address(read_settings({f"PARLEY_{name}": value for name, value in given.items()})) == shown


def test_the_address_that_is_served_is_known_to_commands_beside_it(tmp_path: Path) -> None:
    values = read_settings({"PARLEY_INSTANCE": str(tmp_path), "PARLEY_PORT": "0"})
    assert remember_address(values, 41234) == "http://localhost:41234"
    assert site_address(read_settings({"PARLEY_INSTANCE": str(tmp_path)})) == "http://localhost:41234"


def publications(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Publication)) or 0


def wait_for(condition: object, seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def test_the_publisher_publishes_at_once_and_after_midnight(
    sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    days: list[object] = []
    monkeypatch.setattr(http, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(publication, "publish_survey", lambda *_, **__: days.append(clock.now().date()) or 0)
    stop = threading.Event()
    publisher = threading.Thread(target=http.keep_publishing, args=(sqlite_app, stop))
    publisher.start()
    try:
        wait_for(lambda: days == [TODAY.date()])
        with clock.at(TODAY + timedelta(hours=11)):
            time.sleep(0.1)
            assert len(days) == 1
        with clock.at(TODAY + timedelta(hours=12)):
            wait_for(lambda: len(days) == 2)
    finally:
        stop.set()
        publisher.join()
    assert days[:2] == [TODAY.date(), TODAY.date() + timedelta(days=1)]


def test_a_failed_publishing_is_tried_again(sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[int] = []
    stop = threading.Event()

    def fail_once(app: Flask, done: object) -> dict[str, int]:
        tried.append(1)
        if len(tried) == 1:
            raise OSError("the disk is full")
        stop.set()
        return {}

    monkeypatch.setattr(http, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(http, "publish_due", fail_once)
    http.keep_publishing(sqlite_app, stop)
    assert len(tried) == 2


@pytest.fixture
def failing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Three surveys, of which the first in the alphabet fails at its first try; whom publishing was tried for."""
    tried: list[str] = []
    with app.app_context():
        for slug in ("another", "zone"):
            transaction(lambda session, slug=slug: load_bank(session, "ukraine", slug=slug))

    def fail_for_one(session: object, slug: str, as_of: object = None) -> int:
        tried.append(slug)
        if slug == "another" and tried.count(slug) == 1:
            raise ValueError("probability must leave one option a median above 0")
        return 2

    monkeypatch.setattr(publication, "publish_survey", fail_for_one)
    return tried


def test_a_survey_that_fails_is_logged_and_tried_again_alone(
    app: Flask, failing: list[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stop = threading.Event()
    looks: list[int] = []

    def wait(_seconds: float) -> bool:
        looks.append(1)
        if len(looks) == 3:
            stop.set()
        return stop.is_set()

    monkeypatch.setattr(stop, "wait", wait)
    http.keep_publishing(app, stop)
    assert failing == ["another", "ukraine", "zone", "another"]
    (failure,) = [line for line in caplog.records if line.levelname == "ERROR"]
    assert "another" in failure.getMessage()


def test_the_command_publishes_the_others_and_says_which_failed(app: Flask, failing: list[str]) -> None:
    code, said = outcome(app, "publish")
    assert failing == ["another", "ukraine", "zone"]
    assert "ukraine: 2 questions published\nzone: 2 questions published\n" in said
    assert code == 1
    assert said.rstrip().endswith("logged above: another.")


def test_the_script_of_the_pictures_is_made_after_the_first_answers(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "PICTURES_SECONDS", 0.01)
    monkeypatch.setattr("survey.web.vega_script.bundle", lambda: b"drawn")
    app.config["PARLEY"] = {**app.config["PARLEY"], "INSTANCE": tmp_path}
    stop = threading.Event()
    http.prepare_pictures(app, stop)
    (made,) = tmp_path.iterdir()
    assert made.read_bytes() == b"drawn"
    # A server that ends before that makes none.
    made.unlink()
    stop.set()
    http.prepare_pictures(app, stop)
    assert [*tmp_path.iterdir()] == []


def test_what_is_due_is_published_and_then_no_longer_due(app: Flask) -> None:
    assert http.publish_due(app) == {"ukraine": 0}
    with app.app_context():
        transaction(lambda session: load_bank(session, "ukraine", slug="second"))
    assert http.publish_due(app) == {"second": 0, "ukraine": 0}
    assert publications(app) == 0


@pytest.fixture
def as_served(sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch, thawed: None) -> tuple[int, float]:
    """The objects left out of garbage collection and the seconds of a thread's turn, as the server runs."""
    seen: list[tuple[int, float]] = []
    server = SimpleNamespace(
        effective_port=1, run=lambda: seen.append((gc.get_freeze_count(), sys.getswitchinterval()))
    )
    monkeypatch.setattr(http, "bind", lambda *_given: server)
    monkeypatch.setattr(http, "start_worker", lambda _app: lambda: None)
    monkeypatch.setattr(http.signal, "signal", lambda *_given: None)
    http.serve(sqlite_app, lambda _address: None)
    return seen[0]


def test_what_the_server_begins_with_is_no_matter_of_garbage_collection(as_served: tuple[int, float]) -> None:
    assert as_served[0] > 100_000


def test_who_records_an_answer_waits_no_long_turn_behind_a_page_that_is_made(
    as_served: tuple[int, float],
) -> None:
    assert as_served[1] < 0.0001


def test_a_bound_server_answers_on_the_port_it_tells(sqlite_app: Flask) -> None:
    server = http.bind(sqlite_app, "127.0.0.1", 0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{http.bound_port(server)}/static/parley.css"
    asked = urllib.request.Request(address, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(asked, timeout=10) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Encoding"] == "gzip"
        assert "Server" not in answer.headers
    # The loop may be awake already, for the request that has just ended: then it has closed before it is called.
    with contextlib.suppress(OSError):
        server.trigger.pull_trigger(server.close)
    server.task_dispatcher.shutdown()
