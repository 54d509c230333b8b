"""The histogram: area is share, and says so; no share is invisible."""

from itertools import pairwise

import pytest

from survey import charts
from survey.aggregation import rules
from survey.charts import Bin, Spec
from survey.charts.shares import EDGES, HEIGHT, LEAST

from .reading import marks

CELLS = [Bin(low, high, 6) for low, high in pairwise(EDGES)]


def bars(bins: list[Bin]) -> list[Spec]:
    return marks(charts.histogram(bins, title="Now").spec)[0].rows


def test_where_bins_differ_in_width_the_subtitle_says_that_area_counts() -> None:
    merged = charts.histogram([Bin(0, 50, 93), Bin(50, 60, 7)], title="Now", subtitle="Share, %")
    assert merged.subtitle.startswith("Share, %. The area of a bar is its share")
    assert charts.histogram(CELLS, title="Now", subtitle="Share, %").subtitle == "Share, %"


def test_it_says_so_where_there_is_no_other_subtitle() -> None:
    assert charts.histogram([Bin(0, 50, 93), Bin(50, 60, 7)], title="Now").subtitle.startswith("The area")


@pytest.mark.parametrize("share", [0.1, 1, 7])
def test_a_share_spread_over_a_wide_bin_is_seen(share: float) -> None:
    bins = [Bin(0, 1, 100 - share), Bin(1, 100, share)]
    rows = bars(bins)
    drawn = marks(charts.histogram(bins, title="Now").spec)[0]
    top = drawn.encoding["y"]["scale"]["domain"][1]
    assert drawn.encoding["y"]["field"] == "drawn"
    assert rows[1]["drawn"] / top * (HEIGHT - 36) >= LEAST - 0.01


def test_a_bar_that_is_seen_is_drawn_as_high_as_it_is() -> None:
    assert all(row["drawn"] == row["tall"] for row in bars(CELLS))


def test_no_share_has_no_bar() -> None:
    assert bars([Bin(0, 10, 100), Bin(10, 100, 0)])[1]["drawn"] == 0


def test_the_cells_are_those_that_publications_count() -> None:
    assert [edge / 100 for edge in EDGES] == list(rules.CELLS)


def test_small_chances_are_told_apart_as_the_middle_ones_are() -> None:
    """On an even axis from 0 to 100 the first three cells would be one bar of nothing."""
    drawn = bars([Bin(0, 1, 40), Bin(1, 2, 30), Bin(2, 5, 20), Bin(5, 100, 10)])
    assert [row["high"] - row["low"] for row in drawn] == [1, 1, 1, 13]
    assert [row["share"] for row in drawn] == ["40", "30", "20", "10 in all"]


def test_in_a_bar_of_several_cells_the_reader_stands_where_the_forecast_is() -> None:
    """In the middle of a bar from 1 to 100 % whoever says 1.5 % would seem to say about 50."""

    def you(own: float) -> float:
        drawn = marks(charts.histogram([Bin(0, 1, 60), Bin(1, 100, 40)], title="Now", own=own).spec)
        return next(row["middle"] for mark in drawn for row in mark.rows if row.get("share") == "You")

    assert (you(1.5), you(0.2)) == (1.5, 0.5)
