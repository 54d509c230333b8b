"""Densities: the values of quantiles in rows over the curves, and the reader's curve by its name."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey import charts
from survey.charts import Axis, Chart
from survey.charts.curve import Curve, log_ticks, window_of
from survey.charts.labels import Label, labels_of, rows_above
from survey.charts.quantiles import ROOM

from .reading import marks, said, texts

LEVELS = [0.05, 0.25, 0.5, 0.75, 0.95]
AID = [415.0, 487.0, 547.0, 613.0, 709.0]
OWN = [455.0, 498.0, 525.0, 553.0, 615.0]
SURE = [540.0, 545.0, 547.0, 549.0, 554.0]
AXIS = Axis(300, 1000, log=True, open_lower=True, open_upper=True, before="€", unit=" bn")


def labels(values: list[float], width: int) -> list[Label]:
    """Where labels stand does not depend on the curve beneath them."""
    flat = Curve(Axis(0, 100), np.linspace(0, 100, 161), np.zeros(161))
    return labels_of(flat, LEVELS, values, width)


def aid(own: list[float] | None) -> Chart:
    return charts.quantile_density(LEVELS, AID, axis=AXIS, title="Aid", own=own)


ANYWHERE = st.lists(st.integers(0, 100).map(float), min_size=5, max_size=5).map(sorted)


@given(ANYWHERE, st.sampled_from([340, 640]))
def test_every_quantile_has_its_label_inside_the_picture(values: list[float], width: int) -> None:
    made = labels(values, width)
    assert sorted(label.value for label in made) == values
    assert all(label.start >= 0 and label.end <= 1 + 1e-9 for label in made)


@given(ANYWHERE, st.sampled_from([340, 640]))
def test_no_two_labels_lie_on_each_other(values: list[float], width: int) -> None:
    for one, other in combinations(labels(values, width), 2):
        assert one.row != other.row or one.end <= other.start or other.end <= one.start


def test_no_line_upwards_crosses_the_label_of_another_quantile() -> None:
    for width in (340, 640):
        made = labels([35.0, 43.0, 50.0, 57.0, 68.0], width)
        for one, other in combinations(made, 2):
            high, low = (one, other) if one.row > other.row else (other, one)
            assert high.row == low.row or not low.start <= high.value / 100 <= low.end


def test_the_outer_quantiles_stand_lowest_and_the_median_on_top() -> None:
    assert [label.row for label in sorted(labels([10.0, 30, 50, 70, 90], 640))] == [0, 1, 2, 1, 0]
    assert [rows_above(LEVELS[:count]) for count in (1, 2, 3, 5)] == [1, 1, 2, 3]


@pytest.mark.parametrize("own", [None, OWN, AID, SURE, [300.0, 420, 560, 800, 999]])
def test_values_stand_above_both_curves(own: list[float] | None) -> None:
    """In pixels from the top: the lower edge of the lowest row, and the highest point of any curve."""
    drawn = marks(aid(own).spec)
    top = next(mark for mark in drawn if mark.look["type"] == "line").encoding["y"]["scale"]["domain"][1]
    tallest = max(row["y"] or 0 for mark in drawn if mark.look["type"] == "line" for row in mark.rows)
    lowest = max(
        text.encoding["y"]["value"] for text in texts(aid(own).spec) if "value" in text.encoding["y"]
    )
    assert lowest <= ROOM * (1 - tallest / top)


def test_each_value_is_written_once_for_each_width() -> None:
    written = said(aid(OWN).spec)
    for words in ("415", "487", "median 547", "613", "709"):
        assert written.count(words) == 2  # of which one is seen


def test_the_readers_curve_is_named_at_the_curve_and_only_where_it_is_drawn() -> None:
    you = next(text for text in texts(aid(OWN).spec) if text.words == ["You"])
    curve = [mark for mark in marks(aid(OWN).spec) if mark.look["type"] == "line"][-1]
    assert you.rows[0]["x"] in [row["x"] for row in curve.rows]
    assert None not in [row["y"] for row in curve.rows]
    assert you.rows[0]["y"] == max(row["y"] for row in curve.rows)
    assert "You" not in said(aid(None).spec)


def test_the_name_is_beside_a_curve_that_is_cut_off_above() -> None:
    """A reader surer by far than the crowd: the peak leaves the picture, the name does not."""
    you = next(text for text in texts(aid(SURE).spec) if text.words == ["You"])
    curve = [mark for mark in marks(aid(SURE).spec) if mark.look["type"] == "line"][-1]
    assert None in [row["y"] for row in curve.rows]
    highest = max(row["y"] or 0 for row in curve.rows)
    assert you.rows[0]["y"] == highest < you.encoding["y"]["scale"]["domain"][1]
    assert you.look["align"] in ("left", "right")


@pytest.mark.parametrize(
    ("axis", "sure"),
    [
        (Axis(100, 200, log=True), [150.0, 151.0, 152.0]),
        (Axis(300, 1000, log=True), [330.0, 335.0, 340.0]),
        (Axis(1_000, 5_000, log=True), [2_100.0, 2_150.0, 2_200.0]),
        (Axis(0.01, 0.02, log=True), [0.0149, 0.015, 0.0151]),
        (Axis(1, 1e9, log=True), [1e3, 1e4, 1e6]),
    ],
)
def test_a_crowd_that_is_sure_has_numbers_on_its_axis_of_logarithms_too(
    axis: Axis, sure: list[float]
) -> None:
    """Between 140 and 163 there is no leading digit alone, and one number tells no scale."""
    low, high = window_of(axis, sure)
    ticks = log_ticks(low, high)
    assert 3 <= len(ticks) <= 30 and ticks == sorted(set(ticks))
    assert low * 0.999 <= ticks[0] and ticks[-1] <= high * 1.001
