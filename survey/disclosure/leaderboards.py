"""Leaderboards as they are told: who sees one, of how many people, in two digits, named by consent alone.

A row tells of what somebody said beside what the crowd did. So it goes by the crowd's own door: told where this
reader may see the crowd of every outcome it rests on, of a cell of people and more, and nowhere that anybody may
join: there people can be made up, and whoever makes them up knows all others' answers but one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scoring.timeline.leaderboards import ranks

from .. import clock
from ..aggregation.leaderboards import Batches, Means, Outcome, batches, means, measure_of
from ..aggregation.publications import is_live
from ..aggregation.rounding import rounded_leaderboard_score
from ..aggregation.segments import ALL
from ..aggregation.specification import Floats
from ..models import LeaderboardName, Publication, Question, Resolution, Survey, Theme
from ..store.once import once
from .access import Denial, Viewer, denial_reason, pending_questions
from .aggregates import get_aggregate


class NoLeaderboard(StrEnum):
    """Why there is no leaderboard to see; only the last two depend on what others did."""

    PILOT = "pilot"
    ORGANIZERS_ONLY = "organizers only"
    #: Anybody may join, so that people can be made up.
    OPEN = "open to anybody"
    #: Fewer than five questions have come out whose crowd is told.
    AWAITED = "awaited"
    #: This reader is not shown the crowd of each of them; see `Hidden.denial`.
    UNSEEN = "unseen"
    TOO_FEW = "too few people"


@dataclass(frozen=True)
class Hidden:
    """Why a reader is shown none, and what they have yet to answer or skip first."""

    reason: NoLeaderboard
    denial: Denial | None = None
    pending: Sequence[Question] = ()


@dataclass(frozen=True)
class Place:
    """A row of a leaderboard.

    Attributes
    ----------
    place
        1 for the best; equal scores share the best of their places.
    name
        By the person's consent; None for everybody else.
    own
        Whether it is the reader's.
    score, low, high
        Mean peer score in whole points, or skill to a hundredth, drawn to the mean of all, with its 90 % interval;
        to two digits.
    questions, coverage
        On how many questions, and the mean share of their days on which a forecast stood, to a hundredth.
    """

    place: int
    name: str | None
    own: bool
    score: float
    low: float
    high: float
    questions: int
    coverage: float


@dataclass(frozen=True, eq=False)
class Leaderboard:
    """Everybody who was scored on enough questions, the best first.

    Attributes
    ----------
    resolutions
        The ids of the outcomes it rests on.
    questions
        How many questions these are of.
    waiting
        How many have come out, or were corrected, since.
    people
        How many people are ranked.
    themes
        Ids of the themes that have a leaderboard of their own.
    own
        The place of the reader's row in it, from 0; None where they have none.
    """

    measure: str
    questions: int
    waiting: int
    people: int
    themes: frozenset[int]
    own: int | None
    _rounded: "_Rounded" = field(repr=False)
    _names: Callable[[], Mapping[int, str]] = field(repr=False)

    @property
    def reach(self) -> tuple[float, float]:
        """From the lowest end of any interval to the highest."""
        return float(self._rounded.low.min()), float(self._rounded.high.max())

    def rows(self, start: int = 0, stop: int | None = None) -> list[Place]:
        """Some of the rows, by default all."""
        names = self._names()
        return [self._row(at, names) for at in range(self.people)[start:stop]]

    def _row(self, at: int, names: Mapping[int, str]) -> Place:
        told = self._rounded
        return Place(
            place=int(told.place[at]),
            name=names.get(int(told.person[at])),
            own=at == self.own,
            score=float(told.score[at]),
            low=float(told.low[at]),
            high=float(told.high[at]),
            questions=int(told.questions[at]),
            coverage=float(told.coverage[at]),
        )


@dataclass(frozen=True, eq=False)
class _Rounded:
    """Columns of a leaderboard in its order."""

    place: NDArray[np.int64]
    person: NDArray[np.int64]
    score: Floats
    low: Floats
    high: Floats
    questions: NDArray[np.int64]
    coverage: Floats


def get_leaderboard(
    session: Session, viewer: Viewer, survey: Survey, measure: str, theme: Theme | None = None
) -> Leaderboard | Hidden:
    """The leaderboard of a survey or theme on one of `MEASURES`, as this viewer is shown it."""
    never = never_shown(survey)
    if never is not None:
        return Hidden(never)
    told = _batches(session, survey)[measure]
    rests_on = told.survey if theme is None else told.themes.get(theme.id, frozenset())
    if not rests_on:
        return Hidden(NoLeaderboard.AWAITED)
    questions = [one for one in survey.questions if any(made.id in rests_on for made in one.resolutions)]
    hidden = _unseen(session, viewer, questions)
    if hidden is not None:
        return hidden
    found = means(session, survey, measure, rests_on)
    # Last: how many there are depends on others, and is told to nobody who may not see their crowd.
    if found.person.size < survey.cell:
        return Hidden(NoLeaderboard.TOO_FEW)
    rounded = _rounded(found, measure)
    mine = np.flatnonzero(rounded.person == (viewer.participant.id if viewer.participant else 0))
    return Leaderboard(
        measure=measure,
        questions=len(questions),
        waiting=told.waiting,
        people=int(found.person.size),
        themes=frozenset(told.themes),
        own=int(mine[0]) if mine.size else None,
        _rounded=rounded,
        _names=lambda: _names(session, survey),
    )


def never_shown(survey: Survey) -> NoLeaderboard | None:
    """What rules a leaderboard out by how the survey was set up; None where nothing does."""
    if survey.pilot:
        return NoLeaderboard.PILOT
    if survey.reveal == "organizers only":
        return NoLeaderboard.ORGANIZERS_ONLY
    return NoLeaderboard.OPEN if survey.guarded else None


def _unseen(session: Session, viewer: Viewer, questions: Sequence[Question]) -> Hidden | None:
    """Which rule keeps the crowd of one of these questions from this viewer; None where none does."""
    denials = [denial_reason(session, viewer, question) for question in questions]
    denial = next((one for one in denials if one is not None), None)
    if denial is None:
        return None
    person = viewer.participant
    if person is None or denial is not Denial.UNANSWERED:
        return Hidden(NoLeaderboard.UNSEEN, denial)
    pending = {one for question in questions for one in pending_questions(session, person, question)}
    return Hidden(NoLeaderboard.UNSEEN, denial, sorted(pending, key=lambda one: one.position))


@once
def _batches(session: Session, survey: Survey) -> dict[str, Batches]:
    """What the leaderboards of each measure rest on now, whoever asks."""
    now = clock.now(session)
    found: dict[str, list[Outcome]] = {"peer": [], "skill": []}
    published = _published(session, survey)
    for question in survey.questions:
        for made in question.resolutions:
            outcome = _told(session, question, made, published)
            if outcome is not None and outcome.told_from <= now:
                found[measure_of(question)].append(outcome)
    return {measure: batches(outcomes) for measure, outcomes in found.items()}


def _told(
    session: Session, question: Question, made: Resolution, published: Mapping[int, "_Published"]
) -> Outcome | None:
    """An outcome with the moment from which its crowd is told; None where that of its part never was.

    One moment for all readers: a leaderboard that counted for each what they see would differ by single questions.
    """
    survey, since = question.survey, made.resolved_at
    if is_live(survey):
        # An owner sees what there is: what a leaderboard rests on must not depend on who asks.
        shown = get_aggregate(session, Viewer(role="owner"), question)
        parts = set() if isinstance(shown, Denial) else set(shown.options)
    elif question.id in published:
        parts, since = published[question.id].parts, max(since, published[question.id].first)
    else:
        return None
    if survey.reveal == "after close":
        since = max(since, question.ends_at)
    tells = bool(parts) if made.option is None else made.option.key in parts
    return Outcome(since, made, question.theme_id) if tells else None


class _Published(NamedTuple):
    """When a question was first published, and the parts its last publication tells."""

    first: datetime
    parts: set[str]


def _published(session: Session, survey: Survey) -> dict[int, _Published]:
    """What was published of a survey, by id of the question."""
    ends = (
        select(
            Publication.question_id,
            func.min(Publication.published_at).label("first"),
            func.max(Publication.as_of).label("last"),
        )
        .where(Publication.survey_id == survey.id)
        .group_by(Publication.question_id)
        .subquery()
    )
    query = select(Publication.question_id, ends.c.first, Publication.figures).join(
        ends, (ends.c.question_id == Publication.question_id) & (ends.c.last == Publication.as_of)
    )
    return {
        question: _Published(first, set(figures.get(ALL, {}).get("options", {})))
        for question, first, figures in session.execute(query)
    }


#: What was rounded of means that are kept.
_kept: WeakKeyDictionary[Means, _Rounded] = WeakKeyDictionary()


def _rounded(found: Means, measure: str) -> _Rounded:
    """As it is told, put in order once."""
    if found not in _kept:
        _kept[found] = _in_order(found, measure)
    return _kept[found]


def _in_order(found: Means, measure: str) -> _Rounded:
    """Ordered and ranked by that alone, for an order by more digits would tell them."""

    def told(values: Floats) -> Floats:
        return np.array([rounded_leaderboard_score(value, measure) for value in values.tolist()])

    score = told(found.score)
    # Rounded by itself, an end could leave the score outside.
    low, high = np.minimum(told(found.low), score), np.maximum(told(found.high), score)
    place, coverage = ranks(score), np.round(found.coverage, 2)
    # Last by id, so that those who are alike in all that is told keep their order from page to page.
    order = np.lexsort((found.person, -coverage, -found.questions, place))
    return _Rounded(
        place=place[order],
        person=found.person[order],
        score=score[order],
        low=low[order],
        high=high[order],
        questions=found.questions[order],
        coverage=coverage[order],
    )


@once
def _names(session: Session, survey: Survey) -> dict[int, str]:
    """Names by id of who chose them; none in protected surveys, nor those that an organizer withholds."""
    if survey.protected:
        return {}
    query = select(LeaderboardName.participant_id, LeaderboardName.name).where(
        LeaderboardName.survey_id == survey.id,
        LeaderboardName.name.is_not(None),
        LeaderboardName.withheld_at.is_(None),
    )
    return {person: name for person, name in session.execute(query) if name is not None}
