"""The long run: `python -m tests.faults [KILLS]` prints a table, and fails where anything is not as it must be.

Three kinds of kill on two databases, and applications that are spoiled on purpose: those must be caught.
"""

import logging
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from survey import clock

from ..conftest import TODAY, make_app, migrate_and_load
from ..postgresql import Cluster
from ..teardown import torn_down
from .campaign import Outcome, Strike, run
from .servers import Server, Workers

KILLS = 20
#: Mean seconds of answering between two kills.
PAUSE = 1.5
#: At least as many forecasts for each kill.
ACTS = 10

HEADINGS = (
    "configuration",
    "fault",
    "acknowledged",
    "lost",
    "duplicate",
    "altered",
    "other violations",
    "slowest recovery s",
    "verdict",
)
SHOWN_APART = ("lost", "duplicate", "altered")


@dataclass(frozen=True)
class Campaign:
    """One row of the table.

    Attributes
    ----------
    fault
        What is killed: server, worker or database; as many times as `kills` says.
    spoiled
        How the application is spoiled, empty where it is as it should be.
    """

    database: str
    fault: str
    kills: int
    spoiled: str = ""

    @property
    def name(self) -> str:
        """Database and server, and in which way it is spoiled."""
        server = "gunicorn 2×4" if self.fault == "worker" else "waitress"
        plain = f"{self.database}, {server}"
        return f"CONTROL {plain}, {self.spoiled}" if self.spoiled else plain

    def run(self, cluster: Cluster, folder: Path) -> Outcome:
        """Run it on a fresh database."""
        url = self._fresh_database(cluster, folder)
        server = (Workers if self.fault == "worker" else Server)(url, folder, self.spoiled)
        return run(server, url, [self._strike(server, cluster)] * self.kills, PAUSE, ACTS * self.kills)

    def is_right(self, outcome: Outcome) -> bool:
        """Whether the run came out as it must: a spoiled application is found out."""
        return bool(outcome.faults) if self.spoiled else outcome.passed

    def row(self, outcome: Outcome) -> list[str]:
        """What the table shows of it."""
        other = {sort: count for sort, count in outcome.by_sort.items() if sort not in SHOWN_APART}
        slowest = max(outcome.recoveries, default=None)
        verdict = "PASS" if outcome.passed else "FAIL"
        return [
            self.name,
            f"{self.kills} × kill -9 {self.fault}",
            str(outcome.acknowledged),
            *(str(outcome.by_sort[sort]) for sort in SHOWN_APART),
            ", ".join(f"{sort} {count}" for sort, count in other.items()) or "–",
            "–" if slowest is None else f"{slowest:.2f}",
            verdict if not self.spoiled else f"{verdict}, {'as it must' if outcome.faults else 'MISSED'}",
        ]

    def _fresh_database(self, cluster: Cluster, folder: Path) -> str:
        if self.database == "SQLite":
            url = f"sqlite:///{folder / 'parley.sqlite'}"
        else:
            name = f"faults_{folder.name}".lower()
            cluster.postgresql.execute(f"CREATE DATABASE {name}")
            url = cluster.postgresql.database(name)
        migrate_and_load(make_app(url, folder))
        return url

    def _strike(self, server: Server, cluster: Cluster) -> Strike:
        if isinstance(server, Workers):
            return server.kill_one
        return cluster.restart if self.fault == "database" else server.restart


def campaigns(kills: int) -> Iterator[Campaign]:
    """Every row of the table."""
    for database in ("SQLite", "PostgreSQL"):
        yield Campaign(database, "server", kills)
        yield Campaign(database, "worker", kills)
    yield Campaign("PostgreSQL", "database", kills)
    few = max(1, kills // 4)
    for database in ("SQLite", "PostgreSQL"):
        yield Campaign(database, "server", few, "without keys")
        yield Campaign(database, "server", few, "hasty")
    # A commit lies in memory for a fifth of a second at most: it takes many kills to hit one.
    yield Campaign("PostgreSQL", "database", kills, "forgetful")


def main(kills: int, say: Callable[[str], None]) -> int:
    """Run everything and print the table; the number of rows that are not as they must be."""
    wrong = 0
    rows = [list(HEADINGS), ["---"] * len(HEADINGS)]
    with ExitStack() as stack:
        stack.enter_context(torn_down())
        stack.enter_context(clock.at(TODAY))
        cluster = stack.enter_context(Cluster())
        for number, campaign in enumerate(campaigns(kills)):
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory())) / f"run_{number}"
            folder.mkdir()
            outcome = campaign.run(cluster, folder)
            rows.append(campaign.row(outcome))
            wrong += not campaign.is_right(outcome)
            say(f"  {' · '.join(rows[-1])}")
            say(f"    started in {outcome.started:.1f} s; instead of an answer: {dict(outcome.unanswered)}")
            for fault in outcome.faults[: 0 if campaign.spoiled else 10]:
                say(f"    {fault.sort}: {fault.sentence}")
    say("\n" + "\n".join(f"| {' | '.join(row)} |" for row in rows))
    return wrong


if __name__ == "__main__":
    logging.getLogger("alembic").setLevel(logging.WARNING)
    sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else KILLS, lambda line: print(line, flush=True)))
