"""Appending a submission: its rows are written as rows; the receipt says what was written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import insert
from sqlalchemy.orm import Session

from ..models import Forecast, Question, Rationale, Submission
from ..questions import Row
from ..store.engine import connection_of
from ..store.once import forget

#: Put together once: every act writes by them.
_submission = insert(Submission).returning(Submission.question_id, Submission.id)
_forecast = insert(Forecast)
_rationale = insert(Rationale)


@dataclass(frozen=True)
class Receipt:
    """What was stored of one act, for whoever is told; see `Submission`.

    Attributes
    ----------
    rationale
        None where no reason was given.
    version, round
        The numbers of both.
    rows
        None of a withdrawal.
    """

    action: str
    revision: int
    received_at: datetime
    idempotency_key: str
    confidence: int | None
    expertise: int | None
    rationale: str | None
    version: int
    round: int
    rows: tuple[Row, ...]


class Written(NamedTuple):
    """An act as it is stored: its receipt, and what stands `beside` it, further columns of `Submission`."""

    question: Question
    receipt: Receipt
    beside: Mapping[str, Any]


def append(session: Session, acts: Sequence[Written]) -> None:
    """Write acts of one person, each on a question of its own; flushed, not committed."""
    connection = connection_of(session)
    made = connection.execute(_submission, [_columns(act) for act in acts])
    # By their question: what a statement returns of many rows comes in no order.
    ids = {row.question_id: row.id for row in made}
    numbers = [number for act in acts for number in _numbers(act, ids[act.question.id])]
    if numbers:
        connection.execute(_forecast, numbers)
    reasons = [
        {"submission_id": ids[act.question.id], "text": act.receipt.rationale}
        for act in acts
        if act.receipt.rationale
    ]
    if reasons:
        connection.execute(_rationale, reasons)
    # Written past the session, which would have forgotten by itself.
    forget(session)


def _columns(act: Written) -> dict[str, Any]:
    question, receipt = act.question, act.receipt
    return {
        "survey_id": question.survey_id,
        "question_id": question.id,
        "question_version_id": question.version.id,
        "action": receipt.action,
        "revision": receipt.revision,
        "received_at": receipt.received_at,
        "idempotency_key": receipt.idempotency_key,
        "confidence": receipt.confidence,
        "expertise": receipt.expertise,
        **act.beside,
    }


def _numbers(act: Written, submission: int) -> list[dict[str, Any]]:
    question = act.question
    options = {option.key: option.id for option in question.options}
    return [
        {
            "submission_id": submission,
            "option_id": options[row.option],
            "part": row.part,
            "value": row.value,
            "entered": row.entered,
            "survey_id": question.survey_id,
            "question_id": question.id,
        }
        for row in act.receipt.rows
    ]


def receipt_of(submission: Submission) -> Receipt:
    """The receipt of a submission that was stored before."""
    rows = (
        Row(forecast.option.key, forecast.part, forecast.value, forecast.entered)
        for forecast in submission.forecasts
    )
    return Receipt(
        action=submission.action,
        revision=submission.revision,
        received_at=submission.received_at,
        idempotency_key=submission.idempotency_key,
        confidence=submission.confidence,
        expertise=submission.expertise,
        rationale=submission.rationale.text if submission.rationale else None,
        version=submission.version.number,
        round=submission.round.number,
        rows=tuple(rows),
    )
