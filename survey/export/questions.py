"""`questions.csv`: one row for each question, as it stood when the snapshot was made."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from ..aggregation.publications import publications
from ..aggregation.question_specs import spec_of
from ..clock import day_date
from ..models import BaseRate, Condition, Question, Resolution, Snapshot
from ..store.lifecycle import current_resolutions
from .cells import Value, cell

#: Titles follow, one for each language of the survey, then the rest.
BEFORE_TITLES = ("study_id", "snapshot_id", "question_id", "theme", "kind")
AFTER_TITLES = (
    "opens",
    "closes",
    "resolves",
    "lower",
    "upper",
    "open_lower",
    "open_upper",
    "scale",
    "unit",
    "quantile_levels",
    "given_question_id",
    "given_option_ids",
    "given_holds",
    "version",
    "option_ids",
    "crowd_rule",
    "answers_moved",
    "base_rate_events",
    "base_rate_cases",
    "base_rate_since",
    "base_rate_until",
    "base_rate_link",
    "first_day",
    "closes_by_option",
    "substantive_versions",
    "published_days",
    "outcome",
    "known_from",
)


def columns(snapshot: Snapshot) -> list[str]:
    """The header: a title column for each language of the survey."""
    titles = [f"title_{language}" for language in snapshot.survey.languages]
    return [*BEFORE_TITLES, *titles, *AFTER_TITLES]


def rows(session: Session, snapshot: Snapshot) -> Iterator[list[Value]]:
    """One row a question, in the order of the survey."""
    for question in snapshot.survey.questions:
        titles = [question.text(language).title for language in snapshot.survey.languages]
        yield [
            *_names(snapshot, question),
            *titles,
            *_facts(question),
            *_what_scores_rest_on(session, snapshot, question),
            *_outcome(session, snapshot, question),
        ]


def given(question: Question) -> tuple[str | None, str | None, bool | None]:
    """The condition a question is asked under: question, options joined by `|`, whether they hold."""
    condition: Condition | None = question.condition
    if condition is None:
        return None, None, None
    event = condition.event
    return event.question.key, "|".join(option.key for option in event.options), event.holds


def _names(snapshot: Snapshot, question: Question) -> list[Value]:
    return [snapshot.survey.slug, snapshot.number, question.key, question.theme.key, question.kind]


def _facts(question: Question) -> list[Value]:
    language = question.survey.languages[0]
    numeric = question.scale is not None
    return [
        question.opens_at,
        question.closes_at,
        question.resolves_at,
        question.lower,
        question.upper,
        question.open_lower if numeric else None,
        question.open_upper if numeric else None,
        question.scale,
        question.text(language).unit or None,
        "|".join(f"{level:g}" for level in question.quantile_levels) or None,
        *given(question),
        question.version.number,
        "|".join(option.key for option in question.options),
        spec_of(question).rule,
        spec_of(question).guarded,
        *(question.version.base_rate or [None] * len(BaseRate._fields)),
    ]


def _outcome(session: Session, snapshot: Snapshot, question: Question) -> list[Value]:
    """Outcomes, and since when one could know each, joined by `|`: of a ladder or pair as option=outcome.

    Each date of a ladder can become known at a time of its own, and is scored until its own.
    """
    standing = [
        resolution
        for resolution in current_resolutions(session, question)
        if resolution.resolved_at <= snapshot.created_at
    ]
    if not standing:
        return [None, None]
    standing.sort(key=_about)
    told = "|".join(_about(made) + _said(question, made) for made in standing)
    return [told, "|".join(_about(made) + cell(made.known_from) for made in standing)]


def _what_scores_rest_on(session: Session, snapshot: Snapshot, question: Question) -> list[Value]:
    """The first day that is scored, and by `|` ends of single options, versions after which older answers end,
    and days of which the crowd was published by then.
    """
    spec, made_on = spec_of(question), snapshot.created_at
    published = [one.as_of for one in publications(session, question) if one.as_of < made_on.date()]
    return [
        day_date(spec.first_day),
        "|".join(f"{one.key}={cell(one.closes_at)}" for one in question.options if one.closes_at) or None,
        "|".join(f"{number}={cell(day_date(day))}" for number, day in spec.substantive) or None,
        "|".join(map(cell, published)) or None,
    ]


def _about(resolution: Resolution) -> str:
    return f"{resolution.option.key}=" if resolution.option is not None else ""


def _said(question: Question, resolution: Resolution) -> str:
    if resolution.annulled:
        return "annulled"
    if resolution.outcome_option is not None:
        return resolution.outcome_option.key
    value = resolution.value
    assert value is not None, "the database holds exactly one outcome"
    if question.kind == "date":
        return day_date(int(value)).isoformat()
    if question.kind == "numeric":
        return repr(value)
    return "yes" if value else "no"
