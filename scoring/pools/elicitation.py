"""Quantiles of many items by many experts, as the classical model reads them: some values are known."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from scoring import checks
from scoring.checks import FloatArray


@dataclass(frozen=True, eq=False)
class Elicitation:
    """Checked answers, with each item's range from `low` to `high`."""

    outcome: FloatArray
    quantiles: FloatArray
    level: FloatArray
    low: FloatArray
    high: FloatArray

    @classmethod
    def of(
        cls, outcome: ArrayLike, quantiles: ArrayLike, levels: ArrayLike, overshoot: float
    ) -> "Elicitation":
        """The answers with their ranges, or a ValueError that names the rule they break."""
        level = checks.levels("levels", levels)
        given = checks.quantiles("quantiles", quantiles, level, missing=True)
        came = checks.vector("outcome", checks.numbers("outcome", outcome, missing=True))
        if given.ndim != 3 or given.shape[1] != came.size or given.size == 0:
            raise ValueError(f"quantiles must have shape (experts, {came.size}, levels), got {given.shape}")
        if (np.diff(given, axis=-1) == 0).any():
            raise ValueError(
                "quantiles must rise strictly, for equal ones say infinitely much, got equal ones"
            )
        if np.isnan(given).all(axis=(0, 2)).any():
            raise ValueError("quantiles must hold one expert or more on each item, got an item without any")
        if not overshoot > 0:
            raise ValueError(f"overshoot must be above 0, got {overshoot}")
        # `fmin` passes over NaN: an item that is no seed has no value of its own in its range.
        low = np.fmin(np.nanmin(given, axis=(0, 2)), came)
        high = np.fmax(np.nanmax(given, axis=(0, 2)), came)
        beyond = overshoot * (high - low)
        return cls(came, given, level, low - beyond, high + beyond)

    @property
    def masses(self) -> FloatArray:
        """The probability between neighbouring levels, p_k."""
        return np.diff(self.level, prepend=0.0, append=1.0)

    @property
    def seeds(self) -> FloatArray:
        """1 where the expert answered the item and its value is known, else 0; shape (experts, items)."""
        return (~np.isnan(self.quantiles[..., 0]) & ~np.isnan(self.outcome)).astype(np.float64)

    def by(self, quantiles: FloatArray) -> "Elicitation":
        """One more expert's answers (items, L) in place of everybody's, with the ranges as they are."""
        return Elicitation(self.outcome, quantiles[np.newaxis], self.level, self.low, self.high)
