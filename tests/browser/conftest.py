"""Pages as people see them: the application served on this machine, the system's Chromium in front of it."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page

from survey.store.engine import db

from ..conftest import make_app
from .chromium import Complaints, chromium, launch_arguments, served


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's browser, not one that playwright would fetch."""
    if chromium() is None:
        pytest.skip("Chromium is not installed; `apt-get install chromium` has it run")
    return {**browser_type_launch_args, **launch_arguments()}


@pytest.fixture(scope="session")
def base_url() -> None:
    """None for all: each test has a site of its own. (The plugin's own is written as pytest 10 forbids.)"""


@pytest.fixture
def app(sqlite_template: Path, tmp_path: Path) -> Iterator[Flask]:
    """The application on a fresh SQLite file; its forms ask for their tokens, as in real life."""
    path = tmp_path / "parley.sqlite"
    shutil.copy(sqlite_template, path)
    app = make_app(f"sqlite:///{path}", tmp_path)
    app.config.update(WTF_CSRF_ENABLED=True)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    """Address of the served application, without a slash at its end."""
    with served(app) as address:
        yield address


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """A fresh browser's page; whatever the browser itself complains of fails the test."""
    complaints = Complaints(page)
    yield page
    assert not complaints.found, "\n".join(complaints.found)
