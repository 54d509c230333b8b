"""Every command where there is no instance, or one that can't be used: a sentence, never a traceback."""

import re
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import ScriptInfo

from survey.cli import main
from survey.cli.root import _application
from survey.store.alembic import alembic
from survey.store.engine import db
from tests.conftest import make_app
from tests.skips import rest_long

from .readonly import read_only
from .tree import COMMANDS, TYPED

#: Tables of before surveys could be written in the browser.
OLD = "20261125_confirming_ends"
#: These make an instance where there is none; every other command leaves the disk as it is.
BEGINNING = ("db upgrade", "demo", "run")
BUNDLES = ("bundle convert", "bundle recompute", "bundle verify")
#: These ask no database.
WITHOUT_STORE = (
    "bank check",
    *BUNDLES,
    "key list",
    "key rotate",
    "restore",
    "settings",
    "validate",
)


def noun_of(command: str) -> tuple[object, ...]:
    """The file a command stands in, and how it asks the store: what ends it there is one rule for all of them."""
    return command.split()[0], command in BEGINNING, command in WITHOUT_STORE


#: Without an instance each is tried daily. In each other state one of each noun is, from the first or from the last.
FORWARD = rest_long(TYPED, noun_of)
BACKWARD = rest_long(reversed(TYPED), noun_of)


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the settings name; it is not there yet."""
    monkeypatch.setenv("PARLEY_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.delenv("PARLEY_DATABASE_URL", raising=False)
    (tmp_path / "elsewhere").mkdir()
    return tmp_path / "instance"


@pytest.fixture(scope="module")
def old_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("old")
    app = make_app(f"sqlite:///{folder / 'old.sqlite'}", folder)
    with app.app_context():
        alembic.upgrade(OLD)
        db.engine.dispose()
    return folder / "old.sqlite"


def typed(instance: Path, command: str) -> Result:
    """What a command says in a process that has loaded nothing yet."""
    given = TYPED[command].format(folder=instance.with_name("elsewhere")).split()
    made: list[Flask] = []

    def application() -> Flask:
        made.append(_application())
        return made[-1]

    result = CliRunner().invoke(main, [*command.split(), *given], obj=ScriptInfo(create_app=application))
    for app in made:
        with app.app_context():
            db.engine.dispose()
    return result


def holds(result: Result) -> None:
    """The command did its work, or ended with one sentence."""
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    if result.exit_code:
        told = result.output.partition("Error: ")[2].strip()
        assert told, result.output
        assert len(told.splitlines()) <= 2, told


def test_every_command_is_tried() -> None:
    assert sorted(TYPED) == sorted(COMMANDS)


@pytest.mark.parametrize("command", TYPED)
def test_no_instance(instance: Path, command: str) -> None:
    result = typed(instance, command)
    holds(result)
    assert instance.exists() == (command in BEGINNING)
    if command in (*WITHOUT_STORE, "db upgrade"):
        return
    assert result.exit_code != 0
    assert "parley db upgrade" in result.output
    assert str(instance) in result.output


@pytest.mark.parametrize("command", FORWARD)
@pytest.mark.parametrize("tables", [False, True], ids=["a folder", "a file without tables"])
def test_an_empty_instance(instance: Path, command: str, tables: bool) -> None:
    instance.mkdir()
    if tables:
        sqlite3.connect(instance / "parley.sqlite").close()
    result = typed(instance, command)
    holds(result)
    if command not in (*WITHOUT_STORE, "db upgrade", "db downgrade"):
        assert result.exit_code != 0
        assert "parley db upgrade" in result.output
    if not tables and command not in BEGINNING:
        assert list(instance.iterdir()) == []


@pytest.mark.parametrize("command", BACKWARD)
def test_an_old_instance(instance: Path, old_database: Path, command: str) -> None:
    instance.mkdir()
    shutil.copy(old_database, instance / "parley.sqlite")
    result = typed(instance, command)
    holds(result)
    if result.exit_code and command not in (*BUNDLES, "db downgrade", "restore", "validate"):
        assert "parley db upgrade" in result.output or re.search(
            "There is no (user ann|task 1)", result.output
        )


@pytest.mark.parametrize("command", FORWARD)
def test_an_instance_of_a_newer_version(instance: Path, sqlite_few: Path, command: str) -> None:
    instance.mkdir()
    shutil.copy(sqlite_few, instance / "parley.sqlite")
    with sqlite3.connect(instance / "parley.sqlite") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '20991231_unheard_of'")
        connection.execute("DROP TABLE survey")
    connection.close()
    result = typed(instance, command)
    holds(result)
    if result.exit_code and command not in (*BUNDLES, "restore", "validate"):
        assert "20991231_unheard_of" in result.output or re.search(
            "There is no (user ann|task 1)", result.output
        )


@pytest.fixture
def kept(instance: Path, sqlite_few: Path) -> Iterator[Path]:
    """A whole instance in which nobody may write."""
    instance.mkdir()
    (instance / "secret_key").write_text("s" * 64)
    shutil.copy(sqlite_few, instance / "parley.sqlite")
    with read_only(instance):
        yield instance


@pytest.mark.parametrize("command", BACKWARD)
def test_a_read_only_instance(kept: Path, command: str) -> None:
    result = typed(kept, command)
    holds(result)
    if command in ("bank load", "demo", "invite", "publish", "run", "survey new", "user create", "work"):
        assert result.exit_code != 0


@pytest.mark.parametrize("command", FORWARD)
def test_a_folder_in_which_no_instance_can_be_made(instance: Path, command: str) -> None:
    with read_only(instance.parent):
        holds(typed(instance, command))


def test_a_folder_that_is_read_only_here_is_so_for_whoever_runs_this(kept: Path) -> None:
    with pytest.raises(PermissionError):
        (kept / "new").touch()
