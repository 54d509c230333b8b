"""The form that freezes a snapshot and the page that is looked through before: what goes out is chosen knowingly."""

import re

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import clock
from survey.models import Task
from survey.services import background_answers
from tests.conftest import store_after
from tests.factories import on, say, someone, the_question
from tests.survey.outcomes import signed_in

DATA = "/s/ukraine/data/"


def answered(session: Session) -> None:
    with clock.at(on(18)):
        for place in range(7):
            person = someone(session)
            background_answers.say(session, person, {"region": ["elsewhere" if place == 6 else "eu"]})
            say(session, person, the_question(session, "leaders-meet"), 0.3, rationale=f"Reason {place}")


world = store_after(answered)


def test_what_is_chosen_is_asked_for_and_what_is_refused_stays_in_the_form(
    world: None, app: Flask, client: FlaskClient, session: Session
) -> None:
    analyst = signed_in(app, client, "analyst")
    page = analyst.get(DATA).text
    assert "Can anyone be singled out?" in page and "1 person of 7 shares" in page
    sent = {
        "k": "2",
        "l_diversity": "3",
        "exact_times": "Response times",
        "not_identifying": "attention",
        "stable_ids": "y",
    }
    refused = analyst.post(f"{DATA}snapshots", data=sent)
    assert refused.status_code == 422
    assert "Say why fewer than 5" in refused.text and "No snapshot" not in refused.text
    for kept in (
        'value="2"',
        'value="Response times"',
        '<details class="p-data" open',
    ):
        assert kept in refused.text, kept
    assert re.search(r'<input [^>]*checked [^>]*value="attention"', refused.text)
    assert analyst.post(f"{DATA}snapshots", data={"k": "many"}).status_code == 422
    session.rollback()
    assert session.scalars(select(Task)).all() == []
    page = analyst.post(
        f"{DATA}snapshots",
        data=sent | {"k_reason": "For the archive", "reviewed": "y", "reviewed_until": "2026-11-18"},
    )
    assert page.status_code == 303
    session.rollback()
    task = session.scalars(select(Task)).one()
    assert task.parameters == {
        "k": 2,
        "k_reason": "For the archive",
        "l_diversity": 3,
        "stable_ids": True,
        "exact_times": "Response times",
        "not_identifying": ["attention"],
        "reviewed_until": "2026-11-18",
    }
    # Another one, with other options, is not that one.
    told = analyst.post(f"{DATA}snapshots", data={"k": "5"}, follow_redirects=True)
    assert "A snapshot with other options is being made for you" in told.text


def test_reasons_are_looked_through_and_withheld_one_by_one_before_they_go_out(
    world: None, app: Flask, client: FlaskClient, session: Session
) -> None:
    owner = signed_in(app, client, "owner")
    page = owner.get(f"{DATA}review").text
    assert all(f"Reason {place}" in page for place in range(7)) and "7 reasons" in page
    assert "In 2 of 2 cases" in page
    number = page.split('name="reason" value="')[1].split('"')[0]
    refused = owner.post(f"{DATA}review", data={"reason": number, "why": " "})
    assert refused.status_code == 422 and "Say why" in refused.text
    assert owner.post(f"{DATA}review", data={"reason": "999999", "why": "x"}).status_code == 404
    assert (
        owner.post(f"{DATA}review", data={"reason": number, "why": "It names its writer"}).status_code == 303
    )
    after = owner.get(f"{DATA}review").text
    assert "Reason 6" not in after and "6 reasons" in after
