"""Every bad file through the page that imports: refused with its row and sentence, or stored as it should be."""

import contextlib
import json
import re
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from survey.bank.interchange import read_file
from survey.errors import BankError
from survey.models import SurveyDraft
from survey.services import accounts, drafts
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.survey.web.organizer.test_pages import sign_in

from .building import literal
from .roles import Case

CASES: list[Case] = json.loads(Path(__file__).with_name("files.json").read_text())["cases"]
OLENA = "olena@example.org"
IMPORT = "/s/weather/organize/import"
#: Seconds of computing, and bytes, that no file may cost.
PATIENCE, MOST_MEMORY = 2.0, 100_000_000
#: Where a case leaves a choice: an old name of a zone is clear, and Windows-1251 that makes words is read and told.
TAKEN = {"datetime-close-006", "import-csv-004"}
FIELD = re.compile(r'name="(kept|format|digest|revision|csrf_token)" value="([^"]*)"')


@pytest.fixture
def writer(app: Flask, client: FlaskClient) -> Iterator[FlaskClient]:
    """A browser in which somebody writes a survey without a question."""
    with app.app_context():

        def work(session: Any) -> str:
            user = accounts.create_user(session, OLENA)
            return drafts.start(session, user, "weather", drafts.blank_document("The weather", "en")).slug

        transaction(work)
        db.session.close()
    sign_in(app, client, OLENA)
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    yield client


def stored(app: Flask) -> tuple[int, list[dict[str, Any]]]:
    """How often the draft was changed, and its questions."""
    with app.app_context():
        draft = db.session.scalars(select(SurveyDraft)).one()
        found = draft.revision, list(draft.document["structure"]["question"])
        db.session.close()
        return found


def file_of(case: Case) -> tuple[bytes, str]:
    """The file that a case sends, and its name."""
    value = literal(case)
    given = value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
    if case["area"] == "datetime-close":
        given = b"id,title,type,closes_at\nq1,A?,binary," + given + b"\n"
    if case["channel"] == "multipart":
        return b"id,title,type,closes_at\nq1,A?,binary,2026-12-31T00:00Z\n", value
    return given, "q." + case["area"].removeprefix("import-").replace("datetime-close", "csv")


def look(client: FlaskClient, given: bytes, name: str) -> TestResponse:
    """Send a file; the body is put together here, for the test client leaves a large one's temporary file open."""
    head = f'--x\r\nContent-Disposition: form-data; name="questions_file"; filename="{name}"\r\n\r\n'
    body = head.encode() + given + b"\r\n--x--\r\n"
    return client.post(IMPORT, data=body, content_type="multipart/form-data; boundary=x")


def commit(client: FlaskClient, page: str, **changed: str) -> TestResponse:
    fields = dict(FIELD.findall(page))
    assert {"kept", "format", "digest", "revision"} <= set(fields)
    return client.post(f"{IMPORT}/commit", data=fields | changed)


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
def test_no_bad_file_does_harm(app: Flask, writer: FlaskClient, case: Case) -> None:
    given, name = file_of(case)
    started = time.thread_time()
    page = look(writer, given, name)
    assert time.thread_time() - started < PATIENCE
    assert page.status_code < 500
    assert "Traceback" not in page.text
    assert stored(app) == (0, [])
    if page.status_code != 200:
        assert case["expected"] == "400-with-field-error", page.text
        assert page.status_code in case.get("status_any_of", (400, 422)) or page.status_code == 422
        assert page.status_code == 413 or 'aria-invalid="true"' in page.text
        return
    assert case["expected"] != "400-with-field-error" or case["id"] in TAKEN, page.text
    assert not any(never in page.text for never in case.get("never_stored", ()))
    assert commit(writer, page.text).status_code == 303
    revision, questions = stored(app)
    assert (revision, [one["key"] for one in questions]) == (1, ["q1"])
    if case["area"] == "datetime-close":
        assert questions[0]["closes"] == case.get("normalised", case.get("if_normalised"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
def test_no_bad_file_costs_much_memory(case: Case) -> None:
    given, name = file_of(case)
    ending = name.rpartition(".")[2] if case["channel"] != "multipart" else "csv"
    tracemalloc.start()
    started = time.thread_time()
    with contextlib.suppress(BankError):
        read_file(given, ending)
    seconds, (_now, peak) = time.thread_time() - started, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert seconds < PATIENCE
    assert peak < MOST_MEMORY


def test_there_are_cases_of_every_area() -> None:
    assert {case["area"] for case in CASES} == {"import-csv", "import-json", "datetime-close"}
    assert len(CASES) == 28
