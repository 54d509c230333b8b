"""E-values: sequential evidence against a forecaster, which may be watched and stopped at any time.

A p-value that is looked at after each question, until it is small, gets small for everybody. E-values do not
have that fault: under the claim that is tested, their product is a fair or losing game.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from scoring import checks
from scoring.checks import FloatArray
from scoring.evaluation.calibration import DECIMALS


@dataclass(frozen=True)
class Evidence:
    """E-values of one question after the other, and their product so far."""

    value: FloatArray
    product: FloatArray

    def rejects(self, level: float = 0.05) -> bool:
        """Whether the product ever reached 1 / level: then the claim is rejected at that level."""
        return bool(self.product.max(initial=1.0) >= 1 / checks.inner("level", level))


def e_values(
    outcome: ArrayLike,
    probability: ArrayLike,
    rival: ArrayLike,
    *,
    fraction: ArrayLike = 0.5,
    score: Literal["brier", "log"] = "brier",
) -> Evidence:
    """Evidence against the claim that a forecaster is at least as good as a rival, question by question.

    With p the forecaster's probability, q the rival's, S a penalty, λ the fraction and z = 1 if p > q, else
    0, the outcome that speaks for p::

        e = 1 + λ (S(p, y) - S(q, y)) / |S(p, z) - S(q, z)|        e = 1 where p = q

    If p is at least as good as q in expectation, given what was known before, e is 1 at most in expectation.
    The product over questions in the order in which they came out then reaches 1/α with probability α at
    most, however long one watches.

    Parameters
    ----------
    outcome : shape (n,)
        1 for yes, 0 for no, in the order in which they became known.
    probability : shape (n,)
        The forecaster whose being at least as good is tested. NaN: missing, gives 1, no evidence.
    rival : shape (n,)
        The other's. NaN: as above. Forecasts that agree to 12 decimals are the same, e = 1.
    fraction : shape (n,), or one value for all
        λ, 0 to 1: the stake. It must have been chosen before the outcome was known. At 1 a single outcome
        that speaks for the forecaster ends the game: the product is 0 ever after.
    score : "brier" or "log"
        Both give the same on whether the two differ, though weigh outcomes differently. One-sided and
        two-sided Brier scores give the same e. "log" needs probabilities strictly between 0 and 1.

    Returns
    -------
    Evidence
        value : e of each question, 0 or more; above 1 speaks for the rival
        product : the product so far; `rejects(level)` asks whether it ever reached 1 / level

    Raises
    ------
    ValueError
        If the lengths differ, `fraction` is outside 0 to 1, or the log score meets a 0 or 1.

    References
    ----------
    Henzi and Ziegel (2022), Biometrika 109, 647-663.

    Examples
    --------
    >>> evidence = e_values([0, 0, 1], [0.8, 0.6, 0.5], [0.4, 0.2, 0.5])
    >>> evidence.value.round(3), evidence.product.round(3)
    (array([1.75 , 1.333, 1.   ]), array([1.75 , 2.333, 2.333]))
    >>> evidence.rejects(0.05)
    False
    """
    p, q = _forecasts("probability", probability, score), _forecasts("rival", rival, score)
    happened = checks.outcomes("outcome", outcome)
    happened, p, q = checks.rows(outcome=happened, probability=p, rival=q)
    # Less than 1 by itself: with all of it, one question that speaks for the forecaster makes the product 0
    # for ever.
    stake = checks.aligned("fraction", checks.probabilities("fraction", fraction), p.shape, "probability")
    differ = ~np.isnan(p) & ~np.isnan(q) & (p != q)
    value = np.ones(p.size)
    value[differ] = 1 + stake[differ] * _ratio(happened[differ], p[differ], q[differ], score)
    return Evidence(value=value, product=_product(value))


def _forecasts(name: str, value: ArrayLike, score: str) -> FloatArray:
    """Probabilities to 12 decimals: what differs by less is no difference to bet on."""
    given: FloatArray = checks.probabilities(name, value, missing=True).round(DECIMALS)
    if score not in ("brier", "log"):
        raise ValueError(f'score must be "brier" or "log", got {score!r}')
    if score == "log" and ((given == 0) | (given == 1)).any():
        raise ValueError(f"{name} must lie strictly between 0 and 1 for the log score, got 0 or 1")
    return given


def _ratio(y: FloatArray, p: FloatArray, q: FloatArray, score: str) -> FloatArray:
    """(S(p, y) - S(q, y)) / |S(p, z) - S(q, z)|, which is -1 where the outcome speaks for p."""
    z = (p > q).astype(np.float64)
    against = np.abs(_excess(1 - z, p, q, score)) / np.abs(_excess(z, p, q, score))
    return np.where(y == z, -1.0, against)


def _excess(y: FloatArray, p: FloatArray, q: FloatArray, score: str) -> FloatArray:
    """S(p, y) - S(q, y), written so that near forecasts lose no digits."""
    if score == "brier":
        return np.asarray((p - q) * (p + q - 2 * y))
    return np.where(y == 1, np.log1p((q - p) / p), np.log1p((p - q) / (1 - p)))


def _product(value: FloatArray) -> FloatArray:
    """The product so far: 0 for ever after a 0, even where it had grown beyond all numbers."""
    with np.errstate(over="ignore", invalid="ignore"):
        product = np.cumprod(value)
    return np.where(np.cumsum(value == 0) > 0, 0.0, product)
