"""Health: whether the store may take answers; its settings read back, its tables compared with this version's."""

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine

from .engine import alembic, faults_of_database


def faults_of_store(engine: Engine) -> list[str]:
    """Why an acknowledged forecast could be lost or not be stored at all, each a line; none where it is ready.

    Raises
    ------
    sqlalchemy.exc.SQLAlchemyError
        Where the database does not answer.
    """
    faults = faults_of_database(engine)
    if not _is_migrated(engine):
        faults.append("the tables are not those of this version: run “parley db upgrade” first")
    return faults


def _is_migrated(engine: Engine) -> bool:
    # Through a connection of its own: the extension keeps one for the application, whichever thread asks.
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_heads()
    return set(current) == set(alembic.script_directory.get_heads())
