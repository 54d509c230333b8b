"""The commands of the README's "In production", as they stand there: they serve on PostgreSQL, or refuse to start."""

import shlex
import sys
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from survey.services.data_controller import FIELDS, name_controller
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.conftest import make_app
from tests.factories import the_survey

from .door import Door
from .history import stored_submissions
from .servers import ROOT, DidNotStart, Server

pytestmark = [pytest.mark.faults, pytest.mark.long]

FACTORY = "survey.server.http:production"
#: The same with the clock held at the suite's day.
HELD = "tests.faults.application:production"
PORT_OPTIONS = {"gunicorn": "--bind=127.0.0.1:{}", "granian": "--port={}"}
SERVERS = tuple(PORT_OPTIONS)


def documented(server: str) -> list[str]:
    """The words of the README's command for a server."""
    lines = (ROOT / "README.md").read_text().splitlines()
    (line,) = (line for line in lines if line.startswith(f"{server} "))
    return shlex.split(line)


class Production(Server):
    """A server as the README starts it, at a port of its own."""

    def __init__(self, server: str, database: str, folder: Path, **more: str) -> None:
        super().__init__(database, folder)
        self.server = server
        self._environment |= {
            "PARLEY_ENVIRONMENT": "production",
            "PARLEY_TRUSTED_HOSTS": "127.0.0.1",
            "PARLEY_SECRET_KEY": "Kb7-fQ2_xWz9mLr4TnY6vHc3pJd8sGa5",
            **more,
        }

    def command(self) -> list[str]:
        """What is run: the documented words, with the clock held."""
        program, *words = documented(self.server)
        words = [word.replace(FACTORY, HELD) for word in words]
        return [sys.executable, "-m", program, *words, PORT_OPTIONS[program].format(self.port)]


def say_who_asks(database: str, folder: Path) -> None:
    """What an owner says before anybody can join in production."""
    app = make_app(database, folder, doors=False)
    with app.app_context():
        said = {language: dict.fromkeys(FIELDS, "Said") for language in ("en", "uk")}
        transaction(lambda session: name_controller(session, the_survey(session), said))
        db.engine.dispose()


def served(port: int, path: str) -> str:
    with urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return str(answer.read().decode())


def kept_and_packed(port: int, path: str) -> tuple[str | None, str | None]:
    """Whether caches may keep an answer, and how it is compressed for whoever takes that."""
    asked = Request(f"http://127.0.0.1:{port}{path}", headers={"Accept-Encoding": "gzip"})
    with urlopen(asked, timeout=10) as answer:
        return answer.headers["Cache-Control"], answer.headers["Content-Encoding"]


@pytest.mark.parametrize("server", SERVERS)
def test_the_documented_command_names_the_factory_that_checks(server: str) -> None:
    assert any(word.removesuffix("()") == FACTORY for word in documented(server))


@pytest.mark.postgresql
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
@pytest.mark.parametrize("server", SERVERS)
def test_it_serves_stores_a_forecast_and_stops(server: str, database: str, tmp_path: Path) -> None:
    say_who_asks(database, tmp_path)
    with Production(server, database, tmp_path) as running:
        assert served(running.port, "/healthz") == "ok"
        assert served(running.port, "/readyz") == "ready"
        assert kept_and_packed(running.port, "/static/parley.css") == ("public, no-cache", "gzip")
        assert kept_and_packed(running.port, "/") == ("no-store", None)
        door = Door(running.port)
        person = door.join()
        receipt = door.forecast(person, "one-forecast-in-production", 0.3)
        assert receipt.revision == door.last_revision(person) == 1
    assert [(row.person, row.values) for row in stored_submissions(database)] == [(person.join_key, (0.3,))]
    assert not door.answers()


@pytest.mark.postgresql
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
@pytest.mark.parametrize("server", SERVERS)
def test_a_weak_setting_ends_it_with_a_reason(server: str, database: str, tmp_path: Path) -> None:
    running = Production(server, database, tmp_path, PARLEY_SECRET_KEY="short")
    with pytest.raises(DidNotStart, match="PARLEY_SECRET_KEY is too weak"), running:
        pass
    assert not running.runs
