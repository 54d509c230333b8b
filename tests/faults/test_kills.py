"""Killed while people answer: whatever was acknowledged is stored, once, as it was sent, in its order."""

from pathlib import Path

import pytest

from .campaign import Outcome, run
from .databases import Cluster
from .servers import Server, Workers

pytestmark = pytest.mark.faults

#: Mean seconds of answering between two kills.
PAUSE = 0.5
ACTS = 20


def assert_kept(outcome: Outcome) -> None:
    """Every acknowledgement was true, and people could go on soon."""
    assert outcome.acknowledged >= ACTS
    assert outcome.faults == []
    assert outcome.passed, f"recovered after {outcome.recoveries} s"


def test_a_killed_server_loses_nothing(database: str, tmp_path: Path) -> None:
    server = Server(database, tmp_path)
    assert_kept(run(server, database, [server.restart] * 2, PAUSE, ACTS))


def test_a_killed_worker_loses_nothing(database: str, tmp_path: Path) -> None:
    server = Workers(database, tmp_path)
    assert_kept(run(server, database, [server.kill_one] * 2, PAUSE, ACTS))


@pytest.mark.postgresql
def test_a_killed_database_loses_nothing(cluster: Cluster, killable: str, tmp_path: Path) -> None:
    server = Server(killable, tmp_path)
    assert_kept(run(server, killable, [cluster.restart] * 2, PAUSE, ACTS))
