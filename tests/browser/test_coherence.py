"""Clashes of one's own answers in a real browser: read under the receipt, one kept, one set, found in the files."""

import csv
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from survey import clock
from survey.export import forecasts, kept_clashes
from survey.export.snapshots import open_key
from survey.models import Survey
from survey.services.snapshots import freeze
from survey.store.engine import db

from .chromium import DESK, PHONE, accessibility_faults, overflow, take_part
from .test_walk import save

pytestmark = pytest.mark.browser

#: Three clashes: the treaty is likelier than the ceasefire it needs, accession than the invitation it needs, twice.
ANSWERS = {
    "ceasefire-when": {"2027-06-30": "10", "2027-12-31": "25", "2028-12-31": "38", "2030-12-31": "60"},
    "treaty-when": {"2027-06-30": "2", "2027-12-31": "6", "2028-12-31": "14", "2030-12-31": "80"},
    "nato-invitation": {"2027-12-31": "1", "2028-12-31": "2", "2030-12-31": "5"},
    "nato-accession": {"2027-12-31": "1", "2028-12-31": "6", "2030-12-31": "10"},
}


# Daily without a browser: tests/survey/web/participant/test_coherence.py reads, keeps, sets and mends.
@pytest.mark.long
def test_three_clashes_are_read_one_is_kept_one_is_set_the_rest_mended_and_all_is_in_the_files(
    page: Page, site: str, app: Flask
) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    take_part(page, site)
    for key, chances in ANSWERS.items():
        page.goto(f"{site}/s/ukraine/q/{key}")
        for option, chance in chances.items():
            page.locator(f'input[name="p-{option}"]').fill(chance)
        save(page)
    notes = page.locator(".p-notice", has_text="These answers miss each other by")
    expect(notes).to_have_count(2)
    expect(notes.first).to_contain_text("at most 5.5")
    assert accessibility_faults(page) == []
    assert overflow(page) <= 0
    notes.first.get_by_role("button", name="Keep as it is").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("2 places")
    expect(page.get_by_text("1 clash kept as it is")).to_be_visible()
    for window in (PHONE, DESK):
        page.set_viewport_size(window)  # type: ignore[arg-type]
        assert accessibility_faults(page) == []
        assert overflow(page) <= 0
    # By the keyboard alone: the treaty is set to what the ceasefire allows.
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.get_by_role("button", name="Set 60.5").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Saved")).to_be_visible()
    expect(page.locator(".p-receipt")).to_contain_text("before: ")
    page.get_by_role("link", name="All clashes of your answers").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("One place")
    with app.app_context():
        tomorrow = clock.now() + timedelta(days=1)
        with clock.at(tomorrow):
            snapshot = freeze(db.session, db.session.query(Survey).one(), app.config["PARLEY"])
        secret = open_key(snapshot, app.config["PARLEY"])
        (kept,) = kept_clashes.TABLE.rows(db.session, snapshot, secret)
        rows = [*csv.DictReader(forecasts.TABLE.lines(db.session, snapshot, secret))]
        db.session.rollback()
    told = dict(zip([one.name for one in kept_clashes.TABLE.columns], kept, strict=True))
    assert str(told["relation_ids"]).startswith("R7.")
    mine = [row for row in rows if row["participant_id"] == told["participant_id"]]
    treaty = [row for row in mine if (row["question_id"], row["option_id"]) == ("treaty-when", "2030-12-31")]
    assert [(row["action"], float(row["value"])) for row in treaty] == [("new", 0.8), ("update", 0.605)]
    page.get_by_role("button", name="Store these").click()
    expect(page.get_by_text("Everything you said goes together")).to_be_visible()
