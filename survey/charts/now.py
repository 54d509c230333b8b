"""Pictures of one moment: where people stand, options, methods, groups, calibration."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any, NamedTuple

from flask_babel import gettext as _

from survey.charts.look import (
    PALETTE,
    Chart,
    Spec,
    finish,
    halo,
    line_of,
    lying_percent,
    number,
    percent,
    room_for,
    upright_percent,
)

LINE = 36
"""Pixels for one named row."""

LINE_HEIGHT = 18
WRAP = 24
"""Characters of a row's name on one line, where it stands before the bars."""

NARROW = "width < 460"
"""Where a row's name stands above its bar instead of before it."""


class Bin(NamedTuple):
    """The share of people, in percent, who forecast between two percentages."""

    low: float
    high: float
    share: float


class Range(NamedTuple):
    """A named figure with the interval round it, all in percent."""

    label: str
    value: float
    low: float | None = None
    high: float | None = None


def tenths(shares: Sequence[float]) -> list[Bin]:
    """Ten equal bins from ten shares.

    >>> tenths([3, 2, 5, 9, 11, 17, 19, 18, 11, 5])[7]
    Bin(low=70, high=80, share=18)
    """
    return [Bin(10 * place, 10 * place + 10, share) for place, share in enumerate(shares)]


def histogram(
    bins: Sequence[Bin], *, title: str, subtitle: str = "", own: float | None = None, description: str = ""
) -> Chart:
    """Where people stand; the share above each bar, the reader's bar in the accent.

    Area is share: a bin merged from three is three times as wide and a third as high for the same share.
    """
    rows = [
        {
            "low": one.low,
            "high": one.high,
            "middle": (one.low + one.high) / 2,
            "tall": round(one.share * 10 / (one.high - one.low), 4),
            "share": number(one.share),
            "mine": own is not None and _holds(one, own),
        }
        for one in bins
    ]
    top = max(1.0, *(float(str(row["tall"])) for row in rows))
    x = lying_percent(domain=True)
    y = {"type": "quantitative", "scale": {"domain": [0, top * 1.3]}, "axis": None}
    colour = {"condition": {"test": "datum.mine", "value": PALETTE["accent"]}, "value": PALETTE["bar"]}
    bars = {"type": "rect", "stroke": PALETTE["paper"], "strokeWidth": 2}
    above = {"align": "center", "baseline": "bottom", "dy": -4}
    label = {"x": x | {"field": "middle"}, "y": y | {"field": "tall"}, "text": {"field": "share"}}
    layers = [
        line_of(
            rows,
            x | {"field": "low"},
            y | {"field": "tall"},
            bars,
            x2={"field": "high"},
            y2={"datum": 0},
            color=colour,
        ),
        {"data": {"values": rows}, **halo(label, "ink", 400, **above)},
    ]
    mine = [row | {"you": _("You")} for row in rows if row["mine"]]
    if mine:
        you = above | {"dy": -22}
        layers.append(
            {"data": {"values": mine}, **halo(label | {"text": {"field": "you"}}, "accent", 600, **you)}
        )
    cells = tuple((f"{number(one.low)}–{percent(one.high)}", percent(one.share)) for one in bins)
    description = description or f"{title}: " + "; ".join(f"{name}: {share}" for name, share in cells) + "."
    return Chart(
        title, subtitle, description, finish(layers, 170, description), (_("Forecast"), _("People")), cells
    )


def _holds(one: Bin, value: float) -> bool:
    return one.low <= value < one.high or (value == 100 and one.high == 100)


def ordered_bars(
    bars: Sequence[Range],
    *,
    title: str,
    subtitle: str = "",
    own: Mapping[str, float] | None = None,
    description: str = "",
) -> Chart:
    """Options in their own order, the chance of each as a bar; a hollow dot is the reader's.

    `own` maps a bar's label to the reader's percentage.
    """
    own = own or {}
    rows = [
        {"label": bar.label, "value": bar.value, "words": percent(bar.value), "mine": own.get(bar.label)}
        | ({"low": bar.low, "high": bar.high} if bar.low is not None else {})
        for bar in bars
    ]
    names = _Names(tuple(bar.label for bar in bars))
    x, y = names.x(), names.y
    rect = {"type": "bar", "height": 8, "color": PALETTE["accent"]}
    dot = {"type": "point", "size": 70, "filled": True, "strokeWidth": 1.8}
    dot |= {"fill": PALETTE["paper"], "stroke": PALETTE["ink"]}
    band = {"type": "bar", "height": 20, "color": PALETTE["band"]}
    value = x | {"field": "value"}
    banded = [row for row in rows if "low" in row]
    layers = [line_of(banded, x | {"field": "low"}, y, band, x2={"field": "high"})] if banded else []
    layers.append(line_of(rows, value, y, rect))
    if own:
        mine = [row for row in rows if row["mine"] is not None]
        layers.append(line_of(mine, x | {"field": "mine"}, y, dot))
    layers.append(_figures_behind(rows, [_far(bar, own.get(bar.label)) for bar in bars], x, y))
    columns = [_("Option"), _("Crowd forecast"), _("Interval, 90 %"), *([_("You")] if own else [])]
    cells = tuple(
        (bar.label, percent(bar.value), _interval(bar), *([_given(own.get(bar.label))] if own else []))
        for bar in bars
    )
    return _rows_chart((title, subtitle, description), names, layers, columns, cells)


def _far(bar: Range, mine: float | None) -> float:
    """Where the number may stand without covering anything."""
    return max(bar.value, bar.high or 0, mine or 0)


def methods_side_by_side(
    methods: Sequence[Range], *, title: str, subtitle: str = "", description: str = ""
) -> Chart:
    """The same question by several methods: a dot on its interval; the first is the headline."""
    rows = [
        {
            "label": one.label,
            "value": one.value,
            "low": one.low,
            "high": one.high,
            "words": percent(one.value),
        }
        for one in methods
    ]
    names = _Names(tuple(one.label for one in methods))
    x, y = names.x(), names.y
    banded = [row for row in rows if row["low"] is not None]
    dot = {"type": "point", "filled": True, "size": 80}
    layers = []
    for place, (fill, colour) in enumerate((("band", "accent"), ("tint", "edge"))):
        chosen = [row for row in banded if (row["label"] != methods[0].label) == bool(place)]
        mark = {
            "type": "bar",
            "height": 12,
            "color": PALETTE[fill],
            "stroke": PALETTE["band"],
            "strokeWidth": 1,
        }
        dots = [row for row in rows if (row["label"] != methods[0].label) == bool(place)]
        layers.append(line_of(chosen, x | {"field": "low"}, y, mark, x2={"field": "high"}))
        layers.append(line_of(dots, x | {"field": "value"}, y, dot | {"color": PALETTE[colour]}))
    layers.append(_figures_behind(rows, [_far(one, None) for one in methods], x, y))
    cells = tuple((one.label, percent(one.value), _interval(one)) for one in methods)
    columns = [_("Method"), _("Crowd forecast"), _("Interval, 90 %")]
    return _rows_chart((title, subtitle, description), names, layers, columns, cells)


def spreads(ranges: Sequence[Range], *, title: str, subtitle: str = "", description: str = "") -> Chart:
    """Where people disagree: the middle half of forecasts in grey, the crowd forecast as a tick upon it."""
    rows = [
        {
            "label": one.label,
            "value": one.value,
            "low": one.low,
            "high": one.high,
            "words": percent(one.value),
        }
        for one in ranges
    ]
    names = _Names(tuple(one.label for one in ranges))
    x, y = names.x(), names.y
    half = {"type": "bar", "height": 12, "color": PALETTE["spread"]}
    tick = {"type": "tick", "thickness": 4, "height": 18, "color": PALETTE["accent"]}
    layers = [
        line_of(
            [row for row in rows if row["low"] is not None],
            x | {"field": "low"},
            y,
            half,
            x2={"field": "high"},
        ),
        line_of(rows, x | {"field": "value"}, y, tick),
        _figures_behind(rows, [_far(one, None) for one in ranges], x, y),
    ]
    cells = tuple((one.label, percent(one.value), _interval(one)) for one in ranges)
    columns = [_("Question"), _("Crowd forecast"), _("Middle half of people")]
    return _rows_chart((title, subtitle, description), names, layers, columns, cells)


def segments(
    groups: Mapping[str, Sequence[float]],
    names: Sequence[str],
    colours: Sequence[str],
    *,
    title: str,
    subtitle: str = "",
    description: str = "",
) -> Chart:
    """A row for each group, a dot with its number for each scenario: `groups[group][k]` is of `names[k]`.

    `colours` are names of the palette; the key to them stands in HTML.
    """
    rows_of = _Names(tuple(groups), line=52, lift=26)
    x, y = rows_of.x(orient="bottom"), rows_of.y
    guide = {"type": "rule", "color": PALETTE["grid"], "strokeWidth": 1}
    across: Spec = {"x": x | {"field": "from"}, "x2": {"field": "to"}, "y": y}
    ends = [{"label": group, "from": 0, "to": 100} for group in groups]
    layers: list[Spec] = [{"data": {"values": ends}, "mark": guide, "encoding": across}]
    for place, colour in enumerate(colours):
        rows = [
            {"label": group, "value": values[place], "words": number(values[place])}
            for group, values in groups.items()
        ]
        dot = {"type": "point", "filled": True, "size": 110, "strokeWidth": 1}
        dot |= {"fill": PALETTE[colour], "stroke": PALETTE["ink-2"]}
        at = {"x": x | {"field": "value"}, "y": y}
        layers.append({"data": {"values": rows}, "mark": dot, "encoding": at})
        text = halo(at | {"text": {"field": "words"}}, "ink", 600, baseline="bottom", dy=-8)
        layers.append({"data": {"values": rows}, **text})
    cells = tuple((group, *(percent(value) for value in values)) for group, values in groups.items())
    return _rows_chart((title, subtitle, description), rows_of, layers, [_("Group"), *names], cells)


def calibration(
    bins: Sequence[tuple[float, float, float, float, int]],
    *,
    title: str,
    subtitle: str = "",
    description: str = "",
) -> Chart:
    """Share that happened against what was forecast; on top how many, bars are the 90 % interval.

    A bin is (mean forecast, share that happened, low, high, forecasts in it), the first four in percent.
    """
    rows = [
        {
            "forecast": mean,
            "share": share,
            "low": low,
            "high": high,
            "count": number(count),
            "size": 30 + 6 * count,
        }
        for mean, share, low, high, count in bins
    ]
    x = lying_percent(
        domain=False, title=_("Your forecast"), titleColor=PALETTE["ink-3"], titleFontWeight=400
    )
    x["axis"] |= {"titleFontSize": 14, "titlePadding": 8}
    y = upright_percent()
    diagonal = {"type": "line", "color": PALETTE["edge"], "strokeDash": [4, 4], "strokeWidth": 1.2}
    bar = {"type": "rule", "color": PALETTE["band"], "strokeWidth": 6}
    dot = {"type": "point", "filled": True, "color": PALETTE["accent"]}
    at = x | {"field": "forecast"}
    layers = [
        line_of([{"at": 0}, {"at": 100}], x | {"field": "at"}, y | {"field": "at"}, diagonal),
        line_of(rows, at, y | {"field": "low"}, bar, y2={"field": "high"}),
        line_of(
            rows,
            at,
            y | {"field": "share"},
            dot,
            size={"field": "size", "type": "quantitative", "scale": None},
        ),
        {
            "data": {"values": rows},
            **halo({"x": at, "y": {"value": -17}, "text": {"field": "count"}}, "ink", 600),
        },
    ]
    columns = (_("Forecast"), _("Happened"), _("Interval, 90 %"), _("Forecasts"))
    cells = tuple(
        (percent(mean), percent(share), f"{number(low)}–{percent(high)}", number(count))
        for mean, share, low, high, count in bins
    )
    description = description or f"{title}."
    spec = finish(layers, 380, description) | {"padding": {"left": 1, "top": 30, "right": 1, "bottom": 1}}
    return Chart(title, subtitle, description, spec, columns, cells)


@dataclass(frozen=True)
class _Names:
    """Named rows in the order given: their y scale, their words at the start, the x scale beside them.

    The words are drawn as marks, not as an axis, so that a long name stands on two
    lines in the middle of its row.
    """

    labels: tuple[str, ...]
    line: int = LINE
    lift: int = 13
    """Pixels the name is lifted above the middle of its row on a phone."""

    @property
    def wrapped(self) -> list[list[str]]:
        return [_balanced(label) for label in self.labels]

    @property
    def y(self) -> Spec:
        scale = {"domain": list(self.labels)}
        return {"field": "label", "type": "nominal", "sort": None, "axis": None, "scale": scale}

    @property
    def heights(self) -> tuple[int, int]:
        """Of the picture, and of the picture on a phone."""
        lines = max(len(words) for words in self.wrapped)
        wide, narrow = max(self.line, LINE_HEIGHT * lines + 10), 3 * LINE_HEIGHT - 15 + self.lift
        return len(self.labels) * wide + 34, len(self.labels) * narrow + 34

    @property
    def width(self) -> int:
        """Pixels the longest line takes."""
        return room_for([line for words in self.wrapped for line in words], 1.0)

    def x(self, **axis: Any) -> Spec:
        """0 to 100 %, beginning after the names, with room at the end for a number."""
        ends = [{"expr": f"{NARROW} ? 0 : {self.width}"}, {"expr": "width - 52"}]
        look = {"orient": "top", "grid": True, "domain": False, "ticks": False}
        return lying_percent(**look | axis) | {"scale": {"domain": [0, 100], "nice": False, "range": ends}}

    def words(self) -> list[Spec]:
        """A layer for each number of lines, moved up by half of what stands below the first."""
        layers = []
        for count in sorted({len(words) for words in self.wrapped}):
            pairs = zip(self.labels, self.wrapped, strict=True)
            rows = [{"label": label, "words": words} for label, words in pairs if len(words) == count]
            up = (count - 1) * LINE_HEIGHT / 2
            mark = {"type": "text", "baseline": "middle", "lineHeight": LINE_HEIGHT, "color": PALETTE["ink"]}
            mark["align"] = {"expr": f"{NARROW} ? 'left' : 'right'"}
            mark["dy"] = {"expr": f"{NARROW} ? {-self.lift} : {-up}"}
            start = {"value": {"expr": f"{NARROW} ? 0 : {self.width - 10}"}}
            text = {"condition": {"test": NARROW, "field": "label"}, "field": "words"}
            layers.append(
                {"data": {"values": rows}, "mark": mark, "encoding": {"x": start, "y": self.y, "text": text}}
            )
        return layers


def _balanced(label: str) -> list[str]:
    """A name on as few lines as it needs, none much longer than the others.

    >>> _balanced("Median of the last 30 days")
    ['Median of the', 'last 30 days']
    """
    lines = wrap(label, WRAP) or [""]
    widths = range(max(1, len(label) // len(lines)), WRAP + 1)
    return next((words for width in widths if len(words := wrap(label, width)) <= len(lines)), lines)


def _lowered(layer: Spec) -> Spec:
    """The same layer, moved down on a phone to make way for the name above."""
    if "layer" in layer:
        return layer | {"layer": [_lowered(inner) for inner in layer["layer"]]}
    return layer | {"mark": layer["mark"] | {"yOffset": {"expr": f"{NARROW} ? 9 : 0"}}}


def _figures_behind(rows: Sequence[Spec], places: Sequence[float], x: Spec, y: Spec) -> Spec:
    """The printed value of each row, after everything that is drawn in it."""
    labels = [row | {"far": place} for row, place in zip(rows, places, strict=True)]
    text = {"x": x | {"field": "far"}, "y": y, "text": {"field": "words"}}
    return {"data": {"values": labels}, **halo(text, "ink", 600, align="left", baseline="middle", dx=12)}


def _rows_chart(
    words: tuple[str, str, str],
    names: _Names,
    layers: Sequence[Spec],
    columns: Sequence[str],
    cells: tuple[tuple[str, ...], ...],
) -> Chart:
    title, subtitle, description = words
    description = description or f"{title}: " + "; ".join(f"{row[0]} {row[1]}" for row in cells) + "."
    spec = finish([*names.words(), *map(_lowered, layers)], names.heights[0], description, names.heights[1])
    return Chart(title, subtitle, description, spec, tuple(columns), cells)


def _interval(one: Range) -> str:
    return "–" if one.low is None or one.high is None else f"{number(one.low)}–{percent(one.high)}"


def _given(value: float | None) -> str:
    return "–" if value is None else percent(value)
