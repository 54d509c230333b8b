"""Named ranges one under the other, in a narrow column: groups of people, or methods for a number."""

from collections.abc import Sequence
from itertools import accumulate
from textwrap import wrap
from typing import NamedTuple

from survey.charts.curve import Axis, log_ticks, milliseconds, window_of
from survey.charts.look import PALETTE, Chart, Spec, finish, halo, lying_percent, zoom_of
from survey.charts.rows import LINE_HEIGHT, WRAP_NARROW, bound
from survey.charts.words import zoomed

ROW, HEADING, AXIS = 42, 34, 34
"""Pixels of a row with a name on one line, of a heading over several, and of the axis on top."""

BEHIND = 62
"""Pixels that stay free behind the axis, for the words of the last figure."""


class Range(NamedTuple):
    """A named figure on the range round it; without figures a heading over those that follow.

    `value`, `low` and `high` are in percent or on the question's own scale; `words` is the value as it is printed,
    `said` the range.
    """

    label: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    words: str = ""
    said: str = ""


def ranges(
    rows: Sequence[Range],
    *,
    title: str,
    columns: Sequence[str],
    subtitle: str = "",
    axis: Axis | None = None,
    description: str = "",
) -> Chart:
    """Named ranges with a mark at each figure, the first in the accent: everybody, or the method that heads a page.

    Parameters
    ----------
    columns
        What the table calls the name, the figure and the range.
    axis
        The question's own scale; by default chances from 0 to 100 %.
    """
    names = [wrap(bound(row.label), WRAP_NARROW) or [""] for row in rows]
    tall = [
        (HEADING if row.value is None else ROW) + LINE_HEIGHT * (len(words) - 1)
        for row, words in zip(rows, names, strict=True)
    ]
    bottom = list(accumulate(tall))
    drawn = [end for row in rows for end in (row.value, row.low, row.high) if end is not None]
    top = 100 if axis else zoom_of(drawn)
    x, y = _scale(axis, drawn) if axis else _chances(top), _upright(bottom[-1])
    placed = [
        _place(row, end - 9, axis) for row, end in zip(rows, bottom, strict=True) if row.value is not None
    ]
    layers = [
        *_marks(placed[:1], x, y, "band", "accent"),
        *_marks(placed[1:], x, y, "tint", "ink-2"),
        *_names(rows, names, bottom, y),
        _figures(placed, x, y),
    ]
    cells = tuple((row.label, row.words, row.said) for row in rows if row.value is not None)
    description = description or f"{title}: " + "; ".join(f"{row[0]} {row[1]}" for row in cells) + "."
    spec = finish([layer for layer in layers if layer], bottom[-1] + AXIS, description)
    return Chart(title, zoomed(subtitle, top), description, spec, tuple(columns), cells)


def _place(row: Range, middle: float, axis: Axis | None) -> Spec:
    value, low, high = (
        None if end is None else axis.place(end) if axis else end for end in (row.value, row.low, row.high)
    )
    far = value if high is None else high
    return {"y": middle, "value": value, "low": low, "high": high, "far": far, "words": row.words}


LOOK: Spec = {"orient": "top", "grid": True, "domain": False, "ticks": False, "labelFlush": True}
ENDS = [0, {"expr": f"width - {BEHIND}"}]
"""The axis stands on top, with its grid; room for words stays free behind it."""


def _chances(top: int) -> Spec:
    x = lying_percent(top, **LOOK | {"values": [0, top / 2, top]})
    return x | {"scale": x["scale"] | {"range": ENDS}}


def _scale(axis: Axis, drawn: Sequence[float]) -> Spec:
    """A question's own scale, with a few ticks."""
    window = window_of(axis, drawn)
    if axis.dates:
        domain = {"expr": str([milliseconds(round(end)) for end in window])}
        scale: Spec = {"type": "utc", "nice": False, "domain": domain, "range": ENDS}
        return {"type": "temporal", "scale": scale, "axis": LOOK | {"format": "%Y", "tickCount": 3}}
    scale = {"domain": list(window), "nice": False, "range": ENDS}
    scale |= {"type": "log"} if axis.log else {"zero": False}
    look = LOOK | {"format": ",.10~g", "labelOverlap": "greedy", "labelSeparation": 12}
    look |= {"values": log_ticks(*window)[::2]} if axis.log else {"tickCount": 3}
    return {"type": "quantitative", "scale": scale, "axis": look}


def _upright(height: int) -> Spec:
    """Pixels from the top."""
    scale = {"domain": [0, height], "range": [0, height], "nice": False, "zero": False}
    return {"type": "quantitative", "axis": None, "scale": scale}


def _marks(rows: Sequence[Spec], x: Spec, y: Spec, fill: str, colour: str) -> list[Spec]:
    """The range as a bar, with an edge, for its fill is hardly seen on dark paper; a mark at the figure."""
    at = {"x": x | {"field": "low"}, "x2": {"field": "high"}, "y": y | {"field": "y"}, "y2": {"field": "y"}}
    bar = {"type": "rect", "yOffset": -5, "y2Offset": 5, "color": PALETTE[fill]}
    bar |= {"stroke": PALETTE[colour], "strokeWidth": 0.75}
    mark = {
        "type": "rect",
        "yOffset": -7,
        "y2Offset": 7,
        "xOffset": -1.5,
        "x2Offset": 1.5,
        "color": PALETTE[colour],
    }
    there = at | {"x": x | {"field": "value"}, "x2": {"field": "value"}}
    ranged = [row for row in rows if row["low"] is not None]
    return [
        {"data": {"values": chosen}, "mark": look, "encoding": encoding}
        for chosen, look, encoding in ((ranged, bar, at), (list(rows), mark, there))
        if chosen
    ]


def _names(rows: Sequence[Range], names: Sequence[list[str]], bottom: Sequence[int], y: Spec) -> list[Spec]:
    """Names above their bars; the first and the headings in bold. The last of several lines is the lowest."""
    layers = []
    for strong, weight, colour in ((True, 600, "ink"), (False, 400, "ink-2")):
        chosen = [
            {"y": end - (8 if row.value is None else 22) - LINE_HEIGHT * (len(words) - 1), "words": words}
            for number, (row, words, end) in enumerate(zip(rows, names, bottom, strict=True))
            if (number == 0 or row.value is None) == strong
        ]
        text = {"x": {"value": 0}, "y": y | {"field": "y"}, "text": {"field": "words"}}
        look = {"align": "left", "baseline": "alphabetic", "lineHeight": LINE_HEIGHT}
        layers += [{"data": {"values": chosen}, **halo(text, colour, weight, **look)}] if chosen else []
    return layers


def _figures(rows: Sequence[Spec], x: Spec, y: Spec) -> Spec:
    """The figure behind each bar, as it is printed."""
    text = {"x": x | {"field": "far"}, "y": y | {"field": "y"}, "text": {"field": "words"}}
    return {"data": {"values": list(rows)}, **halo(text, "ink", 600, align="left", baseline="middle", dx=8)}
