"""Polarization: how far a crowd stands in opposite camps on a scale, and agreement in ordered categories.

Disagreement and polarization are not the same: people spread evenly disagree, but it takes two camps to be
polarized. Both measures take how much weight stands in each place; `histogram` makes that from probabilities.
How a scale is cut into categories changes the figures: compare only what was cut alike.
"""

import numpy as np
from numpy.typing import ArrayLike

from scoring import checks, crowds
from scoring.checks import BoolArray, FloatArray
from scoring.pools.averages import SAME_SHARE


def histogram(probability: ArrayLike, weight: ArrayLike | None = None, *, bins: int = 10) -> FloatArray:
    """The share of the weight in each of so many equal bins from 0 to 1, as `agreement` takes it.

    Parameters
    ----------
    probability : shape (n,)
        Everyone's probability, 0 to 1. NaN: missing.
    weight : shape (n,), optional
        0 or more; without it everyone counts alike.
    bins : 1 or more
        Each is closed below and open above, but for the last, which holds 1 too.

    Returns
    -------
    shape (bins,)
        Shares, which sum to 1.

    Examples
    --------
    >>> histogram([0.0, 0.25, 0.5, 1.0], bins=4)
    array([0.25, 0.25, 0.25, 0.25])
    """
    given, weighs = crowds.present(probability, weight, axes=1)
    if bins < 1:
        raise ValueError(f"bins must be 1 or more, got {bins}")
    place = np.searchsorted(np.arange(1, bins) / bins, given + SAME_SHARE, side="right")
    return np.asarray(np.bincount(place, weighs, minlength=bins) / weighs.sum())


def agreement(share: ArrayLike) -> float:
    """Van der Eijk's agreement A in ordered categories. Higher is more agreement.

    The histogram is cut into layers, each of which fills some categories equally. A layer with S of K
    categories filled has agreement ``U (1 - (S - 1) / (K - 1))``, where ``U = ((K - 2) T - (K - 1) V) / ((K -
    2) (T + V))`` compares T, the triples of categories with the empty one at an end (as in one peak), with V,
    those with the empty one between (as in two); U is 1 where there is no such triple. A is the mean over
    layers, each weighed by what it holds.

    Parameters
    ----------
    share : shape (K,)
        Weight or number of people in each category, in order; three or more categories, not all empty.

    Returns
    -------
    float
        1 where all stand in one category, 0 where all categories hold the same, -1 for two equal halves at
        the ends.

    References
    ----------
    van der Eijk (2001), Quality and Quantity 35, 325-341.

    Examples
    --------
    >>> agreement([0, 10, 0, 0, 0]), agreement([5, 0, 0, 0, 5])
    (1.0, -1.0)
    >>> round(agreement([30, 40, 210, 130, 530, 50, 10]), 4)
    0.6113
    """
    # Of two categories there is no triple, and K - 2 divides.
    left = _filled(share, fewest=3)
    total = 0.0
    while left.any():
        filled = left > 0
        layer = left[filled].min()
        total += float(layer * filled.sum() * _layer_agreement(filled))
        # A number less itself is 0 without rounding: each layer empties a category, so that this ends.
        left = np.where(filled, left - layer, 0)
    return total


def polarization(share: ArrayLike) -> float:
    """Polarization in ordered categories: ``(1 - A) / 2`` with A the `agreement`. Higher is more polarized.

    Parameters
    ----------
    share : shape (K,)
        Weight or number of people in each category, in order; three or more categories, not all empty.

    Returns
    -------
    float
        0 where all stand in one category, one half where all hold the same, 1 for two halves at the ends.

    References
    ----------
    van der Eijk (2001), Quality and Quantity 35, 325-341, for A.

    Examples
    --------
    >>> polarization([1, 1, 1, 1]), polarization([5, 0, 0, 5])
    (0.5, 1.0)
    """
    return (1 - agreement(share)) / 2


def esteban_ray(share: ArrayLike, position: ArrayLike, *, alpha: float = 1.0) -> float:
    """Polarization of Esteban and Ray: ``2^(1+α) Σ_i Σ_j π_i^(1+α) π_j |y_i - y_j|``. Higher: more polarized.

    π is the share of each group and y its place. People feel close to their own group, the more so the larger
    it is, and far from others by the distance; α weighs the first. The factor, which the authors leave open,
    makes two equal groups at distance 1 score 1.

    Parameters
    ----------
    share : shape (K,)
        Weight or number of people in each group, not all 0.
    position : shape (K,)
        Where the groups stand, such as the middles of a histogram's bins. Groups in one place are added up.
    alpha : above 0 to 1.6
        The range for which the authors' axioms hold.

    Returns
    -------
    float
        0 (all in one group) upwards, in the unit of the positions.

    References
    ----------
    Esteban and Ray (1994), Econometrica 62, 819-851.

    Examples
    --------
    >>> esteban_ray([5, 0, 5], [0.0, 0.5, 1.0]), esteban_ray([1, 1, 1, 1], [0.0, 0.25, 0.75, 1.0])
    (1.0, 0.4375)
    """
    groups = _filled(share, fewest=1)
    groups, place = checks.rows(share=groups, position=checks.numbers("position", position))
    # Beyond about 1.6 the measure breaks an axiom of its authors (their theorem 1).
    if not 0 < alpha <= 1.6:
        raise ValueError(f"alpha must lie above 0 and be at most 1.6, got {alpha}")
    y, where = np.unique(place, return_inverse=True)
    π = np.bincount(where, groups)
    return float(2 ** (1 + alpha) * (π ** (1 + alpha) @ np.abs(y[:, np.newaxis] - y) @ π))


def _layer_agreement(filled: BoolArray) -> float:
    """A of one layer: which of K categories it fills."""
    K, S = filled.size, int(filled.sum())
    before = np.cumsum(filled)[~filled]  # filled categories on the lower side of each empty one
    after = S - before
    V = int((before * after).sum())
    T = int((before * (before - 1) + after * (after - 1)).sum()) // 2
    U = ((K - 2) * T - (K - 1) * V) / ((K - 2) * (T + V)) if T + V else 1.0
    return U * (1 - (S - 1) / (K - 1))


def _filled(share: ArrayLike, fewest: int) -> FloatArray:
    """Shares of 0 or more that sum to 1, of so many categories or more."""
    array = checks.vector("share", checks.numbers("share", share))
    if array.size < fewest or (array < 0).any() or not array.any():
        rule = f"hold {fewest} or more numbers of 0 or more, not all 0"
        raise ValueError(f"share must {rule}, got {array.tolist()}")
    return np.asarray(array / array.sum())
