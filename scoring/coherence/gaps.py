"""Coherence: by how much probabilities break the relations between events, and a ladder brought into order.

A gap is 0 where the relation holds; its size is in probability and its sign says on which side the excess
is. Forecasts that are missing are NaN and make the gap NaN: nothing is known then.
"""

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from scoring import checks, crowds
from scoring.checks import FloatArray

Kind = Literal["implies", "equals", "excludes", "partition"]

#: The gap of each kind of relation, from probabilities with the events on the last axis.
_GAPS: dict[str, Callable[[FloatArray], FloatArray]] = {
    "implies": lambda p: np.maximum(p[..., 0] - p[..., 1], 0),
    "equals": lambda p: p[..., 0] - p[..., 1],
    "excludes": lambda p: np.maximum(p.sum(axis=-1) - 1, 0),
    "partition": lambda p: p.sum(axis=-1) - 1,
}
_OF_TWO = ("implies", "equals")


def gap(kind: Kind, probabilities: ArrayLike) -> FloatArray:
    """By how much the probabilities of a relation's events break it.

    ========== ====================================== =====================================
    kind       the relation                            the gap
    ========== ====================================== =====================================
    implies    if the first then the second, p0 ≤ p1   max(0, p0 - p1)
    equals     the same event twice, p0 = p1           p0 - p1, negative if the first is low
    excludes   at most one of them, Σ p ≤ 1            max(0, Σ p - 1)
    partition  exactly one of them, Σ p = 1            Σ p - 1, negative if too little
    ========== ====================================== =====================================

    Parameters
    ----------
    kind : one of the four
    probabilities : shape S + (events,)
        Probabilities of the events in their declared order, 0 to 1: two for implies and equals, two or more
        for the others. NaN: unanswered.

    Returns
    -------
    shape S
        0 where the relation holds, up to rounding. NaN where a probability is missing.

    Raises
    ------
    ValueError
        If the kind is unknown or the number of events does not suit it.

    Examples
    --------
    >>> gap("implies", [[0.5, 0.25], [0.25, 0.5]])
    array([0.25, 0.  ])
    >>> gap("partition", [0.5, 0.25])
    array(-0.25)
    """
    if kind not in _GAPS:
        raise ValueError(f"kind must be one of {', '.join(_GAPS)}, got {kind!r}")
    given = checks.options("probabilities", probabilities, missing=True)
    if kind in _OF_TWO and given.shape[-1] != 2:
        raise ValueError(f"probabilities must be of two events for {kind!r}, got shape {given.shape}")
    return np.asarray(_GAPS[kind](given))


def total_gap(given: ArrayLike, if_yes: ArrayLike, if_no: ArrayLike, event: ArrayLike) -> FloatArray:
    """The law of total probability: how far an event's probability is from what a conditional pair says about it.

    The law of total probability: ``P(E) = P(C) P(E | C) + (1 - P(C)) P(E | not C)``.

    Parameters
    ----------
    given, if_yes, if_no, event : shape S each
        P(C), P(E | C), P(E | not C) and P(E), 0 to 1. NaN: unanswered.

    Returns
    -------
    shape S
        P(E) minus the right-hand side: positive where the event was given more than its branches say, 0 where
        they agree. NaN where a probability is missing.

    Examples
    --------
    >>> total_gap(0.25, 0.5, 0.25, 0.5)
    array(0.1875)
    """
    condition = checks.probabilities("given", given, missing=True)
    branches = {"if_yes": if_yes, "if_no": if_no, "event": event}
    checked = [checks.probabilities(name, value, missing=True) for name, value in branches.items()]
    for name, array in zip(branches, checked, strict=True):
        if array.shape != condition.shape:
            raise ValueError(f"{name} must have the shape of given, {condition.shape}, got {array.shape}")
    yes, no, whole = checked
    return np.asarray(whole - (condition * yes + (1 - condition) * no))


def in_order(probabilities: ArrayLike, people: ArrayLike) -> FloatArray:
    """Isotonic regression of a ladder: the nearest chances that never fall from a date to a later one.

    Where they fall, the rungs between share their mean, each by its people: least squares by pooling adjacent
    violators. A ladder that is in order stays as it is, and a higher ladder stays the higher one.

    Parameters
    ----------
    probabilities : shape (rungs,)
        Chances that something has happened by each date, the earliest first; 0 to 1.
    people : shape (rungs,)
        How many answered each; above 0.

    Returns
    -------
    shape (rungs,)
        Never falling; their mean by people is that of `probabilities`.

    References
    ----------
    Barlow, Bartholomew, Bremner and Brunk (1972), Statistical Inference under Order Restrictions, Wiley.

    Examples
    --------
    >>> in_order([0.25, 0.5, 0.25, 0.75], [10, 10, 30, 30])
    array([0.25  , 0.3125, 0.3125, 0.75  ])
    """
    from scipy.optimize import isotonic_regression  # as in `_programs.solve`

    given = checks.vector("probabilities", checks.probabilities("probabilities", probabilities))
    count = crowds.weights(people, given.size, "people")
    # A mean of certain chances may be 1 + 2e-16.
    return np.asarray(isotonic_regression(given, weights=count).x).clip(0, 1)
