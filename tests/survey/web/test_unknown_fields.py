"""Fields that no page has: every form takes no notice of them, the interface for programs refuses them by name."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.models import Rationale, Submission
from survey.store.transaction import transaction
from tests.survey.api.caller import Caller
from tests.survey.disclosure.test_non_interference import addresses

from .every_page import ASKED, OWNER, signed_up_owner
from .organizer.test_pages import sign_in
from .visitor import Visitor

#: What extensions of browsers, password managers and links with a campaign's name add; and what guesses would.
UNKNOWN = {
    "utm_source": "letter",
    "g-recaptcha-response": "x",
    "lastpass[]": "x",
    "p-unasked": "50",
    "survey_id": "2",
    "user_id": "1",
    "role_of": "owner",
    "\u202e": "\x00",
    "": "x",
}
#: They end what the browser is: whoever comes after is somebody else.
ENDS = ("security.logout", "participant.forget_me", "account.sign_out_everywhere")


@pytest.fixture
def owner(app: Flask, client: FlaskClient) -> FlaskClient:
    """An owner, signed in."""
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    with app.app_context():
        transaction(signed_up_owner)
    sign_in(app, client, OWNER)
    return client


def test_every_form_of_the_site_takes_no_notice_of_a_field_that_no_page_has(
    app: Flask, owner: FlaskClient
) -> None:
    rules = [
        rule
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and not rule.rule.startswith("/api/") and rule.endpoint not in ENDS
    ]
    assert len(rules) > 60
    person = app.test_client()
    Visitor(person).join()
    looked_at, unlike = set(), {}
    for who in (owner, person):
        with who.session_transaction() as browser:
            kept = dict(browser)
        for rule in rules:
            path = addresses(app, rule, ASKED)
            plain, more = (_as_before(who, kept).post(path, data=sent) for sent in ({}, UNKNOWN))
            if "/join" in plain.headers.get("Location", ""):
                continue  # Somebody this browser does not know: what they sent waits for them.
            looked_at.add(path)
            if plain.status_code != more.status_code or more.status_code >= 500:
                unlike[path] = plain.status_code, more.status_code
    assert unlike == {}
    assert len(looked_at) == len({addresses(app, rule, ASKED) for rule in rules})


def _as_before(owner: FlaskClient, kept: dict[str, Any]) -> FlaskClient:
    """The browser, whatever the form before has made of its session."""
    with owner.session_transaction() as browser:
        browser.clear()
        browser.update(kept)
    return owner


def test_a_forecast_with_such_fields_is_stored_as_without(client: FlaskClient, session: Session) -> None:
    person = Visitor(client).join()
    assert person.answers("binary", **UNKNOWN, rationale="Why.").status_code == 303
    assert session.scalar(select(func.count()).select_from(Submission)) == 1
    assert session.scalars(select(Rationale.text)).one() == "Why."


@pytest.mark.parametrize("name", UNKNOWN)
def test_a_program_is_told_which_field_there_is_not(client: FlaskClient, session: Session, name: str) -> None:
    person = Caller(client).join()
    for values, beside in (({"p-yes": 0.5}, {name: 1}), ({"p-yes": 0.5, name: 0.5}, {})):
        answer = person.forecast("leaders-meet", values, **beside)
        assert answer.status_code == 422, answer.text
        assert any(name in fault["field"] for fault in answer.get_json()["errors"])
    assert session.scalar(select(func.count()).select_from(Submission)) == 0
