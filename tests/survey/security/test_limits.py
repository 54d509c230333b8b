"""Limits: both doors count together, by network, and whoever is stopped is told when to come again."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from survey.models import Participant, Submission
from survey.store.engine import db
from tests.conftest import make_app
from tests.survey.web.visitor import Visitor

API = "/api/v1/surveys/ukraine"


@pytest.fixture
def few(database: str, tmp_path: Path) -> Iterator[Flask]:
    """A site on which five people may join from one address in an hour."""
    app = make_app(database, tmp_path, PARLEY_RATE_LIMITS="yes", PARLEY_JOINS_PER_HOUR="5")
    yield app
    with app.app_context():
        db.engine.dispose()


def join(app: Flask, address: str, place: int) -> int:
    """Somebody joins by a page or, every other time, by a program; the status."""
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    if place % 2:
        headers = {"Idempotency-Key": uuid4().hex}
        answer = client.post(f"{API}/participants", json={"language": "en", "agree": True}, headers=headers)
        return answer.status_code
    visitor = Visitor(client)
    page = visitor.get("join").text
    key = page.split('name="join_key"')[1].split('value="')[1].split('"')[0]
    return visitor.post("join", {"join_key": key, "agree": "y"}).status_code


def test_five_join_from_one_address_over_both_doors_and_no_sixth(few: Flask) -> None:
    told = [join(few, "192.0.2.1", place) for place in range(8)]
    assert told == [303, 201, 303, 201, 303, 429, 429, 429]
    assert join(few, "192.0.2.2", 0) == 303
    with few.app_context():
        assert db.session.scalar(select(func.count()).select_from(Participant)) == 6


def test_a_household_of_ipv6_is_one_address(few: Flask) -> None:
    told = [join(few, f"2001:db8:1:2::{place}", place) for place in range(7)]
    assert told.count(429) == 2
    assert join(few, "2001:db8:1:3::1", 0) == 303


def test_codes_are_tried_ten_times_a_minute_over_both_doors(few: Flask) -> None:
    client = few.test_client()
    told = []
    for place in range(12):
        if place % 2:
            told.append(client.post(f"{API}/tokens", json={"code": "nonsense"}).status_code)
        else:
            told.append(client.post("/s/ukraine/return", data={"code": "nonsense"}).status_code)
    assert 429 not in told[:10] and told[10:] == [429, 429]


def test_whoever_is_stopped_reads_a_sentence_and_when_to_come_again(few: Flask) -> None:
    client = few.test_client()
    for _try in range(11):
        answer = client.post("/s/ukraine/return", data={"code": "nonsense"})
    assert answer.status_code == 429
    assert "wait a little" in answer.text
    assert answer.headers["Retry-After"] == "60"


def test_a_server_behind_a_socket_without_an_address_refuses_and_does_not_break(few: Flask) -> None:
    told = [join(few, "unix:", place) for place in range(7)]
    assert told[5:] == [429, 429]


def test_a_proxy_that_is_not_counted_is_named_in_the_log(
    few: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    for place in range(0, 12, 2):
        join(few, "10.0.0.7", place)
    assert "PARLEY_PROXIES" in caplog.text
    assert "10.0.0.7" not in caplog.text


def test_programs_are_told_what_is_left_and_stopped_before_anything_is_done(
    database: str, tmp_path: Path
) -> None:
    app = make_app(database, tmp_path, PARLEY_RATE_LIMITS="yes", PARLEY_CALLS_PER_MINUTE="4")
    client = app.test_client()
    body = {"json": {"language": "en", "agree": True}, "headers": {"Idempotency-Key": uuid4().hex}}
    token = client.post(f"{API}/participants", **body).json["token"]  # type: ignore[arg-type]
    bearer = {"Authorization": f"Bearer {token}"}
    told = [client.get(f"{API}/forecasts", headers=bearer) for _call in range(5)]
    assert [answer.status_code for answer in told] == [200] * 4 + [429]
    assert [answer.headers["RateLimit"].split(";")[1] for answer in told] == [
        "r=3",
        "r=2",
        "r=1",
        "r=0",
        "r=0",
    ]
    assert told[0].headers["RateLimit-Policy"] == '"calls";q=4;w=60'
    refused = told[-1]
    assert refused.content_type == "application/problem+json"
    wait = refused.headers["Retry-After"]
    assert 1 <= int(wait) <= 60 and f"in {wait} seconds" in refused.json["detail"]
    forecast = client.post(
        f"{API}/questions/leaders-meet/forecasts",
        json={"values": {"p-yes": 0.5}},
        headers=bearer | {"Idempotency-Key": uuid4().hex},
    )
    with app.app_context():
        assert (forecast.status_code, db.session.scalar(select(func.count()).select_from(Submission))) == (
            429,
            0,
        )
    # Another has calls of their own. An invented token is no caller: it is counted for the address, which has joined.
    statuses = [
        client.get(f"{API}/forecasts", headers={"Authorization": f"Bearer invented{place}"}).status_code
        for place in range(4)
    ]
    assert statuses == [401, 401, 401, 429]
    with app.app_context():
        db.engine.dispose()
