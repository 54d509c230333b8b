"""What others, and organizers, say about reasons reaches nobody who may not read the reasons, in no byte."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import clock
from survey.disclosure import Viewer, remarked
from survey.models import Participant, Question, Submission, User
from survey.services import moderation
from survey.services.publication import publish
from survey.store.engine import db
from survey.store.transaction import transaction
from survey.web.identity import REMEMBERED
from tests.factories import on, say, someone, the_question, the_survey
from tests.survey.outcomes import member

from .test_non_interference import BLIND, SOME, same, viewers

KEY = "nuclear-use"
PATHS = ["", "themes", "mine", "scenarios", *(f"q/{KEY}{below}" for below in ("", "/crowd", "/unclear"))]


@pytest.fixture
def people(app: Flask) -> dict[str, int | None]:
    """Twelve others with reasons, published; one for each kind of reader; an organizer."""

    def make(session: Session) -> dict[str, int | None]:
        question = the_question(session, KEY)
        with clock.at(on(18)):
            for place in range(12):
                say(session, someone(session), question, 0.1, rationale=f"Reason {place}.")
        with clock.at(on(19)):
            publish(session, the_survey(session))
        member(session, "organizer")
        return viewers(session, question)

    with app.app_context():
        found = transaction(make)
        db.session.close()
    return found


def pages(app: Flask, person: int | None) -> dict[str, bytes]:
    browser: FlaskClient = app.test_client()
    if person is not None:
        with browser.session_transaction() as cookie:
            cookie[REMEMBERED] = {"ukraine": person}
    return {path: browser.get(f"/s/ukraine/{path}").data for path in PATHS}


def about(session: Session, question: Question) -> str:
    told = remarked(session, Viewer(role="owner"), question).values()
    return next(one.reason.about for one in told if one.reason.text == "Reason 3.")


def reported(session: Session, reader: Participant) -> None:
    question = the_question(session, KEY)
    moderation.report(session, reader, question, about(session, question), "It names somebody.")


def withheld(session: Session, _reader: Participant) -> None:
    question = the_question(session, KEY)
    user = session.scalars(select(User)).one()
    moderation.withhold(session, user, "organizer", question, about(session, question), "It names somebody.")


def hidden(session: Session, _reader: Participant) -> None:
    question = the_question(session, KEY)
    told = remarked(session, Viewer(role="owner"), question)
    # Of another reason than the one that has been withheld meanwhile.
    number = next(number for number, one in told.items() if one.reason.text != "Reason 3.")
    submission = session.get_one(Submission, number)
    moderation.hide(session, submission.participant, question, submission.revision)


def asked(session: Session, reader: Participant) -> None:
    moderation.ask(session, reader, the_question(session, KEY), "Would a test count?")


Act = Callable[[Session, Participant], None]


#: What is done about a reason, and whether who may read the reasons sees that: a report alone is seen by nobody.
#: Acts of which nobody is to see anything are done together: whichever is seen is seen beside the other.
ACTS: list[tuple[list[Act], bool]] = [([reported, asked], False), ([withheld], True), ([hidden], True)]


@pytest.mark.long
def test_marks_and_questions_of_others_change_no_byte_for_who_may_not_read(
    app: Flask, people: dict[str, int | None]
) -> None:
    """One after another: what each act finds is what the one before has left.

    On PostgreSQL whoever has answered most without seeing asks for all who may not: what they are shown is decided in
    Python.
    """

    def joined(session: Session) -> int:
        return someone_else_who_reads(session, session.get_one(Participant, people["answered all"])).id

    with app.app_context():
        reader = transaction(joined)
        embedded = db.engine.dialect.name == "sqlite"
    blind = BLIND if embedded else [SOME]
    readers = {viewer: people[viewer] for viewer in [*blind, "answered all"]}
    before = {viewer: pages(app, person) for viewer, person in readers.items()}
    assert b"Reason 3." in before["answered all"][f"q/{KEY}/crowd"]
    for acts, seen in ACTS:
        for act in acts:
            with app.app_context():
                transaction(lambda session, act=act: act(session, session.get_one(Participant, reader)))
                db.session.close()
        after = {viewer: pages(app, person) for viewer, person in readers.items()}
        changed = {
            viewer: {path for path, page in told.items() if not same(page, before[viewer][path])}
            for viewer, told in after.items()
        }
        # The control: where a reason is gone, who may read it sees that.
        assert bool(changed.pop("answered all")) == seen, acts
        assert changed == {viewer: set() for viewer in blind}, acts
        before = after


def someone_else_who_reads(session: Session, like: Participant) -> Participant:
    other = someone(session, insider_since=like.insider_since)
    for question in the_survey(session).questions:
        say(session, other, question, 0.3)
    return other
