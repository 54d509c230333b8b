"""The joint distribution: one bar for the front page, the tree with widths for the scenarios page."""

from collections.abc import Sequence
from textwrap import wrap
from typing import NamedTuple

from flask_babel import gettext as _

from survey.charts.branches import (
    Branch,
    Place,
    is_clash,
    leaves_of,
    pixels_per_percent,
    places_of,
    row_places,
    tree_height,
)
from survey.charts.look import PALETTE, Chart, Spec, finish, halo, line_of, lying_percent
from survey.charts.words import NO_BREAK, apart, chance_words, percent, room_for

BAR_HEIGHT = 96

SMOOTH = 24

HEAD_LINE, HEAD_STEP = 60, 17
"""Pixels from the top to the rule under the heads of a tree, and from one of their lines to the next."""

WITH_ROWS = "width >= 860"
"""Whether the rows of the ends stand beside the tree; narrower, the page has the table above it."""

NARROW_REST = 130
"""Pixels right of the tree for the words of its ends, where there is no room for rows and the words take no more."""

LEADER, NAME, FIGURE, BOUNDS = 30, 276, 62, 118
"""Pixels of the lines from the ends to their rows, of the names, of each figure, and of the bounds at the end."""

NAME_LETTERS, NAME_STEP = 40, 16
"""Letters of a name on one line, and pixels from one of its lines to the next."""

INNER_LETTERS, COLUMN_LETTERS, END_LETTERS = 15, 20, 14
"""Letters of the name of a branch on one line, where it is tall enough for two; of a line as wide as a column: left
of the first nothing is drawn and of the name of an end, where there is no room for its row."""

HEAD_LETTERS, HEAD_MOST, HEAD_LINES = 20, 26, 3
"""Letters of a head on one line, so that heads of neighbours do not meet; up to how many, where it would take more
lines than there are."""

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
        # 3 of the 64 pixels that padding and axis leave of the height.
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
    root: Branch,
    heads: Sequence[str],
    columns: Sequence[str],
    *,
    title: str,
    subtitle: str = "",
    description: str = "",
) -> Chart:
    """The tree from left to right: the height of a branch is its probability, `heads` name the columns.

    Its ends are the rows of its table, `columns` their names: where there is room the table is the last part of the
    picture, a line from each end to its row. Siblings at the end stay together where one of them is a clash
    (vermilion), never thinner than 2 px.
    """
    scale = pixels_per_percent(root)
    places = list(places_of(root, scale))
    depth = max(place.column for place in places)
    ends = [place for place in places if place.column == depth]
    height, figures = tree_height(root), len(columns) - 1
    domain = {"domain": [0, depth], "nice": False}
    beside = max(NARROW_REST, room_for([_end_words(place) for place in ends]))
    x = PIXELS | {"scale": domain | {"range": [6, {"expr": f"width - {_either(_rest(figures), beside)}"}]}}
    y = PIXELS | {"scale": {"domain": [height, 0], "nice": False}}
    layers = [
        *_column_heads(heads, figures, x, y),
        *(_ribbon(place, x, y) for place in places if place.parent),
        *(_node(place, x, y) for place in places),
        *_inner_labels([place for place in places if 0 < place.column < depth], x, y),
        *_end_labels(ends, x, y),
        *_rows(ends, row_places(root), columns, x, y),
    ]
    cells = tuple(leaf.row for leaf in leaves_of(root))
    description = description or f"{title}: " + "; ".join(f"{row[0]} {row[1]}" for row in cells) + "."
    spec = finish(layers, height, description)
    return Chart(title, subtitle, description, spec, tuple(columns), cells)


def _rest(figures: int) -> int:
    """Pixels right of the tree for its rows: leader lines, names, each column of figures."""
    return LEADER + NAME + FIGURE * (figures - 1) + BOUNDS


def _either(roomy: object, narrow: object) -> str:
    """An expression: one thing where the rows stand beside the tree, another where they do not."""
    return f"({WITH_ROWS} ? {roomy} : {narrow})"


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
    # Pale beside the nodes and their words; a clash may be 2 px high, and would not be seen so.
    mark = {"type": "area", "color": PALETTE[place.branch.colour], "opacity": 1 if solid else 0.28}
    return line_of(rows, x | {"field": "x"}, y | {"field": "top"}, mark, y2={"field": "bottom"})


def _node(place: Place, x: Spec, y: Spec) -> Spec:
    row = {"x": place.column, "top": place.top, "bottom": place.bottom}
    mark = {"type": "rect", "xOffset": -6, "x2Offset": 6, "color": PALETTE[place.branch.colour]}
    ends = {"x2": {"field": "x"}, "y2": {"field": "bottom"}}
    return line_of([row], x | {"field": "x"}, y | {"field": "top"}, mark, **ends)


def _column_heads(heads: Sequence[str], figures: int, x: Spec, y: Spec) -> list[Spec]:
    """What each column is about, on as many lines as it takes; without rows the last ends where the picture does."""
    layers: list[Spec] = []
    for column, head in enumerate(heads):
        last = column == len(heads) - 1
        lines = _head_lines(head)
        row = {"at": HEAD_LINE - 6 - HEAD_STEP * len(lines), "head": lines}
        mark: Spec = {"type": "text", "align": "left", "dx": 0 if last else -6}
        mark |= {"color": PALETTE["ink-3"], "baseline": "top", "fontSize": 14, "lineHeight": HEAD_STEP}
        place = x | {"datum": column}
        if last:
            mark["align"] = {"expr": _either("'left'", "'right'")}
            place = {"value": {"expr": _either(f"width - {_rest(figures) + 6}", "width")}}
        text = {"x": place, "y": y | {"field": "at"}, "text": {"field": "head"}}
        layers.append({"data": {"values": [row]}, "mark": mark, "encoding": text})
    rule = {"type": "rule", "color": PALETTE["rule"], "strokeWidth": 1}
    span: Spec = {"x": {"value": 0}, "x2": {"value": "width"}, "y": {"value": HEAD_LINE}}
    return [*layers, {"data": {"values": [{}]}, "mark": rule, "encoding": span}]


def _head_lines(head: str) -> list[str]:
    """A head on lines as short as let it stand above the rule."""
    made = (wrap(head, letters) for letters in range(HEAD_LETTERS, HEAD_MOST))
    return next((lines for lines in made if len(lines) <= HEAD_LINES), wrap(head, HEAD_MOST))


def _rows(
    ends: Sequence[Place], middles: Sequence[float], columns: Sequence[str], x: Spec, y: Spec
) -> list[Spec]:
    """The table beside the tree: a line from the middle of each end to its row, the name, and the figures."""
    seen: Spec = {"opacity": {"expr": _either(1, 0)}}
    figures = len(columns) - 1
    leader = seen | {"type": "rule", "color": PALETTE["axis"], "strokeWidth": 1}
    bend = [{"x": place.column, "end": (place.top + place.bottom) / 2} for place in ends]
    bend = [one | {"row": middle} for one, middle in zip(bend, middles, strict=True)]
    from_end = {"x": x | {"field": "x"}, "y": y | {"field": "end"}, "x2": {"field": "x"}}
    layers: list[Spec] = [
        {
            "data": {"values": bend},
            "mark": leader | {"xOffset": 6, "x2Offset": LEADER - 6},
            "encoding": from_end | {"y2": {"field": "row"}},
        }
    ]
    for at, name in enumerate(columns):
        # From the right: the bounds end where the picture does, the figures before them.
        off = (
            _rest(figures) - LEADER
            if at == 0
            else 0
            if at == figures
            else BOUNDS + FIGURE * (figures - 1 - at)
        )
        mark = seen | {"type": "text", "align": "left" if at == 0 else "right", "fontSize": 14}
        where: Spec = {"x": {"value": {"expr": f"width - {off}"}}, "text": {"field": "words"}}
        where |= {"y": y | {"field": "y"}}
        if at:
            head = {"y": HEAD_LINE - 6 - HEAD_STEP, "words": name}
            above = {"color": PALETTE["ink-3"], "baseline": "top"}
            layers.append({"data": {"values": [head]}, "mark": mark | above, "encoding": where})
        for heavy in (False, True):
            rows = [
                _cell(place.branch.row[at], middle)
                for place, middle in zip(ends, middles, strict=True)
                if _is_heavy(place, at, figures) is heavy
            ]
            look: Spec = {"color": PALETTE["ink-2" if at == figures else "ink"], "baseline": "middle"}
            look |= {"fontWeight": 600 if heavy else 400, "lineHeight": NAME_STEP}
            if rows:
                layers.append({"data": {"values": rows}, "mark": mark | look, "encoding": where})
    return layers


def _cell(words: str, middle: float) -> Spec:
    """A cell on as many lines as it takes, around the middle of its row; a dot stays at the end of its line."""
    lines = wrap(words.replace(" · ", f"{NO_BREAK}· "), NAME_LETTERS)
    return {"y": middle - NAME_STEP * (len(lines) - 1) / 2, "words": lines}


def _is_heavy(place: Place, at: int, figures: int) -> bool:
    """The name of a clash, and each figure but the bounds, which come last."""
    return is_clash(place.branch) if at == 0 else at < figures


def _inner_labels(places: Sequence[Place], x: Spec, y: Spec) -> list[Spec]:
    """Inside the branch at its end; above it, on one line, where it is too thin for two."""
    layers = []
    for place in places:
        middle = (place.top + place.bottom) / 2
        label, chance = place.branch.label, chance_words(place.branch.value)
        look = {"align": "right", "dx": -14, "baseline": "middle"}
        if place.bottom - place.top < 38:
            words = f"{_shortened(label, COLUMN_LETTERS * place.column - len(chance))} {chance}"
            lines = [(words, place.top - 10 if place.bottom - place.top < 18 else middle, 14)]
        else:
            # Of a tall branch a long name takes two lines: on a phone its column is no wider.
            tall = place.bottom - place.top >= 58
            parts = wrap(label, INNER_LETTERS) if tall else [_shortened(label, COLUMN_LETTERS)]
            top = middle - 9 - NAME_STEP * (len(parts) - 1)
            lines = [(part, top + NAME_STEP * at, 14) for at, part in enumerate(parts)]
            lines.append((chance, middle + 10, 17))
        for words, at, size in lines:
            text = {"x": x | {"field": "x"}, "y": y | {"field": "y"}, "text": {"field": "words"}}
            row = {"x": place.column, "y": at, "words": words}
            mark = {"type": "text", "color": PALETTE["ink"], "fontWeight": 600, "fontSize": size, **look}
            layers.append({"data": {"values": [row]}, "mark": mark, "encoding": text})
    return layers


def _shortened(label: str, letters: int) -> str:
    """A name in so many letters; the whole of it stands in the table."""
    return label if len(label) <= letters else f"{label[: letters - 1].rstrip()}…"


def _end_words(place: Place) -> str:
    """An end where there is no room for its row: its figure, and what it is called."""
    return f"{place.branch.row[1]} {_shortened(place.branch.label, END_LETTERS)}"


def _end_labels(places: Sequence[Place], x: Spec, y: Spec) -> list[Spec]:
    """Where there is no room for rows: the figure of each end and what it is called, beside it."""
    at = apart([(place.top + place.bottom) / 2 for place in places], 19)
    layers = []
    for place, height in zip(places, at, strict=True):
        row = {"x": place.column, "y": height, "words": _end_words(place)}
        text = {"x": x | {"field": "x"}, "y": y | {"field": "y"}, "text": {"field": "words"}}
        look: Spec = {"align": "left", "dx": 14, "baseline": "middle", "opacity": {"expr": _either(0, 1)}}
        layers.append(
            {"data": {"values": [row]}, **halo(text, "ink", 600 if is_clash(place.branch) else 400, **look)}
        )
    return layers
