"""Answering while a long export runs: what it makes of the slowest answers in a hundred.

`python -m bench.beside_export [ROWS]` fills a SQLite file with about as many numbers (100,000), lets four clients
answer four times a second each, and does so again while a snapshot is made as the worker makes it: in a process of
its own, at a low priority. Reach: the 99th percentile is at most twice what it is without.
"""

import json
import os
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path

import numpy as np
from sqlalchemy import select

from bench.accept import PATH, cpu, prepare, served, settings
from bench.long_export import EACH
from bench.publishing import apart, fill
from survey import create_app
from survey.models import Survey
from survey.server.worker import make_nicer
from survey.services.task_work import ask_snapshot
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.teardown import torn_down

CLIENTS, PAUSE, ALONE, ROUNDS, REACH = 4, 0.25, 15.0, 3, 2.0


def answer(port: int, tokens: list[str], goes_on: Callable[[], bool]) -> list[float]:
    """Every wait in milliseconds; each client pauses between two answers."""
    waits: list[float] = []

    def client(token: str) -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        while goes_on():
            body = json.dumps({"values": {"p-yes": 0.3}})
            start = time.perf_counter()
            connection.request("POST", PATH, body, {**headers, "Idempotency-Key": uuid.uuid4().hex})
            response = connection.getresponse()
            response.read()
            assert response.status == 201, response.status
            waits.append((time.perf_counter() - start) * 1000)
            time.sleep(PAUSE)

    threads = [threading.Thread(target=client, args=(token,)) for token in tokens]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return waits


def asked(url: str, folder: Path) -> int:
    """The number of a task that waits."""
    with create_app(settings(url, folder, 0), doors=False).app_context():
        number = transaction(
            lambda session: ask_snapshot(session, session.scalars(select(Survey)).one(), None).id
        )
        db.engine.dispose()
    return number


def export(url: str, folder: Path, port: int, tokens: list[str]) -> tuple[list[float], float, float]:
    """Every wait while a snapshot is made; the seconds that took, of CPU and of the clock."""
    spent, begun = [0.0], time.monotonic()
    making = subprocess.Popen(
        [sys.executable, "-m", "survey", "task", "run", str(asked(url, folder))],
        env={**os.environ, **settings(url, folder, 0)},
        stdout=subprocess.DEVNULL,
    )
    make_nicer(making.pid)

    def goes_on() -> bool:
        if making.poll() is not None:
            return False
        spent.append(cpu(making.pid))
        return True

    waits = answer(port, tokens, goes_on)
    assert making.returncode == 0, "the snapshot was not made"
    return waits, max(spent), time.monotonic() - begun


def main(rows: int) -> None:
    """The table: in turn, as a machine that others use is never twice the same."""
    with torn_down() as folder:
        url = f"sqlite:///{folder / 'bench.sqlite'}"
        apart(fill, folder, round(rows / EACH))
        tokens = prepare(url, folder)[:CLIENTS]
        ratios = []
        with served("parley", url, folder) as (port, _process):
            answer(port, tokens, _for(2))
            for _round in range(ROUNDS):
                alone = answer(port, tokens, _for(ALONE))
                beside, spent, took = export(url, folder, port, tokens)
                told = []
                for name, waits in (("alone", alone), ("beside", beside)):
                    median, tail = np.percentile(waits, [50, 99])
                    told.append(f"{name} {len(waits)} answers, p50 {median:.1f} ms, p99 {tail:.1f} ms")
                ratios.append(np.percentile(beside, 99) / np.percentile(alone, 99))
                print(
                    f"{'; '.join(told)}: {ratios[-1]:.2f} x; the export took {spent:.1f} s CPU in {took:.1f} s;"
                    f" load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores",
                    flush=True,
                )
    print(f"p99 {np.median(ratios):.2f} x, the median of {ROUNDS} rounds (reach {REACH})")


def _for(seconds: float) -> Callable[[], bool]:
    until = time.monotonic() + seconds
    return lambda: time.monotonic() < until


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
