"""What no client should send: each is refused with its field named, and nothing is stored."""

import gzip
from base64 import b64decode

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.api.request_parsing import DEEPEST, MalformedBody, strict_json
from survey.models import Submission

from .caller import Caller, faults, fresh_key

FORECASTS = "questions/leaders-meet/forecasts"

#: Body, status, field.
BODIES = [
    (b'{"values": {"p-yes": 1.0}}', 422, "p-yes"),
    (b'{"values": {"p-yes": 0}}', 422, "p-yes"),
    (b'{"values": {"p-yes": 1.0000000000000002}}', 422, "p-yes"),
    (b'{"values": {"p-yes": 12.5}}', 422, "p-yes"),
    (b'{"values": {"p-yes": -0.0}}', 422, "p-yes"),
    (b'{"values": {"p-yes": 1e-400}}', 422, "p-yes"),
    (b'{"values": {"p-yes": 1e400}}', 422, "p-yes"),
    (b'{"values": {"p-yes": 1' + b"0" * 400 + b"}}", 422, "p-yes"),
    (b'{"values": {"p-yes": NaN}}', 422, "p-yes"),
    (b'{"values": {"p-yes": Infinity}}', 422, "p-yes"),
    (b'{"values": {"p-yes": -Infinity}}', 422, "p-yes"),
    (b'{"values": {"p-yes": "0.5"}}', 422, "p-yes"),
    (b'{"values": {"p-yes": "50 %"}}', 422, "p-yes"),
    (b'{"values": {"p-yes": false}}', 422, "p-yes"),
    (b'{"values": {"p-yes": true}}', 422, "p-yes"),
    (b'{"values": {"p-yes": null}}', 422, "p-yes"),
    (b'{"values": {"p-yes": [0.5]}}', 422, "p-yes"),
    (b'{"values": {"p-yes": {"value": 0.5}}}', 422, "p-yes"),
    (b'{"values": {}}', 422, "p-yes"),
    (b'{"values": null}', 422, "values"),
    (b'{"values": [0.5]}', 422, "values"),
    (b'{"values": 0.5}', 422, "values"),
    (b"{}", 422, "values"),
    (b'{"p-yes": 0.5}', 422, "values"),
    (b"0.5", 422, "body"),
    (b"[]", 422, "body"),
    (b"null", 422, "body"),
    (b"NaN", 422, "body"),
    (b'{"values": {"p-yes": 0.5, "p-yes": 0.9}}', 400, "p-yes"),
    (b'{"values": {"p-yes": 0.5}, "values": {"p-yes": 0.9}}', 400, "values"),
    (b'{"values": {"p-yes": .5}}', 400, "body"),
    (b'{"values": {"p-yes": 0x1}}', 400, "body"),
    (b'{"values": {"p-yes": 0.5}}garbage', 400, "body"),
    (b'{"values": {"p-yes": 0.5, // c\n}}', 400, "body"),
    (b"{'values': {'p-yes': 0.5}}", 400, "body"),
    (b'{"values": {"p-yes": 1' + b"0" * 5000 + b"}}", 400, "body"),
    (b"", 400, "body"),
    (b"\xef\xbb\xbf" + b'{"values": {"p-yes": 0.5}}', 400, "body"),
    (b'{"values": {"p-yes": 0.5}, "rationale": "\xff"}', 400, "body"),
    (b64decode("AAAAewAAACIAAABwAAAAIgAAADoAAAAgAAAAMAAAAC4AAAA1AAAAfQ=="), 400, "body"),
    (b'{"p":' * 5000 + b"0.5" + b"}" * 5000, 400, "body"),
    (b"[" * 500_000, 400, "body"),
    (b'{"values": {"p-yes": 0.5}, "question": "ceasefire-when"}', 422, "question"),
    (b'{"values": {"p-yes": 0.5, "p-no": 0.5}}', 422, "p-no"),
    (b'{"values": {"p-yes": 0.5, "__class__": 1}}', 422, "__class__"),
]


def stored(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Submission)) or 0


def test_what_is_no_forecast_is_refused_by_its_field(person: Caller, session: Session) -> None:
    for body, status, field in BODIES:
        response = person.post(FORECASTS, key=fresh_key(), data=body, content_type="application/json")
        assert response.status_code == status, body[:80]
        assert field in faults(response), body[:80]
    assert stored(session) == 0


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"values": {"p-yes": 0.5}}', 0.5),
        (b' {"values" : {"p-yes" : 5e-1 } } \r\n', 0.5),
        (b'{"values": {"p-yes": 0.999}}', 0.999),
        (b'{"values": {"p-yes": 0.1000000000000000055511151231257827}}', 0.1),
        (b'{"values": {"p-y\\u0065s": 0.25}}', 0.25),
    ],
)
def test_what_is_json_is_read(person: Caller, body: bytes, value: float) -> None:
    response = person.post(FORECASTS, key=fresh_key(), data=body, content_type="application/json")
    assert response.json["values"] == {"p-yes": value}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ([0.1, 0.2, 0.3, 0.4, 0.0], "values"),
        ({"0": 0.25, "1": 0.25, "2": 0.25, "3": 0.25}, "0"),
        (
            dict.fromkeys(("p-settlement", "p-ceasefire", "p-collapsed", "p-fighting", "p-other"), 0.4),
            "sum",
        ),
        ({"p-settlement": [0.5, 0.5]}, "p-settlement"),
        (
            {"p-settlement": 1, "p-ceasefire": 0, "p-collapsed": 0, "p-fighting": 0, "p-other": 0},
            "p-settlement",
        ),
    ],
)
def test_what_is_no_choice_is_refused(person: Caller, session: Session, values: object, field: str) -> None:
    assert field in faults(person.forecast("war-state-2027", values))
    assert stored(session) == 0


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"q-0.50": 482}, "q-0.50"),
        ({"q-0.5": "482"}, "q-0.5"),
        ({"q-0.5": None}, "q-0.5"),
        ({"q-0.5": 1e300}, "q-0.5"),
        ({"q-0.5": 300}, "q-0.5"),
        ({"q-0.05": True}, "q-0.05"),
    ],
)
def test_what_are_no_quantiles_is_refused(person: Caller, changed: dict[str, object], field: str) -> None:
    assert field in faults(person.answer("numeric", **changed))


@pytest.mark.parametrize(
    "day",
    [20000, "31.12.2027", "2027-02-30", "2027-12-31T00:00:00Z", "", "tomorrow", None, "0000-00-00", "9" * 40],
)
def test_what_is_no_date_is_refused(person: Caller, day: object) -> None:
    assert "q-0.5" in faults(person.answer("date", **{"q-0.5": day}))


# ---- Headers


@pytest.mark.parametrize(
    "key", ["", "short", "x" * 65, "' OR 1=1--", "a,b,c,d,e,f", "ключ-ключ", "key with spaces"]
)
def test_a_key_is_eight_to_64_letters_digits_and_hyphens(person: Caller, session: Session, key: str) -> None:
    response = person.call(
        "POST", FORECASTS, headers={"Idempotency-Key": key}, json={"values": {"p-yes": 0.5}}
    )
    assert response.status_code == 422
    assert list(faults(response)) == ["Idempotency-Key"]
    assert stored(session) == 0


@pytest.mark.parametrize("act", ["forecasts", "affirm", "withdraw"])
def test_acts_need_a_key(person: Caller, act: str) -> None:
    body = {"values": {"p-yes": 0.5}} if act == "forecasts" else None
    assert "Idempotency-Key" in faults(person.post(f"questions/leaders-meet/{act}", body))


@pytest.mark.parametrize(
    ("headers", "status", "field"),
    [
        ({"Content-Type": "text/plain"}, 415, "Content-Type"),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415, "Content-Type"),
        ({"Content-Type": "multipart/form-data; boundary=x"}, 415, "Content-Type"),
        ({"Content-Type": ""}, 415, "Content-Type"),
        ({"Content-Type": "application/json; charset=utf-7"}, 400, "Content-Type"),
        ({"Content-Type": "application/json", "Content-Encoding": "gzip"}, 415, "Content-Encoding"),
        (
            {"Content-Type": "application/json", "Transfer-Encoding": "chunked, identity"},
            400,
            "Transfer-Encoding",
        ),
    ],
)
def test_only_plain_json_is_read(
    person: Caller, session: Session, headers: dict[str, str], status: int, field: str
) -> None:
    body = b'{"values": {"p-yes": 0.5}}'
    response = person.post(FORECASTS, key=fresh_key(), data=body, headers=headers)
    assert response.status_code == status
    assert list(faults(response)) == [field]
    assert stored(session) == 0


def test_a_bomb_is_not_unpacked(person: Caller) -> None:
    bomb = gzip.compress(b"\0" * 20_000_000)
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    response = person.post(FORECASTS, key=fresh_key(), data=bomb, headers=headers)
    assert list(faults(response)) == ["Content-Encoding"]


def test_a_million_entries_are_too_large(person: Caller) -> None:
    body = b'{"values": [0' + b",0.0" * 1_000_000 + b"]}"
    response = person.post(FORECASTS, key=fresh_key(), data=body, content_type="application/json")
    assert response.status_code == 413
    faults(response)


def test_another_method_by_header_is_ignored(person: Caller) -> None:
    person.answer("binary")
    response = person.get("forecasts", headers={"X-HTTP-Method-Override": "DELETE"})
    assert response.status_code == 200 and len(response.json) == 1


# ---- Addresses and queries


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/surveys/nowhere",
        "/surveys/%00",
        "/surveys/*",
        "/surveys/ukraine%25",
        "/surveys/1.0/questions",
        "/surveys/ukraine/questions/%00",
        "/surveys/ukraine/questions/' OR 1=1--",
        "/surveys/ukraine/questions/nothing/crowd",
        "/surveys/ukraine/scenarios/%F0%9F%92%A3",
        "/surveys/..%2f..%2fadmin",
    ],
)
def test_an_address_of_nothing_is_a_problem_document(nobody: Caller, path: str) -> None:
    response = nobody.get(path)
    assert response.status_code == 404
    assert faults(response) == {}


@pytest.mark.parametrize(
    "query",
    [
        "limit=-1",
        "offset=9223372036854775808",
        "page=0",
        "sort=__class__",
        "fields=*",
        "min_n=1",
        "format=xml",
    ],
)
@pytest.mark.parametrize("path", ["", "questions", "questions/leaders-meet/crowd", "scenarios"])
def test_a_parameter_without_meaning_is_refused(nobody: Caller, path: str, query: str) -> None:
    response = nobody.get(f"{path}?{query}")
    assert response.status_code == 422
    assert list(faults(response)) == [query.partition("=")[0]]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("version=0", "version"),
        ("version=-1", "version"),
        ("version=1.5", "version"),
        ("version=%D9%A1", "version"),
        ("version=9223372036854775808", "version"),
        ("round=1 OR 1=1", "round"),
        ("round=1_0", "round"),
        ("version=1&round=1", "round"),
        ("as_of=yesterday", "as_of"),
        ("as_of=0000-00-00", "as_of"),
        ("as_of=9999-12-31T23:59:59+14:00", "as_of"),
        ("as_of=2026-W47-1", "as_of"),
    ],
)
def test_a_part_of_the_crowd_is_asked_for_in_one_way(nobody: Caller, query: str, field: str) -> None:
    response = nobody.get(f"questions/leaders-meet/crowd?{query}")
    assert response.status_code == 422
    assert list(faults(response)) == [field]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "GET"])
def test_another_method_says_which_there_are(person: Caller, method: str) -> None:
    response = person.call(method, "questions/leaders-meet/affirm")
    assert response.status_code == 405
    assert faults(response) == {}
    assert set(response.headers["Allow"].split(", ")) == {"OPTIONS", "POST"}


def test_another_host_name_gets_a_problem_document_too(app: Flask, nobody: Caller) -> None:
    app.config["TRUSTED_HOSTS"] = ["parley.example"]
    response = nobody.get("questions")
    assert response.status_code == 400
    assert faults(response) == {}


# ---- Strict JSON by itself


def test_brackets_in_text_are_not_depth() -> None:
    assert strict_json(b'{"why": "[[[[[[[[[[[[\\"[[[["}') == {"why": '[[[[[[[[[[[["[[[['}


def test_as_many_levels_as_a_survey_has_are_read_and_no_more() -> None:
    assert strict_json(b"[" * DEEPEST + b"]" * DEEPEST)
    with pytest.raises(MalformedBody):
        strict_json(b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1))
