"""The whole way in a real browser: from the front page to a researcher's file that gives the page's figure again."""

import csv
import io
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import clock
from survey.disclosure import rounded_probability
from survey.export.archive import verify
from survey.export.replication.recompute import recompute
from survey.i18n.formatting import percent
from survey.models import Publication
from survey.services import accounts
from survey.services.publication import publish
from survey.services.task_work import run_waiting
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.factories import on, say, someone, the_question, the_survey
from tests.recomputing import Rows, grouped, recomputed, stored

from .chromium import PHONE

pytestmark = pytest.mark.browser

#: A question with one neighbour: its crowd waits for both.
ASKED, NEIGHBOUR = "nuclear-use", "escalation-rung"


def twelve_people(session: Session) -> None:
    """Twelve people over three days answer two questions; the last day is published."""
    for day, chances in (
        (18, (0.02, 0.05, 0.11, 0.2)),
        (19, (0.01, 0.08, 0.13, 0.3)),
        (20, (0.04, 0.09, 0.16, 0.4)),
    ):
        with clock.at(on(day)):
            for chance in chances:
                person = someone(session)
                say(session, person, the_question(session, ASKED), chance, rationale=f"A chance of {chance}.")
                say(session, person, the_question(session, NEIGHBOUR), 0.5)
    publish(session, the_survey(session), on(20).date())


@pytest.fixture
def survey_address(app: Flask, site: str) -> str:
    """Address of a survey in which twelve people have spoken."""
    with app.app_context():
        transaction(twelve_people)
    return f"{site}/s/ukraine"


def member_link(app: Flask, site: str, role: str) -> str:
    """A one-time link that signs in somebody new with a role."""

    def make(session: Session) -> str:
        user = accounts.create_user(session, f"{role}@example.org")
        accounts.grant(session, user, the_survey(session), role)
        return accounts.sign_in_link(session, user)

    with app.app_context():
        return f"{site}/sign-in/{transaction(make)}"


def save(page: Page) -> None:
    page.get_by_role("button", name="Save forecast").click()


def join(page: Page, address: str) -> str:
    """Front page, consent, code; returns the code."""
    page.goto(f"{address}/")
    page.get_by_role("link", name="Take part").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Before you take part")
    page.get_by_label("I have read this").check()
    page.get_by_role("button", name="Take part").click()
    code = page.get_by_label("Your code").input_value()
    page.get_by_role("link", name="I have kept it").click()
    return code


#: One question of every kind, and what is typed; the first of them is refused once.
ANSWERS = {
    "leaders-meet": {"p-yes": "12,5"},
    "nato-invitation": {"p-2027-12-31": "1", "p-2028-12-31": "2", "p-2030-12-31": "5"},
    "war-state-2027": {
        "p-settlement": "5",
        "p-ceasefire": "15",
        "p-collapsed": "5",
        "p-fighting": "70",
        "p-other": "5",
    },
    "guarantee-form": {
        "p-assurances": "6",
        "p-agreements": "85",
        "p-nuclear": "5,5",
        "p-several": "3",
        "p-nato": "0,5",
    },
    "foreign-plants": {"q-0.05": "2", "q-0.25": "4", "q-0.5": "6", "q-0.75": "9", "q-0.95": "20"},
    "sanctions-end": {
        "q-0.05": "2027-12-31",
        "q-0.25": "2029-06-30",
        "q-0.5": "2031-01-31",
        "q-0.75": "2033-01-31",
        "q-0.95": "2035-06-30",
    },
    "clash-if-forces": {"p-if_yes": "9", "p-if_no": "3.5"},
}


def answer(page: Page, address: str, key: str, values: dict[str, str], why: str) -> None:
    page.goto(f"{address}/q/{key}")
    for field, value in values.items():
        page.locator(f"[name='{field}']").fill(value)
    page.get_by_label("Why?").fill(why)
    save(page)


@pytest.mark.long
def test_from_the_front_page_to_a_file_that_gives_the_figure_again(
    page: Page, app: Flask, site: str, survey_address: str, tmp_path: Path
) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    code = join(page, survey_address)
    answers_of_every_kind(page, survey_address)
    refused_and_mended(page, survey_address)
    the_crowd_waits_for_the_neighbour(page, app, survey_address)
    comes_back_by_code(page, survey_address, code)
    updates_and_withdraws(page, survey_address)
    the_organizer_resolves(page, app, site, survey_address)
    the_researcher_computes_it_again(page, app, site, survey_address, tmp_path)


def answers_of_every_kind(page: Page, address: str) -> None:
    for key, values in ANSWERS.items():
        answer(page, address, key, values, f"Because of {key}.")
        expect(page.get_by_role("heading", name="Saved")).to_be_visible()
        expect(page.locator("main")).to_contain_text(f"Because of {key}.")


def refused_and_mended(page: Page, address: str) -> None:
    answer(page, address, "article-4", {"p-yes": "250"}, "A reason that must not be lost.")
    box = page.locator("[name='p-yes']")
    expect(box).to_have_attribute("aria-invalid", "true")
    expect(box).to_be_focused()
    expect(box).to_have_value("250")
    expect(page.get_by_label("Why?")).to_have_value("A reason that must not be lost.")
    box.fill("25")
    save(page)
    expect(page.get_by_role("heading", name="Saved")).to_be_visible()


def the_crowd_waits_for_the_neighbour(page: Page, app: Flask, address: str) -> None:
    answer(page, address, ASKED, {"p-yes": "7"}, "")
    expect(page.locator("main")).to_contain_text("It appears after this question, which is tied to this one")
    expect(page.locator("main")).not_to_contain_text("crowd forecast")
    with app.app_context():
        options = [option.key for option in the_question(db.session, NEIGHBOUR).options]
    answer(
        page,
        address,
        NEIGHBOUR,
        {f"p-{key}": value for key, value in zip(options, ["20"] * 5, strict=True)},
        "",
    )
    page.goto(f"{address}/q/{ASKED}/crowd")
    expect(page.locator("main")).to_contain_text(headline(app))
    expect(page.locator("main")).to_contain_text("A chance of 0.4.")
    expect(page.locator("figure svg").first).to_be_visible()


def publication(app: Flask) -> Publication:
    with app.app_context():
        question = the_question(db.session, ASKED)
        made = db.session.scalars(select(Publication).filter_by(question_id=question.id)).one()
        db.session.expunge(made)
        return made


def headline(app: Flask) -> str:
    told = publication(app).figures["all"]["options"]["yes"]
    with app.test_request_context():
        return percent(rounded_probability(told["parley"]["value"]))


def comes_back_by_code(page: Page, address: str, code: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{address}/mine")
    expect(page.locator("main")).not_to_contain_text("12.5")
    page.goto(f"{address}/return")
    page.get_by_label("Your code").fill(code.lower())
    page.get_by_role("button", name="Come back").click()
    page.goto(f"{address}/mine")
    expect(page.locator("main")).to_contain_text("12.5")


def updates_and_withdraws(page: Page, address: str) -> None:
    answer(page, address, "leaders-meet", {"p-yes": "20"}, "It has become likelier.")
    expect(page.locator("main")).to_contain_text("before: 12.5")
    page.get_by_role("link", name="Withdraw").click()
    page.get_by_role("button", name="Withdraw my forecast").click()
    expect(page.get_by_role("heading", name="Withdrawn")).to_be_visible()


def the_organizer_resolves(page: Page, app: Flask, site: str, address: str) -> None:
    page.context.clear_cookies()
    page.goto(member_link(app, site, "owner"))
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"{address}/organize/")
    expect(page.locator("main")).to_contain_text("13")
    page.goto(f"{address}/organize/q/{ASKED}/resolve")
    page.locator("input[name='outcome'][value='no']").check()
    page.get_by_label("Known from").fill("2026-11-21 10:00")
    page.get_by_label("Source").fill("CTBTO")
    page.get_by_role("button", name="See what it does").click()
    expect(page.locator("main")).to_contain_text("people are scored")
    page.get_by_role("button", name="Store this outcome").click()
    page.goto(f"{address}/organize/q/{ASKED}")
    expect(page.locator("main")).to_contain_text("CTBTO")


def the_researcher_computes_it_again(page: Page, app: Flask, site: str, address: str, tmp_path: Path) -> None:
    page.context.clear_cookies()
    page.goto(member_link(app, site, "analyst"))
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"{address}/data/")
    page.get_by_role("button", name="Freeze a snapshot").click()
    with app.app_context():
        assert run_waiting() == 1
    page.goto(f"{address}/data/")
    bundle = saved(page, "Download snapshot 1", tmp_path / "bundle.zip")
    assert verify(bundle).whole
    found = recompute(bundle)
    assert found.mismatches == [] and {"aggregates", "scores"} <= found.tallies.keys()
    rows = grouped(downloaded(page, "forecasts_long.csv", tmp_path), "question_id")
    questions = {row["question_id"]: row for row in downloaded(page, "questions.csv", tmp_path)}
    made = publication(app)
    told = recomputed(rows[ASKED], questions[ASKED], (made.as_of - clock.EPOCH).days)
    figures = made.figures["all"]["options"]["yes"]
    assert told["yes"] == pytest.approx(stored(figures), abs=1e-9)
    shown = told["yes"][0]
    with app.test_request_context():
        assert percent(rounded_probability(shown)) == headline(app)
    assert questions[ASKED]["outcome"] == "no"


def saved(page: Page, link: str, path: Path) -> Path:
    with page.expect_download() as download:
        page.get_by_role("link", name=link).first.click()
    download.value.save_as(path)
    return path


def downloaded(page: Page, name: str, folder: Path) -> Rows:
    path = saved(page, name, folder / name)
    return list(csv.DictReader(io.StringIO(path.read_text(), newline="")))
