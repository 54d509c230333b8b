"""Contribution-weighted model: weights from what people added to the crowd's score on earlier questions.

Shapes: probability (people, questions) with NaN where a person did not answer, outcome (questions,) of 0 and
1. The weights then hold for the next question, through any pool that takes weights. Weights learned and
tested on the same questions flatter themselves: `contribution_weights_elsewhere` gives weights for each
question that are learned on all others.

Points are higher-is-better here, ``S = 100 - 100 (p - o)²``: 100 is a perfect forecast, 75 is always 50 %.
"""

import numpy as np
from numpy.typing import ArrayLike

from scoring import checks, crowds
from scoring.checks import FloatArray

#: Points closer than this are the same: room for rounding.
SAME_POINTS = 1e-9


def contributions(probability: ArrayLike, outcome: ArrayLike) -> FloatArray:
    """What each person adds to the crowd's score: ``mean over q of S_q(crowd) - S_q(crowd without i)``.

    The crowd is the mean of everyone's probabilities on the question, and S are the points above. On a
    question that nobody else answered there is no crowd without the person, so it is skipped.

    Parameters
    ----------
    probability : shape (people, questions)
        Probabilities, 0 to 1. NaN: abstains.
    outcome : shape (questions,)
        0 or 1, what came out.

    Returns
    -------
    shape (people,)
        Points, higher is better: above 0 for who makes the crowd better. NaN where no question is left.

    References
    ----------
    Budescu and Chen (2015), Management Science 61, 267-280.

    Examples
    --------
    The crowd of both has 93.75 points; without the first it would have 75, without the second 100.

    >>> contributions([[1.0], [0.5]], [1])
    array([18.75, -6.25])
    """
    return _mean(_differences(probability, outcome))


def contribution_weights(probability: ArrayLike, outcome: ArrayLike) -> FloatArray:
    """Weights in proportion to a positive contribution; others get none.

    Parameters
    ----------
    probability : shape (people, questions)
        Probabilities, 0 to 1, on resolved questions. NaN: abstains. Five questions or more for each person
        make the contribution worth something.
    outcome : shape (questions,)
        0 or 1, what came out.

    Returns
    -------
    shape (people,)
        Weights that sum to 1; all the same where nobody's contribution is positive.

    References
    ----------
    Budescu and Chen (2015), Management Science 61, 267-280; Chen, Budescu, Lakshmikanth, Mellers and Tetlock
    (2016), Decision Analysis 13, 128-152.

    Examples
    --------
    >>> contribution_weights([[1.0], [0.5], [0.25]], [1])
    array([1., 0., 0.])
    """
    return _positive(contributions(probability, outcome))


def contribution_weights_elsewhere(probability: ArrayLike, outcome: ArrayLike) -> FloatArray:
    """For each question the weights that all other questions give: to report the model out of sample.

    Parameters
    ----------
    probability : shape (people, questions)
        Probabilities, 0 to 1, on two resolved questions or more. NaN: abstains.
    outcome : shape (questions,)
        0 or 1, what came out.

    Returns
    -------
    shape (people, questions)
        Column q holds weights that sum to 1 and do not depend on question q.

    References
    ----------
    Budescu and Chen (2015), Management Science 61, 267-280.

    Examples
    --------
    The first person was right on the first question alone, which gives weight on the second:

    >>> contribution_weights_elsewhere([[1.0, 0.0], [0.5, 0.5]], [1, 1])
    array([[0., 1.],
           [1., 0.]])
    """
    difference = _differences(probability, outcome)
    if difference.shape[1] < 2:
        raise ValueError(f"probability must hold two questions or more, got shape {difference.shape}")
    there = ~np.isnan(difference)
    value = np.where(there, difference, 0)
    # Everything less the question itself, at once: no crowd is made anew for each question that is left out.
    others = there.sum(axis=1, keepdims=True) - there
    total = value.sum(axis=1, keepdims=True) - value
    return np.column_stack([_positive(column) for column in ratio(total, others).T])


def resolved(probability: ArrayLike, outcome: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Probabilities (people, questions) with one answer or more, and outcomes (questions,).

    Examples
    --------
    >>> given, came = resolved([[0.5, 0.75]], [1, 0])
    >>> given, came
    (array([[0.5 , 0.75]]), array([1., 0.]))
    """
    given = crowds.crowd(
        "probability", checks.probabilities("probability", probability, missing=True), axes=2
    )
    came = checks.outcomes("outcome", outcome)
    came = came if came.ndim else np.broadcast_to(came, given.shape[1:])
    if came.shape != given.shape[1:]:
        raise ValueError(
            f"outcome must have shape {given.shape[1:]}, one for each question, got {came.shape}"
        )
    if np.isnan(given).all():
        raise ValueError(f"probability must hold one answer or more, got NaN alone in shape {given.shape}")
    return given, came


def brier_points(probability: FloatArray, outcome: FloatArray) -> FloatArray:
    """Points of probabilities: 100 less 50 times the two-sided Brier score.

    Examples
    --------
    >>> brier_points(np.array([1.0, 0.5, 0.0]), np.array([1.0, 1.0, 1.0]))
    array([100.,  75.,   0.])
    """
    return 100 - 100 * (probability - outcome) ** 2


def ratio(total: FloatArray, count: FloatArray) -> FloatArray:
    """Total over count; NaN where nothing was counted.

    Examples
    --------
    >>> ratio(np.array([3.0, 0.0]), np.array([2.0, 0.0]))
    array([1.5, nan])
    """
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _differences(probability: ArrayLike, outcome: ArrayLike) -> FloatArray:
    """Points of the crowd less those of the crowd without the person, NaN where there is none."""
    given, came = resolved(probability, outcome)
    there = ~np.isnan(given)
    value = np.where(there, given, 0)
    count, total = there.sum(axis=0), value.sum(axis=0)
    without = np.where(there & (count > 1), (total - value) / np.maximum(count - 1, 1), np.nan)
    # The difference of two squares, so that a crowd of equals comes out as exactly 0.
    crowd = ratio(total, count)
    return 100 * (without - crowd) * (without + crowd - 2 * came)


def _mean(points: FloatArray) -> FloatArray:
    """The mean of each person's points, NaN where there are none."""
    there = ~np.isnan(points)
    return ratio(np.where(there, points, 0).sum(axis=1), there.sum(axis=1))


def _positive(contribution: FloatArray) -> FloatArray:
    """Weights in proportion to what lies above 0, equal ones where nothing does."""
    # Equals contribute nothing; rounding alone must not make one of them the whole crowd.
    above = np.where(contribution > SAME_POINTS, contribution, 0)
    weight = above if above.any() else np.ones(above.size)
    return np.asarray(weight / weight.sum())
