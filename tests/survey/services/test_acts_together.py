"""Several acts of one person in one unit are judged and stored as each alone is."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey import clock
from survey.errors import AnswersGone, InvalidAnswer, ReusedKey, SurveyClosed
from survey.models import Forecast, Participant, Question, Rationale, Skip, Submission
from survey.services import forecast_submit
from survey.services.forecast_submit import Act, ForecastInput
from survey.store.lifecycle import skipped_questions
from survey.store.transaction import transaction
from tests.factories import numbers, someone, the_survey
from tests.statements import counting

pytestmark = pytest.mark.store


def given(session: Session, question: Question, chance: float, key: str = "") -> ForecastInput:
    return ForecastInput(
        key=f"{question.key}-{key or chance}",
        entries=numbers(session, question, chance),
        input_format="percent" if not question.quantile_levels else "number",
        language="en",
        rationale="Because." if question.position % 2 else "",
        confidence=1 + question.position % 5,
        seconds_on_page=40,
        nothing_to_add=True,
    )


def visits(session: Session) -> list[list[Act]]:
    """Somebody answers what they can judge, changes half of it, and takes back a third of that."""
    questions = the_survey(session).questions
    first = [Act(one, given(session, one, 0.3) if one.position % 4 else None) for one in questions]
    changed = [Act(one, given(session, one, 0.4)) for one in questions[::2]]
    back = [Act(one, given(session, one, 0.5), withdraws=True) for one in questions[::6]]
    return [first, changed, back]


def one_by_one(session: Session, person: Participant, acts: Sequence[Act]) -> None:
    for act in acts:
        if act.answer is None:
            forecast_submit.skip(session, person, act.question)
        elif act.withdraws:
            forecast_submit.withdraw(session, person, act.question, act.answer)
        else:
            forecast_submit.submit(session, person, act.question, act.answer)


def said(session: Session, person: Participant) -> list[str]:
    """All that is stored of this person, but for ids."""
    submissions = session.execute(
        select(
            *(
                column
                for column in Submission.__table__.columns
                if column.name not in ("id", "participant_id")
            )
        ).where(Submission.participant_id == person.id)
    )
    below = [
        session.execute(
            select(Submission.idempotency_key, *columns)
            .join(Submission, Submission.id == table.submission_id)
            .where(Submission.participant_id == person.id)
        )
        for table, columns in (
            (Forecast, (Forecast.option_id, Forecast.part, Forecast.value, Forecast.entered)),
            (Rationale, (Rationale.text,)),
        )
    ]
    skips = session.execute(select(Skip.question_id, Skip.skipped_at).filter_by(participant_id=person.id))
    return sorted(str(tuple(row)) for rows in (submissions, *below, skips) for row in rows)


@pytest.mark.whole
def test_acts_together_are_stored_as_one_after_the_other(session: Session) -> None:
    alone, together = someone(session), someone(session)
    for acts in visits(session):
        one_by_one(session, alone, acts)
        forecast_submit.act_on_each(session, together, acts)
        assert said(session, together) == said(session, alone)
    assert len(said(session, alone)) > 100


def test_the_number_of_what_was_stored_is_said_and_a_repeat_stores_nothing(session: Session) -> None:
    person = someone(session)
    acts = visits(session)[0]
    count = sum(act.answer is not None for act in acts)
    assert forecast_submit.act_on_each(session, person, acts) == count
    before = said(session, person)
    assert forecast_submit.act_on_each(session, person, acts) == 0
    assert said(session, person) == before
    assert forecast_submit.act_on_each(session, person, []) == 0


def test_one_that_is_refused_leaves_all_of_them_unstored(session: Session) -> None:
    person = someone(session)
    acts = visits(session)[0]
    first = acts[1].question
    wrong = Act(first, ForecastInput("wrong", {}, "percent", "en"))
    with pytest.raises(InvalidAnswer):
        forecast_submit.act_on_each(session, person, [*acts[2:], wrong])
    assert said(session, person) == []


def test_a_key_serves_one_act_alone(session: Session) -> None:
    person = someone(session)
    first, second = the_survey(session).questions[1:3]
    forecast_submit.submit(session, person, first, given(session, first, 0.3, "key"))
    other_words = Act(first, given(session, first, 0.6, "key"))
    other_question = Act(
        second,
        ForecastInput(f"{first.key}-key", numbers(session, second), "percent", "en"),
    )
    for act in (other_words, other_question):
        with pytest.raises(ReusedKey):
            forecast_submit.act_on_each(session, person, [act])


def test_what_is_closed_or_erased_takes_none(session: Session) -> None:
    person = someone(session)
    question = the_survey(session).questions[1]
    act = Act(question, given(session, question, 0.3))
    with clock.at(question.closes_at), pytest.raises(SurveyClosed):
        forecast_submit.act_on_each(session, person, [act])
    with clock.at(question.closes_at + timedelta(days=1)), pytest.raises(SurveyClosed):
        forecast_submit.act_on_each(session, person, [Act(question)])
    with pytest.raises(InvalidAnswer):
        forecast_submit.act_on_each(session, person, [Act(question, act.answer, withdraws=True)])
    person.erased_on = clock.now(session).date()
    session.flush()
    with pytest.raises(AnswersGone):
        forecast_submit.act_on_each(session, person, [act])
    assert session.scalar(select(func.count()).select_from(Submission)) == 0


def test_two_acts_on_one_question_have_no_order_here(session: Session) -> None:
    person = someone(session)
    question = the_survey(session).questions[1]
    with pytest.raises(ValueError, match="question of its own"):
        forecast_submit.act_on_each(session, person, [Act(question), Act(question)])


@pytest.mark.sqlite
def test_a_whole_survey_costs_a_few_statements(app: Flask, session: Session) -> None:
    """On PostgreSQL each act has its lock besides."""
    person = someone(session)
    acts = visits(session)[0]
    assert skipped_questions(session, person) == set()
    with counting(app) as said:
        transaction(lambda session: forecast_submit.act_on_each(session, person, acts), keep=True)
    written = [one for one in said if one.startswith("INSERT")]
    assert len(written) <= 6, written
    assert len([one for one in said if "FROM (SELECT coalesce" in one or "idempotency_key IN" in one]) <= 2
