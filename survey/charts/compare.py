"""Pictures of named rows: options, methods side by side, disagreement, groups."""

from collections.abc import Mapping, Sequence

from flask_babel import gettext as _

from survey.charts.look import PALETTE, Chart, Spec, halo, line_of, zoom_of
from survey.charts.rows import (
    NamedInterval,
    Names,
    figures_behind,
    interval,
    lying,
    rows_chart,
    rows_of,
    with_interval,
)
from survey.charts.words import number, percent, zoomed

LANE = 20
"""Pixels from a bar down to the reader's dot, so that neither covers the other or its number."""


def ordered_bars(
    bars: Sequence[NamedInterval],
    *,
    title: str,
    subtitle: str = "",
    own: Mapping[str, float] | None = None,
    description: str = "",
) -> Chart:
    """Options in their own order, the chance of each as a bar; beneath it a hollow dot for the reader's.

    `own` maps a bar's label to the reader's percentage.
    """
    own = own or {}
    rows = rows_of(bars)
    names = Names(tuple(bar.label for bar in bars), lane=LANE if own else 0)
    x, y = names.x(), names.y
    layers = [
        lying(with_interval(rows), ("low", "high"), x, y, 20, color=PALETTE["band"]),
        lying(rows, ("zero", "value"), x, y, 8, color=PALETTE["accent"]),
        figures_behind(rows, x, y),
        *_own_dots([(row, own[bar.label]) for row, bar in enumerate(bars) if bar.label in own], x, y),
    ]
    columns = [_("Option"), _("Crowd forecast"), _("Interval, 90 %"), *([_("You")] if own else [])]
    cells = tuple(
        (bar.label, percent(bar.value), interval(bar), *([_given(own.get(bar.label))] if own else []))
        for bar in bars
    )
    return rows_chart((title, subtitle, description), names, layers, columns, cells)


def _own_dots(own: Sequence[tuple[int, float]], x: Spec, y: Spec) -> list[Spec]:
    """The reader's dots, each with its number: behind it, before it where the picture ends."""
    dot = {"type": "point", "size": 70, "filled": True, "strokeWidth": 1.8, "yOffset": LANE}
    dot |= {"fill": PALETTE["paper"], "stroke": PALETTE["ink"]}
    rows = [
        {"row": row, "mine": value, "words": _("You %(value)s", value=percent(value))} for row, value in own
    ]
    at = {"x": x | {"field": "mine"}, "y": y}
    text = at | {"text": {"field": "words"}}
    layers: list[Spec] = [{"data": {"values": rows}, "mark": dot, "encoding": at}] if rows else []
    for late, align, shift in ((False, "left", 9), (True, "right", -9)):
        there = [row for row in rows if (row["mine"] > 75) == late]
        label = halo(text, "ink", 600, align=align, baseline="middle", dx=shift, yOffset=LANE)
        layers += [{"data": {"values": there}, **label}] if there else []
    return layers


def methods_side_by_side(
    methods: Sequence[NamedInterval], *, title: str, subtitle: str = "", description: str = ""
) -> Chart:
    """The same question by several methods: a dot on its interval; the first is the headline."""
    rows = rows_of(methods)
    # Intervals count too: an axis that ended before one would cut it.
    top = zoom_of(end for one in methods for end in one[1:] if end is not None)
    names = Names(tuple(one.label for one in methods), top=top)
    x, y = names.x(), names.y
    layers = []
    for chosen, fill, colour in ((rows[:1], "band", "accent"), (rows[1:], "tint", "edge")):
        # The fill alone is hardly seen on dark paper; its edge is.
        look = {"color": PALETTE[fill], "stroke": PALETTE[colour], "strokeWidth": 1}
        dot = {"type": "point", "filled": True, "size": 80, "color": PALETTE[colour]}
        layers.append(lying(with_interval(chosen), ("low", "high"), x, y, 12, **look))
        layers.append(line_of(chosen, x | {"field": "value"}, y, dot))
    layers.append(figures_behind(rows, x, y))
    cells = tuple((one.label, percent(one.value), interval(one)) for one in methods)
    columns = [_("Method"), _("Crowd forecast"), _("Interval, 90 %")]
    return rows_chart((title, zoomed(subtitle, top), description), names, layers, columns, cells)


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
    rows_named = Names(tuple(groups), line=52, lift=35)
    x, y = rows_named.x(orient="bottom"), rows_named.y
    guide = {"type": "rule", "color": PALETTE["grid"], "strokeWidth": 1}
    across: Spec = {"x": x | {"field": "from"}, "x2": {"field": "to"}, "y": y}
    ends = [{"row": row, "from": 0, "to": 100} for row in range(len(groups))]
    layers: list[Spec] = [{"data": {"values": ends}, "mark": guide, "encoding": across}]
    for place, colour in enumerate(colours):
        rows = [
            {"row": row, "value": values[place], "words": number(values[place])}
            for row, values in enumerate(groups.values())
        ]
        dot = {"type": "point", "filled": True, "size": 110, "strokeWidth": 1}
        dot |= {"fill": PALETTE[colour], "stroke": PALETTE["ink-2"]}
        at = {"x": x | {"field": "value"}, "y": y}
        layers.append({"data": {"values": rows}, "mark": dot, "encoding": at})
        text = halo(at | {"text": {"field": "words"}}, "ink", 600, baseline="bottom", dy=-8)
        layers.append({"data": {"values": rows}, **text})
    cells = tuple((group, *(percent(value) for value in values)) for group, values in groups.items())
    return rows_chart((title, subtitle, description), rows_named, layers, [_("Group"), *names], cells)


def _given(value: float | None) -> str:
    return "–" if value is None else percent(value)
