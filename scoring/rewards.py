"""Proper scoring rules that are rewards, and skill scores: higher is better.

The counterparts of `scoring.rules` in the orientation in which they were published. A NaN forecast is a
missing one and scores NaN; the outcome is never missing.
"""

import math

import numpy as np
from numpy.typing import ArrayLike

from scoring import checks, rules
from scoring.checks import FloatArray


def quadratic(outcome: ArrayLike, probability: ArrayLike) -> FloatArray:
    """Quadratic score of a yes-or-no forecast: ``2 p_c - Σ_k p_k²``. Higher is better.

    p_c is the probability given to what happened, and the sum is over both answers.

    Parameters
    ----------
    outcome, probability
        As in `scoring.rules.brier`.

    Returns
    -------
    shape S
        -1 (certain and wrong) to 1 (certain and right); one half for 50 %. It is ``1 - brier``. NaN where the
        forecast is missing.

    References
    ----------
    Brier (1950), Monthly Weather Review 78, 1-3; Selten (1998), Experimental Economics 1, 43-61.

    Examples
    --------
    >>> quadratic([1, 0, 1], [0.75, 0.75, 0.5])
    array([ 0.875, -0.125,  0.5  ])
    """
    return 1 - rules.brier(outcome, probability)


def quadratic_options(outcome: ArrayLike, probability: ArrayLike) -> FloatArray:
    """Quadratic score of a forecast over options: ``2 p_c - Σ_k p_k²``. Higher is better.

    Parameters
    ----------
    outcome, probability
        As in `scoring.rules.brier_options`.

    Returns
    -------
    shape S
        -1 to 1 (best); 1 / K for equal probabilities. It is ``1 - brier_options``. NaN where missing.

    References
    ----------
    Selten (1998), Experimental Economics 1, 43-61.

    Examples
    --------
    >>> quadratic_options(0, [[0.5, 0.25, 0.25], [0.0, 0.0, 1.0]])
    array([ 0.625, -1.   ])
    """
    return 1 - rules.brier_options(outcome, probability)


def spherical(outcome: ArrayLike, probability: ArrayLike) -> FloatArray:
    """Spherical score of a yes-or-no forecast: ``p_c / √(Σ_k p_k²)``. Higher is better.

    Parameters
    ----------
    outcome, probability
        As in `scoring.rules.brier`.

    Returns
    -------
    shape S
        0 (certain and wrong) to 1 (certain and right); √½ for 50 %. NaN where the forecast is missing.

    References
    ----------
    Gneiting and Raftery (2007), Journal of the American Statistical Association 102, 359-378.

    Examples
    --------
    >>> spherical([1, 0, 1], [1.0, 1.0, 0.5]).round(4)
    array([1.    , 0.    , 0.7071])
    """
    happened, yes = rules.binary_case(outcome, probability)
    return np.asarray(np.where(happened == 1, yes, 1 - yes) / np.hypot(yes, 1 - yes))


def spherical_options(outcome: ArrayLike, probability: ArrayLike) -> FloatArray:
    """Spherical score of a forecast over options: ``p_c / √(Σ_k p_k²)``. Higher is better.

    Parameters
    ----------
    outcome, probability
        As in `scoring.rules.brier_options`.

    Returns
    -------
    shape S
        0 to 1 (best); 1 / √K for equal probabilities. NaN where the forecast is missing.

    References
    ----------
    Gneiting and Raftery (2007), Journal of the American Statistical Association 102, 359-378.

    Examples
    --------
    >>> spherical_options(1, [[0.0, 0.6, 0.4], [0.0, 1.0, 0.0]]).round(4)
    array([0.8321, 1.    ])
    """
    happened, given = rules.options_case(outcome, probability)
    return np.asarray(np.where(happened, given, 0).sum(axis=-1) / np.sqrt((given**2).sum(axis=-1)))


def baseline(outcome: ArrayLike, probability: ArrayLike) -> FloatArray:
    """Baseline score of a yes-or-no forecast: ``100 (1 + log2 p_c)``. Higher is better.

    The logarithmic score, moved and scaled so that 50 % earns nothing.

    Parameters
    ----------
    outcome, probability
        As in `scoring.rules.brier`.

    Returns
    -------
    shape S
        100 (certain and right) down to minus infinity, which it is where the impossible happened: nothing is
        clipped. 0 for 50 %. NaN where the forecast is missing.

    References
    ----------
    Good (1952), Journal of the Royal Statistical Society B 14, 107-114, for the logarithmic score; the scale
    is that of the Metaculus platform.

    Examples
    --------
    >>> baseline([1, 1, 0, 1], [1.0, 0.5, 0.75, 0.0])
    array([ 100.,    0., -100.,  -inf])
    """
    return np.asarray(100 * (1 - rules.log_score(outcome, probability) / math.log(2)))


def baseline_options(outcome: ArrayLike, probability: ArrayLike) -> FloatArray:
    """Baseline score of a forecast over options: ``100 (1 + ln p_c / ln K)``. Higher is better.

    Parameters
    ----------
    outcome, probability
        As in `scoring.rules.brier_options`.

    Returns
    -------
    shape S
        100 (best) down to minus infinity; 0 for equal probabilities. NaN where the forecast is missing.

    References
    ----------
    Good (1952), Journal of the Royal Statistical Society B 14, 107-114, for the logarithmic score; the scale
    is that of the Metaculus platform.

    Examples
    --------
    >>> baseline_options(3, [[0.25, 0.25, 0.25, 0.25], [0.0, 0.5, 0.0, 0.5]])
    array([ 0., 50.])
    """
    surprise = rules.log_score_options(outcome, probability)
    return np.asarray(100 * (1 - surprise / math.log(np.shape(probability)[-1])))


def skill_score(score: ArrayLike, reference: ArrayLike) -> FloatArray:
    """Skill score: ``1 - Σ S / Σ S_ref``, the share of a reference's penalty that is saved. Higher is better.

    It is a ratio of means over the same questions, not a mean of ratios, in which one question on which the
    reference was nearly right would drown all others.

    It compares and is not itself proper where the reference's penalty depends on what came out: announced as
    a prize, it can pay to say other than one believes. With a reference fixed beforehand (one half, for the
    Brier score of 50 %) it is as proper as the score inside.

    Parameters
    ----------
    score : shape S + (Q,)
        Penalties on Q questions, finite and not negative. NaN: none on that question.
    reference : shape S + (Q,), or one value for all
        The reference's penalties on the same questions. NaN: none on that question.

    Returns
    -------
    shape S
        1 (no penalty at all) down to minus infinity; 0 for as good as the reference. Only questions on which
        both have a penalty count. NaN where there is none, and where the reference's penalties sum to 0: no
        share can be saved of nothing.

    References
    ----------
    Murphy (1973), Journal of Applied Meteorology 12, 215-223.

    Examples
    --------
    >>> skill_score([0.125, 0.25, np.nan], [0.5, 0.25, 2.0])
    array(0.5)
    """
    own, other = checks.together(
        score=_penalties("score", score), reference=_penalties("reference", reference)
    )
    if own.ndim < 1:
        raise ValueError(f"score must hold questions on its last axis, got the single value {own}")
    both = ~(np.isnan(own) | np.isnan(other))
    base = np.where(both, other, 0).sum(axis=-1)
    saved = base - np.where(both, own, 0).sum(axis=-1)
    return np.asarray(np.divide(saved, base, out=np.full(base.shape, np.nan), where=base > 0))


def _penalties(name: str, value: ArrayLike) -> FloatArray:
    """Finite numbers of 0 or more, NaN among them."""
    array = checks.numbers(name, value, missing=True)
    if (array < 0).any():
        raise ValueError(f"{name} must hold penalties of 0 or more, got {np.nanmin(array)}")
    return array
