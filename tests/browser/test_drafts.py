"""Half-written answers: they outlive a reload and a way back, are offered again, and are gone once saved or left."""

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from survey.store.engine import db
from tests.factories import the_survey

from .chromium import PHONE, take_part
from .test_walk import save

pytestmark = pytest.mark.browser
REASON = "They said they would."


@pytest.fixture
def question(page: Page, site: str) -> str:
    """Address of a question, where the page's browser takes part."""
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    take_part(page, site)
    return f"{site}/s/ukraine/q/leaders-meet"


def write(page: Page, question: str) -> None:
    page.goto(question)
    page.locator("[name='p-yes']").fill("37")
    page.locator("[name='rationale']").fill(REASON)


def stands(page: Page) -> None:
    expect(page.locator("[name='p-yes']")).to_have_value("37")
    expect(page.locator("[name='rationale']")).to_have_value(REASON)


def drafts(page: Page) -> int:
    """How many answers this tab keeps."""
    return int(
        page.evaluate("Object.keys(sessionStorage).filter((name) => name.startsWith('parley draft')).length")
    )


def offered(page: Page) -> None:
    expect(page.get_by_text("You had begun an answer here")).to_be_visible()


def test_after_a_reload_it_is_offered_and_put_back(page: Page, question: str) -> None:
    write(page, question)
    page.reload()
    offered(page)
    expect(page.locator("[name='p-yes']")).to_have_value("")
    page.get_by_role("button", name="Put it back").click()
    stands(page)
    expect(page.locator("output.p-words")).to_contain_text("about 3 in 8")
    expect(page.get_by_text("You had begun an answer here")).to_be_hidden()


def test_a_number_is_put_back_in_the_way_it_was_written(page: Page, question: str) -> None:
    page.goto(question)
    page.get_by_role("radio", name="1 in n").check()
    page.locator("[name='p-yes']").fill("20")
    page.reload()
    page.get_by_role("button", name="Put it back").click()
    expect(page.get_by_role("radio", name="1 in n")).to_be_checked()
    expect(page.locator("[name='p-yes']")).to_have_value("20")
    expect(page.locator("output.p-words")).to_contain_text("about 1 in 20")


def test_after_another_page_and_the_way_back_it_is_there(page: Page, question: str) -> None:
    write(page, question)
    page.goto(question.rpartition("/q/")[0] + "/themes")
    page.goto(question)
    offered(page)
    page.get_by_role("button", name="Forget it").click()
    expect(page.get_by_text("You had begun an answer here")).to_be_hidden()
    assert drafts(page) == 0


def test_once_saved_nothing_is_kept_and_nothing_offered(page: Page, question: str) -> None:
    write(page, question)
    save(page)
    expect(page.get_by_role("heading", name="Saved", exact=True)).to_be_visible()
    assert drafts(page) == 0
    page.goto(question)
    expect(page.get_by_text("You had begun an answer here")).to_be_hidden()


def test_leaving_takes_it_along(page: Page, question: str) -> None:
    write(page, question)
    assert drafts(page) == 1
    page.goto(question.rpartition("/q/")[0] + "/leave")
    page.get_by_role("button", name="I have my code: forget me").click()
    expect(page.get_by_role("heading", name="Come back with your code")).to_be_visible()
    assert drafts(page) == 0


def test_a_page_out_of_the_browsers_own_store_is_made_anew_with_what_stood_in_it(
    page: Page, question: str
) -> None:
    write(page, question)
    key = page.locator("[name='key']").first.input_value()
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    page.wait_for_function("key => document.querySelector('[name=key]')?.value !== key", arg=key)
    stands(page)
    expect(page.get_by_text("You had begun an answer here")).to_be_hidden()


def test_what_was_saved_from_such_a_page_is_no_draft_any_more(page: Page, question: str) -> None:
    write(page, question)
    key = page.locator("[name='key']").first.input_value()
    # As the receipt does, from which the way back leads here.
    page.evaluate("sessionStorage.clear()")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    page.wait_for_function("key => document.querySelector('[name=key]')?.value !== key", arg=key)
    expect(page.locator("[name='p-yes']")).to_have_value("")
    assert drafts(page) == 0


def test_a_protected_survey_keeps_nothing_in_the_tab(app: Flask, page: Page, question: str) -> None:
    with app.app_context():
        the_survey(db.session).protected = True
        db.session.commit()
    write(page, question)
    assert drafts(page) == 0
    page.reload()
    expect(page.locator("[name='rationale']")).to_have_value("")
