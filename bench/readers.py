"""A wave of readers: the pages of a survey for readers the site does not know, beside `/healthz` in the same run.

`python -m bench.readers [SECONDS]` prints for each page requests per second at 8 clients without cookies, the CPU of
the server for one, and the ratio to `/healthz`, which asks nothing of anybody: the floor of any page.
"""

import os
import sys
import threading
import time
from collections.abc import Sequence
from http.client import HTTPConnection

from tests.teardown import torn_down

from .accept import cpu, prepare, served

CLIENTS = 8
FLOOR = "/healthz"
EMBED = "/embed/s/ukraine/q/leaders-meet"
PAGES = (FLOOR, "/", "/s/ukraine/themes", "/s/ukraine/join", "/methods", EMBED)


def read(port: int, paths: Sequence[str], seconds: float, clients: int = CLIENTS) -> int:
    """How often the pages, in turn, were read by all clients."""
    counts = [0] * clients
    until = time.monotonic() + seconds

    def client(place: int) -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        while time.monotonic() < until:
            connection.request("GET", paths[counts[place] % len(paths)])
            response = connection.getresponse()
            response.read()
            if response.status != 200:
                raise RuntimeError(f"status {response.status}")
            counts[place] += 1

    threads = [threading.Thread(target=client, args=(place,)) for place in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts)


def measure(port: int, process: int, seconds: float) -> None:
    """Every page in turn, and its ratio to the floor."""
    floor = 0.0
    for path in PAGES:
        read(port, [path], 1)
        before = cpu(process)
        count = read(port, [path], seconds)
        rate, each = count / seconds, (cpu(process) - before) / count * 1000
        floor = rate if path == FLOOR else floor
        print(
            f"{path:20} {rate:8.1f}/s  {each:6.2f} ms of CPU  {rate / floor:5.2f} of {FLOOR}"
            f"  (reach 150/s and 15 ms); load {os.getloadavg()[0]:.1f}",
            flush=True,
        )


if __name__ == "__main__":
    length = float(sys.argv[1]) if len(sys.argv) > 1 else 8.0
    with torn_down() as made:
        url = f"sqlite:///{made}/bench.sqlite"
        prepare(url, made)
        with served("parley", url, made) as (port, process):
            measure(port, process, length)
