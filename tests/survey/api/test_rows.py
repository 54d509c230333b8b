"""Rows as a stream: typed, safe, of some questions, packed, asked for once, and flat in memory."""

import csv
import gzip
import json
import random
import tracemalloc
from collections.abc import Iterable, Iterator
from io import StringIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import Client, TestResponse

from survey.export.cells import cell, csv_cells
from survey.export.forecasts import COLUMNS
from survey.i18n.safe_cells import typed_text
from survey.models import EventLog, Participant
from survey.presenters.snapshot_rows import CSV, NDJSON, compressed, stream
from survey.services.erasure import erase
from survey.store.transaction import transaction
from tests.factories import crowd, the_question

from .caller import Caller, faults
from .conftest import MakeMember
from .test_running import frozen_files

NAMES = [column.name for column in COLUMNS]
#: What has a type of its own in JSON; a day is text there.
IN_JSON = {"integer": int, "number": float, "boolean": bool}
HEADER = f"{csv_cells(*NAMES)}\n"
ROWS = "/api/v1/surveys/ukraine/snapshots/1/forecasts"


@pytest.fixture
def analyst(app: Flask, a_member: MakeMember) -> Caller:
    """Somebody with a snapshot of two questions; one answer was typed as a formula is."""

    def work(session: Session) -> None:
        crowd(session, the_question(session, "leaders-meet"), [0.2] * 12)
        crowd(session, the_question(session, "aid-total"), [0.5] * 3)

    with app.app_context():
        transaction(work)
    analyst = a_member("analyst")
    frozen_files(app, analyst)
    return analyst


def get(app: Flask, caller: Caller, address: str = ROWS, **headers: str) -> TestResponse:
    """As a server answers: the request is over before the stream is read."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return Client(app).get(
        address, headers={"Authorization": f"Bearer {caller.token}", **sent}, buffered=True
    )


def objects(response: TestResponse) -> list[dict[str, Any]]:
    assert (response.status_code, response.content_type) == (200, NDJSON), response.text
    return [json.loads(line) for line in response.text.splitlines()]


def pieces(lines: Iterable[str]) -> Iterator[bytes]:
    """As a kept file is read: cut anywhere."""
    content = "".join(lines).encode()
    return (content[start : start + 1_000] for start in range(0, len(content), 1_000))


def table(response: TestResponse) -> list[dict[str, str]]:
    assert (response.status_code, response.content_type) == (200, "text/csv; charset=utf-8"), response.text
    return list(csv.DictReader(StringIO(response.text, newline="")))


def test_rows_are_the_frozen_files_with_their_types_and_of_some_questions_alone(
    app: Flask, analyst: Caller
) -> None:
    frozen = get(app, analyst, f"{ROWS}_long.csv")
    assert get(app, analyst, Accept=CSV).data == frozen.data
    rows, typed = table(frozen), objects(get(app, analyst))
    # Written as the file is written, each value has the very cell that the file has.
    assert [{name: cell(value, typed_text) for name, value in row.items()} for row in typed] == rows
    for row in typed:
        for column in COLUMNS:
            assert type(row[column.name]) in (IN_JSON.get(column.type, str), type(None))
    for accept in (CSV, NDJSON):
        few = get(app, analyst, f"{ROWS}?questions=aid-total", Accept=accept)
        kept = table(few) if accept == CSV else objects(few)
        wanted = rows if accept == CSV else typed
        assert kept == [row for row in wanted if row["question_id"] == "aid-total"] != []
    both = get(app, analyst, f"{ROWS}?questions=aid-total,leaders-meet", Accept=CSV)
    assert both.data == frozen.data
    none = get(app, analyst, f"{ROWS}?questions=treaty-when", Accept=CSV)
    assert none.text == HEADER


def test_text_is_safe_in_csv_and_as_written_in_json() -> None:
    texts = ["=1+1", "'tis", "a\n=b", "+5 %", 'a "quoted", b', "Так\u2028ні", "  "]
    lines = [HEADER]
    for text in texts:
        values = dict.fromkeys(NAMES) | {"question_id": "q", "value_entered": text, "value": -0.5}
        lines.append(f"{csv_cells(*values.values())}\n")
    read = [json.loads(line) for line in b"".join(stream(pieces(lines), NDJSON)).decode().split("\n")[:-1]]
    assert [row["value_entered"] for row in read] == texts
    assert {row["value"] for row in read} == {-0.5} and {row["language"] for row in read} == {None}
    assert b"".join(stream(pieces(lines), CSV, ["q"])).decode() == "".join(lines)


def test_a_stream_is_packed_logged_with_what_was_asked_and_not_sent_twice(
    app: Flask, analyst: Caller, session: Session
) -> None:
    plain = get(app, analyst, f"{ROWS}?questions=aid-total")
    zipped = get(app, analyst, f"{ROWS}?questions=aid-total", Accept_Encoding="br;q=1, gzip;q=0.5")
    assert (zipped.headers["Content-Encoding"], gzip.decompress(zipped.data)) == ("gzip", plain.data)
    assert {"Accept", "Accept-Encoding"} <= set(zipped.headers["Vary"].split(", "))
    assert "Content-Encoding" not in get(app, analyst, Accept_Encoding="gzip;q=0").headers
    logged = session.scalars(select(EventLog.detail).filter_by(act="download").order_by(EventLog.id)).all()
    asked = {"snapshot": 1, "file": "forecasts_long.csv", "format": NDJSON}
    assert logged == [asked | {"questions": ["aid-total"]}] * 2 + [asked]
    tags = {
        answer.headers["ETag"] for answer in (plain, zipped, get(app, analyst, Accept=CSV), get(app, analyst))
    }
    assert len(tags) == 4
    for address, headers in ((f"{ROWS}?questions=aid-total", {}), (f"{ROWS}_long.csv", {})):
        first = get(app, analyst, address, **headers)
        count = len(session.scalars(select(EventLog)).all())
        again = get(app, analyst, address, If_None_Match=first.headers["ETag"], **headers)
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
        # What was not sent was not taken out.
        session.rollback()
        assert len(session.scalars(select(EventLog)).all()) == count


def test_what_is_asked_wrong_is_refused_and_a_withdrawn_snapshot_is_gone_whatever_tag_comes(
    app: Flask, analyst: Caller, session: Session
) -> None:
    for address, field in ((f"{ROWS}?questions=none", "questions"), (f"{ROWS}?format=xml", "format")):
        refused = get(app, analyst, address)
        assert (refused.status_code, list(faults(refused))) == (422, [field])
    assert get(app, analyst, Accept="application/xml").status_code == 406
    tag = get(app, analyst).headers["ETag"]
    transaction(lambda session: erase(session, session.scalars(select(Participant)).first()))  # type: ignore[arg-type]
    assert get(app, analyst, If_None_Match=tag).status_code == 410


def test_a_stream_holds_no_more_of_a_long_file_than_of_a_short_one() -> None:
    draw = random.Random(1)

    def peak(rows: int) -> int:
        values = dict.fromkeys(NAMES) | {"question_id": "q"}
        lines = (
            f"{csv_cells(*(values | {'value': draw.random(), 'participant_id': draw.randbytes(8).hex()}).values())}\n"
            for _row in range(rows)
        )
        content = list(pieces([HEADER, *lines]))
        tracemalloc.start()
        for _piece in compressed(stream(iter(content), NDJSON, ["q"])):
            pass
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    # What is held is the same to a hundredth: the bound finds 26 bytes kept of each row, less than any text takes.
    # With half as much allowed it took 40,000 rows to find as little.
    rows = 12_000
    assert peak(rows) < 1.15 * peak(rows // 10)


def test_what_the_caller_has_already_is_not_sent_again_and_a_tag_says_no_more_than_the_body(
    callers: dict[str, Caller],
) -> None:
    told: dict[bytes, set[str]] = {}
    for caller in (callers["analyst"], callers["participant"], callers["none"]):
        for path in (
            "/surveys",
            "",
            "questions",
            "questions/leaders-meet",
            "snapshots",
            "forecasts",
            "preregistration",
        ):
            first = caller.get(path)
            if first.status_code != 200:
                assert "ETag" not in first.headers
                continue
            told.setdefault(first.data, set()).add(first.headers["ETag"])
            again = caller.get(path, headers={"If-None-Match": first.headers["ETag"]})
            assert (again.status_code, again.data) == (304, b"")
            assert caller.get(path, headers={"If-None-Match": '"another"'}).data == first.data
    assert len(told) >= 5 and all(len(tags) == 1 for tags in told.values())
    before = callers["participant"].get("forecasts").headers["ETag"]
    callers["participant"].answer("binary")
    assert callers["participant"].get("forecasts", headers={"If-None-Match": before}).status_code == 200
