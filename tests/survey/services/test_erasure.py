"""Who erases is gone: no row, no name, no number is left."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from survey import clock
from survey.errors import AnswersGone, NotFound
from survey.models import Base, Consent, ConsentVersion, Participant, Submission
from survey.services import accounts, api_tokens, enrollment, forecast_submit, private_calendar
from survey.services.erasure import erase
from survey.services.publication import publish_question
from survey.services.snapshots import freeze
from tests.factories import crowd, on, say, someone, the_question, the_survey

pytestmark = pytest.mark.store

CANARY = "canary-7391"


@pytest.fixture
def person(session: Session) -> Participant:
    """Somebody with an answer, a reason, a skip and a code; ten others beside them."""
    question = the_question(session, "leaders-meet")
    crowd(session, question, [0.2] * 10, day=20)
    with clock.at(on(20)):
        person = someone(session)
        say(session, person, question, {"p-yes": 0.61803}, key=f"key {CANARY}", rationale=f"Reason {CANARY}")
        forecast_submit.skip(session, person, the_question(session, "cyber"))
    return person


def dump(session: Session) -> str:
    rows = [session.execute(text(f'SELECT * FROM "{table}"')).all() for table in Base.metadata.tables]
    return repr(rows)


def test_nothing_they_gave_is_left_in_any_table(session: Session, person: Participant) -> None:
    code_hash = person.code_hash
    assert CANARY in dump(session)
    erase(session, person)
    left = dump(session)
    for trace in (CANARY, "0.61803", str(code_hash)):
        assert trace not in left


#: What a tombstone keeps: that somebody was there, when they came and went, and which cookies of theirs have ended.
KEPT = {"id", "survey_id", "simulated", "joined_at", "erased_on", "session_generation"}


def test_only_an_empty_tombstone_stays(session: Session, person: Participant) -> None:
    private_calendar.make_address(session, person)
    person.insider_since, person.user_id = on(21), accounts.create_user(session, "ann@example.org").id
    told = set(Participant.__table__.columns.keys()) - KEPT
    assert all(getattr(person, column) for column in told), "all of it is there before"
    erase(session, person)
    assert person.erased_on == on(22).date()
    assert {column for column in told if getattr(person, column)} == set()
    others = session.scalar(select(func.count()).select_from(Submission))
    assert others == 10


LATE: dict[str, Callable[[Session, Participant], object]] = {
    "agrees": lambda session, person: enrollment.agree(session, person, language="en"),
    "takes a token": api_tokens.issue_token,
    "takes a calendar": private_calendar.make_address,
}


@pytest.mark.parametrize("act", LATE)
def test_who_has_erased_everything_in_another_tab_leaves_nothing_more(
    session: Session, person: Participant, act: str
) -> None:
    person.survey.consent_versions.append(ConsentVersion(number=2, published_at=on(22)))
    erase(session, person)
    with pytest.raises(AnswersGone):
        LATE[act](session, person)
    assert person.calendar_hash is None
    assert session.scalar(select(func.count()).where(Consent.participant_id == person.id)) == 0


def test_a_late_retry_learns_that_it_is_gone_and_stores_nothing(
    session: Session, person: Participant
) -> None:
    erase(session, person)
    with pytest.raises(AnswersGone):
        say(session, person, the_question(session, "leaders-meet"), {"p-yes": 0.61803}, key=f"key {CANARY}")
    assert CANARY not in dump(session)


def test_the_code_no_longer_works(session: Session) -> None:
    code = enrollment.new_code()
    person, _ = enrollment.join(session, the_survey(session), language="en", join_key="k", code=code)
    erase(session, person)
    with pytest.raises(NotFound):
        enrollment.come_back(session, the_survey(session), code)


def test_the_next_figures_are_without_them(session: Session, person: Participant) -> None:
    question = the_question(session, "leaders-meet")
    erase(session, person)
    publication = publish_question(session, question, on(21).date())
    assert publication is not None
    assert publication.people == 10


def test_what_was_published_stays(session: Session, person: Participant) -> None:
    question = the_question(session, "leaders-meet")
    publication = publish_question(session, question, on(21).date())
    assert publication is not None
    figures = dict(publication.figures)
    erase(session, person)
    session.refresh(publication)
    assert publication.people == 11
    assert publication.figures == figures


def test_snapshots_that_hold_them_are_withdrawn_and_others_are_not(
    app: Flask, session: Session, person: Participant
) -> None:
    settings = app.config["PARLEY"]
    before, holding = (
        freeze(session, the_survey(session), settings, as_of=on(day).date()) for day in (19, 21)
    )
    erase(session, person)
    assert before.withdrawn_at is None
    assert holding.withdrawn_at == on(22)


def test_erasing_twice_is_erasing_once(session: Session, person: Participant) -> None:
    erase(session, person)
    with clock.at(on(25)):
        erase(session, person)
    assert person.erased_on == on(22).date()
