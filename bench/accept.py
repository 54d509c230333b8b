"""Accepting a forecast over HTTP, durably: the application, its floor, two inserts, in turn on one database.

`python -m bench.accept [SECONDS] [gunicorn]` prints for SQLite and PostgreSQL acknowledgements per second at 16
clients, the median and the 99th percentile of their waits, the server's CPU for one, and the ratios to the floor of
the same run: under the embedded server, or under gunicorn with two workers of eight threads.
"""

import json
import os
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import numpy as np

from survey import create_app
from survey.bank.loading import load_bank
from survey.services import enrollment
from survey.services.api_tokens import issue_token
from survey.store.alembic import alembic
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.postgresql import Cluster
from tests.teardown import torn_down

CLIENTS = 16
PATH = "/api/v1/surveys/ukraine/questions/leaders-meet/forecasts"
WHAT = ("two-inserts", "floor", "parley")


def prepare(url: str, folder: Path) -> list[str]:
    """A migrated database with the bank and a participant for each client; their tokens."""
    app = create_app(settings(url, folder, 0))
    with app.app_context():
        alembic.upgrade()
        survey = transaction(lambda session: load_bank(session, "ukraine"))

        def join(session: object) -> list[str]:
            tokens = []
            for _ in range(CLIENTS):
                code, key = enrollment.new_code(), uuid.uuid4().hex
                person, _new = enrollment.join(db.session, survey, language="en", join_key=key, code=code)
                tokens.append(issue_token(db.session, person))
            return tokens

        tokens = transaction(join)
        db.engine.dispose()
    return tokens


def settings(url: str, folder: Path, port: int) -> dict[str, str]:
    """What all three are started with."""
    return {
        "PARLEY_DATABASE_URL": url,
        "PARLEY_INSTANCE": str(folder),
        "PARLEY_SECRET_KEY": "a key for the benchmark, long enough 012345",
        "PARLEY_RATE_LIMITS": "no",
        "PARLEY_THREADS": str(CLIENTS),
        "PARLEY_PORT": str(port),
    }


def command(what: str, port: int, gunicorn: bool) -> list[str]:
    """What starts one of the three."""
    if not gunicorn:
        return [sys.executable, "-m", "bench.served", what]
    bound = ["--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", str(CLIENTS // 2)]
    return [
        sys.executable,
        "-m",
        "gunicorn",
        *bound,
        "--log-level",
        "warning",
        f'bench.served:application("{what}")',
    ]


def cpu(process: int) -> float:
    """Seconds of CPU that a process and its children have taken so far (Linux)."""
    own = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()[11:13]
    children = Path(f"/proc/{process}/task/{process}/children").read_text("ascii").split()
    return sum(map(int, own)) / os.sysconf("SC_CLK_TCK") + sum(cpu(int(child)) for child in children)


@contextmanager
def served(what: str, url: str, folder: Path, gunicorn: bool = False) -> Iterator[tuple[int, int]]:
    """One of the three in a process of its own; its port and the process' id."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, **settings(url, folder, port)}
    # What a server logs is no part of the table; it is shown where the server ends by itself.
    log = folder / f"{what}.log"
    with log.open("w", encoding="utf-8") as file:
        process = subprocess.Popen(command(what, port, gunicorn), env=environment, stdout=file, stderr=file)
    try:
        while not answers(port):
            if process.poll() is not None:
                raise RuntimeError(f"{what} did not start:\n{log.read_text(encoding='utf-8')}")
            time.sleep(0.1)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(timeout=20)


def answers(port: int) -> bool:
    """Whether the server is up."""
    try:
        connection = HTTPConnection("127.0.0.1", port, timeout=2)
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False


def load(port: int, tokens: list[str], seconds: float) -> tuple[float, list[float]]:
    """Acknowledgements per second, and every wait in milliseconds."""
    waits: list[float] = []
    until = time.monotonic() + seconds

    def client(token: str) -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        while time.monotonic() < until:
            body = json.dumps({"values": {"p-yes": 0.3}})
            start = time.perf_counter()
            connection.request("POST", PATH, body, {**headers, "Idempotency-Key": uuid.uuid4().hex})
            response = connection.getresponse()
            response.read()
            if response.status != 201:
                raise RuntimeError(f"status {response.status}")
            waits.append((time.perf_counter() - start) * 1000)

    threads = [threading.Thread(target=client, args=(token,)) for token in tokens]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(waits) / seconds, waits


def measure(name: str, url: str, folder: Path, seconds: float, gunicorn: bool = False) -> None:
    """All three on one database, and their ratios."""
    tokens = prepare(url, folder)
    found: dict[str, tuple[float, float, float]] = {}
    for what in WHAT:
        with served(what, url, folder, gunicorn) as (port, process):
            load(port, tokens, 2)
            before = cpu(process)
            rate, waits = load(port, tokens, seconds)
            each = (cpu(process) - before) / len(waits) * 1000
        median, tail = np.percentile(waits, [50, 99])
        found[what] = (rate, float(median), float(tail))
        print(
            f"{name:10} {what:12} {rate:8.1f}/s  p50 {median:7.1f} ms  p99 {tail:7.1f} ms  {each:5.2f} ms of CPU",
            flush=True,
        )
    ours, floor, inserts = found["parley"], found["floor"], found["two-inserts"]
    print(
        f"{name:10} ratio to the floor {ours[0] / floor[0]:.2f} (reach 0.5), p99 {ours[2] / floor[2]:.1f} x"
        f" (reach 3), to two inserts {ours[0] / inserts[0]:.2f}; load {os.getloadavg()[0]:.1f}",
        flush=True,
    )


if __name__ == "__main__":
    with_gunicorn = "gunicorn" in sys.argv[1:]
    length = next((float(word) for word in sys.argv[1:] if word != "gunicorn"), 8.0)
    with torn_down() as made, Cluster() as cluster:
        measure("SQLite", f"sqlite:///{made}/bench.sqlite", made, length, with_gunicorn)
        measure("PostgreSQL", cluster.postgresql.url, made, length, with_gunicorn)
