"""Commands for backups: one is made while people answer, proved whole and restored."""

import os
import secrets
from pathlib import Path

import click
from flask import current_app

from .arguments import File
from .root import main


@main.command("backup", epilog="Example: parley backup /backups/monday.tar.gz")
@click.argument("file", type=File(), required=False)
@click.option("--check", is_flag=True, help="Verify the backup FILE as a restore would, and make none.")
def backup(file: Path | None, check: bool) -> None:
    """Write a backup to FILE, by default one named for the time, while people answer."""
    if check:
        _check(file)
        return
    from .. import clock
    from ..store.backup import BackupRefused, backup_name, make_backup
    from ..store.engine import db

    target = file or Path(backup_name(clock.now()))
    instance: Path = current_app.config["PARLEY"]["INSTANCE"]
    try:
        manifest = make_backup(db.engine, instance, target)
    except BackupRefused as refused:
        raise click.ClickException(str(refused)) from refused
    size = target.stat().st_size
    click.echo(
        f"{target}: {len(manifest.files)} files, {size:,} bytes; it holds answers and keys, lock it away"
    )
    outside = [name for name in ("PARLEY_SECRET_KEY", "PARLEY_SIGNING_KEY") if os.environ.get(name)]
    if outside:
        click.echo(f"Not in it: what {' and '.join(outside)} name; keep that elsewhere, an instance needs it")


def _check(file: Path | None) -> None:
    """Verify a backup, by default the last that was made here, and note that it is whole."""
    from ..store.backup import BackupRefused, last_backup, note_checked
    from ..store.restoring import check_backup

    instance: Path = current_app.config["PARLEY"]["INSTANCE"]
    last = last_backup(instance)
    target = file or (last.file if last else None)
    if target is None:
        raise click.ClickException("No backup was made here: name the file to check")
    try:
        manifest = check_backup(target, _refuse_broken)
    except BackupRefused as refused:
        raise click.ClickException(str(refused)) from refused
    except OSError as error:
        raise click.ClickException(f"{target} cannot be read: {error.strerror}") from error
    note_checked(instance, manifest.made_at)
    click.echo(f"{target} is whole: {len(manifest.files)} files as of {manifest.made_at}")
    if manifest.database != "sqlite":
        click.echo("What is inside PostgreSQL's own file is verified by a restore alone")


@main.command("restore", with_appcontext=False, epilog="Example: parley restore /backups/monday.tar.gz")
@click.argument("file", type=File())
@click.option("--replace", is_flag=True, help="Put the instance that stands aside, and keep it.")
def restore(file: Path, replace: bool) -> None:
    """Restore the backup FILE into an empty instance, after everything in it is verified."""
    from ..config import WeakSetting, read_settings
    from ..store.backup import BackupRefused
    from ..store.restoring import restore_backup

    try:
        # No key is needed here, and none may be made: the instance's own is in the backup.
        settings = read_settings({**os.environ, "PARLEY_SECRET_KEY": secrets.token_urlsafe(48)})
        manifest = restore_backup(file, settings, _refuse_broken, replace=replace)
    except (BackupRefused, WeakSetting) as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(f"Restored as of {manifest.made_at}, made by Parley {manifest.version}")
    click.echo("Next: “parley db upgrade && parley db check”, then start the server")


def _refuse_broken(url: str) -> None:
    """Refuse a database of a newer version, or in which a survey's audit log is broken."""
    import tempfile

    from .. import create_app
    from ..services.audit_log import broken_logs
    from ..store.backup import BackupRefused
    from ..store.engine import db
    from ..store.health import table_faults, unknown_revisions
    from .database import bind_migrations

    # An instance of its own: that of the site may not be touched before all in the backup is verified.
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "PARLEY_DATABASE_URL": url,
            "PARLEY_INSTANCE": folder,
            "PARLEY_SECRET_KEY": secrets.token_urlsafe(48),
        }
        with create_app(settings, doors=False).app_context():
            bind_migrations()
            try:
                if newer := unknown_revisions(db.engine):
                    raise BackupRefused(
                        f"The backup's tables are at {', '.join(newer)}, which this version of Parley does not know:"
                        " a newer one made them, restore it by that one. Nothing was changed."
                    )
                # Tables of an older version are read by none of today's rules: theirs is verified after the upgrade.
                broken = [] if table_faults(db.engine) else broken_logs(db.session)
            finally:
                db.session.close()
                db.engine.dispose()
    if broken:
        raise BackupRefused(f"The audit log of {', '.join(broken)} is broken in it. Nothing was changed.")
