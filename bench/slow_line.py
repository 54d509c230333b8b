"""A slow line: how long until somebody on Slow 3G sees the first box and the first chart, cold and warm.

`python -m bench.slow_line` prints, for a question's page and for a crowd's, seconds and kilobytes on the line until
the first box is painted and until the first picture is drawn. Chromium itself makes the line slow (CDP,
`Network.emulateNetworkConditions`): 400 kbit/s each way, 400 ms to and fro. Cold is a browser that has kept nothing,
warm the same one an opening later.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, sync_playwright

from survey import clock
from survey.store.alembic import alembic
from survey.store.transaction import transaction
from survey.web.vega_script import kept_in
from tests.browser.chromium import PHONE, launch_arguments, served
from tests.conftest import TODAY, load_unguarded, make_app
from tests.survey.disclosure.test_non_interference import World
from tests.survey.web.every_page import ASKED, people_and_owner
from tests.teardown import torn_down

#: Slow 3G: 400 kbit/s each way, in bytes, and 400 ms.
LINE = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
QUESTION, CROWD = "/s/ukraine/q/leaders-meet", f"/s/ukraine/q/{ASKED}/crowd"
#: What must be painted, and by when (seconds) and on how much (kilobytes) a cold browser should have it.
FIRST = {QUESTION: (".p-box input", 3.0, 90), CROWD: (".p-canvas svg:not(.p-space)", 8.0, 400)}
#: Seconds of the page's own clock when something has a size and is painted, and kilobytes of the files come by then.
WHEN_PAINTED = """(selector) => new Promise((done) => {
  const came = () => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
    .reduce((sum, file) => sum + file.transferSize / 1000, 0);
  const look = () => {
    const painted = performance.getEntriesByName("first-contentful-paint").length;
    const there = document.querySelector(selector)?.getBoundingClientRect().width;
    if (painted && there) done([performance.now() / 1000, came()]);
    else requestAnimationFrame(look);
  };
  look();
})"""


def slowed(page: Page) -> CDPSession:
    """The line of a page, made slow."""
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", LINE)
    return line


def first(page: Page, address: str, selector: str) -> tuple[float, float]:
    """Seconds from asking for an address to its first painting, and kilobytes until then."""
    page.goto(address, wait_until="commit")
    seconds, kilobytes = page.evaluate(WHEN_PAINTED, selector)
    page.wait_for_load_state("networkidle")
    return seconds, kilobytes


def measure(context: BrowserContext, site: str) -> None:
    """Each page by a browser that has kept nothing, then once more."""
    for path, (selector, seconds, kilobytes) in FIRST.items():
        page = context.new_page()
        slowed(page).send("Network.clearBrowserCache")
        for state in ("cold", "warm"):
            took, weight = first(page, site + path, selector)
            reach = f"  (reach {seconds:.0f} s and {kilobytes} kB)" if state == "cold" else ""
            print(
                f"{path:36} {state}  {took:6.2f} s  {weight:6.1f} kB{reach}; load {os.getloadavg()[0]:.1f}",
                flush=True,
            )
            page.goto("about:blank")
        page.close()


@contextmanager
def somebody(browser: Browser, world: World, site: str) -> Iterator[BrowserContext]:
    """A participant's phone, who has answered."""
    name = world.app.config["SESSION_COOKIE_NAME"]
    cookie = world.browser("answered all").get_cookie(name)
    assert cookie is not None
    with browser.new_context(viewport=PHONE) as context:  # type: ignore[arg-type]
        context.add_cookies([{"name": name, "value": cookie.value, "url": site}])
        yield context


def main() -> None:
    """A survey in which many have spoken, served on this machine, and one browser."""
    with torn_down() as made, clock.at(TODAY):
        app = make_app(f"sqlite:///{made / 'bench.sqlite'}", made)
        with app.app_context():
            alembic.upgrade()
            transaction(load_unguarded)
            people, _ = transaction(people_and_owner)
        # A site that has been up for some seconds has made it.
        kept_in(made)
        world = World(app, people, {})
        with served(app) as site, sync_playwright() as playwright:
            browser = playwright.chromium.launch(**launch_arguments())
            with somebody(browser, world, site) as context:
                measure(context, site)
            browser.close()


if __name__ == "__main__":
    main()
