"""The button beside the code copies it; a browser that keeps its clipboard shows none."""

import pytest
from playwright.sync_api import Page, expect

from .chromium import PHONE, accessibility_faults, overflow

pytestmark = pytest.mark.browser


def join(page: Page, site: str) -> str:
    """Take part; the code that is shown then."""
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(f"{site}/s/ukraine/join")
    page.get_by_label("I have read this").check()
    page.get_by_role("button", name="Take part").click()
    return page.get_by_label("Your code").input_value()


def test_the_code_is_copied(page: Page, site: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    code = join(page, site)
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == code
    assert accessibility_faults(page) == [] and overflow(page) <= 0


def test_the_whole_code_can_be_read_on_a_phone(page: Page, site: str) -> None:
    join(page, site)
    assert page.get_by_label("Your code").evaluate("field => field.scrollWidth <= field.clientWidth")


def test_where_nothing_can_be_copied_there_is_no_button(page: Page, site: str) -> None:
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    assert join(page, site)
    expect(page.get_by_role("button", name="Copy")).to_be_hidden()
