"""The picture of a few quantiles: the middle half darker, the outer levels lighter, a line at each."""

from collections.abc import Sequence

import numpy as np
from flask_babel import gettext as _

from survey.charts.curve import POINTS, Axis, Curve, density_of, mass_beyond, milliseconds, window_of
from survey.charts.labels import HEIGHT, fitting, labels_of
from survey.charts.look import PALETTE, Chart, Spec, days, finish, halo, line_of
from survey.charts.words import percent

FLAT: Spec = {"type": "quantitative", "axis": None}


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
    window = window_of(axis, [*values, *(own or [])])
    low, high = axis.along(window)
    grid = np.linspace(low, high, POINTS)
    density = density_of(levels, axis.along(values), grid)
    mine = density_of(levels, axis.along(own), grid) if own else np.zeros(1)
    top = float(max(density.max(), min(mine.max(), 2 * density.max()))) * 1.18
    x = _x(axis, window)
    y = FLAT | {"scale": {"domain": [0, top], "nice": False}}
    curve = Curve(axis, grid, density)
    layers = [
        *_areas(curve, values, x, y),
        _outline(curve, x, y, "accent", 2.2),
        *([_outline(Curve(axis, grid, mine), x, y, "ink", 1.8)] if own else []),
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


def _x(axis: Axis, window: tuple[float, float]) -> Spec:
    if axis.dates:
        domain = {"expr": str([milliseconds(round(end)) for end in window])}
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


def _areas(curve: Curve, values: Sequence[float], x: Spec, y: Spec) -> list[Spec]:
    """Paper beneath all, tint between the outer two quantiles, band between the middle ones."""
    pairs = [(values[place], values[-1 - place]) for place in range(len(values) // 2)]
    pieces = [curve, *(curve.between(low, high) for low, high in pairs)]
    colours = ["paper-2", "tint", *["band"] * len(pairs)]
    return [
        line_of(piece.rows(), x, y | {"field": "y"}, {"type": "area", "color": PALETTE[colour]})
        for piece, colour in zip(pieces, colours, strict=False)
    ]


def _outline(curve: Curve, x: Spec, y: Spec, colour: str, width: float) -> Spec:
    mark = {"type": "line", "color": PALETTE[colour], "strokeWidth": width, "clip": True}
    return line_of(curve.rows(), x, y | {"field": "y"}, mark)


def _quantile_lines(
    curve: Curve, levels: Sequence[float], values: Sequence[float], x: Spec, y: Spec
) -> list[Spec]:
    """A line up to the curve at each quantile, the median thick; the values beside their tops."""
    layers = []
    for level, value in zip(levels, values, strict=True):
        row = {"x": curve.axis.place(value), "y": curve.at(value)}
        mark = {"type": "rule", "color": PALETTE["accent"], "strokeWidth": 3 if level == 0.5 else 1.5}
        layers.append(line_of([row], x, y | {"field": "y"}, mark, y2={"datum": 0}))
    for width, test in ((340, "width < 460"), (640, "width >= 460")):
        for label in fitting(labels_of(curve, levels, values, width)):
            text = {"x": x, "y": y | {"field": "over"}, "text": {"field": "words"}}
            look = {"align": label.align, "baseline": "bottom", "dx": label.shift, "dy": -4}
            look["opacity"] = {"expr": f"{test} ? 1 : 0"}
            row = {"x": curve.axis.place(label.value), "over": label.over, "words": label.words}
            colour = "accent" if label.middle else "ink"
            layers.append({"data": {"values": [row]}, **halo(text, colour, 600, **look)})
    return layers


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
        beyond = mass_beyond(axis, levels, values, bound, end == "upper")
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
