"""Three engines behind one window: what a walk through the site does in it is written once.

Chromium is driven by Playwright, Firefox and WebKitGTK by commands of WebDriver. A place is found by the role and the
name that the engine itself computes for it.
"""

import re
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Error, Locator, Page, sync_playwright

from .chromium import WINDOWED, Complaints, chromium, launch_arguments
from .webdriver import ELEMENT, Refused, Session, firefox, firefox_session, webkit, webkit_session

#: A role and how a name begins; or "css" and a selector, for what has no role that all engines agree on.
Place = tuple[str, str]
#: Which elements may have a role: asked of the driver one by one, all of a page would take seconds.
CANDIDATES = {
    "button": "button, input[type=submit]",
    "link": "a[href]",
    "checkbox": "input[type=checkbox]",
    "textbox": "input, textarea",
}
#: Candidates that say the name themselves come first: of each the driver is asked three times.
LIKELY_FIRST = """(candidates, name) => {
  const all = [...document.querySelectorAll(candidates)];
  const likely = all.filter((one) => one.textContent.trim().startsWith(name));
  return [...new Set([...likely, ...all])];
}"""
WHERE_LOADED = "(argument) => document.readyState === 'complete' && (FUNCTION)(argument)"
#: Seconds until something is expected to be there; a fresh application makes first what draws charts.
PATIENCE = 30.0


CENTRED = "(one) => one.scrollIntoView({ block: 'center', behavior: 'instant' })"
#: A day is chosen, not typed: which keys make one is for the reader's own country to say.
CHOSEN = """(box, text) => {
  if (box.type !== "date") return false;
  box.value = text;
  return box.dispatchEvent(new Event("input", { bubbles: true }));
}"""


class Window(ABC):
    """One window of an engine, of somebody whom no site knows yet."""

    @abstractmethod
    def go(self, address: str) -> None:
        """Open an address, and wait until it is loaded."""

    @abstractmethod
    def press(self, place: Place) -> None:
        """Press a button, a link, or what opens a fold."""

    @abstractmethod
    def fill(self, place: Place, text: str) -> None:
        """Type a text in the place of what a box holds."""

    @abstractmethod
    def run(self, function: str, argument: object = None) -> Any:
        """What a function of the page's own language returns."""

    @abstractmethod
    def resize(self, width: int) -> None:
        """Give the page another width."""

    @abstractmethod
    def picture(self, path: Path) -> None:
        """Keep a picture of the page as it stands."""

    def complaints(self) -> list[str]:
        """What the engine itself has complained of."""
        return []

    def until(self, function: str, argument: object = None) -> None:
        """Wait until a function of the page says true, and the page is loaded."""
        end = time.monotonic() + PATIENCE
        while True:
            # A page that is just being left answers nothing.
            with suppress(Error, Refused):
                if self.run(WHERE_LOADED.replace("FUNCTION", function), argument):
                    return
            assert time.monotonic() < end, f"not after {PATIENCE:.0f} s: {function} of {argument!r}"
            time.sleep(0.05)

    def sees(self, words: str) -> None:
        """Wait until the page says something."""
        self.until("(words) => document.body.innerText.includes(words)", words)

    def shows(self, selector: str) -> bool:
        """Whether something of this selector is in sight."""
        return bool(self.run("(one) => !!document.querySelector(one)?.checkVisibility()", selector))


class PlaywrightWindow(Window):
    """A window of Chromium."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._heard = Complaints(page)

    def go(self, address: str) -> None:
        self.page.goto(address)

    def press(self, place: Place) -> None:
        self._find(place).click()

    def fill(self, place: Place, text: str) -> None:
        self._find(place).fill(text)

    def run(self, function: str, argument: object = None) -> Any:
        return self.page.evaluate(function, argument)

    def resize(self, width: int) -> None:
        assert self.page.viewport_size
        self.page.set_viewport_size({"width": width, "height": self.page.viewport_size["height"]})

    def picture(self, path: Path) -> None:
        self.page.screenshot(path=path, full_page=True)

    def complaints(self) -> list[str]:
        return self._heard.found

    def _find(self, place: Place) -> Locator:
        role, name = place
        if role == "css":
            return self.page.locator(name).first
        begins: Any = re.compile("^" + re.escape(name))
        return self.page.get_by_role(role, name=begins).first  # type: ignore[arg-type]


class WebDriverWindow(Window):
    """A window of Firefox or WebKitGTK."""

    def __init__(self, session: Session, width: int) -> None:
        self._session = session
        self.resize(width)

    def go(self, address: str) -> None:
        self._session.ask("Navigate", url=address)

    def press(self, place: Place) -> None:
        self._session.ask("ElementClick", id=self._find(place))

    def fill(self, place: Place, text: str) -> None:
        box = self._find(place)
        if self._session.run(CHOSEN, {ELEMENT: box}, text):
            return
        self._session.ask("ElementClear", id=box)
        self._session.ask("ElementSendKeys", id=box, text=text)

    def run(self, function: str, argument: object = None) -> Any:
        return self._session.run(function, argument)

    def resize(self, width: int) -> None:
        self._session.resize(width)
        self.until("(width) => innerWidth === width", width)

    def picture(self, path: Path) -> None:
        self._session.picture(path)

    def complaints(self) -> list[str]:
        return self._session.complaints()

    def _find(self, place: Place) -> str:
        element = self._found(place)
        self._session.run(CENTRED, {ELEMENT: element})
        return element

    def _found(self, place: Place) -> str:
        role, name = place
        if role == "css":
            return self._session.elements(name)[0]
        for element in self._session.run(LIKELY_FIRST, CANDIDATES[role], name):
            if self._is(element[ELEMENT], role, name):
                return str(element[ELEMENT])
        raise AssertionError(f"there is no {role} whose name begins with {name!r}")

    def _is(self, element: str, role: str, name: str) -> bool:
        ask = partial(self._session.ask, id=element)
        # What is not displayed has no name to ask for.
        return bool(
            ask("IsElementDisplayed")
            and ask("GetComputedRole") == role
            and ask("GetComputedLabel").strip().startswith(name)
        )


@dataclass(frozen=True)
class Engine:
    """What draws pages: how it is called, what has it installed, whether it is, and how a window is opened."""

    name: str
    package: str
    installed: Callable[[], bool]
    window: Callable[[str, int], AbstractContextManager[Window]]


@contextmanager
def chromium_window(theme: str, width: int) -> Iterator[Window]:
    """Chromium with its window, as people have it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_arguments(WINDOWED))
        with window_in(browser, theme, width) as window:
            yield window
        browser.close()


@contextmanager
def window_in(browser: Browser, theme: Any, width: int) -> Iterator[Window]:
    """A window in a Chromium that runs: Playwright starts once in a process, and tests have started it."""
    looks: Any = {"color_scheme": theme, "reduced_motion": "reduce"}
    page = browser.new_page(viewport={"width": width, "height": 900}, **looks)
    yield PlaywrightWindow(page)
    page.close()


@contextmanager
def firefox_window(theme: str, width: int) -> Iterator[Window]:
    """Firefox as the system has it; Playwright drives one of its own alone."""
    with firefox_session(theme) as session:
        yield WebDriverWindow(session, width)


@contextmanager
def webkit_window(theme: str, width: int) -> Iterator[Window]:
    """WebKitGTK: what Safari draws with, as near as there is one on this system."""
    with webkit_session(theme) as session:
        yield WebDriverWindow(session, width)


ENGINES = (
    Engine("chromium", "chromium", lambda: chromium(WINDOWED) is not None, chromium_window),
    Engine("firefox", "firefox-esr", lambda: firefox() is not None, firefox_window),
    Engine("webkit", "webkit2gtk-driver xvfb", lambda: webkit() is not None, webkit_window),
)
