"""A snapshot in the making as its page shows it, cancelled, failed, ready: on desk and phone, light and dark."""

import re
from functools import partial

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session

from survey import clock
from survey.export.files import FILES
from survey.models import Task
from survey.services import accounts, task_work, tasks
from survey.services.tasks import TaskClaim
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.conftest import TODAY
from tests.factories import on, say, someone, the_question
from tests.skips import EVERYTHING
from tests.survey.outcomes import member

from .chromium import PHONE, look
from .test_weight import WIDTHS, scrolls_sideways

pytestmark = pytest.mark.browser


def analyst(session: Session) -> str:
    """The link of an analyst; somebody has answered."""
    user = member(session, "analyst", "ann@example.org")
    with clock.at(on(18)):
        say(session, someone(session), the_question(session, "leaders-meet"), 0.37)
    return accounts.sign_in_link(session, user)


def begun() -> TaskClaim:
    """The claim of the one task, with its snapshot's number."""
    (number,) = tasks.claimable(db.session, "snapshot")
    mine = transaction(partial(tasks.claim, number=number))
    assert mine is not None
    transaction(partial(task_work._begun, mine=mine))
    return mine


HIDDEN = "(is) => Object.defineProperty(document, 'hidden', { configurable: true, value: is })"


def test_a_page_that_was_hidden_for_long_is_kept_up_to_date_once_it_is_looked_at(
    page: Page, app: Flask, site: str
) -> None:
    with app.app_context():
        link = transaction(analyst)
    page.clock.install()
    page.goto(f"{site}/sign-in/{link}")
    page.get_by_role("button").last.click()
    page.goto(f"{site}/s/ukraine/data/")
    page.get_by_role("button", name="Freeze a snapshot").click()
    expect(page.get_by_role("heading", name="A snapshot waits for its turn")).to_be_visible()
    page.evaluate(HIDDEN, True)
    page.clock.fast_forward("31:00")
    page.evaluate(HIDDEN, False)
    with app.app_context():
        begun()
    page.clock.fast_forward("01:00")
    expect(page.get_by_role("heading", name="Snapshot 1 is being made")).to_be_visible()


def asks_again(page: Page) -> None:
    """The page asks how far it is, however long it would have waited: less often where nothing changes."""
    page.clock.fast_forward("00:31")


def test_a_snapshot_in_the_making_is_watched_cancelled_and_asked_for_again(
    browser: Browser, page: Page, app: Flask, site: str
) -> None:
    with app.app_context():
        link = transaction(analyst)
    page.clock.install()
    page.goto(f"{site}/sign-in/{link}")
    page.get_by_role("button").last.click()
    page.goto(f"{site}/s/ukraine/data/")
    page.get_by_role("button", name="Freeze a snapshot").click()
    expect(page.get_by_role("heading", name="A snapshot waits for its turn")).to_be_visible()
    expect(page.get_by_role("button", name="Freeze a snapshot")).to_have_count(0)
    page.get_by_role("button", name="Cancel").focus()
    # By itself, and the button that has the focus keeps it.
    with app.app_context():
        mine = begun()
        with clock.at(TODAY.replace(second=33)):
            transaction(partial(tasks.tell, mine=mine, step="forecasts_long.csv", share=0.62))
    asks_again(page)
    expect(page.get_by_role("heading", name="Snapshot 1 is being made")).to_be_visible()
    expect(
        page.get_by_text(re.compile("62.%, about 20 seconds left. You may leave this page."))
    ).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_attribute("value", "62")
    expect(page.get_by_role("button", name="Cancel")).to_be_focused()
    faults = look(page, "snapshot-running", 0)
    # Without script too: the page asks for itself again, for as long as something is made.
    plain = browser.new_context(java_script_enabled=False, storage_state=page.context.storage_state())
    without = plain.new_page()
    without.goto(f"{site}/s/ukraine/data/")
    expect(without.get_by_text("You may leave this page.")).to_be_visible()
    with app.app_context():
        transaction(partial(tasks.tell, mine=mine, step="questions.csv", share=0.9))
    # Daily nobody waits for the five seconds to be over.
    expect(without.locator("noscript meta[http-equiv=refresh]")).to_have_attribute("content", "5")
    if not EVERYTHING:
        without.reload()
    expect(without.get_by_text(f"Step 1 of {len(FILES)}")).to_be_visible()
    plain.close()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("heading", name="The snapshot was cancelled")).to_be_visible()
    faults += look(page, "snapshot-cancelled", 1)
    page.get_by_role("button", name="Freeze a snapshot").click()
    with app.app_context():
        transaction(partial(tasks.fail, mine=begun(), fault="broken", reference="4f2a9c01"))
    asks_again(page)
    expect(page.get_by_text("4f2a9c01")).to_be_visible()
    faults += look(page, "snapshot-failed", 0)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", name="A snapshot waits for its turn")).to_be_visible()
    with app.app_context():
        assert task_work.run_waiting() == 1
        assert {task.state for task in db.session.query(Task)} == {"cancelled", "failed", "done"}
    asks_again(page)
    expect(page.get_by_role("heading", name="Snapshot 1 is ready")).to_be_visible()
    expect(page.get_by_role("link", name="questions.csv")).to_be_visible()
    faults += look(page, "snapshot-ready", 1)
    # What each column means is folded by table: a link leads into it, and what is open is a table on paper.
    opened, folded = (
        page.locator(f"#codebook-{name} [role=rowheader]").first for name in ("forecasts_long", "questions")
    )
    expect(opened).to_be_hidden()
    page.goto(f"{site}/s/ukraine/data/")
    page.goto(f"{site}/s/ukraine/data/#codebook-forecasts_long")
    expect(opened).to_be_visible()
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.emulate_media(media="print")
    assert opened.evaluate("one => getComputedStyle(one).display") == "table-cell"
    expect(folded).to_be_hidden()
    page.emulate_media(media="screen")
    page.evaluate("document.querySelectorAll('.p-codebook details').forEach((one) => { one.open = true; })")
    assert faults + scrolls_sideways(page, WIDTHS, ("100%", "200%")) == []
