"""What stands of a person's acts: one person's rows, arrays of everybody and files say the same of any history."""

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from survey import clock
from survey.aggregation.forecast_arrays import all_answers
from survey.aggregation.question_specs import spec_of
from survey.aggregation.standing import counted, standing_forecasts
from survey.errors import InvalidAnswer
from survey.export import forecasts
from survey.export.snapshots import open_key
from survey.models import Participant, Question, QuestionVersion, Snapshot
from survey.services.forecast_history import history, standing_rows
from survey.services.forecast_precheck import standing_values
from survey.services.resolution import resolve
from survey.services.snapshots import freeze
from tests.factories import on, say, someone, the_question, the_survey, withdraw
from tests.skips import examples_on

from ..outcomes import outcome

LADDER, FREE = "ceasefire-when", "leaders-meet"
RUNG, LATER = "2027-06-30", "2030-12-31"
Stands = dict[str, float]


def of_rows(session: Session, person: Participant, question: Question) -> Stands:
    return {row.option: row.value for row in standing_rows(session, person, question)}


def of_values(session: Session, person: Participant, question: Question) -> Stands:
    whole = standing_values(session, person, question)
    # Whoever knows the last act begins there, and comes to the same.
    acts = history(session, person, question)
    assert standing_values(session, person, question, acts[-1].revision if acts else 1) == whole
    return {option: value for (option, _), value in whole.items()}


def of_arrays(session: Session, person: Participant, question: Question) -> Stands:
    today = clock.date_number(clock.now(session).date())
    answers = counted(spec_of(question), all_answers(session, question), today)
    found: Stands = {}
    for column, (option, _) in enumerate(answers.columns):
        standing = standing_forecasts(answers, [column], today)
        own = answers.participant[standing.rows] == person.id
        found.update((option, value) for value in standing.values[own, 0].tolist())
    return found


def of_file(app: Flask, session: Session, question: Question) -> Stands:
    """The rows marked as the latest, of the one person there is; of the snapshot that is taken tomorrow."""
    told = app.config["PARLEY"]
    with clock.at(clock.day_start(clock.now(session).date() + timedelta(days=1))):
        snapshot: Snapshot = freeze(session, the_survey(session), told)
        text = "".join(forecasts.TABLE.lines(session, snapshot, open_key(snapshot, told)))
    table = csv.DictReader(io.StringIO(text, newline=""))
    latest = [row for row in table if row["question_id"] == question.key and row["is_latest"] == "true"]
    return {row["option_id"]: float(row["value"]) for row in latest if row["action"] != "withdraw"}


def change(session: Session, question: Question, moment: datetime) -> None:
    """A new version, so different that older answers no longer count."""
    session.add(
        QuestionVersion(
            question_id=question.id,
            number=1 + len(question.versions),
            substantive=True,
            published_at=moment,
            note="",
        )
    )
    session.flush()
    session.refresh(question)


@pytest.mark.store
def test_a_withdrawal_on_the_day_of_the_close_takes_back(session: Session) -> None:
    """Closing need not come at midnight."""
    person, question = someone(session), the_question(session, FREE)
    say(session, person, question, 0.4)
    question.closes_at = on(25, hour=18)
    session.flush()
    with clock.at(on(25, hour=10)):
        withdraw(session, person, question)
        assert of_rows(session, person, question) == of_arrays(session, person, question) == {}


@pytest.mark.store
def test_a_rung_that_was_resolved_keeps_what_was_said(app: Flask, session: Session) -> None:
    """It could no longer be answered, so it can't be taken back, although its own time has not come."""
    person, ladder = someone(session), the_question(session, LADDER)
    say(session, person, ladder, 0.4)
    kept = of_rows(session, person, ladder)[LATER]
    with clock.at(on(23)):
        resolve(session, ladder, outcome(on(23, hour=9), about=LATER, value=1.0))
    with clock.at(on(24)):
        withdraw(session, person, ladder)
        assert of_rows(session, person, ladder) == {LATER: kept}
        assert of_values(session, person, ladder) == {LATER: kept}
        assert of_arrays(session, person, ladder) == {LATER: kept}
        assert of_file(app, session, ladder) == {LATER: pytest.approx(kept)}


def test_an_answer_that_no_longer_counts_is_not_the_latest_in_files(app: Flask, session: Session) -> None:
    person, question = someone(session), the_question(session, FREE)
    say(session, person, question, 0.4)
    with clock.at(on(24)):
        change(session, question, clock.now(session))
        assert of_arrays(session, person, question) == of_values(session, person, question) == {}
        assert of_file(app, session, question) == {}


#: What may happen on one of the days between which the first rung closes.
EVENTS = st.lists(
    st.tuples(st.sampled_from(["say", "withdraw", "resolve", "change"]), st.integers(0, 2)),
    min_size=1,
    max_size=8,
)
#: Two days before the first rung closes.
START = datetime(2027, 6, 29, 6, tzinfo=on(1).tzinfo)


def happens(
    session: Session, person: Participant, ladder: Question, events: Sequence[tuple[str, int]]
) -> date:
    """Let events follow each other, each some half-days after the one before; the day of the last."""
    moment = START
    for place, (event, waits) in enumerate(events):
        moment += waits * timedelta(hours=12) + timedelta(minutes=1)
        with clock.at(moment):
            try:
                if event == "say":
                    say(session, person, ladder, 0.1 + 0.08 * place)
                elif event == "withdraw":
                    withdraw(session, person, ladder)
                elif event == "change":
                    change(session, ladder, moment)
                else:
                    resolve(session, ladder, outcome(moment, about=LATER, value=1.0))
            except InvalidAnswer:
                pass  # Nothing was there to be withdrawn.
    return moment.date()


def test_all_say_the_same_of_any_history(app: Flask, session: Session) -> None:
    @settings(max_examples=examples_on(session, 25), deadline=None, database=None)
    @given(EVENTS)
    def same(events: list[tuple[str, int]]) -> None:
        say_the_same(app, session, events)

    same()


def say_the_same(app: Flask, session: Session, events: Sequence[tuple[str, int]]) -> None:
    """See that all say the same after these events, of which nothing is left."""
    nested = session.begin_nested()
    try:
        person, ladder = someone(session), the_question(session, LADDER)
        day = happens(session, person, ladder, events)
        with clock.at(clock.day_start(day) + timedelta(hours=23)):
            stands = of_arrays(session, person, ladder)
            assert of_values(session, person, ladder) == stands
            assert of_file(app, session, ladder) == pytest.approx(stands)
            if not any(version.substantive for version in ladder.versions):
                assert of_rows(session, person, ladder) == stands
    finally:
        nested.rollback()
        session.expire_all()
