"""A smooth density through quantiles: its scale, its window, its shape."""

from collections.abc import Sequence
from datetime import date, timedelta
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from survey.charts.look import Spec
from survey.charts.words import day_words, iso, number

POINTS = 161

FEWEST_TICKS = 3
"""Fewer numbers tell no scale."""

Floats = npt.NDArray[np.float64]


class Axis(NamedTuple):
    """The scale of a question.

    Values are numbers, or days since 1970-01-01 where `dates`; `log` needs `lower` above 0. An open end
    may be passed: mass beyond it is said in words. `before` and `unit` stand at a number's sides, spaces and all.
    """

    lower: float
    upper: float
    log: bool = False
    dates: bool = False
    open_lower: bool = False
    open_upper: bool = False
    unit: str = ""
    before: str = ""

    def along(self, values: Sequence[float] | Floats) -> Floats:
        """Values on the scale on which the picture is straight."""
        array = np.asarray(values, dtype=np.float64)
        return np.log(array) if self.log else array

    def back(self, along: Floats) -> Floats:
        """The inverse of `along`."""
        return np.exp(along) if self.log else along

    def words(self, value: float) -> str:
        """A value as a table prints it."""
        if self.dates:
            return day_words(day_of(value))
        return f"{self.before}{number(round(value, 10))}{self.unit}"

    def mark(self, value: float) -> str:
        """A value as the picture prints it, short."""
        return day_words(day_of(value), "MMM y") if self.dates else number(round(value, 10))

    def place(self, value: float) -> float | str:
        """A value as Vega reads it."""
        return iso(day_of(value)) if self.dates else value


def day_of(value: float) -> date:
    return date(1970, 1, 1) + timedelta(days=round(value))


def milliseconds(value: float) -> int:
    """Days since 1970 as milliseconds."""
    return round(value * 86_400_000)


def window_of(axis: Axis, values: Sequence[float]) -> tuple[float, float]:
    """The part of the scale worth drawing: one width of the outer quantiles beyond each, inside the range.

    What covers seven tenths of the range is drawn with the whole of it.
    """
    low, high = axis.along([min(values), max(values)])
    least, most = axis.along([min(axis.lower, min(values)), max(axis.upper, max(values))])
    # All may say one number: then a tenth of the range is drawn around it.
    wide = max(float(high - low), 0.1 * float(most - least))
    ends = np.asarray([max(least, low - wide), min(most, high + wide)])
    if ends[1] - ends[0] > 0.7 * (most - least):
        return min(axis.lower, *values), max(axis.upper, *values)
    first, last = axis.back(ends)
    return float(first), float(last)


def log_ticks(low: float, high: float) -> list[float]:
    """1, 2, 5 of each decade; every leading digit where the range is short, round steps where it holds few of these.

    >>> log_ticks(300, 1000), log_ticks(140, 163)
    ([300.0, 400.0, 500.0, 600.0, 700.0, 800.0, 900.0, 1000.0], [140.0, 150.0, 160.0])
    """
    digits = range(1, 10) if high / low <= 12 else (1, 2, 5)
    decades = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    # Read from text: 3 times 0.1 is 0.30000000000000004, and would be printed so.
    ticks = [float(f"{digit}e{decade}") for decade in decades for digit in digits]
    # The ends have been through a logarithm and back, which moves their last digits.
    inside = [tick for tick in ticks if low * 0.999 <= tick <= high * 1.001]
    return inside if len(inside) >= FEWEST_TICKS else _round_steps(low, high)


def _round_steps(low: float, high: float) -> list[float]:
    """Multiples of the largest 1, 2 or 5 of a decade that are enough: over so short a range logarithms are even."""
    decade = int(np.floor(np.log10(high - low)))
    steps = (float(f"{digit}e{power}") for power in (decade, decade - 1) for digit in (5, 2, 1))
    tried = ([float(f"{step * at:.10g}") for at in _multiples(low, high, step)] for step in steps)
    return next(found for found in tried if len(found) >= FEWEST_TICKS)


def _multiples(low: float, high: float, step: float) -> range:
    return range(int(np.ceil(low / step)), int(np.floor(high / step)) + 1)


def density_of(levels: Sequence[float], along: Floats, grid: Floats) -> Floats:
    """Density on the straight scale, with normal tails.

    The quantiles are joined as normal scores by a monotone cubic, z(x); the density is φ(z) z′. Equal
    quantiles are drawn apart by a hundredth of the picture, since a step has no density.
    """
    # Loaded at the first picture of quantiles: it is a tenth of what the application loads to start.
    from scipy.interpolate import PchipInterpolator

    gap = (grid[-1] - grid[0]) / 100
    places = along.copy()
    for index in range(1, len(places)):
        places[index] = max(places[index], places[index - 1] + gap)
    scores = np.asarray([NormalDist().inv_cdf(level) for level in levels])
    curve = PchipInterpolator(places, scores)
    slope = curve.derivative()
    inside = np.clip(grid, places[0], places[-1])
    # A cubic may end level, and there would be no tail: it is half as steep as the whole at least.
    ends = np.maximum(slope(inside), (scores[-1] - scores[0]) / (places[-1] - places[0]) * 0.5)
    z = curve(inside) + (grid - inside) * ends
    steep = np.where(grid == inside, slope(inside), ends)
    density: Floats = np.exp(-z * z / 2) * steep / np.sqrt(2 * np.pi)
    return _smooth(density)


def _smooth(density: Floats, width: int = 4) -> Floats:
    """Round the corners the cubic leaves at the quantiles; a picture needs no more."""
    kernel = np.hanning(2 * width + 1)[1:-1]
    padded = np.pad(density, width - 1, mode="edge")
    smoothed: Floats = np.convolve(padded, kernel / kernel.sum(), mode="valid")
    return smoothed


class Curve(NamedTuple):
    """A density on a grid of the straight scale."""

    axis: Axis
    grid: Floats
    density: Floats

    def rows(self) -> list[Spec]:
        """As Vega reads it; days keep their fraction, so that a curve over days has no stairs."""
        back = self.axis.back(self.grid)
        places = [milliseconds(value) if self.axis.dates else float(f"{value:.7g}") for value in back]
        return [
            {"x": place, "y": None if np.isnan(tall) else float(f"{tall:.5g}")}
            for place, tall in zip(places, self.density, strict=True)
        ]

    def below(self, most: float) -> "Curve":
        """The curve up to a height, with a gap where it is higher."""
        steps = np.flatnonzero(np.diff(self.density > most))
        share = (most - self.density[steps]) / (self.density[steps + 1] - self.density[steps])
        crossed = self.grid[steps] + share * (self.grid[steps + 1] - self.grid[steps])
        grid = np.sort(np.concatenate([self.grid, crossed]))
        density = np.interp(grid, self.grid, self.density)
        density[np.isin(grid, crossed)] = most
        return self._replace(grid=grid, density=np.where(density > most, np.nan, density))

    def between(self, low: float, high: float) -> "Curve":
        """The piece from one value to another, both ends on the curve."""
        ends = self.axis.along([low, high])
        inside = (self.grid > ends[0]) & (self.grid < ends[1])
        grid = np.concatenate([ends[:1], self.grid[inside], ends[1:]])
        return self._replace(grid=grid, density=np.interp(grid, self.grid, self.density))

    def at(self, value: float) -> float:
        """Height of the curve at a value."""
        return float(np.interp(self.axis.along([value])[0], self.grid, self.density))

    def share(self, value: float) -> float:
        """Where a value stands: 0 at the start of the picture, 1 at its end."""
        return float((self.axis.along([value])[0] - self.grid[0]) / (self.grid[-1] - self.grid[0]))


def mass_beyond(
    axis: Axis, levels: Sequence[float], values: Sequence[float], bound: float, above: bool
) -> float:
    """Percent of the mass beyond a bound outside the outer quantile, by a straight line in normal scores."""
    first, second = (-1, -2) if above else (0, 1)
    places = axis.along([values[first], values[second], bound])
    scores = [NormalDist().inv_cdf(levels[first]), NormalDist().inv_cdf(levels[second])]
    if places[0] == places[1]:
        return 0.0
    slope = (scores[0] - scores[1]) / float(places[0] - places[1])
    below = NormalDist().cdf(scores[0] + slope * float(places[2] - places[0]))
    return 100 * (1 - below if above else below)
