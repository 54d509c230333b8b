"""Trials of methods that read three-point answers: lowest, best and highest probability of each person."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from ..checks import FloatArray
from ..pools import three_point
from ..pools.three_point_weights import shift_weights
from .crowds import Crowd, table_of
from .trials import Refused, Trial, Trials, Value, name_of, spread

#: Lower, best and upper points, each of shape (people, claims).
Points = tuple[FloatArray, FloatArray, FloatArray]

UNASKED = Refused("there are no three-point answers")


@dataclass(frozen=True, eq=False)
class ThreePointArrays:
    """The three-point answers to those questions that have one or more."""

    #: Where each stands among all questions, and how many these are.
    places: list[int]
    questions: int
    now: Points
    first: Points


def try_three_points(crowds: Sequence[Crowd]) -> Trials:
    """Every method that weighs by three-point answers."""
    asked = [at for at, crowd in enumerate(crowds) if crowd.binary and crowd.ends is not None]
    if not asked:
        return Trials(left_out=["weights by three-point answers: there are no columns lower and upper"])
    now = _points([crowds[at] for at in asked])
    kept = [place for place, claim in enumerate(now[1].T) if not np.isnan(claim).all()]
    if not kept:
        return Trials(left_out=["weights by three-point answers: no answer has both ends, in order"])
    first = _points([crowds[at] for at in asked], first=True)
    places = [asked[place] for place in kept]
    answers = ThreePointArrays(places, len(crowds), _of(now, kept), _of(first, kept))
    return _tried(answers, sum(crowds[at].people for at in asked), int(np.count_nonzero(~np.isnan(now[1]))))


def _tried(answers: ThreePointArrays, given: int, whole: int) -> Trials:
    tried = Trials([_trial(key, partial(_weighed, answers, key)) for key in three_point.WEIGHTS])
    tried.trials.append(_trial("mixture_median", partial(_mixed, answers)))
    if given > whole:
        tried.left_out.append(
            f"{given - whole} of {given} answers from the weights by three-point answers: an end is missing, or "
            "the best estimate lies outside of the two"
        )
    if not _two_rounds(answers):
        tried.left_out.append(f"{name_of('shift')}: nobody changed an answer")
    else:
        tried.trials.append(_trial("shift", partial(_shifted, answers)))
    return tried


def _two_rounds(answers: ThreePointArrays) -> bool:
    """Whether any answer differs from the same person's first."""
    pairs = zip(answers.now, answers.first, strict=True)
    return any(bool((np.abs(now - first) > 0).any()) for now, first in pairs)


def _trial(key: str, values: Callable[[], list[Value]]) -> Trial:
    return Trial(key, name_of(key), values)


def _weighed(answers: ThreePointArrays, key: str) -> list[Value]:
    return _spread(answers, three_point.pool(*answers.now, method=key))


def _mixed(answers: ThreePointArrays) -> list[Value]:
    return _spread(answers, three_point.mixture_median(*answers.now))


def _shifted(answers: ThreePointArrays) -> list[Value]:
    weight = shift_weights(answers.first, answers.now)
    return _spread(answers, three_point.weighted_best(answers.now[1], weight))


def _spread(answers: ThreePointArrays, values: FloatArray) -> list[Value]:
    return spread((float(value) for value in values), answers.places, answers.questions, UNASKED)


def _points(crowds: Sequence[Crowd], first: bool = False) -> Points:
    """Everyone's three points; NaN in all three where an end is missing or out of order."""
    best = [crowd.first if first else crowd.forecast for crowd in crowds]
    ends = [crowd.first_ends if first else crowd.ends for crowd in crowds]
    low, high = ([one[:, side] for one in ends if one is not None] for side in (0, 1))
    lower, middle, upper = (table_of(crowds, column) for column in (low, best, high))
    wrong = ~((lower <= middle) & (middle <= upper))
    for table in (lower, middle, upper):
        table[wrong] = np.nan
    return lower, middle, upper


def _of(points: Points, claims: list[int]) -> Points:
    lower, best, upper = (table[:, claims] for table in points)
    return lower, best, upper
