"""How well forecasts and outcomes agree: the share that happened, by what was forecast."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

#: Two-sided 90 %.
Z = 1.6448536269514722


class Bin(NamedTuple):
    """Forecasts that lie near each other; all but the size are fractions, 0 to 1.

    Attributes
    ----------
    forecast, happened
        Their mean, and the share of them that came true.
    low, high
        The 90 % interval of that share.
    size
        How many they are.
    """

    forecast: float
    happened: float
    low: float
    high: float
    size: int


def reliability(forecasts: ArrayLike, outcomes: ArrayLike, bins: int = 10) -> Sequence[Bin]:
    """Forecasts in bins of equal width from 0 to 1, those without a forecast left out.

    Unfolded: a forecast of 0.9 stays 0.9, and is not told as 0.1 that it does not happen. The interval is
    Wilson's (1927): it stays inside 0 to 1, and is wide where a bin holds few.

    Parameters
    ----------
    forecasts
        Probabilities, shape (n,).
    outcomes
        What happened, 0 or 1, shape (n,).
    bins
        How many of them; a forecast on an edge belongs to the bin above, 1 to the last.

    >>> [(bin.forecast, bin.happened, bin.size) for bin in reliability([0.25, 0.25, 0.9], [0, 1, 1], bins=4)]
    [(0.25, 0.5, 2), (0.9, 1.0, 1)]
    """
    chances, came = np.asarray(forecasts, dtype=np.float64), np.asarray(outcomes, dtype=np.float64)
    # Doubles of typed decimals: 0.3 times ten must not fall below three.
    place = np.minimum(np.floor(np.round(chances * bins, 9)).astype(np.int64), bins - 1)
    return [_bin(chances[place == number], came[place == number]) for number in np.unique(place)]


def _bin(chances: Floats, came: Floats) -> Bin:
    n, share = chances.size, float(came.mean())
    middle = (share + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z / (1 + Z**2 / n) * float(np.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2)))
    return Bin(float(chances.mean()), share, max(0.0, middle - half), min(1.0, middle + half), n)
