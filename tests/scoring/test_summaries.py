"""What is shown of a crowd at one moment."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.timeline.recency import percentiles
from scoring.timeline.summaries import binary_summary, cdf_summary, options_summary, probability_histogram
from tests.scoring.crowds import probabilities, weighted

NAN = float("nan")


@st.composite
def shares_above(draw, most=8):
    """Probabilities (n, K) of a few percent at least, and weights."""
    people, options = draw(st.integers(1, most)), draw(st.integers(2, 5))
    row = st.lists(st.floats(0.1, 1.0), min_size=options, max_size=options)
    drawn = np.array(draw(st.lists(row, min_size=people, max_size=people)))
    weight = np.array(draw(st.lists(st.floats(0.1, 1), min_size=people, max_size=people)))
    return drawn / drawn.sum(axis=1, keepdims=True), weight


@given(weighted(probabilities))
def test_no_is_yes_from_the_other_side(crowd):
    yes, no = binary_summary(*crowd), binary_summary(1 - crowd[0], crowd[1])
    assert no.value == pytest.approx(1 - yes.value)
    assert no.lower == pytest.approx(1 - yes.upper)
    assert no.mean == pytest.approx(1 - yes.mean)


@given(shares_above())
def test_options_sum_to_one_and_lie_between_their_quartiles(crowd):
    summary = options_summary(*crowd)
    assert summary.value.sum() == pytest.approx(1)
    assert summary.mean.sum() == pytest.approx(1)
    assert (summary.value >= 0.001 - 1e-12).all()
    assert (summary.lower <= summary.value + 1e-12).all()
    assert (summary.value <= summary.upper + 1e-12).all()


@given(shares_above(), st.data())
def test_an_option_that_is_not_on_offer_changes_no_other(crowd, data):
    at = data.draw(st.integers(0, crowd[0].shape[1]))
    wider = options_summary(np.insert(crowd[0], at, NAN, axis=1), crowd[1])
    assert np.isnan(wider.value[at])
    assert np.delete(wider.value, at).tolist() == options_summary(*crowd).value.tolist()


def test_one_person_s_options_stay_what_they_are():
    assert options_summary([[0.2, 0.3, 0.5]]).value == pytest.approx([0.2, 0.3, 0.5])


def test_the_pool_of_numbers_is_a_mean_and_never_falls():
    random = np.random.default_rng(1)
    cdf = np.sort(random.random((50, 21)), axis=1)
    weight = random.random(50)
    summary = cdf_summary(cdf, weight)
    assert summary.value == pytest.approx(np.average(cdf, axis=0, weights=weight))
    assert (np.diff(summary.value) >= 0).all()
    assert summary.lower <= summary.centre <= summary.upper


@given(weighted(probabilities), st.integers(1, 100))
def test_a_histogram_holds_all_of_the_weight(crowd, bins):
    found = probability_histogram(*crowd, bins=bins)
    assert found.size == bins
    assert found.sum() == pytest.approx(crowd[1].sum())


def test_weights_of_zero_and_missing_people_do_not_count():
    summary = binary_summary([0.1, 0.9, NAN], [0, 2, 5])
    assert (summary.value.tolist(), summary.count) == ([0.9], 1)
    assert binary_summary([0.2, 0.4], [0, 0]).value == percentiles([0.2, 0.4], 50)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: binary_summary([1.5]), "probability must lie between 0 and 1"),
        (lambda: binary_summary([NAN]), "not missing"),
        (lambda: options_summary([[0.5, 0.4]]), "probability must sum to 1"),
        (lambda: options_summary([[0.5, 0.5], [0.5, NAN]]), "probability must"),
        (lambda: options_summary([[1.0, 0.0]]), "median of 0.001 or more"),
        (lambda: options_summary([[0.5, 0.5]], least=0.5), "least must be 0 or more"),
        (lambda: cdf_summary([[0.5, 0.4]]), "cdf must not fall"),
        (lambda: cdf_summary([0.5, 0.6]), "cdf must"),
    ],
)
def test_wrong_input_is_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_an_option_nobody_leans_to_has_quartiles_where_no_least_is_asked_for():
    found = options_summary([[1.0, 0.0, 0.0], [0.5, 0.0, 0.5], [0.5, 0.25, 0.25]], least=0.0)
    assert found.value == pytest.approx([2 / 3, 0, 1 / 3])
    assert (found.lower <= found.value).all() and (found.value <= found.upper).all()
