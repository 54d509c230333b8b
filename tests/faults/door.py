"""The way in for those who answer: the JSON interface of a served application, one connection for each request."""

import json
import socket
import uuid
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Any

SURVEY = "/api/v1/surveys/ukraine"
FORECASTS = f"{SURVEY}/questions/leaders-meet/forecasts"
#: Seconds; longer than any lock is waited for.
PATIENCE = 15.0


class Unanswered(Exception):
    """No acknowledgement came: the connection broke, or the server said that it could not (5xx)."""


class Refused(Exception):
    """The server said no (4xx): never right here, for everything that is sent is in order."""


@dataclass(frozen=True)
class Person:
    """Somebody who takes part: what the database knows them by, and the token they answer with."""

    join_key: str
    token: str


@dataclass(frozen=True)
class Receipt:
    """What a forecast was acknowledged with: its revision and all the words, which a repeat gets again."""

    revision: int
    words: str


class Door:
    """Join, forecast and read over HTTP at one port of this machine."""

    def __init__(self, port: int) -> None:
        self.port = port

    def join(self) -> Person:
        """Take part as somebody new."""
        key = uuid.uuid4().hex
        answer = self._ask(
            "POST", f"{SURVEY}/participants", {"Idempotency-Key": key}, {"language": "en", "agree": True}
        )
        return Person(f"api {key}", answer["token"])

    def forecast(self, person: Person, key: str, value: float) -> Receipt:
        """Send a forecast, the key as its rationale too, and wait for the acknowledgement."""
        answer = self._ask("POST", FORECASTS, _headers(person, key), _body(key, value))
        return Receipt(answer["revision"], json.dumps(answer, sort_keys=True))

    def hang_up(self, person: Person, key: str, value: float) -> None:
        """Send a forecast and leave before the answer."""
        body = json.dumps(_body(key, value)).encode()
        lines = [f"POST {FORECASTS} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
        headers = {"Content-Type": "application/json", **_headers(person, key)}
        lines += [f"{name}: {value}" for name, value in headers.items()]
        try:
            with socket.create_connection(("127.0.0.1", self.port), PATIENCE) as connection:
                connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        except OSError as error:
            raise Unanswered(repr(error)) from error

    def last_revision(self, person: Person) -> int:
        """The revision a reader sees as the person's last; 0 where there is none."""
        history = self._ask("GET", FORECASTS, _headers(person))["history"]
        return int(history[-1]["revision"]) if history else 0

    def answers(self) -> bool:
        """Whether the server is up, its database aside."""
        try:
            self._ask("GET", "/healthz", {})
        except Unanswered:
            return False
        return True

    def _ask(self, method: str, path: str, headers: dict[str, str], body: object = None) -> Any:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        sent = None if body is None else json.dumps(body)
        try:
            connection.request(method, path, sent, {"Content-Type": "application/json", **headers})
            answer = connection.getresponse()
            text = answer.read().decode()
        except (OSError, HTTPException) as error:
            raise Unanswered(type(error).__name__) from error
        finally:
            connection.close()
        if answer.status >= 500:
            raise Unanswered(str(answer.status))
        if answer.status >= 400:
            raise Refused(f"{method} {path}: {answer.status} {text}")
        return json.loads(text) if answer.headers.get_content_type() == "application/json" else text


def _headers(person: Person, key: str | None = None) -> dict[str, str]:
    bearer = {"Authorization": f"Bearer {person.token}"}
    return bearer if key is None else bearer | {"Idempotency-Key": key}


def _body(key: str, value: float) -> dict[str, object]:
    return {"values": {"p-yes": value}, "rationale": key}
