"""The doors of the application for each channel that a case may name."""

import json
import re
import socket
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from survey.server import http
from tests.survey.api.caller import Caller, fresh_key
from tests.survey.web.visitor import Visitor, error_of

from .accounts import by_account_form
from .building import form_fields, json_body, literal, urlencoded
from .forms import by_door
from .invitations import by_invitation
from .outcome import SUM, Sent, can_stand, name_in, stands, stored, takes_text
from .roles import WORDS, Case, Role, role_of
from .situations import somebody_who_takes_part

FORM = "application/x-www-form-urlencoded"
#: What else a form says; all of it has to stand in the page again when the form is refused.
BESIDE = {"rationale": "Words that have to be kept.", "confidence": "4"}
BESIDE_WORDS = {"p-yes": "50", "confidence": "4"}
#: What is sent along with a header.
CHANCE_SENT = 0.5


class NoChannel(LookupError):
    """A case goes through a door that this adapter does not know."""


def send(app: Flask, case: Case) -> Sent:
    """Send a case as somebody who has just joined, or who wants in."""
    if "door" in case:
        return by_door(app, case)
    if case["area"] in WAYS_IN:
        return WAYS_IN[case["area"]](app, case)
    if case["channel"] not in CHANNELS:
        raise NoChannel(case["channel"])
    return CHANNELS[case["channel"]](app, case)


def by_form(app: Flask, case: Case) -> Sent:
    """One form, the case's value in the fields of its role."""
    role = role_of(case)
    fields = form_fields(role, case["field"], literal(case))
    beside = (_rest(role) | case.get("rest", {})).items()
    sent = _post_form(app, case, data=urlencoded([*beside, *fields]), content_type=FORM)
    kept = sent.kept_values and (sent.status == 303 or _come_back(sent.text, fields))
    return replace(sent, kept_values=kept)


def _come_back(page: str, fields: list[tuple[str, str]]) -> bool:
    """Whether what was typed stands in its own fields again, where a page can hold it."""
    return all(
        stands(page, name, text) for name, text in fields if takes_text(page, name) and can_stand(text)
    )


def by_raw_form(app: Flask, case: Case) -> Sent:
    """A form's body as it stands, after the fields that are right."""
    role, value = role_of(case), literal(case)
    raw = value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
    raw = raw.replace(case["field"].encode(), role.fields[0].encode())
    return _post_form(app, case, data=urlencoded([*_rest(role).items()]) + b"&" + raw, content_type=FORM)


def by_multipart(app: Flask, case: Case) -> Sent:
    """A form with a file in the place of a text."""
    described = re.fullmatch(r"file part named \w+, filename=(\S+), body (.*)", literal(case))
    if described is None:
        raise NoChannel(f"multipart: {case['value']}")
    role = role_of(case)
    file = BytesIO(described[2].encode()), described[1]
    return _post_form(app, case, data=_rest(role) | {role.fields[0]: file})


def by_json(app: Flask, case: Case) -> Sent:
    """A call whose body is the case's, under our names and inside `values`."""
    role, value = role_of(case), literal(case)
    body = value if "headers" in case else json_body(role, case["field"], value)
    return _call(app, case, body, case.get("headers", {}))


def by_header(app: Flask, case: Case) -> Sent:
    """A right call with one header that is the case's; what stands in angle brackets is set up here."""
    if case["value"] in SITUATIONS:
        return SITUATIONS[case["value"]](app, case)
    if case["field"] == "Transfer-Encoding":
        return _over_a_socket(app, case)
    return _call(app, case, RIGHT_BODY, {case["field"]: case["value"]})


CHANNELS: dict[str, Callable[[Flask, Case], Sent]] = {
    "form": by_form,
    "form-raw": by_raw_form,
    "multipart": by_multipart,
    "json-raw": by_json,
    "header": by_header,
}

WAYS_IN: dict[str, Callable[[Flask, Case], Sent]] = {"invite": by_invitation, "login": by_account_form}

RIGHT_BODY = json.dumps({"values": {"p-yes": CHANCE_SENT}}).encode()


def _post_form(app: Flask, case: Case, **sent: Any) -> Sent:
    person, role = Visitor(somebody_who_takes_part(app, "ukraine")), role_of(case)
    started = time.thread_time()
    response = person.client.post(f"/s/ukraine/q/{role.question}", **sent)
    seconds, page = time.thread_time() - started, response.text
    named = next((field for field in (*role.fields, SUM) if error_of(page, field)), None)
    kept = response.status_code == 303 or all(stands(page, *held) for held in _beside(role).items())
    name = case["field"] if named else None
    return Sent(response.status_code, name, kept, stored(app, role), seconds, page)


def _call(app: Flask, case: Case, body: bytes, headers: dict[str, str]) -> Sent:
    person, role = Caller(app.test_client()).join(), role_of(case)
    started = time.thread_time()
    response = _forecast(person, role, body, headers)
    seconds = time.thread_time() - started
    name = name_in(response, role, case["field"])
    return Sent(response.status_code, name, True, stored(app, role), seconds, response.text)


def _forecast(person: Caller, role: Role, body: bytes, headers: dict[str, str]) -> TestResponse:
    headers = {"Idempotency-Key": fresh_key(), "Content-Type": "application/json"} | headers
    return person.post(f"questions/{role.question}/forecasts", data=body, headers=headers)


def _same_key_other_body(app: Flask, case: Case) -> Sent:
    """Told as stored only where the second body left anything."""
    person, role, key = Caller(app.test_client()).join(), role_of(case), {"Idempotency-Key": fresh_key()}
    assert _forecast(person, role, RIGHT_BODY, key).status_code == 201
    response = _forecast(person, role, RIGHT_BODY.replace(b"0.5", b"0.9"), key)
    left = stored(app, role)
    name = name_in(response, role, case["field"])
    return Sent(response.status_code, name, True, None if left == CHANCE_SENT else left, 0, response.text)


def _same_key_at_once(app: Flask, case: Case) -> Sent:
    """Twenty at once; who was sent away comes again. 201 where all got one answer in the end."""
    person, role, key = Caller(app.test_client()).join(), role_of(case), {"Idempotency-Key": fresh_key()}

    def forecast(_place: int = 0) -> TestResponse:
        return _forecast(Caller(app.test_client(), person.token), role, RIGHT_BODY, key)

    with ThreadPoolExecutor(20) as pool:
        responses = list(pool.map(forecast, range(20)))
    responses = [forecast() if answer.status_code in (409, 503) else answer for answer in responses]
    answers = {(answer.status_code, answer.data) for answer in responses}
    status = responses[0].status_code if len(answers) == 1 else 500
    return Sent(status, None, True, stored(app, role), 0, responses[0].text)


SITUATIONS = {
    "<same key, other body>": _same_key_other_body,
    "<same key, 20 in parallel>": _same_key_at_once,
}


def _over_a_socket(app: Flask, case: Case) -> Sent:
    """A header about the message itself, to the server that the application ships with."""
    person, role = Caller(app.test_client()).join(), role_of(case)
    server = http.bind(app, "127.0.0.1", 0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    started = time.thread_time()
    try:
        answer = _talk(http.bound_port(server), _message(case, role, str(person.token)))
    finally:
        server.close()
        thread.join(5)
    name = case["field"] if case["field"].lower() in answer.lower() else None
    return Sent(int(answer.split()[1]), name, True, stored(app, role), time.thread_time() - started, answer)


def _message(case: Case, role: Role, token: str) -> bytes:
    lines = (
        f"POST /api/v1/surveys/ukraine/questions/{role.question}/forecasts HTTP/1.1",
        "Host: localhost",
        "Connection: close",
        "Content-Type: application/json",
        f"Authorization: Bearer {token}",
        f"Idempotency-Key: {fresh_key()}",
        f"{case['field']}: {case['value']}",
        "",
    )
    chunk = b"%x\r\n%s\r\n0\r\n\r\n" % (len(RIGHT_BODY), RIGHT_BODY)
    return "\r\n".join(lines).encode() + b"\r\n" + chunk


def _talk(port: int, message: bytes) -> str:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(message)
        return b"".join(iter(lambda: connection.recv(65_536), b"")).decode()


def _beside(role: Role) -> dict[str, str]:
    return BESIDE_WORDS if role is WORDS else BESIDE


def _rest(role: Role) -> dict[str, str]:
    return _beside(role) | {"key": str(uuid.uuid4()), "base_revision": "0"}
