"""What five quantiles say: a smooth density, for numbers on a linear or log scale and for dates."""

from collections.abc import Sequence
from datetime import date, timedelta
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from flask_babel import gettext as _
from scipy.interpolate import PchipInterpolator

from survey.charts.look import (
    NO_BREAK,
    PALETTE,
    Chart,
    Spec,
    day_words,
    days,
    finish,
    halo,
    iso,
    line_of,
    number,
    percent,
    room_for,
)

HEIGHT = 300
POINTS = 161
FLAT: Spec = {"type": "quantitative", "axis": None}

Floats = npt.NDArray[np.float64]


class Axis(NamedTuple):
    """The scale of a question.

    Values are numbers, or days since 1970-01-01 where `dates`; `log` needs `lower` above 0. An open end
    may be passed: mass beyond it is said in words.
    """

    lower: float
    upper: float
    log: bool = False
    dates: bool = False
    open_lower: bool = False
    open_upper: bool = False
    unit: str = ""

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
            return day_words(_day(value))
        return f"{number(round(value, 10))}{NO_BREAK + self.unit if self.unit else ''}"

    def mark(self, value: float) -> str:
        """A value as the picture prints it, short."""
        return day_words(_day(value), "MMM y") if self.dates else number(round(value, 10))

    def place(self, value: float) -> float | str:
        """A value as Vega reads it."""
        return iso(_day(value)) if self.dates else value


def _day(value: float) -> date:
    return date(1970, 1, 1) + timedelta(days=round(value))


def quantile_density(
    levels: Sequence[float],
    values: Sequence[float],
    *,
    axis: Axis,
    title: str,
    subtitle: str = "",
    own: Sequence[float] | None = None,
    description: str = "",
) -> Chart:
    """How likely each value is: the middle half darker, the outer levels lighter, a line at each quantile.

    `levels` (fractions, increasing) and `values` (not decreasing) are the crowd's, or the reader's own where
    no crowd may be seen; `own` draws the reader's curve over the crowd's in ink.
    """
    window = _window(axis, [*values, *(own or [])])
    low, high = axis.along(window)
    grid = np.linspace(low, high, POINTS)
    density = _density(levels, axis.along(values), grid)
    mine = _density(levels, axis.along(own), grid) if own else np.zeros(1)
    top = float(max(density.max(), min(mine.max(), 2 * density.max()))) * 1.18
    x = _x(axis, window)
    y = FLAT | {"scale": {"domain": [0, top], "nice": False}}
    curve = _Curve(axis, grid, density)
    layers = [
        *_areas(curve, values, x, y),
        _outline(curve, x, y, "accent", 2.2),
        *([_outline(_Curve(axis, grid, mine), x, y, "ink", 1.8)] if own else []),
        *_quantile_lines(curve, levels, values, x, y),
        *_tails(axis, levels, values, window, top, x, y),
    ]
    description = description or _describe(title, axis, levels, values)
    spec = finish(layers, HEIGHT, description)
    return Chart(title, subtitle, description, spec, *_table(axis, levels, values, own))


def _describe(title: str, axis: Axis, levels: Sequence[float], values: Sequence[float]) -> str:
    said = "; ".join(
        f"{percent(round(level * 100, 2))}: {axis.words(value)}"
        for level, value in zip(levels, values, strict=True)
    )
    return f"{title}: {said}."


def _window(axis: Axis, values: Sequence[float]) -> tuple[float, float]:
    """The part of the scale worth drawing: one width of the outer quantiles beyond each, inside the range.

    What covers seven tenths of the range is drawn with the whole of it.
    """
    low, high = axis.along([min(values), max(values)])
    least, most = axis.along([min(axis.lower, min(values)), max(axis.upper, max(values))])
    wide = max(float(high - low), 0.1 * float(most - least))
    ends = np.asarray([max(least, low - wide), min(most, high + wide)])
    if ends[1] - ends[0] > 0.7 * (most - least):
        return min(axis.lower, *values), max(axis.upper, *values)
    first, last = axis.back(ends)
    return float(first), float(last)


def _density(levels: Sequence[float], along: Floats, grid: Floats) -> Floats:
    """Density on the straight scale, with normal tails.

    The quantiles are joined as normal scores by a monotone cubic, z(x); the density is φ(z) z′. Equal
    quantiles are drawn apart by a hundredth of the picture, since a step has no density.
    """
    gap = (grid[-1] - grid[0]) / 100
    places = along.copy()
    for index in range(1, len(places)):
        places[index] = max(places[index], places[index - 1] + gap)
    scores = np.asarray([NormalDist().inv_cdf(level) for level in levels])
    curve = PchipInterpolator(places, scores)
    slope = curve.derivative()
    inside = np.clip(grid, places[0], places[-1])
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


def _x(axis: Axis, window: tuple[float, float]) -> Spec:
    if axis.dates:
        domain = {"expr": str([_instant(round(end)) for end in window])}
        x = days() | {"field": "x"}
        x["axis"] = x["axis"] | {"domain": True, "labelFlush": True}
        return x | {"scale": {"type": "utc", "nice": False, "domain": domain}}
    scale: Spec = {"domain": list(window), "nice": False} | ({"type": "log"} if axis.log else {"zero": False})
    look: Spec = {"labelFlush": True, "labelOverlap": "greedy", "labelSeparation": 12, "format": ",.10~g"}
    look |= (
        {"values": _log_ticks(*window)} if axis.log else {"tickCount": {"expr": "max(3, floor(width / 110))"}}
    )
    return {"field": "x", "type": "quantitative", "scale": scale, "axis": look}


def _log_ticks(low: float, high: float) -> list[float]:
    """1, 2, 5 of each decade, or every leading digit where the range is short.

    >>> _log_ticks(300, 1000)
    [300.0, 400.0, 500.0, 600.0, 700.0, 800.0, 900.0, 1000.0]
    """
    digits = range(1, 10) if high / low <= 12 else (1, 2, 5)
    decades = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    ticks = [float(f"{digit}e{decade}") for decade in decades for digit in digits]
    return [tick for tick in ticks if low * 0.999 <= tick <= high * 1.001]


class _Curve(NamedTuple):
    """A density on a grid of the straight scale."""

    axis: Axis
    grid: Floats
    density: Floats

    def rows(self) -> list[Spec]:
        """As Vega reads it; days keep their fraction, so that a curve over days has no stairs."""
        back = self.axis.back(self.grid)
        places = [_instant(value) if self.axis.dates else float(f"{value:.7g}") for value in back]
        return [
            {"x": place, "y": float(f"{tall:.5g}")} for place, tall in zip(places, self.density, strict=True)
        ]

    def between(self, low: float, high: float) -> "_Curve":
        """The piece from one value to another, both ends on the curve."""
        ends = self.axis.along([low, high])
        inside = (self.grid > ends[0]) & (self.grid < ends[1])
        grid = np.concatenate([ends[:1], self.grid[inside], ends[1:]])
        return self._replace(grid=grid, density=np.interp(grid, self.grid, self.density))

    def at(self, value: float) -> float:
        """Height of the curve at a value."""
        return float(np.interp(self.axis.along([value])[0], self.grid, self.density))

    def above(self, start: float, end: float) -> float:
        """Height that clears the curve between two shares of the picture."""
        shares = np.linspace(0, 1, len(self.grid))
        return float(self.density[(shares >= start) & (shares <= end)].max(initial=0.0))

    def share(self, value: float) -> float:
        """Where a value stands: 0 at the start of the picture, 1 at its end."""
        return float((self.axis.along([value])[0] - self.grid[0]) / (self.grid[-1] - self.grid[0]))


def _instant(value: float) -> int:
    """Days since 1970 as milliseconds."""
    return round(value * 86_400_000)


def _areas(curve: _Curve, values: Sequence[float], x: Spec, y: Spec) -> list[Spec]:
    """Paper beneath all, tint between the outer two quantiles, band between the middle ones."""
    pairs = [(values[place], values[-1 - place]) for place in range(len(values) // 2)]
    pieces = [curve, *(curve.between(low, high) for low, high in pairs)]
    colours = ["paper-2", "tint", *["band"] * len(pairs)]
    return [
        line_of(piece.rows(), x, y | {"field": "y"}, {"type": "area", "color": PALETTE[colour]})
        for piece, colour in zip(pieces, colours, strict=False)
    ]


def _outline(curve: _Curve, x: Spec, y: Spec, colour: str, width: float) -> Spec:
    mark = {"type": "line", "color": PALETTE[colour], "strokeWidth": width, "clip": True}
    return line_of(curve.rows(), x, y | {"field": "y"}, mark)


def _quantile_lines(
    curve: _Curve, levels: Sequence[float], values: Sequence[float], x: Spec, y: Spec
) -> list[Spec]:
    """A line up to the curve at each quantile, the median thick; the values beside their tops."""
    layers = []
    for level, value in zip(levels, values, strict=True):
        row = {"x": curve.axis.place(value), "y": curve.at(value)}
        mark = {"type": "rule", "color": PALETTE["accent"], "strokeWidth": 3 if level == 0.5 else 1.5}
        layers.append(line_of([row], x, y | {"field": "y"}, mark, y2={"datum": 0}))
    for width, test in ((340, "width < 460"), (640, "width >= 460")):
        for label in _fitting(_labels(curve, levels, values, width)):
            text = {"x": x, "y": y | {"field": "over"}, "text": {"field": "words"}}
            look = {"align": label.align, "baseline": "bottom", "dx": label.shift, "dy": -4}
            look["opacity"] = {"expr": f"{test} ? 1 : 0"}
            row = {"x": curve.axis.place(label.value), "over": label.over, "words": label.words}
            colour = "accent" if label.middle else "ink"
            layers.append({"data": {"values": [row]}, **halo(text, colour, 600, **look)})
    return layers


class _Label(NamedTuple):
    """A quantile's value beside its line; it starts and ends at shares of the picture."""

    value: float
    words: str
    middle: bool
    align: str
    shift: int
    start: float
    end: float
    over: float
    tall: float


def _labels(curve: _Curve, levels: Sequence[float], values: Sequence[float], width: int) -> list[_Label]:
    """The labels for a picture of a width, the ones that matter most first: median, outer, inner."""
    order = sorted(range(len(levels)), key=lambda place: (levels[place] != 0.5, -abs(levels[place] - 0.5)))
    return [_label(curve, levels[place], values[place], width) for place in order]


def _label(curve: _Curve, level: float, value: float, width: int) -> _Label:
    """Before its line below the median, behind it above; inwards where the picture ends."""
    middle = level == 0.5
    words = _("median %(value)s", value=curve.axis.mark(value)) if middle else curve.axis.mark(value)
    reach, share = (room_for([words], 1.0) - 4) / width, curve.share(value)
    starts = {"center": share - reach / 2, "right": share - reach, "left": share}
    align = "center" if middle else "right" if level < 0.5 else "left"
    if starts[align] < 0:
        align = "left"
    elif starts[align] + reach > 1:
        align = "right"
    start = starts[align]
    shift = {"center": 0, "right": -7, "left": 7}[align]
    over = max(curve.at(value), curve.above(start, start + reach))
    return _Label(value, words, middle, align, shift, start, start + reach, over, curve.at(value))


def _fitting(labels: Sequence[_Label]) -> list[_Label]:
    """Leave out what would lie upon an earlier label or far above its line; the table has every value."""
    tallest = max(label.over for label in labels) or 1.0
    line = 20 * tallest / (HEIGHT - 60)
    kept: list[_Label] = []
    for label in labels:
        free = all(
            label.start >= other.end or other.start >= label.end or abs(label.over - other.over) >= line
            for other in kept
        )
        if free and (label.middle or label.over - label.tall < 2 * line):
            kept.append(label)
    return kept


def _tails(
    axis: Axis,
    levels: Sequence[float],
    values: Sequence[float],
    window: tuple[float, float],
    top: float,
    x: Spec,
    y: Spec,
) -> list[Spec]:
    """In words, how much lies beyond an open end that the picture reaches."""
    notes = []
    for end, is_open, align, shift in (
        ("lower", axis.open_lower, "left", 4),
        ("upper", axis.open_upper, "right", -4),
    ):
        bound = axis.lower if end == "lower" else axis.upper
        beyond = _beyond(axis, levels, values, bound, end == "upper")
        if not is_open or bound != window[end == "upper"] or not 0.05 <= beyond <= 4:
            continue
        share = percent(round(beyond, 1))
        words = _("%(share)s below", share=share) if end == "lower" else _("%(share)s above", share=share)
        row = {"x": axis.place(bound), "y": top * 0.16, "words": [words, axis.words(bound)]}
        mark = {"type": "text", "align": align, "dx": shift, "baseline": "bottom", "lineHeight": 18}
        mark |= {"color": PALETTE["ink-3"]}
        encoding = {"x": x, "y": y | {"field": "y"}, "text": {"field": "words"}}
        notes.append({"data": {"values": [row]}, "mark": mark, "encoding": encoding})
    return notes


def _beyond(axis: Axis, levels: Sequence[float], values: Sequence[float], bound: float, above: bool) -> float:
    """Percent of the mass beyond a bound outside the outer quantile, by a straight line in normal scores."""
    first, second = (-1, -2) if above else (0, 1)
    places = axis.along([values[first], values[second], bound])
    scores = [NormalDist().inv_cdf(levels[first]), NormalDist().inv_cdf(levels[second])]
    if places[0] == places[1]:
        return 0.0
    slope = (scores[0] - scores[1]) / float(places[0] - places[1])
    below = NormalDist().cdf(scores[0] + slope * float(places[2] - places[0]))
    return 100 * (1 - below if above else below)


def _table(
    axis: Axis, levels: Sequence[float], values: Sequence[float], own: Sequence[float] | None
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    columns = (_("Chance of less"), _("Value"), *([_("You")] if own else []))
    rows = []
    for place, (level, value) in enumerate(zip(levels, values, strict=True)):
        rows.append(
            (percent(round(level * 100, 2)), axis.words(value), *([axis.words(own[place])] if own else []))
        )
    return columns, tuple(rows)
