"""Reminders of forecasts that have stood untouched: once a month, of those alone that can be affirmed."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import clock
from survey.models import Notice, Participant, VersionText
from survey.notifications import contacts, messages, queue
from survey.notifications.due import stale_forecasts
from survey.web.participant.my_forecasts import row_of
from tests.factories import on, say, the_question, withdraw
from tests.survey.web.participant.test_working_list import form_of
from tests.survey.web.visitor import Visitor, words

from .conftest import Outbox, links_in, reachable, words_of
from .test_due import came_out, gone, protected, reword, unconfirmed

KEY, OTHER = "leaders-meet", "cyber"
#: Eight weeks, in whole UTC days, after the 24th of November.
OLD = clock.day_start(on(24).date()) + timedelta(days=56)


def reminded(session: Session, days: float = 0) -> list[tuple[str, int | None]]:
    """Reminders that were noted so many days after the forecasts of the 24th are eight weeks old."""
    moment = OLD + timedelta(days=days)
    with clock.at(moment):
        queue.due(session, moment)
    kept = session.scalars(select(Notice).filter_by(kind="stale").order_by(Notice.id))
    return [(notice.about, notice.question_id) for notice in kept]


def delivered(days: float = 0) -> int:
    """How many emails went so many days after that."""
    with clock.at(OLD + timedelta(days=days)):
        return messages.deliver()[1]


@pytest.fixture
def person(session: Session) -> Participant:
    """Somebody reachable who answered two questions, open for months, on the 24th."""
    person = reachable(session)
    with clock.at(on(24)):
        for key in (KEY, OTHER):
            say(session, person, the_question(session, key))
    session.commit()
    return person


@pytest.mark.store
def test_old_forecasts_are_called_to_mind_in_one_email_once_a_month(
    session: Session, person: Participant, outbox: Outbox
) -> None:
    assert reminded(session, -1 / 86400) == []
    assert delivered() == 1
    (letter,) = outbox()
    assert (
        "2 forecasts of yours have stood untouched for eight weeks or longer. See whether they are still so."
    ) in words_of(letter)
    assert links_in(letter)[0] == "/s/ukraine/mine?show=stale&days=56"
    assert "30" not in words_of(letter).partition("--")[0]
    assert [delivered(days) for days in (0, 1, 29.9)] == [0, 0, 0]
    assert delivered(30) == 1
    session.rollback()
    assert reminded(session, 31) == [("reminder 1", None), ("reminder 2", None)]


@pytest.mark.whole
@pytest.mark.store
def test_only_what_can_be_affirmed_is_called_to_mind(
    app: Flask, session: Session, person: Participant
) -> None:
    keys = ("clash", "article-4", "article-5", "ceasefire-when", "nuclear-use")
    touched, taken_back, reworded, closed, known = (the_question(session, key) for key in keys)
    with clock.at(on(24)):
        for question in (touched, taken_back, reworded, closed, known):
            say(session, person, question)
    with clock.at(on(25)):
        say(session, person, touched)
        withdraw(session, person, taken_back)
    words = dict.fromkeys(("title", "short", "background", "criteria", "fine_print", "sources", "unit"), "?")
    reword(session, reworded, 26, texts=[VersionText(language="en", **words)])
    closed.closes_at = on(1, month=12)
    came_out(session, known, 1)
    session.commit()
    assert stale_forecasts(session, person, 56, OLD) == 2
    with clock.at(OLD), app.test_request_context():
        shown = [
            row.stand.question.key
            for row in (
                row_of(person.survey, person, question, "/s/ukraine/mine?days=56")
                for question in person.survey.questions
            )
            if row.is_stale
        ]
    assert shown == [KEY, OTHER], "the page of one's own forecasts holds others to be old"
    for question in (the_question(session, KEY), the_question(session, OTHER)):
        withdraw(session, person, question)
    session.flush()
    assert reminded(session) == []


def test_what_was_touched_while_a_reminder_waited_is_not_in_it(
    session: Session, person: Participant, outbox: Outbox
) -> None:
    assert reminded(session) == [("reminder 1", None)]
    with clock.at(OLD):
        say(session, person, the_question(session, KEY))
        session.commit()
    assert delivered() == 1
    assert "1 forecast of yours has stood untouched" in words_of(outbox()[0])


def test_nobody_is_sent_a_reminder_of_what_they_have_affirmed_since(
    session: Session, person: Participant, outbox: Outbox
) -> None:
    reminded(session)
    with clock.at(OLD):
        for key in (KEY, OTHER):
            say(session, person, the_question(session, key))
        session.commit()
    assert (delivered(), outbox()) == (0, [])


@pytest.mark.parametrize(("way", "days"), [("14", 14), ("28", 28), ("none", None)])
def test_each_person_chooses_after_how_many_weeks_or_never(
    session: Session, person: Participant, outbox: Outbox, way: str, days: int | None
) -> None:
    contacts.choose(session, person, {"stale": way})
    session.commit()
    if days is None:
        assert (delivered(300), outbox()) == (0, [])
        return
    assert delivered(days - 57) == 0
    assert delivered(days - 56) == 1
    assert links_in(outbox()[0])[0] == f"/s/ukraine/mine?show=stale&days={days}"


@pytest.mark.parametrize("why", [unconfirmed, protected, gone])
def test_whoever_gets_no_emails_gets_no_reminder(
    session: Session, person: Participant, why: Callable[[Session, Participant], None]
) -> None:
    why(session, person)
    session.flush()
    assert reminded(session) == []


def test_a_reminder_that_was_surely_not_taken_is_tried_again(
    session: Session, person: Participant, outbox: Outbox
) -> None:
    reminded(session)
    with clock.at(OLD):
        parcel = queue.claim(session, person.id, OLD)
        assert parcel is not None and parcel.reminder is not None
        queue.put_back(session, parcel, OLD)
        session.commit()
    assert (delivered(), delivered(1)) == (0, 1)


def test_the_link_of_a_reminder_leads_to_the_forecasts_it_counts(client: FlaskClient) -> None:
    visitor = Visitor(client).joined()
    visitor.answer(KEY, **{"p-yes": "30"})
    with clock.at(on(22) + timedelta(days=14)):
        assert "No forecast of yours is eight weeks old" in words(visitor.get("mine?show=stale").text)
        text = words(visitor.get("mine?show=stale&days=14").text)
        assert "Two weeks old 1" in text
        assert "One forecast has stood for two weeks or more" in text
        assert "No forecast of yours is four weeks old" in words(visitor.get("mine?show=stale&days=28").text)
        row = form_of(visitor.get("mine?show=stale&days=14").text, KEY)
        refused = visitor.post(f"q/{KEY}", row | {"p-yes": "many"})
        assert refused.status_code == 422
        assert 'value="many"' in refused.text, "what was typed into the list that an email leads to is lost"
        for wrong in ("0", "15", "x", "56 "):
            assert "Eight weeks old" in words(visitor.get(f"mine?show=stale&days={wrong}").text)
