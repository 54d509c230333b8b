"""Engine and session: pragmas, timeouts, and the queue of writers in front of SQLite."""

import contextlib
import inspect
import os
import threading
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from flask import Flask
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from ..config import WeakSetting
from .private_files import FILE, private_file

try:
    import fcntl
except ImportError:  # pragma: no cover - tried in a process of its own
    # Windows has none. What libraries put in its place asks again and again until the lock is free, which lets slow
    # writers starve, or leaves a file behind that a killed writer never frees: neither is a queue.
    fcntl = None  # type: ignore[assignment]

#: Of those who do not stand in the queue: a backup, somebody at a terminal, the log being brought into the file.
BUSY_MILLISECONDS = 5000
#: Shorter than a statement's and the server's own patience, so that a waiting writer fails here and is tried again.
LOCK_MILLISECONDS = 4000
STATEMENT_MILLISECONDS = 8000


db = SQLAlchemy()

writing: ContextVar[bool] = ContextVar("inside a write unit", default=False)


class WriterQueue:
    """One writer at a time on a SQLite file: threads of this process, then processes of this machine."""

    def __init__(self, path: Path) -> None:
        self._thread_lock = threading.Lock()
        self._path = path

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for the turn to write, and hold it for the length of a `with` block."""
        with self._thread_lock:
            # Opened anew each time: processes that were forked would share the lock of a file that was open before.
            # Its owner's alone: whoever could open it could hold it, and every writer with it.
            file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, FILE)
            try:
                fcntl.flock(file, fcntl.LOCK_EX)
                yield
            finally:
                os.close(file)


writer_queues: dict[str, WriterQueue] = {}


def init_database(app: Flask) -> None:
    """Connect the engine to the application and teach it pragmas and locks."""
    options = app.config["SQLALCHEMY_ENGINES"]["default"]
    # No value that somebody gave may stand in an error's words.
    options["hide_parameters"] = True
    if not options["url"].startswith("sqlite"):
        timeouts = f"-c lock_timeout={LOCK_MILLISECONDS} -c statement_timeout={STATEMENT_MILLISECONDS}"
        options["connect_args"] = {
            "options": f"{timeouts} -c timezone=UTC",
            **options.get("connect_args", {}),
        }
    db.init_app(app)
    # There is no asynchronous engine: closing its sessions would start an event loop at the end of each request.
    app.teardown_appcontext_funcs[:] = [
        _letting_go(function)
        for function in app.teardown_appcontext_funcs
        if not inspect.iscoroutinefunction(function)
    ]
    with app.app_context():
        engine = db.engine
    if engine.dialect.name == "sqlite":
        if fcntl is None:
            raise WeakSetting(
                "This system has no file lock (fcntl) for writers to SQLite to queue by, and without it answers could"
                " be lost: set PARLEY_DATABASE_URL to a PostgreSQL database"
            )
        _teach_sqlite(engine)


def connection_of(session: Session) -> Connection:
    """The session's connection, for reading columns in bulk: it wraps no row, as the session would.

    It does not see what the session has yet to write, so that is written first.
    """
    session.flush()
    return session.connection()


@contextlib.contextmanager
def consistent_read() -> Iterator[Session]:
    """A session of its own that sees the store as of one moment, however long it reads, and writes nothing.

    On SQLite one transaction of reading does; PostgreSQL is asked for REPEATABLE READ, and for as long as it takes.
    """
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        with Session(connection, autoflush=False) as session:
            yield session


def _letting_go(close: Callable[..., Any]) -> Callable[[BaseException | None], None]:
    """A teardown that turns no finished answer into an error where the database has gone away since."""

    def let_go(error: BaseException | None) -> None:
        with contextlib.suppress(DBAPIError):
            close(error)

    return let_go


def _teach_sqlite(engine: Engine) -> None:
    path = str(engine.url.database)
    writer_queues[path] = WriterQueue(Path(f"{path}.lock"))

    @event.listens_for(engine, "do_connect", once=True)
    def make_private_first(*_connecting: object) -> None:
        private_file(Path(path))

    # At every connection: but for WAL, SQLite keeps none of these in the file.
    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: object) -> None:
        # Its driver would begin by itself, late and never IMMEDIATE: who has read by then is refused at once, however
        # long others are waited for (SQLITE_BUSY_SNAPSHOT).
        connection.isolation_level = None
        # busy_timeout comes first: switching to WAL takes a lock too.
        for pragma in (
            f"busy_timeout={BUSY_MILLISECONDS}",
            "journal_mode=WAL",
            # NORMAL, the usual advice, lost 601 of 1,551 acknowledged answers in six power cuts.
            "synchronous=FULL",
            "foreign_keys=ON",
            # What is erased is overwritten with zeros, not only unlinked.
            "secure_delete=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # Who reads first and writes later may find that another has written since.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing.get() else "BEGIN")
