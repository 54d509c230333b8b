"""Meta-predictions: pools of forecasts together with what each person expects of the others.

Besides a forecast e each person gives a *meta-prediction* m: the average, or the share of votes, they expect
among the others. What the crowd shares moves both; what only a few know moves their forecast alone. So the
difference shows where the crowd leaves knowledge unused, on a single question, without any track record.

People are on the first axis. A NaN is an abstention: who lacks the forecast or the meta-prediction does not
count where both are needed.
"""

import numpy as np
from numpy.typing import ArrayLike

from scoring import checks, crowds
from scoring.checks import FloatArray
from scoring.pools import averages

#: Two shares closer than this are the same: room for rounding.
SAME_SHARE = 1e-12


def surprisingly_popular(vote: ArrayLike, predicted: ArrayLike, weight: ArrayLike | None = None) -> int:
    """The option with more votes than people expected it to have, in proportion: ``argmax v_k / m_k``.

    Parameters
    ----------
    vote : shape (n, K) or (n,)
        What each person votes for, as shares of one vote that sum to 1: 1 for one option, or the
        probabilities of options. With (n,) the share of yes, 0 to 1. NaN: abstains.
    predicted : the shape of vote
        The shares of votes that the person expects among the others, which sum to 1; of yes with (n,).
    weight : shape (n,), optional
        Weights of 0 or more; without them everyone counts alike.

    Returns
    -------
    int
        The position of the option; with (n,) 1 for yes and 0 for no. An option that gets votes while nobody
        expected any wins over all that were expected. Of options that tie, to rounding (1e-12), that with the
        most votes; where these tie too, the first, so no of yes and no.

    References
    ----------
    Prelec, Seung and McCoy (2017), Nature 541, 532-535.

    Examples
    --------
    Is Philadelphia the capital of Pennsylvania? Most say yes, but even more yes is expected.

    >>> surprisingly_popular([1, 1, 1, 0, 0], [0.9, 0.9, 0.8, 0.8, 0.7])
    0
    """
    votes, expected, weights = _both(vote, predicted, weight, "vote", "predicted")
    if votes.ndim == 1:
        votes, expected = np.column_stack((1 - votes, votes)), np.column_stack((1 - expected, expected))
    share, foreseen = (weights @ each / weights.sum() for each in (votes, expected))
    # 0 votes of 0 expected surprise nobody; any of 0 expected are infinitely surprising.
    surprise = np.where(share > 0, np.inf, 0.0)
    surprise = np.divide(share, foreseen, out=surprise, where=foreseen > SAME_SHARE)
    # Equals are equal but for rounding; of these the one with more votes, so that with nothing to tell it is
    # the majority.
    best = surprise >= surprise.max() * (1 - SAME_SHARE)
    popular = share >= share[best].max() - SAME_SHARE
    return int(np.argmax(best & popular))


def minimal_pivot(
    estimate: ArrayLike,
    predicted: ArrayLike,
    weight: ArrayLike | None = None,
    lowest: float = 0.0,
    highest: float = 1.0,
) -> float:
    """The mean moved on by as much as it lies from what people expected of it: ``ē + (ē - m̄)``.

    Parameters
    ----------
    estimate : shape (n,)
        Each person's forecast e: a probability or a number. NaN: abstains.
    predicted : shape (n,)
        The mean they expect among the others.
    weight : shape (n,), optional
        Weights of 0 or more; without them everyone counts alike.
    lowest, highest : float
        Bounds that the result is clipped to: 0 and 1 for probabilities, infinities for any number.

    Returns
    -------
    float
        It can lie outside of what anybody said.

    References
    ----------
    Palley and Soll (2019), Management Science 65, 2291-2309.

    Examples
    --------
    >>> minimal_pivot([0.5, 0.75], [0.5, 0.5])
    0.75
    """
    if not lowest <= highest:
        raise ValueError(f"lowest must not lie above highest, got {lowest} and {highest}")
    forecast, others, weights = _numbers(estimate, predicted, weight)
    mean, foreseen = averages.mean_of(forecast, weights), averages.mean_of(others, weights)
    # A step of its own length from the mean can leave what is possible: 95 % where 80 % were expected makes
    # 110 %.
    return float(np.clip(2 * mean - foreseen, lowest, highest))


def meta_probability_weights(estimate: ArrayLike, predicted: ArrayLike) -> FloatArray:
    """Who expects to differ from the others weighs more: ``|e - m|``.

    Parameters
    ----------
    estimate : shape (n,)
        Each person's probability e, 0 to 1. NaN: abstains.
    predicted : shape (n,)
        The mean probability m they expect among the others, 0 to 1. NaN: abstains.

    Returns
    -------
    shape (n,)
        0 to 1, for any pool that takes weights; equal ones, 1, where nobody expects to differ. 0 for who
        abstains.

    References
    ----------
    Martinie, Wilkening and Howe (2020), PLoS ONE 15, e0232058.

    Examples
    --------
    >>> meta_probability_weights([0.75, 0.5, float("nan")], [0.5, 0.5, 0.5])
    array([0.25, 0.  , 0.  ])
    """
    forecast = checks.probabilities("estimate", estimate, missing=True)
    others = checks.probabilities("predicted", predicted, missing=True)
    forecast, others = checks.rows(estimate=forecast, predicted=others)
    _together(forecast, others, None, "estimate", "predicted")
    distance = np.abs(forecast - others)
    there = ~np.isnan(distance)
    given = np.where(there, distance, 0)
    return np.where(there, 1.0, 0.0) if given.max() <= SAME_SHARE else given


def meta_probability_weighted(estimate: ArrayLike, predicted: ArrayLike) -> float:
    """The mean of the probabilities with `meta_probability_weights`: ``Σ |e - m| e / Σ |e - m|``.

    Parameters
    ----------
    estimate, predicted : shape (n,)
        As in `meta_probability_weights`.

    Returns
    -------
    float
        Between the lowest and the highest probability; the mean where nobody expects to differ.

    References
    ----------
    Martinie, Wilkening and Howe (2020), PLoS ONE 15, e0232058.

    Examples
    --------
    >>> meta_probability_weighted([0.75, 0.5, 0.25], [0.5, 0.5, 0.5])
    0.5
    """
    weight = meta_probability_weights(estimate, predicted)
    forecast = np.broadcast_to(checks.numbers("estimate", estimate, missing=True), weight.shape)
    return averages.mean_of(*crowds.counted("estimate", forecast, weight))


def _numbers(
    estimate: ArrayLike, predicted: ArrayLike, weight: ArrayLike | None
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Estimates and meta-predictions (n,) of who gave both, any numbers, and their weights."""
    forecast = checks.numbers("estimate", estimate, missing=True)
    others = checks.numbers("predicted", predicted, missing=True)
    forecast, others = checks.rows(estimate=forecast, predicted=others)
    return _together(forecast, others, weight, "estimate", "predicted")


def _both(
    vote: ArrayLike, predicted: ArrayLike, weight: ArrayLike | None, name: str, other: str
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Votes and predicted shares, (n,) or (n, K), of who gave both, and their weights."""
    rule = checks.shares if np.ndim(vote) == 2 else checks.probabilities
    votes, expected = rule(name, vote, missing=True), rule(other, predicted, missing=True)
    if not votes.ndim:
        votes = np.broadcast_to(votes, expected.shape)
    return _together(votes, expected, weight, name, other)


def _together(
    first: FloatArray, second: FloatArray, weight: ArrayLike | None, name: str, other: str
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The rows of two arrays of one shape of people who are in both, and their weights."""
    if not second.ndim:
        second = np.broadcast_to(second, first.shape)
    if first.ndim not in (1, 2) or second.shape != first.shape:
        raise ValueError(f"{other} must have the shape of {name}, {first.shape}, got {second.shape}")
    pairs = np.stack((first, second), axis=1)
    given, weights = crowds.counted(f"{name} and {other}", pairs, weight)
    return given[:, 0], given[:, 1], weights
