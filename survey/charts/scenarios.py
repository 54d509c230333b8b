"""The joint distribution: one bar for the front page, the tree with widths for the scenarios page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from flask_babel import gettext as _

from survey.charts.look import (
    PALETTE,
    Chart,
    Spec,
    apart,
    decimals_of,
    finish,
    halo,
    line_of,
    lying_percent,
    number,
    percent,
)

BAR_HEIGHT = 96
TREE_HEIGHT = 440
HEAD = 40
GAP = 26
SMOOTH = 24
PIXELS: Spec = {"type": "quantitative", "axis": None}


class Leaf(NamedTuple):
    """A scenario: percent of all futures, a colour of the palette, how much of it holds a clash."""

    label: str
    value: float
    colour: str
    clash: float | None = None


@dataclass(frozen=True)
class Branch:
    """A node of the tree: percent of all futures, a colour of the palette, what it divides into.

    `low` and `high` are the bounds that need no assumption, for the table.
    """

    label: str
    value: float
    colour: str = "ink"
    children: tuple["Branch", ...] = ()
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Place:
    """Where a node is drawn: its column, its upper and lower end, the piece of its parent it comes from."""

    branch: Branch
    column: int
    top: float
    bottom: float
    parent: "tuple[float, float] | None"


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
    scale = _pixels_per_percent(root)
    places = list(_places(root, scale))
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
    decimals = decimals_of([leaf.value for leaf in _leaves(root)])
    cells = tuple(_paths(root, columns, decimals))
    description = (
        description or f"{title}: " + "; ".join(f"{', '.join(row[:-2])} {row[-2]}" for row in cells) + "."
    )
    names = (*heads[1:], _("Percent of all futures"), _("Bounds"))
    if all(row[-1] == "–" for row in cells):
        names, cells = names[:-1], tuple(row[:-1] for row in cells)
    spec = finish(layers, TREE_HEIGHT, description)
    return Chart(title, subtitle, description, spec, names, cells)


def _leaves(branch: Branch) -> list[Branch]:
    return [leaf for child in branch.children for leaf in _leaves(child)] if branch.children else [branch]


def _together(branch: Branch) -> bool:
    """Whether the children are slices of their parent, drawn without a gap."""
    ends = all(not child.children for child in branch.children)
    return ends and any(_clash(child) for child in branch.children)


def _pixels_per_percent(root: Branch) -> float:
    groups = _groups(root)
    return (TREE_HEIGHT - HEAD - GAP * groups - 8) / 100


def _groups(branch: Branch) -> int:
    """How many pieces stand apart at the end of the tree."""
    if not branch.children or _together(branch):
        return 1
    return sum(_groups(child) for child in branch.children)


def _places(root: Branch, scale: float) -> Iterator[Place]:
    """Every node with its place; the ends one below the other, the rest in the middle of their children."""
    ends: dict[int, tuple[float, float]] = {}
    cursor = float(HEAD + GAP / 2)

    def settle(branch: Branch) -> tuple[float, float]:
        nonlocal cursor
        tall = branch.value * scale
        if not branch.children:
            ends[id(branch)] = (cursor, cursor + max(tall, 1.0))
            cursor = ends[id(branch)][1]
            return ends[id(branch)]
        if _together(branch):
            _slice(branch, cursor, tall, ends)
            ends[id(branch)] = (cursor, cursor + tall)
            cursor += tall
            return ends[id(branch)]
        spans = []
        for child in branch.children:
            spans.append(settle(child))
            cursor += 0 if child.children and not _together(child) else GAP
        middle = (spans[0][0] + spans[-1][1]) / 2
        ends[id(branch)] = (middle - tall / 2, middle + tall / 2)
        return ends[id(branch)]

    settle(root)

    def walk(branch: Branch, column: int, parent: tuple[float, float] | None) -> Iterator[Place]:
        top, bottom = ends[id(branch)]
        yield Place(branch, column, top, bottom, parent)
        start = top
        for child in branch.children:
            tall = ends[id(child)][1] - ends[id(child)][0]
            yield from walk(child, column + 1, (start, start + tall))
            start += tall

    yield from walk(root, 0, None)


def _slice(branch: Branch, top: float, tall: float, ends: dict[int, tuple[float, float]]) -> None:
    """Cut a node into its ends; a clash takes at least 2 px, from the others."""
    least = {
        id(child): max(2.0, child.value / branch.value * tall) for child in branch.children if _clash(child)
    }
    rest = sum(child.value for child in branch.children if not _clash(child)) or 1.0
    left = tall - sum(least.values())
    for child in branch.children:
        height = least.get(id(child), left * child.value / rest)
        ends[id(child)] = (top, top + height)
        top += height


def _clash(branch: Branch) -> bool:
    return branch.colour == "vermilion"


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
    solid = _clash(place.branch)
    mark = {"type": "area", "color": PALETTE[place.branch.colour], "opacity": 1 if solid else 0.28}
    return line_of(rows, x | {"field": "x"}, y | {"field": "top"}, mark, y2={"field": "bottom"})


def _node(place: Place, x: Spec, y: Spec) -> Spec:
    row = {"x": place.column, "top": place.top, "bottom": place.bottom}
    mark = {"type": "rect", "xOffset": -6, "x2Offset": 6, "color": PALETTE[place.branch.colour]}
    ends = {"x2": {"field": "x"}, "y2": {"field": "bottom"}}
    return line_of([row], x | {"field": "x"}, y | {"field": "top"}, mark, **ends)


def _column_heads(heads: Sequence[str], x: Spec, y: Spec) -> list[Spec]:
    rows = [{"x": column, "head": head} for column, head in enumerate(heads)]
    left = {
        "type": "text",
        "align": "left",
        "dx": -6,
        "color": PALETTE["ink-3"],
        "baseline": "top",
        "fontSize": 15,
    }
    text = {"x": x | {"field": "x"}, "y": {"value": 2}, "text": {"field": "head"}}
    rule = {"type": "rule", "color": PALETTE["rule"], "strokeWidth": 1}
    span: Spec = {"x": {"value": 0}, "x2": {"value": "width"}, "y": {"value": 28}}
    return [
        {"data": {"values": rows}, "mark": left, "encoding": text},
        {"data": {"values": [{}]}, "mark": rule, "encoding": span},
    ]


def _inner_labels(places: Sequence[Place], x: Spec, y: Spec) -> list[Spec]:
    """Inside the branch at its end; above it, on one line, where it is too thin for two."""
    layers = []
    for place in places:
        middle = (place.top + place.bottom) / 2
        label, chance = place.branch.label, percent(place.branch.value)
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
            {"data": {"values": [row]}, **halo(text, "ink", 600 if _clash(place.branch) else 400, **look)}
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
