"""Performance weights: from how well people forecast earlier questions, by skill or the few best alone.

Shapes and points as in `scoring.pools.contribution_scores`: probability (people, questions) with NaN where a person
did not answer, outcome (questions,) of 0 and 1; points ``S = 100 - 100 (p - o)²`` are higher-is-better.
Report what such weights achieve on other questions than those they were learned on.
"""

import numpy as np
from numpy.typing import ArrayLike

from scoring import checks
from scoring.checks import FloatArray
from scoring.evaluation.difficulty import adjusted_scores
from scoring.pools.contribution_scores import SAME_POINTS, brier_points, ratio, resolved

# Neither constant is a published one: both papers fitted theirs to their own tournament.
#: So many imaginary answers as good as the crowd's are added to a person's own.
PRIOR = 10.0
#: So many points of skill multiply a weight by e.
SCALE = 10.0
#: So many people make a select crowd.
SELECTED = 5


def skill(probability: ArrayLike, outcome: ArrayLike, prior: float = PRIOR) -> FloatArray:
    """By how many points a person beats the crowd, pulled towards 0 where there are few answers.

    ``n / (n + k) · mean over q of S_q(person) - S_q(crowd)`` over the n questions the person answered, where
    the crowd is the mean of everyone's probabilities, the person's own among them.

    Parameters
    ----------
    probability : shape (people, questions)
        Probabilities, 0 to 1. NaN: abstains.
    outcome : shape (questions,)
        0 or 1, what came out.
    prior : 0 or more
        k, the imaginary answers as good as the crowd's. The value is a convention, no published figure.

    Returns
    -------
    shape (people,)
        Points, higher is better; 0 is as good as the crowd, and for who answered nothing.

    References
    ----------
    Mellers and others (2014), Psychological Science 25, 1106-1115; Atanasov and others (2017), Management
    Science 63, 691-706, for weights by past accuracy; the shrinkage is that of an empirical Bayes mean.

    Examples
    --------
    >>> skill([[1.0], [0.5]], [1], prior=1.0)
    array([ 3.125, -9.375])
    """
    given, came = resolved(probability, outcome)
    if not (np.isfinite(prior) and prior >= 0):
        raise ValueError(f"prior must be 0 or more, got {prior}")
    there = ~np.isnan(given)
    crowd = ratio(np.where(there, given, 0).sum(axis=0), there.sum(axis=0))
    ahead = brier_points(given, came) - brier_points(crowd, came)
    # Without a prior, who answered nothing would be 0 of 0.
    return np.asarray(np.where(there, ahead, 0).sum(axis=1) / np.maximum(there.sum(axis=1) + prior, 1e-300))


def skill_weights(
    probability: ArrayLike, outcome: ArrayLike, prior: float = PRIOR, scale: float = SCALE
) -> FloatArray:
    """Weights that grow with `skill`: ``exp(skill / scale)``, in proportion.

    Nobody's weight is 0: a newcomer weighs as much as somebody as good as the crowd.

    Parameters
    ----------
    probability, outcome
        As in `skill`.
    prior : 0 or more
        The imaginary answers as good as the crowd's, as in `skill`.
    scale : above 0
        Points of skill that multiply a weight by e. The value is a convention, no published figure.

    Returns
    -------
    shape (people,)
        Weights that sum to 1.

    References
    ----------
    As for `skill`.

    Examples
    --------
    >>> skill_weights([[1.0, 1.0], [0.5, 0.5], [np.nan, np.nan]], [1, 1]).round(3)
    array([0.391, 0.257, 0.352])
    """
    if not (np.isfinite(scale) and scale > 0):
        raise ValueError(f"scale must be above 0, got {scale}")
    ahead = skill(probability, outcome, prior) / scale
    # Less the largest, so that no power overflows; only proportions matter.
    weight = np.exp(ahead - ahead.max())
    return np.asarray(weight / weight.sum())


def difficulty_adjusted_points(probability: ArrayLike, outcome: ArrayLike) -> FloatArray:
    """A person's mean points with the difficulty of the questions they chose taken out.

    Who answered easy questions alone gains nothing by it: see
    `scoring.evaluation.difficulty.adjusted_scores`.

    Parameters
    ----------
    probability, outcome
        As in `skill`.

    Returns
    -------
    shape (people,)
        Points to be expected on the average question, higher is better. NaN for who answered nothing.

    Raises
    ------
    ValueError
        If the people fall into groups that share no question, which nothing compares, or an argument breaks
        its rule.

    Examples
    --------
    The second question was hard for both who met it; the third person answered it alone and did as well.

    >>> difficulty_adjusted_points([[1.0, 0.5], [1.0, 0.5], [np.nan, 0.5]], [1, 1]).round(6)
    array([87.5, 87.5, 87.5])
    """
    given, came = resolved(probability, outcome)
    person, question = np.nonzero(~np.isnan(given))
    table = adjusted_scores(person, question, brier_points(given, came)[person, question])
    adjusted = np.full(len(given), np.nan)
    adjusted[table.person] = table.adjusted
    return adjusted


def select_crowd_weights(probability: ArrayLike, outcome: ArrayLike, size: int = SELECTED) -> FloatArray:
    """Equal weights for the few people with the best difficulty-adjusted points, 0 for all others.

    Parameters
    ----------
    probability, outcome
        As in `skill`.
    size : 1 or more
        The people selected. Those who tie for the last places, to rounding (1e-9 points), share them.

    Returns
    -------
    shape (people,)
        Weights that sum to 1.

    References
    ----------
    Mannes, Soll and Larrick (2014), Journal of Personality and Social Psychology 107, 276-299.

    Examples
    --------
    >>> select_crowd_weights([[0.9], [0.5], [0.8], [0.8]], [1], size=2)
    array([0.5 , 0.  , 0.25, 0.25])
    """
    people = checks.one_or_more("size", size)
    reached = difficulty_adjusted_points(probability, outcome)
    ranked = np.sort(reached[~np.isnan(reached)])[::-1][:people]
    # Equals differ by rounding: the order of the sums must not decide between them.
    level = np.abs(reached - ranked[-1]) <= SAME_POINTS
    above = (reached > ranked[-1]) & ~level
    weight = above + level * (ranked.size - above.sum()) / level.sum()
    return np.asarray(weight / weight.sum())
