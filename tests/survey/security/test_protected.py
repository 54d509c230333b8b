"""A protected survey keeps nothing by which somebody could be found: no hour, agent, address, no time on a page.

Everything a person can do is done at an odd second; then every table with rows about a person is looked through.
The control does the same in an ordinary survey, where the seconds are found.
"""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from survey import clock
from survey.models import Base, Invitation, Moment, Participant, RationaleMark
from survey.models.base import Base as AnyTable
from survey.services import (
    api_tokens,
    background_answers,
    enrollment,
    forecast_submit,
    invitations,
    moderation,
)
from survey.services.forecast_history import history, standing_rows
from tests.factories import on, say, say_and_read, the_question, the_survey, withdraw
from tests.survey.web.visitor import Visitor, value

#: An hour, minute and second that nothing but a person's act has.
ODD = datetime(2026, 11, 23, 17, 43, 29, 123456, tzinfo=UTC)
KEY = "leaders-meet"

#: Moments in these tables that are not of the person: when an organizer did something, or will have done.
OF_OTHERS = {
    "invitation.created_at",
    "invitation.expires_at",
    "invitation.revoked_at",
    "unclear.settled_at",
    "api_token.expires_at",
    "api_token.revoked_at",
}


def act(session: Session, protected: bool) -> Participant:
    """Everything one person can do, at one odd moment."""
    survey = the_survey(session)
    survey.protected = protected
    session.flush()
    (token,) = invitations.invite(session, survey, "all", 1, 30)
    with clock.at(ODD):
        person = invitations.join_invited(
            session, token, language="en", join_key="k", code=enrollment.new_code()
        )
        say(session, person, the_question(session, KEY), rationale="Why", seconds_on_page=97)
        say(session, person, the_question(session, KEY), 0.4)
        forecast_submit.skip(session, person, the_question(session, "cyber"))
        moderation.hide(session, person, the_question(session, KEY), 1)
        moderation.ask(session, person, the_question(session, KEY), "What is a meeting?")
        asked = next(one for one in background_answers.asked(session, survey) if one.kind == "single")
        background_answers.say(session, person, {asked.key: [asked.options[0].key]})
        api_tokens.issue_token(session, person)
    return person


def moments_of_people(session: Session) -> dict[str, set[datetime]]:
    """Column to every moment in it, over all tables with rows about a person."""
    found: dict[str, set[datetime]] = {}
    for table in AnyTable.metadata.tables.values():
        if table.name != "participant" and "participant_id" not in table.columns:
            continue
        for column in table.columns:
            name = f"{table.name}.{column.name}"
            if isinstance(column.type, Moment) and name not in OF_OTHERS:
                found[name] = {moment for moment in session.scalars(select(column)) if moment is not None}
    return found


def exact(session: Session) -> set[str]:
    """The columns in which more than a day stands."""
    return {
        name
        for name, moments in moments_of_people(session).items()
        if any(moment != clock.day_start(moment.date()) for moment in moments)
    }


def test_no_table_keeps_more_of_a_moment_than_its_day(session: Session) -> None:
    act(session, protected=True)
    assert exact(session) == set()
    kept = {name for name, moments in moments_of_people(session).items() if moments}
    # Each of them was filled: an empty column would prove nothing.
    assert kept >= {
        "participant.joined_at",
        "consent.agreed_at",
        "submission.received_at",
        "skip.skipped_at",
        "rationale_mark.made_at",
        "unclear.asked_at",
        "background_answer.answered_at",
        "invitation.used_at",
        "api_token.created_at",
    }
    for moments in moments_of_people(session).values():
        assert moments <= {clock.day_start(ODD.date())}


def test_an_ordinary_survey_keeps_the_second(session: Session) -> None:
    act(session, protected=False)
    assert exact(session) == {name for name, moments in moments_of_people(session).items() if moments}
    assert "97" in dump(session)


def dump(session: Session) -> str:
    return repr([session.execute(text(f'SELECT * FROM "{table}"')).all() for table in Base.metadata.tables])


def test_the_hour_stands_nowhere_as_text_either(session: Session) -> None:
    act(session, protected=True)
    told = dump(session)
    for trace in ("17:43", "17, 43, 29", "43:29"):
        assert trace not in told
    seconds = session.execute(text("SELECT seconds_on_page FROM submission")).scalars().all()
    assert seconds == [None, None]


def test_the_order_is_that_of_the_revisions(session: Session) -> None:
    person = act(session, protected=True)
    said = history(session, person, the_question(session, KEY))
    assert [one.revision for one in said] == [1, 2]
    assert said[0].received_at == said[1].received_at


def test_what_is_taken_back_on_the_day_of_the_opening_is_taken_back(session: Session) -> None:
    """The day begins before the question does; it must not look as if nothing had been open then."""
    survey, question = the_survey(session), the_question(session, KEY)
    survey.protected = True
    question.opens_at = ODD - timedelta(hours=1)
    session.flush()
    with clock.at(ODD):
        person, _made = enrollment.join(
            session, survey, language="en", join_key="k", code=enrollment.new_code()
        )
        say(session, person, question)
        assert standing_rows(session, person, question)
        withdraw(session, person, question)
    assert standing_rows(session, person, question) == []
    # … and a new one can follow it.
    with clock.at(ODD):
        assert say_and_read(session, person, question, 0.9).action == "new"


def test_a_mark_of_an_organizer_keeps_no_hour_beside_a_persons_reason(session: Session) -> None:
    act(session, protected=True)
    assert {mark.made_at for mark in session.scalars(select(RationaleMark))} == {clock.day_start(ODD.date())}
    assert session.scalars(select(Invitation.used_at)).one() == clock.day_start(ODD.date())


@pytest.mark.parametrize("protected", [True, False])
def test_no_survey_keeps_agent_or_address_of_a_browser(
    app: Flask, client: FlaskClient, session: Session, protected: bool
) -> None:
    the_survey(session).protected = protected
    session.commit()
    client.environ_base |= {"HTTP_USER_AGENT": "canary-agent", "REMOTE_ADDR": "203.0.113.77"}
    with clock.at(on(23)):
        visitor = Visitor(client).join()
        visitor.answers("binary")
        assert value(visitor.get(f"q/{KEY}").text, "key")
    session.rollback()
    told = dump(session)
    assert "canary-agent" not in told
    assert "203.0.113.77" not in told


def test_limits_are_counted_under_a_hash_of_the_address(app: Flask) -> None:
    from survey.security.limits import limiter

    with app.test_request_context(environ_base={"REMOTE_ADDR": "203.0.113.77"}):
        key = limiter._key_func()
    assert "203.0.113.77" not in key
    with app.test_request_context(environ_base={"REMOTE_ADDR": "203.0.113.78"}):
        assert limiter._key_func() != key
