"""Looking at a page in every window, theme and language: pictures of all, and the faults that show."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Response

from .chromium import DESK, PHONE, accessibility_faults, overflow

#: What the browser asks for; nothing is chosen on the tour, so that this decides.
LANGUAGES = ("en", "uk")
THEMES = ("light", "dark")
#: Seconds a page's charts may take; milliseconds a page may: two walks and the server share a process.
PATIENCE, LOADING = 60, 120_000
#: Whatever is folded around a place is opened.
UNFOLD = """(one) => { for (let fold = one; (fold = fold.parentElement?.closest("details")); ) fold.open = true; }"""
#: Charts are drawn anew for a new width.
DRAWN = """[...document.querySelectorAll("[data-chart]")].every(
  (figure) => figure.drawn === Math.floor(figure.querySelector(".p-canvas").clientWidth))"""


@dataclass
class Tour:
    """One walk through the site; `faults` are found on the way, `seen` are the paths of pages looked at."""

    page: Page
    site: str
    folder: Path
    faults: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def go(self, path: str) -> Response | None:
        """Open a page, in English."""
        self._speak(LANGUAGES[0])
        return self.page.goto(self.site + path)

    def stop(self, name: str, path: str | None = None, status: int = 200) -> None:
        """Go to a path (or stay), and look at the page in both languages, windows and themes."""
        started = time.monotonic()
        if path is not None:
            answer = self.go(path)
            if answer is None or answer.status != status:
                self.faults.append(f"{name}: {path} answers {answer.status if answer else 'nothing'}")
        self.seen.add(self.page.url.removeprefix(self.site).split("?")[0].split("#")[0])
        self._look(name, LANGUAGES[0])
        for language in LANGUAGES[1:]:
            self._speak(language)
            # The page of a form that was sent is made by sending it again.
            self.page.reload()
            self._look(name, language)
        self._speak(LANGUAGES[0])
        print(f"  {name} ({time.monotonic() - started:.1f} s)", flush=True)

    def stop_at_page(self, name: str, path: str) -> None:
        """Look at what a path answers if that is a page; a file, or what leads on, is seen without a picture."""
        asked: Any = {"max_redirects": 0, "headers": {"Accept": "text/html"}, "timeout": LOADING}
        answer = self.page.request.get(self.site + path, **asked)
        if answer.status == 200 and "html" in answer.headers["content-type"] and "<html" in answer.text():
            self.stop(name, path)
        elif answer.status < 400:
            self.seen.add(path)

    def picture(self, folder: Path, name: str, window: dict[str, int]) -> None:
        """What fits a window of the page as it stands, in English and in the light: for the README."""
        self._show(window, "light")
        self.page.reload()
        self._wait_for_charts(name)
        self.page.evaluate("document.activeElement?.blur(), scrollTo(0, 0)")
        self.page.screenshot(path=folder / f"{name}.png")

    def press(self, selector: str) -> None:
        """Press a button of the page; one that is not there is a fault, and the walk goes on."""
        self._use(selector, lambda place: place.click())

    def fill(self, selector: str, words: str) -> None:
        """Type into a field of the page; one that is not there is a fault too."""
        self._use(selector, lambda place: place.fill(words))

    def check(self, selector: str) -> None:
        """Tick a box, or choose a segment."""
        self._use(selector, lambda place: place.check(force=True))

    def _use(self, selector: str, act: Callable[[Any], None]) -> None:
        place = self.page.locator(selector).first
        if place.count():
            place.evaluate(UNFOLD)
            act(place)
        else:
            self.faults.append(f"{self.page.url.removeprefix(self.site)}: there is no {selector}")

    def _speak(self, language: str) -> None:
        self.page.set_extra_http_headers({"Accept-Language": language})

    def _show(self, window: dict[str, int], theme: Any) -> None:
        self.page.set_viewport_size(window)  # type: ignore[arg-type]
        # Nothing is in between two colours while a picture is taken.
        self.page.emulate_media(color_scheme=theme, reduced_motion="reduce")

    def _look(self, name: str, language: str) -> None:
        for window in (PHONE, DESK):
            for theme in THEMES:
                place = f"{name}-{window['width']}-{theme}-{language}"
                self._show(window, theme)
                self._wait_for_charts(place)
                self.page.screenshot(path=self.folder / f"{place}.png", full_page=True)
                if window is PHONE:
                    self.faults += self._faults(place)
        self.page.set_viewport_size(PHONE)  # type: ignore[arg-type]

    def _faults(self, place: str) -> list[str]:
        found = [f"{place}: {fault}" for fault in accessibility_faults(self.page)]
        pixels = overflow(self.page)
        return found + ([f"{place}: wider than the window by {pixels} pixels"] if pixels > 0 else [])

    def _wait_for_charts(self, place: str) -> None:
        drawn = partial(self.page.evaluate, DRAWN)
        end = time.monotonic() + PATIENCE
        # A chart is told its new width in the next frame.
        self.page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        while not drawn():
            if time.monotonic() > end:
                self.faults.append(f"{place}: a chart is not drawn after {PATIENCE} seconds")
                return
            self.page.wait_for_timeout(50)
