"""The page of backups: when the last was made, whether it was checked, what to type; when it is a task."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey.store.backup import LAST
from survey.store.engine import db
from survey.web.organizer.backups import LONGEST_DAYS
from survey.web.organizer.tasks import tasks
from tests.conftest import TODAY
from tests.factories import the_survey
from tests.survey.web.visitor import words

from .test_roles import sign_in


@pytest.fixture
def owner(app: Flask) -> FlaskClient:
    return sign_in(app, "owner@example.org", "owner")


@pytest.fixture
def note(app: Flask) -> Iterator[Path]:
    """Where the instance notes its last backup."""
    path = Path(app.config["PARLEY"]["INSTANCE"]) / LAST
    path.unlink(missing_ok=True)
    yield path
    path.unlink(missing_ok=True)


def write(note: Path, days: float, **more: object) -> None:
    made_at = TODAY - timedelta(days=days)
    note.write_text(
        json.dumps(
            {"made_at": made_at.isoformat(), "file": "/srv/secret/monday.tar.gz", "size": 2_340_000} | more
        )
    )


def page(owner: FlaskClient) -> str:
    answered = owner.get("/s/ukraine/organize/backups")
    assert answered.status_code == 200
    return words(answered.text)


def test_without_any_it_says_so_and_what_to_type(owner: FlaskClient, note: Path) -> None:
    said = page(owner)
    assert "No backup is known of" in said
    for command in ("parley backup /", "parley backup --check /", "parley restore /"):
        assert command in said
    note.write_text("cut off {")
    assert "No backup is known of" in page(owner)


def test_the_last_one_is_told_with_its_age_and_size_but_no_folder_of_the_server(
    owner: FlaskClient, note: Path
) -> None:
    write(note, 1.5)
    said = page(owner)
    assert "The last backup is 1 day old." in said
    assert "Nobody has checked yet" in said
    assert "2.3 MB" in said
    assert "monday.tar.gz" in said
    assert "secret" not in said
    write(note, 1.5, checked_at=TODAY.isoformat())
    assert "It was found whole." in page(owner)


def test_an_old_one_is_told_to_be_old(owner: FlaskClient, note: Path) -> None:
    write(note, LONGEST_DAYS + 1)
    assert "It is older than 7 days: make another today." in page(owner)


def test_an_owner_in_production_has_a_task_where_none_is_young_enough(
    app: Flask, note: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def titles(role: str = "owner") -> str:
        with app.test_request_context():
            found = " ".join(task.title for task in tasks(db.session, the_survey(db.session), role))
            db.session.rollback()
            return found

    assert "backup" not in titles()
    monkeypatch.setitem(app.config["PARLEY"], "ENVIRONMENT", "production")
    assert "No backup is known of." in titles()
    assert "backup" not in titles("organizer")
    write(note, LONGEST_DAYS + 1)
    assert "The last backup is 8 days old." in titles()
    write(note, LONGEST_DAYS - 1)
    assert "backup" not in titles()
