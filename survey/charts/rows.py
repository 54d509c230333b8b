"""Named rows along 0 to 100 %: what bars, methods, spreads and groups have in common."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from textwrap import wrap
from typing import Any, NamedTuple

from survey.charts.look import NARROW, Chart, Spec, finish, halo, lying_percent
from survey.charts.words import NO_BREAK, number, percent, room_for

LINE = 36
"""Pixels for one named row."""

LINE_HEIGHT = 18

MARGIN = 17
"""Pixels between a bar's middle and the end of its row on a phone."""

WRAP = 24
"""Characters of a row's name on one line, where it stands before the bars."""

WRAP_NARROW = 42
"""The same on a phone, where it stands above the bar."""


class NamedInterval(NamedTuple):
    """A named figure with the interval round it, all in percent."""

    label: str
    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Names:
    """Named rows in the order given, each as high as it needs: their y scale, their words, the x scale.

    A layer's rows say in `row` which they belong to, from 0. The words are drawn as marks, not as an axis, so
    that a long name stands on two lines in the middle of its row.
    """

    labels: tuple[str, ...]
    line: int = LINE
    lift: int = 22
    """Pixels the name's last line stands above the bar on a phone."""
    lane: int = 0
    """Pixels from each bar down to a second line of marks in the same row."""
    top: int = 100
    """Where the axis ends."""

    # Height, room and words all ask for the lines, which take a while to balance.
    @cached_property
    def wrapped(self) -> list[list[str]]:
        return [balanced(label) for label in self.labels]

    @cached_property
    def above(self) -> list[list[str]]:
        """The names as they stand on a phone."""
        return [wrap(bound(label), WRAP_NARROW) or [""] for label in self.labels]

    @property
    def tall(self) -> list[int]:
        """Pixels of each row."""
        return [max(self.line + self.lane, LINE_HEIGHT * len(words) + 10) for words in self.wrapped]

    @property
    def tall_narrow(self) -> list[int]:
        """The same on a phone: the lines of the name, then the bar."""
        around = 13 + self.lift + MARGIN + self.lane
        return [around + LINE_HEIGHT * (len(words) - 1) for words in self.above]

    @property
    def y(self) -> Spec:
        """From a row's number to the middle of its bar, in pixels of the picture and of that on a phone."""
        wide = [
            end - (tall + self.lane) / 2 for tall, end in zip(self.tall, accumulate(self.tall), strict=True)
        ]
        narrow = [end - MARGIN - self.lane for end in accumulate(self.tall_narrow)]
        places = zip([*narrow, sum(self.tall_narrow)], [*wide, sum(self.tall)], strict=True)
        ends = [{"expr": f"{NARROW} ? {low} : {high}"} for low, high in places]
        # Nothing stands at -1 and at the end: they are the picture's edges, between which the grid is drawn.
        domain = list(range(-1, len(self.labels) + 1))
        scale = {"domain": domain, "range": [0, *ends], "nice": False, "zero": False}
        return {"field": "row", "type": "quantitative", "axis": None, "scale": scale}

    @property
    def heights(self) -> tuple[int, int]:
        """Of the picture, and of the picture on a phone."""
        return sum(self.tall) + 34, sum(self.tall_narrow) + 34

    @property
    def width(self) -> int:
        """Pixels the longest line takes."""
        return room_for([line for words in self.wrapped for line in words], 1.0)

    def x(self, **axis: Any) -> Spec:
        """0 to `top` %, beginning after the names, with room at the end for a number."""
        ends = [{"expr": f"{NARROW} ? 0 : {self.width}"}, {"expr": "width - 60"}]
        look = {"orient": "top", "grid": True, "domain": False, "ticks": False}
        x = lying_percent(self.top, **look | axis)
        return x | {"scale": x["scale"] | {"range": ends}}

    def words(self) -> list[Spec]:
        """A layer for each number of lines, moved up by half of what stands below the first.

        On a phone the last line stands above the bar, however many there are.
        """
        layers = []
        names = list(enumerate(zip(self.wrapped, self.above, strict=True)))
        for count, over in sorted({(len(words), len(above)) for _row, (words, above) in names}):
            rows = [
                {"row": row, "words": words, "above": above}
                for row, (words, above) in names
                if (len(words), len(above)) == (count, over)
            ]
            up = ((count - 1) * LINE_HEIGHT - self.lane) / 2
            lift = self.lift + (over - 1) * LINE_HEIGHT
            look: dict[str, Any] = {"baseline": "middle", "lineHeight": LINE_HEIGHT}
            look["align"] = {"expr": f"{NARROW} ? 'left' : 'right'"}
            look["dy"] = {"expr": f"{NARROW} ? {-lift} : {-up}"}
            start = {"value": {"expr": f"{NARROW} ? 0 : {self.width - 10}"}}
            text = {"condition": {"test": NARROW, "field": "above"}, "field": "words"}
            encoding = {"x": start, "y": self.y, "text": text}
            layers.append({"data": {"values": rows}, **halo(encoding, "ink", **look)})
        return layers


def bound(label: str) -> str:
    """A name whose count of people never stands alone on a line.

    >>> bound("Ukraine (20)").split(" ")
    ['Ukraine\xa0(20)']
    """
    return re.sub(r" (?=\(\d[^()]*\)$)", NO_BREAK, label)


def balanced(label: str) -> list[str]:
    """A name on as few lines as it needs, none much longer than the others.

    >>> balanced("Median of the last 30 days")
    ['Median of the', 'last 30 days']
    """
    label = bound(label)
    lines = wrap(label, WRAP) or [""]
    longest = max(map(len, re.split(r"[ -]", label)))
    widths = range(max(1, len(label) // len(lines), longest), WRAP + 1)
    return next((words for width in widths if len(words := wrap(label, width)) <= len(lines)), lines)


def lying(
    layer_rows: Sequence[Spec], ends: tuple[str, str], x: Spec, y: Spec, tall: int, **look: Any
) -> Spec:
    """A bar along each row, `tall` pixels high, between two fields of it."""
    # No `bar`: of a quantitative y that one makes ticks that float.
    mark = {"type": "rect", "yOffset": -tall / 2, "y2Offset": tall / 2, **look}
    at = {"x": x | {"field": ends[0]}, "x2": {"field": ends[1]}, "y": y, "y2": {"field": y["field"]}}
    return {"data": {"values": list(layer_rows)}, "mark": mark, "encoding": at}


def figures_behind(rows: Sequence[Spec], x: Spec, y: Spec) -> Spec:
    """The printed value of each row, directly behind its bar or band."""
    labels = [row | {"far": max(row["value"], row["high"] or 0)} for row in rows]
    text = {"x": x | {"field": "far"}, "y": y, "text": {"field": "words"}}
    return {"data": {"values": labels}, **halo(text, "ink", 600, align="left", baseline="middle", dx=12)}


def rows_of(ranges: Sequence[NamedInterval]) -> list[Spec]:
    """Ranges as Vega reads them: the row's number, its figures, the value as it is printed."""
    return [
        {"row": row, "zero": 0, "value": one.value, "low": one.low, "high": one.high}
        | {"words": percent(one.value)}
        for row, one in enumerate(ranges)
    ]


def with_interval(rows: Sequence[Spec]) -> list[Spec]:
    return [row for row in rows if row["low"] is not None]


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
        [*layers, *names.words()],
        names.heights[0],
        description,
        names.heights[1],
    )
    return Chart(title, subtitle, description, spec, tuple(columns), cells)


def interval(one: NamedInterval) -> str:
    return "–" if one.low is None or one.high is None else f"{number(one.low)}–{percent(one.high)}"
