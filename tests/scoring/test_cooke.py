"""Cooke's classical model: a case worked in plain loops, identities, refusals.

No figures of published software are compared here: the loops below read the formulas literally, with the
chi-square distribution from scipy.stats, and share no code with the module.
"""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from scoring.pools.cooke import LEVELS, calibration, decision_maker, information
from tests.skips import examples

NAN = float("nan")
MASSES = (0.05, 0.45, 0.45, 0.05)

#: Three experts, four seeds and a last item that is not known yet.
OUTCOME = [12.0, 55.0, 0.4, 140.0, NAN]
EXPERTS = np.array(
    [
        [[5, 10, 20], [40, 50, 70], [0.1, 0.3, 0.8], [90, 120, 160], [3, 4, 6]],
        [[11, 13, 14], [20, 25, 30], [0.5, 0.6, 0.7], [100, 105, 110], [5, 6, 7]],
        [[0, 10, 40], [10, 60, 99], [0.0, 0.5, 1.0], [50, 150, 300], [1, 5, 9]],
    ]
)


@st.composite
def elicitations(draw):
    """Outcomes, one of them at least known, and strictly rising quantiles, some abstentions among them."""
    experts, items = draw(st.integers(1, 4)), draw(st.integers(1, 5))
    gap = st.integers(1, 50).map(float)
    size = experts * items
    rows = draw(st.lists(st.tuples(st.integers(-50, 50).map(float), gap, gap), min_size=size, max_size=size))
    quantiles = np.cumsum(np.array(rows), axis=1).reshape(experts, items, 3)
    gone = np.array(draw(st.lists(st.booleans(), min_size=size, max_size=size))).reshape(experts, items)
    gone[draw(st.integers(0, experts - 1))] = False
    quantiles[gone] = NAN
    came = st.one_of(st.integers(-80, 120).map(float), st.just(NAN))
    outcome = np.array(draw(st.lists(came, min_size=items, max_size=items)))
    outcome[0] = draw(st.integers(-80, 120))
    return outcome, quantiles


def answered_by_hand(outcome, expert):
    return [q for q, came in enumerate(outcome) if not (math.isnan(came) or math.isnan(expert[q][0]))]


def calibration_by_hand(outcome, expert, fewest):
    seeds = answered_by_hand(outcome, expert)
    counts = [0] * 4
    for question in seeds:
        counts[sum(1 for quantile in expert[question] if outcome[question] > quantile)] += 1
    distance = 0.0
    for count, mass in zip(counts, MASSES, strict=True):
        share = count / len(seeds)
        distance += share * math.log(share / mass) if share else 0.0
    return stats.chi2(3).sf(2 * fewest * distance)


def range_by_hand(outcome, experts, question, overshoot=0.1):
    named = [value for expert in experts for value in expert[question] if not math.isnan(value)]
    if not math.isnan(outcome[question]):
        named.append(outcome[question])
    beyond = overshoot * (max(named) - min(named))
    return min(named) - beyond, max(named) + beyond


def information_by_hand(quantiles, low, high):
    points = [low, *quantiles, high]
    return math.log(high - low) + sum(
        mass * math.log(mass / (right - left))
        for mass, left, right in zip(MASSES, points, points[1:], strict=False)
    )


def mixture_quantile_by_hand(level, rows, weights, low, high):
    """A quantile of the mixture of straight distribution functions, by halving."""
    heights = [0.0, *LEVELS, 1.0]

    def below(x):
        parts = [np.interp(x, [low, *row, high], heights) for row in rows]
        return math.fsum(w * part for w, part in zip(weights, parts, strict=True)) / math.fsum(weights)

    left, right = low, high
    for _ in range(100):
        middle = (left + right) / 2
        left, right = (left, middle) if below(middle) >= level else (middle, right)
    return right


def best_by_hand(outcome, experts):
    """(product, cutoff, weights, quantiles) of the best decision maker, global weights; all answer all."""
    seeds = answered_by_hand(outcome, experts[0])
    ranges = [range_by_hand(outcome, experts, question) for question in range(len(outcome))]
    skill = [calibration_by_hand(outcome, expert, len(seeds)) for expert in experts]
    says = [
        math.fsum(information_by_hand(expert[q], *ranges[q]) for q in seeds) / len(seeds)
        for expert in experts
    ]
    found = []
    for cutoff in sorted(set(skill)):
        weights = [c * i if c >= cutoff else 0.0 for c, i in zip(skill, says, strict=True)]
        mixed = [
            [mixture_quantile_by_hand(level, experts[:, q], weights, *ranges[q]) for level in LEVELS]
            for q in range(len(outcome))
        ]
        told = math.fsum(information_by_hand(mixed[q], *ranges[q]) for q in seeds) / len(seeds)
        product = calibration_by_hand(outcome, mixed, len(seeds)) * told
        found.append((product, cutoff, [w / math.fsum(weights) for w in weights], mixed))
    return max(found, key=lambda each: each[0])


# The worked case


def test_the_calibration_of_three_experts_worked_by_hand():
    # The first expert's values all fell in the third interval; the second's in the first, the second and
    # twice in the fourth; the third's three times in the second and once in the third.
    distances = [
        math.log(1 / 0.45),
        0.25 * math.log(0.25 / 0.05) + 0.25 * math.log(0.25 / 0.45) + 0.5 * math.log(0.5 / 0.05),
        0.75 * math.log(0.75 / 0.45) + 0.25 * math.log(0.25 / 0.45),
    ]
    expected = [stats.chi2.sf(2 * 4 * distance, df=3) for distance in distances]
    assert calibration(OUTCOME, EXPERTS) == pytest.approx(expected)
    assert expected == pytest.approx([0.0942, 0.0104, 0.5957], abs=5e-5)


def test_the_information_of_one_answer_worked_by_hand():
    # Named for the first item: 0 to 40, so its range is -4 to 44, 48 long; the gaps are 9, 5, 10 and 24.
    expected = math.log(48) + sum(
        mass * math.log(mass / gap) for mass, gap in zip(MASSES, (9, 5, 10, 24), strict=True)
    )
    assert information(OUTCOME, EXPERTS)[0, 0] == pytest.approx(expected)


def test_the_decision_maker_is_the_best_that_plain_loops_find():
    product, cutoff, weights, quantiles = best_by_hand(OUTCOME, EXPERTS)
    found = decision_maker(OUTCOME, EXPERTS)
    assert found.cutoff == pytest.approx(cutoff)
    assert found.weight == pytest.approx(weights)
    assert found.quantiles == pytest.approx(np.array(quantiles))
    assert found.calibration * found.information == pytest.approx(product)


def test_a_given_cutoff_is_obeyed():
    everyone = decision_maker(OUTCOME, EXPERTS, cutoff=0.0)
    skill, says = calibration(OUTCOME, EXPERTS), information(OUTCOME, EXPERTS)[:, :4].mean(axis=1)
    assert everyone.weight == pytest.approx(skill * says / (skill * says).sum())
    best = decision_maker(OUTCOME, EXPERTS, cutoff=float(skill.max()))
    assert (best.weight > 0).tolist() == (skill == skill.max()).tolist()


def test_item_weights_use_the_information_on_the_item():
    found = decision_maker(OUTCOME, EXPERTS, cutoff=0.0, by_item=True)
    product = calibration(OUTCOME, EXPERTS)[:, np.newaxis] * information(OUTCOME, EXPERTS)
    assert found.weight == pytest.approx(product / product.sum(axis=0))
    assert found.quantiles[4] != pytest.approx(decision_maker(OUTCOME, EXPERTS, cutoff=0.0).quantiles[4])


# Identities


def test_a_perfectly_calibrated_expert_has_calibration_1():
    experts = np.tile([10.0, 20.0, 30.0], (1, 20, 1))
    outcome = [5.0] + [15.0] * 9 + [25.0] * 9 + [35.0]
    assert calibration(outcome, experts) == pytest.approx([1.0])


def test_an_expert_always_surprised_has_nearly_none():
    experts = np.tile([10.0, 20.0, 30.0], (1, 20, 1))
    assert calibration([99.0] * 20, experts)[0] < 1e-20


def test_the_uniform_distribution_over_the_range_has_no_information():
    # Numbers from 4 to 96 are named, and 4 more at either end make the range 0 to 100.
    told = information([NAN], [[[5.0, 50.0, 95.0]], [[4.0, 50.0, 96.0]]], overshoot=4 / 92)
    assert told[0, 0] == pytest.approx(0.0, abs=1e-12)
    assert told[1, 0] > 1e-3


def test_information_is_never_negative_and_grows_as_the_answer_narrows():
    wide, narrow, sure = [[0.0, 50.0, 100.0]], [[40.0, 50.0, 60.0]], [[49.0, 50.0, 51.0]]
    told = information([NAN], [wide, narrow, sure])[:, 0]
    assert 0 < told[0] < told[1] < told[2]


def test_a_value_on_a_quantile_lies_below_it():
    assert calibration([1.0, 2.0], [[[1.0], [1.0]]], [0.5]) == pytest.approx([1.0])
    assert calibration([1.0, 2.0], [[[0.9], [1.0]]], [0.5])[0] < 1


def test_the_fewest_answered_seeds_count_for_everyone():
    some = EXPERTS.copy()
    some[1, :2] = NAN
    expected = [calibration_by_hand(OUTCOME, expert, 2) for expert in some]
    assert calibration(OUTCOME, some) == pytest.approx(expected)


def test_who_answered_no_seed_has_no_calibration_and_no_weight():
    some = EXPERTS.copy()
    some[1, :4] = NAN
    assert np.isnan(calibration(OUTCOME, some)).tolist() == [False, True, False]
    assert calibration(OUTCOME, some)[[0, 2]] == pytest.approx(calibration(OUTCOME, EXPERTS)[[0, 2]])
    assert decision_maker(OUTCOME, some).weight[1] == 0


def test_less_power_tells_experts_less_apart():
    whole, half = calibration(OUTCOME, EXPERTS), calibration(OUTCOME, EXPERTS, power=0.5)
    assert (half > whole).all()


@given(elicitations())
def test_calibration_and_information_are_those_of_plain_loops(case):
    outcome, quantiles = case
    answered = [len(answered_by_hand(outcome, expert)) for expert in quantiles]
    fewest = min(count for count in answered if count)
    expected = [
        calibration_by_hand(outcome, expert, fewest) if count else NAN
        for expert, count in zip(quantiles, answered, strict=True)
    ]
    assert calibration(outcome, quantiles) == pytest.approx(expected, nan_ok=True)
    told = information(outcome, quantiles)
    for (expert, item), value in np.ndenumerate(told):
        ends = range_by_hand(outcome, quantiles, item)
        assert value == pytest.approx(information_by_hand(quantiles[expert, item], *ends), nan_ok=True)


@given(elicitations(), st.booleans())
@settings(max_examples=examples(40))
def test_the_decision_maker_is_a_distribution_inside_the_range(case, by_item):
    outcome, quantiles = case
    found = decision_maker(outcome, quantiles, by_item=by_item)
    assert found.weight.sum(axis=0) == pytest.approx(np.ones(found.weight.shape[1:]))
    assert (found.weight >= 0).all()
    assert (np.diff(found.quantiles, axis=-1) > 0).all()
    room = 1e-9
    assert (found.quantiles >= np.nanmin(quantiles, axis=0) - room).all()
    assert (found.quantiles <= np.nanmax(quantiles, axis=0) + room).all()
    assert 0 <= found.calibration <= 1
    assert found.information >= -room


@given(elicitations(), st.randoms())
@settings(max_examples=examples(40))
def test_the_order_of_experts_does_not_matter(case, random):
    outcome, quantiles = case
    order = list(range(len(quantiles)))
    random.shuffle(order)
    found, shuffled = decision_maker(outcome, quantiles), decision_maker(outcome, quantiles[order])
    assert shuffled.quantiles == pytest.approx(found.quantiles)
    assert shuffled.weight == pytest.approx(found.weight[order])


@given(elicitations())
@settings(max_examples=examples(40))
def test_who_abstains_from_everything_might_as_well_be_absent(case):
    outcome, quantiles = case
    more = np.concatenate((quantiles, np.full((1, *quantiles.shape[1:]), NAN)))
    found, other = decision_maker(outcome, quantiles), decision_maker(outcome, more, cutoff=None)
    assert other.quantiles == pytest.approx(found.quantiles)
    assert other.weight[:-1] == pytest.approx(found.weight)


def test_one_experts_decision_maker_is_the_expert():
    found = decision_maker(OUTCOME, EXPERTS[:1])
    assert found.weight.tolist() == [1.0]
    assert found.quantiles == pytest.approx(EXPERTS[0])


def test_another_unit_changes_nothing_but_the_unit():
    found, other = (
        decision_maker(OUTCOME, EXPERTS),
        decision_maker(np.array(OUTCOME) * 8 + 3, EXPERTS * 8 + 3),
    )
    assert other.weight == pytest.approx(found.weight)
    assert other.quantiles == pytest.approx(found.quantiles * 8 + 3)


def test_other_levels_than_three_are_taken():
    five = np.linspace(EXPERTS[..., 0], EXPERTS[..., 2], 5, axis=-1)
    found = decision_maker(OUTCOME, five, [0.05, 0.25, 0.5, 0.75, 0.95])
    assert found.quantiles.shape == (5, 5)


def test_good_experts_outweigh_bad_ones():
    """Twenty seeds from the distribution the first expert names; the second is sure and wrong."""
    outcome = np.random.default_rng(1).normal(0, 1, 20)
    good, sure = [-1.645, 0.0, 1.645], [3.0, 3.1, 3.2]
    experts = np.array([[good] * 20, [sure] * 20])
    skill, says = calibration(outcome, experts), information(outcome, experts).mean(axis=1)
    assert says[1] > says[0]
    assert skill[0] > 0.05 > 1e-20 > skill[1]
    assert decision_maker(outcome, experts).weight == pytest.approx([1.0, 0.0])


# Refusals


def changed(place, value):
    other = EXPERTS.copy()
    other[place] = value
    return other


@pytest.mark.parametrize("rule", [calibration, information, decision_maker])
@pytest.mark.parametrize(
    ("outcome", "quantiles", "words"),
    [
        (OUTCOME[:4], EXPERTS, r"quantiles must have shape \(experts, 4, levels\), got \(3, 5, 3\)"),
        (OUTCOME, EXPERTS[0], r"quantiles must have shape \(experts, 5, levels\), got \(5, 3\)"),
        (OUTCOME, EXPERTS[..., :2], "quantiles must hold 3 quantiles on its last axis"),
        (OUTCOME, changed((0, 0, 1), 4.0), "quantiles must not decrease"),
        (OUTCOME, changed((0, 0, 1), 5.0), "quantiles must rise strictly"),
        (OUTCOME, changed((0, 0, 1), NAN), "quantiles must be NaN for all quantiles or for none"),
        (OUTCOME, changed((slice(None), 2), NAN), "quantiles must hold one expert or more on each item"),
        ([*OUTCOME[:4], np.inf], EXPERTS, "outcome must be finite or NaN"),
        ([OUTCOME], EXPERTS, "outcome must have one axis"),
        (["a"] * 5, EXPERTS, "outcome must be real numbers"),
    ],
)
def test_wrong_answers_are_refused(rule, outcome, quantiles, words):
    with pytest.raises(ValueError, match=words):
        rule(outcome, quantiles)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: calibration([NAN] * 5, EXPERTS), "outcome must be known for one item or more"),
        (lambda: decision_maker([NAN] * 5, EXPERTS), "outcome must be known for one item or more"),
        (lambda: calibration(OUTCOME, EXPERTS, power=0.0), "power must lie above 0"),
        (lambda: calibration(OUTCOME, EXPERTS, power=1.5), "power must lie above 0 and not above 1"),
        (lambda: information(OUTCOME, EXPERTS, overshoot=0.0), "overshoot must be above 0"),
        (lambda: decision_maker(OUTCOME, EXPERTS, cutoff=1.5), "cutoff must lie between 0 and 1"),
        (lambda: decision_maker(OUTCOME, EXPERTS, cutoff=NAN), "cutoff must lie between 0 and 1"),
        (lambda: calibration(OUTCOME, EXPERTS, [0.05, 0.95, 0.5]), "levels must rise strictly"),
    ],
)
def test_other_wrong_arguments_are_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()
