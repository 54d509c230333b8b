"""Proper scoring rules of probabilities, as penalties; `scoring.rewards` has those that are rewards.

All are penalties: lower is better, 0 is best, and the expected score is lowest for who says what they
believe. A NaN forecast is a missing one and scores NaN; the outcome is never missing, because a question
without one is not scored.
"""

import numpy as np
from numpy.typing import ArrayLike

from scoring import checks
from scoring.checks import BoolArray, FloatArray


def brier(outcome: ArrayLike, probability: ArrayLike) -> FloatArray:
    """Brier score of a yes-or-no forecast, summed over both answers: ``2 (p - o)²``.

    Parameters
    ----------
    outcome : shape S, or one value for all
        1 for yes, 0 for no.
    probability : shape S
        Probability of yes, 0 to 1. NaN: missing.

    Returns
    -------
    shape S
        0 (certain and right) to 2 (certain and wrong); one half for 50 %. NaN where the forecast is missing.
        This is Brier's own two-sided form, twice the one-sided ``(p - o)²``.

    References
    ----------
    Brier (1950), Monthly Weather Review 78, 1-3.

    Examples
    --------
    >>> brier([1, 0, 0], [0.75, 0.75, 0.5])
    array([0.125, 1.125, 0.5  ])
    """
    happened, probability = binary_case(outcome, probability)
    return np.asarray(2 * (probability - happened) ** 2)


def brier_options(outcome: ArrayLike, probability: ArrayLike) -> FloatArray:
    """Brier score of a forecast over options of which exactly one comes true: ``Σ_k (p_k - o_k)²``.

    Parameters
    ----------
    outcome : shape S, or one value for all
        Position of the option that came true, 0 to K - 1.
    probability : shape S + (K,)
        Probabilities that sum to 1 on the last axis. All NaN: missing.

    Returns
    -------
    shape S
        0 (best) to 2; the same as `brier` where K is 2. NaN where the forecast is missing.

    References
    ----------
    Brier (1950), Monthly Weather Review 78, 1-3.

    Examples
    --------
    >>> brier_options(0, [[0.5, 0.25, 0.25], [0.0, 0.0, 1.0]])
    array([0.375, 2.   ])
    """
    happened, probability = options_case(outcome, probability)
    return np.asarray(((probability - happened) ** 2).sum(axis=-1))


def log_score(outcome: ArrayLike, probability: ArrayLike) -> FloatArray:
    """Logarithmic score of a yes-or-no forecast: ``-ln`` of the probability given to what happened.

    Parameters
    ----------
    outcome, probability
        As in `brier`.

    Returns
    -------
    shape S
        In nats, 0 (best) to infinity, which it is where the impossible happened: nothing is clipped.
        ln 2 = 0.693 for 50 %. NaN where the forecast is missing.

    References
    ----------
    Good (1952), Journal of the Royal Statistical Society B 14, 107-114.

    Examples
    --------
    >>> log_score([1, 1, 0], [1.0, 0.5, 0.9]).round(3)
    array([0.   , 0.693, 2.303])
    """
    happened, probability = binary_case(outcome, probability)
    return _surprise(np.where(happened == 1, probability, 1 - probability))


def log_score_options(outcome: ArrayLike, probability: ArrayLike) -> FloatArray:
    """Logarithmic score of a forecast over options: ``-ln`` of the probability of the one that came true.

    Parameters
    ----------
    outcome, probability
        As in `brier_options`.

    Returns
    -------
    shape S
        In nats, 0 (best) to infinity; ln K for equal probabilities. NaN where the forecast is missing.

    References
    ----------
    Good (1952), Journal of the Royal Statistical Society B 14, 107-114.

    Examples
    --------
    >>> log_score_options(2, [[0.25, 0.25, 0.5], [1.0, 0.0, 0.0]]).round(3)
    array([0.693,   inf])
    """
    happened, probability = options_case(outcome, probability)
    return _surprise(np.where(happened, probability, 0).sum(axis=-1))


def ranked_probability(outcome: ArrayLike, probability: ArrayLike) -> FloatArray:
    """Ranked probability score of a forecast over ordered options: ``Σ_{j<K} (F_j - O_j)²``.

    F_j is the forecast's probability of option j or an earlier one, O_j is 1 if that came true, else 0. What
    is far from the outcome costs more than what is near.

    Parameters
    ----------
    outcome : shape S, or one value for all
        Position of the option that came true, 0 to K - 1.
    probability : shape S + (K,)
        Probabilities of the options in their order, which sum to 1. All NaN: missing.

    Returns
    -------
    shape S
        0 (best) to K - 1: a sum over the K - 1 cuts, not a mean. NaN where the forecast is missing.

    References
    ----------
    Epstein (1969), Journal of Applied Meteorology 8, 985-987.

    Examples
    --------
    >>> ranked_probability(0, [[0.0, 0.5, 0.5], [0.0, 0.0, 1.0]])
    array([1.25, 2.  ])
    """
    happened, probability = options_case(outcome, probability)
    # Up to the last cut, which is 1 on both sides: what rounding leaves there is nobody's miss. Nor is it
    # divided by K - 1 here: that is a convention of its own, see `ordered_brier`.
    cuts = np.cumsum(probability, axis=-1) - np.cumsum(happened, axis=-1)
    return np.asarray((cuts[..., :-1] ** 2).sum(axis=-1))


def ordered_brier(outcome: ArrayLike, probability: ArrayLike) -> FloatArray:
    """Ordered Brier score: the mean of the two-sided Brier scores of the K - 1 cuts through the order.

    Each cut makes a yes-or-no question: is it this option or an earlier one? In short ``2 RPS / (K - 1)``.
    It is the score of the Good Judgment Project for ordered options.

    Parameters
    ----------
    outcome : shape S, or one value for all
        Position of the option that came true, 0 to K - 1.
    probability : shape S + (K,)
        Probabilities of the options in their order, which sum to 1. All NaN: missing.

    Returns
    -------
    shape S
        0 (best) to 2; the same as `brier` where K is 2. NaN where the forecast is missing.

    References
    ----------
    Jose, Nau and Winkler (2009), Management Science 55, 582-590.

    Examples
    --------
    >>> ordered_brier(0, [[0.0, 0.5, 0.5], [0.0, 0.0, 1.0]])
    array([1.25, 2.  ])
    """
    # A single number has no cuts: it is refused before anything is divided by 0.
    cuts = np.shape(probability)[-1] - 1 if np.ndim(probability) else 0
    return np.asarray(2 * ranked_probability(outcome, probability) / cuts)


def binary_case(outcome: ArrayLike, probability: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Outcome and probability of yes, checked and of one shape S: the arguments of any yes-or-no rule.

    Examples
    --------
    >>> binary_case(1, [0.25, 0.75])
    (array([1., 1.]), array([0.25, 0.75]))
    """
    given = checks.probabilities("probability", probability, missing=True)
    given, happened = checks.together(probability=given, outcome=checks.outcomes("outcome", outcome))
    return happened, given


def options_case(outcome: ArrayLike, probability: ArrayLike) -> tuple[BoolArray, FloatArray]:
    """Which option happened, as True in its place, and the probabilities, both checked, of shape S + (K,).

    Examples
    --------
    >>> happened, given = options_case(1, [0.25, 0.5, 0.25])
    >>> happened
    array([False,  True, False])
    """
    given = checks.shares("probability", probability, missing=True)
    position = checks.categories("outcome", outcome, given.shape[-1])
    position, given = checks.cases(position, "probability", given)
    return position[..., np.newaxis] == np.arange(given.shape[-1]), given


# Nothing is clipped: a bound would pay whoever says 0 as if they had said the bound, and it is not proper
# then.
def _surprise(probability: FloatArray) -> FloatArray:
    """``-ln p``, with infinity for 0 and without the warning NumPy gives there."""
    with np.errstate(divide="ignore"):
        # 0 less it, as its negative would be -0 for a certain yes.
        return np.asarray(0.0 - np.log(probability))
