"""Engine, session, and the write unit: acknowledged means stored, once.

A view or command calls one action inside `transaction()`. On SQLite writers queue in front of `BEGIN
IMMEDIATE`, behind a thread lock and a file lock that the kernel frees at a kill: waiting there wakes at once,
while SQLite's own busy handler sleeps and polls. On PostgreSQL the isolation is READ COMMITTED, and the
action takes the locks it needs (`lock_person_and_question`). Whatever fails in passing is tried again as a
whole.
"""

import contextlib
import fcntl
import inspect
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import Any, TypeVar

from flask import Flask
from flask_alembic import Alembic
from flask_security.datastore import AsaList
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import Connection, Engine, event, func, select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from .. import models
from ..errors import StoreUnavailable

Result = TypeVar("Result")

ATTEMPTS = 6
BUSY_MILLISECONDS = 5000
#: Shorter than the server's own patience, so that a waiting writer fails here and is tried again.
LOCK_MILLISECONDS = 4000
STATEMENT_MILLISECONDS = 8000

#: Serialization failure, deadlock, lock not available, unique violation (a twin was faster).
PASSING_STATES = {"40001", "40P01", "55P03", "23505"}
#: Server shutting down or starting; connection lost.
PASSING_CLASSES = ("57P0", "08")

#: How the names of the queue's own tables begin.
QUEUE_TABLES = "huey_"

db = SQLAlchemy()
alembic = Alembic(metadatas=models.Base.metadata, run_mkdir=False, command_name="")

writing: ContextVar[bool] = ContextVar("inside a write unit", default=False)


class WriterQueue:
    """One writer at a time on a SQLite file: threads of this process, then processes of this machine."""

    def __init__(self, path: Path) -> None:
        self._thread_lock = threading.Lock()
        self._path = path

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for the turn to write, and hold it for the length of a `with` block."""
        with self._thread_lock, self._path.open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


writer_queues: dict[str, WriterQueue] = {}


def init_database(app: Flask) -> None:
    """Connect the engine to the application and teach it pragmas and locks."""
    app.config["ALEMBIC"] = {"script_location": app.config["PARLEY_MIGRATIONS"]}
    app.config["ALEMBIC_CONTEXT"] = {
        "render_as_batch": True,
        "compare_type": True,
        "transactional_ddl": True,
        "render_item": _render_item,
        "include_name": _is_ours,
    }
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
    alembic.init_app(app)
    with app.app_context():
        engine = db.engine
    if engine.dialect.name == "sqlite":
        _teach_sqlite(engine)


def _letting_go(close: Callable[..., Any]) -> Callable[[BaseException | None], None]:
    """A teardown that turns no finished answer into an error where the database has gone away since."""

    def let_go(error: BaseException | None) -> None:
        with contextlib.suppress(DBAPIError):
            close(error)

    return let_go


def _teach_sqlite(engine: Engine) -> None:
    path = str(engine.url.database)
    writer_queues[path] = WriterQueue(Path(f"{path}.lock"))

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        # busy_timeout comes first: switching to WAL takes a lock too.
        for pragma in (
            f"busy_timeout={BUSY_MILLISECONDS}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            # What is erased is overwritten with zeros, not only unlinked.
            "secure_delete=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing.get() else "BEGIN")


def transaction(work: Callable[[Session], Result], *, keep: bool = False) -> Result:
    """Run one action, commit, and return its result; retry the whole where the fault may pass.

    The result is returned only after COMMIT has. An action must therefore be free of effects outside the
    database.

    Parameters
    ----------
    keep
        Whether the action may use what the request has loaded before, instead of reading all of it again. Only
        for actions that read under their own lock whatever others may have changed since
        (`lock_person_and_question`). After a fault everything is read again.

    Raises
    ------
    StoreUnavailable
        After several attempts; nothing was stored, or the commit's outcome is unknown and a repeat with the
        same idempotency key is safe.
    """
    session = db.session
    if not keep:
        session.rollback()
    for attempt in range(ATTEMPTS):
        try:
            with _turn_to_write(session):
                result = work(session)
                session.commit()
            return result
        except DBAPIError as error:
            session.rollback()
            if not _may_pass(error):
                raise
            _wait(attempt)
        except BaseException:
            session.rollback()
            raise
    raise StoreUnavailable()


@contextlib.contextmanager
def _turn_to_write(session: Session) -> Iterator[None]:
    queue = writer_queues.get(str(session.get_bind().engine.url.database))
    token = writing.set(True)
    try:
        with queue.turn() if queue else contextlib.nullcontext():
            if queue and session.in_transaction():
                # What has begun as reading cannot turn to writing on SQLite: it is begun anew.
                for command in ("COMMIT", "BEGIN IMMEDIATE"):
                    session.connection().exec_driver_sql(command)
            yield
    finally:
        writing.reset(token)


def _may_pass(error: DBAPIError) -> bool:
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return state in PASSING_STATES or state.startswith(PASSING_CLASSES)
    if isinstance(error, IntegrityError):
        return "UNIQUE" in str(error.orig)
    return error.connection_invalidated or "locked" in str(error.orig) or "connection" in str(error.orig)


def _wait(attempt: int) -> None:
    time.sleep(random.uniform(0, 0.02 * 2**attempt))


def lock_person_and_question(
    session: Session, participant: models.Participant, question: models.Question
) -> None:
    """Let one writer at a time answer for this person and question, and none pass a close or an erasure.

    On SQLite the write unit holds the only write lock already. On PostgreSQL an advisory lock makes revisions
    dense, and the rows are held `FOR SHARE` against whoever closes the question or the survey, or erases the
    person. What these may have changed is read again: it was read before, and maybe before their commit.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(participant.id, question.id)))
    fresh = (
        (participant, ("erased_on",)),
        (question, ("opens_at", "closes_at")),
        (question.survey, ("opens_at", "closes_at")),
    )
    columns = [getattr(type(row), name) for row, names in fresh for name in names]
    query = (
        select(*columns)
        .join_from(models.Question, models.Survey, models.Question.survey_id == models.Survey.id)
        .join(models.Participant, models.Participant.survey_id == models.Survey.id)
        .where(models.Question.id == question.id, models.Participant.id == participant.id)
        .with_for_update(read=True)
    )
    values = iter(session.execute(query).one())
    for row, names in fresh:
        for name in names:
            set_committed_value(row, name, next(values))


def let_go_of_the_erased(session: Session) -> None:
    """Bring erased rows out of SQLite's write-ahead log, where old pages wait; at once or with the next one.

    On PostgreSQL dead rows go with the next VACUUM, and its log with its own checkpoints.
    """
    if session.get_bind().dialect.name == "sqlite":
        session.rollback()
        with session.get_bind().engine.connect() as connection:
            connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")


def faults_of_database(engine: Engine) -> list[str]:
    """Settings under which an acknowledged forecast could be lost, read back from a pooled connection."""
    wanted = (
        {
            "journal_mode": "wal",
            "synchronous": "2",
            "foreign_keys": "1",
            "busy_timeout": str(BUSY_MILLISECONDS),
            "secure_delete": "1",
        }
        if engine.dialect.name == "sqlite"
        else {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
    )
    command = "PRAGMA" if engine.dialect.name == "sqlite" else "SHOW"
    with engine.connect() as connection:
        found = {name: str(connection.exec_driver_sql(f"{command} {name}").scalar()) for name in wanted}
    return [
        f"{name} is {found[name]}, must be {value}" for name, value in wanted.items() if found[name] != value
    ]


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Whether a table is one of the models': the worker's queue keeps its own beside them on PostgreSQL."""
    return not (kind == "table" and (name or "").startswith(QUEUE_TABLES))


def _render_item(kind: str, item: object, context: Any) -> str | bool:
    """How two types of others are written into a new migration."""
    if kind == "type" and isinstance(item, AsaList):
        return "sa.UnicodeText()"
    if kind == "type" and isinstance(item, models.Moment):
        return "sa.DateTime(timezone=True)"
    return False
