"""The Python client: held to the document, alone with httpx, patient, and through a whole survey."""

import ast
import csv
import json
import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from flask import Flask
from sqlalchemy.orm import Session

from survey.client import Client, Damaged, Refused
from survey.services.api_tokens import create_token
from survey.services.publication import publish
from survey.services.task_work import run_waiting
from survey.store.transaction import transaction
from tests.factories import crowd, the_question, the_survey
from tests.survey.outcomes import member

from .written import CLIENT, document, written

Answers = list[httpx.Response | Exception]


def test_types_and_methods_are_those_of_the_document() -> None:
    for name, text in written(document()).items():
        # As code, however it is laid out.
        assert ast.dump(ast.parse(text)) == ast.dump(ast.parse((CLIENT / name).read_text())), (
            f"write survey/client/{name} anew: python -m tests.survey.client.written"
        )


def test_it_needs_httpx_and_nothing_of_the_application() -> None:
    code = "import survey.client, sys; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(ran.stdout.split())
    assert "httpx" in loaded
    assert not loaded & {"flask", "sqlalchemy", "marshmallow", "numpy", "scipy", "werkzeug", "jinja2"}


# ---- A whole survey, in this process


@pytest.fixture
def call(app: Flask) -> Callable[[str | None], Client]:
    """A client of the application with a token."""
    transport = httpx.WSGITransport(app=app)  # type: ignore[arg-type]
    return lambda token: Client("http://localhost", token, language="en", transport=transport)


@pytest.mark.whole
def test_a_survey_from_joining_to_the_researchers_rows(
    app: Flask, call: Callable[[str | None], Client], tmp_path: Path
) -> None:
    def work(session: Session) -> str:
        crowd(session, the_question(session, "leaders-meet"), [0.2] * 12)
        publish(session, the_survey(session))
        return create_token(session, member(session, "owner"), the_survey(session))

    with app.app_context():
        owners = transaction(work)
    with call(None) as anybody:
        assert [one["slug"] for one in anybody.list_surveys(limit=1)] == ["ukraine"]
        joined = anybody.join("ukraine", {"language": "en", "agree": True})
        assert anybody.come_back("ukraine", {"code": joined["code"]})["token"] != joined["token"]
    with call(joined["token"]) as person:
        questions = list(person.list_questions("ukraine", limit=5))
        keys = [question["key"] for question in questions]
        assert len(keys) == len(set(keys)) > 20
        with pytest.raises(Refused) as hidden:
            person.crowd_of_question("ukraine", "leaders-meet")
        assert (hidden.value.status, hidden.value.problem["reason"]) == (403, "unanswered")
        with pytest.raises(Refused) as wrong:
            person.forecast("ukraine", "leaders-meet", {"values": {"p-yes": 12.5}})
        assert (wrong.value.status, list(wrong.value.errors)) == (422, ["p-yes"])
        for key in hidden.value.problem["awaited"]:
            person.skip("ukraine", key)
        receipt = person.forecast(
            "ukraine", "leaders-meet", {"values": {"p-yes": 0.125}}, idempotency_key="a-key-of-mine"
        )
        again = person.forecast(
            "ukraine", "leaders-meet", {"values": {"p-yes": 0.125}}, idempotency_key="a-key-of-mine"
        )
        assert receipt == again and receipt["values"] == {"p-yes": 0.125}
        assert person.crowd_of_question("ukraine", "leaders-meet")["people"] >= 10
    with call(owners) as owner:
        task = owner.freeze_snapshot("ukraine")["number"]
        assert owner.snapshot_task("ukraine", task)["state"] == "waiting"
        with app.app_context():
            run_waiting()
        number = owner.snapshot_task("ukraine", task)["snapshot"]
        assert number == 1
        file = owner.forecasts_long("ukraine", number, tmp_path / "rows.csv")
        rows = list(csv.DictReader(StringIO(file.read_text(encoding="utf-8"))))
        streamed = list(owner.each_of_forecast_rows("ukraine", number, questions="leaders-meet"))
        assert [row["value"] for row in streamed] == [float(row["value"]) for row in rows] == [0.2] * 12
        lines = owner.forecast_rows("ukraine", number, tmp_path / "rows.ndjson").read_text().splitlines()
        assert [json.loads(line) for line in lines] == streamed
        assert [one["number"] for one in owner.list_snapshots("ukraine")] == [number]
    assert sorted(path.name for path in tmp_path.glob("rows*")) == ["rows.csv", "rows.ndjson"]


# ---- Sites that are busy, away, or send something else


def client_of(answers: Answers, **settings: Any) -> tuple[Client, list[httpx.Request], list[float]]:
    """A client of a site that gives these answers, with what it was sent and how long it was waited for."""
    sent: list[httpx.Request] = []
    waited: list[float] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        given = answers.pop(0)
        if isinstance(given, Exception):
            raise given
        return given

    transport = httpx.MockTransport(answer)
    return (
        Client("https://site.example", "t", transport=transport, sleep=waited.append, **settings),
        sent,
        waited,
    )


BUSY = {"Retry-After": "7"}
PROBLEM = {"Content-Type": "application/problem+json"}
FORECAST: Any = {"values": {"p-yes": 0.5}}


def test_a_busy_site_is_asked_again_when_it_says_with_the_same_key() -> None:
    answers: Answers = [
        httpx.Response(429, headers=BUSY),
        httpx.ConnectError("away"),
        httpx.Response(503),
        httpx.Response(201, json={"receipt": "ABCD-EFGH"}),
    ]
    client, sent, waited = client_of(answers)
    assert client.forecast("s", "q", FORECAST)["receipt"] == "ABCD-EFGH"
    assert waited == [7, 2, 4]
    assert len({request.headers["Idempotency-Key"] for request in sent}) == 1
    assert {request.content for request in sent} == {b'{"values":{"p-yes":0.5}}'}


@pytest.mark.parametrize(
    ("answers", "raised", "tried"),
    [
        ([httpx.Response(429, headers=BUSY)] * 3, Refused, 3),
        ([httpx.Response(503, headers={"Retry-After": "3600"})], Refused, 1),
        ([httpx.Response(502, text="<html>")], Refused, 1),
        # From whatever stands between: the same name, another thing.
        ([httpx.Response(502, json={"errors": ["upstream"]})], Refused, 1),
        ([httpx.Response(400, json={"errors": {"key": ["bad"]}}, headers=PROBLEM)], Refused, 1),
        ([httpx.Response(400, json={"errors": ["bad", {"detail": "bad"}]}, headers=PROBLEM)], Refused, 1),
        ([httpx.Response(400, json={"errors": None}, headers=PROBLEM)], Refused, 1),
        # Whether this was done is unknown, and it has no key that would make a repeat the same act.
        ([httpx.ReadTimeout("…")], httpx.ReadTimeout, 1),
    ],
)
def test_what_will_not_do_is_raised(answers: Answers, raised: type[Exception], tried: int) -> None:
    client, sent, _waited = client_of(list(answers), tries=3)
    with pytest.raises(raised):
        client.freeze_snapshot("s")
    assert len(sent) == tried


def test_a_file_that_is_not_what_was_sent_is_not_kept(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text("before")

    def broken() -> Any:
        yield b"half"
        raise httpx.RemoteProtocolError("peer closed connection")

    wrong = httpx.Response(200, content=b"a,b\n", headers={"Repr-Digest": "sha-256=:AAAA:"})
    client, _sent, _waited = client_of([wrong, httpx.Response(200, content=broken())])
    with pytest.raises(Damaged, match=r"f\.csv"):
        client.questions_table("s", 1, tmp_path / "f.csv")
    with pytest.raises(httpx.RemoteProtocolError):
        client.questions_table("s", 1, tmp_path / "f.csv")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("f.csv", "before")]


def test_rows_that_end_in_the_middle_of_one_are_damaged() -> None:
    client, _sent, _waited = client_of([httpx.Response(200, content=b'{"value": 1}\n{"val')])
    rows = client.each_of_forecast_rows("s", 1)
    assert next(rows) == {"value": 1}
    with pytest.raises(Damaged):
        next(rows)


def test_names_stay_names_in_addresses_and_a_version_is_quoted() -> None:
    client, sent, _waited = client_of(
        [httpx.Response(204), httpx.Response(204), httpx.Response(200, json={})]
    )
    client.delete_draft("a/b?c", 8)
    client.delete_draft("x", "*")
    client.one_question("s", "../../token")
    assert [request.url.raw_path for request in sent] == [
        b"/api/v1/drafts/a%2Fb%3Fc",
        b"/api/v1/drafts/x",
        b"/api/v1/surveys/s/questions/..%2F..%2Ftoken",
    ]
    assert [request.headers.get("If-Match") for request in sent] == ['"8"', "*", None]
    assert sent[0].headers["Authorization"] == "Bearer t"
