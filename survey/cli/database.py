"""Commands about the database's tables and settings."""

from typing import TYPE_CHECKING

import click
from flask import current_app

from .arguments import REVISION
from .root import main

if TYPE_CHECKING:
    from flask_alembic import Alembic


@main.group("db")
def database() -> None:
    """The database's tables and settings."""


@database.command("upgrade", epilog="Example: parley db upgrade")
def upgrade() -> None:
    """Bring the tables to this version; nothing is done where they are."""
    before = _revision()
    bind_migrations().upgrade()
    after = _revision()
    click.echo(f"Tables: {before} → {after}" if before != after else f"Tables: {after}, as needed")


@database.command("downgrade", epilog="Example: parley db downgrade 20261128_way_of_entry")
@click.argument("revision", type=REVISION)
@click.confirmation_option(prompt="Tables and columns that are dropped lose what is in them. Go on?")
def downgrade(revision: str) -> None:
    """Take the tables back to REVISION, or to "base" for none."""
    before = _revision()
    try:
        bind_migrations().downgrade(revision)
    except RuntimeError as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(f"Tables: {before} → {_revision()}")


@database.command("check", epilog="Example: parley db check")
def check_database() -> None:
    """Check that the tables are those of this version and that no acknowledged answer can be lost."""
    from ..store.backup import last_backup
    from ..store.engine import db
    from ..store.health import table_faults, unsafe_settings

    alembic, faults = bind_migrations(), unsafe_settings(db.engine)
    if others := table_faults(db.engine):
        faults += others
    # Of tables of another version every column would be told as a difference.
    elif changes := alembic.compare_metadata():
        faults += [f"tables differ from the models: {change}" for change in changes]
    if faults:
        raise click.ClickException("\n".join(faults))
    click.echo(f"No fault: {db.engine.dialect.name}, tables at {_revision()}")
    last = last_backup(current_app.config["PARLEY"]["INSTANCE"])
    click.echo(
        f"Last backup: {last.made_at.isoformat()}, {last.file}"
        if last
        else "No backup was made here: “parley backup” makes one"
    )


def bind_migrations() -> "Alembic":
    """Alembic, bound to the application, which no other command needs."""
    from ..store.alembic import alembic, init_migrations

    if "alembic" not in current_app.extensions:
        init_migrations(current_app._get_current_object())  # type: ignore[attr-defined]
    return alembic


def _revision() -> str:
    """The revision the tables are at."""
    return ", ".join(script.revision for script in bind_migrations().current()) or "none"
