"""Who stands where on a question at some point of its life: each person's latest forecast, and its weights."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..checks import FloatArray, IntArray
from ..pools.weights import by_rank
from ..timeline.days import standing
from .reading import Data, Question

#: Fewer people than this are no crowd: every method gives back what the one person said.
CROWD = 2


@dataclass(frozen=True, eq=False)
class Crowd:
    """The forecasts that stand on one question, a row for each of n people, in order of time."""

    question: Question
    #: Who: positions among the data's forecasters; shape (n,).
    person: IntArray
    #: What they say now, and what the same people said first; shape (n,), (n, K) or (n, L).
    forecast: FloatArray
    #: Lower and upper ends beside what they say now and beside what they said first, (n, 2); or nothing.
    ends: FloatArray | None
    first: FloatArray
    first_ends: FloatArray | None
    #: How many forecasts each has given; shape (n,).
    given: IntArray
    #: When each forecast was made, the default's weights by whole days, and those by rank; shape (n,).
    time: FloatArray
    fade: FloatArray
    rank: FloatArray

    @property
    def people(self) -> int:
        return self.person.size

    @property
    def moment(self) -> float:
        """When the newest forecast was made: what became known later can't have been used."""
        return float(self.time.max())

    @property
    def timed(self) -> bool:
        """Whether the standing forecasts are of different times, so that weights by time mean something."""
        return bool(np.ptp(self.time) > 0)

    @property
    def binary(self) -> bool:
        return not self.question.options and not self.question.levels


def crowds_of(data: Data, share: float) -> tuple[list[Crowd], list[str]]:
    """The crowds of two or more at a share of each question's life, and the names of the other questions."""
    found, small = [], []
    for question in data.questions:
        crowd = crowd_at(question, share)
        if crowd is None:
            small.append(question.key)
        else:
            found.append(crowd)
    return found, small


def crowd_at(question: Question, share: float) -> Crowd | None:
    """Who stands at a share of the time from the first forecast to the last; nobody where they are too few."""
    if question.time.size == 0:
        return None
    begin, end = question.time.min(), question.time.max()
    there = np.flatnonzero(question.time <= begin + share * (end - begin))
    person, time = question.person[there], question.time[there]
    # By whole days, as a survey's own crowd fades: a moment within one makes nobody older.
    latest = standing(person, np.floor(time).astype(np.int64), np.ones(there.size, dtype=np.bool_))
    if latest.event.size < CROWD:
        return None
    rows = there[latest.event]
    first, given = _firsts(person, there, question.person[rows])
    ends = question.ends
    return Crowd(
        question=question,
        person=question.person[rows],
        forecast=question.forecast[rows],
        ends=None if ends is None else ends[rows],
        first=question.forecast[first],
        first_ends=None if ends is None else ends[first],
        given=given,
        time=question.time[rows],
        fade=latest.weight,
        rank=by_rank(question.time[rows]),
    )


def _firsts(person: IntArray, there: IntArray, who: IntArray) -> tuple[IntArray, IntArray]:
    """The first forecast of each of `who`, as a position in the question, and how many they gave."""
    people, first, count = np.unique(person, return_index=True, return_counts=True)
    place = np.searchsorted(people, who)
    return there[first[place]], count[place]


def table_of(crowds: Sequence[Crowd], columns: Sequence[FloatArray]) -> FloatArray:
    """One number for each person on each question as a table (people, questions), NaN for who is not there."""
    people = np.unique(np.concatenate([crowd.person for crowd in crowds]))
    table = np.full((people.size, len(crowds)), math.nan)
    for at, (crowd, column) in enumerate(zip(crowds, columns, strict=True)):
        table[np.searchsorted(people, crowd.person), at] = column
    return table
