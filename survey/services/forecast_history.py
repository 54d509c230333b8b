"""What one person said to the questions of a survey: read, never changed."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..aggregation.question_specs import spec_of
from ..aggregation.standing import Act, standing_options
from ..clock import day_number
from ..models import Participant, Question, Submission
from ..questions import Row, kind_of
from ..store.once import known_already, once


@once
def history(session: Session, participant: Participant, question: Question) -> list[Submission]:
    """Everything this person said to this question, oldest first."""
    # Where a page has asked for everything already, one question's is found in it.
    everything = known_already(session, histories, participant)
    if everything is not None:
        return list(everything.get(question.id, []))
    query = select(Submission).filter_by(participant_id=participant.id, question_id=question.id)
    return list(session.scalars(query.order_by(Submission.revision)))


@once
def histories(session: Session, participant: Participant) -> dict[int, list[Submission]]:
    """Everything this person said, oldest first, by id of the question: one look for all of a survey."""
    query = select(Submission).filter_by(participant_id=participant.id).order_by(Submission.revision)
    found: dict[int, list[Submission]] = {}
    for submission in session.scalars(query):
        found.setdefault(submission.question_id, []).append(submission)
    return found


def latest(session: Session, participant: Participant, question: Question) -> Submission | None:
    """The last submission that stands; None where there is none or it was withdrawn."""
    said = history(session, participant, question)
    return said[-1] if said and said[-1].action != "withdraw" else None


def standing_rows(session: Session, participant: Participant, question: Question) -> list[Row]:
    """The numbers that stand, the last by option: a closed rung keeps the row it had."""
    return rows_after(question, history(session, participant, question))


def rows_after(question: Question, submissions: Iterable[Submission], oldest: int = 1) -> list[Row]:
    """The numbers that stand after these submissions of one person, oldest first; see `standing_options`."""
    acts = [
        Act(
            day_number(said.received_at),
            said.version.number,
            None if said.action == "withdraw" else _by_option(said),
        )
        for said in submissions
    ]
    rows = standing_options(acts, spec_of(question).open_until, oldest)
    return [row for option in question.options for row in rows.get(option.key, [])]


def _by_option(submission: Submission) -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = {}
    for forecast in submission.forecasts:
        row = Row(forecast.option.key, forecast.part, forecast.value, forecast.entered)
        rows.setdefault(row.option, []).append(row)
    return rows


def last_format(session: Session, participant: Participant, question: Question) -> str:
    """How this person last wrote numbers for this question; the kind's own way where they never did."""
    formats = [said.input_format for said in history(session, participant, question) if said.input_format]
    return formats[-1] if formats else kind_of(question).input_formats[0]
