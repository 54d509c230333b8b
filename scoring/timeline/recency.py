"""Weights by how recent a forecast is and by how well its author did, and percentiles under weights."""

import numpy as np
from numpy.typing import ArrayLike

from scoring import checks
from scoring.checks import FloatArray
from scoring.pools import averages
from scoring.pools.weights import rank_weights

# All three are Metaculus' own, whose weighted mean the tests hold these to.
#: Nobody's reputation is lower.
LOWEST_REPUTATION = 1e-6
#: The coverage that stands for questions not answered yet: it draws a reputation towards 0.
PRIOR_COVERAGE = 30.0
#: The power of the geometric mean of freshness and reputation.
SKILL_POWER = 6.0


def recency_weights(people: int) -> FloatArray:
    """Weights by rank alone: ``exp(√i - √n)`` for the i-th oldest of n forecasts.

    The newest weighs 1. Of n people roughly the newest 2√n carry most of the weight. Up to two weigh the
    same.

    Parameters
    ----------
    people : int
        n, 0 or more.

    Returns
    -------
    shape (n,)
        Oldest first.

    Examples
    --------
    >>> recency_weights(3).round(3), recency_weights(2)
    (array([0.481, 0.728, 1.   ]), array([1., 1.]))
    """
    if checks.whole_numbers("people", people).ndim or people < 0:
        raise ValueError(f"people must be one whole number of 0 or more, got {people!r}")
    return rank_weights(np.arange(1, people + 1))


def percentiles(values: ArrayLike, percent: ArrayLike, weight: ArrayLike | None = None) -> FloatArray:
    """Weighted percentiles: `scoring.pools.averages.weighted_quantiles` by the hundred.

    Parameters
    ----------
    values, weight : shape (n,)
        As in `scoring.pools.averages.weighted_quantiles`.
    percent : any shape
        Above 0 and below 100.

    Returns
    -------
    shape of `percent`

    Raises
    ------
    ValueError
        If nobody is left or a percentage is out of range.

    Examples
    --------
    >>> percentiles([0.1, 0.2, 0.4, 0.9], [25, 50, 60])
    array([0.15, 0.3 , 0.4 ])
    """
    asked = checks.numbers("percent", percent)
    checks.refuse("percent", asked, (asked <= 0) | (asked >= 100), "lie above 0 and below 100")
    return averages.weighted_quantiles(values, asked / 100, weight)


def reputation(score: ArrayLike, coverage: ArrayLike) -> float:
    """What someone's past peer scores say of them: their mean per question, drawn towards 0.

    ``Σ score / (30 + Σ coverage)``, and 0.000001 at least.

    Parameters
    ----------
    score : shape (questions,)
        Peer scores, higher better.
    coverage : shape (questions,)
        The share of each question's life, 0 to 1.

    Examples
    --------
    >>> reputation([20.0, 10.0], [0.5, 0.5]), reputation([], [])
    (0.967741935483871, 1e-06)
    """
    scores, shares = checks.numbers("score", score), checks.probabilities("coverage", coverage)
    scores, shares = checks.rows(score=scores, coverage=shares)
    return max(float(scores.sum() / (PRIOR_COVERAGE + shares.sum())), LOWEST_REPUTATION)


def reputation_weights(age: ArrayLike, reputations: ArrayLike, power: float = SKILL_POWER) -> FloatArray:
    """Weights of freshness and reputation together: ``(√d · √R)^power`` with ``d = exp(-age)``.

    Parameters
    ----------
    age : shape (n,)
        How long ago each forecast was made, as a share of the question's planned life: 0 or more.
    reputations : shape (n,)
        R of each author, 0 or more.
    power : float
        6: a few people carry nearly all of the weight. 0: everyone alike.

    Returns
    -------
    shape (n,)

    Examples
    --------
    >>> reputation_weights([0.0, 0.0, 1.0], [2.0, 1.0, 1.0]).round(4)
    array([8.    , 1.    , 0.0498])
    """
    ages, known = checks.numbers("age", age), checks.numbers("reputations", reputations)
    ages, known = checks.rows(age=ages, reputations=known)
    if (ages < 0).any() or (known < 0).any():
        raise ValueError(
            f"age and reputations must be 0 or more, got {ages.min()} and {known.min()} at the lowest"
        )
    return np.asarray((np.exp(-ages) * known) ** (power / 2))


def semi_deviations(values: ArrayLike, weight: ArrayLike | None = None) -> tuple[float, float]:
    """How far values lie below and above their weighted mean: a standard deviation for each side.

    ``√(Σ w (v - mean)² / Σ w)`` over the values strictly below the mean, and over those strictly above.

    Parameters
    ----------
    values, weight : shape (n,)
        As in `percentiles`.

    Returns
    -------
    below, above : float
        0 where no value lies on that side.

    Examples
    --------
    >>> semi_deviations([0.0, 0.0, 3.0])
    (1.0, 2.0)
    """
    value, weighs = averages.counted_values(values, weight)
    distance = value - averages.mean_of(value, weighs)
    return _spread(distance, weighs, distance < 0), _spread(distance, weighs, distance > 0)


def _spread(distance: FloatArray, weight: FloatArray, side: checks.BoolArray) -> float:
    """The weighted root mean square on one side, 0 where nobody is there."""
    total = weight[side].sum()
    return float(np.sqrt(weight[side] @ distance[side] ** 2 / total)) if total > 0 else 0.0
