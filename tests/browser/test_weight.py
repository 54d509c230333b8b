"""Every page there is, as anybody, a participant and an owner see it: light, from this host alone, without a fault.

The routes come from `app.url_map`: a new page is looked at by itself.
"""

import base64
import gzip
import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, Response, Route, expect

from survey import clock
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.conftest import TODAY, make_app
from tests.skips import first_of_each
from tests.survey.web.every_page import ASKED, owner_link, paths, people_and_owner
from tests.survey.web.visitor import cookie_of, value

from .chromium import (
    OF_COLOURS,
    PHONE,
    Complaints,
    accessibility_faults,
    overflow,
    remember,
    served,
    sign_in_by_link,
)

pytestmark = pytest.mark.browser

#: Of what a page needs before anything can be read and pressed, compressed; charts are drawn afterwards.
MOST_BYTES = 100_000
AFTERWARDS = "/vega.js"
CROWD = f"/s/ukraine/q/{ASKED}/crowd"
#: What owners alone are shown.
OWN = "/s/ukraine/organize/"
VIEWERS = ["anonymous", "participant", "owner"]
#: What a browser says it wants.
ASKING = {"Accept": "text/html", "Accept-Language": "en"}
#: A form's token is another one each time.
TOKEN = re.compile(r'value="[\w.-]{50,}"')


@dataclass
class Whole:
    """A survey in which many have spoken, served."""

    app: Flask
    site: str
    people: dict[str, int | None]
    invitation: str
    #: Bytes of style sheets and scripts, compressed, by address.
    weights: dict[str, int] = field(default_factory=dict)
    _pages: dict[str, dict[str, str]] = field(default_factory=dict)

    def person(self) -> int:
        """Who takes part."""
        person = self.people["answered all"]
        assert person is not None
        return person

    def owner_link(self) -> str:
        """The token of a link that signs the owner in."""
        with self.app.app_context():
            return transaction(owner_link)

    def pages(self, viewer: str) -> dict[str, str]:
        """By path what a viewer is given, without that path and tokens; a file, data or a part is no page."""
        if viewer not in self._pages:
            client, found = self._client(viewer), {}
            for path in paths(self.app, self.invitation):
                answer = client.get(path, headers=ASKING, follow_redirects=True, buffered=True)
                assert answer.status_code < 500, path
                if not path.startswith("/api/") and answer.mimetype == "text/html" and "<html" in answer.text:
                    # Its own address is the one that it was led to.
                    page = answer.text.replace(answer.request.path, "").replace(path, "")
                    found[path] = TOKEN.sub("", page)
            self._pages[viewer] = found
        return self._pages[viewer]

    def to_look_at(self, viewer: str) -> list[str]:
        """The first path of each page, but for what a viewer before is given to the letter, in their turn."""
        pages: dict[str, str] = {}
        for path, page in self.pages(viewer).items():
            pages.setdefault(page, path)
        before = {page for one in VIEWERS[: VIEWERS.index(viewer)] for page in self.pages(one).values()}
        return [path for page, path in pages.items() if page not in before]

    def _client(self, viewer: str) -> FlaskClient:
        client = self.app.test_client()
        if viewer == "participant":
            client.set_cookie(self.app.config["SESSION_COOKIE_NAME"], cookie_of(self.app, self.person()))
        if viewer == "owner":
            address = f"/sign-in/{self.owner_link()}"
            fields = {"csrf_token": value(client.get(address).text, "csrf_token")}
            assert client.post(address, data=fields).status_code == 303
        return client


@pytest.fixture(scope="module")
def whole(sqlite_whole: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    """Made once: looking changes nothing."""
    folder = tmp_path_factory.mktemp("whole")
    shutil.copy(sqlite_whole, folder / "parley.sqlite")
    with clock.at(TODAY):
        app = make_app(f"sqlite:///{folder / 'parley.sqlite'}", folder)
        app.config.update(WTF_CSRF_ENABLED=True)
        with app.app_context():
            people, invitation = transaction(people_and_owner)
        with served(app) as site:
            yield Whole(app, site, people, invitation)
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def look(browser: Browser, whole: Whole) -> Iterator[Callable[[str], Page]]:
    """A phone's page for each viewer."""
    contexts = []

    def open_as(viewer: str) -> Page:
        context = browser.new_context(viewport=PHONE, reduced_motion="reduce")  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        if viewer == "participant":
            remember(page, whole.app, whole.site, whole.person())
        if viewer == "owner":
            sign_in_by_link(page, whole.site, whole.owner_link())
        return page

    yield open_as
    for context in contexts:
        context.close()


class Looker:
    """Goes to pages and says what is wrong with each."""

    def __init__(self, page: Page, whole: Whole) -> None:
        self.page, self.whole = page, whole
        self.asked: list[str] = []
        self.complaints = Complaints(page)
        page.on("request", lambda request: self.asked.append(request.url))

    def open(self, path: str) -> Response:
        self.asked.clear()
        self.complaints.found.clear()
        answer = self.page.goto(self.whole.site + path)
        assert answer is not None and answer.status < 500, path
        return answer

    def faults(self, path: str) -> list[str]:
        """What is wrong with one page, on a phone."""
        self.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        answer = self.open(path)
        found = self.elsewhere() + self.too_heavy(answer)
        self.drawn()
        for scheme, rules in (("light", ()), ("dark", OF_COLOURS)):
            self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            found += [f"{scheme}: {fault}" for fault in accessibility_faults(self.page, rules)]
        found += [f"wider by {wide}" for wide in [overflow(self.page)] if wide > 0]
        return found + self.complaints.found

    def faults_everywhere(self, path: str) -> list[str]:
        """What is wrong with it there and in any window."""
        return self.faults(path) + too_wide(self.page)

    def too_wide(self, path: str) -> list[str]:
        """Where one page is wider than any window."""
        self.open(path)
        return too_wide(self.page)

    def drawn(self) -> None:
        for picture in self.page.locator("[data-chart] .p-canvas").all():
            expect(picture.locator("svg:not(.p-space)")).to_be_attached()

    def elsewhere(self) -> list[str]:
        own = (self.whole.site, "data:", "blob:")
        return [f"asks {address}" for address in self.asked if not address.startswith(own)]

    def too_heavy(self, answer: Response) -> list[str]:
        weight = self.weight(answer)
        return [f"weighs {weight} bytes"] if weight >= MOST_BYTES else []

    def weight(self, answer: Response) -> int:
        """Bytes of the page with its style sheets and scripts, each compressed."""
        self.page.wait_for_load_state("load")
        parts: list[str] = self.page.evaluate(
            "performance.getEntriesByType('resource').map((one) => one.name.split('?')[0])"
        )
        needed = {part for part in parts if part.endswith((".css", ".js")) and not part.endswith(AFTERWARDS)}
        assert needed, answer.url
        return compressed(answer.body()) + sum(self._of(part) for part in needed)

    def _of(self, part: str) -> int:
        weights = self.whole.weights
        if part not in weights:
            weights[part] = compressed(self.page.request.get(part).body())
        return weights[part]


def compressed(body: bytes) -> int:
    return len(gzip.compress(body, 6))


def told(paths: list[str], look: Callable[[str], list[str]]) -> list[str]:
    """What is wrong with any of these pages."""
    return [f"{path}: {fault}" for path in paths for fault in look(path)]


@pytest.mark.long
@pytest.mark.parametrize("viewer", VIEWERS)
def test_every_page_is_light_fits_every_window_and_is_without_fault(
    whole: Whole, look: Callable[[str], Page], viewer: str
) -> None:
    found = whole.pages(viewer)
    assert CROWD in found and OWN in found and len(found) > 40
    looker = Looker(look(viewer), whole)
    assert told(whole.to_look_at(viewer), looker.faults_everywhere) == []
    assert looker.open(OWN).status == (200 if viewer == "owner" else 404), "still the viewer"


@pytest.mark.long
@pytest.mark.parametrize("viewer", VIEWERS)
def test_every_page_fits_every_window_in_ukrainian(
    whole: Whole, look: Callable[[str], Page], viewer: str
) -> None:
    looker = Looker(look(viewer), whole)
    looker.page.set_extra_http_headers({"Accept-Language": "uk"})
    assert told(whole.to_look_at(viewer), looker.too_wide) == []
    assert looker.open(OWN).status == (200 if viewer == "owner" else 404), "still the viewer"


# ---- The controls: what the test trusts to fail does fail


def planted(page: Page, into: str, before: str = "</main>") -> None:
    """Put something into every page that is opened."""

    def serve(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace(before, into + before, 1))

    page.route("**/methods", serve)


@pytest.mark.long
def test_an_inline_style_150_kilobytes_and_what_is_from_elsewhere_are_reported(
    whole: Whole, look: Callable[[str], Page]
) -> None:
    page = look("anonymous")
    heavy = base64.b85encode(os.urandom(120_000)).decode().replace("<", "")
    elsewhere = "<img alt='' src='https://elsewhere.invalid/one.png'>"
    planted(page, f"<p style='color: red'>Red</p><p hidden>{heavy}</p>{elsewhere}")
    found = Looker(page, whole).faults("/methods")
    for words in ("Applying inline style violates", "weighs", "asks https://elsewhere.invalid"):
        assert any(words in fault for fault in found), words


# ---- On paper, and for whoever wants no motion


#: What of some elements is seen: asked in the page, at once.
SEEN = "all => all.filter((one) => one.checkVisibility()).map((one) => one.textContent)"


def test_on_paper_there_is_the_table_and_nothing_to_press(whole: Whole, look: Callable[[str], Page]) -> None:
    page = look("participant")
    page.goto(whole.site + CROWD)
    Looker(page, whole).drawn()
    to_press = page.locator("header nav, footer, button, .btn, summary, .p-links, .p-skip")
    table = page.locator("[data-chart] .p-data table").first
    expect(page.locator("header nav")).to_be_visible()
    expect(table).to_be_hidden()
    # The control: on the screen there is much to press.
    assert len(to_press.evaluate_all(SEEN)) > 10
    page.emulate_media(media="print")
    assert to_press.evaluate_all(SEEN) == []
    expect(page.locator("h1")).to_be_visible()
    expect(table).to_be_visible()
    expect(table.locator("tbody tr").first).to_be_visible()
    # A head stays with its bar, and what is folded is unfolded.
    inside = "one => getComputedStyle(one).breakInside"
    assert page.locator(".p-figure-head").first.evaluate(inside) == "avoid"
    page.goto(whole.site + f"/s/ukraine/q/{ASKED}")
    expect(page.locator(".p-fold:not([open]) > :not(summary)").first).to_be_visible()
    page.goto(whole.site + "/s/ukraine/scenarios")
    expect(page.locator(".p-leaves-view, .p-trial").filter(visible=True)).to_have_count(0)


#: The longest that anything on the page takes to move, in seconds; what stands before and after elements too.
LONGEST = """() => Math.max(...[...document.querySelectorAll("*")].flatMap((one) => [null, "::before", "::after"]
  .flatMap((part) => {
    const style = getComputedStyle(one, part);
    return [...style.transitionDuration.split(","), ...style.animationDuration.split(",")].map(parseFloat);
  })))"""


def test_nothing_moves_for_whoever_wants_no_motion(whole: Whole, look: Callable[[str], Page]) -> None:
    page = look("participant")
    for path in first_of_each([CROWD, f"/s/ukraine/q/{ASKED}", "/s/ukraine/", "/s/ukraine/return"]):
        page.emulate_media(reduced_motion="reduce")
        page.goto(whole.site + path)
        assert page.evaluate(LONGEST) <= 0.01, path
        # The control: for everybody else something does.
        page.emulate_media(reduced_motion="no-preference")
        assert page.evaluate(LONGEST) > 0.1, path


# ---- Narrow, wide, and for whoever reads with large text

#: A phone's first: so wide is the page that was looked at on one, and to lay it out again is most of the work.
WIDTHS = (390, 320, 768, 1000, 1280)
#: The root's text at 200 %, as a browser's own setting makes it.
LARGE = "(size) => { document.documentElement.style.fontSize = size; }"


#: By how many pixels the page is wider than its window, at each size of its text.
WIDER = """(sizes) => sizes.map((size) => {
  const root = document.documentElement;
  root.style.fontSize = size;
  return root.scrollWidth - root.clientWidth;
})"""


def scrolls_sideways(page: Page, widths: tuple[int, ...], sizes: tuple[str, ...]) -> list[str]:
    """Where the open page is wider than its window."""
    found = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 844})
        found += [
            f"{width} px, text {size}: wider by {wider}"
            for size, wider in zip(sizes, page.evaluate(WIDER, sizes), strict=True)
            if wider > 0
        ]
        # Back and forth: a window begins with the text that the one before ended with, and it is laid out once less.
        sizes = sizes[::-1]
    return found


def too_wide(page: Page) -> list[str]:
    """Where the open page is wider than any window, also with text at 200 %."""
    if not page.locator(".p-header").count():  # a part of a page is shown nowhere alone
        return []
    return scrolls_sideways(page, WIDTHS, ("100%", "200%"))


#: Boxes that do not show the end of what they hold.
CUT = "boxes => boxes.filter((box) => box.scrollWidth > box.clientWidth).map((box) => box.name)"


def test_a_box_shows_the_whole_of_what_it_holds(whole: Whole, look: Callable[[str], Page]) -> None:
    page, cut = look("participant"), []
    for path in ("/s/ukraine/q/leaders-meet", "/s/ukraine/q/war-state-2027", f"/s/ukraine/q/{ASKED}"):
        page.goto(whole.site + path)
        boxes = page.locator(".p-box input")
        for box in boxes.all():
            box.fill("99.99")
        assert boxes.count() > 0, path
        for size in ("100%", "200%"):
            page.evaluate(LARGE, size)
            cut += [f"{path}, {size}: {name}" for name in boxes.evaluate_all(CUT)]
    assert cut == []


# ---- In the reader's own few colours

CHOSEN = """(place) => { const style = getComputedStyle(place);
  return [style.backgroundColor, style.borderBottomColor, style.color, style.forcedColorAdjust].join(); }"""


def looks(page: Page, selector: str) -> str:
    return str(page.locator(selector).first.evaluate(CHOSEN))


def test_with_forced_colours_what_is_chosen_and_what_is_filled_is_still_seen(
    whole: Whole, look: Callable[[str], Page]
) -> None:
    page = look("participant")
    page.emulate_media(forced_colors="active")
    page.goto(whole.site + "/s/ukraine/q/leaders-meet")
    page.locator(".p-box-large input").fill("12")
    assert looks(page, ".p-segments label:has(:checked)") != looks(
        page, ".p-segments label:not(:has(:checked))"
    )
    line = page.locator(".p-slider").first
    before, after = (
        line.evaluate(f"one => getComputedStyle(one, '{part}').backgroundColor")
        for part in ("::before", "::after")
    )
    paper = page.locator("body").evaluate("one => getComputedStyle(one).backgroundColor")
    assert after != before == paper
    page.goto(whole.site + "/s/ukraine/q/war-state-2027")
    page.locator(".p-box input").first.fill("12")
    # What is not filled is paper, as of every measure: beside it a second bright colour said as much.
    assert looks(page, ".p-share").split(",rgb")[0] == paper
    page.goto(whole.site + "/s/ukraine/themes")
    assert looks(page, ".p-nav [aria-current]") != looks(page, ".p-nav a:not([aria-current])")
    page.goto(whole.site + CROWD)
    assert looks(page, ".p-switch [aria-current]") != looks(page, ".p-switch a:not([aria-current])")
    swatch = page.locator(".p-swatch").first.evaluate("one => getComputedStyle(one).backgroundColor")
    assert swatch != paper
    chosen = looks(page, ".p-switch [aria-current]")
    page.goto(whole.site + "/s/ukraine/mine")
    assert looks(page, ".p-filters [aria-current]").split(",rgb")[0] == chosen.split(",rgb")[0]
