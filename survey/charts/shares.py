"""Shares of people: the histogram."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from flask_babel import gettext as _

from survey.charts.look import PALETTE, Chart, Spec, finish, halo, line_of
from survey.charts.words import number, percent

HEIGHT = 170

EDGES = (0, 1, 2, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 98, 99, 100)
"""Percentages at even distances on the axis: about even in log-odds, and the cells that publications count."""

LEAST = 2
"""Pixels that the bar of any share above 0 is high."""


class Bin(NamedTuple):
    """The share of people, in percent, who forecast between two percentages."""

    low: float
    high: float
    share: float


def tenths(shares: Sequence[float]) -> list[Bin]:
    """Ten equal bins from ten shares.

    >>> tenths([3, 2, 5, 9, 11, 17, 19, 18, 11, 5])[7]
    Bin(low=70, high=80, share=18)
    """
    return [Bin(10 * place, 10 * place + 10, share) for place, share in enumerate(shares)]


def histogram(
    bins: Sequence[Bin], *, title: str, subtitle: str = "", own: float | None = None, description: str = ""
) -> Chart:
    """Histogram of people's chances on an axis about even in log-odds: the share above each bar, the reader's marked.

    Area is share: a bin merged from three cells is three times as wide and a third as high for the same share. The
    subtitle says so where there are such bins.
    """
    rows = [_bar(one, own) for one in bins]
    if any(row["cells"] > 1 for row in rows):
        note = _("The area of a bar is its share; wider bars join cells with few people")
        subtitle = f"{subtitle}. {note}" if subtitle else note
    cells = tuple((f"{number(one.low)}–{percent(one.high)}", percent(one.share)) for one in bins)
    description = description or f"{title}: " + "; ".join(f"{name}: {share}" for name, share in cells) + "."
    spec = finish(_bars(rows, own), HEIGHT, description)
    return Chart(title, subtitle, description, spec, (_("Forecast"), _("People")), cells)


def place(value: float) -> float:
    """Where a percentage stands on the axis: a cell is one wide.

    >>> place(0), place(1.5), place(15), place(100)
    (0.0, 1.5, 4.5, 16.0)
    """
    return float(np.interp(value, EDGES, range(len(EDGES))))


def _bar(one: Bin, own: float | None) -> Spec:
    """A bin as Vega reads it: its ends and middle on the axis, its height for one cell, what stands above."""
    low, high = place(one.low), place(one.high)
    wide = round(high - low, 6)
    share = number(one.share) if wide <= 1 else _("%(share)s in all", share=number(one.share))
    row: Spec = {"low": low, "high": high, "middle": (low + high) / 2, "cells": wide}
    row |= {"tall": round(one.share / wide, 4), "share": share}
    return row | {"mine": own is not None and _holds(one, own)}


def _axis() -> Spec:
    """0 to 100 %, never cut: an edge of the cells at each tick, the sign at the outer two."""
    said = [number(edge) for edge in EDGES]
    said[0], said[-1] = percent(EDGES[0]), percent(EDGES[-1])
    return {
        "type": "quantitative",
        "scale": {"domain": [0, len(EDGES) - 1], "nice": False},
        "axis": {
            "values": list(range(len(EDGES))),
            "labelExpr": f"{said}[datum.value]",
            "labelOverlap": "parity",
            "labelSeparation": 4,
        },
    }


def _bars(rows: list[Spec], own: float | None) -> list[Spec]:
    """Bars, the share above each, and "You" over all that is near: a bar is narrower than the word."""
    x = _axis()
    top = 1.3 * max(1.0, *(row["tall"] for row in rows))
    least = round(top * LEAST / (HEIGHT - 36), 4)
    rows = [row | {"drawn": max(row["tall"], least if row["tall"] else 0)} for row in rows]
    y = {"type": "quantitative", "scale": {"domain": [0, top]}, "axis": None} | {"field": "drawn"}
    # Never by colour alone: “You” stands over the bar too.
    colour = {"condition": {"test": "datum.mine", "value": PALETTE["accent"]}, "value": PALETTE["bar"]}
    bars = {"type": "rect", "stroke": PALETTE["paper"], "strokeWidth": 2}
    ends: dict[str, Spec] = {"x2": {"field": "high"}, "y2": {"datum": 0}, "color": colour}
    above = {"align": "center", "baseline": "bottom"}
    label = {"x": x | {"field": "middle"}, "y": y, "text": {"field": "share"}}
    layers = [
        line_of(rows, x | {"field": "low"}, y, bars, **ends),
        {"data": {"values": rows}, **halo(label, "ink", 400, **above, dy=-4)},
    ]
    words = halo(label, "accent", 600, **above, dy=-22)
    return [*layers, *({"data": {"values": [mine]}, **words} for mine in _mine(rows, own))]


def _mine(rows: list[Spec], own: float | None) -> list[Spec]:
    """Where "You" stands: over the middle of a cell, in a bar of several cells where the forecast is."""
    return [
        {
            "middle": row["middle"] if row["cells"] <= 1 or own is None else place(own),
            "drawn": max(near["drawn"] for near in rows[max(0, number - 1) : number + 2]),
            "share": _("You"),
        }
        for number, row in enumerate(rows)
        if row["mine"]
    ]


def _holds(one: Bin, value: float) -> bool:
    return one.low <= value < one.high or (value == 100 and one.high == 100)
