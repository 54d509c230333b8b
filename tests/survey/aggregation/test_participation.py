"""Counts for those who run a survey, against a handful of people."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from survey import clock
from survey.aggregation import participation
from survey.aggregation.participation import Response
from survey.disclosure import Viewer
from survey.models import EventLog, Participant, Question
from survey.services import forecast_submit
from survey.services.data_controller import FIELDS
from survey.services.publication import publish
from survey.services.resolution import resolve
from survey.web.organizer.question_cards import card, disagreement, movers
from survey.web.organizer.tasks import tasks
from tests.factories import crowd, on, say, someone, the_question, the_survey

from ..outcomes import outcome

FREE = "leaders-meet"
ORGANIZER = Viewer(role="organizer")


def on_day(session: Session, day: int, **facts: object) -> Participant:
    with clock.at(on(day)):
        return someone(session, **facts)


def answers_all(session: Session, person: Participant, day: int) -> None:
    with clock.at(on(day)):
        for question in the_survey(session).questions:
            forecast_submit.skip(session, person, question)


def test_nobody_has_joined_a_new_survey(session: Session) -> None:
    assert participation.response(session, the_survey(session)) == Response(0, 0, 0, 0)
    assert participation.progress(session, the_survey(session)).joined == []


def test_insiders_erased_and_simulated_people_are_not_counted(session: Session) -> None:
    question = the_question(session, FREE)
    for facts in ({"insider": True}, {"simulated": True}, {"erased_on": date(2026, 11, 21)}, {}):
        person = on_day(session, 20)
        with clock.at(on(20)):
            say(session, person, question, 0.5)
        for name, value in facts.items():
            setattr(person, name, value)
    session.flush()
    assert participation.response(session, the_survey(session)) == Response(1, 1, 0, 1)
    assert participation.answered_by_question(session, the_survey(session)) == {question.id: 1}


def test_a_skip_counts_as_answered(session: Session) -> None:
    answers_all(session, on_day(session, 18), 20)
    assert participation.response(session, the_survey(session)) == Response(1, 1, 1, 1)


def test_active_means_this_week(session: Session) -> None:
    with clock.at(on(15, hour=11)):
        person = someone(session)
        say(session, person, the_question(session, FREE), 0.5)
    assert participation.response(session, the_survey(session)) == Response(1, 1, 0, 0)


def test_counts_grow_by_day(session: Session) -> None:
    for day in (16, 16, 18):
        answers_all(session, on_day(session, day), day + 1)
    grown = participation.progress(session, the_survey(session))
    assert grown.joined == [(date(2026, 11, 16), 2), (date(2026, 11, 18), 3)]
    assert grown.answered_all == [(date(2026, 11, 17), 2), (date(2026, 11, 19), 3)]


def test_a_question_that_closed_before_somebody_joined_is_not_waited_for(session: Session) -> None:
    with clock.at(on(20)):
        resolve(session, the_question(session, FREE), outcome(on(19), value=1.0))
    late = on_day(session, 21)
    with clock.at(on(21)):
        for question in the_survey(session).questions:
            if question.key != FREE:
                forecast_submit.skip(session, late, question)
    assert participation.response(session, the_survey(session)).answered_all == 1


def test_completion_is_the_share_of_questions_answered(session: Session) -> None:
    survey = the_survey(session)
    crowd(session, the_question(session, FREE), [0.2, 0.4])
    answered, now = participation.answered_by_question(session, survey), clock.now()
    theme = the_question(session, FREE).theme
    assert participation.completion(theme.questions, answered, 2, now) == pytest.approx(
        1 / len(theme.questions)
    )
    assert participation.completion(theme.questions, answered, 0, now) == 0


def test_what_can_be_published_is_what_publishing_publishes(session: Session) -> None:
    survey, few, enough = the_survey(session), the_question(session, "territory"), the_question(session, FREE)
    crowd(session, few, [0.2] * 9)
    people = crowd(session, enough, [0.2] * 10)
    assert participation.questions_to_publish(session, survey) == [enough]
    assert [made.question for made in publish(session, survey)] == [enough]
    assert participation.questions_to_publish(session, survey) == []
    with clock.at(on(23)):
        for person in people[:4]:
            say(session, person, enough, 0.5)
    with clock.at(on(24)):
        assert participation.questions_to_publish(session, survey) == []
        with clock.at(on(23, hour=14)):
            say(session, people[4], enough, 0.5)
        assert participation.questions_to_publish(session, survey) == [enough]
        assert [made.question for made in publish(session, survey)] == [enough]


@pytest.fixture
def free(session: Session) -> Question:
    """A question whose crowd moved from 20 to 40 % between two publications."""
    question = the_question(session, FREE)
    people = crowd(session, question, [0.2] * 10, day=16)
    with clock.at(on(17)):
        publish(session, the_survey(session))
    with clock.at(on(25)):
        for person in people:
            say(session, person, question, 0.4)
    return question


def test_a_card_tells_where_the_crowd_stands_and_how_it_moved(session: Session, free: Question) -> None:
    with clock.at(on(26)):
        publish(session, the_survey(session))
        told = card(session, ORGANIZER, free, 10)
    assert told.figure is not None
    assert (told.figure.people, told.answered, told.status) == (10, 10, "open")
    assert told.figure.value != told.figure.before != ""
    assert told.figure.moved is not None and told.figure.moved > 5
    assert movers([told])[0][1].startswith("+")
    assert [one.label for one in disagreement([told])] == [told.title]


def test_a_live_card_needs_no_publication(session: Session) -> None:
    question = the_question(session, FREE)
    crowd(session, question, [0.2, 0.3, 0.4, 0.5, 0.6], day=21)
    assert card(session, ORGANIZER, question, 5).figure is None
    the_survey(session).publication = "live"
    assert card(session, ORGANIZER, question, 5).figure is not None


def test_an_analyst_gets_no_figure(session: Session, free: Question) -> None:
    assert card(session, Viewer(role="analyst"), free, 10).figure is None


def test_a_broken_log_is_a_task(app: Flask, session: Session) -> None:
    survey = the_survey(session)
    publish_ten(session)
    session.connection().exec_driver_sql(
        "DROP TRIGGER event_log_refuses_update"
        + ("" if session.get_bind().dialect.name == "sqlite" else " ON event_log")
    )
    session.execute(update(EventLog).where(EventLog.position == 1).values(act="nothing"))
    with app.test_request_context():
        first = tasks(session, survey)[0]
    assert "from entry 1 on" in first.title and not first.url


class TestWhoRunsIt:
    """The bank ships without a name: an owner is to give it, in every language."""

    def warns(self, app: Flask, session: Session) -> bool:
        with app.test_request_context():
            titles = [task.title for task in tasks(session, the_survey(session))]
        return "Nobody can read who runs this survey." in titles

    def test_a_survey_that_names_nobody_is_a_task(self, app: Flask, session: Session) -> None:
        assert self.warns(app, session)

    def test_it_is_done_once_every_language_names_somebody(self, app: Flask, session: Session) -> None:
        survey = the_survey(session)
        for text in survey.texts:
            assert self.warns(app, session)
            for field in FIELDS:
                setattr(text, field, "Said")
        assert not self.warns(app, session)

    def test_the_task_says_what_is_missing_and_only_an_owner_is_led_there(
        self, app: Flask, session: Session
    ) -> None:
        survey = the_survey(session)
        for text in survey.texts:
            for field in FIELDS:
                setattr(text, field, "Said")
        survey.text("uk").contact = ""
        with app.test_request_context():
            (own,), (other,) = (
                [task for task in tasks(session, survey, role) if "who runs" in task.title]
                for role in ("owner", "organizer")
            )
        assert "Contact (Українською)" in own.words and "Legal basis" not in own.words
        assert own.url.endswith("/organize/who-asks")
        assert not other.url and "Ask an owner" in other.words

    def test_a_demonstration_is_left_alone(self, app: Flask, session: Session) -> None:
        the_survey(session).simulated = True
        assert not self.warns(app, session)


def publish_ten(session: Session) -> None:
    crowd(session, the_question(session, FREE), [0.2] * 10)
    publish(session, the_survey(session))
