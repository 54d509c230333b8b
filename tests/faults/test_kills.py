"""Killed while people answer: whatever was acknowledged is stored, once, as it was sent, in its order."""

from pathlib import Path

import pytest

from ..postgresql import Cluster
from .campaign import Outcome, run
from .servers import Server, Workers

pytestmark = [pytest.mark.alone, pytest.mark.faults]

#: Of each sort; the long run has twenty.
KILLS = 1
#: Mean seconds of answering before each kill, and after the last.
PAUSE = 0.5
ACTS = 20


def assert_kept(outcome: Outcome) -> None:
    """Every acknowledgement was true, and people could go on soon."""
    assert outcome.acknowledged >= ACTS
    assert outcome.faults == []
    assert outcome.passed, f"recovered after {outcome.recoveries} s"


def test_a_killed_server_loses_nothing(database: str, tmp_path: Path) -> None:
    server = Server(database, tmp_path)
    assert_kept(run(server, database, [server.restart] * KILLS, PAUSE, ACTS))


def test_a_killed_worker_loses_nothing(database: str, tmp_path: Path) -> None:
    server = Workers(database, tmp_path)
    assert_kept(run(server, database, [server.kill_one] * KILLS, PAUSE, ACTS))


@pytest.mark.postgresql
def test_a_killed_database_loses_nothing(cluster: Cluster, killable: str, tmp_path: Path) -> None:
    server = Server(killable, tmp_path)
    assert_kept(run(server, killable, [cluster.restart] * KILLS, PAUSE, ACTS))
