"""Recalibration and the CORP parts: worked values, what holds for all forecasts, and refusals."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from scoring.evaluation.calibration import calibration_test, consistency_band, corp, recalibrated
from scoring.rules import brier, log_score

#: Probabilities among which some agree, some do in all but the last bit, and most do not.
tied = st.one_of(st.sampled_from([0.0, 0.1, 0.3, 0.1 + 0.2, 0.5, 1.0]), st.floats(0.0, 1.0))
questions = st.lists(st.tuples(st.integers(0, 1), tied), min_size=1, max_size=30)
inner_questions = st.lists(st.tuples(st.integers(0, 1), st.floats(0.01, 0.99)), min_size=1, max_size=30)


def columns(rows):
    outcome, probability = zip(*rows, strict=True)
    return np.array(outcome), np.array(probability)


def pooled_by_hand(outcome, probability):
    """Isotonic frequencies by their min-max formula: the highest mean ending here of the lowest beginning."""
    distinct = sorted(set(probability.round(12)))
    sums = [(outcome[probability.round(12) == p].sum(), (probability.round(12) == p).sum()) for p in distinct]

    def mean(begin, end):
        yes, count = (sum(part) for part in zip(*sums[begin : end + 1], strict=True))
        return yes / count

    last = len(distinct)
    fitted = [max(min(mean(i, j) for j in range(k, last)) for i in range(k + 1)) for k in range(last)]
    return np.array([fitted[distinct.index(p)] for p in probability.round(12)])


def test_who_is_in_order_and_sure_is_recalibrated_to_certainty():
    assert recalibrated([0, 0, 1], [0.2, 0.4, 0.7]).tolist() == [0.0, 0.0, 1.0]


def test_neighbours_in_the_wrong_order_are_pooled():
    assert recalibrated([1, 0, 1, 1], [0.1, 0.2, 0.3, 0.4]).tolist() == [0.5, 0.5, 1.0, 1.0]


def test_who_is_in_the_wrong_order_all_along_gets_the_share_of_yes():
    assert recalibrated([1, 1, 0, 0], [0.1, 0.2, 0.3, 0.4]).tolist() == [0.5] * 4


def test_forecasts_that_differ_in_the_last_bit_are_one_forecast():
    assert 0.1 + 0.2 != 0.3
    assert recalibrated([0, 1], [0.3, 0.1 + 0.2]).tolist() == [0.5, 0.5]
    assert recalibrated([0, 1], [0.3, 0.3001]).tolist() == [0.0, 1.0]


@given(questions)
def test_the_frequencies_are_those_of_the_min_max_formula(rows):
    outcome, probability = columns(rows)
    assert recalibrated(outcome, probability) == pytest.approx(
        pooled_by_hand(outcome, probability), abs=1e-12
    )


@given(questions)
def test_recalibrating_twice_changes_nothing(rows):
    outcome, probability = columns(rows)
    once = recalibrated(outcome, probability)
    assert recalibrated(outcome, once) == pytest.approx(once, abs=1e-12)


@given(questions)
def test_frequencies_never_fall_where_forecasts_rise_and_keep_the_share_of_yes(rows):
    outcome, probability = columns(rows)
    fitted = recalibrated(outcome, probability)
    assert (np.diff(fitted[np.argsort(probability.round(12), kind="stable")]) >= 0).all()
    assert fitted.mean() == pytest.approx(outcome.mean(), abs=1e-12)


@given(questions, st.randoms(use_true_random=False))
def test_the_order_of_the_questions_does_not_matter(rows, random):
    shuffled = rows.copy()
    random.shuffle(shuffled)
    before, after = corp(*columns(rows)), corp(*columns(shuffled))
    for part in ("score", "miscalibration", "discrimination", "uncertainty"):
        assert getattr(after, part) == pytest.approx(getattr(before, part), abs=1e-12)


@given(questions)
def test_brier_parts_are_not_negative_and_make_up_half_the_two_sided_score(rows):
    outcome, probability = columns(rows)
    parts = corp(outcome, probability)
    assert min(parts.miscalibration, parts.discrimination, parts.uncertainty) >= 0
    total = parts.miscalibration - parts.discrimination + parts.uncertainty
    assert total == pytest.approx(parts.score, abs=1e-12)
    assert parts.score == pytest.approx(brier(outcome, probability).mean() / 2, abs=1e-12)


@given(inner_questions)
def test_log_parts_are_not_negative_and_make_up_the_score(rows):
    outcome, probability = columns(rows)
    parts = corp(outcome, probability, score="log")
    assert min(parts.miscalibration, parts.discrimination, parts.uncertainty) >= 0
    total = parts.miscalibration - parts.discrimination + parts.uncertainty
    assert total == pytest.approx(parts.score, abs=1e-12)
    assert parts.score == pytest.approx(log_score(outcome, probability).mean(), abs=1e-12)


@given(inner_questions)
def test_what_is_cut_off_below_0_is_rounding_alone(rows):
    """Parts are cut at 0; the control is that they are never below it by more than rounding."""
    outcome, probability = columns(rows)
    for score, rule in (("brier", lambda p: ((p - outcome) ** 2).mean()), ("log", _log(outcome))):
        parts = corp(outcome, probability, score=score)
        best = rule(parts.recalibrated)
        assert rule(probability) - best == pytest.approx(parts.miscalibration, abs=1e-13)
        assert parts.uncertainty - best == pytest.approx(parts.discrimination, abs=1e-13)


def _log(outcome):
    return lambda p: float(np.mean([-math.log(q if o else 1 - q) for o, q in zip(outcome, p, strict=True)]))


@given(inner_questions)
def test_no_other_rising_frequencies_score_better(rows):
    outcome, probability = columns(rows)
    best = recalibrated(outcome, probability)
    for other in (probability, probability**2, np.sqrt(probability), np.full(len(rows), 0.5)):
        assert ((best - outcome) ** 2).mean() <= ((other - outcome) ** 2).mean() + 1e-12
        assert _log(outcome)(best) <= _log(outcome)(other) + 1e-12


def test_the_calibrated_have_no_miscalibration():
    parts = corp([0, 0, 0, 1, 0, 1, 1, 1], [0.25] * 4 + [0.75] * 4)
    assert (parts.miscalibration, parts.uncertainty) == (0.0, 0.25)
    assert parts.discrimination == pytest.approx(0.0625)


def test_who_always_says_the_same_does_not_discriminate():
    assert corp([0, 1, 1], [0.4, 0.4, 0.4]).discrimination == 0


def test_without_both_outcomes_all_that_is_lost_is_miscalibration():
    parts = corp([1, 1], [0.5, 1.0])
    assert (parts.score, parts.miscalibration) == (0.125, 0.125)
    assert (parts.discrimination, parts.uncertainty) == (0.0, 0.0)


def test_a_log_score_of_certainty_that_failed_is_infinite_unless_clipped():
    parts = corp([1, 0], [0.0, 0.5], score="log")
    assert (parts.score, parts.miscalibration, parts.clipped) == (math.inf, math.inf, 0)
    assert parts.discrimination == 0
    clipped = corp([1, 0], [0.0, 0.5], score="log", clip=0.01)
    assert clipped.score == pytest.approx((math.log(100) + math.log(2)) / 2)
    assert clipped.clipped == 1


def test_a_missing_forecast_is_dropped_with_its_outcome_and_stays_in_its_place():
    whole, gap = corp([0, 1, 0], [0.2, 0.8, 0.4]), corp([0, 1, 1, 0], [0.2, 0.8, np.nan, 0.4])
    assert gap.score == whole.score
    assert gap.recalibrated[[0, 1, 3]].tolist() == whole.recalibrated.tolist()
    assert np.isnan(gap.recalibrated).tolist() == [False, False, True, False]


def test_a_band_holds_the_middle_of_what_calibration_gives():
    """Three questions at 50 % and nothing else: the frequency is binomial, whose middle is known."""
    band = consistency_band([0.5] * 3, generator=1, level=0.5, draws=4000)
    assert (band.forecast.tolist(), band.low.tolist(), band.high.tolist()) == ([0.5], [1 / 3], [2 / 3])


def test_a_band_narrows_as_questions_grow_in_number():
    few, many = (consistency_band([0.3] * n, generator=1) for n in (20, 2000))
    assert (many.high - many.low < few.high - few.low).all()


def test_bands_are_the_same_for_the_same_seed_and_others_for_others():
    probability = np.linspace(0.05, 0.95, 30)
    one, same, other = (consistency_band(probability, generator=g, draws=50) for g in (3, 3, 4))
    assert one.low.tolist() == same.low.tolist()
    assert one.low.tolist() != other.low.tolist()


def test_a_calibrated_forecaster_mostly_stays_in_the_band_and_a_bad_one_does_not():
    random = np.random.default_rng(11)
    probability = np.repeat(np.linspace(0.1, 0.9, 9), 200)
    band = consistency_band(probability, generator=random, level=0.9, draws=400)

    def inside(outcome):
        fitted = recalibrated(outcome, probability)[::200]
        return ((band.low <= fitted) & (fitted <= band.high)).mean()

    honest = np.mean([inside(random.random(probability.size) < probability) for _ in range(100)])
    overconfident = np.mean([inside(random.random(probability.size) < 0.5) for _ in range(20)])
    assert honest == pytest.approx(0.9, abs=0.04)
    assert overconfident < 0.3


def test_certain_forecasts_have_bands_without_width():
    band = consistency_band([0.0, 1.0, np.nan], generator=1, draws=10)
    assert (band.low.tolist(), band.high.tolist()) == ([0.0, 1.0], [0.0, 1.0])


BAD = [
    ([1], [1.000005], "^probability must lie between 0 and 1, got 1.000005"),
    ([1], ["0.5"], "^probability must be real numbers"),
    ([1], [True], "^probability must be real numbers"),
    ([2], [0.5], "^outcome must be 0 or 1, got 2"),
    ([np.nan], [0.5], "^outcome must be 0 or 1, got nan"),
    ([1, 0], [0.5], r"^outcome must be one value or have shape \(1,\)"),
    ([[1, 0]], [[0.5, 0.5]], "^probability must have one axis"),
    (1, 0.5, "^probability must have one axis"),
    ([], [], "^probability must hold one forecast or more that is not missing, got 0"),
    ([1], [np.nan], "^probability must hold one forecast or more that is not missing, got 1"),
]


@pytest.mark.parametrize("function", [corp, recalibrated])
@pytest.mark.parametrize(("outcome", "probability", "message"), BAD)
def test_wrong_questions_are_refused_by_name(function, outcome, probability, message):
    with pytest.raises(ValueError, match=message):
        function(outcome, probability)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"score": "spherical"}, '^score must be "brier" or "log", got \'spherical\''),
        ({"clip": 0.5}, "^clip must be one number from 0 to below 0.5, got 0.5"),
        ({"clip": -0.1}, "^clip must be one number from 0 to below 0.5, got -0.1"),
        ({"clip": np.nan}, "^clip must be finite"),
        ({"clip": [0.1, 0.1]}, "^clip must be one number from 0 to below 0.5"),
    ],
)
def test_wrong_settings_are_refused_by_name(settings, message):
    with pytest.raises(ValueError, match=message):
        corp([0, 1], [0.5, 0.6], **settings)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        *[
            ({"generator": seed}, "^generator must be a numpy Generator or a seed")
            for seed in (None, True, -1, 0.5, "1")
        ],
        *[
            ({"level": level}, "^level must lie strictly between 0 and 1")
            for level in (0, 1, 1.5, [0.5, 0.6])
        ],
        *[({"draws": draws}, "^draws must be") for draws in (0, -1, 2.0, [5])],
    ],
)
def test_bands_refuse_chance_that_nobody_chose_and_wrong_settings(settings, message):
    with pytest.raises(ValueError, match=message):
        consistency_band([0.5, 0.6], **{"generator": 1, **settings})


def test_all_orders_of_four_questions_pool_as_the_formula_says():
    for outcome in itertools.product([0, 1], repeat=4):
        probability = np.array([0.2, 0.4, 0.4, 0.9])
        expected = pooled_by_hand(np.array(outcome), probability)
        assert recalibrated(outcome, probability) == pytest.approx(expected, abs=1e-15)


# ---- The joint test


def accused(random, people, forecasts, level=0.05, **together):
    """How many calibrated people the test says differ."""
    count = 0
    for seed in range(people):
        said = random.choice(np.arange(1, 100), forecasts) / 100
        count += calibration_test(
            random.random(forecasts) < said, said, generator=seed, draws=99, **together
        ).rejects(level)
    return count


@pytest.mark.parametrize("forecasts", [10, 40])
def test_of_calibrated_people_no_more_than_the_level_are_told_they_differ(forecasts):
    """At 10 % of 200 people: more than 34 would happen by chance once in a thousand times."""
    found = accused(np.random.default_rng(forecasts), 200, forecasts, level=0.1)
    assert found <= binom.ppf(0.999, 200, 0.1)
    # The level is used: a test that accused nobody would find nobody out either.
    assert found >= binom.ppf(0.001, 200, 0.1)


def test_dates_that_come_true_together_accuse_nobody_either():
    """Ladders of five dates, drawn as they come out: taken for independent, far too many would be accused."""
    random, together, apart = np.random.default_rng(3), 0, 0
    unit = np.repeat(np.arange(6), 5)
    for seed in range(120):
        said = np.sort(random.random((6, 5)), axis=1)
        came = (random.random((6, 1)) < said).ravel()
        together += calibration_test(came, said.ravel(), generator=seed, draws=99, unit=unit).rejects(0.1)
        apart += calibration_test(came, said.ravel(), generator=seed, draws=99).rejects(0.1)
    assert together <= binom.ppf(0.999, 120, 0.1) < apart


def test_exclusive_options_come_out_one_at_a_time():
    """Of one question with options 0.5 and 0.5 exactly one is drawn: its miscalibration is always the same."""
    test = calibration_test([1, 0], [0.5, 0.5], below=[0, 0.5], unit=[0, 0], generator=1)
    assert test.p_value == 1


def test_who_says_the_opposite_is_found_out():
    said = np.repeat([0.1, 0.9], 10)
    assert calibration_test(1 - said.round(), said, generator=1).p_value == pytest.approx(1 / 1000)


@given(questions)
def test_the_tested_miscalibration_is_that_of_corp(rows):
    outcome, probability = columns(rows)
    test = calibration_test(outcome, probability, generator=1, draws=1)
    assert test.miscalibration == pytest.approx(corp(outcome, probability).miscalibration, abs=1e-9)
    assert test.band.forecast.tolist() == sorted(set(probability.round(12)))


def test_a_wrong_unit_is_refused_by_name():
    with pytest.raises(ValueError, match=r"^unit must be as long as probability"):
        calibration_test([1, 0], [0.5, 0.5], unit=[0], generator=1)
