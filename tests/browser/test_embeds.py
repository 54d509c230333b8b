"""A box inside another site's page, in a real browser that keeps no cookies of third parties."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from flask import Flask
from playwright.sync_api import BrowserType, Page, expect

from survey import charts
from survey.disclosure import Shown, Viewer, get_aggregate, get_scenarios
from survey.store.engine import db
from survey.store.transaction import transaction
from survey.web.embeds import MOST_ROWS
from tests.factories import the_question, the_survey
from tests.survey.web.test_published import KEY, fill

from .chromium import launch_arguments

pytestmark = pytest.mark.browser

#: Chromium's switch for what its settings call blocking third-party cookies.
NO_THIRD_PARTY = "--test-third-party-cookie-phaseout"
BOXES = {"question": f"q/{KEY}", "theme": "results/peace", "scenarios": "scenarios"}


@contextmanager
def foreign_page(content: str) -> Iterator[str]:
    """Another site of this machine, `localhost` where ours is 127.0.0.1, with one page; its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(content.encode())

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)


def frame_code(page: Page, site: str, path: str, **more: int) -> str:
    """What the site gives to put a page's box elsewhere (oEmbed)."""
    told = page.request.get(f"{site}/oembed", params={"url": f"{site}/s/ukraine/{path}", **more})
    return str(told.json()["html"])


def test_every_box_in_a_margin_is_whole(page: Page, app: Flask, site: str) -> None:
    with app.app_context():
        transaction(fill)
        the_survey(db.session).readers = "always"
        db.session.commit()
    codes = [
        frame_code(page, site, path, maxwidth=400) for path in (f"q/{KEY}/chart", "results/peace", "results")
    ]
    with foreign_page(f"<!DOCTYPE html><title>A column</title>{''.join(codes)}") as elsewhere:
        page.goto(elsewhere, wait_until="networkidle")
        frames = {frame.url.partition("/embed/s/ukraine/")[2]: frame for frame in page.frames}
        # A theme may have more questions with figures than this one: its box takes so many.
        frames[BOXES["theme"]].evaluate(
            """most => { const list = document.querySelector('.rows');
                while (list.children.length < most) list.append(list.firstElementChild.cloneNode(true)) }""",
            MOST_ROWS,
        )
        for path in BOXES.values():
            assert frames[path].evaluate("[innerWidth, innerHeight]") == [320, 400]
            assert frames[path].evaluate(CUT) == [], path


#: What of a box is cut off: its lists and figures hide what has no room.
CUT = """() => [...document.querySelectorAll('.box, .rows, .leaves, .figure')]
    .filter(one => one.scrollHeight > one.clientHeight + 1 || one.scrollWidth > one.clientWidth + 1)
    .map(one => `${one.className}: ${one.scrollWidth} x ${one.scrollHeight}`
        + ` in ${one.clientWidth} x ${one.clientHeight}`)"""


def test_a_box_on_a_foreign_page_tells_the_published_number_and_keeps_no_cookie(
    browser_type: BrowserType, app: Flask, site: str
) -> None:
    with app.app_context():
        transaction(fill)
        the_survey(db.session).readers = "always"
        db.session.commit()
        reader = Viewer(reads=True)
        shown = get_aggregate(db.session, reader, the_question(db.session, KEY))
        tree = get_scenarios(db.session, reader, the_survey(db.session).scenarios[0])
        assert isinstance(shown, Shown)
        number = charts.percent(100 * shown.options["yes"].value)
        likeliest = round(100 * max(tree.chances.leaves.values()))
    given = launch_arguments()
    chromium = browser_type.launch(**given | {"args": [*given["args"], NO_THIRD_PARTY]})
    context = chromium.new_context()
    page = context.new_page()
    codes = [frame_code(page, site, path) for path in (f"q/{KEY}/chart", "results/peace", "results")]
    # What may not be framed stands beside the boxes: the browser leaves it empty.
    refused = f'<iframe src="{site}/s/ukraine/results" title="refused"></iframe>'
    with foreign_page(f"<!DOCTYPE html><title>The Continental</title>{''.join(codes)}{refused}") as elsewhere:
        page.goto(elsewhere, wait_until="networkidle")
        frames = {frame.url.partition("/embed/s/ukraine/")[2]: frame for frame in page.frames}
        question, theme, scenarios = (frames[path] for path in BOXES.values())
        expect(question.locator(".said strong")).to_have_text(number)
        expect(theme.locator(".rows li", has_text=number).first).to_be_visible()
        assert f"{likeliest}" in scenarios.locator(".leaves").inner_text()
        for name in BOXES.values():
            expect(frames[name].get_by_text("What do you think?")).to_be_visible()
            assert frames[name].evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert question.locator(".figure img").evaluate("image => image.naturalWidth > 0")
        assert not any(frame.url.startswith(f"{site}/s/") for frame in page.frames), "only boxes are framed"
        assert context.cookies() == []
        with context.expect_page() as opened:
            question.locator("a.say").click()
        said = opened.value
        expect(said).to_have_url(f"{site}/s/ukraine/q/{KEY}")
        expect(said.locator("h1")).to_contain_text("presidents")
        assert "parley_read_ukraine" in {cookie["name"] for cookie in context.cookies(site)}
    chromium.close()
