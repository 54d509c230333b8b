"""Counts for those who run a survey, against a handful of people."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from survey import clock
from survey.aggregation import participation
from survey.aggregation.participation import Response
from survey.disclosure import Viewer
from survey.models import EventLog, Participant, Question, Submission
from survey.services import background_answers, forecast_submit
from survey.services.data_controller import FIELDS
from survey.services.publication import publish
from survey.services.resolution import resolve
from survey.web.organizer.question_rows import (
    AnswerCounts,
    QuestionRow,
    TimeBase,
    disputed,
    movers,
    ordered,
    row,
    time_base,
)
from survey.web.organizer.tasks import tasks
from tests.factories import crowd, on, say, say_and_read, someone, the_question, the_survey

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
    for facts in ({"insider_since": on(20)}, {"simulated": True}, {"erased_on": date(2026, 11, 21)}, {}):
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


def test_an_act_that_is_committed_after_a_later_one_is_counted(session: Session) -> None:
    question = the_question(session, FREE)
    made = say_and_read(session, someone(session), question)
    columns = {column.name: getattr(made, column.name) for column in Submission.__table__.columns}
    # On PostgreSQL an id is taken before the commit, and whoever took the higher one may be the first to commit.
    for number, counted in ((made.id + 2, 2), (made.id + 1, 3)):
        values = columns | {"id": number, "participant_id": someone(session).id}
        participation.response(session, the_survey(session))
        session.execute(insert(Submission).values(values))
        assert participation.answered_by_question(session, the_survey(session)) == {question.id: counted}


def test_completion_is_the_share_of_questions_answered(session: Session) -> None:
    survey = the_survey(session)
    crowd(session, the_question(session, FREE), [0.2, 0.4])
    answered, now = participation.answered_by_question(session, survey), clock.now()
    theme = the_question(session, FREE).theme
    assert participation.completion(theme.questions, answered, 2, now) == pytest.approx(
        1 / len(theme.questions)
    )
    assert participation.completion(theme.questions, answered, 0, now) == 0


@pytest.mark.whole
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


def the_row(session: Session, question: Question, viewer: Viewer = ORGANIZER) -> QuestionRow:
    return row(session, viewer, question, AnswerCounts(10, 3), time_base(session))


def test_a_row_tells_where_the_crowd_stands_and_how_it_moved(session: Session, free: Question) -> None:
    with clock.at(on(26)):
        publish(session, the_survey(session))
        told = the_row(session, free)
    assert told.figure is not None
    assert (told.figure.people, told.counts.answered, told.status) == (10, 10, "open")
    assert told.figure.value != told.figure.before != ""
    assert told.figure.points > 5
    assert told.figure.change.startswith("+")
    assert told.figure.strip.before is not None
    assert told.figure.strip.before < told.figure.strip.value
    assert movers([told]) == disputed([told]) + ([] if told.figure.width else [told])
    assert (told.skipped, told.counts.is_often_skipped) == ("30\u00a0%", True)


def test_every_change_is_counted_from_one_day(session: Session, free: Question) -> None:
    """What was published after the base day, and before the last, is no base: the page names one day for all."""
    with clock.at(on(24)):
        # The end of the 23rd and a week before it: the publication of the 16th is the last not after that.
        assert time_base(session) == TimeBase(date(2026, 11, 16), date(2026, 11, 23))
        assert the_row(session, free).figure is not None
    with clock.at(on(22)):
        told = the_row(session, free)
        assert told.figure is not None
        assert (told.figure.before, told.figure.change, told.figure.points) == ("", "", 0)
        assert movers([told]) == []


def test_rows_are_sorted_by_how_far_they_moved(session: Session, free: Question) -> None:
    with clock.at(on(26)):
        publish(session, the_survey(session))
        other = the_row(session, the_question(session, "cyber"))
        rows = [other, the_row(session, free)]
    assert ordered(rows, "theme") == rows
    assert ordered(rows, "moved") == rows[::-1]
    assert ordered(rows, "disputed") == rows[::-1]
    assert other.figure is None


def test_a_live_row_needs_no_publication(session: Session) -> None:
    question = the_question(session, FREE)
    crowd(session, question, [0.2, 0.3, 0.4, 0.5, 0.6], day=21)
    assert the_row(session, question).figure is None
    the_survey(session).publication = "live"
    assert the_row(session, question).figure is not None


def test_an_analyst_gets_no_figure(session: Session, free: Question) -> None:
    assert the_row(session, free, Viewer(role="analyst")).figure is None


def test_a_skip_that_was_followed_by_an_answer_is_one_answer(session: Session) -> None:
    survey, question = the_survey(session), the_question(session, FREE)
    both, only = on_day(session, 18), on_day(session, 18)
    with clock.at(on(19)):
        for person in (both, only):
            forecast_submit.skip(session, person, question)
        say(session, both, question, 0.3)
    assert participation.answered_by_question(session, survey) == {question.id: 2}
    assert participation.skipped_by_question(session, survey) == {question.id: 1}
    assert participation.response(session, survey) == Response(2, 2, 0, 2)


def test_whoever_answers_what_they_had_skipped_had_finished_before(session: Session) -> None:
    person = on_day(session, 17)
    answers_all(session, person, 18)
    with clock.at(on(20)):
        say(session, person, the_question(session, FREE), 0.3)
    assert participation.progress(session, the_survey(session)).answered_all == [(date(2026, 11, 18), 1)]


def test_completion_by_group_leaves_out_groups_that_are_too_small(session: Session) -> None:
    survey = the_survey(session)
    asked = background_answers.asked(session, survey)
    single = next(one for one in asked if one.kind == "single")
    large, small = (option.key for option in single.options[:2])
    with clock.at(on(20)):
        for place in range(survey.minimum_cell + 2):
            person = someone(session)
            group = large if place < survey.minimum_cell else small
            background_answers.say(session, person, {single.key: [small]})
            background_answers.say(session, person, {single.key: [group]})
            if place == 0:
                forecast_submit.skip(session, person, the_question(session, FREE))
        share = 1 / (survey.minimum_cell * len(survey.questions))
        assert participation.completion_by_group(session, survey) == {(single.key, large): share}
        # Where people can be made up the cell is larger than what was set.
        survey.noise_key = "0" * 64
        session.flush()
        assert participation.completion_by_group(session, survey) == {}


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
    assert "from entry 1 on" in first.title and first.url == f"/s/{survey.slug}/organize/log/check"


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
