"""The system's Chromium, a served application, and what every page is checked for."""

import os
import re
import shutil
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from flask import Flask
from playwright.sync_api import ConsoleMessage, Page, Route
from waitress import wasyncore

from survey.server.http import bind, bound_port
from tests.skips import EVERYTHING, first_of_each
from tests.survey.web.visitor import cookie_of, value

#: No sandbox, since tests often run as root in a container; nothing that goes out to the network by itself.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Each test has a site of its own, for which a process would be started and ended.
    "--renderer-process-limit=1",
)

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
#: Every window in every theme; the first two are each window and each theme once.
LOOKS: list[tuple[dict[str, int], Any]] = [(PHONE, "light"), (DESK, "dark"), (PHONE, "dark"), (DESK, "light")]
LOOK_NAMES = ["phone-light", "desk-dark", "phone-dark", "desk-light"]
#: A look's window and theme, for `first_of_each` and `rest_long`.
LOOK_CELLS = (lambda look: look[0]["width"], lambda look: look[1])


#: What people have, by the names that systems give it.
WINDOWED = ("chromium", "chromium-browser")
#: The same pages, laid out, painted and run by the same engine, without the window around them: it takes two thirds
#: of the work, and browsers are a sixth of the suite's.
WINDOWLESS = ("chromium-headless-shell", *WINDOWED)


def chromium(names: Iterable[str] = WINDOWLESS) -> str | None:
    """Where the system's Chromium is, under the first of its names; None where it is not installed."""
    return next(filter(None, map(shutil.which, names)), None)


def launch_arguments(names: Iterable[str] = WINDOWLESS) -> dict[str, Any]:
    """What playwright is told to start the system's browser with."""
    return {"executable_path": chromium(names), "args": list(ARGUMENTS)}


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The application behind waitress on a free port of this machine, in this process; its address.

    The clock is the process's, so that `clock.at` holds for what is served too.
    """
    server = bind(app, "127.0.0.1", 0)
    thread = threading.Thread(target=server.run, name="served", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{bound_port(server)}"
    finally:
        # Closed in the loop's own thread, which ends with its last socket; where that is awake already, for a request
        # that has just ended, it has closed before it is called.
        with suppress(OSError):
            server.trigger.pull_trigger(partial(wasyncore.close_all, server._map))
        thread.join(timeout=10)
        server.task_dispatcher.shutdown()


def take_part(page: Page, site: str) -> None:
    """Let the page's browser be a participant, by the form's own request: the way there is walked in `test_walk`."""
    request, join = page.context.request, f"{site}/s/ukraine/join"
    consent = request.get(join).text()
    fields = {name: value(consent, name) for name in ("csrf_token", "join_key")}
    assert request.post(join, form=fields | {"agree": "y"}, max_redirects=0).status == 303


def sign_in_by_link(page: Page, site: str, token: str) -> None:
    """Let the page's browser have signed in by a link, by the form's own request."""
    request, address = page.context.request, f"{site}/sign-in/{token}"
    fields = {"csrf_token": value(request.get(address).text(), "csrf_token")}
    assert request.post(address, form=fields, max_redirects=0).status == 303


def remember(page: Page, app: Flask, site: str, person: int) -> None:
    """Let the page's browser be somebody who takes part already, by the cookie that the site gave them."""
    name = app.config["SESSION_COOKIE_NAME"]
    page.context.add_cookies([{"name": name, "value": cookie_of(app, person), "url": site}])


class Complaints:
    """What the browser complained of: refusals by the page's policy, errors of scripts, lost files."""

    def __init__(self, page: Page, scripts: bool = True) -> None:
        self.found: list[str] = []
        self._scripts = scripts
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.found.append(f"script: {error}"))
        page.on("requestfailed", lambda request: self._fail(request))

    def _hear(self, message: ConsoleMessage) -> None:
        refused = "Content Security Policy" in message.text or "Content-Security-Policy" in message.text
        if refused or (message.type == "error" and "status of 4" not in message.text):
            self.found.append(f"{message.type}: {message.text}")

    def _fail(self, request: Any) -> None:
        # A request that a newer page overtook is no fault, nor is a script that somebody has switched off: Chromium
        # calls what was announced to it and is not wanted a refusal by policy.
        unwanted = not self._scripts and request.failure == "csp" and request.url.endswith(".js")
        if request.failure != "net::ERR_ABORTED" and not unwanted:
            self.found.append(f"{request.url}: {request.failure}")


class Held:
    """What a page sends to an address and what does not arrive there before it is let go: the first of it alone."""

    #: Milliseconds for each look, and how many of them.
    LOOK, LOOKS = 20, 1500

    def __init__(self, page: Page, address: str | re.Pattern[str]) -> None:
        self._page = page
        self._first: Route | None = None
        page.route(address, self._take)

    def _take(self, route: Route) -> None:
        if self._first:
            route.continue_()
        else:
            self._first = route

    def let_go(self) -> None:
        """Have it arrive, as soon as it is sent: a key that was pressed is told to the page before that."""
        for _look in range(self.LOOKS):
            if self._first:
                return self._first.continue_()
            self._page.wait_for_timeout(self.LOOK)
        raise AssertionError("nothing was sent")


#: What axe is asked on a page as it stands; all but what it finds wrong stays in the browser. A theme that has just
#: been changed is still on its way: colours between two themes are nobody's fault.
FOUND = """async (options) => {
  const ending = document.getAnimations().filter((one) => one.effect.getComputedTiming().endTime < Infinity);
  await Promise.allSettled(ending.map((one) => one.finished));
  return (await axe.run(document, options)).violations;
}"""
#: What a change of the theme alone can break: everything else is the same page in other colours.
OF_COLOURS = ("color-contrast", "link-in-text-block")


def accessibility_faults(page: Page, rules: tuple[str, ...] = ()) -> list[str]:
    """What axe finds on the page as it stands, by some of its rules or by all: rule, impact, first place."""
    # Half a megabyte of script: a page that has it already is not sent it again.
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    asked: dict[str, object] = {"resultTypes": ["violations"]}
    if rules:
        asked["runOnly"] = rules
    return [
        f"{fault['id']} ({fault['impact']}, {len(fault['nodes'])}): {' '.join(fault['nodes'][0]['target'])}"
        for fault in page.evaluate(FOUND, asked)
    ]


def faults_by_theme(page: Page, theme: str) -> list[str]:
    """What axe finds in one theme by all its rules; where everything is asked for, in the other by its colours."""
    found, rules = [], ()
    for scheme in (theme, *(other for other in ("light", "dark") if EVERYTHING and other != theme)):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        found += [f"{scheme}: {fault}" for fault in accessibility_faults(page, rules)]
        rules = OF_COLOURS
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    return found


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def look(page: Page, name: str, turn: int | None = None) -> list[str]:
    """What is wrong with a page on a phone and on a desk, light and dark; its pictures where a folder is named.

    Of states of one page, which share all but a part, each has its turn: daily it is looked at in one of the looks.
    """
    found: list[str] = []
    looks = first_of_each(LOOKS, *LOOK_CELLS)
    if turn is not None and not EVERYTHING:
        looks = [looks[turn % len(looks)]]
    # By window: in its second theme a page that is laid out already has other colours, and nothing else.
    seen: set[int] = set()
    for window, theme in sorted(looks, key=lambda look: look[0]["width"]):
        page.set_viewport_size(window)  # type: ignore[arg-type]
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        rules = OF_COLOURS if window["width"] in seen else ()
        seen.add(window["width"])
        place = f"{name} {window['width']} {theme}"
        found += [f"{place}: {fault}" for fault in accessibility_faults(page, rules)]
        found += [f"{place}: too wide {wide}" for wide in [overflow(page)] if wide]
        if folder := os.environ.get("PICTURES"):
            page.screenshot(path=Path(folder) / f"{place.replace(' ', '-')}.png", full_page=True)
    return found
