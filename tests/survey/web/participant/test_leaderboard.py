"""The leaderboard's pages: who stands there, names by consent, taken back, withheld, in no file and no log."""

import json

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import clock
from survey.errors import InvalidAnswer
from survey.export.files import FILES, unpacked
from survey.models import EventLog, LeaderboardName, Participant, Snapshot
from survey.services.api_tokens import issue_token
from survey.services.leaderboard_names import read_name
from survey.services.publication import publish
from survey.services.resolution import resolve
from survey.services.snapshots import freeze, frozen_file
from survey.store.engine import db
from survey.store.transaction import transaction
from survey.web.identity import REMEMBERED
from tests.conftest import store_after
from tests.factories import on, say, someone, the_survey
from tests.survey.outcomes import member, outcome, signed_in
from tests.survey.web.markup import breaches
from tests.survey.web.test_statements import MOST, cost

PAGE, NAME = "/s/ukraine/leaderboard", "/s/ukraine/leaderboard/name"
PEOPLE = 24


def fill(session: Session) -> list[int]:
    """Twenty-four people who answered everything with a chance, five of whose questions came out."""
    survey = the_survey(session)
    asked = [question for question in survey.questions if question.kind == "binary"]
    with clock.at(on(18)):
        people = [someone(session) for _ in range(PEOPLE)]
        for at, person in enumerate(people):
            for place, question in enumerate(asked):
                say(session, person, question, 0.1 + 0.03 * ((at * 7 + place * 5) % PEOPLE))
    with clock.at(on(19)):
        publish(session, survey)
    for question in asked[:5]:
        resolve(session, question, outcome(value=1.0))
    # Each question alone: what is tied to it need not be answered first.
    survey.reveal_unit = "single"
    return [person.id for person in people]


people = store_after(fill)


def browser(app: Flask, person: int) -> FlaskClient:
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie[REMEMBERED] = {"ukraine": person}
    return client


def test_a_name_is_shown_changed_withheld_released_and_withdrawn(
    people: list[int], app: Flask, client: FlaskClient
) -> None:
    own, other = browser(app, people[0]), browser(app, people[1])
    said = own.get(NAME).text
    assert (
        "no name is kept with your answers. This one is kept beside your number because you choose it" in said
    )
    assert "until you withdraw it on this page or erase everything" in said and "Organizers see it" in said
    page = own.get(PAGE).text
    assert page.count('class="p-own"') + page.count("place ") >= 1
    assert "a participant" in page
    assert own.post(NAME, data={"name": "<b>Olena</b>"}).status_code == 422
    assert own.post(NAME, data={"name": " Olena  O’Hara "}).status_code == 303
    refused = other.post(NAME, data={"name": "ОLENA O'HARA"})
    assert refused.status_code == 422 and "ОLENA O&#39;HARA" in refused.text
    seen = other.get(f"{PAGE}?peer=1").text + other.get(f"{PAGE}?peer=2").text
    assert seen.count("<bdi>Olena O’Hara</bdi>") == 1

    organizer = signed_in(app, client, "organizer")
    listed = organizer.get("/s/ukraine/organize/names").text
    assert "Olena O’Hara" in listed
    with app.app_context():
        number = db.session.scalars(select(LeaderboardName.id)).one()
    act = f"/s/ukraine/organize/names/{number}/withhold"
    refused = organizer.post(act, data={"why": " "})
    assert refused.status_code == 422 and breaches(refused.text) == []
    assert refused.text.count("autofocus") == 1
    assert organizer.post(act, data={"why": "It is a minister’s."}).status_code == 303
    assert "It is a minister’s." in own.get(NAME).text
    # Another name does not slip past it, nor one given after the first was withdrawn.
    own.post(f"{NAME}/remove")
    own.post(NAME, data={"name": "Somebody else"})
    seen = other.get(f"{PAGE}?peer=1").text + other.get(f"{PAGE}?peer=2").text
    assert "Olena" not in seen and "Somebody else" not in seen
    assert organizer.post(f"/s/ukraine/organize/names/{number}/release").status_code == 303
    seen = other.get(f"{PAGE}?peer=1").text + other.get(f"{PAGE}?peer=2").text
    assert seen.count("<bdi>Somebody else</bdi>") == 1
    with app.app_context():
        acts = db.session.scalars(select(EventLog).where(EventLog.act.like("%_name"))).all()
        assert [(one.act, one.detail) for one in acts] == [
            ("withhold_name", {"name": number}),
            ("release_name", {"name": number}),
        ]
    data = json.loads(own.get("/s/ukraine/mine/data.json").data)
    assert [one["name"] for one in data["leaderboard_name"]] == ["Somebody else"]
    own.post(f"{NAME}/remove")
    seen = other.get(f"{PAGE}?peer=1").text + other.get(f"{PAGE}?peer=2").text
    assert "Somebody else" not in seen
    with app.app_context():
        assert db.session.scalars(select(LeaderboardName)).all() == []


def test_no_log_and_no_research_file_has_the_name(
    app: Flask, people: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    assert browser(app, people[0]).post(NAME, data={"name": "Zlatoust"}).status_code == 303
    with app.app_context():
        settings = app.config["PARLEY"]
        freeze(db.session, the_survey(db.session), settings, by_id=owner())
        db.session.commit()
        snapshot = db.session.scalars(select(Snapshot)).one()
        for name in FILES:
            content = b"".join(unpacked(frozen_file(db.session, snapshot, name, settings)))
            assert content and b"Zlatoust" not in content
    assert "Zlatoust" not in caplog.text


def owner() -> int:
    """The id of somebody who may take out data."""
    return transaction(lambda session: member(session, "owner").id)


def test_programs_are_told_the_same_rows_and_ones_own(app: Flask, people: list[int]) -> None:
    with app.app_context():
        token = transaction(lambda session: issue_token(session, session.get_one(Participant, people[3])))
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    told = client.get("/api/v1/surveys/ukraine/leaderboard").json
    assert told["people"] == len(told["rows"]) == PEOPLE
    assert [row for row in told["rows"] if row["own"]] == [told["own"]]
    assert told["rows"][0]["place"] == 1 and told["rows"][0]["name"] is None
    first = client.get("/api/v1/surveys/ukraine/leaderboard?limit=1")
    second = client.get(first.headers["Link"][1:].partition(">")[0])
    assert first.json["rows"] + second.json["rows"] == told["rows"][:2]
    hidden = client.get("/api/v1/surveys/ukraine/leaderboard?measure=skill")
    assert (hidden.status_code, hidden.json["reason"]) == (403, "awaited")
    assert client.get("/api/v1/surveys/ukraine/leaderboard?theme=none").status_code == 404


#: What says nothing, is an address, mixes alphabets, wears a medal, passes for a word of the page, runs into others.
NO_NAMES = [
    *("", " ", "12", "a@b.org", "see example.com", "a/b", "Оlga", "🥇 Olena", "You", "Yоu", "a  participant"),
    *("Учасник", "organizer", "x" * 31, "A\u202eB", "Z\u0301\u0301\u0301\u0301algo"),
]
NAMES = ["Olena", "Ж. Верн", "Marie-Anne d’Arc", "Наталʼя", "محمد", "王小明", "Ana 2", "M. J. Č."]


def test_what_is_no_name_is_refused_with_a_sentence_and_what_people_are_called_is_one(app: Flask) -> None:
    with app.test_request_context():
        for typed in NO_NAMES:
            with pytest.raises(InvalidAnswer) as refused:
                read_name(typed)
            assert len(refused.value.errors["name"]) > 20, typed
        assert [read_name(f" {typed} ") for typed in NAMES] == NAMES


def test_it_is_linked_where_there_is_one_and_its_pages_take_few_statements(
    app: Flask, people: list[int]
) -> None:
    own = browser(app, people[0])
    for path in (PAGE, "/s/ukraine/mine", "/s/ukraine/themes"):
        asked = cost(app, own, path)
        assert asked is not None and asked <= MOST, path
    assert f'href="{PAGE}"' in own.get("/s/ukraine/mine").text
    # Five questions came out, but of no theme five: none of the themes has one of its own.
    assert PAGE not in own.get("/s/ukraine/themes").text
    with app.app_context():
        transaction(lambda session: setattr(the_survey(session), "reveal", "organizers only"))
    assert f'href="{PAGE}"' not in own.get("/s/ukraine/mine").text
    assert "only organizers see" in own.get(PAGE).text
