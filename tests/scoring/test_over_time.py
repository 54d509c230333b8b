"""Baseline scores over time and at one moment, and scores relative to a changing reference."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scoring.timeline.over_time import (
    baseline_over_time,
    continuous_baseline_over_time,
    continuous_spot_baseline,
    relative,
    spot_baseline,
)
from scoring.timeline.standing_intervals import Life
from tests.scoring.spells import columns, moments_by_hand, spells, standing_by_hand

LIFE = Life(0, 12, 10)
NAN = float("nan")


@given(spells())
def test_the_baseline_is_points_times_coverage(rows):
    scores = baseline_over_time(*columns(rows), LIFE)
    for at, (_, start, end, value) in enumerate(rows):
        until = min(10, math.inf if math.isnan(end) else end)
        coverage = max(until - max(start, 0), 0) / 12
        assert scores.coverage[at] == pytest.approx(coverage)
        assert scores.score[at] == pytest.approx(100 * (1 + math.log2(value)) * coverage)


@pytest.mark.parametrize("options", [2, 3, 7])
def test_an_even_spread_is_worth_nothing_and_certainty_everything(options):
    rows = ([1, 2], [0, 0], [NAN, NAN], [1 / options, 1.0])
    assert baseline_over_time(*rows, Life(0, 1, 1), options=options).score == pytest.approx([0, 100])
    assert spot_baseline(*rows, Life(0, 1, 1), 0.5, options=[options] * 2).score == pytest.approx([0, 100])


@given(spells(), st.integers(-1, 13))
def test_a_spot_counts_who_stands_then(rows, time):
    scores = spot_baseline(*columns(rows), LIFE, time)
    there = standing_by_hand(rows, min(time, 10))
    assert np.flatnonzero(scores.coverage).tolist() == sorted(there)
    for at in there:
        assert scores.score[at] == pytest.approx(100 * (1 + math.log2(rows[at][3])))


@given(spells())
def test_a_number_is_compared_with_the_baseline_of_its_bucket(rows):
    scores = continuous_baseline_over_time(*columns(rows), LIFE, baseline=0.005)
    points = 50 * np.log(columns(rows)[3] / 0.005)
    assert scores.score == pytest.approx(points * scores.coverage)
    spot = continuous_spot_baseline(*columns(rows), LIFE, 5, baseline=0.005)
    assert spot.score == pytest.approx(points * spot.coverage)


@st.composite
def references(draw):
    """Steps of a reference, with gaps."""
    edges = sorted(set(draw(st.lists(st.integers(-2, 13), min_size=2, max_size=8))))
    assume(len(edges) > 1)
    steps = [
        (start, end, draw(st.floats(0.01, 0.99))) for start, end in pairwise(edges) if draw(st.booleans())
    ]
    assume(steps)
    return steps


@given(spells(), references())
def test_relative_scores_are_those_by_hand(rows, steps):
    start, end, value = (np.array(column, dtype=float) for column in zip(*steps, strict=True))
    scores = relative(*columns(rows), LIFE, reference_start=start, reference_end=end, reference=value)
    edges = {0, 10, *start, *end, *moments_by_hand(rows)}
    edges = sorted(edge for edge in edges if 0 <= edge <= 10)
    score, coverage = np.zeros(len(rows)), np.zeros(len(rows))
    for left, right in pairwise(edges):
        for at in standing_by_hand(rows, left):
            for since, until, reference in steps:
                if since <= left < until:
                    score[at] += math.log2(rows[at][3] / reference) * (right - left) / 10
                    coverage[at] += (right - left) / 10
    assert scores.score == pytest.approx(score, abs=1e-12)
    assert scores.coverage == pytest.approx(coverage, abs=1e-12)


def test_a_forecast_is_as_good_as_itself():
    rows = ([1], [2], [7])
    reference = {"reference_start": [2], "reference_end": [7], "reference": [0.3]}
    assert relative(*rows, [0.3], LIFE, **reference).score.tolist() == [0.0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"options": 1}, "options must be 2 or more"),
        ({"options": [2, 2, 2]}, "options must be one value or have shape"),
        ({"probability": [0.5, 0.0]}, "probability must be above 0"),
        ({"probability": [0.5]}, "probability must be as long"),
        ({"end": [-3, 1]}, "end must not lie before start"),
    ],
)
def test_wrong_input_is_refused(change, words):
    given = {"person": [1, 2], "start": [0, 0], "end": [NAN, NAN], "probability": [0.5, 0.5], **change}
    for score in (baseline_over_time, lambda **all: spot_baseline(**all, time=1)):
        with pytest.raises(ValueError, match=words):
            score(**given, life=LIFE)


def test_a_baseline_lies_above_0():
    for wrong in (0.0, -1.0, 1.5, NAN):
        with pytest.raises(ValueError, match="baseline must be above 0"):
            continuous_baseline_over_time([1], [0], [NAN], [0.5], LIFE, baseline=wrong)


def test_steps_of_a_reference_do_not_overlap():
    with pytest.raises(ValueError, match="end must not lie after"):
        relative(
            [1], [0], [NAN], [0.5], LIFE, reference_start=[0, 1], reference_end=[2, 3], reference=[0.5, 0.5]
        )
