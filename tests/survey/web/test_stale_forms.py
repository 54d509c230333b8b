"""Forms whose token has run out: nothing is stored, and everything that was typed stands on the page again."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser
from urllib.parse import urlsplit

import itsdangerous.timed
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from survey.models import Rationale, Submission
from survey.store.engine import db
from survey.store.transaction import transaction
from survey.web.form_restore import refilled
from tests.conftest import TODAY, store_after
from tests.factories import the_question
from tests.survey.disclosure.test_non_interference import World

from .every_page import owner_link, pages, people_and_owner
from .visitor import Visitor, value, words

TYPED = ("text", "email", "number", "search", "url", "tel", "date", "datetime-local", "textarea")
ANSWER = {"p-yes": "12,5", "rationale": "Both armies are <exhausted>.", "format": "percent"}


@pytest.fixture
def guarded(app: Flask) -> Iterator[Flask]:
    """The application as it runs, which asks forms for their token."""
    app.config["WTF_CSRF_ENABLED"] = True
    yield app
    app.config["WTF_CSRF_ENABLED"] = False


@dataclass
class Form:
    """One form of a page: where it leads, what its fields are called and of which kind they are."""

    action: str
    id: str
    fields: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def typed(self) -> dict[str, str]:
        """Something in each field that a person writes in, and what the others hold."""
        return {
            name: f"typed in {name}" if kind in TYPED else held
            for name, kind, held in self.fields
            if kind not in ("password", "checkbox", "radio", "submit", "button")
        } | {"csrf_token": "of another day"}


class Forms(HTMLParser):
    """Every form of a page that changes something, with its fields."""

    def __init__(self, page: str, path: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._path, self._open = path, False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: told or "" for name, told in attrs}
        if tag == "form":
            self._open = given.get("method") == "post"
            if self._open:
                self.found.append(Form(urlsplit(given.get("action") or self._path).path, given.get("id", "")))
        elif self._open and tag in ("input", "textarea") and given.get("name"):
            kind = "textarea" if tag == "textarea" else given.get("type", "text")
            self.found[-1].fields.append((given["name"], kind, given.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = False


def every_form(client: FlaskClient, pages: list[str]) -> dict[str, tuple[str, Form]]:
    """Each form this reader is shown, by where it leads, with a page that has it."""
    found: dict[str, tuple[str, Form]] = {}
    for path in pages:
        answer = client.get(path, headers={"Accept": "text/html"})
        if answer.status_code == 200 and answer.mimetype == "text/html":
            for form in Forms(answer.text, path).found:
                found.setdefault(form.action, (path, form))
        answer.close()
    return {action: form for action, form in found.items() if action != "/language"}


spoken = store_after(people_and_owner)


#: The second database has the forms of whoever has most: they come back by Python alone.
READERS = [
    *(
        pytest.param("sqlite", viewer, marks=pytest.mark.sqlite)
        for viewer in ("anonymous", "participant", "owner")
    ),
    pytest.param("postgresql", "owner", marks=pytest.mark.postgresql),
]


@pytest.mark.parametrize(("database", "viewer"), READERS, indirect=["database"])
def test_every_form_comes_back_as_it_was_filled(
    spoken: tuple[dict[str, int | None], str], guarded: Flask, viewer: str
) -> None:
    people, invitation = spoken
    with guarded.app_context():
        token = transaction(owner_link)
        db.session.close()
    guarded.config["WTF_CSRF_ENABLED"] = False
    client = World(guarded, people, {}).browser("answered all" if viewer == "participant" else "anonymous")
    if viewer == "owner":
        assert client.post(f"/sign-in/{token}").status_code == 303
    guarded.config["WTF_CSRF_ENABLED"] = True
    forms = every_form(client, pages(guarded, invitation))
    assert len(forms) > 3
    lost: dict[str, list[str]] = {}
    for action, (_page, form) in forms.items():
        answer = client.post(action, data=form.typed, headers={"Accept": "text/html"})
        assert answer.status_code == 400, action
        again = html.unescape(answer.text)
        missing = [
            name for name, kind, _held in form.fields if kind in TYPED and f"typed in {name}" not in again
        ]
        if missing or f'action="{action}' not in again or "of another day" in again:
            lost[action] = missing
    assert lost == {}


def test_an_answer_sent_a_day_after_its_page_was_opened_is_stored(
    guarded: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, session: Session
) -> None:
    person = joined(client)
    page = person.get("q/leaders-meet").text
    later = itsdangerous.timed.time.time() + 86_400
    monkeypatch.setattr(itsdangerous.timed.time, "time", lambda: later)
    assert client.post("/s/ukraine/q/leaders-meet", data=sent(page)).status_code == 303
    assert session.scalar(select(func.count()).select_from(Submission)) == 1


def test_what_comes_back_is_stored_when_it_is_sent_again(
    guarded: Flask, client: FlaskClient, session: Session
) -> None:
    person = joined(client)
    stale = sent(person.get("q/leaders-meet").text) | {"csrf_token": "of another day"}
    answer = client.post("/s/ukraine/q/leaders-meet", data=stale)
    assert answer.status_code == 400
    assert "What you typed is still here" in words(answer.text)
    assert answer.text.count("<main ") == 1 and "&lt;main" not in answer.text
    assert value(answer.text, "p-yes") == "12,5"
    again = ANSWER | {name: value(answer.text, name) for name in ("csrf_token", "key", "opened")}
    assert client.post("/s/ukraine/q/leaders-meet", data=again).status_code == 303
    assert session.scalars(select(Rationale.text)).all() == [ANSWER["rationale"]]


def test_a_browser_that_lost_its_cookie_keeps_what_was_typed(guarded: Flask, client: FlaskClient) -> None:
    person = joined(client)
    filled = sent(person.get("q/leaders-meet").text)
    stranger = guarded.test_client()
    answer = stranger.post("/s/ukraine/q/leaders-meet", data=filled)
    assert (answer.status_code, value(answer.text, "p-yes")) == (400, "12,5")
    # Its token works now, but nobody is known yet: what was sent still waits.
    once_more = filled | {"csrf_token": value(answer.text, "csrf_token")}
    waiting = stranger.post("/s/ukraine/q/leaders-meet", data=once_more)
    assert waiting.status_code == 403
    assert "Come back with your code in another tab" in words(waiting.text)
    assert "Both armies are &lt;exhausted&gt;." in waiting.text


def test_it_speaks_the_readers_language(guarded: Flask, client: FlaskClient) -> None:
    person = joined(client)
    stale = sent(person.get("q/leaders-meet").text) | {"csrf_token": "of another day"}
    answer = client.post("/s/ukraine/q/leaders-meet", data=stale, headers={"Accept-Language": "uk"})
    assert '<html lang="uk">' in answer.text
    assert "What you typed" not in answer.text


def test_no_password_comes_back(guarded: Flask, client: FlaskClient) -> None:
    answer = client.post(
        "/login", data={"email": "a@example.org", "password": "four words of mine", "csrf_token": "x"}
    )
    assert answer.status_code == 400
    assert value(answer.text, "email") == "a@example.org"
    assert "four words of mine" not in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example.org"},
        {"Origin": "http://localhost.elsewhere.example.org"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"},
    ],
)
def test_a_right_token_from_another_site_is_refused_and_nothing_is_put_before_the_reader(
    guarded: Flask, client: FlaskClient, session: Session, headers: dict[str, str]
) -> None:
    person = joined(client)
    answer = client.post(
        "/s/ukraine/q/leaders-meet", data=sent(person.get("q/leaders-meet").text), headers=headers
    )
    assert answer.status_code == 400
    assert "armies" not in answer.text
    assert session.scalar(select(func.count()).select_from(Submission)) == 0


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Origin": "http://localhost"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
    ],
)
def test_our_own_page_is_taken_whatever_its_browser_says_of_it(
    guarded: Flask, client: FlaskClient, headers: dict[str, str]
) -> None:
    person = joined(client)
    page = person.get("q/leaders-meet").text
    assert client.post("/s/ukraine/q/leaders-meet", data=sent(page), headers=headers).status_code == 303


def test_over_https_a_form_is_taken_without_a_referrer(guarded: Flask, client: FlaskClient) -> None:
    page = client.get("/s/ukraine/join", base_url="https://localhost").text
    facts = {name: value(page, name) for name in ("csrf_token", "join_key")} | {"agree": "y"}
    answer = client.post("/s/ukraine/join", data=facts, base_url="https://localhost")
    assert (answer.status_code, answer.location) == (303, "/s/ukraine/welcome")


def test_the_language_changes_without_a_token(guarded: Flask, client: FlaskClient) -> None:
    assert client.post("/language", data={"language": "uk", "next": "/"}).status_code == 303
    assert '<html lang="uk">' in client.get("/").text


def joined(client: FlaskClient) -> Visitor:
    """Somebody who has joined with forms that carry their token."""
    page = client.get("/s/ukraine/join").text
    facts = {name: value(page, name) for name in ("csrf_token", "join_key")} | {"agree": "y"}
    assert client.post("/s/ukraine/join", data=facts).status_code == 303
    return Visitor(client)


def sent(page: str) -> dict[str, str]:
    """A filled answer, as the page's own form sends it."""
    form = re.search(r"<form[^>]*>(?:(?!</form>).)*?name=\"p-yes\".*?</form>", page, re.DOTALL)
    assert form
    return ANSWER | {name: value(form[0], name) for name in ("csrf_token", "key", "opened")}


def test_a_form_whose_address_goes_on_is_not_taken_for_the_one_that_was_sent(
    guarded: Flask, client: FlaskClient, session: Session
) -> None:
    """Once a survey takes no answers, its question's page has a form that leads further on, and none to type in."""
    person = joined(client)
    stale = sent(person.get("q/leaders-meet").text) | {"csrf_token": "of another day"}
    the_question(session, "leaders-meet").closes_at = TODAY - timedelta(hours=1)
    session.commit()
    assert 'name="p-yes"' not in person.get("q/leaders-meet").text
    answer = client.post("/s/ukraine/q/leaders-meet", data=stale)
    assert answer.status_code == 400
    assert value(answer.text, "p-yes") == "12,5"
    assert "Both armies are &lt;exhausted&gt;." in answer.text


def test_a_page_says_so_that_has_no_form_that_is_meant() -> None:
    further = '<form method="post" action="/q/a/affirm"><input name="x"></form>'
    typed = MultiDict({"x": "1"})
    assert refilled(further, lambda given: given.get("action") == "/q/a", typed, "/q/a") == ""
