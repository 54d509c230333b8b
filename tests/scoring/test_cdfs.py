"""Numbers and dates as distribution functions: scales, buckets, baselines, percentiles."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.cdfs import bucket_baseline, from_place, masses, percentile_places, to_bucket, to_place


@st.composite
def cdfs(draw, least=2, most=12):
    """A distribution function, level in places, open at one end or both or neither."""
    drawn = draw(
        st.lists(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0]), min_size=least, max_size=most)
    )
    return np.array(sorted(drawn))


scales = st.sampled_from([(0, 100, None), (-5, 5, None), (1, 1000, 0), (-50, 50, 60), (10, 20, 9.5)])


@given(scales, st.floats(0, 1))
def test_places_and_answers_are_each_others_inverse(scale, place):
    assert to_place(from_place(place, *scale), *scale) == pytest.approx(place, abs=1e-9)


@given(scales)
def test_the_ends_of_the_range_are_0_and_1(scale):
    assert to_place(list(scale[:2]), *scale) == pytest.approx([0, 1])
    assert from_place([0, 1], *scale) == pytest.approx(list(scale[:2]))


def test_a_logarithmic_scale_multiplies_by_the_same_for_the_same_distance():
    assert from_place([0, 1 / 3, 2 / 3, 1], 1, 1000, 0) == pytest.approx([1, 10, 100, 1000])


@pytest.mark.parametrize("zero", [-1e9, -1e15, -1e17, 1e17])
def test_a_zero_point_that_is_far_away_makes_an_even_scale(zero):
    assert to_place([0.25, 0.5, 1.0], 0, 1, zero) == pytest.approx([0.25, 0.5, 1.0], abs=1e-9)
    assert from_place([0.25, 0.5, 1.0], 0, 1, zero) == pytest.approx([0.25, 0.5, 1.0], abs=1e-9)


@given(st.integers(1, 300))
def test_edges_belong_to_the_lower_bucket_and_middles_to_their_own(count):
    edges = np.arange(count + 1) / count
    assert to_bucket(edges, count).tolist() == [1, *range(1, count + 1)]
    assert to_bucket((np.arange(count) + 0.5) / count, count).tolist() == list(range(1, count + 1))
    assert to_bucket([-1e-9, 1 + 1e-9], count).tolist() == [0, count + 1]


@given(cdfs())
def test_masses_sum_to_one(cdf):
    found = masses(cdf)
    assert found.size == cdf.size + 1
    assert found.sum() == pytest.approx(1)
    assert np.cumsum(found)[:-1] == pytest.approx(cdf)
    assert masses(np.stack([cdf, cdf]))[1].tolist() == found.tolist()


@pytest.mark.parametrize("bounds", [0, 1, 2])
def test_baselines_sum_to_one(bounds):
    inside = sum(bucket_baseline(bucket, 40, bounds) for bucket in range(1, 41))
    assert inside + 0.05 * bounds == pytest.approx(1)
    assert bucket_baseline(0, 40, bounds) == bucket_baseline(41, 40, bounds) == 0.05


@given(cdfs(), st.floats(0, 100))
def test_below_a_percentile_lies_as_much_as_it_says(cdf, percent):
    place = float(percentile_places(cdf, percent))
    there = np.interp(place, np.linspace(0, 1, cdf.size), cdf)
    if place == 0:
        assert percent / 100 <= cdf[0] + 1e-12 or cdf[0] == cdf[1] == percent / 100
    elif place == 1:
        assert percent / 100 >= cdf[-1] - 1e-12 or there == pytest.approx(percent / 100)
    else:
        assert there == pytest.approx(percent / 100, abs=1e-9)


@given(cdfs(), st.lists(st.floats(0, 100), min_size=2).map(sorted))
def test_percentiles_rise(cdf, percent):
    assert (np.diff(percentile_places(cdf, percent)) >= -1e-12).all()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: to_place(1, 5, 5), "highest must be finite and lie above lowest"),
        (lambda: to_place(1, 0, 10, 5), "zero_point must lie outside"),
        (lambda: to_place(-1, 1, 10, 0), "range's side of zero_point"),
        (lambda: to_bucket(0.5, 0), "count must be"),
        (lambda: to_bucket(float("nan"), 5), "place must be finite"),
        (lambda: masses([0.5, 0.4]), "cdf must not fall"),
        (lambda: masses([0.5]), "two or more values"),
        (lambda: masses([0.5, 1.000005]), "cdf must lie between 0 and 1"),
        (lambda: bucket_baseline(7, 5, 1), "bucket must be a position from 0 to 6"),
        (lambda: bucket_baseline(1, 5, 3), "open_bounds must be a position from 0 to 2"),
        (lambda: bucket_baseline(1, 5, 1, outer=0.5), "outer must lie between"),
        (lambda: percentile_places([0, 1], 101), "percent must lie between"),
        (lambda: percentile_places([[0, 1]], 50), "one axis"),
    ],
)
def test_wrong_input_is_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()


@pytest.mark.parametrize(("cdf", "percent"), [([0, 0, 1, 1], 0), ([0.2, 0.2, 1.0], 20), ([0.0, 0.5, 1.0], 0)])
def test_a_distribution_that_begins_level_at_the_percentage_has_it_at_the_first_place(cdf, percent):
    assert percentile_places(cdf, percent) == 0
