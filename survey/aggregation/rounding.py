"""Figures for people to read: no finer than what so many people can say, and telling of no single one."""

import math
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from .scores import OWN_RULES

#: Histogram cells with fewer people are merged with their neighbours.
SMALLEST_BIN = 3


def rounded_people(people: int) -> int:
    """Rounded down to a multiple of 5 below 50.

    >>> rounded_people(49), rounded_people(50), rounded_people(12)
    (45, 50, 10)
    """
    return people if people >= 50 else people // 5 * 5


def rounded_probability(value: float) -> float:
    """To whole points; to a tenth of a point below 5 % and above 95 %.

    >>> rounded_probability(0.1249), rounded_probability(0.04449), rounded_probability(0.9512)
    (0.12, 0.044, 0.951)
    """
    # For readers: it keeps nobody's answer. From whole points a newcomer to five is read to 1.8, from steps
    # of five to 9.
    return _half_up(value, 3 if value < 0.05 or value > 0.95 else 2)


def rounded_interval(low: float, high: float, shown: float) -> tuple[float, float]:
    """The ends of an interval around a rounded probability; finer where they would be one number.

    >>> rounded_interval(0.121, 0.193, 0.15), rounded_interval(0.0007, 0.0014, 0.001)
    ((0.12, 0.19), (0.0007, 0.0014))
    """
    ends = rounded_probability(low), rounded_probability(high)
    if ends[0] == ends[1]:
        ends = _half_up(low, 4), _half_up(high, 4)
    # Ends that are told finer may pass the figure, which is told in points.
    return min(ends[0], shown), max(ends[1], shown)


def rounded_number(value: float, *, whole: bool) -> float:
    """To three significant digits, or to a whole number.

    >>> rounded_number(481.62, whole=False), rounded_number(1.2345, whole=False), rounded_number(6.6, whole=True)
    (482.0, 1.23, 7.0)
    """
    if whole or value == 0:
        return _half_up(value, 0)
    return _half_up(value, 2 - math.floor(math.log10(abs(value))))


def difference_told(before: float, after: float) -> float:
    """From one number to another as both are told, exactly: whoever was told both has it anyway.

    >>> difference_told(0.01234, 0.01211), difference_told(482.1, 483.6)
    (-0.0002, 2.0)
    """
    first, last = (Decimal(repr(rounded_number(value, whole=False))) for value in (before, after))
    return float(last - first)


def rounded_leaderboard_score(value: float, measure: str) -> float:
    """To two digits, and no finer than a whole point of a peer score or a hundredth of a skill.

    >>> rounded_leaderboard_score(-7.46, "peer"), rounded_leaderboard_score(123.4, "peer")
    (-7.0, 120.0)
    >>> rounded_leaderboard_score(0.1249, "skill"), rounded_leaderboard_score(-3.14, "skill")
    (0.12, -3.1)
    """
    finest = 0 if measure == "peer" else 2
    digits = finest if value == 0 else min(finest, 1 - math.floor(math.log10(abs(value))))
    return _half_up(value, digits)


def rounded_score(rule: str, value: float) -> float:
    """A score as it is told: beside the crowd rounded like the crowd's figures, one's own as it is.

    Peer scores are told in whole points.

    >>> rounded_score("peer", 3.4), rounded_score("wis_crowd", 1.2345), rounded_score("brier", 0.12345)
    (3.0, 1.23, 0.12345)
    """
    if rule in OWN_RULES:
        return value
    return _half_up(value, 0) if rule == "peer" else rounded_number(value, whole=False)


def rounded_share(share: float) -> float:
    """A share of people, to whole points.

    >>> rounded_share(7 / 12)
    0.58
    """
    return _half_up(share, 2)


def _half_up(value: float, decimals: int) -> float:
    """A half goes away from zero, on the shortest decimal of the double."""
    # No `round`: of 0.125 it makes 0.12 and of 2.675, which is a hair less in doubles, 2.67.
    step = Decimal(1).scaleb(-decimals)
    # Plus 0: what rounds to nothing from below keeps its sign as a decimal, and a page would say -0.
    return float(Decimal(repr(float(value))).quantize(step, ROUND_HALF_UP)) + 0.0


def merged_bins(
    counts: Sequence[int], edges: Sequence[float], smallest: int = SMALLEST_BIN
) -> list[tuple[float, float, float]]:
    """Histogram cells from 0 to 1 of the range, neighbours merged until each holds `smallest` people or more.

    Parameters
    ----------
    edges
        Where the cells begin and end, one more than there are counts.

    Returns
    -------
    list
        `(from, to, share)` with shares in whole points that need not sum to 1.

    Examples
    --------
    >>> merged_bins([1, 2, 4, 3, 1], (0, 0.1, 0.2, 0.5, 0.9, 1))
    [(0, 0.2, 0.27), (0.2, 0.5, 0.36), (0.5, 1, 0.36)]
    """
    total, width = sum(counts), len(counts)
    merged: list[tuple[int, int, int]] = []
    start = held = 0
    for index, count in enumerate(counts):
        held += count
        if held >= smallest:
            merged.append((start, index + 1, held))
            start, held = index + 1, 0
    # What is left at the end is too few for a bin of its own.
    if start < width and merged:
        first, _, before = merged.pop()
        merged.append((first, width, before + held))
    return [(edges[first], edges[last], rounded_share(people / total)) for first, last, people in merged]
