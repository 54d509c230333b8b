"""The language switch in a real browser, with scripts and without: what was typed stays."""

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select

from survey.models import Submission
from survey.store.engine import db

from .chromium import PHONE, accessibility_faults, overflow, take_part

pytestmark = pytest.mark.browser

QUESTION = "/s/ukraine/q/leaders-meet"
WHY = "Because of <this> & “that”."


def type_half_an_answer(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("input[name=p-yes]").fill("12,5")
    page.locator("textarea[name=rationale]").fill(WHY)


def expect_it_is_all_there(page: Page) -> None:
    expect(page.locator("html")).to_have_attribute("lang", "uk")
    expect(page.locator("input[name=p-yes]")).to_have_value("12,5")
    expect(page.locator("textarea[name=rationale]")).to_have_value(WHY)


def forecasts(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Submission)) or 0


def test_a_half_filled_answer_is_switched_and_then_saved(page: Page, app: Flask, site: str) -> None:
    take_part(page, site)
    type_half_an_answer(page, site + QUESTION)
    page.get_by_role("button", name="Українською").first.click()
    expect_it_is_all_there(page)
    assert forecasts(app) == 0
    # Enter saves: the switch stands before the form, and is not what it presses.
    page.locator("input[name=p-yes]").press("Enter")
    expect(page.get_by_text("Збережено").first).to_be_visible()
    assert forecasts(app) == 1


def test_the_form_that_was_filled_last_is_kept_though_another_stands_first(
    page: Page, app: Flask, site: str
) -> None:
    """A page of two forms: the script sends the one that was typed in."""
    page.goto(f"{site}/s/ukraine/return")
    page.evaluate(
        """() => {
          const first = document.querySelector("main form");
          const other = first.cloneNode(true);
          other.id = "another";
          for (const field of other.querySelectorAll("input:not([type=hidden])")) field.id = "elsewhere";
          first.before(other);
        }"""
    )
    page.locator("#another input:not([type=hidden])").fill("QQQQQ")
    with page.expect_request(lambda request: "/language" in request.url) as sent:
        page.get_by_role("button", name="Українською").first.click()
    assert "form=another" in sent.value.url
    assert "QQQQQ" in (sent.value.post_data or "")


@pytest.mark.long
def test_ukrainian_fits_on_a_phone_and_says_what_it_is(page: Page, app: Flask, site: str) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    take_part(page, site)
    page.goto(f"{site}/s/ukraine/q/leaders-meet")
    page.locator("summary", has_text="Menu").click()
    page.get_by_role("button", name="Українською").click()
    expect(page.locator("html")).to_have_attribute("lang", "uk")
    for path in ("", "q/leaders-meet", "q/ceasefire-when", "q/aid-total", "themes", "mine", "scenarios"):
        page.goto(f"{site}/s/ukraine/{path}")
        assert overflow(page) <= 0, path
        assert accessibility_faults(page) == [], path


@pytest.mark.long
def test_without_scripts_all_is_kept_too(browser: Browser, app: Flask, site: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    take_part(page, site)
    type_half_an_answer(page, site + QUESTION)
    page.get_by_role("button", name="Українською").first.click()
    expect_it_is_all_there(page)
    assert forecasts(app) == 0
    page.locator("input[name=p-yes]").press("Enter")
    expect(page.get_by_text("Збережено").first).to_be_visible()
    assert forecasts(app) == 1
    context.close()
