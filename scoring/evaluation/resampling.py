"""Bootstrap intervals over people or questions. All randomness comes from the generator that is passed in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring import checks, labels
from scoring.checks import FloatArray, IntArray

Seed = np.random.Generator | int

#: How many numbers are held at once: many draws over many rows are made in portions.
PORTION = 2_000_000


@dataclass(frozen=True)
class Interval:
    """An estimate with its bootstrap interval."""

    estimate: float
    low: float
    high: float
    level: float
    units: int


def bootstrap_mean(
    value: ArrayLike,
    *,
    generator: Seed,
    unit: ArrayLike | None = None,
    level: float = 0.95,
    draws: int = 2000,
) -> Interval:
    """A mean with a percentile interval, from resampling whole units: rows, people or questions.

    Rows of one person hang together, and so do rows of one question. What is drawn with replacement is
    therefore the unit, with all of its rows; each draw's figure is the mean over the rows drawn.

    Parameters
    ----------
    value : shape (n,)
        Scores or any numbers. NaN: missing, dropped with its unit.
    generator : numpy.random.Generator, or a whole number as the seed of one
    unit : shape (n,), whole numbers, text or moments
        Which person or question each row belongs to. None: each row is its own unit.
    level : above 0, below 1
        How much of the draws the interval holds.
    draws : 1 or more

    Returns
    -------
    Interval
        estimate : the mean of the rows present
        low, high : the quantiles (1 - level) / 2 and (1 + level) / 2 of the draws
        level : as given
        units : how many units were drawn from. Below about 8 the interval is too narrow; for 1 it has no
        width.

    Raises
    ------
    ValueError
        If all is missing, there is no generator, or another argument breaks its rule.

    References
    ----------
    Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapter 13.
    Field and Welsh (2007), Journal of the Royal Statistical Society B 69, 369-390, for clusters.

    Examples
    --------
    >>> interval = bootstrap_mean([0.1, 0.2, 0.6, 0.7], unit=[1, 1, 2, 2], generator=1)
    >>> interval.units, round(interval.estimate, 3), round(interval.low, 3), round(interval.high, 3)
    (2, 0.4, 0.15, 0.65)
    """
    row = checks.vector("value", checks.numbers("value", value, missing=True))
    present = ~np.isnan(row)
    group = _units(unit, row)[present]
    if not present.any():
        raise ValueError(f"value must hold one number or more that is not missing, got {row.size} rows")
    group = np.unique(group, return_inverse=True)[1]
    size, total = np.bincount(group), np.bincount(group, row[present])
    means = _unit_means(random_generator(generator), total, size, checks.one_or_more("draws", draws))
    low, high = percentile_interval(means, level)
    return Interval(float(row[present].mean()), float(low), float(high), float(level), size.size)


def bootstrap_difference(
    first: ArrayLike,
    second: ArrayLike,
    *,
    generator: Seed,
    unit: ArrayLike | None = None,
    level: float = 0.95,
    draws: int = 2000,
) -> Interval:
    """The mean of ``first - second`` with a percentile interval, row by row and by whole units.

    Pairs belong together, mostly two forecasters' scores on the same question: what both find hard falls
    out of the difference, so the interval is narrower than one from two separate samples.

    Parameters
    ----------
    first, second : shape (n,)
        Scores in the same order. NaN: missing; the pair is dropped.
    generator, unit, level, draws
        As in `bootstrap_mean`.

    Returns
    -------
    Interval
        For penalties, below 0 where `first` is better.

    Raises
    ------
    ValueError
        If the lengths differ, or as in `bootstrap_mean`.

    Examples
    --------
    >>> interval = bootstrap_difference([0.1, 0.5, 0.9], [0.2, 0.6, 1.0], generator=1)
    >>> round(interval.low, 3), round(interval.high, 3)
    (-0.1, -0.1)
    """
    return bootstrap_mean(
        differences(first, second), generator=generator, unit=unit, level=level, draws=draws
    )


def bootstrap(
    value: ArrayLike,
    statistic: Callable[[FloatArray], ArrayLike],
    *,
    generator: Seed,
    level: float = 0.95,
    draws: int = 2000,
    at_once: bool = True,
) -> tuple[FloatArray, FloatArray]:
    """Percentile interval of any figure of a crowd, from resampling its people.

    It says how much the figure would move with other people of the same kind, not how likely it is right.

    Parameters
    ----------
    value : shape (n,) + S
        Forecasts with people on the first axis; whole rows are drawn. NaN stays, for the statistic to drop.
    statistic : function
        Takes people on the first axis and returns the figure without it, as ``lambda p: np.median(p,
        axis=0)``.
    generator : numpy.random.Generator, or a whole number as the seed of one
    level : above 0, below 1
    draws : 1 or more
    at_once : bool
        True: the statistic gets many draws together, shape (n, portion) + S, and reduces the first axis.
        False: it gets one draw, shape (n,) + S, at a time: slower, for figures that know no further axes.

    Returns
    -------
    low, high : shape of the figure

    Raises
    ------
    ValueError
        If there are fewer than two people, no generator, or an argument breaks its rule.

    References
    ----------
    Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapter 13.

    Examples
    --------
    >>> crowd = [0.1, 0.2, 0.2, 0.3, 0.35, 0.4, 0.5, 0.9]
    >>> low, high = bootstrap(crowd, lambda p: np.median(p, axis=0), generator=3)
    >>> bool(0.1 <= low < np.median(crowd) < high <= 0.9)
    True
    """
    people = checks.numbers("value", value, missing=True)
    if people.ndim < 1 or len(people) < 2:
        raise ValueError(f"value must have two people or more on its first axis, got shape {people.shape}")
    random, total = random_generator(generator), checks.one_or_more("draws", draws)
    portion = max(1, PORTION // people.size) if checks.truth_values("at_once", at_once) else 1
    figures = []
    for begin in range(0, total, portion):
        chosen = random.integers(len(people), size=(min(portion, total - begin), len(people))).T
        figures.append(np.asarray(statistic(people[chosen] if at_once else people[chosen[:, 0]])))
    return percentile_interval(np.concatenate(figures) if at_once else np.array(figures), level)


def percentile_interval(draws: FloatArray, level: float) -> tuple[FloatArray, FloatArray]:
    """The middle `level` of draws on the first axis.

    Examples
    --------
    >>> low, high = percentile_interval(np.arange(101.0), 0.9)
    >>> round(float(low), 6), round(float(high), 6)
    (5.0, 95.0)
    """
    share = checks.inner("level", level)
    low, high = np.quantile(draws, [(1 - share) / 2, (1 + share) / 2], axis=0)
    return low, high


def differences(first: ArrayLike, second: ArrayLike) -> FloatArray:
    """``first - second`` of two vectors of one length; NaN where one is missing.

    Examples
    --------
    >>> differences([0.5, float("nan")], [0.25, 0.5])
    array([0.25,  nan])
    """
    a, b = (checks.numbers(name, one, missing=True) for name, one in (("first", first), ("second", second)))
    a, b = checks.rows(first=a, second=b)
    return np.asarray(a - b)


def random_generator(generator: Seed) -> np.random.Generator:
    """The generator that was passed in, or one from the seed; never one that nobody chose.

    Examples
    --------
    >>> float(random_generator(7).random()) == float(np.random.default_rng(7).random())
    True
    """
    if isinstance(generator, np.random.Generator):
        return generator
    # True is a number to Python, and would be the seed 1.
    if isinstance(generator, bool) or not isinstance(generator, int | np.integer) or generator < 0:
        raise ValueError(f"generator must be a numpy Generator or a seed of 0 or more, got {generator!r}")
    return np.random.default_rng(generator)


def _units(unit: ArrayLike | None, row: FloatArray) -> IntArray:
    if unit is None:
        return np.arange(row.size)
    group: IntArray = checks.rows(value=row, unit=labels.numbered("unit", unit))[1]
    return group


def _unit_means(
    random: np.random.Generator, total: NDArray[Any], size: NDArray[Any], draws: int
) -> FloatArray:
    """Each draw's mean over rows: how often each unit came, times its sum, over the rows that came."""
    units, portion = size.size, max(1, PORTION // size.size)
    even = np.full(units, 1 / units)
    means = []
    for begin in range(0, draws, portion):
        times = random.multinomial(units, even, size=min(portion, draws - begin))
        means.append(times @ total / (times @ size))
    return np.concatenate(means)
