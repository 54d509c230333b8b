"""Diversity prediction theorem: what a crowd gains over its people by their disagreement.

The error of the mean forecast is the mean error of the people less the variance of what they said: an
identity for every question and every outcome, not a law of averages. So a mean forecast is never worse than
its average member, and the gain is as large as the disagreement.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from scoring import checks
from scoring.checks import BoolArray, FloatArray


@dataclass(frozen=True)
class Diversity:
    """``crowd_error = mean_error - diversity``, for each question."""

    crowd: FloatArray
    crowd_error: FloatArray
    mean_error: FloatArray
    diversity: FloatArray


@dataclass(frozen=True)
class Gain:
    """``gain = diversity + beyond``, for each question."""

    gain: FloatArray
    diversity: FloatArray
    beyond: FloatArray


def diversity(outcome: ArrayLike, probability: ArrayLike, weight: ArrayLike | None = None) -> Diversity:
    """The diversity prediction theorem for yes-or-no questions.

    With p̄ = Σ w_i p_i and weights that sum to 1::

        (p̄ - o)² = Σ w_i (p_i - o)² - Σ w_i (p_i - p̄)²

    Parameters
    ----------
    outcome : shape S, or one value for all
        1 for yes, 0 for no.
    probability : shape (n,) + S
        Probability of yes, 0 to 1, people on the first axis, questions on the others. NaN: missing.
    weight : shape (n,), optional
        0 or more for each person; 0 does not count. None, or nothing but 0 for those present, weighs all
        alike. Weights are made to sum to 1 over those present, for each question.

    Returns
    -------
    Diversity
        crowd : p̄, shape S
        crowd_error : (p̄ - o)², ONE-sided: half of `scoring.rules.brier`
        mean_error : Σ w_i (p_i - o)²
        diversity : Σ w_i (p_i - p̄)², 0 (all agree) to 1/4

    Raises
    ------
    ValueError
        If nobody answered a question, or an argument breaks its rule.

    References
    ----------
    Krogh and Vedelsby (1995), Advances in Neural Information Processing Systems 7, 231-238.
    Page (2007), The Difference, Princeton University Press.

    Examples
    --------
    >>> parts = diversity(1, [0.5, 0.75, 1.0])
    >>> [round(float(part), 4) for part in (parts.crowd_error, parts.mean_error, parts.diversity)]
    [0.0625, 0.1042, 0.0417]
    """
    given = _people(checks.probabilities("probability", probability, missing=True), axes=1)
    happened = checks.aligned(
        "outcome", checks.outcomes("outcome", outcome), given.shape[1:], "each person's row"
    )
    parts = _split(happened[..., np.newaxis], given[..., np.newaxis], weight)
    return Diversity(parts.crowd[..., 0], parts.crowd_error, parts.mean_error, parts.diversity)


def diversity_options(
    outcome: ArrayLike, probability: ArrayLike, weight: ArrayLike | None = None
) -> Diversity:
    """The diversity prediction theorem for questions with K options, with errors summed over the options.

    Parameters
    ----------
    outcome : shape S, whole numbers, or one value for all
        Position of the option that came true, 0 to K - 1.
    probability : shape (n,) + S + (K,)
        Probabilities that sum to 1 on the last axis, people on the first. All NaN: missing.
    weight : shape (n,), optional
        As in `diversity`.

    Returns
    -------
    Diversity
        crowd : the mean forecast, shape S + (K,)
        crowd_error : Σ_k (p̄_k - o_k)², as `scoring.rules.brier_options`, 0 to 2
        mean_error : the mean of the people's errors
        diversity : Σ_k Σ_i w_i (p_ik - p̄_k)²

        With two options the errors and the diversity are twice those of `diversity`.

    References
    ----------
    Krogh and Vedelsby (1995), Advances in Neural Information Processing Systems 7, 231-238.

    Examples
    --------
    >>> parts = diversity_options(0, [[0.5, 0.25, 0.25], [1.0, 0.0, 0.0]])
    >>> float(parts.crowd_error), float(parts.mean_error), float(parts.diversity)
    (0.09375, 0.1875, 0.09375)
    """
    given = _people(checks.shares("probability", probability, missing=True), axes=2)
    position = checks.categories("outcome", outcome, given.shape[-1])
    position = checks.aligned("outcome", position, given.shape[1:-1], "each person's forecasts")
    return _split(position[..., np.newaxis] == np.arange(given.shape[-1]), given, weight)


def crowd_gain(
    outcome: ArrayLike, probability: ArrayLike, crowd: ArrayLike, weight: ArrayLike | None = None
) -> Gain:
    """How much better a crowd's number is than its people on average, and how much of that is their variance.

    For the mean forecast the gain is the diversity, all of it. Another number c, as a median or an extremized
    mean, gains something else, and what it gains beyond is how much nearer it lies than the mean::

        Σ w_i (p_i - o)² - (c - o)² = Σ w_i (p_i - p̄)² + ((p̄ - o)² - (c - o)²)

    Parameters
    ----------
    outcome, probability, weight
        As in `diversity`.
    crowd : shape S
        The crowd's number for each question, 0 to 1, however it was made.

    Returns
    -------
    Gain
        gain : mean error less the crowd's error, ONE-sided; below 0 if people are better on average
        diversity : what the mean forecast gains; 0 or more
        beyond : what the crowd's number gains on the mean forecast; below 0 if the mean is nearer

    Raises
    ------
    ValueError
        As in `diversity`, or if `crowd` has another shape than the questions.

    References
    ----------
    Krogh and Vedelsby (1995), Advances in Neural Information Processing Systems 7, 231-238.

    Examples
    --------
    >>> parts = crowd_gain(1, [0.25, 0.5, 0.75], 0.75)
    >>> [round(float(part), 4) for part in (parts.gain, parts.diversity, parts.beyond)]
    [0.2292, 0.0417, 0.1875]
    """
    parts = diversity(outcome, probability, weight)
    number = checks.aligned(
        "crowd", checks.probabilities("crowd", crowd), parts.crowd.shape, "each person's row"
    )
    error = (number - checks.outcomes("outcome", outcome)) ** 2
    return Gain(
        gain=np.asarray(parts.mean_error - error),
        diversity=parts.diversity,
        beyond=np.asarray(parts.crowd_error - error),
    )


def _people(given: FloatArray, axes: int) -> FloatArray:
    """Forecasts with people on the first axis, and somebody for each question."""
    if given.ndim < axes or len(given) == 0:
        raise ValueError(
            f"probability must have one person or more on its first axis, got shape {given.shape}"
        )
    if np.isnan(given).all(axis=0).any():
        raise ValueError("probability must hold a forecast for each question, got one that nobody answered")
    return given


def _split(happened: FloatArray | BoolArray, given: FloatArray, weight: ArrayLike | None) -> Diversity:
    """All four parts, each computed for itself, of forecasts with options on the last axis."""
    present = ~np.isnan(given)
    share = _shares(weight, present)
    known = np.where(present, given, 0.0)
    crowd = (share * known).sum(axis=0)
    return Diversity(
        crowd=crowd,
        crowd_error=np.asarray(((crowd - happened) ** 2).sum(axis=-1)),
        mean_error=np.asarray((share * (known - happened) ** 2).sum(axis=(0, -1))),
        diversity=np.asarray((share * (known - crowd) ** 2).sum(axis=(0, -1))),
    )


def _shares(weight: ArrayLike | None, present: BoolArray) -> FloatArray:
    """Weights that sum to 1 over those present; equal ones where all of theirs are 0."""
    people = len(present)
    each = checks.numbers("weight", 1.0 if weight is None else weight)
    each = each if each.ndim else np.broadcast_to(each, people)
    if each.shape != (people,):
        raise ValueError(f"weight must have shape ({people},), one for each person, got {each.shape}")
    if (each < 0).any():
        raise ValueError(f"weight must be 0 or more, got {each.min()}")
    # The largest weight becomes 1 before anything is summed, so that no sum overflows.
    scaled = each / each.max() if each.any() else np.ones(people)
    counted = present * scaled.reshape(-1, *[1] * (present.ndim - 1))
    counted = np.where(counted.any(axis=0), counted, present)
    return np.asarray(counted / counted.sum(axis=0))
