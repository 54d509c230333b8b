"""Lifecycle of questions: one state for participants, organizers, API and the refusal of a forecast."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from survey import clock
from survey.api.authentication import known_question
from survey.disclosure import access
from survey.errors import NotFound, SurveyClosed
from survey.models import Question, QuestionVersion
from survey.presenters import own_forecast
from survey.services.resolution import resolve, resolve_all
from survey.store import lifecycle
from survey.store.lifecycle import QuestionState
from survey.web.identity import question_by_key
from tests.factories import on, say, someone, the_question, the_survey
from tests.survey.outcomes import outcome

pytestmark = pytest.mark.store

FREE = "leaders-meet"
RUNGS = "ceasefire-when"
LATE = datetime(2034, 1, 1, tzinfo=UTC)


def state_said_to_its_author(session: Session, question: Question) -> QuestionState:
    """The state on a participant's page."""
    return own_forecast.standing(session, None, question).state


READERS: list[Callable[[Session, Question], QuestionState]] = [lifecycle.state_of, state_said_to_its_author]


def state_of(session: Session, question: Question) -> QuestionState:
    """What every reader is told, which is the same."""
    told = [read(session, question) for read in READERS]
    assert told == told[:1] * len(READERS)
    return told[0]


def test_states_follow_facts_and_the_clock(session: Session) -> None:
    question = the_question(session, FREE)
    told = []
    for moment in (on(1), on(22), datetime(2028, 1, 2, tzinfo=UTC), question.resolves_at):
        with clock.at(moment):
            told.append(state_of(session, question))
    after = QuestionState.CLOSED
    assert told == [QuestionState.BEFORE_OPENING, QuestionState.OPEN, after, after]
    resolve(session, question, outcome(value=1.0))
    assert state_of(session, question) is QuestionState.RESOLVED


def test_one_rung_of_several_does_not_resolve_a_ladder(session: Session) -> None:
    question = the_question(session, RUNGS)
    first, *others = question.options
    with clock.at(LATE):
        resolve(session, question, outcome(on(30, 6, 2027), about=first.key, value=0.0))
        assert state_of(session, question) is QuestionState.PARTLY_RESOLVED
        assert lifecycle.overdue(session, question) == others
        late = [outcome(on(1, 7, 2028), about=rung.key, value=0.0) for rung in others]
        resolve_all(session, question, late)
        assert state_of(session, question) is QuestionState.RESOLVED


def test_what_counts_for_nobody_is_annulled(session: Session) -> None:
    for key in (FREE, RUNGS):
        question = the_question(session, key)
        resolve(session, question, outcome(on(20), annulled=True))
        assert state_of(session, question) is QuestionState.ANNULLED


def test_a_branch_annulled_with_the_other_leaves_its_pair_resolved(session: Session) -> None:
    question = next(one for one in the_survey(session).questions if one.kind == "pair")
    with clock.at(LATE):
        resolve(session, question, outcome(on(20), about=question.options[0].key, value=1.0))
        assert lifecycle.state_of(session, question) is QuestionState.RESOLVED


def test_a_ladder_that_closes_before_the_deadline_of_a_rung_is_said_to_close_when_it_does(
    session: Session,
) -> None:
    question = the_question(session, RUNGS)
    assert lifecycle.first_close(session, question) == question.options[0].closes_at
    question.closes_at = on(1, 5, 2027)
    assert lifecycle.first_close(session, question) == on(1, 5, 2027)


def test_a_rung_is_due_at_its_deadline(session: Session) -> None:
    question = the_question(session, RUNGS)
    with clock.at(datetime(2027, 7, 1, tzinfo=UTC)):
        assert [part.key for part in lifecycle.overdue(session, question) if part] == ["2027-06-30"]
        assert lifecycle.state_of(session, question) is QuestionState.OPEN
        resolve(session, question, outcome(on(30, 6, 2027), about="2027-06-30", value=0.0))
        assert lifecycle.overdue(session, question) == []
        assert lifecycle.state_of(session, question) is QuestionState.OPEN


def test_a_question_opens_no_earlier_than_its_survey(session: Session) -> None:
    question = the_question(session, FREE)
    question.survey.opens_at = question.opens_at + timedelta(days=30)
    with clock.at(question.opens_at + timedelta(days=1)):
        assert state_of(session, question) is QuestionState.BEFORE_OPENING
        assert not lifecycle.is_over(session, question)


def test_a_forecast_before_the_survey_opens_is_told_when_it_does(session: Session) -> None:
    question, person = the_question(session, FREE), someone(session)
    question.survey.opens_at = datetime(2026, 12, 24, 18, tzinfo=UTC)
    with clock.at(on(22)), pytest.raises(SurveyClosed, match="opens at 2026-12-24 18:00 UTC"):
        say(session, person, question, {"yes": 0.3})


def test_the_crowd_of_a_survey_that_has_yet_to_open_is_not_shown(session: Session) -> None:
    question = the_question(session, FREE)
    question.survey.opens_at = on(30)
    question.survey.reveal = "after close"
    with clock.at(on(22)):
        nobody = access.Viewer()
        assert access.denial_reason(session, nobody, question) is access.Denial.UNTIL_CLOSE


@pytest.fixture
def draft(session: Session) -> Question:
    """A question of which no version was published."""
    copied = ("survey_id", "theme_id", "kind", "opens_at", "closes_at", "resolves_at")
    facts = {name: getattr(the_question(session, FREE), name) for name in copied}
    question = Question(key="not-yet", position=99, versions=[QuestionVersion(number=1)], **facts)
    session.add(question)
    session.flush()
    return question


def test_a_question_of_drafts_alone_is_a_draft(session: Session, draft: Question) -> None:
    with clock.at(on(22)):
        assert lifecycle.state_of(session, draft) is QuestionState.DRAFT
        assert not lifecycle.is_over(session, draft)


def test_nobody_is_asked_the_words_of_a_draft(session: Session, draft: Question) -> None:
    with pytest.raises(LookupError, match="not-yet has no published version"):
        assert draft.version
    for find in (question_by_key, known_question):
        with pytest.raises(NotFound):
            find(the_survey(session), draft.key)
