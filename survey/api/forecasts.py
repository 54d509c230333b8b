"""Answering: a forecast, its affirmation or withdrawal, a skip; and what one has said so far."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from .. import disclosure
from ..disclosure import Viewer
from ..i18n.locale import current_language
from ..models import Participant, Question
from ..presenters.own_forecast import receipt_code, when
from ..questions import Row, kind_of, read_json_entries
from ..services import forecast_submit
from ..services.forecast_history import history, last_format, standing_rows
from ..services.forecast_record import Receipt, receipt_of
from ..services.own_coherence import OwnClash, own_clashes
from ..store.engine import db
from ..store.lifecycle import answered_questions, open_options, skipped_questions
from ..store.transaction import transaction
from .authentication import known_question, require_participant
from .operation import Operations
from .paging import Page, page
from .schemas import forecasts as forecast_schemas
from .surveys import in_order, number

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
GO_ON["coherence"] = {"operationId": "coherence", "parameters": {"slug": "$request.path.slug"}}

Act = Callable[[Session, Participant, Question, forecast_submit.ForecastInput], Receipt]


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

    All fields that the question asks now, in one call. The options of a choice may miss 1 by 0.0025, or by what
    rounding each to its last place (a thousandth at most) leaves over, and are stored divided by their sum; deadlines
    and quantiles must not decrease.
    """
    _survey, person = require_participant(slug)
    question = known_question(_survey, key, words=False)
    answer = _answer(person, question, headers["key"], **body)
    return _stored(question, lambda session: forecast_submit.submit(session, person, question, answer))


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
    # What is taken back can be neither affirmed nor taken back again.
    links={name: GO_ON[name] for name in ("history", "crowd", "coherence")},
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


@blueprint.operation(
    "GET", "/surveys/<slug>/forecasts", answers=(200, forecast_schemas.Own(many=True)), query=Page
)
def own_forecasts(query: dict[str, Any], slug: str) -> list[dict[str, Any]]:
    """What one has said to every question one has answered or skipped"""
    survey, person = require_participant(slug)
    done = answered_questions(db.session, person) | skipped_questions(db.session, person)
    asked = [question for question in survey.questions if question.id in done]
    return [_own(person, question) for question in page(query, asked, in_order)]


@blueprint.operation(
    "GET", "/surveys/<slug>/coherence", answers=(200, forecast_schemas.OwnClash(many=True)), query=Page
)
def coherence(query: dict[str, Any], slug: str) -> list[dict[str, Any]]:
    """What of one's own answers can't all be true, the largest clash first

    Answers stay as they were given, whatever is made of this: nothing has to be mended. It is asked apart from a
    receipt, so that whoever gives a thousand forecasts does not wait for it a thousand times.
    """
    _survey, person = require_participant(slug)
    clashes = own_clashes(db.session, person)
    largest = page(query, clashes, lambda one: (-one.found.amount, *one.found.sources))
    return [_clash(one) for one in largest]


@blueprint.operation("GET", "/surveys/<slug>/questions/<key>/forecasts", answers=(200, forecast_schemas.Own))
def own_forecast(slug: str, key: str) -> dict[str, Any]:
    """What one has said to a question, with its history"""
    survey, person = require_participant(slug)
    return _own(person, known_question(survey, key))


def receipt(question: Question, stored: Receipt) -> dict[str, Any]:
    """What an act stored; the same for every repeat of it."""
    return {
        "question": question.key,
        "revision": stored.revision,
        "action": stored.action,
        "values": _by_field(question, stored.rows),
        "rationale": stored.rationale,
        "confidence": stored.confidence,
        "expertise": stored.expertise,
        "received_at": _moment(when(question, stored)),
        "version": stored.version,
        "round": stored.round,
        "receipt": receipt_code(stored),
    }


def _stored(question: Question, act: Callable[[Session], Receipt]) -> dict[str, Any]:
    """Do it and tell what was stored: put together before the commit, while all is at hand, and told after it."""
    return transaction(lambda session: receipt(question, act(session)), keep=True)


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
    return _stored(question, lambda session: act(session, person, question, answer))


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


def _clash(one: OwnClash) -> dict[str, Any]:
    return {
        "sources": list(one.found.sources),
        "amount": one.found.amount,
        "kept": one.kept_at is not None,
        "answers": [
            {"question": question, "option": option, "value": value, "low": low, "high": high}
            for (question, option), value in one.said.items()
            for low, high in [one.found.mends[question, option]]
        ],
    }


def _own(person: Participant, question: Question) -> dict[str, Any]:
    acts = history(db.session, person, question)
    standing = standing_rows(db.session, person, question) if acts else []
    return {
        "question": question.key,
        "standing": _by_field(question, standing),
        "skipped": question.id in skipped_questions(db.session, person),
        "history": [receipt(question, receipt_of(act)) for act in acts],
    }


def _by_field(question: Question, rows: Iterable[Row]) -> dict[str, Any]:
    """Stored numbers by the names of their fields, in the order of the question."""
    stored = {(row.option, row.part): row.value for row in rows}
    slots = kind_of(question).slots(question, question.options)
    return {
        slot.field: number(question, stored[slot.option, slot.part])
        for slot in slots
        if (slot.option, slot.part) in stored
    }


def _moment(moment: datetime | date) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(moment, datetime) else moment.isoformat()
