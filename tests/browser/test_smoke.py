"""The first page opens in a real browser, whole and without a fault."""

import pytest
from playwright.sync_api import Page

from .chromium import DESK, PHONE, Complaints, accessibility_faults, overflow

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("window", [PHONE, DESK], ids=["phone", "desk"])
def test_the_front_page_opens_without_a_fault(page: Page, site: str, window: dict[str, int]) -> None:
    page.set_viewport_size(window)  # type: ignore[arg-type]
    answer = page.goto(f"{site}/s/ukraine/")
    assert answer is not None and answer.status == 200
    assert page.locator("h1").count() == 1
    assert accessibility_faults(page) == []
    assert overflow(page) <= 0


def test_a_script_in_a_page_is_heard_of(page: Page, site: str) -> None:
    """The control: what the other tests trust to fail does fail."""
    other = page.context.new_page()
    heard = Complaints(other)
    other.goto(f"{site}/s/ukraine/")
    with other.expect_console_message(lambda message: "Content Security Policy" in message.text):
        other.evaluate(
            "document.body.appendChild(Object.assign(document.createElement('script'), {textContent: '1'}))"
        )
    assert any("Content Security Policy" in complaint for complaint in heard.found)


def test_a_faulty_page_has_accessibility_faults_and_overflows(page: Page, site: str) -> None:
    """The control of the two measures."""
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto("data:text/html,<html><body><img src='data:,' style='width:900px'></body></html>")
    assert any(fault.startswith("image-alt") for fault in accessibility_faults(page))
    assert overflow(page) > 0


def test_what_a_page_asks_for_when_its_test_has_ended_is_no_fault(page: Page, site: str) -> None:
    """Such as its icon, which a browser fetches when it likes: a page is closed before its server."""
    page.goto(f"{site}/s/ukraine/")
    # Started where nothing waits for it, and asked for until the page is closed.
    page.evaluate(
        "() => { const ask = () => fetch('/healthz').catch(() => 0).then(() => setTimeout(ask)); setTimeout(ask) }"
    )
