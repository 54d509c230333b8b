"""Health: whether the store may take answers; its settings read back, its tables compared with this version's."""

from time import monotonic

from alembic.runtime.migration import MigrationContext
from alembic.util import CommandError
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from ..errors import StoreUnavailable
from .alembic import alembic
from .engine import BUSY_MILLISECONDS
from .transaction import transaction

#: Between two writes that only try: readiness is asked by anybody, as often as they like.
TRY_SECONDS = 5
#: When a store was tried last, by the steady clock, and why it refused.
_tried: dict[str, tuple[float, str]] = {}


def health_problems(engine: Engine) -> list[str]:
    """Why an acknowledged forecast could be lost or not be stored at all, each a line; none where it is ready.

    Raises
    ------
    sqlalchemy.exc.SQLAlchemyError
        Where the database does not answer.
    """
    faults = unsafe_settings(engine)
    if others := table_faults(engine):
        faults += others
    # Tried last: what is written for a trial is a row of tables that were found to be ours.
    elif not faults and (refusal := _refusal(engine)):
        faults.append(
            f"the database takes no writes: {refusal}; look for a full disk, or one that is read-only"
        )
    return faults


def _refusal(engine: Engine) -> str:
    """Why the store took no write when it was last tried, some seconds ago at most; empty where it took one.

    A disk that is full, or mounted read-only, reads as well as ever: nothing but a write finds it out.
    """
    url = str(engine.url)
    if url not in _tried or monotonic() - _tried[url][0] > TRY_SECONDS:
        _tried[url] = (monotonic(), _try_to_write())
    return _tried[url][1]


def _try_to_write() -> str:
    try:
        # What is there already, written once more: it takes the lock, the log and the disk, and changes nothing.
        transaction(
            lambda session: session.execute(text("UPDATE alembic_version SET version_num = version_num"))
        )
    except StoreUnavailable as error:
        return str(error.title)
    except DBAPIError as error:
        return str(error.orig)
    except OSError as error:
        # The lock beside SQLite's file is one more file to be written.
        return f"{error.filename}: {error.strerror}"
    return ""


def table_faults(engine: Engine) -> list[str]:
    """That the tables are not those of this version, and what to do then; none where they are.

    Raises
    ------
    sqlalchemy.exc.SQLAlchemyError
        Where the database does not answer.
    """
    if set(_revisions(engine)) == set(alembic.script_directory.get_heads()):
        return []
    if unheard_of := unknown_revisions(engine):
        return [
            f"the tables are at {', '.join(unheard_of)}, which this version of Parley does not know: a newer one made"
            " them, run that one"
        ]
    return ["the tables are not those of this version: run “parley db upgrade” first"]


def unknown_revisions(engine: Engine) -> list[str]:
    """The revisions the tables are at that this version does not know: a newer one made them."""
    return [revision for revision in _revisions(engine) if not _is_known(revision)]


def _revisions(engine: Engine) -> tuple[str, ...]:
    # Through a connection of its own: the extension keeps one for the application, whichever thread asks.
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_heads()


def _is_known(revision: str) -> bool:
    try:
        return alembic.script_directory.get_revision(revision) is not None
    except CommandError:
        return False


def truncate_wal(session: Session) -> None:
    """Bring erased rows out of SQLite's write-ahead log, where old pages wait; at once or with the next one.

    On PostgreSQL dead rows go with the next VACUUM, and its log with its own checkpoints.
    """
    if session.get_bind().dialect.name == "sqlite":
        # Whoever reads, this session too, keeps the log from being emptied; and no transaction may be open for it,
        # which the engine's own way to a statement would begin.
        session.rollback()
        with session.get_bind().engine.connect() as connection:
            connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")


def unsafe_settings(engine: Engine) -> list[str]:
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
