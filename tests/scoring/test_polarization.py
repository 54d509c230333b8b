"""Polarization: known values, bounds, symmetry, and what sets it apart from spread."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.consensus.camps import agreement, esteban_ray, histogram, polarization
from tests.scoring.crowds import probabilities, weighted

counts = st.lists(st.integers(0, 30), min_size=3, max_size=8).filter(any)


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        ([0, 0, 9, 0, 0], 1.0),
        ([1, 1, 1, 1, 1], 0.0),
        ([5, 0, 0, 0, 5], -1.0),
        ([5, 5, 0, 0, 0], 0.75),
        ([5, 5, 5, 0, 0], 0.5),
        ([30, 40, 210, 130, 530, 50, 10], 0.6113333),  # the example of the R package agrmt
    ],
)
def test_agreement_gives_the_known_values(share, expected):
    assert agreement(share) == pytest.approx(expected, abs=5e-8)


def agreement_slowly(share):
    """Layers in whole numbers, with every triple of categories looked at."""
    left, size, total = list(share), len(share), 0.0
    while any(left):
        low = min(count for count in left if count)
        filled = [count > 0 for count in left]
        ones, one_peak, two_peaks = sum(filled), 0, 0
        for i in range(size):
            for j in range(i + 1, size):
                for k in range(j + 1, size):
                    triple = (filled[i], filled[j], filled[k])
                    one_peak += triple in {(True, True, False), (False, True, True)}
                    two_peaks += triple == (True, False, True)
        both = one_peak + two_peaks
        u = ((size - 2) * one_peak - (size - 1) * two_peaks) / ((size - 2) * both) if both else 1.0
        total += low * ones / sum(share) * u * (1 - (ones - 1) / (size - 1))
        left = [count - low if count else 0 for count in left]
    return total


@given(counts)
def test_agreement_is_that_of_the_layers_and_triples_one_by_one(share):
    assert agreement(share) == pytest.approx(agreement_slowly(share), abs=1e-9)


@given(counts)
def test_agreement_keeps_its_bounds_and_polarization_follows(share):
    assert -1 - 1e-9 <= agreement(share) <= 1 + 1e-9
    assert polarization(share) == pytest.approx((1 - agreement(share)) / 2)


@given(counts)
def test_neither_the_direction_of_the_scale_nor_the_number_of_people_matters(share):
    assert agreement(share[::-1]) == pytest.approx(agreement(share), abs=1e-9)
    assert agreement(np.multiply(share, 0.1)) == pytest.approx(agreement(share), abs=1e-9)


def test_camps_are_told_from_people_spread_evenly_where_the_deviation_is_the_same():
    """Two histograms over ten bins with one variance: camps in bins 3 and 8, and everyone everywhere."""
    camps, even = np.zeros(10), np.ones(10)
    camps[[1, 8]] = 0.45
    camps[[4, 5]] = 0.05
    assert polarization(camps) > polarization(even) + 0.1


def test_esteban_ray_by_hand():
    assert esteban_ray([1, 1], [0.0, 1.0]) == 1.0
    assert esteban_ray([3, 1], [0.0, 2.0]) == pytest.approx(4 * 2 * (9 / 16 / 4 + 1 / 16 * 3 / 4))
    assert esteban_ray([7], [0.3]) == 0.0


@given(counts, st.floats(0.05, 1.6))
def test_no_groups_between_0_and_1_exceed_two_equal_ones_at_the_ends(share, alpha):
    position = np.linspace(0, 1, len(share))
    found = esteban_ray(share, position, alpha=alpha)
    assert -1e-12 <= found <= 1 + 1e-9
    assert esteban_ray(share[::-1], position, alpha=alpha) == pytest.approx(found, abs=1e-9)


@given(counts, st.floats(0.1, 10), st.floats(-5, 5))
def test_esteban_ray_follows_the_unit_and_not_the_origin(share, unit, origin):
    position = np.arange(len(share), dtype=float)
    found = esteban_ray(share, position * unit + origin)
    assert found == pytest.approx(unit * esteban_ray(share, position), rel=1e-7, abs=1e-9)


def test_groups_in_one_place_are_one_group():
    apart = esteban_ray([1, 1, 2], [0.0, 0.0, 1.0])
    assert apart == esteban_ray([2, 2], [0.0, 1.0]) == 1.0


def test_merging_near_groups_into_camps_raises_polarization_though_the_spread_falls():
    """The axiom that sets polarization apart from inequality."""
    spread_out, merged = [0.0, 0.4, 0.6, 1.0], [0.2, 0.2, 0.8, 0.8]
    assert np.std(merged) < np.std(spread_out)
    assert esteban_ray([1] * 4, merged) > esteban_ray([1] * 4, spread_out)


@given(weighted(probabilities), st.integers(1, 12))
def test_histogram_holds_everyone_once(crowd, bins):
    given_, weight = crowd
    found = histogram(given_, weight, bins=bins)
    assert found.shape == (bins,)
    assert found.sum() == pytest.approx(1)
    assert (found >= 0).all()


def test_histogram_puts_an_edge_into_the_bin_above_and_1_into_the_last():
    tenths = np.arange(11) / 10
    found = histogram(tenths) * 11
    assert found == pytest.approx([1] * 9 + [2])
    assert histogram([0.1 + 0.2], bins=10).argmax() == histogram([0.3], bins=10).argmax() == 3
    assert histogram([1 - 0.9], bins=10).argmax() == 1  # a hair below 0.1


def test_histogram_leaves_missing_people_and_weights_of_0_out():
    assert histogram([0.1, np.nan, 0.9, 0.5], [1, 1, 1, 0], bins=2).tolist() == [0.5, 0.5]


@pytest.mark.parametrize(
    ("call", "arguments", "message"),
    [
        (agreement, ([1, 2],), "^share must hold 3 or more numbers of 0 or more, not all 0"),
        (agreement, ([0, 0, 0],), "^share must hold 3 or more"),
        (agreement, ([1, -1, 1],), "^share must hold 3 or more"),
        (agreement, ([1, np.nan, 1],), "^share must be finite"),
        (polarization, ([[1, 1, 1]],), "^share must have one axis"),
        (esteban_ray, ([1, 1], [0.0]), "^position must be as long as share, 2, got 1"),
        (esteban_ray, ([0, 0], [0.0, 1.0]), "^share must hold 1 or more numbers of 0 or more, not all 0"),
        (histogram, ([0.5, 1.5],), "^probability must lie between 0 and 1"),
        (histogram, ([np.nan],), "^probability must hold one person or more"),
    ],
)
def test_wrong_arguments_are_refused_by_name(call, arguments, message):
    with pytest.raises(ValueError, match=message):
        call(*arguments)


def test_settings_out_of_range_are_refused_by_name():
    for alpha in (0.0, 1.7, np.nan):
        with pytest.raises(ValueError, match=r"^alpha must lie above 0 and be at most 1.6"):
            esteban_ray([1, 1], [0.0, 1.0], alpha=alpha)
    with pytest.raises(ValueError, match=r"^bins must be 1 or more, got 0"):
        histogram([0.5], bins=0)
