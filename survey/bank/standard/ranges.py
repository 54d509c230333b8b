"""Ranges of numbers in labels: whether they overlap, or leave a number to none of them."""

import math
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

_NUMBER = r"(\d+(?:[.,]\d+)?)(?:\s*%)?"
#: What may stand between a number and "or more": its unit.
_UNIT = r"[^\d–—-]{0,20}?"
#: Each form with what it leaves open: which end it has (`both`, `low`, `high`) and whether that end is in it. The
#: first that is found counts: those that hold others stand before them.
_FORMS = [
    (
        rf"{_NUMBER}\s*(?:–|—|-|to|до)\s*(?:under|below|less than|менш(?:е ніж| як))\s*{_NUMBER}",
        "both",
        False,
    ),
    (rf"{_NUMBER}\s*(?:–|—|-|to|through|до)\s*{_NUMBER}", "both", True),
    (rf"(?:at least|≥|from|щонайменше|не менше? (?:ніж|як)?|від)\s*{_NUMBER}", "low", True),
    (rf"{_NUMBER}(?:\s*\+|{_UNIT}(?:or|and|або|і) (?:more|over|above|higher|більше|вище))", "low", True),
    (
        rf"(?:no more than|not more than|at most|up to|≤|не більше? (?:ніж|як)?|щонайбільше)\s*{_NUMBER}",
        "high",
        True,
    ),
    (rf"{_NUMBER}{_UNIT}(?:or|and|або|і) (?:less|fewer|below|lower|менше|нижче)", "high", True),
    (rf"(?:more than|over|above|>|понад|більш(?:е ніж| як))\s*{_NUMBER}", "low", False),
    (rf"(?:less than|fewer than|under|below|<|менш(?:е ніж| як))\s*{_NUMBER}", "high", False),
    (rf"^\W*{_NUMBER}\W*$", "one", True),
]


class LabelRange(NamedTuple):
    """Numbers from `low` to `high`; whether the ends belong to it; the smallest step it is written in."""

    low: float
    high: float
    has_low: bool
    has_high: bool
    step: float


def range_in(label: str) -> LabelRange | None:
    """The range a label names; None where it names none.

    >>> range_in("5 to under 10 %")
    LabelRange(low=5.0, high=10.0, has_low=True, has_high=False, step=1.0)
    """
    for form, end, inside in _FORMS:
        match = re.search(form, label, re.IGNORECASE)
        if match:
            written = [group.replace(",", ".") for group in match.groups()]
            step = 10.0 ** -max(len(number.partition(".")[2]) for number in written)
            return _range([float(number) for number in written], end, inside, step)
    return None


def _range(numbers: list[float], end: str, inside: bool, step: float) -> LabelRange:
    if end == "both":
        return LabelRange(numbers[0], numbers[1], True, inside, step)
    if end == "one":
        return LabelRange(numbers[0], numbers[0], True, True, step)
    if end == "low":
        return LabelRange(numbers[0], math.inf, inside, False, step)
    return LabelRange(-math.inf, numbers[0], False, inside, step)


class Seam(NamedTuple):
    """Where two ranges do not fit: `overlap` or `gap`, and the place in order of the lower one."""

    kind: str
    lower: int


def seams(ranges: Sequence[LabelRange]) -> list[Seam]:
    """Where neighbours, from the lowest, overlap or leave a gap; whole numbers that follow each other fit.

    >>> seams([LabelRange(0, 5, True, True, 1), LabelRange(5, 10, True, True, 1)])
    [Seam(kind='overlap', lower=0)]
    """
    found = []
    for place, (one, other) in enumerate(pairwise(ranges)):
        if other.low < one.high or (other.low == one.high and one.has_high and other.has_low):
            found.append(Seam("overlap", place))
        elif _apart(one, other):
            found.append(Seam("gap", place))
    return found


def _apart(one: LabelRange, other: LabelRange) -> bool:
    if other.low == one.high:
        return not (one.has_high or other.has_low)
    both_in = one.has_high and other.has_low
    # In doubles 0.8 − 0.7 is more than 0.1.
    return not (both_in and other.low - one.high <= min(one.step, other.step) * (1 + 1e-9))
