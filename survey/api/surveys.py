"""Surveys and their questions: words, what is asked now, where each stands."""

from collections.abc import Set
from typing import Any

from sqlalchemy import select

from .. import clock
from ..aggregation import stored_scores
from ..clock import day_date
from ..disclosure.scores import told_value, without_hidden
from ..i18n.locale import current_language
from ..models import Question, Resolution, Survey, Theme
from ..presenters.base_rate import told_base_rate
from ..questions import kind_of
from ..services.base_rates import shown_base_rate
from ..services.data_controller import FIELDS
from ..store.engine import db
from ..store.lifecycle import (
    answered_questions,
    current_resolutions,
    open_options,
    skipped_questions,
    state_of,
)
from .authentication import known_question, known_survey, viewer
from .operation import Operations
from .paging import Page, page
from .schemas import forecasts as forecast_schemas

blueprint = Operations("Surveys", "What is asked: surveys, their consent, their questions.")

OPEN_ONE = {
    "one survey": {"operationId": "one_survey", "parameters": {"slug": "$response.body#/0/slug"}},
    "its questions": {"operationId": "list_questions", "parameters": {"slug": "$response.body#/0/slug"}},
    "join": {"operationId": "join", "parameters": {"slug": "$response.body#/0/slug"}},
}
OF_FIRST_QUESTION = {"slug": "$request.path.slug", "key": "$response.body#/0/key"}
ANSWER_FIRST = {
    name: {"operationId": operation, "parameters": OF_FIRST_QUESTION}
    for name, operation in (
        ("one question", "one_question"),
        ("forecast", "forecast"),
        ("skip", "skip"),
        ("crowd", "crowd_of_question"),
    )
}


@blueprint.operation(
    "GET",
    "/surveys",
    answers=(200, forecast_schemas.SurveyInList(many=True)),
    token=False,
    query=Page,
    links=OPEN_ONE,
)
def list_surveys(query: dict[str, Any]) -> list[dict[str, Any]]:
    """Every public survey

    Surveys that are open by link or to invited people alone are not listed.
    """
    # The address of a survey that is open by link is what lets people in: a list would give it away.
    public = db.session.scalars(select(Survey).filter_by(visibility="public"))
    return [_briefly(survey) for survey in page(query, public, lambda one: (one.id,))]


@blueprint.operation("GET", "/surveys/<slug>", answers=(200, forecast_schemas.Survey), token=None)
def one_survey(slug: str) -> dict[str, Any]:
    """One survey, with its rules and its consent"""
    survey = known_survey(slug)
    words, consent = survey.text(current_language()), survey.consent
    text = consent.text(current_language())
    plain = (
        "zone",
        "visibility",
        "reveal",
        "readers",
        "readers_days",
        "licence",
        "licence_words",
        "licence_address",
        "publication",
        "open_form",
        "protected",
        "simulated",
        "pilot",
    )
    return {
        **_briefly(survey),
        **{name: getattr(survey, name) for name in plain},
        "minimum_cell": survey.cell,
        "lowest_probability": survey.lowest_probability,
        "highest_probability": survey.highest_probability,
        "explain_change": survey.explain_change,
        "base_rates_before": survey.base_rates_before,
        "summary": words.summary,
        **{name: getattr(words, name) for name in FIELDS},
        "rules": words.rules,
        "consent": {"version": consent.number, "language": text.language, "text": text.body},
    }


@blueprint.operation(
    "GET",
    "/surveys/<slug>/questions",
    answers=(200, forecast_schemas.Question(many=True)),
    token=None,
    query=Page,
    links=ANSWER_FIRST,
)
def list_questions(query: dict[str, Any], slug: str) -> list[dict[str, Any]]:
    """Every question of a survey, in its order"""
    survey = known_survey(slug)
    done, themes = _done(survey), {theme.id: theme for theme in survey.themes}
    own = page(query, survey.questions, in_order)
    return [_question(question, themes[question.theme_id], done) for question in own]


@blueprint.operation(
    "GET", "/surveys/<slug>/questions/<key>", answers=(200, forecast_schemas.Question), token=None
)
def one_question(slug: str, key: str) -> dict[str, Any]:
    """One question

    `asked` names each number that a forecast has to give now, and what it is: a fraction, a number, a date.
    """
    survey = known_survey(slug)
    question = known_question(survey, key)
    return _question(question, question.theme, _done(survey))


def in_order(question: Question) -> tuple[int, int]:
    """Where a question stands among those of its survey."""
    return question.position, question.id


def _briefly(survey: Survey) -> dict[str, Any]:
    words = survey.text(current_language())
    return {
        "slug": survey.slug,
        "title": words.title,
        "headline": words.headline,
        "languages": survey.languages,
        "open": survey.is_open(clock.now(db.session)),
        "over": survey.is_over(clock.now(db.session)),
        "opens_at": survey.opens_at,
        "closes_at": survey.closes_at,
    }


def _done(survey: Survey) -> set[int]:
    """What the caller has answered or skipped, by id; nothing of somebody unknown."""
    person = viewer(survey).participant
    if person is None:
        return set()
    return answered_questions(db.session, person) | skipped_questions(db.session, person)


def _base_rate(question: Question, done: bool) -> dict[str, Any] | None:
    known = shown_base_rate(db.session, question, done)
    if known is None:
        return None
    told = told_base_rate(question, known)
    said = ("reference_class", "source", "uncertainty", "low", "high")
    return known._asdict() | {"share": known.share} | {name: getattr(told, name) for name in said}


def _question(question: Question, theme: Theme, done: Set[int]) -> dict[str, Any]:
    words = question.text(current_language())
    told = (
        "key",
        "kind",
        "opens_at",
        "closes_at",
        "resolves_at",
        "scale",
        "open_lower",
        "open_upper",
        "whole",
        "rationale_required",
    )
    said = ("title", "background", "criteria", "fine_print", "sources", "unit")
    return {
        **{name: getattr(question, name) for name in told},
        **{name: getattr(words, name) for name in said},
        "theme": theme.key,
        "state": str(state_of(db.session, question)),
        "version": question.version.number,
        "options": [_option(option) for option in question.options],
        "asked": _asked(question),
        "lower": number(question, question.lower),
        "upper": number(question, question.upper),
        "quantile_levels": question.quantile_levels,
        "condition": _condition(question),
        "base_rate": _base_rate(question, question.id in done),
        "resolutions": [resolution(one) for one in current_resolutions(db.session, question)],
        "scores": _scores(question),
    }


def _scores(question: Question) -> list[dict[str, Any]]:
    """The caller's own scores; those beside the crowd where it is shown to them."""
    person = viewer(question.survey).participant
    if person is None or not current_resolutions(db.session, question):
        return []
    made = stored_scores.scores_of(db.session, person, question)
    return [
        {
            "about": score.resolution.option.key if score.resolution.option else None,
            "rule": score.rule,
            "value": told_value(score, score.value),
            "last_day": told_value(score, score.last_day),
            "coverage": score.coverage,
        }
        for score in without_hidden(db.session, person, made)
    ]


def _option(option: Any) -> dict[str, Any]:
    label = option.text(current_language())
    return {
        "key": option.key,
        "label": label,
        "closes_at": option.closes_at,
        "given_holds": option.given_holds,
    }


def _asked(question: Question) -> list[dict[str, str]]:
    kind, language = kind_of(question), current_language()
    return [
        {
            "field": slot.field,
            "option": slot.option,
            "label": kind.label(question, question.option(slot.option), slot, language),
            "sort": slot.sort,
        }
        for slot in kind.slots(question, open_options(db.session, question))
    ]


def _condition(question: Question) -> dict[str, Any] | None:
    if question.condition is None:
        return None
    event = question.condition.event
    options = [option.key for option in event.options]
    return {"question": event.question.key, "options": options, "holds": event.holds}


def number(question: Question, value: float | None) -> float | str | None:
    """A number of the question as JSON has it: a date as text."""
    if value is None or question.kind != "date":
        return value
    # A crowd's quantile of days need not be a whole one.
    return day_date(round(value)).isoformat()


def resolution(made: Resolution) -> dict[str, Any]:
    """What came out, by what its question's kind can say."""
    kind, value = made.question.kind, made.value
    happened = bool(value) if value is not None and kind in ("binary", "ladder", "pair") else None
    return {
        "about": made.option.key if made.option else None,
        "annulled": made.annulled,
        "happened": happened,
        "option": made.outcome_option.key if made.outcome_option else None,
        "value": value if kind == "numeric" else None,
        "day": number(made.question, value) if kind == "date" else None,
        "known_from": made.known_from,
        "source": made.source,
        "why": made.why,
    }
