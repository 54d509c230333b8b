"""Somebody with a browser: joins, opens questions, sends their forms."""

import html
import re
import uuid
from dataclasses import dataclass, field

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from survey.models import Participant
from survey.security.browser_sessions import NAME
from survey.services import enrollment
from survey.store.engine import db
from survey.store.transaction import transaction
from survey.web.identity import REMEMBERED
from tests.factories import the_survey

#: A whole right answer to one question of each kind: key of the question, what is typed.
ANSWERS: dict[str, tuple[str, dict[str, str]]] = {
    "binary": ("leaders-meet", {"p-yes": "12,5"}),
    "choice": (
        "war-state-2027",
        {
            "p-settlement": "5",
            "p-ceasefire": "16,5",
            "p-collapsed": "4",
            "p-fighting": "73",
            "p-other": "1.5",
        },
    ),
    "ordered": (
        "guarantee-form",
        {
            "p-assurances": "6",
            "p-agreements": "85",
            "p-nuclear": "5.5",
            "p-several": "3.3",
            "p-nato": "0.2",
        },
    ),
    "ladder": (
        "ceasefire-when",
        {"p-2027-06-30": "10", "p-2027-12-31": "25", "p-2028-12-31": "38", "p-2030-12-31": "60"},
    ),
    "pair": ("guarantee-if-ceasefire", {"p-if_yes": "24", "p-if_no": "4"}),
    "numeric": (
        "aid-total",
        {"q-0.05": "395", "q-0.25": "448", "q-0.5": "482", "q-0.75": "522", "q-0.95-above": "y"},
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


def cookie_of(app: Flask, person: int, survey: str = "ukraine") -> str:
    """What the site has its cookie hold in the browser of somebody who takes part."""
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie[REMEMBERED] = {survey: person}
    made = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert made is not None
    return made.value


def without_tokens(answer: TestResponse) -> tuple[int, str]:
    """Status and page, without what differs each time: in the next second already."""
    text = re.sub(r'(name="(?:csrf_token|next|join_key)"[^>]* value=)"[^"]+"', r"\1", answer.text)
    return answer.status_code, text


def chosen(page: str, name: str) -> list[str]:
    """What is chosen in a list of the page."""
    found = re.search(rf'<select[^>]*name="{re.escape(name)}"[^>]*>(.*?)</select>', page, re.DOTALL)
    options = re.findall("<option[^>]*>", found[1] if found else "")
    return [option.split('value="')[1].split('"')[0] for option in options if " selected" in option]


def value(page: str, name: str) -> str:
    """What stands in a field of a page."""
    found = re.search(rf'<input[^>]*name="{re.escape(name)}"[^>]*>', page)
    assert found, f"no field {name}"
    held = re.search(r'value="([^"]*)"', found[0])
    return html.unescape(held[1]) if held else ""


def error_of(page: str, name: str) -> str:
    """The sentence beside a field; empty where there is none."""
    found = re.search(rf'<p class="p-error" id="{re.escape(name)}-error">([^<]*)</p>', page)
    return html.unescape(found[1]) if found else ""


def words(page: str) -> str:
    """A page's text without its tags, for reading."""
    text = html.unescape(re.sub(r"<[^>]+>", " ", page)).replace("\u00a0", " ")
    return re.sub(r"\s+", " ", text)


@dataclass
class Visitor:
    """A browser in one survey."""

    client: FlaskClient
    slug: str = "ukraine"
    code: str = field(default="", init=False)

    def get(self, path: str) -> TestResponse:
        """A page of the survey."""
        return self.client.get(f"/s/{self.slug}/{path}")

    def post(self, path: str, data: dict[str, str] | None = None) -> TestResponse:
        """Send a form to the survey."""
        return self.client.post(f"/s/{self.slug}/{path}", data=data or {})

    def join(self) -> "Visitor":
        """Read the consent, take part, keep the code."""
        key = value(self.get("join").text, "join_key")
        assert self.post("join", {"join_key": key, "agree": "y"}).status_code == 303
        self.code = value(self.get("welcome").text.replace('id="code"', 'name="code"'), "code")
        return self

    def joined(self) -> "Visitor":
        """What `join` leaves, in the store and in the browser, without the three pages that lead there."""
        self.code = enrollment.new_code()
        app = self.client.application
        with app.app_context():
            person, _new = transaction(self._take_part)
            known = [person.id, person.session_generation]
            db.session.close()
        with self.client.session_transaction() as cookie:
            cookie.update({NAME: uuid.uuid4().hex, REMEMBERED: {self.slug: known}})
            cookie.permanent = True
        return self

    def _take_part(self, session: Session) -> tuple[Participant, bool]:
        survey = the_survey(session, self.slug)
        return enrollment.join(session, survey, language="en", join_key=uuid.uuid4().hex, code=self.code)

    def open(self, key: str) -> dict[str, str]:
        """The hidden fields of a question's form."""
        page = self.get(f"q/{key}").text
        return {name: value(page, name) for name in ("key", "base_revision", "opened")}

    def answer(self, key: str, **typed: str) -> TestResponse:
        """Open a question, type, save."""
        return self.post(f"q/{key}", self.open(key) | {"format": "percent"} | typed)

    def answers(self, kind: str, **typed: str) -> TestResponse:
        """The right answer to the question of a kind, with what is typed otherwise."""
        key, right = ANSWERS[kind]
        return self.answer(key, **(right | typed))

    def act(self, key: str, act: str) -> TestResponse:
        """Withdraw or affirm by its form."""
        page = self.get("mine" if act == "affirm" else f"q/{key}/{act}").text
        return self.post(f"q/{key}/{act}", {"key": value(page, "key")})
