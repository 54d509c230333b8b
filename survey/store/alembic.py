"""Migrations: Alembic bound to the models' tables, and what it leaves alone."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from alembic.runtime.migration import MigrationContext
from flask import Flask
from flask_alembic import Alembic
from flask_security.datastore import AsaList
from sqlalchemy import Connection

from .. import models

#: How the names of the queue's own tables begin.
QUEUE_TABLES = "huey_"


Steps = Callable[[Any, MigrationContext], Iterable[Any]]


class Migrations(Alembic):
    """Alembic, whose steps may rebuild a table that rows of others refer to."""

    def run_migrations(self, fn: Steps, **kwargs: Any) -> None:
        """Run the steps in one transaction; none remains where one fails or leaves a reference dangling."""
        with references_at_the_end(self.migration_context.connection) as check:

            def steps(revisions: Any, context: MigrationContext) -> Iterator[Any]:
                yield from fn(revisions, context)
                check()

            super().run_migrations(steps, **kwargs)  # type: ignore[arg-type]


@contextmanager
def references_at_the_end(connection: Connection | None) -> Iterator[Callable[[], None]]:
    """Foreign keys of SQLite off for the length of a `with` block; what is given checks all rows' references.

    A step that changes a column there makes the table anew and drops the old one. With foreign keys on that deletes
    its rows first, and is refused where others refer to them: SQLite's own procedure for it begins with this switch,
    which does nothing once a transaction is open.
    """
    if connection is None or connection.dialect.name != "sqlite":
        yield lambda: None
        return
    # Whatever was read by this connection has begun a transaction.
    connection.rollback()
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys = OFF")
    try:
        yield lambda: _refuse_dangling(driver)
    finally:
        driver.execute("PRAGMA foreign_keys = ON")


def _refuse_dangling(driver: Any) -> None:
    dangling = driver.execute("PRAGMA foreign_key_check").fetchall()
    if dangling:
        tables = ", ".join(sorted({f"{row[0]} to {row[2]}" for row in dangling}))
        raise RuntimeError(
            f"{len(dangling)} references would be left dangling ({tables}); nothing was changed"
        )


alembic = Migrations(metadatas=models.Base.metadata, run_mkdir=False, command_name="")


def init_migrations(app: Flask) -> None:
    """Let the application bring its tables to this version, and say whether they are."""
    app.config["ALEMBIC"] = {"script_location": app.config["PARLEY_MIGRATIONS"]}
    app.config["ALEMBIC_CONTEXT"] = {
        "render_as_batch": True,
        "compare_type": True,
        # Alembic takes SQLite for a database that can't: a step that failed would leave half of its tables.
        "transactional_ddl": True,
        "render_item": render_item,
        "include_name": is_ours,
    }
    alembic.init_app(app)


def is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Whether a table is one of the models': the worker's queue keeps its own beside them on PostgreSQL."""
    return not (kind == "table" and (name or "").startswith(QUEUE_TABLES))


def render_item(kind: str, item: object, context: Any) -> str | bool:
    """How two types of others are written into a new migration."""
    if kind == "type" and isinstance(item, AsaList):
        return "sa.UnicodeText()"
    if kind == "type" and isinstance(item, models.Moment):
        return "sa.DateTime(timezone=True)"
    return False
