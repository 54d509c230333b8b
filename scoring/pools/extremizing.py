"""Extremizing: pools that push a crowd's mean outwards, as everyone knows only a part of what there is to know.

Notation as in ``scoring.pools.odds``: L are log-odds, σ their inverse, w weights with the sum 1, and
``mean L = Σ w L(p)``. A pool that extremizes may be further out than anybody; each says from where and by how
much it pushes.
"""

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, logit

from scoring import checks, crowds
from scoring.checks import FloatArray
from scoring.pools import averages
from scoring.pools.odds import CLIP, mean_log_odds
from scoring.pools.weights import effective_of

#: The fixed stretch of log-odds. This package's own choice, not a published constant.
STRETCH = 1.25


def extremized(
    probability: ArrayLike, weight: ArrayLike | None = None, stretch: float = STRETCH, clip: float = CLIP
) -> float:
    """Extremized mean log-odds, pushed away from one half by a fixed factor a: ``σ(a · mean L)``.

    Each person knows a part of what there is to know, so a crowd that knows it all would be surer than its
    mean.

    Parameters
    ----------
    probability : shape (n,)
        Each person's probability, 0 to 1; one person or more. NaN: abstains.
    weight : shape (n,), optional
        Weights of 0 or more; without them everyone counts alike.
    stretch : above 0
        a. Above 1 it pushes outwards, below 1 it draws to one half. The default, 1.25, is this package's own;
        Satopää et al. found the best value between 1.161 and 3.921. `scoring.pools.fitted.fit_stretch` fits
        it.
    clip : above 0, below 0.5
        Probabilities are brought into `clip` to ``1 - clip``.

    Returns
    -------
    float
        0 to 1; it may lie outside the range of the people.

    References
    ----------
    Satopää, Baron, Foster, Mellers, Tetlock and Ungar (2014), International Journal of Forecasting 30,
    344-356.

    Examples
    --------
    >>> round(extremized([0.8, 0.8], stretch=2), 12)
    0.941176470588
    """
    return float(expit(checks.positive("stretch", stretch) * mean_log_odds(probability, weight, clip)))


def neyman_factor(people: int) -> float:
    """How far `neyman_roughgarden` stretches a crowd of n: ``d = n (√(3n² - 3n + 1) - 2) / (n² - n - 1)``.

    Parameters
    ----------
    people : int, 1 or more
        n.

    Returns
    -------
    float
        1 for one person, rising to √3 for many.

    References
    ----------
    Neyman and Roughgarden (2022), Proceedings of the 23rd ACM Conference on Economics and Computation (EC).

    Examples
    --------
    >>> [round(neyman_factor(n), 4) for n in (1, 2, 10)]
    [1.0, 1.2915, 1.625]
    """
    if people < 1:
        raise ValueError(f"people must be 1 or more, got {people}")
    # For one person -1 over -1: nothing is known beyond what they said. It is √3 at most.
    return people * (math.sqrt(3 * people**2 - 3 * people + 1) - 2) / (people**2 - people - 1)


def neyman_roughgarden(
    probability: ArrayLike, weight: ArrayLike | None = None, base_rate: float = 0.5, clip: float = CLIP
) -> float:
    """Mean log-odds extremized away from a base rate, the further the more people there are.

    ``σ(μ + d(n) · (mean L - μ))`` with μ the log-odds of the base rate and d(n) of `neyman_factor`: the best
    factor in the worst case when people hold different parts of the evidence.

    Parameters
    ----------
    probability : shape (n,)
        Each person's probability, 0 to 1; one person or more. NaN: abstains.
    weight : shape (n,), optional
        Weights of 0 or more; without them everyone counts alike. n counts people, whatever they weigh.
    base_rate : above 0, below 1
        What everybody would say knowing nothing of the case.
    clip : above 0, below 0.5
        Probabilities are brought into `clip` to ``1 - clip``.

    Returns
    -------
    float
        0 to 1; it may lie outside the range of the people. Of one person it is what they said.

    References
    ----------
    Neyman and Roughgarden (2022), Proceedings of the 23rd ACM Conference on Economics and Computation (EC).

    Examples
    --------
    Where the base rate is the crowd's own number there is nothing to push away from.

    >>> round(neyman_roughgarden([0.8, 0.8]), 4), round(neyman_roughgarden([0.8, 0.8], base_rate=0.8), 4)
    (0.857, 0.8)
    """
    given, weights = crowds.present(probability, weight, axes=1)
    start = float(logit(checks.inner("base_rate", base_rate)))
    centre = mean_log_odds(given, weights, clip)
    return float(expit(start + neyman_factor(given.size) * (centre - start)))


def karmarkar(
    probability: ArrayLike, weight: ArrayLike | None = None, stretch: float = STRETCH, each: bool = False
) -> float:
    """The mean pushed outwards by Karmarkar's curve, ``p^a / (p^a + (1 - p)^a)``.

    Parameters
    ----------
    probability, weight : shape (n,)
        As in `extremized`.
    stretch : above 0
        a. The default, 1.25, is this package's own; 2.5 is often quoted.
    each : bool
        Whether each person is pushed outwards before the mean, instead of the mean after.

    Returns
    -------
    float
        0 to 1; it may lie outside the range of the people. Nothing is clipped: 0 and 1 stay what they are.

    References
    ----------
    Karmarkar (1978), Organizational Behavior and Human Performance 21, 61-72; for pools Baron, Mellers,
    Tetlock, Stone and Ungar (2014), Decision Analysis 11, 133-145.

    Examples
    --------
    >>> round(karmarkar([0.7, 0.9], stretch=2), 12), round(karmarkar([0.7, 0.9], stretch=2, each=True), 4)
    (0.941176470588, 0.9163)
    """
    given, weights = crowds.present(probability, weight, axes=1)
    checks.positive("stretch", stretch)
    if each:
        return averages.mean(_karmarkar(given, stretch), weights)
    return float(_karmarkar(np.asarray(averages.mean(given, weights)), stretch))


def logit_normal(
    probability: ArrayLike,
    weight: ArrayLike | None = None,
    *,
    prior_variance: float,
    noise_variance: float,
    correlation: float,
    base_rate: float = 0.5,
    stretch: float = 1.0,
    clip: float = CLIP,
) -> float:
    """Bayes' rule for log-odds: everyone's are the truth's plus errors that hang together.

    ``L(p) = θ + ε`` with θ normal around the base rate's log-odds μ with variance τ², and errors of variance
    s² of which any two have correlation ρ. n people then are worth ``m = n / (1 + (n - 1) ρ)`` independent
    ones, and the crowd's log-odds are ``μ + τ² / (τ² + s² / m) · (mean L - μ)``, times the stretch a.

    Parameters
    ----------
    probability : shape (n,)
        Each person's probability, 0 to 1; one person or more. NaN: abstains.
    weight : shape (n,), optional
        Weights of 0 or more; without them everyone counts alike. n is then the effective number of people.
    prior_variance : above 0
        τ², in squared log-odds: how far questions lie apart.
    noise_variance : above 0
        s², in squared log-odds: how far people lie from the truth.
    correlation : 0 to 1
        ρ: how much people err together.
    base_rate : above 0, below 1
        What everybody would say knowing nothing of the case.
    stretch : above 0
        a; 1 leaves what Bayes' rule gives.
    clip : above 0, below 0.5
        Probabilities are brought into `clip` to ``1 - clip``.

    Returns
    -------
    float
        0 to 1. With `stretch` 1 between the base rate and the geometric mean of odds.

    References
    ----------
    Satopää, Jensen, Mellers, Tetlock and Ungar (2014), Annals of Applied Statistics 8, 1256-1280.

    Examples
    --------
    The better people err independently, the nearer the crowd's own number.

    >>> crowd = {"probability": [0.8, 0.8, 0.8, 0.8], "prior_variance": 1, "noise_variance": 1}
    >>> round(logit_normal(**crowd, correlation=0), 4), round(logit_normal(**crowd, correlation=1), 4)
    (0.7519, 0.6667)
    """
    given, weights = crowds.present(probability, weight, axes=1)
    if not 0 <= correlation <= 1:
        raise ValueError(f"correlation must lie between 0 and 1, got {correlation}")
    people = effective_of(weights)
    noise = checks.positive("noise_variance", noise_variance) * (1 + (people - 1) * correlation) / people
    prior = checks.positive("prior_variance", prior_variance)
    start = float(logit(checks.inner("base_rate", base_rate)))
    centre = start + prior / (prior + noise) * (mean_log_odds(given, weights, clip) - start)
    return float(expit(checks.positive("stretch", stretch) * centre))


def _karmarkar(probability: FloatArray, stretch: float) -> FloatArray:
    # By log-odds, which is the same: of powers alone both may vanish. And without a bound: 0 and 1 stay.
    return np.asarray(expit(stretch * logit(probability)))
