"""Commands about the database's tables and settings."""

import click

from ..store.alembic import alembic
from ..store.engine import db
from ..store.health import unsafe_settings
from .root import main


@main.group("db")
def database() -> None:
    """The database's tables and settings."""


@database.command("upgrade")
def upgrade() -> None:
    """Bring the tables to this version; nothing is done where they are."""
    before = _revision()
    alembic.upgrade()
    after = _revision()
    click.echo(f"Tables: {before} → {after}" if before != after else f"Tables: {after}, as needed")


@database.command("downgrade")
@click.argument("revision")
@click.confirmation_option(prompt="Tables and columns that are dropped lose what is in them. Go on?")
def downgrade(revision: str) -> None:
    """Take the tables back to REVISION, or to "base" for none."""
    before = _revision()
    try:
        alembic.downgrade(revision)
    except RuntimeError as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(f"Tables: {before} → {_revision()}")


@database.command("check")
def check_database() -> None:
    """Check that the tables are those of this version and that no acknowledged answer can be lost."""
    faults = unsafe_settings(db.engine)
    if alembic.needs_upgrade():
        faults.append(f"tables are at {_revision()}; run “parley db upgrade”")
    elif changes := alembic.compare_metadata():
        faults += [f"tables differ from the models: {change}" for change in changes]
    if faults:
        raise click.ClickException("\n".join(faults))
    click.echo(f"No fault: {db.engine.dialect.name}, tables at {_revision()}")


def _revision() -> str:
    """The revision the tables are at."""
    return ", ".join(script.revision for script in alembic.current()) or "none"
