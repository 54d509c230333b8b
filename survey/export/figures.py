"""Tables of figures: what was published and scored, as it is stored, so that it can be computed again and compared.

A publication holds what was told and no more: what suppression withholds of a segment is in none of them, so it is in
no table either, although the rows it would be made of are there, under pseudonyms.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..aggregation.figure_rows import CROWD, figure_rows
from ..aggregation.forecast_arrays import said_groups
from ..aggregation.publications import each_publication
from ..aggregation.question_specs import spec_of
from ..aggregation.rounding import rounded_score
from ..aggregation.rules import EARLIER, rule_behind
from ..aggregation.scores import OWN_RULES
from ..aggregation.segments import ALL, ENTRY, GROUP, family_of
from ..clock import date_number, day_date, day_end
from ..models import (
    GROUPING_KINDS,
    BackgroundQuestion,
    Participant,
    Publication,
    Question,
    Resolution,
    Score,
    Snapshot,
    Submission,
    Survey,
)
from ..store.engine import connection_of
from .cells import Value
from .columns import OF_QUESTION, PARTICIPANT, QUESTION, SAID, SNAPSHOT, STATUS, STUDY
from .declaration import Column, Reference, Table
from .forecast_cells import Pseudonyms
from .identifying import released
from .outcomes import standing_outcomes
from .snapshots import pseudonyms
from .suppression import SUPPRESSED

AS_OF = Column("as_of", "date", "The UTC day at whose end the figures stood", required=True)
#: Whether a stored figure can be computed again from the rows.
RECOMPUTES = Column(
    "recomputes",
    "string",
    "Whether the rows give it again",
    values={
        "yes": "It is a function of the rows in this snapshot",
        "erased": "Somebody erased their answers since, which may have been among what it was made of",
        "earlier_rule": "A rule made it by which nothing is made any more",
    },
    required=True,
)
YES, ERASED, EARLIER_RULE = RECOMPUTES.values
OF_PUBLICATION = Reference(("question_id", "as_of"), "publications", ("question_id", "as_of"))


def _publications(session: Session, snapshot: Snapshot, _key: bytes) -> Iterator[Sequence[Value]]:
    erasures = erasure_days(session, snapshot.survey)
    for question, one in published(session, snapshot):
        published_on = one.published_at.date()
        yield (
            *_names(snapshot, question),
            one.as_of,
            one.number,
            published_on,
            one.people,
            snapshot.survey.cell,
            rule_of(one),
            max((day for day in erasures if day <= published_on), default=None),
            _recomputes(one, erasures),
        )


def _aggregates(session: Session, snapshot: Snapshot, _key: bytes) -> Iterator[Sequence[Value]]:
    withheld = {f"{GROUP} {key}" for key in released(session, snapshot).partly_withheld}
    for question, one in published(session, snapshot):
        spec, names = spec_of(question), (*_names(snapshot, question), one.as_of)
        for segment, part in one.figures.items():
            of = date.fromisoformat(part["as_of"]) if "as_of" in part else one.as_of
            # To the last bit a group's figure tells who is in it: of one with blanks there is what pages show.
            bare = family_of(segment) in withheld
            if of == one.as_of:
                for option, method, statistic, value, shown in figure_rows(spec, part):
                    yield *names, segment, of, option, method, statistic, None if bare else value, shown
            else:
                yield *names, segment, of, None, None, None, None, None


def _scores(session: Session, snapshot: Snapshot, key: bytes) -> Iterator[Sequence[Value]]:
    erasures, name = erasure_days(session, snapshot.survey), pseudonyms(key, "participant")
    for question in snapshot.survey.questions:
        standing = {made.id: made for made in standing_outcomes(session, snapshot, question)}
        rows = connection_of(session).execute(_scores_on(standing)).all()
        told = sorted((_about(standing[made]), name(who), made, *row) for made, who, *row in rows)
        for about, who, made, rule, value, coverage, last_day in told:
            since = standing[made].resolved_at.date()
            # One's own answers alone make one's own score; what compares loses others from beneath it. The
            # day itself counts as after: days do not tell which came first.
            gone = rule not in OWN_RULES and any(day >= since for day in erasures)
            shown = rounded_score(rule, value)
            state = ERASED if gone else YES
            yield (
                *_names(snapshot, question),
                about or None,
                who,
                rule,
                value,
                shown,
                coverage,
                last_day,
                state,
            )


def _scores_on(standing: Iterable[int]) -> Any:
    return select(
        Score.resolution_id, Score.participant_id, Score.rule, Score.value, Score.coverage, Score.last_day
    ).where(Score.resolution_id.in_([*standing]))


def _memberships(session: Session, snapshot: Snapshot, key: bytes) -> Iterator[Sequence[Value]]:
    names, groups = Pseudonyms(key), said_groups(session, snapshot.survey)
    told, choices = released(session, snapshot), _choices(session, snapshot.survey)
    of_person: dict[str, list[tuple[str, date, str, str | None]]] = {}
    answered = set(session.scalars(_answered(snapshot)))
    last = date_number(snapshot.as_of)
    for entry, people in groups.entries.items():
        for person, joined in people.items():
            if joined <= last:
                blanks = [key for key in told.blanks_of(person) if person in answered and key in choices]
                of_person[names[person]] = [
                    (ENTRY, day_date(joined), SAID, entry or None),
                    *((f"{GROUP} {blank}", day_date(joined), SUPPRESSED, None) for blank in blanks),
                ]
    for one in groups.said:
        if (
            one.day <= last
            and one.participant in answered
            and not told.withheld(one.participant, one.question)
        ):
            chosen = "|".join(one.options) or None
            family = f"{GROUP} {one.question}"
            of_person[names[one.participant]].append((family, day_date(one.day), SAID, chosen))
    for name in sorted(of_person):
        for place, row in enumerate(of_person[name], start=1):
            yield snapshot.survey.slug, snapshot.number, name, place, *row


def _choices(session: Session, survey: Survey) -> set[str]:
    """Keys of the questions about oneself that form groups."""
    query = select(BackgroundQuestion.key).filter_by(survey_id=survey.id)
    return set(session.scalars(query.where(BackgroundQuestion.kind.in_(GROUPING_KINDS))))


def _answered(snapshot: Snapshot) -> Any:
    """Who had answered by then: of nobody else it matters who they are."""
    before = day_end(snapshot.as_of)
    return (
        select(Submission.participant_id)
        .distinct()
        .where(Submission.survey_id == snapshot.survey_id, Submission.received_at < before)
    )


def published(session: Session, snapshot: Snapshot) -> Iterator[tuple[Question, Publication]]:
    """What was published up to a snapshot's day, by question in the order of the survey, then day."""
    for question in snapshot.survey.questions:
        for one in each_publication(session, question, snapshot.as_of):
            yield question, one


def erasure_days(session: Session, survey: Survey) -> list[date]:
    """The UTC days on which people of a survey erased their answers, oldest first."""
    gone = select(Participant.erased_on).where(Participant.survey_id == survey.id).distinct()
    return sorted(day for day in session.scalars(gone) if day is not None)


def rule_of(one: Publication) -> str:
    """Key in the catalog of the rule that made a publication's default figures."""
    return rule_behind(next(iter(one.figures[ALL]["options"].values())))


def _recomputes(one: Publication, erasures: Sequence[date]) -> str:
    """A tombstone does not say what it had answered: whoever erased may have been in every publication before."""
    if any(day >= one.published_at.date() for day in erasures):
        return ERASED
    return EARLIER_RULE if rule_of(one) in EARLIER else YES


def _names(snapshot: Snapshot, question: Question) -> tuple[str, int, str]:
    return snapshot.survey.slug, snapshot.number, question.key


def _about(made: Resolution) -> str:
    return made.option.key if made.option is not None else ""


PUBLICATIONS = Table(
    "publications",
    "One publication of a question's figures, as of the end of a day.",
    (
        STUDY,
        SNAPSHOT,
        QUESTION,
        AS_OF,
        Column("number", "integer", "Its number among those of the question", required=True),
        Column("published_date", "date", "The UTC day on which it was made", required=True),
        Column("people", "integer", "How many people's forecasts stood", required=True),
        Column("cell", "integer", "The fewest people a figure of this survey may rest on", required=True),
        Column("rule", "string", "The method in the catalog that made the default's figures", required=True),
        Column(
            "erased_before",
            "date",
            "The last day up to then on which somebody in the survey erased their answers",
        ),
        RECOMPUTES,
    ),
    _publications,
    key=("question_id", "as_of"),
    references=(OF_QUESTION,),
)
AGGREGATES = Table(
    "aggregates",
    "One number of a publication: of everybody or a segment, by option, method and statistic.",
    (
        STUDY,
        SNAPSHOT,
        QUESTION,
        AS_OF,
        Column(
            "segment",
            "string",
            "Whose figures: all, or a version, round, answer about oneself or way of entry",
            required=True,
        ),
        Column(
            "figures_of",
            "date",
            "The day its figures are of; where earlier than as_of they stand in that day's rows",
            required=True,
        ),
        Column("option_id", "string", "The option's key"),
        Column("method", "string", f"The method that made it; {CROWD} for what is of the people behind it"),
        Column(
            "statistic", "string", "What it is: value, low and high, a quantile, people, spread, histogram"
        ),
        Column("value", "number", "Unrounded; empty of a group whose people's answers are partly withheld"),
        Column("shown", "number", "As pages show it; empty where none does as a number"),
    ),
    _aggregates,
    key=("question_id", "as_of", "segment", "option_id", "method", "statistic"),
    references=(OF_PUBLICATION,),
)
SCORES = Table(
    "scores",
    "One person's score on one outcome by one rule.",
    (
        STUDY,
        SNAPSHOT,
        QUESTION,
        Column(
            "option_id",
            "string",
            "The date of a ladder or branch of a pair that it is about; empty: the question",
        ),
        PARTICIPANT,
        Column(
            "rule",
            "string",
            "How it is scored",
            values={
                "brier": "Brier score",
                "ordered_brier": "Brier score of options in an order",
                "log": "Logarithmic score",
                "wis": "Weighted interval score",
                "peer": "Peer score: better than the others",
                "wis_shared": "Weighted interval score over days on which the crowd stood too",
                "wis_crowd": "Weighted interval score of the published crowd over those days",
            },
            required=True,
        ),
        Column("value", "number", "Mean over whole UTC days, unrounded", required=True),
        Column("shown", "number", "As pages tell it; beside the crowd it is rounded", required=True),
        Column(
            "coverage",
            "number",
            "Share of the question's days on which there was a score, 0 to 1",
            required=True,
        ),
        Column("last_day", "number", "Score of the forecast that stood at the end of the last day"),
        RECOMPUTES,
    ),
    _scores,
    key=("question_id", "option_id", "participant_id", "rule"),
    references=(OF_QUESTION,),
)
MEMBERSHIPS = Table(
    "memberships",
    "One person's way of entry, or one answer about themselves that puts them in segments; the last one stands.",
    (
        STUDY,
        SNAPSHOT,
        PARTICIPANT,
        Column("seq", "integer", "Its number among those of the person", required=True),
        Column(
            "family",
            "string",
            "The segments it is about: entry, or group and the key of the question about oneself",
            required=True,
        ),
        Column(
            "since",
            "date",
            "The UTC day of the answer, or of joining; of joining too where withheld",
            required=True,
        ),
        STATUS,
        Column(
            "segments",
            "string",
            "Last words of the segments' names, joined by |; empty where it was taken back or is withheld",
        ),
    ),
    _memberships,
    key=("participant_id", "seq"),
)
TABLES = (MEMBERSHIPS, PUBLICATIONS, AGGREGATES, SCORES)
