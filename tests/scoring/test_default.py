"""The product's own crowd forecast: by hand, in worked cases, and against people who would bend it."""

import json
import math
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from scoring.pools.averages import mean, median, weighted_quantiles
from scoring.pools.default import _read, parley, parley_options
from scoring.pools.default_steps import CERTAIN, INVITED, OPEN, Centres, forecast, log_odds, stretched
from scoring.pools.weights import effective_of
from scoring.timeline.days import standing
from tests.scoring.crowds import probabilities, shares, weighted
from tests.scoring.reference_implementations import crowd_by_hand, options_by_hand
from tests.skips import EVERYTHING

VECTORS = json.loads(
    (Path(__file__).parent / "vectors" / "default_second_edition.json").read_text(encoding="utf-8")
)
#: In how many crowds what holds of every crowd is searched.
CROWDS = 10_000 if EVERYTHING else 100
FORMS = {"invited": INVITED, "open": OPEN}
BOTH = pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)


def sigma(place):
    return 1 / (1 + np.exp(-np.asarray(place)))


def random_crowds(count, seed, most=45):
    """Crowds of 1 to 45, of any kind: even, near a value, rare, in tenths; half of them with weights."""
    random = np.random.default_rng(seed)
    for at in range(count):
        people = int(random.integers(1, most + 1))
        kind = at % 4
        if kind == 0:
            values = random.random(people)
        elif kind == 1:
            values = sigma(random.normal(random.normal(0, 2), random.exponential(1), people))
        elif kind == 2:
            values = random.beta(0.3, 5, people)
        else:
            values = random.choice([0, 0.001, 0.01, 0.05, 0.1, 0.5, 0.9, 1], people)
        yield values, random.uniform(1 / 3, 1, people) if at % 2 else np.ones(people)


class TestReferenceValues:
    @pytest.mark.parametrize("form", FORMS)
    @pytest.mark.parametrize("case", VECTORS["vectors"], ids=lambda case: case["name"])
    def test_every_figure_is_the_reference_value(self, case, form):
        asked = case["input"]
        if "P" in asked:
            found = parley_options(asked["P"], form=FORMS[form])
        else:
            found = parley(asked["p"], asked.get("w"), FORMS[form])
        for name, expected in case[form].items():
            difference = np.abs(np.subtract(getattr(found, name), expected, dtype=float))
            assert difference.max() <= VECTORS["tolerance"], name


class TestOneNumber:
    @BOTH
    @given(weighted(probabilities))
    def test_every_figure_is_its_reading_by_hand(self, form, crowd):
        probability, weight = crowd
        figures = asdict(parley(probability, weight, form))
        by_hand = crowd_by_hand(probability.tolist(), weight.tolist(), form.pull, form.stretch)
        for name, expected in by_hand.items():
            assert figures[name] == pytest.approx(expected, abs=1e-12, rel=1e-12), name

    @pytest.mark.parametrize(("people", "expected"), [(3, 36), (4, 55), (5, 70), (10, 70)])
    def test_one_who_says_never_among_others_at_70_percent(self, people, expected):
        assert round(100 * parley([0.0] + [0.7] * (people - 1)).value) == expected

    def test_a_crowd_that_agrees_on_a_value_shows_it_on_both_sides_of_5_percent(self):
        for chance in (0.001, 0.049, 0.051, 0.3, 0.98):
            assert parley([chance] * 45).value == pytest.approx(chance, abs=1e-12)
        assert [parley([0.001] * 45).low, parley([0.001] * 45).high] == pytest.approx(
            [0.0007, 0.0014], abs=5e-5
        )

    def test_a_crowd_all_at_0_or_100_percent_stays_inside_the_range_that_is_shown(self):
        assert parley([0.0] * 9).value == 0.0001
        assert parley([1.0] * 9).value == 0.9999

    @pytest.mark.parametrize(
        ("chance", "shown"), [(0.1, 0.15), (1, 0.6), (2, 1.1), (5, 2.9), (10, 6.3), (20, 15.0), (40, 37.4)]
    )
    def test_what_the_curve_makes_of_45_people_before_the_middle_half_holds_it(self, chance, shown):
        place = stretched(log_odds(chance / 100), 45)
        assert 102 * sigma(place) - 1 == pytest.approx(shown, abs=0.06)

    def test_the_curve_rises_everywhere_and_has_no_kink_at_certainty_where_it_goes_on_as_a_line(self):
        x = np.linspace(-3 * CERTAIN, 3 * CERTAIN, 60_001)
        slope = np.diff(stretched(x, 30)) / np.diff(x) * 31 / 30
        assert slope.min() > 0.39
        assert slope[30_000] == pytest.approx(1.3, abs=1e-6)
        assert slope[0] == pytest.approx(1) == slope[-1]

    def test_abstaining_and_having_no_weight_are_absence(self):
        assert parley([0.6, np.nan, 0.7, 0.1], [1, 9, 0.5, 0]) == parley([0.6, 0.7], [1, 0.5])
        assert parley([0.6, 0.7], [0, 0]) == parley([0.6, 0.7])

    @given(weighted(probabilities), st.randoms())
    def test_the_order_of_people_does_not_matter(self, crowd, random):
        probability, weight = crowd
        order = list(range(probability.size))
        random.shuffle(order)
        shuffled, plain = parley(probability[order], weight[order]), parley(probability, weight)
        assert shuffled.value == pytest.approx(plain.value, abs=1e-12)
        assert shuffled.low == pytest.approx(plain.low, abs=1e-12)


def many(crowds):
    """By form the forecasts of many crowds, arrays (crowds, 1): each is read alone, all take the steps at once."""
    read = [_read(values[:, None], weight) for values, weight in crowds]
    centres, equal, variance, _whole = zip(*read, strict=True)
    effective = np.array([[effective_of(weight)] for _, weight in crowds])
    people = np.array([[values.size] for values, _ in crowds])
    whole = _stacked(centres), _stacked(equal), np.array(variance), effective, people
    return {name: forecast(*whole, form) for name, form in FORMS.items()}


def _stacked(each):
    return Centres(**{name: np.array([vars(one)[name] for one in each]) for name in vars(each[0])})


class TestWhatIsCertain:
    """Over random crowds, with both forms: what these need of people is read once, and it is most of the work."""

    def test_many_crowds_at_once_are_what_each_of_them_is_alone(self):
        crowds = list(random_crowds(100, seed=9))
        for name, found in many(crowds).items():
            alone = [parley(values, weight, FORMS[name]) for values, weight in crowds]
            for figure, column in vars(found).items():
                assert column[:, 0] == pytest.approx(
                    [getattr(one, figure) for one in alone], abs=1e-14, rel=0
                )

    def test_it_never_falls_when_forecasts_rise(self):
        random = np.random.default_rng(7)
        crowds, higher, highest = [], [], []
        for values, weight in random_crowds(CROWDS, seed=1):
            one = values.copy()
            place = random.integers(values.size)
            one[place] += random.random() * (1 - one[place])
            everyone = values + random.random(values.size) * (1 - values)
            crowds.append((values, weight))
            higher.append((one, weight))
            highest.append((everyone, weight))
        here, risen, all_risen = many(crowds), many(higher), many(highest)
        for form in FORMS:
            assert (risen[form].value >= here[form].value - 1e-12).all(), form
            assert (all_risen[form].value >= here[form].value - 1e-12).all(), form

    def test_it_never_falls_under_stochastic_dominance(self):
        """Whoever says what: sorted, and with the weight so far of the one never below the other's."""
        random = np.random.default_rng(8)
        crowds, dominating = [], []
        for values, _ in random_crowds(CROWDS, seed=2):
            higher = np.sort(values) + random.exponential(0.02, values.size)
            alike = np.ones(values.size)
            crowds.append((values, alike))
            dominating.append((random.permutation(np.minimum(higher, 1)), alike))
        here, risen = many(crowds), many(dominating)
        for form in FORMS:
            assert (risen[form].value >= here[form].value - 1e-12).all(), form

    def test_the_chance_of_no_is_the_rest(self):
        crowds = list(random_crowds(CROWDS, seed=3))
        yes, no = many(crowds), many([(1 - values, weight) for values, weight in crowds])
        for form in FORMS:
            assert np.abs(no[form].value - (1 - yes[form].value)).max() < 1e-12, form
            assert np.abs(no[form].low - (1 - yes[form].high)).max() < 1e-11, form

    def test_it_lies_in_the_middle_half_and_in_its_interval(self):
        crowds = list(random_crowds(CROWDS, seed=4))
        quarter, three_quarters = np.transpose(
            [weighted_quantiles(values, [0.25, 0.75], weight) for values, weight in crowds]
        )[..., None]
        for found in many(crowds).values():
            assert (np.minimum(quarter, 0.9999) - 1e-12 <= found.value).all()
            assert (found.value <= np.maximum(three_quarters, 0.0001) + 1e-12).all()
            assert ((found.low <= found.value) & (found.value <= found.high)).all()
            assert (found.low < found.high).all()

    def test_options_sum_to_one(self):
        random = np.random.default_rng(5)
        for _ in range(CROWDS):
            rows = random.dirichlet(
                random.exponential(2, random.integers(2, 7)) + 0.05, random.integers(1, 30)
            )
            weight = random.uniform(1 / 3, 1, len(rows))
            *read, _whole = _read(rows, weight)
            for form in FORMS.values():
                found = forecast(*read, effective_of(weight), len(rows), form)
                assert abs(found.value.sum() - 1) < 1e-12
                assert ((found.low <= found.value) & (found.value <= found.high)).all()

    def test_small_moves_of_everyone_move_it_little(self):
        random = np.random.default_rng(6)
        crowds = list(random_crowds(CROWDS, seed=6))
        moved = [
            (np.clip(values + random.normal(0, 1e-9, values.size), 0, 1), weight) for values, weight in crowds
        ]
        here, beside = many(crowds), many(moved)
        for form in FORMS:
            assert np.abs(beside[form].value - here[form].value).max() < 1e-7, form


class TestInterval:
    def test_where_nothing_is_held_it_is_where_the_curve_leads_from_both_ends(self):
        crowd = [0.2, 0.4, 0.5, 0.6, 0.7]
        found, own = parley(crowd), log_odds(crowd)
        assert not found.held
        half = 1.943180 * math.sqrt(2 * (5 * own.var() + 2) / 6 / 5)
        pooled = found.trimmed + np.clip(found.outer - found.trimmed, -0.2, 0.2)
        ends = 1.02 * sigma(stretched([pooled - half, pooled + half], 5)) - 0.01
        assert [found.low, found.high] == pytest.approx(ends, abs=1e-6)

    @BOTH
    def test_it_holds_another_crowd_of_that_size_nine_times_in_ten(self, form):
        random = np.random.default_rng(20)
        draws = sigma(random.normal(0.5, 1.0, size=(2, 1500, 15)))
        inside = [
            crowd.low <= parley(other, form=form).value <= crowd.high
            for crowd, other in ((parley(mine, form=form), other) for mine, other in zip(*draws, strict=True))
        ]
        assert 0.86 <= np.mean(inside) <= 0.94

    def test_more_people_make_it_narrower(self):
        widths = [parley([0.4, 0.6] * n).high - parley([0.4, 0.6] * n).low for n in (1, 5, 50, 500)]
        assert widths == sorted(widths, reverse=True)


class TestFlags:
    def test_outer_forecasts_pull_when_the_tails_lie_to_one_side(self):
        assert parley([0.5] * 8 + [0.99] * 2).outer_pull
        assert not parley([0.5] * 8 + [0.99, 0.01]).outer_pull

    def test_the_outermost_5_percent_have_no_say(self):
        crowd = np.linspace(0.3, 0.6, 100)
        louder = np.append(crowd[:95], np.full(5, 0.99))
        assert parley(louder).value == pytest.approx(parley(crowd).value, abs=1e-12)

    def test_the_outer_forecasts_never_pull_by_more_than_a_fifth(self):
        found = parley([0.3, 0.4, 0.4, 0.5, 0.5, 0.5, 0.6, 0.7, 0.99, 0.99])
        assert not found.held
        assert found.outer > found.trimmed + 0.2
        assert 1.02 * sigma(stretched(found.trimmed + 0.2, 10)) - 0.01 == pytest.approx(found.value)

    def test_held_is_what_the_middle_half_keeps_from_going_farther(self):
        assert parley([0.1] * 10).held
        assert not parley([0.5] * 10).held
        assert not parley([0.05, 0.1, 0.1, 0.2, 0.3]).held

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

    #: (honest, pushed to, people) and the shift in points, of both forms, with all on one day, with each honest
    #: person on a day of their own before the colluders come, and with all the honest fully faded.
    TABLE = [
        (0.5, 0.99, 10, (8, 15, 24), (3, 7, 15)),
        (0.5, 0.99, 100, (10, 17, 27), (4, 9, 18)),
        (0.5, 0.99, 1000, (11, 17, 27), (4, 9, 18)),
        (0.1, 0.99, 10, (3, 5, 14), (2, 4, 11)),
        (0.1, 0.99, 100, (3, 5, 15), (2, 4, 12)),
        (0.1, 0.99, 1000, (3, 5, 14), (2, 4, 12)),
    ]

    @staticmethod
    def honest_forecasts(honest, people):
        """The honest nine tenths, evenly over the normal distribution, in a mixed order."""
        ranks = np.random.default_rng(1).permutation(people - people // 10) + 0.5
        return sigma(math.log(honest / (1 - honest)) + norm.ppf(ranks / ranks.size))

    @staticmethod
    def fully_faded(honest_people, colluders):
        """Weights: one third for each of the honest, one for each colluder."""
        return np.append(np.full(honest_people, 1 / 3), np.ones(colluders))

    @staticmethod
    def spread_over_days(honest_people, colluders):
        """Weights: the honest one by one, a day each, then all colluders on one day."""
        day = np.append(np.arange(honest_people), np.full(colluders, honest_people))
        return standing(np.arange(day.size), day, np.ones(day.size, dtype=bool)).weight

    def shift(self, honest, target, people, weights=None, form=INVITED):
        """How far, in points, the colluders move what the honest alone would give."""
        own, colluders = self.honest_forecasts(honest, people), people // 10
        weight = weights(own.size, colluders) if weights else np.ones(people)
        everyone = np.append(own, np.full(colluders, target))
        return 100 * (parley(everyone, weight, form).value - parley(own, weight[: own.size], form).value)

    @pytest.mark.parametrize(("honest", "target", "people", *FORMS), TABLE)
    def test_they_move_the_crowd_no_more_than_promised(self, honest, target, people, invited, open):
        for form, promised in ((INVITED, invited), (OPEN, open)):
            weights = (None, self.spread_over_days, self.fully_faded)
            moved = [self.shift(honest, target, people, one, form) for one in weights]
            assert np.round(moved) == pytest.approx(promised, abs=1)

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
    @BOTH
    @given(shares())
    def test_they_are_their_reading_by_hand(self, form, crowd):
        probability, weight = crowd
        expected = options_by_hand(probability.tolist(), weight.tolist(), form.pull, form.stretch)
        found = parley_options(probability, weight, form)
        for name in ("value", "low", "high", "trimmed", "outer", "whole", "quarter", "three_quarters"):
            assert getattr(found, name) == pytest.approx([one[name] for one in expected], abs=1e-12), name

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
