"""Answering: a forecast, its affirmation or withdrawal, a skip; and what one has said so far."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from .. import disclosure
from ..disclosure import Viewer
from ..i18n.locale import current_language
from ..models import Participant, Question, Submission
from ..presenters.own_forecast import receipt_code, when
from ..questions import kind_of, read_json_entries
from ..services import forecast_submit
from ..services.forecast_history import history, last_format, standing_rows
from ..store.engine import db
from ..store.lifecycle import open_options, skipped_questions
from ..store.transaction import transaction
from .authentication import known_question, require_participant
from .operation import Operations
from .schemas import forecasts as forecast_schemas
from .surveys import number

blueprint = Operations(
    "Forecasts",
    "Each act is stored once for each `Idempotency-Key`, and acknowledged after it is stored. Nothing is ever"
    " overwritten: what stands is the last of a history.",
)

SAME_QUESTION = {"slug": "$request.path.slug", "key": "$request.path.key"}
GO_ON = {
    name: {"operationId": operation, "parameters": SAME_QUESTION}
    for name, operation in (
        ("history", "own_forecast"),
        ("affirm", "affirm"),
        ("withdraw", "withdraw"),
        ("crowd", "crowd_of_question"),
    )
}

Act = Callable[[Session, Participant, Question, forecast_submit.ForecastInput], Submission]


@blueprint.operation(
    "POST",
    "/surveys/<slug>/questions/<key>/forecasts",
    answers=(201, forecast_schemas.Receipt),
    body=forecast_schemas.Forecast,
    key=True,
    refuses=(409, 410),
    links=GO_ON,
)
def forecast(body: dict[str, Any], headers: dict[str, str], slug: str, key: str) -> dict[str, Any]:
    """Give a forecast, or change it

    All fields that the question asks now, in one call. The options of a choice may miss 1 by 0.0025 and are
    stored divided by their sum; deadlines and quantiles must not decrease.
    """
    _survey, person = require_participant(slug)
    question = known_question(_survey, key, words=False)
    answer = _answer(person, question, headers["key"], **body)
    return _stored(lambda session: forecast_submit.submit(session, person, question, answer))


@blueprint.operation(
    "POST",
    "/surveys/<slug>/questions/<key>/affirm",
    answers=(201, forecast_schemas.Receipt),
    key=True,
    refuses=(409, 410),
    links=GO_ON,
)
def affirm(headers: dict[str, str], slug: str, key: str) -> dict[str, Any]:
    """Say again what stands, under the version now current"""
    return _act(forecast_submit.affirm, headers, slug, key)


@blueprint.operation(
    "POST",
    "/surveys/<slug>/questions/<key>/withdraw",
    answers=(201, forecast_schemas.Receipt),
    key=True,
    refuses=(409, 410),
    links=GO_ON,
)
def withdraw(headers: dict[str, str], slug: str, key: str) -> dict[str, Any]:
    """Take the standing forecast back

    It stays in the history and leaves the crowd with the next publication.
    """
    return _act(forecast_submit.withdraw, headers, slug, key)


@blueprint.operation(
    "POST",
    "/surveys/<slug>/questions/<key>/skip",
    answers=(200, forecast_schemas.Skipped),
    refuses=(409, 410),
    links={"crowd": GO_ON["crowd"]},
)
def skip(slug: str, key: str) -> dict[str, str]:
    """Say “I can't judge this”

    Counts as answered for what may be seen; a repeat returns the first. The question can be answered later.
    """
    survey, person = require_participant(slug)
    question = known_question(survey, key, words=False)
    skipped_at = transaction(lambda session: forecast_submit.skip(session, person, question).skipped_at)
    return {
        "question": question.key,
        "skipped_at": _moment(skipped_at.date() if survey.protected else skipped_at),
    }


@blueprint.operation("GET", "/surveys/<slug>/forecasts", answers=(200, forecast_schemas.Own(many=True)))
def own_forecasts(slug: str) -> list[dict[str, Any]]:
    """What one has said to every question one has answered or skipped"""
    survey, person = require_participant(slug)
    told = [_own(person, question) for question in survey.questions]
    return [own for own in told if own["history"] or own["skipped"]]


@blueprint.operation("GET", "/surveys/<slug>/questions/<key>/forecasts", answers=(200, forecast_schemas.Own))
def own_forecast(slug: str, key: str) -> dict[str, Any]:
    """What one has said to a question, with its history"""
    survey, person = require_participant(slug)
    return _own(person, known_question(survey, key))


def receipt(submission: Submission) -> dict[str, Any]:
    """What a submission stored; the same for every repeat of it."""
    question = submission.question
    rows = ((row.option.key, row.part, row.value) for row in submission.forecasts)
    return {
        "question": question.key,
        "revision": submission.revision,
        "action": submission.action,
        "values": _by_field(question, rows),
        "rationale": submission.rationale.text if submission.rationale else None,
        "confidence": submission.confidence,
        "expertise": submission.expertise,
        "received_at": _moment(when(question, submission)),
        "version": submission.version.number,
        "round": submission.round.number,
        "receipt": receipt_code(submission),
    }


def _stored(act: Callable[[Session], Submission]) -> dict[str, Any]:
    """Do it and tell what was stored: read before the commit, while it is at hand, and told after it."""
    return transaction(lambda session: receipt(act(session)), keep=True)


def _act(act: Act, headers: dict[str, str], slug: str, key: str) -> dict[str, Any]:
    survey, person = require_participant(slug)
    question = known_question(survey, key, words=False)
    answer = forecast_submit.ForecastInput(
        key=headers["key"],
        entries={},
        input_format=last_format(db.session, person, question),
        language=current_language(),
        crowd_seen=_sees_crowd(person, question),
    )
    return _stored(lambda session: act(session, person, question, answer))


def _answer(
    person: Participant, question: Question, key: str, values: Any, **beside: Any
) -> forecast_submit.ForecastInput:
    """What the body says. Fields of closed options are read as well, so that a late retry reads the same.

    :raise InvalidAnswer: where a field holds no number or is not asked at all.
    """
    kind = kind_of(question)
    entries, unreadable = read_json_entries(kind, question, question.options, values)
    if unreadable:
        kind.rows(question, open_options(db.session, question), entries, unreadable)
    sort = kind.input_formats[0]
    return forecast_submit.ForecastInput(
        key=key,
        entries=entries,
        input_format=sort if sort in ("number", "date") else "fraction",
        language=current_language(),
        crowd_seen=_sees_crowd(person, question),
        **beside,
    )


def _sees_crowd(person: Participant, question: Question) -> bool:
    return disclosure.sees_figures(db.session, Viewer(participant=person), question)


def _own(person: Participant, question: Question) -> dict[str, Any]:
    acts = history(db.session, person, question)
    standing = standing_rows(db.session, person, question) if acts else []
    return {
        "question": question.key,
        "standing": _by_field(question, ((row.option, row.part, row.value) for row in standing)),
        "skipped": question.id in skipped_questions(db.session, person),
        "history": [receipt(act) for act in acts],
    }


def _by_field(question: Question, rows: Iterable[tuple[str, str, float]]) -> dict[str, Any]:
    """Stored numbers by the names of their fields, in the order of the question."""
    stored = {(option, part): value for option, part, value in rows}
    slots = kind_of(question).slots(question, question.options)
    return {
        slot.field: number(question, stored[slot.option, slot.part])
        for slot in slots
        if (slot.option, slot.part) in stored
    }


def _moment(moment: datetime | date) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(moment, datetime) else moment.isoformat()
