"""The product's own crowd forecast: by hand, in worked cases, and against people who would bend it."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm, t

from scoring.pools.averages import mean, median
from scoring.pools.default import headline, parley, parley_options
from scoring.timeline.days import standing
from tests.scoring.crowds import probabilities, shares, weighted
from tests.scoring.reference_implementations import (
    log_odds_by_hand,
    parley_by_hand,
    parley_options_by_hand,
    position_by_hand,
)


def sigma(log_odds):
    return 1 / (1 + np.exp(-np.asarray(log_odds)))


class TestOneNumber:
    @given(weighted(probabilities))
    def test_it_is_its_reading_by_hand(self, crowd):
        probability, weight = crowd
        figures = parley(probability, weight)
        _, trimmed, whole = position_by_hand(probability.tolist(), weight.tolist())
        assert abs(figures.value - parley_by_hand(probability.tolist(), weight.tolist())) < 1e-12
        assert figures.trimmed == pytest.approx(trimmed, abs=1e-9)
        assert figures.whole == pytest.approx(whole, abs=1e-9)

    @pytest.mark.parametrize(("people", "expected"), [(3, 37), (4, 55), (5, 67), (10, 68)])
    def test_one_who_says_never_among_others_at_70_percent(self, people, expected):
        assert round(100 * parley([0.0] + [0.7] * (people - 1)).value) == expected

    def test_one_who_says_never_after_four_at_70_percent_each_on_a_day_of_their_own(self):
        crowd = standing(np.arange(5), np.arange(5), np.ones(5, dtype=bool))
        assert 100 * parley([0.7, 0.7, 0.7, 0.7, 0.0], crowd.weight).value == pytest.approx(39, abs=1)

    def test_a_single_person_is_drawn_halfway_to_even_odds_and_stretched(self):
        assert parley([0.8]).value == pytest.approx(sigma(0.65 * math.log(4)))

    def test_a_large_agreeing_crowd_is_stretched_by_1_3(self):
        assert parley([0.8] * 100_000).value == pytest.approx(sigma(1.3 * math.log(4)), abs=1e-5)

    def test_abstaining_and_having_no_weight_are_absence(self):
        assert parley([0.6, np.nan, 0.7, 0.1], [1, 9, 0.5, 0]) == parley([0.6, 0.7], [1, 0.5])
        assert parley([0.6, 0.7], [0, 0]) == parley([0.6, 0.7])

    def test_nobody_is_worth_more_for_saying_0_than_1_percent(self):
        assert parley([0.0, 0.5, 0.6]) == parley([0.01, 0.5, 0.6])

    @given(weighted(probabilities))
    def test_the_pooled_log_odds_lie_among_the_peoples(self, crowd):
        figures = parley(*crowd)
        stretch = 1.3 * figures.people / (figures.people + 1)
        position = log_odds_unbounded(figures.value) / stretch
        own = [log_odds_by_hand(p) for p in crowd[0]]
        assert min(own) - 1e-9 <= position <= max(own) + 1e-9

    @given(weighted(probabilities), st.randoms())
    def test_the_order_of_people_does_not_matter(self, crowd, random):
        probability, weight = crowd
        order = list(range(probability.size))
        random.shuffle(order)
        shuffled, plain = parley(probability[order], weight[order]), parley(probability, weight)
        assert shuffled.value == pytest.approx(plain.value, abs=1e-12)
        assert shuffled.low == pytest.approx(plain.low, abs=1e-12)

    @given(weighted(probabilities))
    def test_the_chance_of_no_is_the_rest(self, crowd):
        probability, weight = crowd
        yes, no = parley(probability, weight), parley(1 - probability, weight)
        assert no.value == pytest.approx(1 - yes.value, abs=1e-12)
        assert (no.low, no.high) == pytest.approx((1 - yes.high, 1 - yes.low), abs=1e-12)

    @given(weighted(probabilities), probabilities)
    def test_raising_a_forecast_never_lowers_the_crowds(self, crowd, other):
        probability, weight = crowd
        higher = probability.copy()
        higher[0] = max(higher[0], other)
        assert parley(higher, weight).value >= parley(probability, weight).value - 1e-12


class TestInterval:
    @given(weighted(probabilities))
    def test_it_is_the_closed_form(self, crowd):
        probability, weight = crowd
        figures = parley(probability, weight)
        own = np.array([log_odds_by_hand(p) for p in probability])
        effective = weight.sum() ** 2 / (weight**2).sum()
        variance = np.average((own - np.average(own, weights=weight)) ** 2, weights=weight)
        spread = (effective * variance + 2) / (effective + 1)
        stretch = 1.3 * own.size / (own.size + 1)
        half = stretch * t.ppf(0.95, effective + 1) * math.sqrt(2 * spread / effective)
        centre = log_odds_unbounded(figures.value)
        assert figures.effective == pytest.approx(effective)
        assert figures.low == pytest.approx(sigma(centre - half), abs=1e-9)
        assert figures.high == pytest.approx(sigma(centre + half), abs=1e-9)

    @given(weighted(probabilities))
    def test_the_value_lies_inside(self, crowd):
        figures = parley(*crowd)
        assert 0 < figures.low < figures.value < figures.high < 1

    def test_it_holds_another_crowd_of_that_size_nine_times_in_ten(self):
        random = np.random.default_rng(20)
        draws = sigma(random.normal(0.5, 1.0, size=(2, 1500, 15)))
        inside = [
            crowd.low <= parley(other).value <= crowd.high
            for crowd, other in ((parley(mine), other) for mine, other in zip(*draws, strict=True))
        ]
        assert 0.86 <= np.mean(inside) <= 0.94

    def test_more_people_make_it_narrower(self):
        widths = [parley([0.4, 0.6] * n).high - parley([0.4, 0.6] * n).low for n in (1, 5, 50, 500)]
        assert widths == sorted(widths, reverse=True)


class TestFlags:
    def test_outer_forecasts_pull_when_the_tails_lie_to_one_side(self):
        assert parley([0.5] * 8 + [0.99] * 2).outer_pull
        assert not parley([0.5] * 8 + [0.99, 0.01]).outer_pull

    def test_the_outer_forecasts_never_pull_by_more_than_a_fifth(self):
        figures = parley([0.5] * 8 + [0.99] * 2)
        assert figures.whole > 0.2
        assert figures.value == pytest.approx(sigma(1.3 * 10 / 11 * 0.2))

    def test_a_late_wave_is_one_that_the_weights_make(self):
        probability = [0.2] * 6 + [0.9] * 4
        assert parley(probability, [1 / 3] * 6 + [1.0] * 4).late_wave
        assert not parley(probability, [0.9] * 6 + [1.0] * 4).late_wave
        assert not parley(probability).late_wave

    def test_people_and_effective_number_differ_when_weights_do(self):
        figures = parley([0.5, 0.5, 0.5], [1.0, 1 / 3, 1 / 3])
        assert figures.people == 3
        assert figures.effective == pytest.approx((5 / 3) ** 2 / (11 / 9))


class TestColluders:
    """A tenth of the people collude; the log-odds of the honest spread by 1 around those of `honest`."""

    #: (honest, pushed to, people) and the shift in points with all on one day, with each honest person on a
    #: day of their own before the colluders come, and with all the honest fully faded.
    TABLE = [
        (0.5, 0.99, 10, 10, 14, 25),
        (0.5, 0.99, 100, 12, 17, 28),
        (0.5, 0.99, 1000, 12, 17, 29),
        (0.1, 0.99, 10, 3, 5, 15),
        (0.1, 0.99, 100, 3, 5, 15),
        (0.1, 0.99, 1000, 3, 5, 15),
        (0.1, 0.5, 10, 2, 3, 6),
        (0.1, 0.5, 100, 2, 3, 5),
        (0.1, 0.5, 1000, 2, 3, 5),
    ]

    @staticmethod
    def honest_forecasts(honest, people):
        """The honest nine tenths, evenly over the normal distribution, in a mixed order."""
        ranks = np.random.default_rng(1).permutation(people - people // 10) + 0.5
        return sigma(log_odds_by_hand(honest) + norm.ppf(ranks / ranks.size))

    @staticmethod
    def fully_faded(honest_people, colluders):
        """Weights: one third for each of the honest, one for each colluder."""
        return np.append(np.full(honest_people, 1 / 3), np.ones(colluders))

    @staticmethod
    def spread_over_days(honest_people, colluders):
        """Weights: the honest one by one, a day each, then all colluders on one day."""
        day = np.append(np.arange(honest_people), np.full(colluders, honest_people))
        return standing(np.arange(day.size), day, np.ones(day.size, dtype=bool)).weight

    def shift(self, honest, target, people, weights=None):
        """How far, in points, the colluders move what the honest alone would give."""
        own, colluders = self.honest_forecasts(honest, people), people // 10
        weight = weights(own.size, colluders) if weights else np.ones(people)
        everyone = np.append(own, np.full(colluders, target))
        return 100 * (parley(everyone, weight).value - parley(own, weight[: own.size]).value)

    @pytest.mark.parametrize(("honest", "target", "people", "one_day", "spread", "worst"), TABLE)
    def test_they_move_the_crowd_no_more_than_promised(self, honest, target, people, one_day, spread, worst):
        assert self.shift(honest, target, people) <= one_day + 1
        assert self.shift(honest, target, people, self.spread_over_days) <= spread + 1
        assert self.shift(honest, target, people, self.fully_faded) <= worst + 1

    def test_the_promise_is_not_an_empty_one(self):
        assert self.shift(0.5, 0.99, 1000, self.fully_faded) > 25

    @pytest.mark.parametrize("updates", [1, 10, 100])
    def test_they_never_have_more_than_a_quarter_of_the_weight(self, updates):
        honest = [(who, 0) for who in range(45)]
        colluders = [(who, day) for day in range(1, updates + 1) for who in range(45, 50)]
        person, day = np.array(honest + colluders).T
        crowd = standing(person, day, np.ones(day.size, dtype=bool))
        share = crowd.weight[person[crowd.event] >= 45].sum() / crowd.weight.sum()
        assert share <= 0.25 + 1e-12

    def test_the_median_is_safer(self):
        crowd = np.append(sigma(norm.ppf((np.arange(90) + 0.5) / 90)), np.full(10, 0.99))
        moved = parley(crowd).value - 0.5
        assert median(crowd) - 0.5 < moved / 3
        assert mean(crowd) - 0.5 < moved

    def test_one_who_withdraws_leaves_no_trace(self):
        person, day = np.array([0, 1, 2, 9, 9]), np.array([1, 1, 1, 1, 2])
        active = np.array([True, True, True, True, False])
        probability = np.array([0.4, 0.5, 0.6, 0.99, 0.5])
        crowd = standing(person, day, active)
        assert parley(probability[crowd.event], crowd.weight) == parley([0.4, 0.5, 0.6])


class TestOptions:
    @given(shares())
    def test_they_are_their_reading_by_hand(self, crowd):
        probability, weight = crowd
        expected = parley_options_by_hand(probability.tolist(), weight.tolist())
        assert np.abs(parley_options(probability, weight).value - expected).max() < 1e-12

    @given(shares())
    def test_they_sum_to_1_and_lie_in_their_intervals(self, crowd):
        figures = parley_options(*crowd)
        assert figures.value.sum() == pytest.approx(1, abs=1e-12)
        assert ((figures.low < figures.value) & (figures.value < figures.high)).all()

    @given(weighted(probabilities))
    def test_two_options_are_a_question_of_yes_or_no(self, crowd):
        probability, weight = crowd
        both, one = parley_options(np.column_stack((probability, 1 - probability)), weight), parley(*crowd)
        assert both.value[0] == pytest.approx(one.value, abs=1e-12)
        assert both.low[0] == pytest.approx(one.low, abs=1e-9)
        assert both.high[0] == pytest.approx(one.high, abs=1e-9)
        assert (both.people, both.effective) == (one.people, one.effective)

    @given(shares(), st.randoms())
    def test_the_order_of_options_does_not_matter(self, crowd, random):
        probability, weight = crowd
        order = list(range(probability.shape[1]))
        random.shuffle(order)
        shuffled = parley_options(probability[:, order], weight)
        assert shuffled.value == pytest.approx(parley_options(probability, weight).value[order], abs=1e-12)

    def test_abstaining_is_absence(self):
        rows = [[0.5, 0.3, 0.2], [np.nan] * 3, [0.2, 0.2, 0.6]]
        kept = parley_options([rows[0], rows[2]], [1, 0.5])
        assert parley_options(rows, [1, 9, 0.5]).value.tolist() == kept.value.tolist()
        assert parley_options(rows).people == 2

    def test_equal_shares_stay_equal(self):
        assert parley_options(np.full((7, 4), 0.25)).value == pytest.approx([0.25] * 4)

    def test_flags_are_by_option(self):
        rows = [[0.5, 0.49, 0.01]] * 8 + [[0.5, 0.01, 0.49]] * 2
        assert parley_options(rows).outer_pull.tolist() == [False, True, True]
        wave = [[0.2, 0.7, 0.1]] * 6 + [[0.2, 0.1, 0.7]] * 4
        assert parley_options(wave, [1 / 3] * 6 + [1.0] * 4).late_wave.tolist() == [False, True, True]
        assert not parley_options(wave).late_wave.any()

    @pytest.mark.parametrize(
        ("probability", "message"),
        [
            ([[0.5, 0.4]], "^probability must sum to 1"),
            ([0.5, 0.5], "^probability must have two axes"),
            ([[1.0]], "^probability must hold two or more options"),
            ([[np.nan, np.nan]], "^probability must hold one person or more who is not missing"),
            ([[np.nan, 0.5]], "^probability must be NaN for all options or for none"),
            (np.empty((0, 3)), "^probability must have two axes and one person or more"),
        ],
    )
    def test_wrong_crowds_are_refused_by_name(self, probability, message):
        with pytest.raises(ValueError, match=message):
            parley_options(probability)


class TestHeadline:
    @pytest.mark.parametrize("rare", [0.0, 0.001, 0.0499, 0.9501, 1.0])
    def test_the_median_heads_what_is_rare_or_nearly_sure(self, rare):
        assert headline(0.5, rare) == "median"

    @pytest.mark.parametrize("usual", [0.05, 0.2, 0.5, 0.95])
    def test_parley_heads_the_rest(self, usual):
        assert headline(0.001, usual) == "parley"

    def test_both_must_be_probabilities(self):
        with pytest.raises(ValueError, match=r"^parley_value must lie between 0 and 1, got 50"):
            headline(50, 0.5)
        with pytest.raises(ValueError, match=r"^weighted_median must lie between 0 and 1, got 50"):
            headline(0.5, 50)


def log_odds_unbounded(probability):
    return math.log(probability / (1 - probability))
