"""The table of how questions came out: everything that was ever said, corrections beside what they supersede."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from ..clock import day_date
from ..models import Question, Resolution, Snapshot
from ..store.lifecycle import current_resolutions
from .cells import Value
from .columns import OF_QUESTION, QUESTION, SNAPSHOT, STUDY, study_of
from .declaration import Column, Table


def standing_outcomes(session: Session, snapshot: Snapshot, question: Question) -> list[Resolution]:
    """The resolutions of a question that stood when a snapshot was made."""
    return [
        made for made in current_resolutions(session, question) if made.resolved_at <= snapshot.created_at
    ]


def _rows(session: Session, snapshot: Snapshot, _key: bytes) -> Iterator[tuple[Value, ...]]:
    for question in snapshot.survey.questions:
        made = [one for one in question.resolutions if one.resolved_at <= snapshot.created_at]
        places = {one.id: place for place, one in enumerate(made, start=1)}
        corrected = {places.get(one.supersedes_id or 0): places[one.id] for one in made if one.supersedes_id}
        for one in made:
            yield (
                *study_of(snapshot),
                question.key,
                places[one.id],
                one.option.key if one.option is not None else None,
                one.annulled,
                one.outcome_option.key if one.outcome_option is not None else None,
                one.value,
                _day(one),
                one.known_from,
                one.resolved_at.date(),
                corrected.get(places[one.id]),
                one.source,
                one.why or None,
            )


def _day(one: Resolution) -> Value:
    return day_date(int(one.value)) if one.question.kind == "date" and one.value is not None else None


TABLE = Table(
    "resolutions",
    "One outcome of a question, a date of a ladder or a branch of a pair, or that there can be none.",
    (
        STUDY,
        SNAPSHOT,
        QUESTION,
        Column("number", "integer", "1, 2, … for the question, in the order they were made", required=True),
        Column(
            "option_id",
            "string",
            "The date of a ladder or branch of a pair it is about; empty: the question",
        ),
        Column("annulled", "boolean", "Whether it is void, and scores nothing", required=True),
        Column("outcome_option_id", "string", "The answer that came true, where there are several"),
        Column(
            "outcome_value",
            "number",
            "1 for yes and 0 for no; the number; of a date, days since 1970-01-01",
        ),
        Column("outcome_date", "date", "Of a date, the same as a day"),
        Column("known_from", "datetime", "Since when one could know (UTC)", required=True),
        Column("resolved_date", "date", "The day it was stored (UTC)", required=True),
        Column("superseded_by", "integer", "The number of the correction that takes its place"),
        Column("source", "string", "Where it is said", text=True, required=True),
        Column("why", "string", "Why it was resolved so", text=True),
    ),
    _rows,
    key=("question_id", "number"),
    references=(OF_QUESTION,),
)
