"""Pictures of one moment: where people stand, options, methods, groups, calibration."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from flask_babel import gettext as _

from survey.charts.look import (
    NO_BREAK,
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
    bars = {"type": "rect", "stroke": PALETTE["paper"], "strokeWidth": 1}
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
    """Options in their own order, the chance of each as a bar, its number at the end; a hollow dot is the reader's.

    `own` maps a bar's label to the reader's percentage.
    """
    own = own or {}
    rows = [
        {"label": bar.label, "value": bar.value, "words": percent(bar.value), "mine": own.get(bar.label)}
        | ({"low": bar.low, "high": bar.high} if bar.low is not None else {})
        for bar in bars
    ]
    y = _names([bar.label for bar in bars])
    x = lying_percent(orient="top", grid=True, domain=False, ticks=False)
    rect = {"type": "bar", "height": 14, "color": PALETTE["accent"]}
    dot = {"type": "point", "size": 70, "filled": True, "strokeWidth": 1.8}
    dot |= {"fill": PALETTE["paper"], "stroke": PALETTE["ink"]}
    whisker = {"type": "rule", "strokeWidth": 14, "color": PALETTE["band"], "opacity": 1}
    value = x | {"field": "value"}
    layers = [line_of(rows, value, y, rect)]
    banded = [row for row in rows if "low" in row]
    if banded:
        layers.append(line_of(banded, x | {"field": "low"}, y, whisker, x2={"field": "high"}))
        tick = {"type": "tick", "thickness": 3, "height": 14, "color": PALETTE["accent"]}
        layers.append(line_of(banded, value, y, tick))
    if own:
        mine = [row for row in rows if row["mine"] is not None]
        layers.append(line_of(mine, x | {"field": "mine"}, y, dot))
    layers.append(_figures_behind(rows, [_far(bar, own.get(bar.label)) for bar in bars], x, y))
    columns = [_("Option"), _("Crowd forecast"), _("Interval, 90 %"), *([_("You")] if own else [])]
    cells = tuple(
        (bar.label, percent(bar.value), _interval(bar), *([_given(own.get(bar.label))] if own else []))
        for bar in bars
    )
    return _rows_chart(title, subtitle, description, layers, columns, cells)


def _far(bar: Range, mine: float | None) -> float:
    """Where the number may stand without covering anything."""
    return max(bar.value, bar.high or 0, mine or 0)


def methods_side_by_side(
    methods: Sequence[Range], *, title: str, subtitle: str = "", description: str = ""
) -> Chart:
    """The same question by several methods: a dot on its interval; the first is the headline, in the accent."""
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
    y = _names([one.label for one in methods])
    x = lying_percent(orient="top", grid=True, domain=False, ticks=False)
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
    return _rows_chart(title, subtitle, description, layers, columns, cells)


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
    y = _names([one.label for one in ranges])
    x = lying_percent(orient="top", grid=True, domain=False, ticks=False)
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
    return _rows_chart(title, subtitle, description, layers, columns, cells)


def segments(
    groups: Mapping[str, Sequence[float]],
    names: Sequence[str],
    colours: Sequence[str],
    *,
    title: str,
    subtitle: str = "",
    description: str = "",
) -> Chart:
    """A row for each group, a dot with its number for each scenario: `groups[group][k]` belongs to `names[k]`.

    `colours` are names of the palette; the key to them stands in HTML.
    """
    y = _names(list(groups))
    y |= {"axis": y["axis"] | {"grid": True}}
    x = lying_percent(grid=True, domain=False, ticks=False)
    layers = []
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
    return _rows_chart(title, subtitle, description, layers, [_("Group"), *names], cells, line=52)


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
            **halo({"x": at, "y": {"value": -10}, "text": {"field": "count"}}, "ink", 600),
        },
    ]
    columns = (_("Forecast"), _("Happened"), _("Interval, 90 %"), _("Forecasts"))
    cells = tuple(
        (percent(mean), percent(share), f"{number(low)}–{percent(high)}", number(count))
        for mean, share, low, high, count in bins
    )
    description = description or f"{title}."
    spec = finish(layers, 380, description) | {"padding": {"left": 1, "top": 24, "right": 1, "bottom": 1}}
    return Chart(title, subtitle, description, spec, columns, cells)


def _names(labels: Sequence[str]) -> Spec:
    """The y axis of named rows in the order given; long names wrap by their own accord at 24 characters."""
    axis = {
        "labelColor": PALETTE["ink"],
        "labelLimit": 300,
        "grid": False,
        "labelPadding": 10,
        "labelExpr": "split(datum.label, '\\n')",
    }
    names = [_wrapped(label) for label in labels]
    return {"field": "label", "type": "nominal", "sort": names, "axis": axis, "scale": {"domain": names}}


def _wrapped(label: str, width: int = 24) -> str:
    """Break a long name once or more between words, so that a phone keeps room for the bars."""
    lines: list[str] = [""]
    for word in label.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines)


def _figures_behind(rows: Sequence[Spec], places: Sequence[float], x: Spec, y: Spec) -> Spec:
    """The printed value of each row, after everything that is drawn in it."""
    labels = [row | {"far": place} for row, place in zip(rows, places, strict=True)]
    text = {"x": x | {"field": "far"}, "y": y, "text": {"field": "words"}}
    return {"data": {"values": labels}, **halo(text, "ink", 600, align="left", baseline="middle", dx=9)}


def _rows_chart(
    title: str,
    subtitle: str,
    description: str,
    layers: Sequence[Spec],
    columns: Sequence[str],
    cells: tuple[tuple[str, ...], ...],
    line: int = LINE,
) -> Chart:
    description = description or f"{title}: " + "; ".join(f"{row[0]} {row[1]}" for row in cells) + "."
    spec = finish(_broken(layers), line * len(cells) + 34, description)
    spec["padding"] |= {"right": room_for([f"100{NO_BREAK}%"])}
    return Chart(title, subtitle, description, spec, tuple(columns), cells)


def _broken(layers: Sequence[Spec]) -> list[Spec]:
    """The same layers with their row names wrapped as the axis has them."""
    done = []
    for layer in layers:
        values = [row | {"label": _wrapped(str(row["label"]))} for row in layer["data"]["values"]]
        done.append(layer | {"data": {"values": values}})
    return done


def _interval(one: Range) -> str:
    return "–" if one.low is None or one.high is None else f"{number(one.low)}–{percent(one.high)}"


def _given(value: float | None) -> str:
    return "–" if value is None else percent(value)
