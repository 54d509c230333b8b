"""A survey is written in a real browser: saved while it is typed, told where two collide, opened, answered."""

import re

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.bank.document import document_of_folder
from survey.bank.paths import value_at
from survey.bank.reading import bank_folder
from survey.models import SurveyDraft
from survey.services import accounts, drafts
from survey.services.draft_questions import add_question, add_theme
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.skips import rest_long

from .chromium import DESK, PHONE, Complaints, Held, faults_by_theme, overflow, sign_in_by_link

pytestmark = pytest.mark.browser

OLENA, TARAS, PASSWORD = "olena@example.org", "taras@example.org", "four words of one's own"
CRITERIA, TITLE = "words/en/question/rain/criteria", "words/en/question/rain/title"


def sign_in(page: Page, app: Flask, site: str, email: str) -> None:
    with app.app_context():
        transaction(lambda session: accounts.create_user(session, email, password=PASSWORD).id)
    page.goto(f"{site}/login")
    page.fill("[name=email]", email)
    page.fill("[name=password]", PASSWORD)
    page.click("button:has-text('Sign in')")
    page.wait_for_url(re.compile("/surveys"))


def begin(session: Session) -> str:
    """The link of somebody who has begun a survey of one question, as `by_pages` does."""
    user = accounts.create_user(session, OLENA, password=PASSWORD)
    draft = drafts.start(session, user, "weather", drafts.blank_document("The weather", "en"))
    add_theme(session, draft, user, {"en": "Weather"})
    add_question(session, draft, user, "weather", "binary", {"en": "Rain"})
    return accounts.sign_in_link(session, user)


@pytest.fixture
def writer(page: Page, app: Flask, site: str) -> Page:
    """Somebody who has begun a survey, on its question's page."""
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    with app.app_context():
        link = transaction(begin)
    sign_in_by_link(page, site, link)
    page.goto(f"{site}/write/weather/question/rain")
    return page


@pytest.fixture
def by_pages(page: Page, app: Flask, site: str) -> Page:
    """The same, begun by the pages themselves."""
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    sign_in(page, app, site, OLENA)
    page.get_by_role("link", name="Write a survey").click()
    page.fill("#title", "The weather")
    page.fill("#slug", "weather")
    page.get_by_role("button", name="Begin").click()
    page.get_by_text("Add a theme").first.click()
    page.fill("#title-theme-", "Weather")
    page.get_by_role("button", name="Add a theme").click()
    page.get_by_role("link", name="Questions").click()
    page.get_by_text("Add a question").first.click()
    page.fill("#title-question-weather", "Rain")
    page.get_by_role("button", name="Add a question").click()
    page.wait_for_url(re.compile("/question/rain"))
    return page


def share_with_taras(session: Session) -> str:
    """The link of a second person who writes the survey."""
    user = accounts.create_user(session, TARAS, password=PASSWORD)
    drafts.share(session, session.scalars(select(SurveyDraft)).one(), TARAS)
    return accounts.sign_in_link(session, user)


def stored(app: Flask, path: str) -> object:
    with app.app_context():
        document = db.session.scalars(select(SurveyDraft.document).filter_by(slug="weather")).one()
        db.session.close()
    return value_at(document, path.split("/"))


def test_what_is_typed_is_saved_and_shown_as_participants_see_it(by_pages: Page, app: Flask) -> None:
    by_pages.locator('[id="words/en/question/rain/title"]').fill("Will it rain in Kyiv?")
    expect(by_pages.locator(".p-asked")).to_have_text("Will it rain in Kyiv?")
    assert stored(app, "words/en/question/rain/title") == "Will it rain in Kyiv?"


def test_without_a_network_it_says_what_was_kept_and_what_to_do(writer: Page, app: Flask) -> None:
    before = stored(app, CRITERIA)
    away = "() => Promise.reject(new TypeError('Failed to fetch'))"
    writer.evaluate(f"() => {{ window.asBefore = window.fetch; window.fetch = {away}; }}")
    writer.locator(f'[id="{CRITERIA}"]').fill("More than 1 mm.")
    expect(writer.locator("[data-saved]")).to_have_text(
        "Not saved: the site was not reached. What you typed stays here; save again."
    )
    assert stored(app, CRITERIA) == before
    writer.evaluate("() => { window.fetch = window.asBefore; }")
    writer.locator(f'[id="{CRITERIA}"]').fill("More than 2 mm.")
    expect(writer.locator(".p-seen")).to_contain_text("More than 2 mm.")
    assert stored(app, CRITERIA) == "More than 2 mm."


def test_what_is_saved_is_not_called_lost_where_the_preview_alone_is_not_reached(
    writer: Page, app: Flask
) -> None:
    writer.evaluate(
        """() => {
          const sent = window.fetch;
          window.fetch = async (to, how) => {
            if (how.method) return sent(to, how);
            setTimeout(() => { window.refused = true; });
            throw new TypeError("Failed to fetch");
          };
        }"""
    )
    writer.locator(f'[id="{CRITERIA}"]').fill("More than 1 mm.")
    writer.wait_for_function("() => window.refused")
    expect(writer.locator("[data-saved]")).to_have_text(re.compile(r"^Saved \d\d:\d\d"))
    assert stored(app, CRITERIA) == "More than 1 mm."


def test_what_stands_in_a_field_before_the_script_is_there_is_saved_with_the_next_change(
    writer: Page, app: Flask
) -> None:
    """Typed early, or put back by the browser, which keeps what was typed over a reload."""
    waiting = Held(writer, re.compile("editor.js"))
    writer.goto(writer.url, wait_until="commit")
    writer.locator(f'[id="{CRITERIA}"]').fill("More than 1 mm.")
    waiting.let_go()
    writer.wait_for_load_state()
    writer.locator(f'[id="{TITLE}"]').fill("Will it rain in Kyiv?")
    expect(writer.locator(".p-asked")).to_have_text("Will it rain in Kyiv?")
    assert stored(app, CRITERIA) == "More than 1 mm."


@pytest.mark.long
def test_without_script_the_button_saves(browser: Browser, writer: Page, app: Flask) -> None:
    context = browser.new_context(java_script_enabled=False, storage_state=writer.context.storage_state())
    page = context.new_page()
    page.goto(writer.url)
    page.locator(f'[id="{CRITERIA}"]').fill("More than 1 mm.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    assert stored(app, CRITERIA) == "More than 1 mm."
    context.close()


def test_two_who_type_into_one_field_are_told_and_choose(
    browser: Browser, writer: Page, app: Flask, site: str
) -> None:
    context = browser.new_context()
    other = context.new_page()
    complaints = Complaints(other)
    with app.app_context():
        link = transaction(share_with_taras)
    sign_in_by_link(other, site, link)
    other.goto(writer.url)
    writer.locator(f'[id="{CRITERIA}"]').fill("Hers.")
    expect(writer.locator(".p-seen")).to_contain_text("Hers.")
    other.locator(f'[id="{CRITERIA}"]').fill("His.")
    collision = other.locator("[data-field] [data-collision]")
    expect(collision).to_contain_text("Hers.")
    expect(other.locator(f'[id="{CRITERIA}"]')).to_have_value("His.")
    assert stored(app, CRITERIA) == "Hers."
    # Whoever types on has not chosen yet: what else they type is saved, and to leave would lose this field.
    other.locator(f'[id="{CRITERIA}"]').fill("His, longer.")
    other.locator(f'[id="{TITLE}"]').fill("Will it rain in Kyiv?")
    expect(other.locator(".p-asked")).to_have_text("Will it rain in Kyiv?")
    assert stored(app, CRITERIA) == "Hers."
    expect(collision).to_contain_text("Hers.")
    assert not other.evaluate("dispatchEvent(new Event('beforeunload', { cancelable: true }))")
    collision.get_by_role("button", name="Keep mine").click()
    expect(collision).to_have_count(0)
    assert stored(app, CRITERIA) == "His, longer."
    # What is typed on, after that, collides no more.
    other.locator(f'[id="{CRITERIA}"]').fill("His own.")
    expect(other.locator(".p-seen")).to_contain_text("His own.")
    assert stored(app, CRITERIA) == "His own."
    assert not complaints.found
    context.close()


@pytest.mark.long
def test_a_survey_is_written_opened_and_answered(by_pages: Page, site: str) -> None:
    writer = by_pages
    rain = "words/en/question/rain"
    typed = {
        f"{rain}/title": "Will it rain in Kyiv on 30 June 2027?",
        CRITERIA: "More than 1 mm between 00:00 and 23:59:59 UTC on 30 June 2027.",
        f"{rain}/background": "It rained on nine of the last thirty such days.",
        f"{rain}/sources": "The weather service\nReuters",
        "structure/question/rain/deadline": "2027-06-30",
        "structure/question/rain/resolves": "2027-08-31",
    }
    fill(writer, typed)
    writer.goto(f"{site}/write/weather/theme/weather")
    fill(writer, {"words/en/theme/weather/summary": "What falls from the sky."})
    writer.get_by_role("link", name="Purpose and consent").click()
    survey = "words/en/survey"
    fill(
        writer,
        {
            f"{survey}/headline": "Will it rain?",
            f"{survey}/summary": "One question.",
            "words/en/consent/text": "You agree that we keep your forecasts.",
        },
    )
    writer.get_by_role("link", name="People and rounds").click()
    fill(writer, {"structure/survey/opens": "2026-11-20", "structure/survey/closes": "2028-01-01"})
    writer.get_by_role("navigation", name="Steps").get_by_role("link", name="Check and open").click()
    writer.get_by_role("button", name="Open the survey").click()
    writer.wait_for_url(re.compile("/s/weather/organize/"))
    writer.goto(f"{site}/s/weather/join")
    writer.get_by_label("I have read this").check()
    writer.get_by_role("button", name="Take part").click()
    writer.goto(f"{site}/s/weather/q/rain")
    writer.locator("[name=p-yes]").fill("30")
    writer.get_by_role("button", name="Save forecast").click()
    expect(writer.locator(".p-receipt")).to_be_visible()


def fill(page: Page, typed: dict[str, str]) -> None:
    for name, text in typed.items():
        page.locator(f'[id="{name}"]').fill(text)
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_load_state()


# Eleven pages for each window: daily the phone alone, in the light; in the dark others are looked at
# (`test_accounts.py`).
@pytest.mark.parametrize("window", rest_long([PHONE, DESK]), ids=["phone", "desk"])
def test_every_page_of_the_editor_fits_and_is_accessible(
    page: Page, app: Flask, site: str, window: dict[str, int]
) -> None:
    document = document_of_folder(bank_folder("ukraine"))
    del document["words"]["uk"]["question"]["leaders-meet"]["criteria"]

    def start(session: Session) -> str:
        user = accounts.create_user(session, OLENA, password=PASSWORD)
        drafts.start(session, user, "weather", document)
        return accounts.sign_in_link(session, user)

    with app.app_context():
        link = transaction(start)
    sign_in_by_link(page, site, link)
    page.set_viewport_size(window)  # type: ignore[arg-type]
    found = []
    relation = document["structure"]["relation"][0]["key"]
    pages = ["", "weather/", "weather/questions", "weather/people", "weather/check"]
    pages += [
        "weather/question/leaders-meet",
        "weather/question/aid-total",
        "weather/question/ceasefire-when",
    ]
    pages += ["weather/question/clash-if-forces", "weather/theme/peace", f"weather/relation/{relation}"]
    for place in pages:
        address = f"{site}/write/{place}".rstrip("/") if not place else f"{site}/write/{place}"
        answer = page.goto(address)
        assert answer is not None and answer.status == 200, address
        found += [f"{place}: {fault}" for fault in faults_by_theme(page, "light")]
        if (wide := overflow(page)) > 0:
            found.append(f"{place}: {wide} px too wide")
    assert found == []
