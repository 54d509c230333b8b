"""Aggregates of quantile forecasts: linear pools and Vincent averages.

Each forecast is a row of quantiles at common levels. The values may be on any scale: on a question with a
logarithmic scale pool the logarithms and take the exponential of the result; dates are days.

Two ideas. *Vincent* averages move along the quantiles: the crowd's 25 % is an average of everyone's 25 %. A
*linear pool* mixes the distributions: the crowd's probability of "at most x" is the mean of everyone's, so
that disagreement widens it.
"""

from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from scoring import checks, crowds
from scoring.checks import FloatArray, IntArray
from scoring.ordering import distinct, stable_order
from scoring.pools import averages
from scoring.pools.averages import SAME_SHARE

# By weighted interval score 80 % did better than 60 % on two public sets of people, within chance, and surely worse
# on two of models. Nor is the pool drawn wider, though it is too narrow on some: by how much differs from set to set.
#: The share of the people, nearest to the crowd's median, that `nearest_pool` keeps.
NEAREST = 0.6


def vincent_mean(quantiles: ArrayLike, levels: ArrayLike, weight: ArrayLike | None = None) -> FloatArray:
    """The weighted mean of everyone's quantiles, level by level. One far-off person can carry it away.

    Parameters
    ----------
    quantiles : shape (n, L)
        A row for each person, not decreasing; one person or more. A row of NaN: abstains.
    levels : shape (L,)
        The levels, strictly rising between 0 and 1.
    weight : shape (n,), optional
        Weights of 0 or more; without them everyone counts alike.

    Returns
    -------
    shape (L,)
        The crowd's quantiles, not decreasing.

    References
    ----------
    Lichtendahl, Grushka-Cockayne and Winkler (2013), Management Science 59, 1594-1611.

    Examples
    --------
    >>> vincent_mean([[0, 2, 4], [2, 6, 10]], [0.25, 0.5, 0.75])
    array([1., 4., 7.])
    """
    given, _, weights = _forecasts(quantiles, levels, weight)
    return np.array([averages.mean_of(column, weights) for column in given.T])


def vincent_median(quantiles: ArrayLike, levels: ArrayLike, weight: ArrayLike | None = None) -> FloatArray:
    """The weighted median of everyone's quantiles, level by level.

    Parameters
    ----------
    quantiles, levels, weight
        As in `vincent_mean`.

    Returns
    -------
    shape (L,)
        The crowd's quantiles, not decreasing.

    References
    ----------
    Lichtendahl, Grushka-Cockayne and Winkler (2013), Management Science 59, 1594-1611.

    Examples
    --------
    >>> vincent_median([[0, 2, 4], [2, 6, 10], [3, 5, 99]], [0.25, 0.5, 0.75])
    array([ 2.,  5., 10.])
    """
    given, _, weights = _forecasts(quantiles, levels, weight)
    return np.array([averages.median_of(column, weights) for column in given.T])


def linear_pool(quantiles: ArrayLike, levels: ArrayLike, weight: ArrayLike | None = None) -> FloatArray:
    """Quantiles of the mixture of everyone's distributions, ``F(x) = Σ w_i F_i(x) / Σ w``.

    F_i rises in straight lines between the person's quantiles; equal quantiles are a jump. Beyond the outer
    two it goes on with the slope of the interval beside them until it meets 0 and 1. At each level the result
    lies between the lowest and the highest person's, so the tails never carry it over the question's bounds.
    Where F stays at the level sought for a stretch, the result is the midpoint of that stretch.

    Parameters
    ----------
    quantiles : shape (n, L)
        A row for each person, not decreasing; one person or more. A row of NaN: abstains.
    levels : shape (L,)
        Two levels or more, strictly rising between 0 and 1.
    weight : shape (n,), optional
        Weights of 0 or more; without them everyone counts alike.

    Returns
    -------
    shape (L,)
        The crowd's quantiles at the same levels, not decreasing, exact to rounding.

    References
    ----------
    Stone (1961), Annals of Mathematical Statistics 32, 1339-1342.

    Examples
    --------
    Two people who disagree: the middle half of the crowd is wider than that of either.

    >>> linear_pool([[0, 1, 2], [10, 11, 12]], [0.25, 0.5, 0.75]).round(9)
    array([ 1.,  6., 11.])
    """
    return _mixed(*_forecasts(quantiles, levels, weight))


def _mixed(given: FloatArray, level: FloatArray, weights: FloatArray) -> FloatArray:
    """`linear_pool` of what is checked already."""
    if level.size < 2:
        raise ValueError(f"levels must be two or more for a linear pool, got {level.tolist()}")
    pooled = _Mixture.of(given, level, weights).quantiles(level)
    # Rounding alone could leave the range of the people or let a level fall below the one before it.
    return np.maximum.accumulate(np.clip(pooled, given.min(axis=0), given.max(axis=0)))


def nearest_pool(quantiles: ArrayLike, levels: ArrayLike, weight: ArrayLike | None = None) -> FloatArray:
    """Linear pool of the 60 % of the people whose medians are nearest the crowd's median.

    This is the product's default for numbers and dates. The crowd's median is the weighted median of the
    people's medians, and 60 % is of the weight: who stands on the edge counts with the part of their weight
    that still fits, and people equally far away share what fits in proportion.

    Parameters
    ----------
    quantiles : shape (n, L)
        A row for each person, not decreasing; one person or more. A row of NaN: abstains.
    levels : shape (L,)
        Two levels or more, strictly rising between 0 and 1, with 0.5 among them.
    weight : shape (n,), optional
        Weights of 0 or more, from `scoring.timeline.days.standing`; without them everyone counts alike.

    Returns
    -------
    shape (L,)
        The crowd's quantiles at the same levels, not decreasing.

    Examples
    --------
    Of five people the three in the middle remain.

    >>> people = [[-9, 0, 9], [2, 3, 4], [3, 4, 5], [4, 5, 6], [50, 99, 999]]
    >>> nearest_pool(people, [0.25, 0.5, 0.75]).round(9)
    array([3., 4., 5.])
    """
    given, level, weights = _forecasts(quantiles, levels, weight)
    middle = np.flatnonzero(np.isclose(level, 0.5, rtol=0, atol=SAME_SHARE))
    if middle.size == 0:
        raise ValueError(f"levels must hold 0.5 to tell whose median is near, got {level.tolist()}")
    kept = _nearest(given[:, middle[0]], weights)
    return _mixed(given[kept > 0], level, kept[kept > 0])


def _forecasts(
    quantiles: ArrayLike, levels: ArrayLike, weight: ArrayLike | None
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Quantiles (n, L), levels (L,) and weights (n,), checked."""
    level = checks.levels("levels", levels)
    given = crowds.crowd("quantiles", checks.quantiles("quantiles", quantiles, level, missing=True), axes=2)
    rows, weights = crowds.counted("quantiles", given, weight)
    return rows, level, weights


def _nearest(values: FloatArray, weight: FloatArray) -> FloatArray:
    """What remains of each weight when 60 % of it is kept, those nearest the median first."""
    distance = np.abs(values - averages.median_of(values, weight))
    order = stable_order(distance)
    # Equal distances are equal up to rounding: 0.3 - 0.2 and 0.2 - 0.1 differ in the last digit.
    farther = np.diff(distance[order], prepend=distance.min()) > 1e-9 * distance.max()
    group = np.empty(values.size, dtype=np.int64)
    group[order] = np.cumsum(farther)
    in_group = np.bincount(group, weights=weight)
    room = NEAREST * weight.sum() - (np.cumsum(in_group) - in_group)
    return np.asarray(weight * np.clip(room / in_group, 0, 1)[group])


@dataclass(frozen=True, eq=False)
class _Mixture:
    """A weighted mixture of distributions: straight CDFs between `knots` (n, k) at `heights` (k,)."""

    knots: FloatArray
    heights: FloatArray
    share: FloatArray

    @classmethod
    def of(cls, quantiles: FloatArray, level: FloatArray, weight: FloatArray) -> "_Mixture":
        """The mixture with tails that go on with the slope of the interval beside them."""
        # By each person's own slope, not to a range that all share as in Cooke's model: there one person's
        # far quantile makes everybody's tails longer.
        lower = _tail(quantiles[:, 0], quantiles[:, 1], level[0] / (level[1] - level[0]))
        upper = _tail(quantiles[:, -1], quantiles[:, -2], (1 - level[-1]) / (level[-1] - level[-2]))
        # Column by column in memory: people are counted along the rows at every step of the search.
        knots = np.asfortranarray(np.column_stack((lower, quantiles, upper)))
        return cls(knots, np.concatenate(([0.0], level, [1.0])), weight / weight.sum())

    def quantiles(self, level: FloatArray) -> FloatArray:
        """The midpoints of all values at which the CDF is at each level; mostly that is one value."""
        lowest = self._reach(level - SAME_SHARE)
        highest = -self._mirrored._reach(1 - level - SAME_SHARE)
        return lowest / 2 + highest / 2

    @cached_property
    def _mirrored(self) -> "_Mixture":
        """The mixture of the negated quantities."""
        return _Mixture(-self.knots[:, ::-1], 1 - self.heights[::-1], self.share)

    @cached_property
    def _ties(self) -> tuple[FloatArray, IntArray]:
        """Every knot of anybody, rising, and which of these each of `knots` is: sorted once for all levels."""
        by_column = self.knots.T
        places, place, _ = distinct(by_column.ravel())
        return places, place.reshape(by_column.shape).T

    @property
    def _places(self) -> FloatArray:
        return self._ties[0]

    @cached_property
    def _nearly(self) -> FloatArray:
        """The CDF at every place but for rounding, which slopes of all sizes leave as they are added up.

        Where to look costs a search by the exact CDF, which goes through everybody at each step; so most levels do
        without.
        """
        places, place = self._ties
        width, rise = np.diff(self.knots), np.diff(self.heights) * self.share[:, None]
        straight = width > 0
        slope = np.where(straight, rise, 0.0) / np.where(straight, width, 1.0)
        turns = _summed(place[:, :-1], slope, places.size) - _summed(place[:, 1:], slope, places.size)
        jumps = _summed(place[:, 1:], np.where(straight, 0.0, rise), places.size)
        return np.cumsum(jumps + np.concatenate(([0.0], np.cumsum(turns[:-1]) * np.diff(places))))

    def _reach(self, level: FloatArray) -> FloatArray:
        """The lowest value at which the CDF has reached each level.

        Between two neighbouring knots of anybody the CDF is straight: find the two, then solve.
        """
        places = self._places
        after = np.minimum(np.searchsorted(self._nearly, level), places.size - 1)
        low, reached = self._cdf(places[after - 1]), self._cdf(places[after])
        for one in np.flatnonzero((low >= level) | (level > reached)):
            after[one] = bisect_left(places, level[one], key=lambda place: self._cdf(np.array([place]))[0])
            low[one] = self._cdf(places[after[one : one + 1] - 1])[0]
        left, right = places[after - 1], places[after]
        rise = self._cdf(right, before=True) - low
        sloped = rise > 0
        part = np.minimum((level - low) / np.where(sloped, rise, 1.0), 1.0)
        # Nobody says less than the first place: whoever is there has jumped to it.
        return np.where((after > 0) & sloped, left + (right - left) * part, right)

    def _cdf(self, values: FloatArray, before: bool = False) -> FloatArray:
        """The probability of at most each of the values; with `before`, of less than it."""
        value = values[:, None]
        passed = np.zeros((values.size, len(self.knots)), dtype=np.int64)
        # Knot by knot: all at once would take as much memory as people times values times knots.
        for knot in self.knots.T:
            passed += knot < value if before else knot <= value
        step = np.minimum(np.maximum(passed, 1), self.heights.size - 1)
        person = np.arange(len(self.knots))
        left, right = self.knots[person, step - 1], self.knots[person, step]
        inside = (passed > 0) & (passed < self.heights.size)
        part = np.where(inside, (value - left) / np.where(inside, right - left, 1.0), passed > 0)
        height = self.heights[step - 1] + part * (self.heights[step] - self.heights[step - 1])
        return np.asarray((height * self.share).sum(axis=1))


def _summed(place: IntArray, value: FloatArray, places: int) -> FloatArray:
    """What stands at each of so many places, added up."""
    return np.asarray(np.bincount(place.ravel(), weights=value.ravel(), minlength=places), dtype=np.float64)


def _tail(outer: FloatArray, inner: FloatArray, ratio: float) -> FloatArray:
    """Where a straight line through two quantiles meets 0 or 1, beyond the outer one."""
    return outer + (outer - inner) * ratio
