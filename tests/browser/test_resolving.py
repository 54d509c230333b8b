"""An outcome is proposed by one organizer and approved by a second, on a desk and on a phone, light and dark."""

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session

from survey import clock
from survey.services import accounts
from survey.services.publication import publish
from survey.store.transaction import transaction
from tests.factories import crowd, on, the_question, the_survey
from tests.survey.outcomes import member

from .chromium import PHONE, look

pytestmark = pytest.mark.browser


def two(session: Session) -> dict[str, str]:
    """Links of two organizers; some have answered how the war stands and when a ceasefire takes effect."""
    users = {name: member(session, "owner", f"{name}@example.org") for name in ("ann", "ben")}
    for key in ("war-state-2027", "ceasefire-when"):
        crowd(session, the_question(session, key), [0.2, 0.4, 0.6] * 4, day=18)
    with clock.at(on(20)):
        publish(session, the_survey(session))
    return {name: accounts.sign_in_link(session, user) for name, user in users.items()}


@pytest.mark.long
def test_one_proposes_and_a_second_approves(browser: Browser, page: Page, app: Flask, site: str) -> None:
    with app.app_context():
        links = transaction(two)
    page.goto(f"{site}/sign-in/{links['ann']}")
    page.get_by_role("button").last.click()
    page.goto(f"{site}/s/ukraine/organize/q/war-state-2027/resolve")
    page.get_by_label("Ceasefire", exact=False).first.check()
    page.get_by_label("Known from, in UTC").fill("2026-11-21 10:00")
    page.get_by_label("Source").fill("Reuters, 22 November 2026")
    page.get_by_role("button", name="See what it does").click()
    expect(page.get_by_text("when it became known").first).to_be_visible()
    page.get_by_text("when it became known").first.scroll_into_view_if_needed()
    expect(page.locator(".p-canvas").get_by_text("not scored").first).to_be_visible()
    faults = look(page, "preview")
    page.get_by_role("button", name="Ask ben@example.org to approve").click()
    expect(page.get_by_text("waits for a second person")).to_be_visible()
    page.get_by_role("link", name="Look at the proposal").click()
    faults += look(page, "own-proposal")
    context = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
    second = context.new_page()
    second.goto(f"{site}/sign-in/{links['ben']}")
    second.get_by_role("button").last.click()
    second.goto(f"{site}/s/ukraine/organize/")
    second.get_by_role("listitem").filter(has_text="waits for your approval").get_by_role("link").click()
    faults += look(second, "proposal")
    second.get_by_role("button", name="Refuse with this reason").click()
    expect(second.get_by_role("alert").get_by_role("link")).to_contain_text("Say why, so that its author")
    expect(second.get_by_label("Why not")).to_have_attribute("aria-invalid", "true")
    expect(second.locator("#reason-error")).to_be_visible()
    second.get_by_role("button", name="Approve this outcome").click()
    expect(second.get_by_text("approved by ben@example.org").first).to_be_visible()
    second.goto(f"{site}/s/ukraine/organize/roles")
    faults += look(second, "roles")
    context.close()
    assert faults == []
