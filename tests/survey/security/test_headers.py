"""Security headers stand on whatever is answered: pages, refusals, files and JSON."""

import pytest
from flask.testing import FlaskClient

WANTED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


@pytest.mark.parametrize(
    "path", ["/", "/s/ukraine/", "/s/ukraine/q/nothing", "/static/parley.css", "/api/v1/surveys", "/healthz"]
)
def test_every_answer_carries_them(client: FlaskClient, path: str) -> None:
    with client.get(path) as answer:
        assert {name: answer.headers.get(name) for name in WANTED} == WANTED
        policy = answer.headers["Content-Security-Policy"].split("; ")
    assert policy[0] == "default-src 'none'"
    assert {"script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} <= {
        *policy
    }
    assert not any(word in part for part in policy for word in ("unsafe", "*", "http"))
