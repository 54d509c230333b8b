"""What-if on the page of scenarios in a real browser: by keys and by touch on a phone, kept in the address."""

import os
import re
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import clock
from survey.models import Participant
from survey.services import background_answers
from survey.services.publication import publish
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.factories import on, say, someone, the_survey, tied_questions

from .chromium import DESK, PHONE, Complaints, accessibility_faults, overflow, take_part

pytestmark = pytest.mark.browser

SCENARIOS = "/s/ukraine/scenarios"
#: As WebKit has it: a hundred changes of the address within seconds, then an error.
RARELY = """() => {
  const replace = history.replaceState.bind(history);
  let left = 100;
  history.replaceState = (...place) => {
    if (left-- <= 0) throw new DOMException("more than 100 times per 30 seconds", "SecurityError");
    replace(...place);
  };
}"""
#: From the line's end to its middle.
DRAGGED = """(line) => {
  for (let at = 200; at >= 50; at -= 1) {
    line.value = Math.min(at, 100);
    line.dispatchEvent(new Event("input", { bubbles: true }));
  }
}"""


def two_groups_answer(session: Session) -> None:
    """Ten people of each of two regions answer what the scenarios are made of, which is published."""
    (scenario,) = the_survey(session).scenarios
    asked = {other for one in scenario.questions for other in tied_questions(one)}
    with clock.at(on(18)):
        for region, chance in (("ukraine", 0.3), ("eu", 0.1)):
            for place in range(10):
                other = someone(session)
                background_answers.say(session, other, {"region": [region]})
                for question in asked:
                    say(session, other, question, chance + 0.01 * place)
    with clock.at(on(19)):
        publish(session, the_survey(session))


def crowd_and_me(page: Page, app: Flask, site: str) -> None:
    """Two groups, published; then whoever sits at the browser has answered too."""
    with app.app_context():
        transaction(two_groups_answer)
    take_part(page, site)
    with app.app_context():
        me = db.session.scalars(select(Participant).order_by(Participant.id.desc())).first()
        assert me is not None
        (scenario,) = the_survey(db.session).scenarios
        for question in {other for one in scenario.questions for other in tied_questions(one)}:
            say(db.session, me, question, 0.3)
        db.session.commit()


def test_a_trial_moves_at_once_by_keys_and_by_touch_and_the_address_keeps_it(
    browser: Browser, app: Flask, site: str
) -> None:
    window = browser.new_context(viewport=PHONE, has_touch=True)  # type: ignore[arg-type]
    page = window.new_page()
    complaints = Complaints(page)
    crowd_and_me(page, app, site)
    page.goto(site + SCENARIOS)
    box, result = page.locator("[data-trial] input").first, page.locator("[data-result]")
    expect(result).to_be_hidden()
    box.focus()
    page.keyboard.type("40")
    expect(result).to_be_visible()
    expect(page.locator("li[data-axis=ceasefire]")).to_contain_text("40\u00a0%, as you set it")
    expect(page).to_have_url(re.compile(r"\?headline\.ceasefire=40$"))
    by_script = told(page)
    page.reload()
    assert told(page) == by_script
    assert len({*by_script[1]}) == 2, "the bar of the trial is not that of now"
    # For whoever does not see them the bars are tables.
    assert (
        "Your trial" in page.get_by_role("table", name="What if?").get_by_role("rowheader").last.inner_text()
    )
    groups = page.get_by_role("table", name="Crowd forecast by group")
    expect(groups.get_by_role("rowheader")).to_have_count(4)
    expect(groups.get_by_role("cell")).to_have_count(9)
    line = page.locator("[data-trial] input[type=range]").first
    line.focus()
    page.keyboard.press("ArrowRight")
    assert box.input_value() == "41" and line.get_attribute("aria-valuetext") == "41\u00a0%"
    page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(re.compile(r"\?headline\.ceasefire=40$"))
    # A line that is dragged for long moves on, though an engine lets an address be changed a hundred times at most.
    page.evaluate(RARELY)
    line.evaluate(DRAGGED)
    assert line.get_attribute("aria-valuetext") == "50\u00a0%" and box.input_value() == "50"
    expect(page.locator("li[data-axis=ceasefire]")).to_contain_text("50\u00a0%, as you set it")
    expect(page).to_have_url(re.compile(r"\?headline\.ceasefire=50$"))
    assert overflow(page) == 0 and accessibility_faults(page) == []
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    assert overflow(page) == 0 and accessibility_faults(page) == []
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    look(page, "phone")
    page.locator("[data-reset]").tap()
    expect(result).to_be_hidden()
    expect(page).to_have_url(re.compile(r"/scenarios$"))
    page.goto(f"{site}{SCENARIOS}?whose=mine")
    assert overflow(page) == 0 and accessibility_faults(page) == []
    look(page, "mine-phone")
    assert complaints.found == []
    window.close()


def told(page: Page) -> tuple[list[str], list[str]]:
    """The figures of a trial, and the lengths of the pieces of its bars."""
    cells = page.locator("[data-result] td:last-child").all_inner_texts()
    figures = page.locator("[data-result] .p-bars td").all_inner_texts()
    pieces = page.locator("[data-result] .p-bars tr").evaluate_all(
        "rows => rows.map(row => [...row.querySelectorAll('rect')]"
        ".map(one => Math.round(10 * parseFloat(one.getAttribute('width')))).join(' ')).filter(Boolean)"
    )
    return [*cells, *figures], pieces


def look(page: Page, name: str) -> None:
    """Pictures for whoever asks for them."""
    folder = os.environ.get("PICTURES")
    if folder:
        expect(page.locator("[data-chart] .p-canvas svg:not(.p-space)").first).to_be_visible()
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            for width in (390, 1280):
                page.set_viewport_size({"width": width, "height": 844})
                page.wait_for_timeout(500)
                page.screenshot(path=Path(folder) / f"{name}-{width}-{scheme}.png", full_page=True)
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        page.emulate_media(color_scheme="light")
