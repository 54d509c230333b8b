"""Pages as people see them: the application served on this machine, the system's Chromium in front of it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import gettempdir
from typing import Any
from unittest.mock import patch

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy.orm import Session

from survey.store.private_files import write_whole
from survey.web import vega_script

from ..conftest import copy_after, fresh, template_of
from .chromium import Complaints, chromium, launch_arguments, served

#: Pictures are drawn after a page has loaded, and a fresh application makes what draws them first: seconds of CPU.
expect.set_options(timeout=30_000)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's browser, not one that playwright would fetch."""
    if chromium() is None:
        pytest.skip("Chromium is not installed; `apt-get install chromium` has it run")
    return {**browser_type_launch_args, **launch_arguments()}


@pytest.fixture(scope="module", autouse=True)
def pictures_script() -> Iterator[None]:
    """What draws pictures takes seconds of CPU to be made: once a run, whichever process and site asks first.

    For the files here alone: how it is made has tests of its own, which may run in this process too.
    """
    kept, make = Path(gettempdir()) / f"vega-{vega_script.fingerprint()}.js", vega_script.bundle

    def made_once() -> bytes:
        if not kept.exists():
            write_whole(kept, make())
        return kept.read_bytes()

    with patch.object(vega_script, "bundle", made_once):
        yield


@pytest.fixture(scope="session")
def base_url() -> None:
    """None for all: each test has a site of its own. (The plugin's own is written as pytest 10 forbids.)"""


@pytest.fixture
def database(request: pytest.FixtureRequest, workplace: Path) -> str:
    """A fresh SQLite file with the shipped survey; its URL."""
    return fresh(workplace, template_of("sqlite", request))


def site_after(work: Callable[[Session], object]) -> Any:
    """The `database` of the tests of a file: what `work` adds to the shipped survey is done once by each process."""

    @pytest.fixture(name="database")
    def prepared(request: pytest.FixtureRequest) -> str:
        return copy_after(work, "sqlite", request)

    return prepared


@pytest.fixture
def app(app: Flask) -> Flask:
    """The application of all tests of this process; its forms ask for their tokens, as in real life."""
    app.config.update(WTF_CSRF_ENABLED=True)
    return app


@pytest.fixture
def site(app: Flask, kept: BrowserContext) -> Iterator[str]:
    """Address of the served application, without a slash at its end; its pages are closed before it is.

    A browser fetches an icon, or what a page asks for, when it likes: where nobody serves it any more that would be
    taken for a fault of the page.
    """
    with served(app) as address:
        yield address
        close_pages(kept)


@pytest.fixture(scope="session")
def kept(browser: Browser) -> Iterator[BrowserContext]:
    """One window for all pages of this process: a new one costs as much as most of what a test does in it."""
    context = browser.new_context()
    # With its last page the window would close.
    context.new_page()
    yield context
    context.close()


@pytest.fixture
def page(kept: BrowserContext) -> Iterator[Page]:
    """A page of a browser that remembers nothing; whatever the browser itself complains of fails the test.

    What pages keep by themselves belongs to their site, and each test has a site of its own; cookies would be told
    to the next one, and so would what was allowed.
    """
    page = kept.new_page()
    complaints = Complaints(page)
    yield page
    close_pages(kept)
    kept.clear_cookies()
    kept.clear_permissions()
    assert not complaints.found, "\n".join(complaints.found)


def close_pages(kept: BrowserContext) -> None:
    """Close what a test has opened: all but the window's first page."""
    for left in kept.pages[1:]:
        left.close()
