"""The picture of a few quantiles: the middle half filled, the outer levels pale, a line at each."""

from collections.abc import Sequence

import numpy as np
from flask_babel import gettext as _

from survey.charts.curve import (
    POINTS,
    Axis,
    Curve,
    Floats,
    density_of,
    log_ticks,
    mass_beyond,
    milliseconds,
    window_of,
)
from survey.charts.labels import ROW, labels_of, rows_above
from survey.charts.look import NARROW, PALETTE, Chart, Spec, days, finish, halo, line_of
from survey.charts.words import percent

HEIGHT = 330

ROOM = HEIGHT - 36
"""Pixels above the axis."""

MOST = 2.5
"""How many times as high as the crowd's the reader's curve may be drawn."""

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
    """How likely each value is: the middle half filled, the outer levels pale, a line at each quantile.

    `levels` (fractions, increasing) and `values` (not decreasing) are the crowd's, or the reader's own where
    no crowd may be seen; `own` draws the reader's curve over the crowd's in ink, and names it.
    """
    window = window_of(axis, [*values, *(own or [])])
    low, high = axis.along(window)
    grid = np.linspace(low, high, POINTS)
    density = density_of(levels, axis.along(values), grid)
    mine = density_of(levels, axis.along(own), grid) if own else np.zeros(POINTS)
    # A reader surer by far would press the crowd's curve flat: theirs is open at the top instead.
    tallest = float(max(density.max(), min(mine.max(), MOST * density.max())))
    top = tallest * ROOM / (ROOM - ROW * (rows_above(levels) + bool(own)) - 8)
    x = _x(axis, window)
    y = FLAT | {"scale": {"domain": [0, top], "nice": False}}
    curve = Curve(axis, grid, density)
    layers = [
        *_areas(curve, values, x, y),
        _outline(curve, x, y, "accent", 2.2),
        *([_outline(Curve(axis, grid, mine).below(tallest), x, y, "ink", 1.8)] if own else []),
        *_quantile_lines(curve, levels, values, top, x, y),
        *([_you(Curve(axis, grid, np.minimum(mine, tallest)), density, x, y)] if own else []),
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
        {"values": log_ticks(*window)} if axis.log else {"tickCount": {"expr": "max(3, floor(width / 110))"}}
    )
    return {"field": "x", "type": "quantitative", "scale": scale, "axis": look}


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
    curve: Curve, levels: Sequence[float], values: Sequence[float], top: float, x: Spec, y: Spec
) -> list[Spec]:
    """A line up to the curve at each quantile, the median thick; from there a thin one up to the value."""
    layers, rows = [], [min(place, len(levels) - 1 - place) for place in range(len(levels))]
    height = y | {"field": "y"}
    for level, value, row in zip(levels, values, rows, strict=True):
        at, tall = curve.axis.place(value), curve.at(value)
        mark = {"type": "rule", "color": PALETTE["accent"], "strokeWidth": 3 if level == 0.5 else 1.5}
        lead = {"type": "rule", "color": PALETTE["edge"], "strokeWidth": 0.75}
        end = top * (1 - (_from_top(levels, row) - 6) / ROOM)
        layers.append(line_of([{"x": at, "y": tall, "end": end}], x, height, lead, y2={"field": "end"}))
        layers.append(line_of([{"x": at, "y": tall}], x, height, mark, y2={"datum": 0}))
    for width, test in ((340, NARROW), (640, f"!({NARROW})")):
        for label in labels_of(curve, levels, values, width):
            # What is not shown has no words, for even words that are not seen would take room.
            words = {"condition": {"test": test, "value": label.words}, "value": ""}
            place: Spec = {"x": {"value": {"expr": f"width * {label.anchor:.4f}"}}, "text": words}
            place["y"] = {"value": _from_top(levels, label.row)}
            colour = "accent" if label.middle else "ink"
            text = halo(place, colour, 600, align=label.align, baseline="bottom")
            layers.append({"data": {"values": [{}]}, **text})
    return layers


def _from_top(levels: Sequence[float], row: int) -> int:
    """Pixels from the picture's top to the lower edge of a row of labels."""
    return ROW * (rows_above(levels) - row)


def _you(mine: Curve, crowd: Floats, x: Spec, y: Spec) -> Spec:
    """The name of the reader's curve, outside it where it rises most above the crowd's."""
    place = int(np.argmax(mine.density - crowd))
    slope = float(np.gradient(mine.density)[place]) / float(mine.density.max())
    align = "center" if abs(slope) < 0.01 else "right" if slope > 0 else "left"
    shift = {"center": 0, "right": -8, "left": 8}[align]
    row = mine.rows()[place] | {"words": _("You")}
    text = {"x": x, "y": y | {"field": "y"}, "text": {"field": "words"}}
    label = halo(text, "ink", 600, align=align, baseline="bottom", dx=shift, dy=-4)
    return {"data": {"values": [row]}, **label}


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
