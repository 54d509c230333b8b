"""The audit log's pages: what was done, by whom, narrowed and in pages; as files; compared with the store."""

import ast
import csv
import json
from io import StringIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

import survey
from survey.config import SETTINGS
from survey.models import EventLog, Membership, append_only
from survey.presenters.audit_log import act_words
from survey.services import audit_log
from survey.services.resolution import resolve
from survey.store.transaction import transaction
from tests.factories import the_question, the_survey
from tests.survey.outcomes import outcome, signed_in
from tests.survey.web.visitor import words

LOG = "/s/ukraine/organize/log"


@pytest.fixture
def reader(app: Flask, client: FlaskClient) -> FlaskClient:
    """The browser of an organizer of a survey in which one question was resolved, by the system."""

    def act(session: Session) -> None:
        question = the_question(session, "leaders-meet")
        resolve(session, question, outcome(value=1.0, why="<b>They met.</b>"))

    with app.app_context():
        transaction(act)
    return signed_in(app, client, "organizer")


def do(app: Flask, *acts: str) -> None:
    def record(session: Session) -> None:
        for act in acts:
            audit_log.record(session, the_survey(session), act)

    with app.app_context():
        transaction(record)


def test_the_page_says_what_came_out_and_why(reader: FlaskClient) -> None:
    page = reader.get(LOG)
    said = words(page.text)
    assert "Resolved a question" in said and "yes" in said and "the system" in said
    assert "&lt;b&gt;They met.&lt;/b&gt;" in page.text and "<b>They met" not in page.text


#: What is asked for, and whether it tells of the resolution and of the role.
NARROWED = {
    "": (True, True),
    "act=resolve": (True, False),
    "person=system&act=resolve": (True, False),
    "person=1": (False, True),
    "day=2020-01-01": (False, False),
    "day=9999-12-31": (False, False),
    "act=nonsense": (False, False),
    "act=%00": (True, True),
    "person=-1": (True, True),
}


def test_it_is_narrowed_by_kind_person_and_day(app: Flask, reader: FlaskClient) -> None:
    with app.app_context():
        transaction(
            lambda session: audit_log.record(
                session, the_survey(session), "grant", {"user": 1, "role": "owner"}, 1
            )
        )
    pages = {
        asked: words(reader.get(f"{LOG}?{asked}").text.partition('id="entries"')[2]) for asked in NARROWED
    }
    assert {
        asked: ("Resolved a question" in page, "Gave a role" in page) for asked, page in pages.items()
    } == NARROWED
    assert {asked for asked, page in pages.items() if "Show all" in page} == {
        asked for asked, told in NARROWED.items() if told == (False, False)
    }


def test_a_day_that_is_none_is_said_and_hides_nothing(reader: FlaskClient) -> None:
    page = reader.get(f"{LOG}?day=soon")
    assert "“soon” is no day" in words(page.text) and "Resolved a question" in words(page.text)


def test_a_long_log_is_read_in_pages_that_keep_what_it_is_narrowed_to(
    app: Flask, reader: FlaskClient
) -> None:
    do(app, *["remind"] * 45)
    first = reader.get(f"{LOG}?act=remind").text
    assert "45 entries" in words(first) and "act=remind&amp;page=2" in first.replace(
        "page=2&amp;act=remind", "act=remind&amp;page=2"
    )
    assert "Page 3 of 3" in words(reader.get(f"{LOG}?act=remind&page=99").text)


def test_an_empty_log_says_what_will_stand_there(app: Flask, reader: FlaskClient) -> None:
    def empty(session: Session) -> None:
        append_only.drop(session.connection())
        session.execute(delete(EventLog))

    with app.app_context():
        transaction(empty)
    assert "Nothing was done yet." in words(reader.get(LOG).text)


@pytest.mark.parametrize("format_", ["csv", "jsonl"])
def test_it_is_saved_as_a_file(reader: FlaskClient, format_: str) -> None:
    answer = reader.get(f"{LOG}/{format_}?act=resolve")
    (row,) = (
        csv.DictReader(StringIO(answer.text))
        if format_ == "csv"
        else map(json.loads, answer.text.splitlines())
    )
    detail = json.loads(row["detail"]) if format_ == "csv" else row["detail"]
    assert (row["act"], detail["value"], detail["why"]) == ("resolve", 1.0, "<b>They met.</b>")
    assert f"ukraine-log.{format_}" in answer.headers["Content-Disposition"]


def test_the_comparison_names_what_differs_and_the_first_page_leads_there(
    app: Flask, reader: FlaskClient
) -> None:
    assert "The log is whole, and the store says the same" in words(reader.get(f"{LOG}/check").text)
    with app.app_context():
        transaction(lambda session: session.execute(update(Membership).values(role="owner")))
    page = words(reader.get(f"{LOG}/check").text)
    assert "The store says otherwise than the log" in page
    assert "organizer@example.org" in page and "Role" in page


def test_both_languages_have_it(reader: FlaskClient) -> None:
    page = words(reader.get(LOG, headers={"Accept-Language": "uk"}).text)
    assert "Що зроблено в цьому опитуванні" in page and "Внесено результат запитання" in page


@pytest.mark.parametrize(
    "detail", [{}, {"question": "leaders-meet", "known_from": "soon", "role": "king", "user": 77}]
)
def test_entries_slipped_in_past_the_site_break_no_page(
    app: Flask, reader: FlaskClient, detail: dict[str, object]
) -> None:
    def slip_in(session: Session) -> None:
        for act in act_words():
            audit_log.record(session, the_survey(session), act, detail)

    with app.app_context():
        transaction(slip_in)
    for page in ("", "?page=2", "/check", "/csv", "/jsonl"):
        assert reader.get(f"{LOG}{page}").status_code == 200, page


@pytest.mark.parametrize(
    "detail",
    [
        {"question": "leaders-meet", "known_from": 5, "questions": 7, "user": "nobody", "approved_by": [1]},
        {"question": ["leaders-meet"], "role": ["king"], "user": [1], "about": {}, "outcome": 3},
    ],
)
def test_an_entry_of_no_shape_of_ours_hides_no_other(
    app: Flask, reader: FlaskClient, detail: dict[str, object]
) -> None:
    with app.app_context():
        transaction(
            lambda session: audit_log.record(session, the_survey(session), "resolve", detail).position
        )
    page = reader.get(LOG)
    assert page.status_code == 200
    assert "Resolved a question" in words(page.text) and "Gave a role" in words(page.text)
    compared = reader.get(f"{LOG}/check")
    assert compared.status_code == 200 and "The store says otherwise than the log" in words(compared.text)


def test_every_act_that_is_recorded_has_words() -> None:
    folder = Path(survey.__file__).parent
    acts: set[str] = set()
    for path in folder.rglob("*.py"):
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree):
            is_record = (
                isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "record"
            )
            if is_record and isinstance(node.args[2], ast.Constant):
                acts.add(node.args[2].value)
    assert {"resolve", "publish", "grant"} <= acts <= act_words().keys()


def test_no_setting_switches_the_log_off() -> None:
    assert not [one.name for one in SETTINGS if "log" in one.name.lower() or "audit" in one.name.lower()]
