"""Named rows along 0 to 100 %: what bars, methods, spreads and groups have in common."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any, NamedTuple

from survey.charts.look import PALETTE, Chart, Spec, finish, halo, lying_percent
from survey.charts.words import number, percent, room_for

LINE = 36
"""Pixels for one named row."""

LINE_HEIGHT = 18

WRAP = 24
"""Characters of a row's name on one line, where it stands before the bars."""

WRAP_NARROW = 42
"""The same on a phone, where it stands above the bar."""

NARROW = "width < 460"
"""Where a row's name stands above its bar instead of before it."""


class Range(NamedTuple):
    """A named figure with the interval round it, all in percent."""

    label: str
    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Names:
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
        return [balanced(label) for label in self.labels]

    @property
    def above(self) -> list[list[str]]:
        """The names as they stand on a phone."""
        return [wrap(label, WRAP_NARROW) or [""] for label in self.labels]

    @property
    def more(self) -> float:
        """Pixels the names rise and the bars sink on a phone, where a name takes more than one line."""
        return (max(len(words) for words in self.above) - 1) * LINE_HEIGHT / 2

    @property
    def y(self) -> Spec:
        scale = {"domain": list(self.labels)}
        return {"field": "label", "type": "nominal", "sort": None, "axis": None, "scale": scale}

    @property
    def heights(self) -> tuple[int, int]:
        """Of the picture, and of the picture on a phone."""
        lines = max(len(words) for words in self.wrapped)
        wide, narrow = (
            max(self.line, LINE_HEIGHT * lines + 10),
            3 * LINE_HEIGHT - 15 + self.lift + round(2 * self.more),
        )
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
        """A layer for each number of lines, moved up by half of what stands below the first.

        On a phone the last line stands above the bar, however many there are.
        """
        layers = []
        names = list(zip(self.labels, self.wrapped, self.above, strict=True))
        for count, over in sorted({(len(words), len(above)) for _label, words, above in names}):
            rows = [
                {"label": label, "words": words, "above": above}
                for label, words, above in names
                if (len(words), len(above)) == (count, over)
            ]
            up = (count - 1) * LINE_HEIGHT / 2
            lift = self.lift - self.more + (over - 1) * LINE_HEIGHT
            mark = {"type": "text", "baseline": "middle", "lineHeight": LINE_HEIGHT, "color": PALETTE["ink"]}
            mark["align"] = {"expr": f"{NARROW} ? 'left' : 'right'"}
            mark["dy"] = {"expr": f"{NARROW} ? {-lift} : {-up}"}
            start = {"value": {"expr": f"{NARROW} ? 0 : {self.width - 10}"}}
            text = {"condition": {"test": NARROW, "field": "above"}, "field": "words"}
            layers.append(
                {"data": {"values": rows}, "mark": mark, "encoding": {"x": start, "y": self.y, "text": text}}
            )
        return layers


def balanced(label: str) -> list[str]:
    """A name on as few lines as it needs, none much longer than the others.

    >>> balanced("Median of the last 30 days")
    ['Median of the', 'last 30 days']
    """
    lines = wrap(label, WRAP) or [""]
    widths = range(max(1, len(label) // len(lines)), WRAP + 1)
    return next((words for width in widths if len(words := wrap(label, width)) <= len(lines)), lines)


def lowered(layer: Spec, more: float = 0) -> Spec:
    """The same layer, moved down on a phone to make way for the name above."""
    if "layer" in layer:
        return layer | {"layer": [lowered(inner, more) for inner in layer["layer"]]}
    return layer | {"mark": layer["mark"] | {"yOffset": {"expr": f"{NARROW} ? {9 + more} : 0"}}}


def figures_behind(rows: Sequence[Spec], places: Sequence[float], x: Spec, y: Spec) -> Spec:
    """The printed value of each row, after everything that is drawn in it."""
    labels = [row | {"far": place} for row, place in zip(rows, places, strict=True)]
    text = {"x": x | {"field": "far"}, "y": y, "text": {"field": "words"}}
    return {"data": {"values": labels}, **halo(text, "ink", 600, align="left", baseline="middle", dx=12)}


def rows_chart(
    words: tuple[str, str, str],
    names: Names,
    layers: Sequence[Spec],
    columns: Sequence[str],
    cells: tuple[tuple[str, ...], ...],
) -> Chart:
    title, subtitle, description = words
    description = description or f"{title}: " + "; ".join(f"{row[0]} {row[1]}" for row in cells) + "."
    spec = finish(
        [*names.words(), *(lowered(layer, names.more) for layer in layers)],
        names.heights[0],
        description,
        names.heights[1],
    )
    return Chart(title, subtitle, description, spec, tuple(columns), cells)


def interval(one: Range) -> str:
    return "–" if one.low is None or one.high is None else f"{number(one.low)}–{percent(one.high)}"
