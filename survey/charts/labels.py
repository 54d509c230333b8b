"""Where the values of quantiles stand beside a density, and which of them have room."""

from collections.abc import Sequence
from typing import NamedTuple

from flask_babel import gettext as _

from survey.charts.curve import Curve
from survey.charts.words import (
    room_for,
)

HEIGHT = 300


class Label(NamedTuple):
    """A quantile's value beside its line; it starts and ends at shares of the picture."""

    value: float
    words: str
    middle: bool
    align: str
    shift: int
    start: float
    end: float
    over: float
    tall: float


def labels_of(curve: Curve, levels: Sequence[float], values: Sequence[float], width: int) -> list[Label]:
    """The labels for a picture of a width, the ones that matter most first: median, outer, inner."""
    order = sorted(range(len(levels)), key=lambda place: (levels[place] != 0.5, -abs(levels[place] - 0.5)))
    return [_label(curve, levels[place], values[place], width) for place in order]


def _label(curve: Curve, level: float, value: float, width: int) -> Label:
    """Before its line below the median, behind it above; inwards where the picture ends."""
    middle = level == 0.5
    words = _("median %(value)s", value=curve.axis.mark(value)) if middle else curve.axis.mark(value)
    reach, share = (room_for([words], 1.0) - 4) / width, curve.share(value)
    starts = {"center": share - reach / 2, "right": share - reach, "left": share}
    align = "center" if middle else "right" if level < 0.5 else "left"
    if starts[align] < 0:
        align = "left"
    elif starts[align] + reach > 1:
        align = "right"
    start = starts[align]
    shift = {"center": 0, "right": -7, "left": 7}[align]
    over = max(curve.at(value), curve.above(start, start + reach))
    return Label(value, words, middle, align, shift, start, start + reach, over, curve.at(value))


def fitting(labels: Sequence[Label]) -> list[Label]:
    """Leave out what would lie upon an earlier label or far above its line; the table has every value."""
    tallest = max(label.over for label in labels) or 1.0
    line = 20 * tallest / (HEIGHT - 60)
    kept: list[Label] = []
    for label in labels:
        free = all(
            label.start >= other.end or other.start >= label.end or abs(label.over - other.over) >= line
            for other in kept
        )
        if free and (label.middle or label.over - label.tall < 2 * line):
            kept.append(label)
    return kept
