"""Bodies of requests: fields are text, a file is none, and JSON is nothing that a page reads."""

from io import BytesIO
from unittest.mock import patch

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from werkzeug.http import parse_options_header
from werkzeug.test import EnvironBuilder

from survey.security.request_parsing import MOST_FIELDS, NO_TEXT, TextParser
from survey.services import accounts
from survey.store.transaction import transaction
from tests.survey.web.account.conftest import EMAIL, PASSWORD

pytestmark = pytest.mark.store

DEEP = "[" * 100_000


def a_file(content: bytes = b"words") -> tuple[BytesIO, str]:
    return BytesIO(content), "words.txt"


@pytest.fixture
def answering_for_itself(app: Flask) -> Flask:
    """Faults of its own are answered, as they are in production."""
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    return app


def test_a_file_stands_as_no_text_beside_what_was_typed(app: Flask) -> None:
    sent = {"why": a_file(), "more": ["1", "2"]}
    with app.test_request_context("/", method="POST", data=sent):
        assert request.form.getlist("why") == [NO_TEXT]
        assert request.form.getlist("more") == ["1", "2"]
        assert not request.files


def test_a_file_hides_no_text_of_its_name(app: Flask) -> None:
    with app.test_request_context("/", method="POST", data={"why": ["typed", a_file()]}):
        assert request.form.getlist("why") == ["typed", NO_TEXT]


def test_a_form_without_a_file_is_as_it_was_sent(app: Flask) -> None:
    with app.test_request_context("/", method="POST", data={"why": "typed"}):
        assert request.form.to_dict(flat=False) == {"why": ["typed"]}


def test_every_file_is_closed() -> None:
    opened: list[BytesIO] = []

    def open_one(*_size: object, **_facts: object) -> BytesIO:
        opened.append(BytesIO())
        return opened[-1]

    sent = EnvironBuilder(method="POST", data={"why": [a_file(), a_file()], "more": a_file()}).get_environ()
    options = parse_options_header(sent["CONTENT_TYPE"])[1]
    parser = TextParser(open_one)
    length = int(sent["CONTENT_LENGTH"])
    _left, form, files = parser.parse(sent["wsgi.input"], "multipart/form-data", length, options)
    assert form.to_dict(flat=False) == {"why": [NO_TEXT, NO_TEXT], "more": [NO_TEXT]}
    assert not files
    assert [one.closed for one in opened] == [True] * 3


@pytest.mark.parametrize(
    "body", [DEEP, "[]", "null", '"x"', '{"email": {"a": 1}, "password": "\\ud800"}', "{"]
)
def test_json_is_an_empty_form(answering_for_itself: Flask, body: str) -> None:
    client = answering_for_itself.test_client()
    pages = ("/s/ukraine/join", "/s/ukraine/return", "/login", "/register", "/reset", "/sign-in", "/language")
    answers = {page: client.post(page, data=body, content_type="application/json") for page in pages}
    assert {page: answer.status_code for page, answer in answers.items() if answer.status_code >= 500} == {}


def test_nobody_signs_in_with_json(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        transaction(lambda session: accounts.create_user(session, EMAIL, password=PASSWORD).id)
    sent = {"email": EMAIL, "password": PASSWORD}
    assert client.post("/login", json=sent).status_code == 422
    assert client.get("/account").status_code == 302
    assert client.post("/login", data=sent).status_code == 302
    assert client.get("/account").status_code == 200


def test_the_interface_still_reads_json(answering_for_itself: Flask) -> None:
    client = answering_for_itself.test_client()
    path = "/api/v1/surveys/ukraine/tokens"
    assert client.post(path, json={"code": "nobody's"}).status_code in (404, 422)
    assert client.post(path, data=DEEP, content_type="application/json").status_code in (400, 422)


def test_a_form_of_more_fields_than_any_page_has_is_refused_before_it_is_parsed(client: FlaskClient) -> None:
    crowded = "&".join(f"a{place}=1" for place in range(MOST_FIELDS + 1))
    with patch("werkzeug.formparser.parse_qsl", side_effect=AssertionError("parsed")):
        answer = client.post(
            "/s/ukraine/join", data=crowded, content_type="application/x-www-form-urlencoded"
        )
    assert answer.status_code == 413


def test_an_address_of_as_many_names_is_refused_too(client: FlaskClient) -> None:
    crowded = "&".join(f"a{place}=1" for place in range(MOST_FIELDS + 1))
    assert client.get(f"/s/ukraine/?{crowded}").status_code == 413


def test_a_link_works_with_the_full_stop_that_was_copied_with_it(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        token = transaction(
            lambda session: accounts.sign_in_link(session, accounts.create_user(session, EMAIL))
        )
    assert client.post(f"/sign-in/{token}).").status_code == 303
