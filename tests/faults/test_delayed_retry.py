"""A request that was held back on its way: a repeat gets its first receipt, and the newer opinion stands."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from .door import Door
from .history import stored_submissions
from .proxy import holding
from .servers import Server

pytestmark = pytest.mark.faults


@pytest.fixture
def door(database: str, tmp_path: Path) -> Iterator[Door]:
    """The way into a server of its own."""
    with Server(database, tmp_path) as server:
        yield Door(server.port)


def test_a_request_that_comes_late(door: Door, database: str) -> None:
    person = door.join()
    first = door.forecast(person, "the-first-opinion", 0.3)
    with holding(door.port) as proxy, ThreadPoolExecutor(1) as pool:
        late = pool.submit(Door(proxy.port).forecast, person, "the-first-opinion", 0.3)
        assert proxy.arrived.wait(10)
        second = door.forecast(person, "the-second-opinion", 0.6)
        proxy.let_go.set()
        assert late.result(timeout=10) == first
    with holding(door.port) as proxy, ThreadPoolExecutor(1) as pool:
        never_stored = pool.submit(Door(proxy.port).forecast, person, "an-opinion-on-the-way", 0.4)
        assert proxy.arrived.wait(10)
        third = door.forecast(person, "the-third-opinion", 0.7)
        proxy.let_go.set()
        # It was stored by nobody before: it takes its place behind what came before it, and says which.
        assert never_stored.result(timeout=10).revision == third.revision + 1
    assert (first.revision, second.revision, third.revision) == (1, 2, 3)
    stored = stored_submissions(database)
    assert [(row.revision, row.values) for row in stored] == [
        (1, (0.3,)),
        (2, (0.6,)),
        (3, (0.7,)),
        (4, (0.4,)),
    ]
