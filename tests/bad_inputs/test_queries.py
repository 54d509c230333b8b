"""Queries that mean nothing, at every operation and page: refused by name where programs ask, and no page breaks."""

import json
from itertools import zip_longest
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from survey.web.identity import REMEMBERED
from tests.factories import someone
from tests.skips import rest_long
from tests.survey.api.caller import Caller, faults
from tests.survey.api.conftest import a_member, callers, others  # noqa: F401
from tests.survey.api.test_callers import MATRIX, sent_by
from tests.survey.disclosure.test_non_interference import addresses
from tests.survey.outcomes import member

CASES = json.loads(Path(__file__).with_name("queries.json").read_text())["cases"]


def query_of(case: dict[str, object]) -> str:
    """One case as it stands in an address."""
    made = case.get("generate")
    if isinstance(made, dict):
        return f"{made['prefix']}{made['unit'] * made['times']}"
    return (
        str(case["value"])
        if case["channel"] == "query-raw"
        else f"{case['field']}={quote(str(case['value']), safe='%')}"
    )


def rounds() -> list[dict[str, str]]:
    """Field to query: the first of every field together, the second, and so on, so that each case is sent once."""
    by_field: dict[str, list[str]] = {}
    for case in CASES:
        by_field.setdefault(str(case["field"]), []).append(query_of(case))
    return [
        {field: query for field, query in zip(by_field, row, strict=True) if query}
        for row in zip_longest(*by_field.values())
    ]


def status(client: FlaskClient, address: str) -> int:
    """How an address is answered; files are let go."""
    with client.get(address) as answer:
        return answer.status_code


def test_each_case_is_sent_once() -> None:
    assert sorted(query for one in rounds() for query in one.values()) == sorted(map(query_of, CASES))
    assert len(CASES) == 27


@pytest.mark.parametrize("sent", rounds(), ids=lambda sent: " ".join(sent))
def test_every_operation_refuses_each_by_its_name(callers: dict[str, Caller], sent: dict[str, str]) -> None:  # noqa: F811
    for operation, (method, path, *_rest) in MATRIX.items():
        response = callers["participant"].call(
            method, f"{path}?{'&'.join(sent.values())}", **sent_by(operation)
        )
        assert (operation, response.status_code, set(faults(response))) == (operation, 422, set(sent))


@pytest.mark.parametrize("sent", rest_long(rounds(), lambda _sent: "any"), ids=lambda sent: " ".join(sent))
def test_no_page_breaks(app: Flask, client: FlaskClient, session: Session, sent: dict[str, str]) -> None:
    person, owner = someone(session), member(session, "owner")
    with client.session_transaction() as cookie:
        cookie[REMEMBERED] = {"ukraine": person.id}
        cookie["_user_id"], cookie["_fresh"] = owner.fs_uniquifier, True
    session.commit()
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and not rule.rule.startswith("/api/"):
            address = addresses(app, rule, "leaders-meet")
            after = status(client, f"{address}?{'&'.join(sent.values())}")
            # What is no answer of a page that stands is one where the page alone is none either.
            right = after in (200, 302, 303, 404, 422)
            assert after < 500 and (right or status(client, address) >= 300), (address, after)
    # Whoever is nobody in the end may have been nobody all the while.
    assert status(client, "/s/ukraine/mine") == status(client, "/s/ukraine/organize/") == 200
