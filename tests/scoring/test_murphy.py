"""Murphy's parts: worked values, the sums that hold for all forecasts, the correction and its limits."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.evaluation.decomposition import murphy, murphy_bias_corrected
from tests.scoring.test_calibration import BAD, columns, questions

#: Forecasts in the middle of ten bins: the same all over each bin.
in_middles = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 9).map(lambda k: (k + 0.5) / 10)), min_size=1, max_size=30
)


def test_a_worked_example_of_two_bins():
    parts = murphy([0, 0, 1, 0, 1, 1], [0.2, 0.2, 0.2, 0.8, 0.8, 0.8])
    assert parts.reliability == pytest.approx((2 / 3 - 0.8) ** 2)
    assert parts.resolution == pytest.approx(1 / 36)
    assert parts.uncertainty == pytest.approx(1 / 4)


@given(in_middles)
def test_three_parts_are_the_score_where_bins_hold_one_forecast_each(rows):
    parts = murphy(*columns(rows))
    assert parts.score == pytest.approx(parts.reliability - parts.resolution + parts.uncertainty, abs=1e-12)
    assert parts.within_variance == pytest.approx(0, abs=1e-12)
    assert parts.within_covariance == pytest.approx(0, abs=1e-12)


@given(questions, st.integers(1, 20))
def test_five_parts_are_the_score_whatever_bins_hold(rows, bins):
    parts = murphy(*columns(rows), bins=bins)
    three = parts.reliability - parts.resolution + parts.uncertainty
    assert parts.score == pytest.approx(three + parts.within_variance - parts.within_covariance, abs=1e-12)


def test_three_parts_are_not_the_score_where_forecasts_differ_within_a_bin():
    """The control: without the parts within bins the sum is wrong."""
    parts = murphy([0, 1], [0.61, 0.69])
    assert parts.reliability - parts.resolution + parts.uncertainty != pytest.approx(parts.score, abs=1e-3)


@given(questions)
def test_parts_stay_in_their_ranges(rows):
    parts = murphy(*columns(rows))
    assert 0 <= parts.resolution <= parts.uncertainty + 1e-12 <= 0.25 + 1e-12
    assert 0 <= parts.reliability <= 1
    assert parts.within_variance >= 0


@given(questions, st.randoms(use_true_random=False))
def test_the_order_of_the_questions_does_not_matter(rows, random):
    shuffled = rows.copy()
    random.shuffle(shuffled)
    for function in (murphy, murphy_bias_corrected):
        before, after = (list(vars(function(*columns(each))).values()) for each in (rows, shuffled))
        assert after == pytest.approx(before, abs=1e-7, nan_ok=True)


def test_one_bin_has_no_resolution():
    parts = murphy([0, 1, 1], [0.1, 0.5, 0.9], bins=1)
    assert parts.resolution == 0
    assert parts.reliability == pytest.approx((2 / 3 - 0.5) ** 2)


@given(questions)
def test_the_correction_keeps_the_sum(rows):
    plain, corrected = murphy(*columns(rows)), murphy_bias_corrected(*columns(rows))
    before = plain.reliability - plain.resolution + plain.uncertainty
    after = corrected.reliability - corrected.resolution + corrected.uncertainty
    assert after == pytest.approx(before, abs=1e-12)


@given(questions)
def test_the_correction_leaves_parts_in_their_ranges(rows):
    parts = murphy_bias_corrected(*columns(rows))
    assert 0 <= parts.strength <= 1
    assert parts.reliability >= -1e-12
    assert -1e-12 <= parts.resolution <= 1 + 1e-12
    assert parts.uncertainty <= 0.25 + 1e-12


@given(questions)
def test_the_correction_lowers_reliability_and_raises_uncertainty(rows):
    plain, corrected = murphy(*columns(rows)), murphy_bias_corrected(*columns(rows))
    assert corrected.reliability <= plain.reliability
    assert corrected.uncertainty >= plain.uncertainty


@given(questions)
def test_the_correction_is_the_formula_bin_by_bin(rows):
    """C and T summed in plain loops over right-closed bins."""
    outcome, probability = columns(rows)
    bin_of = np.maximum(np.ceil((10 * probability).round(11)), 1)
    bins = [outcome[bin_of == k] for k in np.unique(bin_of)]
    c = sum(o.sum() * (o.size - o.sum()) / (o.size * (o.size - 1)) for o in bins if o.size > 1) / outcome.size
    t = outcome.var() / (outcome.size - 1) if outcome.size > 1 else 0.0
    plain, corrected = murphy(outcome, probability), murphy_bias_corrected(outcome, probability)
    strength = corrected.strength
    assert plain.reliability - corrected.reliability == pytest.approx(strength * c, abs=1e-12)
    assert corrected.uncertainty - plain.uncertainty == pytest.approx(strength * t, abs=1e-12)


def test_without_pairs_in_bins_or_both_outcomes_nothing_is_corrected():
    """Where α is made of 0 / 0 it is 0: a single forecast, or all with the same outcome and no error."""
    for outcome, probability in (([1], [0.4]), ([1, 1], [1.0, 1.0])):
        corrected, plain = murphy_bias_corrected(outcome, probability), murphy(outcome, probability)
        assert corrected.strength == 0
        assert corrected.reliability == plain.reliability
        assert corrected.uncertainty == plain.uncertainty


def test_at_full_strength_the_corrected_parts_have_no_bias():
    """By enumeration: the mean over all samples of three from two bins, of REL' and UNC' at α = 1."""
    truth, probability = np.array([0.3, 0.3, 0.3, 0.8, 0.8]), np.array([0.45, 0.45, 0.45, 0.65, 0.65])
    plain, bias = 0.0, 0.0
    for outcome in itertools.product([0, 1], repeat=5):
        happened = np.array(outcome)
        chance = np.prod(np.where(happened == 1, truth, 1 - truth))
        plain += chance * murphy(happened, probability).reliability
        bias += chance * _correction(happened)
    real = float(((probability - truth) ** 2).mean())
    assert plain - bias == pytest.approx(real, abs=1e-12)
    assert plain > real + 0.05


def _correction(happened):
    """C for bins of three and two, from how many came out yes in each."""
    return sum(s * (n - s) / (n * (n - 1)) for s, n in ((happened[:3].sum(), 3), (happened[3:].sum(), 2))) / 5


def test_deviations_agree_with_repeated_samples():
    random = np.random.default_rng(4)

    def sample():
        probability = random.choice([0.15, 0.35, 0.55, 0.85], size=800)
        return random.random(800) < probability**1.5, probability

    for function in (murphy, murphy_bias_corrected):
        parts = [function(*sample()) for _ in range(400)]
        for name in ("reliability", "resolution", "uncertainty"):
            seen = np.std([getattr(each, name) for each in parts])
            said = np.mean([getattr(each, f"{name}_deviation") for each in parts])
            assert said == pytest.approx(seen, rel=0.15), name


def test_a_single_forecast_has_no_deviation_after_the_correction():
    parts = murphy_bias_corrected([1], [0.4])
    assert np.isnan([parts.reliability_deviation, parts.resolution_deviation]).all()
    assert murphy([1], [0.4]).reliability_deviation == 0


def test_a_missing_forecast_is_dropped_with_its_outcome():
    for function in (murphy, murphy_bias_corrected):
        assert function([0, 1, 1], [0.2, np.nan, 0.7]) == function([0, 1], [0.2, 0.7])


@pytest.mark.parametrize("function", [murphy, murphy_bias_corrected])
@pytest.mark.parametrize(("outcome", "probability", "message"), BAD)
def test_wrong_questions_are_refused_by_name(function, outcome, probability, message):
    with pytest.raises(ValueError, match=message):
        function(outcome, probability)


@pytest.mark.parametrize("function", [murphy, murphy_bias_corrected])
@pytest.mark.parametrize("bins", [0, -3, 2.0, [10]])
def test_wrong_bins_are_refused_by_name(function, bins):
    with pytest.raises(ValueError, match=r"^bins must be"):
        function([0, 1], [0.5, 0.6], bins=bins)
