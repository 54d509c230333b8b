"""A reason in a real browser: shown while it is written, counted near its end, and asked for on a large change."""

import re

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select

from survey.models import Submission
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.survey.web.participant.test_clarifications import publish_version

from .chromium import DESK, PHONE, accessibility_faults, overflow, take_part
from .test_walk import save

pytestmark = pytest.mark.browser

KEY = "leaders-meet"
SHOW = "Show it as others would read it"


@pytest.fixture
def question(page: Page, site: str) -> Page:
    """Somebody who has joined, before a question, on a phone."""
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    take_part(page, site)
    page.goto(f"{site}/s/ukraine/q/{KEY}")
    return page


def show(page: Page) -> None:
    """Press what shows the reason, in the fold beside its label."""
    page.get_by_text("Links and preview").click()
    page.get_by_role("button", name=SHOW).click()


def answers(app: Flask) -> int:
    with app.app_context():
        return transaction(lambda session: session.scalar(select(func.count()).select_from(Submission)) or 0)


def test_it_is_shown_beneath_without_leaving_the_page(question: Page, app: Flask) -> None:
    question.get_by_label("Why?").fill("Spring is *the* risk: [source](https://example.org/a).")
    question.evaluate("window.stayed = true")
    show(question)
    shown = question.locator("[data-preview]")
    expect(shown.locator("em")).to_have_text("the")
    expect(shown.get_by_role("link", name="source")).to_have_attribute(
        "rel", "nofollow noopener noreferrer ugc"
    )
    assert question.evaluate("window.stayed")
    assert accessibility_faults(question) == []
    assert overflow(question) <= 0
    assert answers(app) == 0


def test_where_the_session_is_gone_the_page_comes_back_and_not_a_page_within_it(question: Page) -> None:
    question.get_by_label("Why?").fill("Spring is *the* risk.")
    question.context.clear_cookies()
    show(question)
    heading = question.get_by_role("heading", level=1)
    expect(heading).to_have_text("Please send it once more")
    expect(question.get_by_label("Why?")).to_have_value("Spring is *the* risk.")


#: Engines end what a page has asked for as soon as it is left, while its scripts still run.
ENDED = """() => {
  const form = document.querySelector("form[data-kind]");
  window.fetch = () => new Promise((_, refuse) => {
    form.addEventListener("submit", () => setTimeout(() => refuse(new TypeError("Load failed"))), { once: true });
  });
}"""


def test_a_preview_that_fails_while_an_answer_is_on_its_way_does_not_overtake_it(
    question: Page, app: Flask
) -> None:
    question.evaluate(ENDED)
    question.get_by_label("Your forecast that the answer is yes").first.fill("12,5")
    show(question)
    save(question)
    expect(question.get_by_role("heading", name="Saved")).to_be_visible()
    assert answers(app) == 1


def test_without_a_connection_nothing_is_shown_and_what_was_written_stays(question: Page) -> None:
    question.get_by_label("Why?").fill("Spring is *the* risk.")
    question.route("**/preview", lambda route: route.abort("aborted"))
    show(question)
    expect(question.locator("[data-preview]")).to_contain_text("there is no connection")
    expect(question.get_by_label("Why?")).to_have_value("Spring is *the* risk.")
    question.unroute("**/preview")
    question.get_by_role("button", name=SHOW).click()
    expect(question.locator("[data-preview] em")).to_have_text("the")


def test_what_would_run_does_not(question: Page) -> None:
    question.get_by_label("Why?").fill(
        "<img src=x onerror=alert(1)> <script>alert(1)</script> ![x](https://e.x/y)"
    )
    question.on("dialog", lambda dialog: pytest.fail(dialog.message))
    show(question)
    expect(question.locator("[data-preview]")).to_contain_text("<script>alert(1)</script>")
    assert question.locator("[data-preview] :is(img, script)").count() == 0


def test_what_is_left_is_counted_near_the_end_in_code_points(question: Page) -> None:
    count = question.locator("[data-count]")
    question.get_by_label("Why?").fill("x" * 8_999)
    expect(count).to_be_hidden()
    question.get_by_label("Why?").fill("x" * 8_998 + "🕊🕊")
    expect(count).to_have_text("Characters left: 1000")


def test_enter_in_the_box_saves_and_does_not_preview(question: Page) -> None:
    question.get_by_label("Your forecast that the answer is yes").first.fill("12,5")
    question.keyboard.press("Enter")
    expect(question.get_by_role("heading", name="Saved")).to_be_visible()


def test_a_large_change_asks_at_the_field_and_the_tick_stores_it(question: Page, app: Flask) -> None:
    box = question.get_by_label("Your forecast that the answer is yes").first
    box.fill("10")
    save(question)
    question.get_by_role("link", name="Change").click()
    question.get_by_label("Your forecast that the answer is yes").first.fill("70")
    save(question)
    expect(question.get_by_label("Why?")).to_be_focused()
    expect(question.locator("#rationale-error")).to_contain_text("more than 20 points")
    assert accessibility_faults(question) == []
    question.get_by_label("Nothing to add").check()
    save(question)
    expect(question.get_by_role("heading", name="Saved")).to_be_visible()
    assert answers(app) == 2


def test_without_script_the_page_comes_back_with_everything(browser: Browser, site: str, app: Flask) -> None:
    plain = browser.new_context(java_script_enabled=False).new_page()
    take_part(plain, site)
    plain.goto(f"{site}/s/ukraine/q/{KEY}")
    plain.locator("#p-yes").fill("12,5")
    plain.get_by_label("Why?").fill("Spring is *the* risk.")
    plain.get_by_role("button", name=SHOW).click()
    expect(plain.locator(".p-preview em")).to_have_text("the")
    expect(plain.locator("#p-yes")).to_have_value("12,5")
    save(plain)
    expect(plain.get_by_role("heading", name="Saved")).to_be_visible()
    assert answers(app) == 1
    plain.context.close()


@pytest.mark.parametrize("window", [PHONE, pytest.param(DESK, marks=pytest.mark.long)], ids=["phone", "desk"])
def test_a_new_version_stands_beside_the_old_one(question: Page, app: Flask, window: dict[str, int]) -> None:
    question.get_by_label("Your forecast that the answer is yes").first.fill("10")
    save(question)
    with app.app_context():
        publish_version(db.session, criteria="It counts in Vienna or Bern alone.")
    question.set_viewport_size(window)  # type: ignore[arg-type]
    question.goto(re.sub(r"\?.*", "", question.url))
    expect(question.locator(".p-beside ins").first).to_be_visible()
    assert accessibility_faults(question) == []
    assert overflow(question) <= 0
    question.get_by_role("link", name="Change it").click()
    assert question.url.endswith("#p-yes")
    question.get_by_role("button", name="My forecast stands").click()
    expect(question.get_by_role("heading", name="Affirmed")).to_be_visible()
