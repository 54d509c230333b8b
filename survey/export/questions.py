"""`questions.csv`: one row for each question, as it stood when the snapshot was made."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from ..aggregation.publications import publications
from ..aggregation.question_specs import spec_of
from ..clock import day_date
from ..models import BaseRate, Condition, Option, Question, Resolution, Snapshot
from . import question_days
from .cells import Value, cell
from .columns import KIND_LABELS, QUESTION, SNAPSHOT, STUDY
from .declaration import Column, Table
from .outcomes import standing_outcomes

COLUMNS = (
    STUDY,
    SNAPSHOT,
    QUESTION,
    Column("theme", "string", "The key of the theme it stands under", required=True),
    Column("kind", "string", "What is asked", values=KIND_LABELS, required=True),
    Column("title", "string", "The question's words", text=True, required=True, by_language=True),
    Column("opens", "datetime", "From when on it takes answers (UTC)", required=True),
    Column("closes", "datetime", "From when on it takes none (UTC)", required=True),
    Column("resolves", "datetime", "Until when what is published counts as evidence (UTC)", required=True),
    Column("lower", "number", "Lower end of the range asked for; of a date, days since 1970-01-01"),
    Column("upper", "number", "Upper end of the range asked for; of a date, days since 1970-01-01"),
    Column("open_lower", "boolean", "Whether the outcome may lie below the range"),
    Column("open_upper", "boolean", "Whether the outcome may lie above the range"),
    Column("scale", "string", "The scale of its range", values={"linear": "Linear", "log": "Logarithmic"}),
    Column("unit", "string", "The unit of its numbers, in the survey's first language", text=True),
    Column("quantile_levels", "string", "Levels of the quantiles asked for, as fractions, joined by |"),
    Column("given_question_id", "string", "The question whose outcome is the condition it is asked under"),
    Column("given_option_ids", "string", "Options of the condition, joined by |"),
    Column(
        "given_holds", "boolean", "Whether the condition is that one of those options comes true, or none"
    ),
    Column("version", "integer", "The number of the version that is asked", required=True),
    Column("option_ids", "string", "Its options in their order, joined by |", required=True),
    Column("crowd_rule", "string", "The method of the published default figures", required=True),
    Column("answers_moved", "boolean", "Whether noise lies on each answer before it counts", required=True),
    Column("base_rate_events", "integer", "Base rate: of the cases below, in how many it happened"),
    Column("base_rate_cases", "integer", "Base rate: how many cases like it there were"),
    Column("base_rate_since", "date", "Base rate: the first day that was looked at"),
    Column("base_rate_until", "date", "Base rate: the last day that was looked at"),
    Column("base_rate_link", "string", "Base rate: where the cases are listed", text=True),
    Column("first_day", "date", "The first day that is scored", required=True),
    Column("closes_by_option", "string", "Ends of single options, as option=moment, joined by |"),
    Column(
        "substantive_versions", "string", "Versions after which older answers end, as number=day, joined by |"
    ),
    Column("published_days", "string", "Days of which the crowd was published by then, joined by |"),
    Column("outcome", "string", "What came out, of a ladder or pair as option=outcome, joined by |"),
    Column("known_from", "string", "Since when one could know each outcome, joined by |"),
    *question_days.COLUMNS,
)


def rows(session: Session, snapshot: Snapshot, _key: bytes) -> Iterator[list[Value]]:
    """One row a question, in the order of the survey."""
    for question in snapshot.survey.questions:
        titles = [question.text(language).title for language in snapshot.survey.languages]
        yield [
            *_names(snapshot, question),
            *titles,
            *_facts(question),
            *_what_scores_rest_on(session, snapshot, question),
            *_outcome(session, snapshot, question),
            *question_days.question_days(session, snapshot, question),
        ]


def given(question: Question) -> tuple[str | None, str | None, bool | None]:
    """The condition a question is asked under: question, options joined by `|`, whether they hold."""
    condition: Condition | None = question.condition
    if condition is None:
        return None, None, None
    event = condition.event
    return event.question.key, "|".join(option.key for option in event.options), event.holds


def given_of(question: Question, option: Option) -> tuple[str | None, str | None, bool | None]:
    """The condition under which an option's numbers hold: a branch of a pair has its own side of it."""
    key, options, holds = given(question)
    if option.given_holds is not None and holds is not None:
        holds = holds == option.given_holds
    return key, options, holds


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
    standing = standing_outcomes(session, snapshot, question)
    if not standing:
        return [None, None]
    # In the order of `last_scored_days` (`question_days`), which is read beside it.
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


TABLE = Table(
    "questions", "One question, as it stood when the snapshot was made.", COLUMNS, rows, key=("question_id",)
)
