"""The harness is not blind: an application spoiled in one way is caught by the same checks."""

from pathlib import Path

import pytest

from survey.server import http
from survey.store.engine import db

from ..conftest import make_app
from .application import forgetful
from .campaign import run
from .servers import DidNotStart, Server

pytestmark = [pytest.mark.faults, pytest.mark.store]

SQLITE = pytest.mark.parametrize(
    "database", [pytest.param("sqlite", marks=pytest.mark.sqlite)], indirect=True
)


@pytest.mark.long
@SQLITE
def test_without_keys_forecasts_are_stored_twice(database: str, tmp_path: Path) -> None:
    outcome = run(Server(database, tmp_path, "without keys"), database, [], seconds=0, acts=50)
    assert outcome.by_sort["duplicate"]
    assert not outcome.by_sort["lost"]


@pytest.mark.long
@SQLITE
def test_an_acknowledgement_before_the_commit_is_a_lie(database: str, tmp_path: Path) -> None:
    server = Server(database, tmp_path, "hasty")
    outcome = run(server, database, [server.restart], seconds=0.5, acts=50)
    assert outcome.by_sort["lost"]
    assert not outcome.by_sort["duplicate"]


def test_commits_that_return_too_early_are_found_before_anybody_is_answered(
    database: str, tmp_path: Path
) -> None:
    app = make_app(database, tmp_path)
    forgetful(app)
    with pytest.raises(http.NotReady, match=r"synchronous is 0, must be 2|synchronous_commit is off"):
        http.check_ready(app)
    with app.app_context():
        db.engine.dispose()


@pytest.mark.long
@SQLITE
def test_a_server_that_cannot_start_says_why(database: str, tmp_path: Path) -> None:
    Path(database.removeprefix("sqlite:///")).unlink()
    with pytest.raises(DidNotStart, match="parley db upgrade"), Server(database, tmp_path):
        pass
