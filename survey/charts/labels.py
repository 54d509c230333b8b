"""Where the values of quantiles stand above a density: in rows over every curve, so that none is crossed."""

from collections.abc import Sequence
from typing import NamedTuple

from flask_babel import gettext as _

from survey.charts.curve import Curve
from survey.charts.words import room_for

ROW = 20
"""Pixels from one row of labels to the next."""

AIR = 5
"""Pixels between a label and the line beside it."""


class Label(NamedTuple):
    """A quantile's value in a row above the curves, 0 the lowest; it starts and ends at shares of the picture."""

    value: float
    words: str
    middle: bool
    row: int
    align: str
    start: float
    end: float

    @property
    def anchor(self) -> float:
        """The share of the picture that the words are aligned to."""
        return {"left": self.start, "center": (self.start + self.end) / 2, "right": self.end}[self.align]


def rows_above(levels: Sequence[float]) -> int:
    """How many rows the labels of so many quantiles take: a pair each, the median alone."""
    return (len(levels) + 1) // 2


def labels_of(curve: Curve, levels: Sequence[float], values: Sequence[float], width: int) -> list[Label]:
    """The labels for a picture of a width, from the outer quantiles in the lowest row to the median on top.

    Those below the median end before their line, those above it begin behind it: so no line upwards crosses
    another's label. Where the picture ends they are moved inwards.
    """
    labels: list[Label] = []
    for row in range(rows_above(levels)):
        pair = [
            _label(curve, levels[place], values[place], row, width)
            for place in sorted({row, len(levels) - 1 - row})
        ]
        labels += _beside(*pair) if len(pair) == 2 else pair
    return labels


def _label(curve: Curve, level: float, value: float, row: int, width: int) -> Label:
    middle = level == 0.5
    words = _("median %(value)s", value=curve.axis.mark(value)) if middle else curve.axis.mark(value)
    reach, air, share = (room_for([words], 1.0) - 4) / width, AIR / width, curve.share(value)
    align = "center" if middle else "right" if level < 0.5 else "left"
    start = {"center": share - reach / 2, "right": share - air - reach, "left": share + air}[align]
    start = max(0.0, min(start, 1 - reach))
    return Label(value, words, middle, row, align, start, start + reach)


def _beside(first: Label, second: Label) -> list[Label]:
    """Two labels of a row, moved apart where the picture's end has pushed one upon the other."""
    overlap = max(0.0, first.end - second.start)
    # To the right as far as there is room, and what is left to the left: neither leaves the picture.
    right = min(overlap, max(0.0, 1 - second.end))
    left = overlap - right
    return [
        first._replace(start=first.start - left, end=first.end - left),
        second._replace(start=second.start + right, end=second.end + right),
    ]
