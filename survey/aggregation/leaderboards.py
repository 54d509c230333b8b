"""Leaderboards: on which outcomes one rests, and each person's mean drawn to that of all, from stored scores.

Peer scores rank chances, the skill beside the crowd ranks numbers and dates; the two are never added.

Two means that differ by one question tell how somebody did on it, and with the crowd's figures what they said
(differencing; Hundepool et al., 2012). So a leaderboard is made anew only once five questions have come out or were
corrected since, and that of a theme where five inside have and five or none outside it, as segments are.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session, aliased

from scoring.evaluation.shrinkage import shrunken
from scoring.timeline.leaderboards import mean_scores, standings

from ..models import Participant, Question, Resolution, Score, Survey
from ..store.engine import connection_of
from ..store.newest import Newest
from ..store.once import once
from .eligibility import counted
from .question_specs import spec_of
from .scores import scored_range
from .segments import MIN_CHANGED, nobody_or_enough
from .specification import Floats

#: Rules of scores that rank: on chances, on numbers and dates.
PEER, SKILL = "peer", "skill"
MEASURES = (PEER, SKILL)
#: Nobody is ranked who was scored on fewer questions.
LEAST_QUESTIONS = 5
#: Of intervals.
LEVEL = 0.9
#: Smallest sampling variance: where all scores are equal, chance has no part in them.
LEAST_VARIANCE = 1e-9


class Outcome(NamedTuple):
    """A resolution, and from when on its crowd is told to everybody who may see it."""

    told_from: datetime
    resolution: Resolution
    theme: int


@dataclass(frozen=True)
class Batches:
    """The ids of the resolutions on which leaderboards rest: of the survey, and of each theme that has its own."""

    survey: frozenset[int] = frozenset()
    themes: Mapping[int, frozenset[int]] = field(default_factory=dict)
    #: How many questions have come out or were corrected since the survey's was made.
    waiting: int = 0


@dataclass(frozen=True, eq=False)
class Means:
    """People and how they did, in the order of their ids; unrounded.

    Attributes
    ----------
    score, low, high : shape (people,)
        The mean drawn to that of all, and its interval (`LEVEL`); in points, or as a share of the crowd's penalty.
    coverage : shape (people,)
        Mean share of the questions' days on which a forecast stood.
    questions : shape (people,)
        How many of them each was scored on, `LEAST_QUESTIONS` or more.
    """

    person: NDArray[np.int64]
    score: Floats
    low: Floats
    high: Floats
    coverage: Floats
    questions: NDArray[np.int64]


def measure_of(question: Question) -> str:
    """Which leaderboard a question counts for."""
    return SKILL if spec_of(question).pooled == "quantiles" else PEER


def batches(outcomes: Iterable[Outcome]) -> Batches:
    """What leaderboards of one measure rest on, from all outcomes whose crowd is told by now, superseded ones too."""
    standing: dict[tuple[int, int | None], Outcome] = {}
    #: Theme to its questions that changed: since the survey's leaderboard was made, and since the theme's was.
    since: dict[int, set[int]] = {}
    pending: dict[int, set[int]] = {}
    found = Batches()
    for one in sorted(outcomes, key=lambda one: (one.told_from, one.resolution.id)):
        made = one.resolution
        part = made.question_id, made.option_id
        # Nothing stood of it, so nothing changes.
        if made.annulled and part not in standing:
            continue
        if made.annulled:
            del standing[part]
        else:
            standing[part] = one
        for changed in (since, pending):
            changed.setdefault(one.theme, set()).add(made.question_id)
        if sum(map(len, since.values())) >= MIN_CHANGED:
            since = {}
            moving = _moving(pending)
            themes = dict(found.themes) | {theme: _ids(standing.values(), theme) for theme in moving}
            pending = {theme: changed for theme, changed in pending.items() if theme not in moving}
            found = Batches(_ids(standing.values()), themes)
    return Batches(found.survey, found.themes, sum(map(len, since.values())))


def _moving(pending: Mapping[int, set[int]]) -> set[int]:
    """The themes that are told anew: enough has changed in each, and enough or nothing in all that are not."""
    enough = {theme for theme, changed in pending.items() if len(changed) >= MIN_CHANGED}
    besides = sum(len(changed) for theme, changed in pending.items() if theme not in enough)
    return enough if nobody_or_enough(besides, MIN_CHANGED) else set()


def _ids(standing: Iterable[Outcome], theme: int | None = None) -> frozenset[int]:
    return frozenset(one.resolution.id for one in standing if theme in (None, one.theme))


#: The last means of each database, by what they rest on: 10,000 people's take half a second to draw together.
_made: WeakKeyDictionary[Any, Newest[Any, Means]] = WeakKeyDictionary()
#: So many are kept of a database.
MOST_KEPT = 64


def means(session: Session, survey: Survey, measure: str, resolutions: frozenset[int]) -> Means:
    """How everybody did on these resolutions; made once, until one of them or one of the people changes.

    Insiders, who run the survey, have no place among those they ask.
    """
    rests_on = (survey.id, measure, resolutions, *_version(session, survey))
    kept = _made.setdefault(session.get_bind(), Newest(MOST_KEPT))
    found = kept.get(rests_on)
    if found is None:
        # Under no lock: two who make the same at once cost less than all who wait for one.
        found = _READERS[measure](session, survey, resolutions)
        kept.put(rests_on, found)
    return found


@once
def _version(session: Session, survey: Survey) -> tuple[object, ...]:
    """What changes with the people who are ranked, and with the database, should another take the place of this one.

    Of people: how many are left out, and the sum of their ids; they were erased, or have come to run the survey.
    Newcomers change nothing, for they have no scores. Of the database: its newest outcome, and the sum of its scores.
    """
    people = select(func.count(), func.sum(Participant.id))
    people = people.where(Participant.survey_id == survey.id, ~counted(survey))
    newest = select(Resolution.id).filter_by(survey_id=survey.id).order_by(Resolution.id.desc()).limit(1)
    scores = select(func.sum(Score.value)).where(Score.resolution_id == newest.scalar_subquery())
    of_newest = select(Resolution.resolved_at).where(Resolution.id == newest.scalar_subquery())
    return tuple(
        session.execute(
            people.add_columns(
                newest.scalar_subquery(), scores.scalar_subquery(), of_newest.scalar_subquery()
            )
        ).one()
    )


def _peers(session: Session, survey: Survey, resolutions: frozenset[int]) -> Means:
    """Of a ladder each question's mean over the rungs that came out."""
    query = _scores(survey, resolutions, Score.value).where(Score.rule == "peer")
    person, question, coverage, value = _columns(connection_of(session).execute(query).all(), 4)
    # By person and then question, so that every sum is of the same numbers in the same order on both databases.
    pairs, row, rows = np.unique(
        np.array([person, question]), axis=1, return_inverse=True, return_counts=True
    )
    row = row.reshape(-1)

    def mean(column: Floats) -> Floats:
        return np.bincount(row, weights=column, minlength=rows.size) / rows

    return _drawn(pairs[0].astype(np.int64), mean(value), mean(coverage))


def _skills(session: Session, survey: Survey, resolutions: frozenset[int]) -> Means:
    """Penalties in shares of each question's range, weighted by the crowd's: a ratio of sums, no mean of ratios."""
    crowd = aliased(Score)
    query = (
        _scores(survey, resolutions, Score.value, crowd.value)
        .join(
            crowd,
            (crowd.resolution_id == Score.resolution_id) & (crowd.participant_id == Score.participant_id),
        )
        .where(Score.rule == "wis_shared", crowd.rule == "wis_crowd")
    )
    person, question, coverage, own, reference = _columns(connection_of(session).execute(query).all(), 5)
    # As in `_peers`: in another order a sum has other last digits.
    order = np.lexsort((question, person))
    person, question, coverage, own, reference = (
        column[order] for column in (person, question, coverage, own, reference)
    )
    width = {one.id: scored_range(spec_of(one)) for one in survey.questions if measure_of(one) == SKILL}
    scale = np.array([width[int(key)] for key in question.tolist()])
    own, reference = own / scale, reference / scale
    has = reference > 0
    # Where the crowd's penalty is 0 its weight is too: the row counts for nothing, whatever it says.
    saved = 1 - np.divide(own, reference, where=has, out=np.ones_like(own))
    return _drawn(person.astype(np.int64), saved, coverage, reference)


def _scores(survey: Survey, resolutions: frozenset[int], *values: Any) -> Select[Any]:
    return (
        select(Score.participant_id, Score.question_id, Score.coverage, *values)
        .join(Participant, Participant.id == Score.participant_id)
        .where(Score.resolution_id.in_(resolutions), counted(survey))
    )


def _columns(rows: Iterable[Row[Any]], count: int) -> list[Floats]:
    found = np.array([tuple(row) for row in rows], dtype=float).reshape(-1, count)
    return list(found.T)


def _drawn(person: NDArray[np.int64], score: Floats, coverage: Floats, weight: Floats | None = None) -> Means:
    """One row for each person and question to the means of those who have enough of them."""
    people, rows = np.unique(person, return_counts=True)
    enough = np.isin(person, people[rows >= LEAST_QUESTIONS])
    person, score, coverage = person[enough], score[enough], coverage[enough]
    found = mean_scores(person, score, None if weight is None else weight[enough])
    covered = standings(person, score, coverage)
    shares = (covered.coverage / covered.contributions)[np.isin(covered.person, found.person)]
    if found.person.size < 3:
        # Of two, nothing can be said of how far people are apart; no survey may show so few.
        return Means(found.person, found.mean, found.mean, found.mean, shares, found.contributions)
    drawn = shrunken(found.mean, np.maximum(found.variance, LEAST_VARIANCE), level=LEVEL)
    return Means(found.person, drawn.estimate, drawn.low, drawn.high, shares, found.contributions)


_READERS: dict[str, Callable[[Session, Survey, frozenset[int]], Means]] = {PEER: _peers, SKILL: _skills}
