"""A draft is tried and read before it is opened: its owner, somebody on a phone, a reader without script."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from survey.services import accounts
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.survey.web.organizer.test_pilot import OLENA, write_the_weather

from .chromium import DESK, PHONE, Complaints, look

pytestmark = pytest.mark.browser


@pytest.fixture
def owner(page: Page, app: Flask, site: str) -> Iterator[Page]:
    """Who owns a whole draft, signed in."""

    def link(session: object) -> str:
        write_the_weather(db.session)
        user = accounts.user_by_email(db.session, OLENA)
        assert user is not None
        return accounts.sign_in_link(db.session, user)

    with app.app_context():
        token = transaction(link)
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    page.goto(f"{site}/sign-in/{token}")
    page.get_by_role("button").last.click()
    page.goto(f"{site}/write/weather/check")
    yield page


def site_path(page: Page, site: str) -> str:
    """The new link that a page shows, on the site that is served."""
    path = page.locator("#link").input_value().split("/", 3)[3]
    return f"{site}/{path}"


@pytest.mark.long
def test_a_draft_is_tried_on_a_phone_and_the_trial_is_erased(
    browser: Browser, owner: Page, site: str
) -> None:
    faults = look(owner, "check")
    owner.get_by_role("link", name="Try it with a few people").click()
    faults += look(owner, "trial-before")
    owner.get_by_role("button", name="Begin a trial").click()
    faults += look(owner, "trial-link")
    link = site_path(owner, site)
    context = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
    guest = context.new_page()
    complaints = Complaints(guest)
    guest.goto(link)
    expect(guest.locator(".p-banner")).to_have_text("This is a trial: nothing you answer counts")
    faults += look(guest, "try")
    guest.get_by_label("I have read this").check()
    guest.get_by_role("button", name="Take part").click()
    guest.goto(guest.url.replace("/welcome", "/q/rain"))
    guest.locator("[name=p-yes]").fill("30")
    guest.get_by_role("button", name="Save forecast").click()
    expect(guest.get_by_role("heading", name="Saved", exact=True)).to_be_visible()
    guest.get_by_label("What is unclear?").fill("Where in Kyiv?")
    faults += look(guest, "try-question")
    guest.get_by_role("button", name="Send", exact=True).click()
    expect(guest.get_by_role("status").filter(has_text="Sent.")).to_be_visible()
    owner.goto(f"{site}/write/weather/trial")
    expect(owner.get_by_text("Where in Kyiv?")).to_be_visible()
    faults += look(owner, "trial-goes")
    owner.get_by_role("button", name="End and erase").click()
    expect(owner.get_by_text("Nothing was erased yet")).to_be_visible()
    owner.get_by_label("I want the trial to be erased").check()
    owner.get_by_role("button", name="End and erase").click()
    expect(owner.get_by_role("status").filter(has_text="erased")).to_be_visible()
    guest.goto(link)
    expect(guest.get_by_role("heading", name="This trial is over")).to_be_visible()
    assert not complaints.found and faults == []
    context.close()


@pytest.mark.long
def test_somebody_reads_it_by_keyboard_without_script(browser: Browser, owner: Page, site: str) -> None:
    owner.get_by_role("link", name="Let somebody else read it").click()
    owner.get_by_role("button", name="Make a link for a reader").click()
    faults = look(owner, "readers-link")
    link = site_path(owner, site)
    context = browser.new_context(java_script_enabled=False)
    reader = context.new_page()
    reader.goto(link)
    reader.get_by_role("link", name="To the next question").press("Enter")
    reader.get_by_label("Your name").fill("Olha")
    reader.get_by_label("What is unclear?").fill("Where in Kyiv?")
    reader.get_by_role("button", name="Send", exact=True).press("Enter")
    expect(reader.get_by_text("You have been through all of it")).to_be_visible()
    reader.get_by_role("link", name="Rain").click()
    expect(reader.get_by_label("Your name")).to_have_value("Olha")
    reader.get_by_role("button", name="It is clear").click()
    context.close()
    scripted = browser.new_context()
    looked_at = scripted.new_page()
    for name, address in (("read", link), ("read-question", f"{link}/rain")):
        looked_at.goto(address)
        faults += look(looked_at, name)
    scripted.close()
    owner.goto(f"{site}/write/weather/question/rain")
    expect(owner.get_by_text("Where in Kyiv?")).to_be_visible()
    faults += look(owner, "thing")
    owner.get_by_role("button", name="Settle", exact=True).click()
    expect(owner.get_by_role("button", name="Let it wait again")).to_be_visible()
    owner.goto(f"{site}/write/weather/readers")
    faults += look(owner, "readers")
    assert faults == []
