"""Backup: the database as of one moment, the instance's keys and letters, and a manifest that proves it whole.

A backup is a tar file, compressed with gzip. Its first member, `manifest.json`, names every other with its SHA-256.
"""

import hashlib
import io
import json
import os
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL, Engine, text

from scoring import __version__

from .. import clock
from .private_files import FILE

MANIFEST = "manifest.json"
#: What of an instance folder cannot be made again. The worker's queue can: its tasks read the database anew.
KEPT = ("secret_key", "signing_key*", "outbox/*")
#: The database inside a backup, by its kind.
DATABASES = {"sqlite": "database.sqlite", "postgresql": "database.dump"}
#: The file of the instance that says when a backup was made last.
LAST = "last_backup"
#: How schemas begin that a restore has put aside: they are in no backup.
ASIDE = "before_restore_"


class BackupRefused(RuntimeError):
    """Why no backup was made, or none restored, and that nothing was changed."""


@dataclass(frozen=True)
class Manifest:
    """What a backup holds: the version and the tables' revisions it was made at, and each file's SHA-256."""

    version: str
    made_at: str
    database: str
    tables: list[str]
    files: dict[str, str]


def backup_name(moment: datetime) -> str:
    """The name of a backup that was given none.

    >>> backup_name(datetime(2026, 11, 29, 3, 5, 7))
    'parley-backup-20261129T030507Z.tar.gz'
    """
    return f"parley-backup-{moment:%Y%m%dT%H%M%S}Z.tar.gz"


def make_backup(engine: Engine, instance: Path, target: Path) -> Manifest:
    """Write a backup of the database and the instance folder to `target`, while people answer.

    It holds every answer that was acknowledged before it began. It is its owner's alone (mode 600), and is there
    whole or not at all.

    Raises
    ------
    BackupRefused
        Where `target` is there already, or the database's own program cannot make a copy.
    """
    _refuse_to_overwrite(target)
    # Beside its target: a renaming is whole only within one file system.
    with tempfile.TemporaryDirectory(prefix=".parley-backup-", dir=target.parent) as made:
        folder, whole = Path(made), Path(made) / "whole"
        kind = engine.dialect.name
        files = {DATABASES[kind]: folder / DATABASES[kind]}
        _copy_database(engine, files[DATABASES[kind]])
        files |= {f"instance/{path.relative_to(instance).as_posix()}": path for path in kept_files(instance)}
        manifest = _write(whole, files, kind, _revisions(engine))
        # Once more: a copy may have taken minutes, and renaming asks nobody.
        _refuse_to_overwrite(target)
        whole.rename(target)
    _sync(target.parent)
    _remember(instance, manifest, target)
    return manifest


def kept_files(instance: Path) -> list[Path]:
    """The files of an instance folder that a backup holds beside the database."""
    return sorted(path for pattern in KEPT for path in instance.glob(pattern) if path.is_file())


@dataclass(frozen=True)
class LastBackup:
    """What an instance notes of its last backup: when it was made and last checked, as which file, its bytes.

    A note of before size and check were kept has neither.
    """

    made_at: datetime
    file: Path
    size: int | None = None
    checked_at: datetime | None = None


def last_backup(instance: Path) -> LastBackup | None:
    """The last backup that was made of this instance; None where none is known of."""
    try:
        noted = json.loads((instance / LAST).read_text(encoding="utf-8"))
        size, checked_at = noted.get("size"), noted.get("checked_at")
        return LastBackup(
            datetime.fromisoformat(noted["made_at"]),
            Path(noted["file"]),
            None if size is None else int(size),
            datetime.fromisoformat(checked_at) if checked_at else None,
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def note_checked(instance: Path, made_at: str) -> None:
    """Note that a backup was found whole; where a newer one was made since, that stays as it was noted."""
    last = last_backup(instance)
    if last is not None and last.made_at == datetime.fromisoformat(made_at):
        _note(instance, replace(last, checked_at=clock.now()))


def database_program(name: str, url: URL, *arguments: str) -> None:
    """Run PostgreSQL's own program on a database; its password is not among the words that others may list.

    Raises
    ------
    BackupRefused
        Where it is not installed or ends with an error, in its own words.
    """
    # In the environment, which only its owner and root can read; a command line is everybody's.
    place = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    # Nobody sits at a terminal: a prompt for the password would be waited at for ever.
    command = [name, f"--dbname={place.render_as_string()}", "--no-password", *arguments]
    secret = {"PGPASSWORD": str(url.password)} if url.password else {}
    try:
        subprocess.run(command, env={**os.environ, **secret}, check=True, capture_output=True, text=True)
    except FileNotFoundError:
        raise BackupRefused(
            f"{name} is not installed here, and PostgreSQL is copied by it alone: install PostgreSQL's client of the"
            " server's version or a newer one. Nothing was changed."
        ) from None
    except subprocess.CalledProcessError as failed:
        said = " ".join(failed.stderr.split())
        raise BackupRefused(f"{name} could not do it: {said.rstrip('.')}. Nothing was changed.") from None


def digest(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _copy_database(engine: Engine, target: Path) -> None:
    if engine.dialect.name != "sqlite":
        # Without owners and rights: it is restored by whatever role the other site has.
        options = ["--format=custom", "--no-owner", "--no-privileges", f"--exclude-schema={ASIDE}*"]
        return database_program("pg_dump", engine.url, *options, f"--file={target}")
    # By SQLite itself: of five plain copies, made while others wrote, three were malformed and two lacked answers.
    with engine.connect() as connection, closing(sqlite3.connect(target)) as copy:
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        # All pages in one step: a copy in portions begins anew whenever another process writes, and never ends where
        # people answer. Readers of the write-ahead log hold up no writer meanwhile.
        driver.backup(copy)
    return None


def _revisions(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return sorted(connection.scalars(text("SELECT version_num FROM alembic_version")))


def _write(whole: Path, files: dict[str, Path], kind: str, tables: list[str]) -> Manifest:
    """The tar file. A letter may be sent while it is written, so each small file is read once."""
    held = {}
    for name, path in files.items():
        with suppress(FileNotFoundError):
            held[name] = path if name == DATABASES[kind] else path.read_bytes()
    digests = {
        name: digest(content) if isinstance(content, Path) else hashlib.sha256(content).hexdigest()
        for name, content in held.items()
    }
    manifest = Manifest(__version__, clock.now().isoformat(timespec="seconds"), kind, tables, digests)
    words = json.dumps(asdict(manifest), indent=1).encode()
    with _private(whole) as file, tarfile.open(fileobj=file, mode="w:gz", compresslevel=6) as archive:
        # The manifest first: whoever restores compares each file with it as that comes out.
        for name, content in {MANIFEST: words, **held}.items():
            member = tarfile.TarInfo(name)
            member.mode = FILE
            member.size = content.stat().st_size if isinstance(content, Path) else len(content)
            with content.open("rb") if isinstance(content, Path) else io.BytesIO(content) as stream:
                archive.addfile(member, stream)
    return manifest


@contextmanager
def _private(path: Path) -> Iterator[io.BufferedWriter]:
    """A new file for its owner alone, on the disk when the block ends."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE), "wb") as file:
        yield file
        file.flush()
        # Before it gets its name: after a power cut there might else be the name without the bytes.
        os.fsync(file.fileno())


def _refuse_to_overwrite(target: Path) -> None:
    if target.exists() or target.is_symlink():
        raise BackupRefused(f"{target} is there already, and no backup takes another's place. Name another.")


def _sync(folder: Path) -> None:
    """Bring a folder's names to the disk."""
    # Windows opens no folder: there the system brings names to the disk in its own time.
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remember(instance: Path, manifest: Manifest, target: Path) -> None:
    made_at = datetime.fromisoformat(manifest.made_at)
    _note(instance, LastBackup(made_at, target.absolute(), target.stat().st_size))


def _note(instance: Path, last: LastBackup) -> None:
    # The backup is made: that it cannot be noted, on a disk that is read-only, makes it no worse.
    with suppress(OSError):
        noted = {
            "made_at": last.made_at.isoformat(),
            "file": str(last.file),
            "size": last.size,
            "checked_at": last.checked_at and last.checked_at.isoformat(timespec="seconds"),
        }
        (instance / LAST).write_text(json.dumps(noted), encoding="utf-8")
