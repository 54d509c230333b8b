"""A minute of answering on SQLite, durably, while others read: how many answers a second, and how long they wait.

`python -m bench.minute [SECONDS]` prints what 16 clients were acknowledged and two readers shown meanwhile, by the
embedded server's one process and by gunicorn's two, the server's CPU, the machine's load and the versions; it fails
where the database holds anything else. One process has one interpreter lock, for which a writer whose turn it is
waits behind each page that is made.
"""

import os
import platform
import sqlite3
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

import numpy as np

from tests.teardown import torn_down

from .accept import cpu, load, prepare, served
from .readers import PAGES, read

READERS = 2
WITH = ("Flask", "SQLAlchemy", "waitress", "gunicorn")
SERVERS = {"embedded": False, "gunicorn 2 × 8": True}


def measure(server: str, folder: Path, seconds: float) -> None:
    """Everybody at once, and what came of it."""
    file = folder / "bench.sqlite"
    url = f"sqlite:///{file}"
    tokens = prepare(url, folder)
    with served("parley", url, folder, SERVERS[server]) as (port, process), ThreadPoolExecutor(1) as pool:
        before = cpu(process)
        pages = pool.submit(read, port, PAGES[1:], seconds, READERS)
        rate, waits = load(port, tokens, seconds)
        shown, spent = pages.result(), cpu(process) - before
    with sqlite3.connect(file) as connection:
        (stored,) = connection.execute("SELECT count(*) FROM submission").fetchone()
    assert stored == len(waits), (
        "every acknowledgement is a submission, and every submission was acknowledged"
    )
    median, tail = np.percentile(waits, [50, 99])
    print(
        f"{server:15} {rate:6.1f} answers/s (reach 120), p50 {median:.0f} ms, p99 {tail:.0f} ms;"
        f" {shown / seconds:.1f} pages/s; {spent / seconds:.2f} cores;"
        f" load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores",
        flush=True,
    )


if __name__ == "__main__":
    length = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    for name in SERVERS:
        with torn_down() as made:
            measure(name, made, length)
    print(
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version},"
        f" {', '.join(f'{package} {version(package)}' for package in WITH)}"
    )
