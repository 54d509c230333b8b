"""Backups: made while people answer, whole or not at all, and restored only after everything in them is verified."""

import gzip
import hashlib
import io
import json
import os
import shutil
import sqlite3
import stat
import tarfile
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy import make_url, text

from survey import clock
from survey.cli import main
from survey.cli.root import _application
from survey.models import Submission
from survey.services import audit_log
from survey.store import backup as backups
from survey.store.backup import MANIFEST
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.conftest import make_app
from tests.factories import say, someone, the_question, the_survey
from tests.folding import folded
from tests.postgresql import _packaged

pytestmark = pytest.mark.store


def _answer() -> None:
    transaction(lambda session: say(session, someone(session), the_question(session, "leaders-meet")))


def _answers() -> int:
    count = db.session.scalar(text("SELECT count(*) FROM submission"))
    db.session.rollback()
    return int(count or 0)


@pytest.fixture(autouse=True)
def programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL's own programs, of the version that the tests run."""
    monkeypatch.setenv("PATH", f"{_packaged() / 'bin'}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def instance(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """An instance with one answer, a key and a letter, which the settings name."""
    folder = tmp_path / "instance"
    if database.startswith("sqlite"):
        folder.mkdir()
        shutil.copy(make_url(database).database or "", folder / "parley.sqlite")
        database = f"sqlite:///{folder / 'parley.sqlite'}"
    monkeypatch.setenv("PARLEY_INSTANCE", str(folder))
    monkeypatch.setenv("PARLEY_DATABASE_URL", database)
    monkeypatch.delenv("PARLEY_SECRET_KEY", raising=False)
    app = make_app(database, folder, doors=False)
    (folder / "secret_key").write_text("s" * 64)
    (folder / "outbox").mkdir(exist_ok=True)
    (folder / "outbox" / "one.eml").write_text("a letter")
    with app.app_context():
        _answer()
        transaction(lambda session: audit_log.record(session, the_survey(session), "published"))
        yield app
        db.session.close()
        db.engine.dispose()


def parley(*words: str) -> Result:
    """A command as in a process of its own."""
    return CliRunner().invoke(main, words, obj=ScriptInfo(create_app=_application))


def made(tmp_path: Path, name: str = "made.tar.gz") -> Path:
    result = parley("backup", str(tmp_path / name))
    assert result.exit_code == 0, result.output
    return tmp_path / name


@pytest.fixture
def whole(instance: Flask, tmp_path: Path) -> Path:
    """A backup of the instance."""
    return made(tmp_path)


def stopped(app: Flask) -> None:
    db.session.close()
    db.engine.dispose()


def members(path: Path) -> dict[str, bytes]:
    with tarfile.open(path) as archive:
        return {member.name: archive.extractfile(member).read() for member in archive}  # type: ignore[union-attr]


def test_a_backup_is_private_names_its_version_and_proves_each_file(instance: Flask, tmp_path: Path) -> None:
    path = made(tmp_path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    held = members(path)
    manifest = json.loads(held.pop(MANIFEST))
    assert set(manifest["files"]) == set(held)
    assert {"instance/secret_key", "instance/outbox/one.eml"} < set(held)
    assert manifest["tables"] == [db.session.scalar(text("SELECT version_num FROM alembic_version"))]
    assert list(tmp_path.glob(".parley-backup-*")) == []


def test_a_backup_takes_no_others_place(instance: Flask, tmp_path: Path) -> None:
    (tmp_path / "made.tar.gz").write_text("another")
    refused = parley("backup", str(tmp_path / "made.tar.gz"))
    assert (refused.exit_code, "is there already" in refused.output) == (1, True)
    assert (tmp_path / "made.tar.gz").read_text() == "another"


def test_a_backup_that_fails_leaves_nothing(
    instance: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_words: object) -> None:
        raise OSError(28, "No space left on device", "somewhere")

    monkeypatch.setattr(backups, "_write", full)
    assert "No space left" in parley("backup", str(tmp_path / "made.tar.gz")).output
    assert [path.name for path in tmp_path.iterdir() if "backup" in path.name or "made" in path.name] == []


@pytest.mark.sqlite
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_backup_is_made_where_no_program_can_open_a_folder(
    instance: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Windows, whose answers lie in PostgreSQL."""
    open_any = os.open

    def open_files(path: str | Path, flags: int, *more: int, dir_fd: int | None = None) -> int:
        if path == tmp_path:
            raise PermissionError(13, "Permission denied", str(path))
        return open_any(path, flags, *more, dir_fd=dir_fd)

    monkeypatch.delattr(os, "O_DIRECTORY")
    monkeypatch.setattr(os, "open", open_files)
    assert MANIFEST in members(made(tmp_path))


def test_the_check_says_when_the_last_backup_was_made(instance: Flask, tmp_path: Path) -> None:
    assert "No backup was made here" in parley("db", "check").output
    path = made(tmp_path)
    assert f"Last backup: 2026-11-22T12:00:00+00:00, {path}" in parley("db", "check").output


def test_a_backup_is_checked_without_restoring_it_and_the_instance_notes_it(
    instance: Flask, tmp_path: Path
) -> None:
    folder = tmp_path / "instance"
    assert "name the file to check" in parley("backup", "--check").output
    path = made(tmp_path)
    noted = backups.last_backup(folder)
    assert noted is not None
    assert (noted.size, noted.checked_at) == (path.stat().st_size, None)
    checked = parley("backup", "--check")
    assert (checked.exit_code, f"{path} is whole" in checked.output) == (0, True), checked.output
    noted = backups.last_backup(folder)
    assert noted is not None
    assert noted.checked_at == clock.now()
    path.write_bytes(path.read_bytes()[:-2000])
    refused = parley("backup", "--check", str(path))
    assert (refused.exit_code, "is no whole backup" in refused.output) == (1, True)
    assert _answers() == 1


def test_a_note_of_before_sizes_were_kept_is_read(tmp_path: Path) -> None:
    (tmp_path / "last_backup").write_text('{"made_at": "2026-11-22T12:00:00+00:00", "file": "/b/m.tar.gz"}')
    noted = backups.last_backup(tmp_path)
    assert noted is not None
    assert (noted.made_at.day, noted.file.name, noted.size) == (22, "m.tar.gz", None)
    (tmp_path / "last_backup").write_text("[]")
    assert backups.last_backup(tmp_path) is None


def test_an_instance_stands_in_the_way_until_it_is_told_to_be_put_aside(
    instance: Flask, tmp_path: Path
) -> None:
    path = made(tmp_path)
    _answer()
    stopped(instance)
    refused = parley("restore", str(path))
    assert (refused.exit_code, "--replace" in refused.output) == (1, True)
    assert _answers() == 2
    stopped(instance)
    restored = parley("restore", str(path), "--replace")
    assert restored.exit_code == 0, restored.output
    assert _answers() == 1
    assert parley("audit", "verify", "ukraine").exit_code == 0
    assert parley("db", "check").exit_code == 0
    folder = tmp_path / "instance"
    assert (folder / "secret_key").read_text() == "s" * 64
    assert (folder / "outbox" / "one.eml").read_text() == "a letter"
    (aside,) = folder.glob("before_restore_*")
    assert (aside / "secret_key").exists()
    if instance.config["SQLALCHEMY_ENGINES"]["default"]["url"].startswith("sqlite"):
        assert sqlite3.connect(aside / "parley.sqlite").execute(
            "SELECT count(*) FROM submission"
        ).fetchone() == (2,)
    else:
        assert db.session.scalar(text(f"SELECT count(*) FROM {aside.name}.submission")) == 2
    # What was put aside is in no later backup, and that one can be restored as well.
    stopped(instance)
    shutil.rmtree(aside)
    assert "before_restore" not in " ".join(members(made(tmp_path, "second.tar.gz")))


@pytest.mark.sqlite
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_an_empty_place_is_filled(instance: Flask, tmp_path: Path) -> None:
    path = made(tmp_path)
    stopped(instance)
    shutil.rmtree(tmp_path / "instance")
    assert parley("restore", str(path)).exit_code == 0
    assert _answers() == 1
    assert stat.S_IMODE((tmp_path / "instance" / "parley.sqlite").stat().st_mode) == 0o600


def test_an_instance_that_is_in_use_is_not_replaced(instance: Flask, tmp_path: Path) -> None:
    path = made(tmp_path)
    _answer()
    with db.engine.connect() as other:
        other.execute(text("SELECT 1 FROM submission"))
        refused = parley("restore", str(path), "--replace")
    assert (refused.exit_code, "stop the server" in refused.output) == (1, True)
    assert _answers() == 2
    assert list((tmp_path / "instance").glob("before_restore_*")) == []


@pytest.mark.postgresql
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_who_is_just_leaving_does_not_stand_in_the_way(instance: Flask, tmp_path: Path) -> None:
    """A server that was stopped a moment ago is still counted by PostgreSQL for another."""
    path = made(tmp_path)
    other = db.engine.raw_connection()
    # Its own from here on: closed it is gone, and in no pool.
    other.detach()
    leaving = threading.Timer(1.0, other.close)
    leaving.start()
    stopped(instance)
    restored = parley("restore", str(path), "--replace")
    leaving.join()
    assert restored.exit_code == 0, restored.output
    assert list((tmp_path / "instance").glob("before_restore_*")) != []


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _write(path: Path, held: Iterable[tuple[str, bytes]]) -> None:
    with tarfile.open(path, "w:gz") as archive:
        for name, content in held:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


def _rewritten(change: Callable[[dict[str, bytes]], object]) -> Callable[[Path], None]:
    def rewrite(path: Path) -> None:
        held = members(path)
        change(held)
        _write(path, held.items())

    return rewrite


def _with_a_key_twice(path: Path) -> None:
    held = [*members(path).items()]
    _write(path, [*held, *(one for one in held if one[0] == "instance/secret_key")])


def _listed(held: dict[str, bytes], name: str, content: bytes) -> None:
    manifest = json.loads(held[MANIFEST])
    manifest["files"][name] = hashlib.sha256(content).hexdigest()
    held[MANIFEST] = json.dumps(manifest).encode()
    held[name] = content


def _said_otherwise(held: dict[str, bytes], **facts: object) -> None:
    held[MANIFEST] = json.dumps(json.loads(held[MANIFEST]) | facts).encode()


def _of_nothing(path: Path) -> None:
    held = members(path)
    _said_otherwise(held, files=None)
    _write(path, [(MANIFEST, held[MANIFEST])])


SPOILED: dict[str, Callable[[Path], object]] = {
    "cut off": _cut,
    "empty": lambda path: path.write_bytes(b""),
    "no archive": lambda path: path.write_bytes(gzip.compress(b"words")),
    "another key": _rewritten(lambda held: held.update({"instance/secret_key": b"x"})),
    "a file missing": _rewritten(lambda held: held.pop("instance/secret_key")),
    "a file twice": _with_a_key_twice,
    "one file more": _rewritten(lambda held: held.update({"instance/more": b"x"})),
    "no manifest": _rewritten(lambda held: held.pop(MANIFEST)),
    "a manifest of something else": _rewritten(lambda held: held.update({MANIFEST: b"[1]"})),
    "a manifest without its list": _of_nothing,
    "a manifest of no time": _rewritten(lambda held: _said_otherwise(held, made_at="yesterday")),
    "a folder around it": _rewritten(lambda held: held.update({".": b""})),
    "a file inside of a file": _rewritten(lambda held: _listed(held, "instance/secret_key/more", b"x")),
    "a place outside": _rewritten(lambda held: _listed(held, "instance/../../escaped", b"x")),
}


@pytest.mark.sqlite
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@folded
@pytest.mark.parametrize("sort", SPOILED)
def test_a_spoiled_backup_is_refused_and_changes_nothing(
    instance: Flask, whole: Path, tmp_path: Path, sort: str
) -> None:
    path = Path(shutil.copy(whole, tmp_path / "spoiled.tar.gz"))
    SPOILED[sort](path)
    stopped(instance)
    before = sorted(path.name for path in (tmp_path / "instance").rglob("*"))
    refused = parley("restore", str(path), "--replace")
    assert refused.exit_code == 1
    assert "is no whole backup" in refused.output and "Nothing was changed" in refused.output
    assert sorted(path.name for path in (tmp_path / "instance").rglob("*")) == before
    assert not list(tmp_path.rglob("escaped"))


def test_a_backup_with_a_broken_audit_log_is_refused(instance: Flask, tmp_path: Path) -> None:
    with db.engine.connect() as connection:
        names = (
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'event_log'"
            if connection.dialect.name == "sqlite"
            else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgrelid = 'event_log'::regclass"
        )
        on = "" if connection.dialect.name == "sqlite" else " ON event_log"
        for name in connection.scalars(text(names)).all():
            connection.execute(text(f"DROP TRIGGER {name}{on}"))
        connection.execute(text("UPDATE event_log SET act = 'invented'"))
        connection.commit()
    path = made(tmp_path)
    stopped(instance)
    refused = parley("restore", str(path), "--replace")
    assert (refused.exit_code, "audit log of ukraine is broken" in refused.output) == (1, True)
    assert _answers() == 1
    assert db.session.get(Submission, 1) is not None
    assert list((tmp_path / "instance").glob("before_restore_*")) == []


def test_a_backup_of_a_newer_version_is_refused(instance: Flask, tmp_path: Path) -> None:
    with db.engine.connect() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '20991231_unheard_of'"))
        connection.commit()
    path = made(tmp_path)
    stopped(instance)
    refused = parley("restore", str(path), "--replace")
    assert (refused.exit_code, "20991231_unheard_of" in refused.output) == (1, True)


@pytest.mark.sqlite
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_backup_of_another_kind_of_database_is_refused(instance: Flask, tmp_path: Path) -> None:
    path = made(tmp_path)
    refused = CliRunner(env={"PARLEY_DATABASE_URL": "postgresql://nobody@localhost/none"}).invoke(
        main, ["restore", str(path)], obj=ScriptInfo(create_app=_application)
    )
    assert (refused.exit_code, "is of sqlite, and this instance is on postgresql" in refused.output) == (
        1,
        True,
    )


@pytest.mark.postgresql
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_where_the_databases_program_is_not_installed_a_sentence_says_so(
    instance: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    refused = parley("backup", str(tmp_path / "made.tar.gz"))
    assert (refused.exit_code, "pg_dump is not installed" in refused.output) == (1, True)
    assert not (tmp_path / "made.tar.gz").exists()
