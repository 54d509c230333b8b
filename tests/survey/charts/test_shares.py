"""The histogram: area is share, and says so; no share is invisible."""

import pytest

from survey import charts
from survey.charts import Bin, Spec
from survey.charts.shares import HEIGHT, LEAST

from .reading import marks

TENTHS = charts.tenths([3, 2, 5, 9, 11, 17, 19, 18, 11, 5])


def bars(bins: list[Bin]) -> list[Spec]:
    return marks(charts.histogram(bins, title="Now").spec)[0].rows


def test_where_bins_differ_in_width_the_subtitle_says_that_area_counts() -> None:
    merged = charts.histogram([Bin(0, 50, 93), Bin(50, 60, 7)], title="Now", subtitle="Share, %")
    assert merged.subtitle.startswith("Share, %. The area of a bar is its share")
    assert charts.histogram(TENTHS, title="Now", subtitle="Share, %").subtitle == "Share, %"


def test_it_says_so_where_there_is_no_other_subtitle() -> None:
    assert charts.histogram([Bin(0, 50, 93), Bin(50, 60, 7)], title="Now").subtitle.startswith("The area")


@pytest.mark.parametrize("share", [0.1, 1, 7])
def test_a_share_spread_over_a_wide_bin_is_seen(share: float) -> None:
    bins = [Bin(0, 10, 100 - share), Bin(10, 100, share)]
    rows = bars(bins)
    drawn = marks(charts.histogram(bins, title="Now").spec)[0]
    top = drawn.encoding["y"]["scale"]["domain"][1]
    assert drawn.encoding["y"]["field"] == "drawn"
    assert rows[1]["drawn"] / top * (HEIGHT - 36) >= LEAST - 0.01


def test_a_bar_that_is_seen_is_drawn_as_high_as_it_is() -> None:
    assert all(row["drawn"] == row["tall"] for row in bars(TENTHS))


def test_no_share_has_no_bar() -> None:
    assert bars([Bin(0, 10, 100), Bin(10, 100, 0)])[1]["drawn"] == 0
