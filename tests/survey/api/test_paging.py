"""Lists in parts: every list the document has, along its links, whatever is added meanwhile."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from survey.bank.loading import load_bank
from survey.models import User
from survey.services import drafts
from survey.services.snapshots import freeze
from survey.services.task_work import run_waiting
from survey.store.transaction import transaction
from tests.factories import the_survey

from .caller import ANSWERS, Caller, faults
from .test_callers import MATRIX

#: Lists, and whose token shows more than one row of each.
LISTS = {
    "list_surveys": "none",
    "list_questions": "none",
    "list_scenarios": "none",
    "outcomes_of_question": "owner",
    "list_proposals": "owner",
    "list_snapshots": "owner",
    "list_drafts": "writer",
    "own_forecasts": "participant",
    "coherence": "participant",
    "leaderboard": "participant",
}
#: Told to nobody before there are scores: tests/survey/web/participant/test_leaderboard.py goes along its link.
ELSEWHERE = {"leaderboard"}


SAID = {"known_from": "2026-11-22T10:00:00Z", "source": "A newspaper", "why": "So it was."}


@pytest.fixture
def begun(app: Flask, callers: dict[str, Caller]) -> dict[str, Caller]:
    """Everybody, where a question has three outcomes, one after another, and the survey three snapshots."""
    for happened in (True, False, True):
        callers["owner"].post(
            "questions/leaders-meet/resolutions", SAID | {"outcomes": [{"happened": happened}]}
        )

    def work(session: Session) -> None:
        survey = the_survey(session)
        survey.second_person = True
        for _time in range(3):
            freeze(session, survey, app.config["PARLEY"])

    with app.app_context():
        transaction(work)
    return callers


@pytest.fixture
def full(app: Flask, begun: dict[str, Caller]) -> dict[str, Caller]:
    """Everybody, where each list has two rows or more."""

    def work(session: Session) -> None:
        load_bank(session, "ukraine", slug="third")
        writer = session.scalars(select(User).filter_by(email="writer@example.org")).one()
        drafts.start(session, writer, "fresher", {})

    with app.app_context():
        transaction(work)
    for kind in ANSWERS:
        begun["participant"].answer(kind)
    # A treaty before the ceasefire it rests on, by each of the dates: as many clashes.
    late = {f"p-{day}": 0.9 for day in ("2027-06-30", "2027-12-31", "2028-12-31", "2030-12-31")}
    assert begun["participant"].forecast("treaty-when", late).status_code == 201
    for key, outcome in (("sanctions-end", {"day": "2027-03-01"}), ("aid-total", {"value": 500})):
        proposed = SAID | {"outcomes": [outcome]}
        assert begun["owner"].post(f"questions/{key}/resolutions", proposed).status_code == 201
    return begun


def rows_of(response: TestResponse) -> list[Any]:
    assert response.status_code == 200, response.text
    body = response.json
    return body if isinstance(body, list) else next(rows for rows in body.values() if isinstance(rows, list))


def next_of(response: TestResponse) -> str | None:
    """The address that an answer leads on to, below the interface's own."""
    link = response.headers.get("Link")
    return link and link.removeprefix("</api/v1").partition(">")[0]


def whole(caller: Caller, path: str, limit: int) -> list[Any]:
    """A list, along its links."""
    rows, address = [], f"{path}?limit={limit}"
    while address:
        response = caller.get(address)
        assert 0 < len(rows_of(response)) <= limit
        rows += rows_of(response)
        address = next_of(response) or ""
    return rows


def test_every_list_of_the_document_goes_in_parts(nobody: Caller) -> None:
    paths = nobody.get("/openapi.json").json["paths"].values()
    operations = [told for path in paths for method, told in path.items() if method != "parameters"]
    paged = {
        told["operationId"]
        for told in operations
        if "cursor" in {one.get("name") for one in told.get("parameters", ())}
    }
    arrays = {
        told["operationId"]
        for told in operations
        for answer in told["responses"].values()
        for content in answer.get("content", {}).values()
        if content["schema"].get("type") == "array"
    }
    assert paged == LISTS.keys()
    assert arrays <= paged


def test_a_list_in_parts_is_the_whole_list_and_each_part_no_longer_than_asked(
    full: dict[str, Caller],
) -> None:
    for operation in LISTS.keys() - ELSEWHERE:
        caller, path = full[LISTS[operation]], MATRIX[operation][1]
        everything = rows_of(caller.get(path))
        # The bank has one tree of scenarios.
        assert len(everything) > 1 or operation == "list_scenarios", operation
        for limit in {1, max(1, len(everything) - 1), len(everything)}:
            assert whole(caller, path, limit) == everything, (operation, limit)


def test_what_is_added_meanwhile_comes_once_and_nothing_twice(app: Flask, begun: dict[str, Caller]) -> None:
    owner = begun["owner"]
    first = owner.get("snapshots?limit=2")
    assert owner.post("snapshots").status_code == 202
    with app.app_context():
        run_waiting()
    rest = rows_of(owner.get(next_of(first) or ""))
    assert [row["number"] for row in rows_of(first) + rest] == [1, 2, 3, 4]
    # The newest come first: what is added stands before the part that was read, and shifts nothing after it.
    outcomes = "questions/leaders-meet/resolutions"
    newest = owner.get(f"{outcomes}?limit=1")
    with app.app_context():
        transaction(lambda session: setattr(the_survey(session), "second_person", False))
    assert owner.post(outcomes, SAID | {"outcomes": [{"happened": False}]}).status_code == 201
    older = (next_of(newest) or "").replace("limit=1", "limit=9")
    assert [row["number"] for row in rows_of(owner.get(older))] == [2, 1]


def test_a_cursor_leads_on_in_its_own_list_alone_and_is_read_by_nobody(
    callers: dict[str, Caller],
) -> None:
    nobody = callers["none"]
    address = next_of(nobody.get("questions?limit=1")) or ""
    cursor = address.partition("cursor=")[2]
    assert nobody.get(f"/surveys/elsewhere/questions?cursor={cursor}").status_code == 422
    for wrong in ("x", "%00", "=", "é", cursor[:-2], cursor[1:], "A" * 2001, f"{cursor}&cursor={cursor}"):
        response = nobody.get(f"questions?cursor={wrong}")
        assert (response.status_code, list(faults(response))) == (422, ["cursor"]), wrong
    for limit in ("0", "-1", "501", "1.5", "10;20", "١٠", "10%00", "1&limit=500", ""):
        response = nobody.get(f"questions?limit={limit}")
        assert (response.status_code, list(faults(response))) == (422, ["limit"]), limit
    # Equal lists have equal links, so that they tell nothing: the same place is the same text.
    assert next_of(nobody.get("questions?limit=1")) == address
