"""Who may do what: every operation by every caller, and nobody by a cookie."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.bank.document import document_of_folder
from survey.bank.loading import load_bank
from survey.bank.reading import bank_folder
from survey.models import EventLog, Membership, User
from survey.services.api_tokens import EXPORT, RUN, InvalidToken, create_token
from survey.web.identity import REMEMBERED
from tests.conftest import TODAY
from tests.factories import someone, the_survey
from tests.survey.outcomes import member

from .caller import Caller, faults, fresh_key
from .conftest import MakeMember

PUBLIC = ("participant", "analyst", "organizer", "owner", "writer", "foreign", "none")
ANSWERING, RUNNING, DATA = ("participant",), ("organizer", "owner"), ("analyst", "owner")
WRITING = ("organizer", "owner", "writer")
EDIT = {"path": ["words", "en", "survey", "headline"], "value": "Anew?"}
FILE = {"format": "csv", "text": "id,short.en\nleaders-meet,Leaders meet\n"}
DOCUMENT = document_of_folder(bank_folder("ukraine"))
OUTCOME = {"outcomes": [{"happened": True}], "known_from": "2026-11-22T10:00:00Z", "source": "A newspaper"}

#: Operation: method, path, body, who may.
MATRIX: dict[str, tuple[str, str, Any, tuple[str, ...]]] = {
    "list_surveys": ("GET", "/surveys", None, PUBLIC),
    "one_survey": ("GET", "", None, PUBLIC),
    "list_questions": ("GET", "questions", None, PUBLIC),
    "one_question": ("GET", "questions/leaders-meet", None, PUBLIC),
    "preregistration": ("GET", "preregistration", None, ()),
    "preregistered_file": ("GET", "preregistration.json", None, ()),
    "list_scenarios": ("GET", "scenarios", None, PUBLIC),
    "chances_of_scenario": ("GET", "scenarios/headline", None, ()),
    "crowd_of_question": ("GET", "questions/leaders-meet/crowd", None, ()),
    "outcomes_of_question": ("GET", "questions/leaders-meet/resolutions", None, PUBLIC),
    "leaderboard": ("GET", "leaderboard", None, ()),
    "join": ("POST", "participants", {"language": "en", "agree": True}, PUBLIC),
    "come_back": ("POST", "tokens", {"code": "nonsense"}, ()),
    "agree": ("POST", "consent", {"agree": True}, ANSWERING),
    "forecast": ("POST", "questions/leaders-meet/forecasts", {"values": {"p-yes": 0.1}}, ANSWERING),
    "affirm": ("POST", "questions/leaders-meet/affirm", None, ANSWERING),
    "withdraw": ("POST", "questions/leaders-meet/withdraw", None, ANSWERING),
    "skip": ("POST", "questions/leaders-meet/skip", None, ANSWERING),
    "own_forecast": ("GET", "questions/leaders-meet/forecasts", None, ANSWERING),
    "own_forecasts": ("GET", "forecasts", None, ANSWERING),
    "coherence": ("GET", "coherence", None, ANSWERING),
    "coherence_of_people": ("GET", "people/coherence", None, RUNNING),
    "publish_due": ("POST", "publications", None, RUNNING),
    "resolve": ("POST", "questions/leaders-meet/resolutions", OUTCOME, RUNNING),
    "list_proposals": ("GET", "proposals", None, RUNNING),
    "decide_proposal": ("POST", "proposals/1/decision", {"act": "approve"}, ()),
    "freeze_snapshot": ("POST", "snapshots", None, DATA),
    "disclosure_report": ("GET", "disclosure-report", None, DATA),
    "snapshot_task": ("GET", "tasks/1", None, DATA),
    "cancel_task": ("DELETE", "tasks/1", None, DATA),
    "list_snapshots": ("GET", "snapshots", None, DATA),
    "forecasts_long": ("GET", "snapshots/1/forecasts_long.csv", None, DATA),
    "forecast_rows": ("GET", "snapshots/1/forecasts", None, DATA),
    "questions_table": ("GET", "snapshots/1/questions.csv", None, DATA),
    "bundle": ("GET", "snapshots/1/bundle.zip", None, DATA),
    "begin_draft": ("POST", "/drafts", {"slug": "another"}, ("writer",)),
    "list_drafts": ("GET", "/drafts", None, ("writer",)),
    "read_draft": ("GET", "/drafts/ukraine", None, WRITING),
    "replace_draft": ("PUT", "/drafts/ukraine", {"document": DOCUMENT}, WRITING),
    "edit_draft": ("PATCH", "/drafts/ukraine", {"edits": [EDIT]}, WRITING),
    "plan_import": ("POST", "/drafts/ukraine/import-plans", FILE, WRITING),
    "import_file": ("POST", "/drafts/ukraine/imports", FILE, WRITING),
    "check_draft": ("GET", "/drafts/ukraine/check", None, WRITING),
    "open_draft": ("POST", "/drafts/ukraine/openings", None, WRITING),
    "export_draft": ("GET", "/drafts/ukraine/export.json", None, WRITING),
    "put_away": ("POST", "/drafts/ukraine/archive", None, WRITING),
    "bring_back": ("DELETE", "/drafts/ukraine/archive", None, WRITING),
    "delete_draft": ("DELETE", "/drafts/fresh", None, ("writer",)),
    "erase_me": ("DELETE", "participants/me", None, ANSWERING),
    "revoke": ("DELETE", "/token", None, PUBLIC[:-1]),
}
#: What ends the token it is called with: another person does it.
ENDING = ("erase_me", "revoke")
#: What needs the version that it changes.
OF_A_VERSION = ("replace_draft", "edit_draft", "import_file", "open_draft", "delete_draft")
#: Nobody else knows that there is such a thing.
UNKNOWN = ("delete_draft",)
#: Who would be let do it, were there anything to do it with.
ABSENT = {"decide_proposal": RUNNING}
#: Answers that every caller gets alike, whose operation then says why not.
ELSEWHERE = {
    "chances_of_scenario": 403,
    "crowd_of_question": 403,
    "leaderboard": 403,
    "come_back": 404,
    "preregistration": 404,
    "preregistered_file": 404,
}


def sent_by(operation: str) -> dict[str, Any]:
    """The headers and the body of a right call."""
    body = MATRIX[operation][2]
    version = {"If-Match": "*"} if operation in OF_A_VERSION else {}
    return {"headers": {"Idempotency-Key": fresh_key()} | version} | ({} if body is None else {"json": body})


def call(caller: Caller, operation: str) -> Any:
    return caller.call(MATRIX[operation][0], MATRIX[operation][1], **sent_by(operation))


def test_every_operation_is_in_the_matrix(nobody: Caller) -> None:
    paths = nobody.get("/openapi.json").json["paths"]
    operations = {
        told["operationId"] for path in paths.values() for told in path.values() if "operationId" in told
    }
    assert operations == MATRIX.keys()


def test_each_caller_may_do_what_the_matrix_says(callers: dict[str, Caller]) -> None:
    for operation, (_method, _path, _body, allowed) in MATRIX.items():
        if operation in ENDING:
            callers["participant"] = Caller(callers["none"].client).join()
        for role, caller in callers.items():
            response = call(caller, operation)
            refused = 401 if role == "none" else 404 if operation in UNKNOWN else 403
            wanted = 0 if role in allowed else ELSEWHERE.get(operation, refused)
            wanted = 404 if role in ABSENT.get(operation, ()) else wanted
            if wanted:
                assert (response.status_code, operation, role) == (wanted, operation, role)
                assert faults(response) == {}
            else:
                assert (response.status_code < 300, operation, role) == (True, operation, role), response.text


def test_a_token_of_a_participant_elsewhere_is_nobodys_here(
    callers: dict[str, Caller], client: FlaskClient
) -> None:
    person = Caller(client, slug="elsewhere").join()
    person.slug = "ukraine"
    assert call(person, "forecast").status_code == 403
    assert call(person, "own_forecasts").status_code == 403


def test_who_has_no_token_learns_the_same_of_every_address(nobody: Caller) -> None:
    here = call(nobody, "own_forecasts")
    nobody.slug = "nowhere"
    assert call(nobody, "own_forecasts").data == here.data


def test_a_refusal_for_want_of_a_token_says_how_to_send_one(nobody: Caller) -> None:
    response = call(nobody, "forecast")
    assert response.headers["WWW-Authenticate"] == "Bearer realm=Parley"


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Bearer nonsense",
        "Basic cGFybGV5Og==",
        "parley_x",
        "Bearer \x00",
        "Bearer é",
        "Bearer a b",
    ],
)
@pytest.mark.parametrize("operation", ["forecast", "one_survey", "join"])
def test_a_token_that_does_not_work_is_refused_everywhere(
    nobody: Caller, header: str, operation: str
) -> None:
    method, path, body, _who = MATRIX[operation]
    headers = {"Authorization": header, "Idempotency-Key": fresh_key()}
    sent = {} if body is None else {"json": body}
    response = nobody.call(method, path, headers=headers, **sent)
    assert response.status_code == 401
    assert faults(response) == {}


def test_a_cookie_alone_is_nobody(app: Flask, client: FlaskClient, session: Session) -> None:
    person = someone(session)
    owner = member(session, "owner")
    person_id, uniquifier = person.id, owner.fs_uniquifier
    session.commit()
    with client.session_transaction() as cookie:
        cookie[REMEMBERED] = {"ukraine": person_id}
        cookie["_user_id"], cookie["_fresh"] = uniquifier, True
    assert client.get("/s/ukraine/organize/").status_code == 200
    app.config["WTF_CSRF_ENABLED"] = True
    for operation, (_method, _path, _body, allowed) in MATRIX.items():
        if "none" not in allowed and operation not in ELSEWHERE:
            assert call(Caller(client), operation).status_code == 401, operation


def test_the_request_of_another_sites_form_does_nothing(app: Flask, person: Caller) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    response = person.call(
        "POST",
        "questions/leaders-meet/forecasts",
        headers={"Idempotency-Key": fresh_key(), "Origin": "https://evil.example"},
        data='{"values": {"p-yes": 0.5}}',
        content_type="text/plain",
    )
    assert response.status_code == 415
    assert person.get("forecasts").json == []
    # With the token and as JSON it is the person's own program, and needs no token of a form.
    assert person.answer("binary").status_code == 201


def test_an_invited_survey_is_known_to_its_own_callers_only(
    app: Flask, callers: dict[str, Caller], session: Session
) -> None:
    the_survey(session).visibility = "invited"
    session.commit()
    for role, caller in callers.items():
        status = call(caller, "list_questions").status_code
        assert (role, status) == (role, 404 if role in ("writer", "foreign", "none") else 200)
    assert [survey["slug"] for survey in callers["owner"].get("/surveys").json] == ["elsewhere"]
    assert call(callers["foreign"], "publish_due").status_code == 404


@pytest.mark.parametrize(("scope", "operation"), [(RUN, "freeze_snapshot"), (EXPORT, "publish_due")])
def test_a_token_does_no_more_than_its_scopes(a_member: MakeMember, scope: str, operation: str) -> None:
    owner = a_member("owner", (scope,))
    assert call(owner, operation).status_code == 403


def test_a_role_that_was_taken_away_is_gone_at_once(a_member: MakeMember, session: Session) -> None:
    organizer = a_member("organizer")
    assert call(organizer, "publish_due").status_code == 200
    session.delete(session.scalars(select(Membership)).one())
    session.commit()
    assert call(organizer, "publish_due").status_code == 403


def test_the_token_of_a_closed_account_stops_working(a_member: MakeMember, session: Session) -> None:
    organizer = a_member("organizer")
    session.scalars(select(User)).one().active = False
    session.commit()
    assert call(organizer, "publish_due").status_code == 401


def test_a_token_stops_working_when_it_expires(client: FlaskClient, session: Session) -> None:
    user, survey = member(session), the_survey(session)
    ended, working = (
        create_token(session, user, survey, expires_at=TODAY + timedelta(seconds=seconds))
        for seconds in (0, 1)
    )
    session.commit()
    assert call(Caller(client, ended), "publish_due").status_code == 401
    assert call(Caller(client, working), "publish_due").status_code == 200


def test_making_a_token_is_logged_without_it(session: Session) -> None:
    user = member(session, "analyst")
    token = create_token(session, user, the_survey(session), [EXPORT])
    entry = session.scalars(select(EventLog).filter_by(act="create token")).one()
    assert (entry.user_id, entry.detail) == (user.id, {"user": user.id, "scopes": ["export"]})
    assert token not in repr(entry.detail)


@pytest.mark.parametrize("scopes", [[], ["answer"], ["run", "everything"]])
def test_there_is_no_token_for_what_is_no_scope(session: Session, scopes: list[str]) -> None:
    with pytest.raises(InvalidToken):
        create_token(session, member(session), the_survey(session), scopes)


def test_there_is_no_token_without_a_role(session: Session) -> None:
    load_bank(session, "ukraine", slug="elsewhere")
    with pytest.raises(InvalidToken) as refused:
        create_token(session, member(session), the_survey(session, "elsewhere"))
    assert list(refused.value.errors) == ["user"]
