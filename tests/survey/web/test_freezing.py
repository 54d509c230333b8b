"""The form that freezes a snapshot and the page that is looked through before: what goes out is chosen knowingly."""

import re

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import clock
from survey.export.files import BUNDLE
from survey.models import Snapshot, SnapshotFile, Task
from survey.presenters.bundles import archives_of
from survey.services import background_answers
from tests.conftest import store_after
from tests.factories import on, say, someone, the_question, the_survey
from tests.statements import counting
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


def test_a_page_of_many_snapshots_asks_once_for_their_archives(app: Flask, session: Session) -> None:
    survey = the_survey(session)
    for number in range(1, 5):
        made = {"as_of": on(18).date(), "created_at": on(19), "sealed_key": b"", "number": number}
        session.add(snapshot := Snapshot(survey=survey, withdrawn_at=on(20) if number == 4 else None, **made))
        session.flush()
        if number != 3:
            kept = {
                "pieces": str(number),
                "size": 2_000 * number,
                "sha256": f"hash {number}",
                "packed": False,
            }
            session.add(SnapshotFile(snapshot_id=snapshot.id, name=BUNDLE, **kept))
    session.commit()
    snapshots = session.scalars(select(Snapshot).order_by(Snapshot.number)).all()
    with counting(app) as said:
        told = archives_of(session, snapshots)
    # The third has none yet, the fourth was withdrawn.
    assert told == {snapshots[0].id: ("2\u202fkB", "hash 1"), snapshots[1].id: ("4\u202fkB", "hash 2")}
    assert len(said) == 1
