"""The rules of three-point answers: lowest, best and highest probability of each claim by each person."""

import numpy as np
from numpy.typing import ArrayLike

from scoring import checks, crowds
from scoring.checks import FloatArray


def points(lower: ArrayLike, best: ArrayLike, upper: ArrayLike) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The three points, checked, each of shape (people, claims).

    Examples
    --------
    >>> low, best, high = points([[0.25]], [[0.5]], [[0.75]])
    >>> low.shape, float(best[0, 0])
    ((1, 1), 0.5)
    """
    middle = answers("best", best)
    low, high = (_for_all(name, one, middle) for name, one in (("lower", lower), ("upper", upper)))
    for name, array in (("lower", low), ("upper", high)):
        if array.shape != middle.shape:
            raise ValueError(f"{name} must have the shape of best, {middle.shape}, got {array.shape}")
        if (np.isnan(array) != np.isnan(middle)).any():
            raise ValueError(
                f"{name} must be NaN exactly where best is, for a person answers all three or none"
            )
    _in_order("lower", low, middle, "not lie above best")
    _in_order("upper", middle, high, "not lie below best")
    return low, middle, high


def _for_all(name: str, value: ArrayLike, best: FloatArray) -> FloatArray:
    """Answers, of which one value stands beside every best estimate that is there."""
    alone = checks.probabilities(name, value, missing=True)
    return answers(name, alone if alone.ndim else np.where(np.isnan(best), np.nan, alone))


def answers(name: str, value: ArrayLike) -> FloatArray:
    """Probabilities of shape (people, claims), NaN where missing.

    Examples
    --------
    >>> answers("best", [[0.5, float("nan")]])
    array([[0.5, nan]])
    """
    return crowds.crowd(name, checks.probabilities(name, value, missing=True), axes=2)


def every_claim_answered(best: FloatArray) -> FloatArray:
    """Answers of which every claim has one or more.

    Examples
    --------
    >>> every_claim_answered(np.array([[0.5, np.nan], [0.25, 0.75]]))
    array([[0.5 ,  nan],
           [0.25, 0.75]])
    """
    empty = np.flatnonzero(np.isnan(best).all(axis=0))
    if empty.size:
        raise ValueError(f"best must hold one answer or more on each claim, got none on claim {empty[0]}")
    return best


def _in_order(name: str, less: FloatArray, more: FloatArray, rule: str) -> None:
    wrong = np.argwhere(less > more)
    if wrong.size:
        place = tuple(int(axis) for axis in wrong[0])
        raise ValueError(f"{name} must {rule}, got {less[place]} and {more[place]} at {list(place)}")
