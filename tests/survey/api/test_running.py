"""For those who run a survey: publishing, resolving, snapshots by program."""

import csv
import io
from typing import Any

import pytest
from flask import Flask, has_app_context
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import Client, TestResponse

from survey import clock
from survey.models import EventLog, Participant, Resolution, Score, User
from survey.services.erasure import erase
from survey.services.task_work import run_waiting
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.factories import crowd, on, the_question

from .caller import ANSWERS, Caller, faults
from .conftest import MakeMember

HAPPENED = {"outcomes": [{"happened": True}], "known_from": "2026-11-22T10:00:00Z", "source": "A newspaper"}


@pytest.fixture
def answered(app: Flask) -> None:
    """Twelve people have answered a question two days ago."""
    with app.app_context():
        transaction(
            lambda session: crowd(session, the_question(session, "leaders-meet"), [0.2] * 12) and None
        )


@pytest.mark.usefixtures("answered")
def test_publishing_twice_publishes_once(a_member: MakeMember) -> None:
    organizer = a_member("organizer")
    assert organizer.post("publications").json == {"questions": ["leaders-meet"]}
    assert organizer.post("publications").json == {"questions": []}


@pytest.mark.usefixtures("answered")
def test_an_outcome_is_stored_with_scores_and_by_whom(a_member: MakeMember, session: Session) -> None:
    organizer = a_member("organizer")
    response = organizer.post("questions/leaders-meet/resolutions", HAPPENED)
    assert response.status_code == 201, response.text
    (told,) = response.json["resolutions"]
    assert (told["happened"], told["known_from"]) == (True, "2026-11-22T10:00:00+00:00")
    (stored,) = session.scalars(select(Resolution))
    assert stored.by_id == session.scalars(select(User)).one().id
    assert len({score.participant_id for score in session.scalars(select(Score))}) == 12


def test_the_same_outcome_again_changes_nothing_and_another_supersedes(
    a_member: MakeMember, session: Session
) -> None:
    organizer = a_member("organizer")
    first, again = (organizer.post("questions/leaders-meet/resolutions", HAPPENED) for _ in range(2))
    assert first.json == again.json
    corrected = organizer.post(
        "questions/leaders-meet/resolutions",
        HAPPENED | {"outcomes": [{"happened": False}], "why": "A mistake."},
    )
    assert corrected.json["resolutions"][0]["happened"] is False
    stored = list(session.scalars(select(Resolution).order_by(Resolution.id)))
    assert [made.supersedes_id for made in stored] == [None, stored[0].id]
    assert organizer.get("questions/leaders-meet").json["resolutions"] == corrected.json["resolutions"]


#: What came out, by kind; what is told of it.
OUTCOMES: dict[str, tuple[list[dict[str, Any]], dict[str, Any]]] = {
    "choice": ([{"option": "ceasefire"}], {"option": "ceasefire"}),
    "ordered": ([{"option": "nato"}], {"option": "nato"}),
    "numeric": ([{"value": 512.5}], {"value": 512.5}),
    "date": ([{"day": "2030-01-01"}], {"day": "2030-01-01"}),
    "ladder": ([{"about": "2027-06-30", "happened": True}], {"about": "2027-06-30", "happened": True}),
    "pair": ([{"about": "if_yes", "happened": False}], {"about": "if_yes", "happened": False}),
}


@pytest.mark.parametrize("kind", OUTCOMES)
def test_each_kind_says_its_outcome_in_its_own_field(a_member: MakeMember, kind: str) -> None:
    said, told = OUTCOMES[kind]
    response = a_member().post(f"questions/{ANSWERS[kind][0]}/resolutions", HAPPENED | {"outcomes": said})
    assert response.status_code == 201, response.text
    assert response.json["resolutions"][0].items() >= told.items()


def test_annulled_is_an_outcome_of_every_kind(a_member: MakeMember) -> None:
    owner = a_member()
    for key, _values in ANSWERS.values():
        response = owner.post(f"questions/{key}/resolutions", HAPPENED | {"outcomes": [{"annulled": True}]})
        assert response.status_code == 201, response.text
        assert all(made["annulled"] for made in response.json["resolutions"])


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"outcomes": []}, "outcomes"),
        ({"outcomes": [{}]}, "outcomes"),
        ({"outcomes": [{"happened": "yes"}]}, "outcomes.0.happened"),
        ({"outcomes": [{"happened": 1}]}, "outcomes.0.happened"),
        ({"outcomes": [{"value": 1}]}, "outcomes"),
        ({"outcomes": [{"happened": True, "annulled": True}]}, "outcomes"),
        ({"outcomes": [{"annulled": False}]}, "outcomes.0.annulled"),
        ({"outcomes": [{"happened": True, "about": "nothing"}]}, "outcome"),
        ({"outcomes": [{"happened": True, "by": 1}]}, "outcomes.0.by"),
        ({"known_from": "2026-11-22"}, "known_from"),
        ({"known_from": "2026-11-22T10:00:00"}, "known_from"),
        ({"known_from": "2026-13-22T10:00:00Z"}, "known_from"),
        ({"known_from": "9999-12-31T23:59:59-14:00"}, "known_from"),
        ({"known_from": "2026-11-23T10:00:00Z"}, "known_from"),
        ({"known_from": 1_800_000_000}, "known_from"),
        ({"source": ""}, "source"),
        ({"source": "\x00"}, "source"),
        ({"why": "\ud800"}, "why"),
        ({"approved_by": 1}, "approved_by"),
    ],
)
def test_what_cannot_have_come_out_is_refused_by_its_field(
    a_member: MakeMember, session: Session, changed: dict[str, Any], field: str
) -> None:
    response = a_member().post("questions/leaders-meet/resolutions", HAPPENED | changed)
    assert response.status_code == 422
    assert list(faults(response)) == [field]
    assert session.scalars(select(Resolution)).all() == []


# ---- Snapshots


def download(app: Flask, caller: Caller, address: str) -> TestResponse:
    """As a server answers: the request is over when the file is sent, unlike in Flask's own test client."""
    return Client(app).get(address, headers={"Authorization": f"Bearer {caller.token}"}, buffered=True)


def rows(response: TestResponse) -> list[dict[str, str]]:
    assert response.content_type == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(response.text)))


def frozen_files(app: Flask, analyst: Caller) -> list[str]:
    """The addresses of the files of a snapshot that is asked for and made."""
    task = analyst.post("snapshots").headers["Location"].removeprefix("/api/v1")
    with app.app_context():
        run_waiting()
    if has_app_context():
        # The test's own session, which the next request shares, has read what stood before.
        db.session.rollback()
    files: list[str] = analyst.get(task).json["files"]
    return files


@pytest.mark.usefixtures("answered")
def test_a_snapshot_in_the_making_is_cancelled_by_who_asked_and_by_owners(
    app: Flask, a_member: MakeMember
) -> None:
    analyst, owner = a_member("analyst"), a_member("owner")
    task = analyst.post("snapshots").headers["Location"].removeprefix("/api/v1")
    assert analyst.call("DELETE", task).json["state"] == "cancelled"
    again = analyst.post("snapshots").headers["Location"].removeprefix("/api/v1")
    assert (task != again, owner.call("DELETE", again).json["state"]) == (True, "cancelled")
    owners = owner.post("snapshots").headers["Location"].removeprefix("/api/v1")
    refused = analyst.call("DELETE", owners)
    assert (refused.status_code, analyst.get(owners).json["state"]) == (403, "waiting")
    with app.app_context():
        assert run_waiting() == 1
    # Over is over: it says how it ended.
    assert analyst.call("DELETE", owners).json["state"] == "done"
    assert a_member("organizer").get(owners).status_code == 403


def test_what_tells_more_in_a_snapshot_needs_a_reason_and_another_choice_is_another_snapshot(
    a_member: MakeMember,
) -> None:
    analyst = a_member("analyst")
    refused = analyst.post("snapshots", {"k": 1, "not_identifying": ["nonsense"]})
    assert (refused.status_code, set(faults(refused))) == (422, {"k_reason", "not_identifying"})
    chosen = {"k": 1, "k_reason": "Restricted use", "stable_ids": True, "l_diversity": 2}
    asked = analyst.post("snapshots", chosen)
    assert asked.status_code == 202
    assert analyst.post("snapshots", chosen).headers["Location"] == asked.headers["Location"]
    # Neither that one nor a second: what was left out is the choice of everybody.
    other = analyst.post("snapshots")
    assert other.status_code == 409 and "other options" in other.json["detail"]
    report = analyst.get("disclosure-report?k=7&not_identifying=region").json
    assert report["k"] == 7 and "region" not in report["combinations"][-1]["keys"]
    assert analyst.get("disclosure-report?not_identifying=nonsense").status_code == 422


@pytest.mark.usefixtures("answered")
def test_a_snapshot_is_frozen_listed_and_taken_out(app: Flask, a_member: MakeMember) -> None:
    analyst = a_member("analyst")
    asked = analyst.post("snapshots")
    assert (asked.status_code, asked.json["state"], asked.json["files"]) == (202, "waiting", [])
    # Whoever asks twice has asked once, and is told when to look again.
    assert analyst.post("snapshots").headers["Location"] == asked.headers["Location"]
    task = asked.headers["Location"].removeprefix("/api/v1")
    assert (analyst.get(task).json["state"], analyst.get(task).headers["Retry-After"]) == ("waiting", "2")
    assert analyst.get("snapshots").json == []
    with app.app_context():
        run_waiting()
    done = analyst.get(task)
    assert (done.json["state"], done.json["share"], done.json["detail"]) == (
        "done",
        1.0,
        "Snapshot 1 is ready.",
    )
    assert "Retry-After" not in done.headers
    (made,) = analyst.get("snapshots").json
    assert (made["number"], made["as_of"], made["withdrawn_at"]) == (1, "2026-11-21", None)
    assert done.json["files"] == made["files"]
    long, questions, _bundle = (download(app, analyst, address) for address in made["files"])
    assert [row["value"] for row in rows(long)] == ["0.2"] * 12
    assert "leaders-meet" in [row["question_id"] for row in rows(questions)]


@pytest.mark.usefixtures("answered")
def test_each_download_is_in_the_log(app: Flask, a_member: MakeMember, session: Session) -> None:
    analyst = a_member("analyst")
    (address, *_others) = frozen_files(app, analyst)
    # Whoever asks for the head alone has taken nothing out.
    asked = Client(app).head(address, headers={"Authorization": f"Bearer {analyst.token}"}, buffered=True)
    assert asked.status_code == 200 and "Repr-Digest" in asked.headers
    download(app, analyst, address)
    entry = session.scalars(select(EventLog).filter_by(act="download")).one()
    assert entry.user_id == session.scalars(select(User)).one().id
    assert entry.detail == {"snapshot": 1, "file": "forecasts_long.csv"}


@pytest.mark.usefixtures("answered")
def test_a_withdrawn_snapshot_is_listed_and_gone(app: Flask, a_member: MakeMember, session: Session) -> None:
    analyst = a_member("analyst")
    (address, *_others) = frozen_files(app, analyst)
    transaction(lambda session: erase(session, session.scalars(select(Participant)).first()))  # type: ignore[arg-type]
    (told,) = analyst.get("snapshots").json
    assert told["withdrawn_at"].startswith("2026-11-22")
    response = download(app, analyst, address)
    assert response.status_code == 410
    assert faults(response) == {}


def test_there_is_no_other_snapshot(app: Flask, a_member: MakeMember) -> None:
    analyst = a_member("analyst")
    with clock.at(on(23)):
        frozen_files(app, analyst)
    for number in ("2", "0", "99999999999999999999", "-1", "x"):
        response = analyst.get(f"snapshots/{number}/questions.csv")
        assert (response.status_code, faults(response)) == (404, {}), number


def test_a_second_person_approves_by_program_what_the_first_has_said(
    a_member: MakeMember, session: Session
) -> None:
    ann, ben = a_member("organizer"), a_member("owner")
    said = ann.post("questions/leaders-meet/resolutions", HAPPENED).json
    assert (said["resolutions"], said["proposal"]["state"]) == ([], "waiting")
    assert ben.get("questions/leaders-meet").json["resolutions"] == []
    number = said["proposal"]["number"]
    own = ann.post(f"proposals/{number}/decision", {"act": "approve"})
    assert own.status_code == 422 and "proposed this yourself" in own.text
    assert ben.post(f"proposals/{number}/decision", {"act": "refuse"}).status_code == 422
    assert ben.post(f"proposals/{number}/decision", {"act": "approve"}).json["state"] == "approved"
    assert [one["state"] for one in ann.get("proposals").json["proposals"]] == ["approved"]
    (stored,) = session.scalars(select(Resolution))
    assert stored.by_id != stored.approved_by_id is not None
    assert ben.post("proposals/99999999999/decision", {"act": "approve"}).status_code == 404


def test_companions_are_resolved_in_the_same_act_by_program_as_by_pages(
    a_member: MakeMember, session: Session
) -> None:
    organizer = a_member("organizer")
    settled = HAPPENED | {"outcomes": [{"option": "settlement"}]}
    wrong = organizer.post("questions/war-state-2027/resolutions", settled | {"companions": ["leaders-meet"]})
    assert wrong.status_code == 422 and "ceasefire-when, treaty-when" in wrong.text
    assert session.scalars(select(Resolution)).all() == []
    both = settled | {"companions": ["ceasefire-when"]}
    assert [organizer.post("questions/war-state-2027/resolutions", both).status_code for _ in range(2)] == [
        201
    ] * 2
    (told,) = organizer.get("questions/ceasefire-when").json["resolutions"]
    assert (told["about"], told["happened"]) == ("2027-12-31", True)
    assert organizer.get("questions/treaty-when").json["resolutions"] == []
