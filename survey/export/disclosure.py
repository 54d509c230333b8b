"""The disclosure report: how many people share what is told of them, and how unlike their answers are.

k-anonymity (Samarati & Sweeney, 1998) is counted for each question about oneself, for each two together, and for all.
l-diversity is the distinct one of Machanavajjhala et al. (2007, “l-diversity: privacy beyond k-anonymity”): in each
class of people of whom the same is told, how many different last forecasts there are on a question at least. Where
there is one alone, whoever knows that somebody is in the class and answered knows what they said.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations, groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..clock import day_start
from ..models import Forecast, Snapshot, Submission, Survey
from ..store.engine import connection_of
from .cells import Value
from .columns import SNAPSHOT, STUDY, study_of
from .declaration import Column, Table
from .identifying import released
from .options import options_of
from .suppression import SUPPRESSED, classes

#: Rows that are read at once.
AT_ONCE = 10_000


@dataclass(frozen=True)
class Combination:
    """Questions about oneself taken together.

    Attributes
    ----------
    keys
        Of the questions; none where there is none to count by: then everybody is one class.
    classes
        How many different rows of answers there are.
    smallest
        How many people are in the smallest class; 0 where there is nobody.
    few
        How many people are in classes of fewer than k.
    withheld
        Of how many people an answer is.
    """

    keys: tuple[str, ...]
    classes: int
    smallest: int
    few: int
    withheld: int


@dataclass(frozen=True)
class Diversity:
    """l-diversity of forecasts over pairs of a class and a question: the least, how often it is 1, of how many."""

    least: int
    alike: int
    pairs: int


def told_of_few(keys: Sequence[str], rows: Mapping[int, Sequence[object]], k: int) -> list[Combination]:
    """k-anonymity by question, by two together, and by all: the last of the list.

    >>> told_of_few(["sex"], {1: ["f"], 2: ["m"], 3: ["f"]}, 2)
    [Combination(keys=('sex',), classes=2, smallest=1, few=1, withheld=0)]
    """
    places = range(len(keys))
    taken = {one for count in (1, 2) for one in combinations(places, count)} | {tuple(places)}
    return [_combination(keys, rows, one, k) for one in sorted(taken, key=lambda one: (len(one), one))]


def _combination(
    keys: Sequence[str], rows: Mapping[int, Sequence[object]], places: Sequence[int], k: int
) -> Combination:
    taken = {person: [row[place] for place in places] for person, row in rows.items()}
    sizes = [len(alike) for alike in classes(taken)]
    return Combination(
        tuple(keys[place] for place in places),
        len(sizes),
        min(sizes, default=0),
        sum(size for size in sizes if size < k),
        sum(SUPPRESSED in row for row in taken.values()),
    )


def diversity(
    session: Session, survey: Survey, as_of: date, rows: Mapping[int, Sequence[object]]
) -> Diversity:
    """l-diversity of the forecasts that stood at the end of a day, over the classes of these people."""
    class_of = {person: place for place, alike in enumerate(classes(rows)) for person in alike}
    least, alike, pairs = 0, 0, 0
    for answers in _answers_by_question(session, survey, as_of):
        found: defaultdict[int, set[object]] = defaultdict(set)
        for person, values in answers:
            if person in class_of:
                found[class_of[person]].add(values)
        counts = [len(different) for different in found.values()]
        least = min([*counts, least] if least else counts, default=0)
        alike, pairs = alike + counts.count(1), pairs + len(counts)
    return Diversity(least, alike, pairs)


def _answers_by_question(
    session: Session, survey: Survey, as_of: date
) -> Iterator[Iterator[tuple[int, tuple[Any, ...]]]]:
    """For each question the last numbers of each person, in one statement for all."""
    last = (
        select(
            Submission.participant_id, Submission.question_id, func.max(Submission.revision).label("revision")
        )
        .where(
            Submission.survey_id == survey.id,
            Submission.received_at < day_start(as_of + timedelta(days=1)),
        )
        .group_by(Submission.participant_id, Submission.question_id)
        .subquery()
    )
    query = (
        select(
            Submission.question_id,
            Submission.participant_id,
            Forecast.option_id,
            Forecast.part,
            Forecast.value,
        )
        .join(
            last,
            (last.c.participant_id == Submission.participant_id)
            & (last.c.question_id == Submission.question_id)
            & (last.c.revision == Submission.revision),
        )
        .join(Forecast, Forecast.submission_id == Submission.id)
        .order_by(Submission.question_id, Submission.participant_id, Forecast.option_id, Forecast.part)
    )
    rows = connection_of(session).execute(query).yield_per(AT_ONCE)
    for _question, of_question in groupby(rows, itemgetter(0)):
        yield (
            (person, tuple(tuple(row[2:]) for row in numbers))
            for person, numbers in groupby(of_question, itemgetter(1))
        )


def _rows(session: Session, snapshot: Snapshot, _key: bytes) -> Iterator[Sequence[Value]]:
    told, k = released(session, snapshot), options_of(snapshot).k
    found = diversity(session, snapshot.survey, snapshot.as_of, told.rows)
    counted = told_of_few(told.keys, told.rows, k)
    for one in counted:
        of_all = one is counted[-1]
        yield (
            *study_of(snapshot),
            "|".join(one.keys) or "none",
            k,
            len(told.rows),
            one.classes,
            one.smallest,
            one.few,
            one.withheld,
            *((found.least, found.alike, found.pairs) if of_all else (None, None, None)),
        )


TABLE = Table(
    "disclosure",
    "Questions about oneself taken together: how many people share what this snapshot tells of their answers.",
    (
        STUDY,
        SNAPSHOT,
        Column(
            "combination",
            "string",
            "Keys of the questions, joined by |; none: there is no question to count by",
            required=True,
        ),
        Column("k", "integer", "Fewest people who may be alike; 1: nothing is withheld", required=True),
        Column("people", "integer", "People in the snapshot", required=True),
        Column("classes", "integer", "Classes of people of whom the same is told", required=True),
        Column("smallest_class", "integer", "People in the smallest class", required=True),
        Column("people_below_k", "integer", "People in classes of fewer than k", required=True),
        Column("people_suppressed", "integer", "People of whom an answer is withheld", required=True),
        Column(
            "least_diversity",
            "integer",
            "Of all together: fewest different last forecasts of a class on a question (distinct l-diversity)",
        ),
        Column(
            "pairs_alike",
            "integer",
            "Pairs of a class and a question on which all who answered said the same",
        ),
        Column("pairs", "integer", "Pairs of a class and a question that somebody in it answered"),
    ),
    _rows,
    key=("combination",),
)
