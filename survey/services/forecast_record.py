"""Appending a submission: its rows are written as rows; the receipt says what was written."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from ..models import Forecast, Question, Rationale, Submission
from ..questions import Row
from ..store.engine import connection_of
from ..store.once import forget

#: Put together once: every act writes by them.
_submission = insert(Submission).returning(Submission.id)
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


def append(session: Session, question: Question, receipt: Receipt, beside: Mapping[str, Any]) -> None:
    """Write what the receipt says and what stands `beside` it, columns of `Submission`; flushed, not committed."""
    connection = connection_of(session)
    place = {"survey_id": question.survey_id, "question_id": question.id}
    act = {
        "question_version_id": question.version.id,
        "action": receipt.action,
        "revision": receipt.revision,
        "received_at": receipt.received_at,
        "idempotency_key": receipt.idempotency_key,
        "confidence": receipt.confidence,
        "expertise": receipt.expertise,
    }
    submission = connection.execute(_submission, {**place, **act, **beside}).scalar_one()
    options = {option.key: option.id for option in question.options}
    numbers = [
        {
            "submission_id": submission,
            "option_id": options[row.option],
            "part": row.part,
            "value": row.value,
            "entered": row.entered,
            **place,
        }
        for row in receipt.rows
    ]
    if numbers:
        connection.execute(_forecast, numbers)
    if receipt.rationale:
        connection.execute(_rationale, {"submission_id": submission, "text": receipt.rationale})
    # Written past the session, which would have forgotten by itself.
    forget(session)


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
