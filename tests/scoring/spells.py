"""Hypothesis strategies and readings by hand for forecasts with a start and an end."""

import math
from itertools import pairwise

import numpy as np
from hypothesis import strategies as st

from scoring.timeline.recency import percentiles, recency_weights

probabilities = st.floats(0.01, 0.99)


@st.composite
def spells(draw, least=0, people=5, most=5, value=probabilities):
    """Person, start, end and value: few people and moments, so that they often meet; withdrawals, gaps."""
    rows = []
    for who in range(draw(st.integers(least, people))):
        times = sorted(draw(st.lists(st.integers(-3, 14), min_size=1, max_size=most)))
        for at, start in enumerate(times):
            following = times[at + 1] if at + 1 < len(times) else None
            end = following if draw(st.booleans()) else draw(st.integers(start, start + 4))
            end = end if following is None or end is None else min(end, following)
            rows.append((who, float(start), math.nan if end is None else float(end), draw(value)))
    return rows


def columns(rows):
    """Rows as arrays."""
    person, start, end, value = zip(*rows, strict=True) if rows else ((), (), (), ())
    return (
        np.array(person, dtype=int),
        np.array(start, dtype=float),
        np.array(end, dtype=float),
        np.array(value, dtype=float),
    )


def standing_by_hand(rows, time):
    """Positions of who stands, oldest first."""
    there = [
        at for at, (_, start, end, _) in enumerate(rows) if start <= time and (math.isnan(end) or time < end)
    ]
    return sorted(there, key=lambda at: (rows[at][1], rows[at][0]))


def moments_by_hand(rows, opened=-math.inf, closed=math.inf):
    """All moments of change from opening to close."""
    inside = [(max(start, opened), end) for _, start, end, _ in rows if not max(start, opened) >= end]
    inside = [(start, end) for start, end in inside if start <= closed]
    ends = {end for _, end in inside if end <= closed}
    return sorted({start for start, _ in inside} | ends)


def peer_by_hand(rows, opened, due, closed):
    """Each forecast against the others one by one, in every stretch without a change."""
    edges = sorted({opened, closed, *(time for time in moments_by_hand(rows) if opened < time < closed)})
    score = [0.0] * len(rows)
    for left, right in pairwise(edges):
        there = standing_by_hand(rows, left)
        for at in there:
            others = [math.log(rows[other][3]) for other in there if other != at]
            if others:
                gain = math.log(rows[at][3]) - math.fsum(others) / len(others)
                score[at] += 100 * gain * (right - left) / (due - opened)
    return score


def recency_by_hand(rows, time):
    """The quartiles of who stands."""
    values = np.array([rows[at][3] for at in standing_by_hand(rows, time)])
    return percentiles(values, (25, 50, 75), recency_weights(values.size))
