"""Surveys written by program: begun, read, changed, imported, checked, opened; refused as on the pages."""

import base64
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.bank.interchange import FORMATS, read_file
from survey.models import SurveyDraft, User
from survey.services import accounts, draft_edits, drafts
from survey.services.api_tokens import EXPORT, WRITE, create_token, create_writing_token
from survey.store.transaction import transaction
from tests.factories import the_survey
from tests.statements import counting
from tests.survey.outcomes import member
from tests.survey.services.test_drafts import WHOLE

from .caller import Caller, faults, fresh_key
from .conftest import MakeMember

TITLE = ["words", "en", "survey", "title"]
CONSENT = ["words", "en", "consent", "text"]


def a_writer(app: Flask, client: FlaskClient, email: str = "olena@example.org") -> Caller:
    """A program with a token to write with, of a new account."""
    with app.app_context():
        return Caller(
            client,
            transaction(lambda session: create_writing_token(session, accounts.create_user(session, email))),
        )


@pytest.fixture
def olena(app: Flask, client: FlaskClient) -> Caller:
    return a_writer(app, client)


@pytest.fixture
def weather(olena: Caller) -> Caller:
    """Somebody who has begun a survey about the weather, with one theme and one question."""
    begun = olena.post("/drafts", {"slug": "weather", "title": "The weather"}, fresh_key())
    assert begun.status_code == 201, begun.text
    sky = {"key": "weather"}
    rain = {"key": "rain", "theme": "weather", "kind": "binary"}
    answer = edit(olena, [("structure/theme/weather", sky), ("structure/question/rain", rain)], "*")
    assert answer.status_code == 200, answer.text
    return olena


def edit(caller: Caller, edits: list[tuple[str, Any]], version: str, slug: str = "weather") -> Any:
    sent = [{"path": path.split("/"), "value": value} for path, value in edits]
    return caller.call("PATCH", f"/drafts/{slug}", json={"edits": sent}, headers={"If-Match": version})


def whole(caller: Caller) -> Any:
    """Write everything that was missing."""
    titles = {"words/en/theme/weather/title": "Weather", "words/en/question/rain/short": "Rain"}
    answer = edit(caller, list((WHOLE | titles).items()), "*")
    assert answer.status_code == 200, answer.text
    return answer


def somebody_else(session: Session, path: list[str], value: str) -> None:
    """Another writer changes a place."""
    draft = session.scalars(select(SurveyDraft)).one()
    taras = accounts.create_user(session, "taras@example.org")
    drafts.share(session, draft, "taras@example.org")
    draft_edits.save(session, draft, taras, draft.revision, [(tuple(path), value)])
    session.commit()


# ---- Begun and read


def test_a_survey_is_begun_read_and_listed_with_its_version(olena: Caller) -> None:
    begun = olena.post("/drafts", {"slug": "weather", "title": "The weather"}, fresh_key())
    assert (begun.status_code, begun.headers["ETag"], begun.json["role"]) == (201, '"0"', "owner")
    read = olena.get("/drafts/weather")
    assert read.json == begun.json
    assert read.json["document"]["words"]["en"]["survey"] == {"title": "The weather"}
    (listed,) = olena.get("/drafts").json
    assert (listed["slug"], listed["title"], listed["version"], listed["opened_version"]) == (
        *("weather", "The weather", 0),
        None,
    )


def test_the_list_says_what_one_is_to_each_survey_in_as_few_statements_for_ten_as_for_two(
    app: Flask, olena: Caller
) -> None:
    def listed(count: int) -> tuple[list[str], int]:
        with counting(app) as asked:
            found = olena.get("/drafts").json
        assert len(found) == count
        return [one["role"] for one in found], len(asked)

    def begin(*numbers: int) -> None:
        for number in numbers:
            begun = olena.post("/drafts", {"slug": f"weather-{number}", "title": "Weather"}, fresh_key())
            assert begun.status_code == 201, begun.text

    begin(1, 2)
    few = listed(2)
    begin(*range(3, 11))
    many = listed(10)
    assert set(few[0] + many[0]) == {"owner"}
    assert many[1] == few[1]


def test_one_key_begins_one_survey(olena: Caller, session: Session) -> None:
    key, sent = fresh_key(), {"slug": "weather", "title": "The weather"}
    first, again = (olena.post("/drafts", sent, key) for _ in range(2))
    assert (first.status_code, again.status_code, again.json) == (201, 201, first.json)
    assert len(session.scalars(select(SurveyDraft)).all()) == 1
    other = olena.post("/drafts", sent | {"slug": "climate"}, key)
    assert (other.status_code, list(faults(other))) == (422, ["Idempotency-Key"])
    taken = olena.post("/drafts", sent, fresh_key())
    assert (taken.status_code, list(faults(taken))) == (422, ["slug"])


def test_the_key_of_another_person_is_another_key(app: Flask, client: FlaskClient, olena: Caller) -> None:
    key = fresh_key()
    assert olena.post("/drafts", {"slug": "one"}, key).status_code == 201
    taras = a_writer(app, client, "taras@example.org")
    assert taras.post("/drafts", {"slug": "two"}, key).json["slug"] == "two"


def test_a_survey_begins_as_a_copy_of_a_bank_of_ones_own_survey_or_with_a_document(weather: Caller) -> None:
    assert len(begun(weather, "one", bank="ukraine")["structure"]["question"]) == 28
    copied = begun(weather, "two", copy_of="weather")
    assert [one["key"] for one in copied["structure"]["question"]] == ["rain"]
    assert begun(weather, "three", document=copied)["structure"]["survey"]["slug"] == "three"


def begun(caller: Caller, slug: str, **source: Any) -> Any:
    answer = caller.post("/drafts", {"slug": slug, **source}, fresh_key())
    assert answer.status_code == 201, answer.text
    return answer.json["document"]


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"slug": "A b"}, "slug"),
        ({"slug": "x", "bank": "nowhere"}, "bank"),
        ({"slug": "x", "bank": "ukraine", "copy_of": "weather"}, "copy_of"),
        ({"slug": "x", "language": "xx"}, "language"),
        ({"slug": "x", "document": {"words": {"en": {"survey": {"title": "a\x00b"}}}}}, "document"),
    ],
)
def test_what_cannot_begin_a_survey_is_refused_at_its_field(olena: Caller, sent: Any, field: str) -> None:
    answer = olena.post("/drafts", sent, fresh_key())
    assert (answer.status_code, field in faults(answer)) == (422, True), answer.text


def test_a_survey_of_others_is_no_source(app: Flask, client: FlaskClient, weather: Caller) -> None:
    taras = a_writer(app, client, "taras@example.org")
    assert taras.post("/drafts", {"slug": "mine", "copy_of": "weather"}, fresh_key()).status_code == 404


# ---- Who may


def test_what_one_writes_is_nobody_elses(app: Flask, client: FlaskClient, weather: Caller) -> None:
    taras = a_writer(app, client, "taras@example.org")
    assert taras.get("/drafts/weather").status_code == 404
    assert taras.get("/drafts/weather").data == taras.get("/drafts/nowhere").data
    assert taras.get("/drafts").json == []


@pytest.mark.parametrize(("role", "status"), [("owner", 200), ("organizer", 200), ("analyst", 403)])
def test_a_token_of_a_survey_writes_that_survey_alone(
    a_member: MakeMember, role: str, status: int, session: Session
) -> None:
    caller = a_member(role)
    assert caller.get("/drafts/ukraine").status_code == status
    assert caller.get("/drafts").status_code == 403
    assert caller.post("/drafts", {"slug": "weather"}, fresh_key()).status_code == 403
    user = session.scalars(select(User)).one()
    drafts.start(session, user, "weather", {})
    session.commit()
    assert caller.get("/drafts/weather").status_code == 404


def test_a_token_that_is_not_for_writing_writes_nothing(a_member: MakeMember) -> None:
    assert a_member("owner", (EXPORT,)).get("/drafts/ukraine").status_code == 403


def test_a_token_to_write_with_runs_nothing_and_takes_out_nothing(
    client: FlaskClient, session: Session
) -> None:
    caller = Caller(client, create_writing_token(session, member(session, "owner")))
    session.commit()
    assert caller.get("/drafts/ukraine").status_code == 200
    assert caller.post("publications").status_code == 403
    assert caller.get("snapshots").status_code == 403
    assert caller.get("questions").status_code == 200


def test_who_writes_but_does_not_own_opens_and_deletes_nothing(
    app: Flask, client: FlaskClient, weather: Caller, session: Session
) -> None:
    taras = a_writer(app, client, "taras@example.org")
    drafts.share(session, session.scalars(select(SurveyDraft)).one(), "taras@example.org")
    session.commit()
    whole(taras)
    for method, path in (("POST", "/drafts/weather/openings"), ("DELETE", "/drafts/weather")):
        refused = taras.call(method, path, headers={"If-Match": "*"})
        assert (refused.status_code, refused.json["detail"]) == (
            403,
            "This is for its owner to do. Nothing was changed.",
        )


# ---- Changed, of a version


def test_edits_are_one_change_that_can_be_taken_back(weather: Caller, session: Session) -> None:
    answer = edit(weather, [("words/en/survey/title", "Rain"), ("words/en/consent/text", "Yes.")], '"1"')
    assert (answer.status_code, answer.headers["ETag"], answer.json["version"]) == (200, '"2"', 2)
    assert answer.json["title"] == "Rain"
    draft = session.scalars(select(SurveyDraft)).one()
    draft_edits.undo(session, draft, session.scalars(select(User)).one())
    assert draft.document["words"]["en"]["survey"] == {"title": "The weather"}


def test_a_document_takes_the_place_of_what_is_written(weather: Caller) -> None:
    document = weather.get("/drafts/weather").json["document"]
    document["words"]["en"]["survey"]["title"] = "Rain"
    document["structure"]["question"] = []
    put = weather.call("PUT", "/drafts/weather", json={"document": document}, headers={"If-Match": '"1"'})
    assert (put.status_code, put.json["version"], put.json["document"]) == (200, 2, document)


@pytest.mark.store
def test_a_stale_version_is_refused_with_both_texts(weather: Caller, session: Session) -> None:
    somebody_else(session, CONSENT, "Theirs.")
    edits = [("words/en/consent/text", "Mine."), ("words/en/survey/title", "Rain")]
    document = weather.get("/drafts/weather").json["document"]
    document["words"]["en"]["consent"] = {"text": "Mine."}
    calls = (
        edit(weather, edits, '"1"'),
        weather.call("PUT", "/drafts/weather", json={"document": document}, headers={"If-Match": '"1"'}),
    )
    for refused in calls:
        assert (refused.status_code, refused.json["version"]) == (412, 2), refused.text
        (collision,) = refused.json["collisions"]
        assert (collision["path"], collision["mine"], collision["theirs"], collision["by"]) == (
            *(CONSENT, "Mine.", "Theirs."),
            "taras@example.org",
        )
    assert weather.get("/drafts/weather").json["version"] == 2
    # Put into what stands now, it is saved.
    assert edit(weather, edits, '"2"').status_code == 200


@pytest.mark.parametrize("version", ['"9"', '"0"', '"999999999"'])
def test_every_act_on_a_version_refuses_another_one(weather: Caller, version: str) -> None:
    document = {"document": {}}
    file = {"format": "csv", "text": "id,title,type,deadline\nsnow,Snow?,binary,2027-06-30"}
    for method, path, body in (
        ("PUT", "/drafts/weather", document),
        ("POST", "/drafts/weather/imports", file),
        ("POST", "/drafts/weather/openings", None),
        ("DELETE", "/drafts/weather", None),
    ):
        sent = {"json": body} if body else {}
        missing = weather.call(method, path, **sent)
        assert (missing.status_code, missing.json["detail"][:4]) == (428, "Send"), path
        assert weather.call(method, path, headers={"If-Match": version}, **sent).status_code == 412, path
        unread = weather.call(method, path, headers={"If-Match": "7"}, **sent)
        assert (unread.status_code, list(faults(unread))) == (422, ["If-Match"])
    assert weather.get("/drafts/weather").json["version"] == 1


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/drafts/weather"),
        ("GET", "/surveys"),
        ("POST", "/drafts/weather/archive"),
        ("GET", "/drafts"),
    ],
)
def test_a_condition_that_nobody_looks_at_is_refused(weather: Caller, method: str, path: str) -> None:
    answer = weather.call(method, path, headers={"If-Match": '"1"'})
    assert (answer.status_code, list(faults(answer))) == (422, ["If-Match"])


def test_edits_are_all_made_or_none_and_each_refusal_names_its_path(weather: Caller) -> None:
    answer = edit(
        weather,
        [
            ("words/en/survey/title", "Rain"),
            ("words/en/consent/text", "a\x00b"),
            ("structure/question/snow/kind", "binary"),
            ("structure/survey/slug", "A b"),
            ("nowhere/at", "all"),
        ],
        "*",
    )
    assert answer.status_code == 422
    assert list(faults(answer)) == [
        *("words/en/consent/text", "structure/question/snow/kind", "structure/survey/slug"),
        "nowhere/at",
    ]
    assert weather.get("/drafts/weather").json["version"] == 1


def test_a_question_of_another_kind_loses_what_it_does_not_have_any_more(weather: Caller) -> None:
    edit(
        weather,
        [("structure/question/rain/kind", "choice"), ("structure/question/rain/options", ["a", "b"])],
        "*",
    )
    answer = edit(weather, [("structure/question/rain/kind", "binary")], "*")
    assert answer.json["document"]["structure"]["question"][0].keys() == {"key", "theme", "kind"}


ODD = ["x", 3, None, [], ["x"], [[1]], {"key": []}, {"a": {"b": "c"}}, [{"key": "rain"}, {"key": "rain"}]]


PLACES = [
    "structure/survey",
    "structure/question",
    "structure/scenario",
    "structure/relation",
    "words/en",
    "words/en/question",
    "words/en/scenario",
    "structure/question/rain/given",
]


@pytest.mark.parametrize("path", PLACES)
def test_whatever_is_written_is_read_checked_and_given_out(weather: Caller, path: str) -> None:
    """One survey for all values, put back after each: what is refused, or stored alike, is given out alike."""
    first, seen = weather.get("/drafts/weather").json["document"], []
    for odd in ODD:
        answer = edit(weather, [(path, odd)], "*")
        written = weather.get("/drafts/weather")
        assert (answer.status_code in (200, 422), written.status_code) == (True, 200), odd
        document = written.json["document"]
        assert answer.status_code == 200 or document == first, odd
        if document not in seen:
            seen.append(document)
            given_out(weather, odd)
            assert put(weather, document).status_code in (200, 422), odd
        assert put(weather, first).status_code == 200, odd
    # The control: something of it is stored.
    assert any(document != first for document in seen)


def given_out(caller: Caller, odd: Any) -> None:
    """What is written may be checked and taken out, and not be opened; a file may be read into it."""
    assert caller.get("/drafts/weather/check").json["may_open"] is False, odd
    for format_ in FORMATS:
        assert caller.get(f"/drafts/weather/export.{format_}").status_code == 200, (odd, format_)
    assert caller.post("/drafts/weather/openings", headers={"If-Match": "*"}).status_code == 422, odd
    file = {"format": "csv", "text": "id,title,type,deadline\nsnow,Snow?,binary,2027-06-30"}
    assert caller.post("/drafts/weather/import-plans", file).status_code in (200, 422), odd


def put(caller: Caller, document: Any) -> Any:
    return caller.call("PUT", "/drafts/weather", json={"document": document}, headers={"If-Match": "*"})


# ---- Files

CSV_FILE = (
    "id,title,type,deadline\nrain,Will it rain?,binary,2027-06-30\nsnow,Will it snow?,binary,2027-01-31\n"
)


def test_an_import_is_looked_at_and_then_done_with_the_same_report(weather: Caller) -> None:
    file = {"format": "csv", "text": CSV_FILE}
    plan = weather.post("/drafts/weather/import-plans", file).json
    assert ([one["key"] for one in plan["added"]], [one["key"] for one in plan["changed"]]) == (
        ["snow"],
        ["rain"],
    )
    assert plan["added"][0]["place"] == "row 3"
    assert plan["to_mend"] and not plan["whole"]
    assert weather.get("/drafts/weather").json["version"] == plan["version"] == 1
    done = weather.post(
        "/drafts/weather/imports", file | {"digest": plan["digest"]}, headers={"If-Match": '"1"'}
    ).json
    assert done == plan | {"version": 2}
    again = weather.post("/drafts/weather/import-plans", file).json
    assert ([one["key"] for one in again["left"]], again["changes_anything"]) == (["rain", "snow"], False)


def test_another_file_than_the_one_looked_at_is_not_imported(weather: Caller) -> None:
    sent = {"format": "csv", "text": CSV_FILE, "digest": "0" * 64}
    refused = weather.post("/drafts/weather/imports", sent, headers={"If-Match": '"1"'})
    assert (refused.status_code, weather.get("/drafts/weather").json["version"]) == (409, 1)


def test_a_file_with_faults_is_refused_with_each_row(weather: Caller) -> None:
    text = "id,title,type,deadline\nrain,Rain?,riddle,2027-06-30\nsnow,,binary,soon\n"
    for path, headers in (("import-plans", {}), ("imports", {"If-Match": "*"})):
        refused = weather.post(f"/drafts/weather/{path}", {"format": "csv", "text": text}, headers=headers)
        assert refused.status_code == 422
        told = [(one["place"], one["field"]) for one in refused.json["faults"]]
        assert told[:1] == [("row 2", "type")] and {place for place, _field in told} == {"row 2", "row 3"}
        assert "row 2: type" in faults(refused)
    assert weather.get("/drafts/weather").json["version"] == 1


@pytest.mark.parametrize(
    "sent",
    [
        {"format": "csv"},
        {"format": "csv", "text": "id", "base64": ""},
        {"format": "xlsx", "base64": "!"},
        {"format": "xlsx", "base64": "AAAA"},
        {"format": "xlsx", "text": "PK"},
        {"format": "json", "text": "[" * 5000},
        {"format": "toml", "text": "\ud800"},
        {"format": "yaml", "text": "x"},
    ],
)
def test_what_is_no_file_is_refused(weather: Caller, sent: Any) -> None:
    assert weather.post("/drafts/weather/import-plans", sent).status_code == 422


def test_half_a_character_is_refused_at_its_place(weather: Caller) -> None:
    """As bytes it would be read in another encoding, and stored as letters that nobody has sent."""
    sent = {"format": "csv", "text": "id,title,type,closes\nrain,Rain \ud83d?,binary,2027-12-31\n"}
    refused = weather.post("/drafts/weather/import-plans", sent)
    assert refused.status_code == 422
    assert "Character 32 of the text (U+D83D)" in faults(refused)["text"]


@pytest.mark.parametrize("format_", FORMATS)
def test_what_goes_out_comes_in_again(weather: Caller, format_: str) -> None:
    whole(weather)
    answer = weather.get(f"/drafts/weather/export.{format_}")
    stored = weather.get("/drafts/weather").json["document"]
    document = read_file(answer.data, format_).document
    assert document == {part: one for part, one in stored.items() if one} or format_ != "toml"
    assert document == stored or format_ in ("toml", "csv")
    packed = {"format": format_, "base64": base64.b64encode(answer.data).decode()}
    plan = weather.post("/drafts/weather/import-plans", packed).json
    assert ([one["key"] for one in plan["left"]], plan["added"], plan["changed"]) == (["rain"], [], [])


# ---- Checked, opened, put away, deleted


def test_a_check_names_what_is_missing_by_its_path_and_advises(weather: Caller) -> None:
    told = weather.get("/drafts/weather/check").json
    assert not told["may_open"]
    assert ["structure", "survey", "opens"] in [one["path"] for one in told["missing"]]
    whole(weather)
    told = weather.get("/drafts/weather/check").json
    assert (told["may_open"], told["missing"]) == (True, [])
    edit(weather, [("words/en/question/rain/title", "Will it rain soon?")], "*")
    advice = weather.get("/drafts/weather/check").json["advice"]
    assert (["words", "en", "question", "rain", "title"], "vague word", "should", ["soon"]) in [
        (one["path"], one["rule"], one["severity"], one["words"]) for one in advice
    ]


@pytest.mark.store
def test_a_survey_is_opened_answered_changed_and_published_by_program(
    weather: Caller, client: FlaskClient
) -> None:
    refused = weather.post("/drafts/weather/openings", headers={"If-Match": "*"})
    assert refused.status_code == 422
    assert "structure/survey/opens" in faults(refused)
    assert ["structure", "survey", "opens"] in [one["path"] for one in refused.json["faults"]]
    version = whole(weather).headers["ETag"]
    opened = weather.post("/drafts/weather/openings", headers={"If-Match": version})
    assert opened.status_code == 200, opened.text
    assert f'"{opened.json["opened_version"]}"' == version
    person = Caller(client, slug="weather").join()
    assert person.forecast("rain", {"p-yes": 0.25}).status_code == 201
    # The question has answers: its kind stays.
    told = weather.get("/drafts/weather").json
    assert ["structure", "question", "rain", "kind"] in told["fixed"]
    edit(weather, [("words/en/question/rain/title", "Will it rain in Lviv on 30 June 2027?")], "*")
    assert weather.post("/drafts/weather/openings", headers={"If-Match": "*"}).status_code == 200
    assert person.get("questions/rain").json["version"] == 2
    kind = edit(weather, [("structure/question/rain/kind", "numeric")], "*")
    assert kind.status_code == 200
    assert weather.post("/drafts/weather/openings", headers={"If-Match": "*"}).status_code == 422
    # What was opened stays.
    assert weather.call("DELETE", "/drafts/weather", headers={"If-Match": "*"}).status_code == 422


def test_what_was_put_away_is_not_changed_until_it_is_brought_back(weather: Caller) -> None:
    first, again = (weather.post("/drafts/weather/archive") for _ in range(2))
    assert first.status_code == again.status_code == 200
    assert first.json["archived_at"]
    refused = edit(weather, [("words/en/survey/title", "Rain")], "*")
    assert (refused.status_code, list(faults(refused))) == (422, ["body"])
    assert weather.call("DELETE", "/drafts/weather/archive").json["archived_at"] is None
    assert edit(weather, [("words/en/survey/title", "Rain")], "*").status_code == 200


def test_a_draft_is_deleted_by_its_version(weather: Caller) -> None:
    assert weather.call("DELETE", "/drafts/weather", headers={"If-Match": '"1"'}).status_code == 204
    assert weather.get("/drafts/weather").status_code == 404


def test_on_a_site_where_owners_begin_surveys_nobody_else_does(app: Flask, olena: Caller) -> None:
    app.config["PARLEY"]["AUTHORS"] = "owners"
    try:
        assert olena.post("/drafts", {"slug": "weather"}, fresh_key()).status_code == 403
    finally:
        app.config["PARLEY"]["AUTHORS"] = ""


def test_writing_an_open_survey_by_the_token_of_its_organizer(app: Flask, a_member: MakeMember) -> None:
    organizer = a_member("organizer")
    read = organizer.get("/drafts/ukraine").json
    assert (read["version"], read["opened_version"], read["role"]) == (0, 0, "organizer")
    answer = edit(organizer, [("words/en/survey/title", "Ukraine anew")], '"0"', "ukraine")
    assert (answer.status_code, answer.json["version"]) == (200, 1)
    assert organizer.get("").json["title"] != "Ukraine anew"


def test_the_scope_of_writing_is_given_like_the_others(session: Session) -> None:
    assert create_token(session, member(session), the_survey(session), [WRITE])
