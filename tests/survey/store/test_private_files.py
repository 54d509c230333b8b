"""Files of an instance are their owner's alone, whatever the umask, and also those of earlier versions."""

import os
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask

from survey import create_app
from survey.server.http import check_ready
from survey.store.alembic import alembic
from survey.store.engine import WriterQueue, db
from survey.store.private_files import make_private, write_whole


@pytest.fixture
def open_umask() -> Iterator[None]:
    """Nothing is held back from anybody."""
    before = os.umask(0)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, str]:
    """The rights of a folder and of everything in it."""
    found = {path.name: oct(stat.S_IMODE(path.stat().st_mode)) for path in folder.iterdir()}
    return found | {".": oct(stat.S_IMODE(folder.stat().st_mode))}


@pytest.mark.usefixtures("open_umask")
def test_an_instance_and_its_database_are_private_under_umask_000(tmp_path: Path) -> None:
    folder = tmp_path / "instance"
    app = create_app({"PARLEY_INSTANCE": str(folder)})
    with app.app_context():
        alembic.upgrade()
        db.session.close()
        db.engine.dispose()
    found = modes(folder)
    assert found["."] == "0o700"
    assert {found["secret_key"], found["parley.sqlite"]} == {"0o600"}


@pytest.mark.usefixtures("open_umask")
def test_a_database_elsewhere_is_private_with_its_log(tmp_path: Path) -> None:
    path = tmp_path / "elsewhere.sqlite"
    app = create_app({"PARLEY_INSTANCE": str(tmp_path / "i"), "PARLEY_DATABASE_URL": f"sqlite:///{path}"})
    with app.app_context():
        with db.engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE a (b)")
        assert {mode for name, mode in modes(tmp_path).items() if name.startswith("elsewhere.sqlite")} == {
            "0o600"
        }
        db.engine.dispose()


@pytest.mark.usefixtures("open_umask")
def test_nobody_else_can_open_what_the_writers_queue_by(tmp_path: Path) -> None:
    with WriterQueue(tmp_path / "lock").turn():
        assert modes(tmp_path)["lock"] == "0o600"


@pytest.mark.usefixtures("open_umask")
def test_what_an_earlier_version_left_open_is_closed(tmp_path: Path) -> None:
    folder = tmp_path / "instance"
    (folder / "outbox").mkdir(parents=True)
    for name in ("secret_key", "parley.sqlite", "parley.sqlite-wal", "queue.sqlite"):
        (folder / name).write_text("")
    make_private(folder)
    assert set(modes(folder).values()) == {"0o700", "0o600"}


def test_what_others_may_read_all_the_same_is_named_before_anybody_is_answered(
    app: Flask, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A folder that is somebody's for other things too, or a disk that knows no rights."""
    folder = app.config["PARLEY"]["INSTANCE"]
    folder.chmod(0o755)
    check_ready(app)
    assert f"{folder} is open to others" in caplog.text
    folder.chmod(0o700)
    caplog.clear()
    check_ready(app)
    assert "is open to others" not in caplog.text


@pytest.mark.usefixtures("open_umask")
def test_a_folder_that_holds_other_things_is_left_as_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "letters.txt").write_text("")
    make_private(folder)
    assert modes(folder) == {".": "0o777", "letters.txt": "0o666"}


def test_a_file_that_several_write_at_once_is_one_of_theirs_whole(tmp_path: Path) -> None:
    path, texts = tmp_path / "made.js", [bytes([65 + place]) * 1_000_000 for place in range(4)]
    with ThreadPoolExecutor(4) as writers:
        list(writers.map(write_whole, [path] * 4, texts))
    assert path.read_bytes() in texts
    assert [*tmp_path.iterdir()] == [path]


def test_a_file_that_could_not_be_put_in_its_place_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "made.js").mkdir()
    with pytest.raises(OSError):
        write_whole(tmp_path / "made.js", b"whole")
    assert [path.name for path in tmp_path.iterdir()] == ["made.js"]
