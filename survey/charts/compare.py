"""Pictures of named rows: options, methods side by side, disagreement, groups."""

from collections.abc import Mapping, Sequence

from flask_babel import gettext as _

from survey.charts.look import PALETTE, Chart, Spec, halo, line_of
from survey.charts.rows import Names, Range, figures_behind, interval, rows_chart
from survey.charts.words import number, percent


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
    names = Names(tuple(bar.label for bar in bars))
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
    layers.append(figures_behind(rows, [_far(bar, own.get(bar.label)) for bar in bars], x, y))
    columns = [_("Option"), _("Crowd forecast"), _("Interval, 90 %"), *([_("You")] if own else [])]
    cells = tuple(
        (bar.label, percent(bar.value), interval(bar), *([_given(own.get(bar.label))] if own else []))
        for bar in bars
    )
    return rows_chart((title, subtitle, description), names, layers, columns, cells)


def _far(bar: Range, mine: float | None) -> float:
    """Where the number may stand without covering anything."""
    return max(bar.value, bar.high or 0, mine or 0)


def methods_side_by_side(
    methods: Sequence[Range], *, title: str, subtitle: str = "", description: str = ""
) -> Chart:
    """The same question by several methods: a dot on its interval; the first is the headline."""
    return _side_by_side(methods, _("Method"), (title, subtitle, description))


def groups_side_by_side(
    groups: Sequence[Range], *, title: str, subtitle: str = "", description: str = ""
) -> Chart:
    """The same question by several groups of people: a dot on its interval; the first is everybody."""
    return _side_by_side(groups, _("Group"), (title, subtitle, description))


def _side_by_side(ranges: Sequence[Range], heading: str, words: tuple[str, str, str]) -> Chart:
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
    names = Names(tuple(one.label for one in ranges))
    x, y = names.x(), names.y
    banded = [row for row in rows if row["low"] is not None]
    dot = {"type": "point", "filled": True, "size": 80}
    layers = []
    for place, (fill, colour) in enumerate((("band", "accent"), ("tint", "edge"))):
        chosen = [row for row in banded if (row["label"] != ranges[0].label) == bool(place)]
        mark = {
            "type": "bar",
            "height": 12,
            "color": PALETTE[fill],
            "stroke": PALETTE["band"],
            "strokeWidth": 1,
        }
        dots = [row for row in rows if (row["label"] != ranges[0].label) == bool(place)]
        layers.append(line_of(chosen, x | {"field": "low"}, y, mark, x2={"field": "high"}))
        layers.append(line_of(dots, x | {"field": "value"}, y, dot | {"color": PALETTE[colour]}))
    layers.append(figures_behind(rows, [_far(one, None) for one in ranges], x, y))
    cells = tuple((one.label, percent(one.value), interval(one)) for one in ranges)
    columns = [heading, _("Crowd forecast"), _("Interval, 90 %")]
    return rows_chart(words, names, layers, columns, cells)


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
    names = Names(tuple(one.label for one in ranges))
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
        figures_behind(rows, [_far(one, None) for one in ranges], x, y),
    ]
    cells = tuple((one.label, percent(one.value), interval(one)) for one in ranges)
    columns = [_("Question"), _("Crowd forecast"), _("Middle half of people")]
    return rows_chart((title, subtitle, description), names, layers, columns, cells)


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
    rows_of = Names(tuple(groups), line=52, lift=26)
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
    return rows_chart((title, subtitle, description), rows_of, layers, [_("Group"), *names], cells)


def _given(value: float | None) -> str:
    return "–" if value is None else percent(value)
