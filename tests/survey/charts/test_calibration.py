"""Bins of forecasts with what happened, their intervals, and the picture of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey import charts
from survey.calibration import Bin, reliability

chances = st.lists(st.floats(0, 1), min_size=1, max_size=60)


def test_a_bin_has_the_mean_forecast_and_the_share_that_happened() -> None:
    (found,) = reliability([0.62, 0.64, 0.66, 0.68], [1, 1, 1, 0])
    assert found.forecast == pytest.approx(0.65)
    assert (found.happened, found.size) == (0.75, 4)


def test_the_interval_is_wilsons() -> None:
    """7 of 10 by hand, z = 1.6449: middle 0.65741, half 0.21571."""
    (found,) = reliability([0.7] * 10, [1] * 7 + [0] * 3)
    assert found.low == pytest.approx(0.44170, abs=2e-5)
    assert found.high == pytest.approx(0.87312, abs=2e-5)


def test_yes_and_no_stay_apart() -> None:
    """Unfolded: 0.1 that did not happen and 0.9 that did are two bins, not one."""
    assert [(one.forecast, one.happened) for one in reliability([0.1, 0.9], [0, 1])] == [
        (0.1, 0.0),
        (0.9, 1.0),
    ]


@pytest.mark.parametrize("edge", [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9])
def test_a_forecast_on_an_edge_belongs_to_the_bin_above(edge: float) -> None:
    below, above = reliability([edge - 0.01, edge], [0, 1])
    assert (below.happened, above.happened) == (0.0, 1.0)


def test_certainty_is_in_the_last_bin() -> None:
    assert [one.size for one in reliability([1.0, 0.95], [1, 1])] == [2]


def test_nothing_makes_no_bin() -> None:
    assert list(reliability([], [])) == []


@given(chances, st.randoms())
def test_every_forecast_is_in_one_bin_and_every_interval_holds_its_share(
    given: list[float], draw: object
) -> None:
    came = [draw.randint(0, 1) for _ in given]  # type: ignore[attr-defined]
    found = reliability(given, came)
    assert sum(one.size for one in found) == len(given)
    assert sum(one.size * one.happened for one in found) == pytest.approx(sum(came))
    assert all(-1e-12 <= one.low <= one.happened + 1e-12 for one in found)
    assert all(one.happened - 1e-12 <= one.high <= 1 + 1e-12 for one in found)


@given(chances)
def test_the_order_of_forecasts_does_not_matter(given: list[float]) -> None:
    came = [chance > 0.5 for chance in given]
    order = np.random.default_rng(1).permutation(len(given))
    shuffled = reliability(np.array(given)[order], np.array(came)[order])
    assert np.allclose(np.array(reliability(given, came)), np.array(shuffled))


def test_more_forecasts_make_a_narrower_interval() -> None:
    (few,), (many,) = reliability([0.5] * 4, [0, 1] * 2), reliability([0.5] * 400, [0, 1] * 200)
    assert many.high - many.low < few.high - few.low


def test_the_picture_has_a_row_and_a_count_for_each_bin() -> None:
    chart = charts.calibration(
        [(5, 7, 2, 26, 14), (88, 100, 60, 100, 4)], title="Within chance", description="Words"
    )
    assert [row[-1] for row in chart.rows] == ["14", "4"]
    assert chart.rows[0][2].replace("\u00a0", " ") == "2–26 %"
    assert chart.spec["description"] == "Words"
    drawn = [row for layer in chart.spec["layer"] for row in layer.get("data", {}).get("values", [])]
    assert {(0, 7), (0, 100)} >= {(0, row["share"]) for row in drawn if "share" in row}


def test_its_axes_are_never_cut() -> None:
    chart = charts.calibration([(45, 50, 30, 70, 9)], title="One place")
    domains = [
        layer["encoding"][axis]["scale"]["domain"]
        for layer in chart.spec["layer"]
        for axis in ("x", "y")
        if "scale" in layer.get("encoding", {}).get(axis, {})
    ]
    assert domains and all(domain == [0, 100] for domain in domains)


def test_a_bin_tells_itself_by_name() -> None:
    assert Bin(0.1, 0.2, 0.0, 0.5, 3).size == 3
