"""Curves fitted on resolved questions: they find what was put in, and say when they could not."""

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit

from scoring.pools.beta import beta_curve
from scoring.pools.fitted import fit_beta, fit_line, fit_stretch
from scoring.pools.odds import linear_log_odds
from tests.skips import EVERYTHING

#: A fit takes many evaluations: fewer examples.
few = settings(max_examples=20 if EVERYTHING else 5, phases=[Phase.explicit, Phase.generate])

FITS = [fit_stretch, fit_line, fit_beta]

#: Probabilities of a crowd, each said of a hundred questions.
SAID = np.repeat(np.arange(1, 20) / 20, 100)


def outcomes(true):
    """0 and 1 that come as often as `true` says, group of a hundred by group, without chance."""
    within = np.tile(np.arange(100), 19)
    return (within < np.round(100 * true)).astype(int)


@st.composite
def resolved(draw):
    """Forty or more questions on which both came out."""
    rows = draw(st.lists(st.tuples(st.integers(1, 99), st.booleans()), min_size=40, max_size=80))
    said = np.array([percent / 100 for percent, _ in rows] + [0.3, 0.3, 0.7, 0.7])
    return said, np.array([came for _, came in rows] + [True, False, True, False])


def log_score(probability, outcome):
    return -np.mean(np.log(np.where(outcome, probability, 1 - probability)))


class TestWhatIsFound:
    @pytest.mark.parametrize("stretch", [0.5, 1.0, 1.6])
    def test_a_stretch_that_was_put_in(self, stretch):
        line = fit_stretch(SAID, outcomes(expit(stretch * logit(SAID))))
        assert line.slope == pytest.approx(stretch, abs=0.02)
        assert line.intercept == 0.0

    def test_a_line_that_was_put_in(self):
        line = fit_line(SAID, outcomes(expit(1.4 * logit(SAID) - 0.5)))
        assert (line.slope, line.intercept) == pytest.approx((1.4, -0.5), abs=0.02)

    @pytest.mark.parametrize("height", [-3.0, 3.0])
    def test_a_line_that_lies_high_or_low(self, height):
        line = fit_line(SAID, outcomes(expit(2 * logit(SAID) + height)))
        assert (line.slope, line.intercept) == pytest.approx((2, height), abs=0.05)
        assert not line.at_limit

    def test_a_beta_curve_that_was_put_in(self):
        curve = fit_beta(SAID, outcomes(beta_curve(SAID, 2.0, 1.2)))
        assert (curve.alpha, curve.beta) == pytest.approx((2.0, 1.2), abs=0.05)

    def test_a_calibrated_crowd_is_left_alone(self):
        line, curve = fit_line(SAID, outcomes(SAID)), fit_beta(SAID, outcomes(SAID))
        assert (line.slope, line.intercept) == pytest.approx((1, 0), abs=1e-6)
        assert (curve.alpha, curve.beta) == pytest.approx((1, 1), abs=1e-6)

    def test_a_crowd_that_is_wrong_more_often_than_right_is_turned_only_by_a_line(self):
        came = outcomes(1 - SAID)
        assert fit_stretch(SAID, came).slope == 0.0
        assert fit_stretch(SAID, came).at_limit
        assert fit_line(SAID, came).slope == pytest.approx(-1)


class TestBest:
    @few
    @given(resolved())
    def test_each_is_at_least_as_good_as_changing_nothing(self, questions):
        nothing = log_score(*questions)
        for fit in FITS:
            assert fit(*questions).loss <= nothing + 1e-9

    @few
    @given(resolved())
    def test_a_line_is_at_least_as_good_as_a_stretch(self, questions):
        assert fit_line(*questions).loss <= fit_stretch(*questions).loss + 1e-9

    @few
    @given(resolved(), st.floats(-0.1, 0.1), st.floats(-0.1, 0.1))
    def test_no_other_beside_it_is_better(self, questions, up, aside):
        said, came = questions
        line = fit_line(said, came)
        if not line.at_limit:
            other = linear_log_odds(said, line.slope + up, line.intercept + aside)
            assert line.loss <= log_score(other, came) + 1e-9
        curve = fit_beta(said, came)
        if not curve.at_limit:
            other = beta_curve(said, curve.alpha * np.exp(up), curve.beta * np.exp(aside))
            assert curve.loss <= log_score(np.clip(other, 1e-300, 1), came) + 1e-6

    @few
    @given(resolved())
    def test_the_loss_told_is_that_of_the_curve(self, questions):
        said, came = questions
        for line in (fit_line(said, came), fit_stretch(said, came)):
            moved = linear_log_odds(said, line.slope, line.intercept)
            assert line.loss == pytest.approx(log_score(moved, came), abs=1e-9)

    @few
    @given(resolved())
    def test_yes_and_no_may_change_places(self, questions):
        said, came = questions
        there, back = fit_line(said, came), fit_line(1 - said, ~came)
        assert (back.slope, back.intercept) == pytest.approx((there.slope, -there.intercept), abs=1e-4)
        assert fit_stretch(1 - said, ~came).slope == pytest.approx(fit_stretch(said, came).slope, abs=1e-9)

    @few
    @given(resolved(), st.randoms())
    def test_the_order_of_questions_does_not_matter(self, questions, random):
        said, came = questions
        order = random.sample(range(said.size), said.size)
        for fit in FITS:
            assert fit(said[order], came[order]).loss == pytest.approx(fit(said, came).loss, abs=1e-6)


class TestTooLittle:
    @pytest.mark.parametrize("fit", FITS)
    def test_with_29_questions_nothing_is_fitted_and_with_30_something_is(self, fit):
        said, came = [0.6, 0.8, 0.7] * 10, [1, 1, 0] * 10
        assert not fit(said[:29], came[:29]).fitted
        assert fit(said, came).fitted
        assert fit(said, came, minimum=31) == fit(said, came, minimum=999)
        assert fit(said[:29], came[:29], minimum=1).fitted

    def test_what_comes_back_changes_nothing(self):
        assert (fit_stretch([0.8], [1]).slope, fit_line([0.8], [1]).intercept) == (1.0, 0.0)
        curve = fit_beta([0.8], [1])
        assert (curve.alpha, curve.beta) == (1.0, 1.0)
        assert curve.loss == pytest.approx(-np.log(0.8))
        assert fit_line([0.8], [1]).loss == pytest.approx(-np.log(0.8))
        assert curve.questions == 1

    @pytest.mark.parametrize("fit", FITS)
    def test_a_crowd_that_was_always_right_reaches_the_limit_and_says_so(self, fit):
        said = np.array([0.2, 0.3, 0.7, 0.9] * 10)
        found = fit(said, (said > 0.5).astype(int))
        assert found.at_limit
        assert found.fitted
        assert np.isfinite(found.loss)

    def test_a_limit_may_be_moved(self):
        said = np.array([0.2, 0.9] * 20)
        assert fit_stretch(said, (said > 0.5).astype(int), limit=4).slope == 4.0
        assert abs(fit_line(said, (said > 0.5).astype(int), limit=4).slope) <= 4
        assert fit_beta(said, (said > 0.5).astype(int), limit=4).alpha <= 4 + 1e-9

    def test_zero_and_one_count_as_the_bound(self):
        said, came = [0.0, 1.0, 0.5, 0.5] * 10, [0, 1, 1, 0, 1, 1, 0, 0] * 5
        bounded = [0.001, 0.999, 0.5, 0.5] * 10
        for fit in FITS:
            assert fit(said, came) == fit(bounded, came)

    def test_a_line_needs_two_different_probabilities(self):
        with pytest.raises(ValueError, match=r"^probability must differ between questions, got 40 times"):
            fit_line([0.5] * 40, [0, 1] * 20)


@pytest.mark.parametrize("fit", FITS)
@pytest.mark.parametrize(
    ("probability", "outcome", "message"),
    [
        ([0.5, 0.5], [1], "^outcome must be as long as probability, 2, got 1"),
        ([0.5], [2], "^outcome must be 0 or 1"),
        ([0.5], [np.nan], "^outcome must be 0 or 1"),
        ([np.nan], [1], "^probability must be finite"),
        ([1.1], [1], "^probability must lie between 0 and 1"),
        ([], [], "^probability must hold one resolved question or more"),
        ([[0.5]], [[1]], "^probability must have one axis"),
    ],
)
def test_wrong_questions_are_refused_by_name(fit, probability, outcome, message):
    with pytest.raises(ValueError, match=message):
        fit(probability, outcome)


@pytest.mark.parametrize("fit", FITS)
@pytest.mark.parametrize("limit", [0, -1, np.inf, np.nan])
def test_a_limit_is_a_positive_number(fit, limit):
    with pytest.raises(ValueError, match=r"^limit must be above [01] and finite, got"):
        fit([0.5] * 2, [0, 1], limit=limit)
