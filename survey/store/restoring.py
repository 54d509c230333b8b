"""Restore: a backup, proved whole, into an empty instance, or in the place of one that is put aside."""

import json
import shutil
import sqlite3
import tarfile
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from sqlalchemy import URL, Connection, create_engine, make_url, text

from .. import clock
from ..config import database_url, embedded_database
from .backup import ASIDE, DATABASES, MANIFEST, BackupRefused, Manifest, database_program, digest, kept_files
from .private_files import FILE, FOLDER, make_private

UNCHANGED = "Nothing was changed."
#: Asked of a restored database, by its address: raises `BackupRefused` where it may not stay.
Check = Callable[[str], None]

#: Seconds that others are given to leave a database, and how often it is looked at meanwhile.
LEAVING, LOOKS = 3.0, 30


def restore_backup(file: Path, settings: Mapping[str, Any], check: Check, *, replace: bool) -> Manifest:
    """Restore a backup where the settings say; what stood there is put aside, under `before_restore_` and the time.

    Everything is unpacked and checked first. The database comes last: a restore that is cut off leaves no instance.

    Raises
    ------
    BackupRefused
        Where the backup is not whole, is of another kind of database, or something stands in its place.
    """
    instance, embedded = Path(settings["INSTANCE"]), embedded_database(settings)
    kind = "sqlite" if embedded else "postgresql"
    # On the instance's own disk, where a file is moved in one step.
    with tempfile.TemporaryDirectory(prefix=".restoring-", dir=_nearest(instance)) as unpacked:
        folder = Path(unpacked)
        manifest = unpack(file, folder)
        if manifest.database != kind:
            raise BackupRefused(
                f"{file} is of {manifest.database}, and this instance is on {kind}. {UNCHANGED}"
            )
        # In small letters: PostgreSQL folds a name to them unless it is quoted everywhere.
        aside = f"{ASIDE}{clock.now():%Y%m%dT%H%M%S}".lower()
        if embedded:
            _restore_embedded(folder, instance, embedded, aside, check, replace)
        else:
            _restore_on_server(folder, instance, make_url(database_url(settings)), aside, check, replace)
    return manifest


def check_backup(file: Path, check: Check) -> Manifest:
    """Verify a backup as a restore would, and restore nothing: each file, SQLite's pages, and `check`.

    Raises
    ------
    BackupRefused
        Where it is not whole.
    """
    with tempfile.TemporaryDirectory(prefix=".parley-checking-") as unpacked:
        manifest = unpack(file, Path(unpacked))
        if manifest.database == "sqlite":
            _check_embedded(Path(unpacked) / DATABASES["sqlite"], check)
    return manifest


def _check_embedded(database: Path, check: Check) -> None:
    with closing(sqlite3.connect(database)) as connection:
        (said,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if said != "ok":
        raise BackupRefused(f"The database in it is damaged: {said}. {UNCHANGED}")
    check(f"sqlite:///{database}")


def _nearest(folder: Path) -> Path:
    """The folder, or the nearest above that is there: a backup that is refused makes no instance."""
    return next(above for above in (folder, *folder.parents) if above.is_dir())


def unpack(file: Path, folder: Path) -> Manifest:
    """Take a backup apart into `folder`, where each file is what the manifest says; what it says.

    Raises
    ------
    BackupRefused
        Where it is cut off, was changed, or is no backup.
    """
    try:
        with tarfile.open(file, "r:gz") as archive:
            manifest = _manifest(archive)
            found = {member.name for member in archive if _take_out(archive, member, manifest, folder)}
    except (tarfile.TarError, EOFError, zlib.error, ValueError, TypeError, KeyError) as fault:
        raise BackupRefused(f"{file} is no whole backup: {fault}. {UNCHANGED}") from None
    except OSError as fault:
        # What the file system says names the file; gzip's own words do not.
        if fault.filename is not None:
            raise
        raise BackupRefused(f"{file} is no whole backup: {fault}. {UNCHANGED}") from None
    if missing := {*manifest.files, DATABASES[manifest.database]} - found:
        raise BackupRefused(
            f"{file} is no whole backup: {', '.join(sorted(missing))} is missing. {UNCHANGED}"
        )
    return manifest


def _manifest(archive: tarfile.TarFile) -> Manifest:
    first = archive.next()
    content = archive.extractfile(first) if first is not None and first.name == MANIFEST else None
    if content is None:
        raise ValueError("it does not begin with a manifest")
    manifest = Manifest(**json.load(content))
    if manifest.database not in DATABASES:
        raise ValueError(f"it is of a database called {manifest.database!r}")
    if not isinstance(manifest.files, dict):
        raise ValueError("its manifest lists no files")
    # Kept as the time at which it was found whole: what is none is said now, not after the work.
    datetime.fromisoformat(manifest.made_at)
    return manifest


def _take_out(archive: tarfile.TarFile, member: tarfile.TarInfo, manifest: Manifest, folder: Path) -> bool:
    """Write a member to the folder and compare it with the manifest; whether it is one of its files."""
    if member.name == MANIFEST:
        return False
    path = PurePosixPath(member.name)
    content = archive.extractfile(member) if member.isfile() else None
    ours = path.parts[:1] == ("instance",) or member.name == DATABASES[manifest.database]
    in_a_file = any(str(above) in manifest.files for above in path.parents)
    # Whoever made the file may have named what lies elsewhere.
    if content is None or member.name not in manifest.files or not ours or in_a_file or ".." in path.parts:
        raise ValueError(f"{member.name!r} does not belong in it")
    target = folder / path
    target.parent.mkdir(mode=FOLDER, parents=True, exist_ok=True)
    if target.exists():
        raise ValueError(f"{member.name!r} stands in it twice")
    with target.open("xb") as file:
        shutil.copyfileobj(content, file)
    target.chmod(FILE)
    if digest(target) != manifest.files[member.name]:
        raise ValueError(f"{member.name} is not what the manifest says")
    return True


# ---- SQLite


def _restore_embedded(
    folder: Path, instance: Path, embedded: Path, aside: str, check: Check, replace: bool
) -> None:
    database = folder / DATABASES["sqlite"]
    _check_embedded(database, check)
    # With its log: left behind, that of the database before would be read into the restored one.
    standing = [embedded, *_beside(embedded), *kept_files(instance)]
    _refuse_to_replace(standing, replace)
    if embedded.exists():
        _refuse_in_use(embedded)
    make_private(instance)
    embedded.parent.mkdir(mode=FOLDER, parents=True, exist_ok=True)
    with _put_aside(instance, standing, aside):
        _bring_in(folder, instance)
        # In two steps: from another disk it comes in portions, and half a database may not have its name.
        shutil.move(database, embedded.with_name(f"{embedded.name}.restored"))
        embedded.with_name(f"{embedded.name}.restored").rename(embedded)


def _beside(embedded: Path) -> list[Path]:
    return [embedded.with_name(f"{embedded.name}{ending}") for ending in ("-wal", "-shm")]


def _refuse_in_use(embedded: Path) -> None:
    """A server that goes on would store answers in the file that was put aside.

    Only a connection that is alone may leave the write-ahead log; that brings all of it into the one file, too.
    """
    try:
        with closing(sqlite3.connect(embedded, timeout=LEAVING, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE").fetchone()
    except sqlite3.OperationalError as fault:
        if "locked" in str(fault):
            raise BackupRefused(_in_use(str(embedded))) from None
    except sqlite3.DatabaseError:
        # Damaged beyond opening: nobody answers from it, and it may be why somebody restores.
        return


def _in_use(place: str) -> str:
    return f"{place} is in use: stop the server, the worker and other commands first. {UNCHANGED}"


# ---- The instance folder


def _refuse_to_replace(standing: list[Path], replace: bool) -> None:
    found = [str(path) for path in standing if path.exists()]
    if found and not replace:
        names = ", ".join(found[:3])
        raise BackupRefused(f"There is an instance already ({names}): --replace puts it aside. {UNCHANGED}")


@contextmanager
def _put_aside(instance: Path, standing: list[Path], aside: str) -> Iterator[None]:
    """Move what stands into a folder of the instance; back again where the block fails.

    Not the whole folder: it may be where a disk is mounted, which nobody can rename.
    """
    moved: list[tuple[Path, Path]] = []
    try:
        for path in filter(Path.exists, standing):
            inside = path.relative_to(instance) if path.is_relative_to(instance) else Path(path.name)
            target = instance / aside / inside
            for folder in (instance / aside, target.parent):
                folder.mkdir(mode=FOLDER, exist_ok=True)
            shutil.move(path, target)
            moved.append((path, target))
        yield
    except BaseException:
        for path, target in reversed(moved):
            shutil.move(target, path)
        # What is left in it are folders alone: every file is back.
        shutil.rmtree(instance / aside, ignore_errors=True)
        raise


def _bring_in(folder: Path, instance: Path) -> None:
    for path in kept_files(folder / "instance"):
        target = instance / path.relative_to(folder / "instance")
        target.parent.mkdir(mode=FOLDER, exist_ok=True)
        shutil.move(path, target)


# ---- PostgreSQL


def _restore_on_server(
    folder: Path, instance: Path, url: URL, aside: str, check: Check, replace: bool
) -> None:
    # `pg_restore` comes by a connection of its own, and must see the schema that was put aside.
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            tables = connection.scalar(text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"))
            _refuse_to_replace(kept_files(instance), replace)
            if tables and not replace:
                raise BackupRefused(
                    f"The database holds tables already: --replace puts them aside. {UNCHANGED}"
                )
            if tables and _others_stay(connection):
                raise BackupRefused(_in_use(f"The database {url.database}"))
            make_private(instance)
            with (
                _schema_aside(connection, aside if tables else ""),
                _put_aside(instance, kept_files(instance), aside),
            ):
                # By itself `pg_restore` goes on after an error, and leaves what it could do.
                options = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
                database_program("pg_restore", url, *options, str(folder / DATABASES["postgresql"]))
                check(url.render_as_string(hide_password=False))
                _bring_in(folder, instance)
    finally:
        engine.dispose()


def _others_stay(connection: Connection) -> bool:
    """Whether others are connected to the database, and go on to be.

    Who has just left is still counted: PostgreSQL ends a connection after the program that had it has gone on.
    """
    for _ in range(LOOKS):
        if not _others(connection):
            return False
        time.sleep(LEAVING / LOOKS)
    return True


def _others(connection: Connection) -> int:
    """How many others are connected to the database."""
    # PostgreSQL's own workers, such as autovacuum, store no answer.
    others = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    return int(connection.scalar(text(others)) or 0)


@contextmanager
def _schema_aside(connection: Connection, aside: str) -> Iterator[None]:
    """The tables that stand, under another schema's name if there are any; as it was where the block fails."""
    if aside:
        _execute(connection, f"ALTER SCHEMA public RENAME TO {aside}", "CREATE SCHEMA public")
    try:
        yield
    except BaseException:
        back = f"ALTER SCHEMA {aside} RENAME TO public" if aside else "CREATE SCHEMA public"
        _execute(connection, "DROP SCHEMA public CASCADE", back)
        raise


def _execute(connection: Connection, *statements: str) -> None:
    for statement in statements:
        connection.execute(text(statement))
