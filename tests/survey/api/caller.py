"""The short way for these tests to call the interface."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

#: A whole right answer to one question of each kind: key of the question, values.
ANSWERS: dict[str, tuple[str, dict[str, Any]]] = {
    "binary": ("leaders-meet", {"p-yes": 0.125}),
    "choice": (
        "war-state-2027",
        {
            "p-settlement": 0.05,
            "p-ceasefire": 0.165,
            "p-collapsed": 0.04,
            "p-fighting": 0.73,
            "p-other": 0.015,
        },
    ),
    "ordered": (
        "guarantee-form",
        {
            "p-assurances": 0.06,
            "p-agreements": 0.85,
            "p-nuclear": 0.055,
            "p-several": 0.033,
            "p-nato": 0.002,
        },
    ),
    "ladder": (
        "ceasefire-when",
        {"p-2027-06-30": 0.1, "p-2027-12-31": 0.25, "p-2028-12-31": 0.38, "p-2030-12-31": 0.6},
    ),
    "pair": ("guarantee-if-ceasefire", {"p-if_yes": 0.24}),
    "numeric": (
        "aid-total",
        {"q-0.05": 395, "q-0.25": 448, "q-0.5": 482.5, "q-0.75": 522, "q-0.95": 1700},
    ),
    "date": (
        "sanctions-end",
        {
            "q-0.05": "2027-06-30",
            "q-0.25": "2028-06-30",
            "q-0.5": "2029-12-31",
            "q-0.75": "2031-12-31",
            "q-0.95": "2034-12-31",
        },
    ),
}


def fresh_key() -> str:
    """A key for one act."""
    return str(uuid.uuid4())


@dataclass
class Caller:
    """A program with a token, or without one, in one survey."""

    client: FlaskClient
    token: str | None = None
    slug: str = "ukraine"
    code: str = field(default="", init=False)

    def call(
        self, method: str, path: str, *, headers: dict[str, str] | None = None, **sent: Any
    ) -> TestResponse:
        """Call an address of the survey, or one that begins with a slash."""
        below = f"/{path}" if path and path[0] not in "/?" else path
        address = f"/api/v1{path if path[:1] == '/' else f'/surveys/{self.slug}{below}'}"
        bearer = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return self.client.open(address, method=method, headers=bearer | (headers or {}), **sent)

    def get(self, path: str, **sent: Any) -> TestResponse:
        """Ask."""
        return self.call("GET", path, **sent)

    def post(self, path: str, json: Any = None, key: str | None = None, **sent: Any) -> TestResponse:
        """Act, under a key where one is given."""
        headers = sent.pop("headers", {}) | ({"Idempotency-Key": key} if key else {})
        body = {} if json is None else {"json": json}
        return self.call("POST", path, headers=headers, **body, **sent)

    def join(self, key: str | None = None) -> "Caller":
        """Be a new participant from now on."""
        response = self.post("participants", {"language": "en", "agree": True}, key or fresh_key())
        assert response.status_code == 201, response.text
        self.token, self.code = response.json["token"], response.json["code"]
        return self

    def forecast(self, question: str, values: Any, key: str | None = None, **more: Any) -> TestResponse:
        """Give a forecast."""
        return self.post(f"questions/{question}/forecasts", {"values": values, **more}, key or fresh_key())

    def answer(self, kind: str, key: str | None = None, **values: Any) -> TestResponse:
        """The right answer to the question of a kind, with what is given otherwise."""
        question, right = ANSWERS[kind]
        return self.forecast(question, right | values, key)


def faults(response: TestResponse) -> dict[str, str]:
    """Field to sentence of a refusal, which is a whole problem document."""
    assert response.content_type == "application/problem+json", response.text
    body = response.json
    assert body["type"] == "about:blank"
    assert body["status"] == response.status_code
    assert body["title"] and body["detail"]
    return {fault["field"]: fault["detail"] for fault in body.get("errors", [])}
