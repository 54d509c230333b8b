"""What all charts share: colours, type, axes, and the `Chart` that a page shows.

A specification holds the colours of the light scheme, so that a server draws it as it stands. In a page
`static/charts.js` puts the style sheet's variable in place of each of them, so that one picture serves both
schemes: `TOKENS` travels with every specification as its `usermeta`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from survey.charts.words import NO_BREAK

Spec = dict[str, Any]

PALETTE: Mapping[str, str] = {
    "paper": "#fcfbf8",
    "paper-2": "#f3f1eb",
    "ink": "#15181c",
    "ink-2": "#434a52",
    "ink-3": "#5f666e",
    "edge": "#767c84",
    "axis": "#8b9097",
    "rule": "#d8d5cc",
    "grid": "#e4e1d9",
    # Petrol, since it is no party's flag.
    "accent": "#0b5f6f",
    "tint": "#dcebed",
    # Two fills that never look alike: how uncertain a number is, and how far people are apart.
    "band": "#a9cfd5",
    "spread": "#dedbd3",
    "bar": "#949189",
    # Of Okabe and Ito, for who cannot tell red from green. Sky is a fill with its value printed: on light
    # paper its contrast is 2.2, too little for a line.
    "blue": "#0072b2",
    "sky": "#56b4e9",
    "grey": "#8b8e91",
    "vermilion": "#d55e00",
}
"""Name of a colour in `static/parley.css` (without `--p-`) and its value in the light scheme."""

DARK: Mapping[str, str] = {
    "paper": "#14171a",
    "paper-2": "#1d2125",
    "ink": "#f0eee9",
    "ink-2": "#c3c6c9",
    "ink-3": "#9ba1a7",
    "edge": "#7f868d",
    "axis": "#6f767d",
    "rule": "#343a40",
    "grid": "#2a2f34",
    "accent": "#74c7d3",
    "tint": "#1b3338",
    "band": "#2c5a63",
    "spread": "#363b40",
    "bar": "#6b7075",
    "blue": "#3d9bd6",
    "sky": "#7cc6f0",
    "grey": "#7d8185",
    "vermilion": "#e8762b",
}
"""The same names in the dark scheme, for pictures that are drawn on the server and stand elsewhere."""

TOKENS: Mapping[str, str] = {value: f"--p-{name}" for name, value in PALETTE.items()}

NARROW = "width < 478"
"""Whether the picture stands on a phone: in a place of less than 480 pixels, as `static/charts.js` measures."""

WIDTH = 720
"""Width in pixels of a picture made on the server; a page draws at the width it has."""


@dataclass(frozen=True)
class Chart:
    """A picture, what it says in words, and its numbers.

    Attributes
    ----------
    title : what the picture shows, as a sentence where there is one; stands in HTML, since Vega does not wrap
    subtitle : quantity, unit and what bands mean
    description : the text alternative
    spec : the Vega-Lite specification, plain values only
    columns, rows : the table; every cell ready to be shown
    """

    title: str
    subtitle: str
    description: str
    spec: Spec
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def concise(self) -> Spec:
        """The specification for a page, which is sent as it stands: half of it was axes, said again in each layer."""
        return self.spec | {"layer": share_axes(self.spec["layer"])}


def share_axes(layers: Sequence[Spec]) -> list[Spec]:
    """Layers that draw the same, neighbours with equal axes in one layer that says these once.

    A layer of Vega-Lite has what its parent's encoding says of a channel, but for what it says itself
    (https://vega.github.io/vega-lite/docs/layer.html).

    >>> axis = {"type": "quantitative", "scale": {"nice": False}}
    >>> share_axes([{"encoding": {"x": {"field": "low"} | axis}}, {"encoding": {"x": {"field": "high"} | axis}}])
    ... # doctest: +NORMALIZE_WHITESPACE
    [{'encoding': {'x': {'scale': {'nice': False}, 'type': 'quantitative'}},
      'layer': [{'encoding': {'x': {'field': 'low'}}}, {'encoding': {'x': {'field': 'high'}}}]}]
    """
    shared: list[Spec] = []
    for axes, found in groupby(layers, _axes):
        alike = list(found)
        shared += [{"encoding": axes, "layer": [_without(axes, one) for one in alike]}] if axes else alike
    return shared


def _axes(layer: Spec) -> Spec:
    """What a layer says of its two axes, whatever lies along them."""
    said = ((channel, layer.get("encoding", {}).get(channel, {})) for channel in ("x", "y"))
    axes = {
        channel: {key: one[key] for key in ("axis", "scale", "type") if key in one} for channel, one in said
    }
    return {channel: one for channel, one in axes.items() if one}


def _without(axes: Spec, layer: Spec) -> Spec:
    own = layer["encoding"]
    rest = {
        channel: {key: own[channel][key] for key in own[channel] if key not in axes[channel]}
        for channel in axes
    }
    return layer | {"encoding": own | rest}


def finish(layers: Sequence[Spec], height: int, description: str, narrow: int = 0) -> Spec:
    """One layered view, as wide as its place and `height` pixels high, with the look of all charts.

    `narrow` is the height on a phone, where it differs.
    """
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "description": description,
        "width": WIDTH,
        "height": height,
        "autosize": {"type": "fit", "contains": "padding"},
        "padding": {"left": 1, "top": 8, "right": 1, "bottom": 1},
        "background": "transparent",
        "config": config(),
        "usermeta": {"tokens": dict(TOKENS), "narrow": narrow or height},
        "layer": list(layers),
    }


def config() -> Spec:
    """Type, axes and marks: no frame, no y line, labels in grey, nothing half transparent."""
    # Vega-Lite draws points and ticks at 0.7 where nothing is said: in colours that are not the palette's.
    opaque = {"opacity": 1}
    return {
        "font": "Inter, system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif",
        "view": {"stroke": None},
        "axis": {
            "labelColor": PALETTE["ink-3"],
            "labelFontSize": 14,
            "labelPadding": 6,
            "domain": False,
            "ticks": False,
            "gridColor": PALETTE["grid"],
            "gridWidth": 1,
            "title": None,
        },
        "axisX": {
            "grid": False,
            "domain": True,
            "domainColor": PALETTE["axis"],
            "ticks": True,
            "tickSize": 5,
            "tickColor": PALETTE["axis"],
        },
        "point": opaque,
        "tick": opaque,
        "bar": opaque,
        "rect": opaque,
        "rule": opaque,
        "text": {"fontSize": 14, "color": PALETTE["ink-2"]},
    }


ZOOMS: Mapping[int, Sequence[float]] = {
    1: (0, 0.5, 1),
    2: (0, 1, 2),
    5: (0, 1, 2, 3, 4, 5),
    10: (0, 5, 10),
    20: (0, 5, 10, 15, 20),
    100: (0, 25, 50, 75, 100),
}
"""Ends an axis of probabilities may have, with its ticks: 100, or where all is small the least that holds it."""


def zoom_of(values: Iterable[float], small: int = 10) -> int:
    """Where an axis ends that shows these percentages: at 100, but for small ones, which look alike there.

    `small` is the highest place at which it may end before.

    >>> zoom_of([2.5, 30]), zoom_of([0.3, 3.4]), zoom_of([12], small=20), zoom_of([])
    (100, 5, 20, 100)
    """
    most = max(values, default=100)
    return next(top for top in ZOOMS if most <= top and (top <= small or top == 100))


def upright_percent(top: int = 100) -> Spec:
    """The y axis of probabilities from 0 to `top`; the sign at the top only."""
    label = f"datum.value === {top} ? '{top}{NO_BREAK}%' : datum.label"
    return {
        "type": "quantitative",
        "scale": {"domain": [0, top], "nice": False},
        "axis": {"values": list(ZOOMS[top]), "format": ".10~g", "labelExpr": label, "gridColor": ground()},
    }


def ground() -> Spec:
    """Grid lines, the one at 0 as dark as an axis."""
    return {"condition": {"test": "datum.value === 0", "value": PALETTE["axis"]}, "value": PALETTE["grid"]}


def lying_percent(top: int = 100, **axis: Any) -> Spec:
    """The x axis of probabilities from 0 to `top`; the sign at every number, the outer two inwards."""
    return {
        "type": "quantitative",
        "scale": {"domain": [0, top], "nice": False},
        "axis": {
            "values": list(ZOOMS[top]),
            "format": ".10~g",
            "labelExpr": f"datum.label + '{NO_BREAK}%'",
            "labelFlush": True,
            "labelOverlap": True,
            **axis,
        },
    }


DAY_TICKS = "span(domain('x')) < 8 * 864e5 ? {interval: 'day', step: 1} : max(2, min(8, floor(width / 90)))"
"""Ticks of an axis of days: as many as fit, and within a week one a day, for no label is about an hour."""


def days(room: int = 0, **axis: Any) -> Spec:
    """The x axis of days in UTC, as many ticks as fit; `room` pixels stay free at the end for labels."""
    return {
        "type": "temporal",
        "scale": {"type": "utc", "nice": False, "range": [0, {"expr": f"width - {room}"}]},
        "axis": {
            "tickCount": {"expr": DAY_TICKS},
            "labelOverlap": True,
            "labelSeparation": 14,
            "format": {"year": "%Y", "month": "%b", "week": "%-d %b", "date": "%-d %b", "day": "%-d %b"},
            "domain": False,
            **axis,
        },
    }


def halo(encoding: Spec, colour: str = "ink-2", weight: int = 400, **mark: Any) -> Spec:
    """A label on a paper edge, so that no line crosses its letters: drawn twice, edge first."""
    edge = {"stroke": PALETTE["paper"], "strokeWidth": 4, "strokeJoin": "round"}
    letters = {"type": "text", "color": PALETTE[colour], "fontWeight": weight, **mark}
    return {"encoding": encoding, "layer": [{"mark": letters | edge}, {"mark": letters}]}


def line_of(rows: Sequence[Spec], x: Spec, y: Spec, mark: Spec, **encoding: Spec) -> Spec:
    """A layer with its own rows."""
    return {"data": {"values": list(rows)}, "mark": mark, "encoding": {"x": x, "y": y, **encoding}}
