"""Errors of HTTP on pages: in the reader's language, with what was kept and what to do."""

import pytest
from flask.testing import FlaskClient

from .visitor import words


@pytest.mark.parametrize(
    ("method", "address", "sent", "status"),
    [("POST", "/surveys", "", 405), ("POST", "/login", "x" * 2_000_000, 413), ("PUT", "/", "", 405)],
)
def test_it_is_said_in_the_reader_s_language_what_was_kept_and_what_to_do(
    client: FlaskClient, method: str, address: str, sent: str, status: int
) -> None:
    said = {}
    for language in ("en", "uk"):
        page = client.open(
            address,
            method=method,
            data=sent,
            content_type="application/x-www-form-urlencoded",
            headers={"Accept-Language": language, "Accept": "text/html"},
        )
        assert page.status_code == status
        said[language] = words(page.text[page.text.index("<h1") : page.text.index("</main>")])
    assert "Nothing was" in said["en"] and "Go back" in said["en"]
    assert not set(said["en"].split()) & set(said["uk"].split()) - {"Parley"}


def test_a_program_reads_the_protocol_s_own_words(client: FlaskClient) -> None:
    answer = client.post("/surveys", headers={"Accept": "application/json", "Accept-Language": "uk"})
    assert answer.json is not None and answer.json["title"] == "Method Not Allowed"
    assert answer.headers["Allow"]
