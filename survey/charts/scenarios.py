"""The joint distribution: one bar for the front page, the tree with widths for the scenarios page."""

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import NamedTuple

from flask_babel import gettext as _

from survey.charts.branches import (
    TREE_HEIGHT,
    Branch,
    Place,
    is_clash,
    leaves_of,
    pixels_per_percent,
    places_of,
)
from survey.charts.look import PALETTE, Chart, Spec, finish, halo, line_of, lying_percent
from survey.charts.words import apart, decimals_of, number, percent

BAR_HEIGHT = 96

SMOOTH = 24

HEAD_LINE, HEAD_STEP = 60, 17
"""Pixels from the top to the rule under the heads of a tree, and from one of their lines to the next."""

HEAD_LETTERS = 26
"""Letters of a head on one line: two columns of it stand side by side on the narrowest picture."""

PIXELS: Spec = {"type": "quantitative", "axis": None}


class Leaf(NamedTuple):
    """A scenario: percent of all futures, a colour of the palette, how much of it holds a clash."""

    label: str
    value: float
    colour: str
    clash: float | None = None


def scenario_bar(leaves: Sequence[Leaf], *, title: str, subtitle: str = "", description: str = "") -> Chart:
    """All futures as one bar from 0 to 100 %; a vermilion edge is as high as the share with a clash."""
    rows, start = [], 0.0
    for leaf in leaves:
        row: Spec = {"from": start, "to": start + leaf.value, "colour": PALETTE[leaf.colour]}
        rows.append(row | {"clash": leaf.clash or 0, "label": leaf.label})
        start += leaf.value
    x = lying_percent()
    y = {"type": "quantitative", "scale": {"domain": [0, 100], "nice": False}, "axis": None}
    at = {"x": x | {"field": "from"}, "x2": {"field": "to"}}
    colour = {"field": "colour", "type": "nominal", "scale": None, "legend": None}
    bar = {"type": "rect", "stroke": PALETTE["paper"], "strokeWidth": 2}
    layers: list[Spec] = [
        {
            "data": {"values": rows},
            "mark": bar,
            "encoding": at | {"y": y | {"datum": 0}, "y2": {"datum": 100}, "color": colour},
        }
    ]
    edged = [row for row in rows if row["clash"]]
    if edged:
        edge = {"type": "rect", "color": PALETTE["vermilion"]}
        high = y | {"field": "edge"}
        expression = "max(datum.clash, 300 / 64)"
        layers.append(
            {
                "data": {"values": edged},
                "transform": [{"calculate": expression, "as": "edge"}],
                "mark": edge,
                "encoding": at | {"y": high, "y2": {"datum": 0}},
            }
        )
    columns = [_("Scenario"), _("Crowd forecast"), *([_("With a clash")] if edged else [])]
    cells = tuple(
        (leaf.label, percent(leaf.value), *([percent(leaf.clash or 0)] if edged else [])) for leaf in leaves
    )
    description = description or f"{title}: " + "; ".join(f"{row[0]} {row[1]}" for row in cells) + "."
    return Chart(title, subtitle, description, finish(layers, BAR_HEIGHT, description), tuple(columns), cells)


def scenario_tree(
    root: Branch, heads: Sequence[str], *, title: str, subtitle: str = "", description: str = ""
) -> Chart:
    """The tree from left to right: the height of a branch is its probability, `heads` name the columns.

    Siblings at the end stay together where one of them is a clash (vermilion), never thinner than 2 px.
    """
    scale = pixels_per_percent(root)
    places = list(places_of(root, scale))
    columns = max(place.column for place in places)
    x = PIXELS | {"scale": {"domain": [0, columns], "nice": False, "range": [6, {"expr": "width - 130"}]}}
    y = PIXELS | {"scale": {"domain": [TREE_HEIGHT, 0], "nice": False}}
    layers = [
        *_column_heads(heads, x, y),
        *(_ribbon(place, x, y) for place in places if place.parent),
        *(_node(place, x, y) for place in places),
        *_inner_labels([place for place in places if 0 < place.column < columns], x, y),
        *_end_labels([place for place in places if place.column == columns], x, y),
    ]
    decimals = decimals_of([leaf.value for leaf in leaves_of(root)])
    cells = tuple(_paths(root, columns, decimals))
    description = (
        description or f"{title}: " + "; ".join(f"{', '.join(row[:-2])} {row[-2]}" for row in cells) + "."
    )
    names = (*heads[1:], _("Percent of all futures"), _("Bounds"))
    if all(row[-1] == "–" for row in cells):
        names, cells = names[:-1], tuple(row[:-1] for row in cells)
    spec = finish(layers, TREE_HEIGHT, description)
    return Chart(title, subtitle, description, spec, names, cells)


def _ribbon(place: Place, x: Spec, y: Spec) -> Spec:
    """From the parent's piece to the node, as a smooth band in the node's colour."""
    start = place.parent or (place.top, place.bottom)
    rows = []
    for step in range(SMOOTH + 1):
        along = step / SMOOTH
        ease = along * along * (3 - 2 * along)
        top, bottom = (
            one + (two - one) * ease for one, two in zip(start, (place.top, place.bottom), strict=True)
        )
        rows.append({"x": place.column - 1 + along, "top": round(top, 2), "bottom": round(bottom, 2)})
    solid = is_clash(place.branch)
    mark = {"type": "area", "color": PALETTE[place.branch.colour], "opacity": 1 if solid else 0.28}
    return line_of(rows, x | {"field": "x"}, y | {"field": "top"}, mark, y2={"field": "bottom"})


def _node(place: Place, x: Spec, y: Spec) -> Spec:
    row = {"x": place.column, "top": place.top, "bottom": place.bottom}
    mark = {"type": "rect", "xOffset": -6, "x2Offset": 6, "color": PALETTE[place.branch.colour]}
    ends = {"x2": {"field": "x"}, "y2": {"field": "bottom"}}
    return line_of([row], x | {"field": "x"}, y | {"field": "top"}, mark, **ends)


def _column_heads(heads: Sequence[str], x: Spec, y: Spec) -> list[Spec]:
    """What each column is about, on as many lines as it takes; the last ends where the picture does."""
    layers: list[Spec] = []
    for column, head in enumerate(heads):
        last = column == len(heads) - 1
        lines = wrap(head, HEAD_LETTERS)
        row = {"at": HEAD_LINE - 6 - HEAD_STEP * len(lines), "head": lines}
        mark = {"type": "text", "align": "right" if last else "left", "dx": 0 if last else -6}
        mark |= {"color": PALETTE["ink-3"], "baseline": "top", "fontSize": 14, "lineHeight": HEAD_STEP}
        place = {"value": "width"} if last else x | {"datum": column}
        text = {"x": place, "y": y | {"field": "at"}, "text": {"field": "head"}}
        layers.append({"data": {"values": [row]}, "mark": mark, "encoding": text})
    rule = {"type": "rule", "color": PALETTE["rule"], "strokeWidth": 1}
    span: Spec = {"x": {"value": 0}, "x2": {"value": "width"}, "y": {"value": HEAD_LINE}}
    return [*layers, {"data": {"values": [{}]}, "mark": rule, "encoding": span}]


def _inner_labels(places: Sequence[Place], x: Spec, y: Spec) -> list[Spec]:
    """Inside the branch at its end; above it, on one line, where it is too thin for two."""
    layers = []
    for place in places:
        middle = (place.top + place.bottom) / 2
        label, chance = place.branch.label, _short(place.branch.value)
        look = {"align": "right", "dx": -14, "baseline": "middle"}
        if place.bottom - place.top < 38:
            lines = [(f"{label} {chance}", place.top - 10 if place.bottom - place.top < 18 else middle, 14)]
        else:
            lines = [(label, middle - 9, 14), (chance, middle + 10, 17)]
        for words, at, size in lines:
            text = {"x": x | {"field": "x"}, "y": y | {"field": "y"}, "text": {"field": "words"}}
            row = {"x": place.column, "y": at, "words": words}
            mark = {"type": "text", "color": PALETTE["ink"], "fontWeight": 600, "fontSize": size, **look}
            layers.append({"data": {"values": [row]}, "mark": mark, "encoding": text})
    return layers


def _short(value: float) -> str:
    """A chance as pages tell it, in whole points, to a tenth near both ends: a node is a product and has more."""
    return percent(round(value, 1 if min(value, 100 - value) < 5 else 0))


def _end_labels(places: Sequence[Place], x: Spec, y: Spec) -> list[Spec]:
    at = apart([(place.top + place.bottom) / 2 for place in places], 19)
    decimals = decimals_of([place.branch.value for place in places])
    layers = []
    for place, height in zip(places, at, strict=True):
        words = f"{percent(place.branch.value, decimals)} {place.branch.label}"
        row = {"x": place.column, "y": height, "words": words}
        text = {"x": x | {"field": "x"}, "y": y | {"field": "y"}, "text": {"field": "words"}}
        look = {"align": "left", "dx": 14, "baseline": "middle"}
        layers.append(
            {"data": {"values": [row]}, **halo(text, "ink", 600 if is_clash(place.branch) else 400, **look)}
        )
    return layers


def _paths(
    branch: Branch, columns: int, decimals: int, above: tuple[str, ...] = ()
) -> Iterator[tuple[str, ...]]:
    """A row of the table for each end: the labels on the way, its chance, its bounds."""
    for child in branch.children:
        way = (*above, child.label)
        if child.children:
            yield from _paths(child, columns, decimals, way)
            continue
        bounds = (
            "–"
            if child.low is None or child.high is None
            else f"{number(child.low, 1)}–{percent(child.high, 1)}"
        )
        yield (*way, *[""] * (columns - len(way)), percent(child.value, decimals), bounds)
