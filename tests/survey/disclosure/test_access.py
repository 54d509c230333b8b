"""Who is shown the crowd, and when: denied by default."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from survey import clock
from survey.disclosure import (
    Denial,
    Shown,
    Viewer,
    get_aggregate,
    history,
    linked_question_ids,
    may_see,
    pending_questions,
    rationales,
)
from survey.models import Participant, Question
from survey.services import forecast_submit
from survey.services.publication import publish
from tests.conftest import store_after
from tests.factories import crowd, on, say, someone, the_question, the_survey

FREE = "leaders-meet"


@store_after
def ten(session: Session) -> None:
    """Ten answers of 20 November to a question tied to no other, published."""
    crowd(session, the_question(session, FREE), [0.2] * 5 + [0.4] * 5, day=20)
    publish(session, the_survey(session))


@pytest.fixture
def free(ten: None, session: Session) -> Question:
    """That question."""
    return the_question(session, FREE)


def keys(questions: set[Question] | list[Question]) -> set[str]:
    return {question.key for question in questions}


def test_nobody_in_particular_sees_nothing(session: Session, free: Question) -> None:
    assert get_aggregate(session, Viewer(), free) is Denial.UNANSWERED
    assert history(session, Viewer(), free) == []
    assert rationales(session, Viewer(), free) == []


def test_who_has_not_answered_sees_nothing(session: Session, free: Question) -> None:
    assert get_aggregate(session, Viewer(someone(session)), free) is Denial.UNANSWERED


def test_who_has_answered_sees_the_publication(session: Session, free: Question) -> None:
    person = someone(session)
    say(session, person, free, 0.9)
    shown = get_aggregate(session, Viewer(person), free)
    assert isinstance(shown, Shown)
    assert shown.as_of == on(21).date()
    assert shown.people == 10
    assert shown.options["yes"].methods["mean"] == 0.30


def test_who_cannot_judge_sees_it_too(session: Session, free: Question) -> None:
    person = someone(session)
    forecast_submit.skip(session, person, free)
    assert isinstance(get_aggregate(session, Viewer(person), free), Shown)


def test_a_role_gives_nothing_on_a_participants_page(session: Session, free: Question) -> None:
    insider = someone(session, insider_since=on(16))
    assert not may_see(session, Viewer(insider), free)


@pytest.mark.parametrize("role", ["owner", "organizer"])
def test_who_runs_the_survey_sees_what_is_published_without_answering(
    session: Session, free: Question, role: str
) -> None:
    published = get_aggregate(session, Viewer(role=role), free)
    assert isinstance(published, Shown)
    assert (published.live, published.people) == (False, 10)
    crowd(session, free, [0.9] * 10, day=22)
    assert get_aggregate(session, Viewer(role=role), free) == published


def test_an_analyst_is_shown_no_page_before_answering(session: Session, free: Question) -> None:
    assert get_aggregate(session, Viewer(role="analyst"), free) is Denial.UNANSWERED


def tied_keys(session: Session, key: str) -> set[str]:
    ids = linked_question_ids(session, the_question(session, key))
    return {question.key for question in the_survey(session).questions if question.id in ids}


@pytest.mark.whole
def test_a_question_is_tied_to_those_one_step_away(session: Session) -> None:
    assert tied_keys(session, FREE) == {FREE}
    assert tied_keys(session, "treaty-when") == {
        "treaty-when",
        "ceasefire-when",
        "war-state-2027",
        "order-2030",
    }
    assert "clash" not in tied_keys(session, "treaty-when")


def test_a_condition_ties_both_ways(session: Session) -> None:
    assert "ceasefire-when" in tied_keys(session, "ceasefire-holds")
    assert "ceasefire-holds" in tied_keys(session, "ceasefire-when")


def test_the_crowd_waits_for_every_neighbour(session: Session) -> None:
    question = the_question(session, "nuclear-use")
    crowd(session, question, [0.01] * 12, day=20)
    publish(session, the_survey(session))
    person = someone(session)
    say(session, person, question, 0.02)
    assert keys(pending_questions(session, person, question)) == {"escalation-rung"}
    assert get_aggregate(session, Viewer(person), question) is Denial.UNANSWERED
    say(session, person, the_question(session, "escalation-rung"), 0.5)
    assert isinstance(get_aggregate(session, Viewer(person), question), Shown)


def test_a_survey_may_reveal_each_question_by_itself(session: Session) -> None:
    question = the_question(session, "nuclear-use")
    question.survey.reveal_unit = "single"
    person = someone(session)
    say(session, person, question, 0.02)
    assert may_see(session, Viewer(person), question)


def test_a_question_that_is_over_is_not_waited_for(session: Session) -> None:
    question = the_question(session, "nuclear-use")
    person = someone(session)
    say(session, person, question, 0.02)
    with clock.at(the_question(session, "escalation-rung").closes_at + timedelta(hours=1)):
        assert pending_questions(session, person, question) == []


@pytest.mark.parametrize(
    ("reveal", "before"),
    [("always", None), ("organizers only", Denial.ORGANIZERS_ONLY), ("after close", Denial.UNTIL_CLOSE)],
)
def test_other_rules_of_reveal(session: Session, free: Question, reveal: str, before: Denial | None) -> None:
    free.survey.reveal = reveal
    person = someone(session)
    say(session, person, free, 0.9)
    told = get_aggregate(session, Viewer(person), free)
    assert told is before if before else isinstance(told, Shown)


def test_after_the_close_everybody_may_see(session: Session, free: Question) -> None:
    free.survey.reveal = "after close"
    with clock.at(free.closes_at):
        assert isinstance(get_aggregate(session, Viewer(), free), Shown)


def test_nothing_is_shown_before_a_publication(session: Session) -> None:
    question = the_question(session, FREE)
    crowd(session, question, [0.2] * 10, day=22)
    person = someone(session)
    say(session, person, question, 0.9)
    assert get_aggregate(session, Viewer(person), question) is Denial.UNPUBLISHED


def test_as_of_picks_the_last_publication_not_after_it(session: Session, free: Question) -> None:
    with clock.at(on(24)):
        crowd(session, free, [0.8] * 10, day=23)
        publish(session, the_survey(session))
        person = someone(session)
        say(session, person, free, 0.9)
        told = [get_aggregate(session, Viewer(person), free, as_of=on(day).date()) for day in (22, 23)]
        assert [shown.people for shown in told if isinstance(shown, Shown)] == [10, 20]
        assert get_aggregate(session, Viewer(person), free, as_of=on(20).date()) is Denial.UNPUBLISHED
        assert [shown.as_of for shown in history(session, Viewer(person), free)] == [
            on(21).date(),
            on(23).date(),
        ]


def test_a_reason_comes_with_the_publication_that_holds_its_answer(session: Session, free: Question) -> None:
    with clock.at(on(20)):
        say(session, someone(session), free, 0.5, rationale="Early words.")
    say(session, someone(session), free, 0.5, rationale="Words of today.")
    person: Participant = someone(session)
    say(session, person, free, 0.9, rationale="My own words of today.")
    assert [reason.text for reason in rationales(session, Viewer(person), free)] == ["Early words."]


def test_an_insiders_reason_is_not_among_them(session: Session, free: Question) -> None:
    with clock.at(on(20)):
        say(session, someone(session, insider_since=on(16)), free, 0.5, rationale="From inside.")
    person = someone(session)
    say(session, person, free, 0.9)
    assert rationales(session, Viewer(person), free) == []
