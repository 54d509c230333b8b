"""The nearest coherent forecast: as brute force over all combinations finds it; what is coherent stays."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar, nnls

from scoring.coherence import (
    Event,
    EventSpace,
    Question,
    Relation,
    coherence_weights,
    coherent_mean,
    gap,
    guaranteed_loss,
    incoherence,
    pool_weights,
    repair,
)
from scoring.coherence.repairs import _given
from tests.scoring.relation_graphs import MANY, random_answers, random_joint, random_spaces

NAN = float("nan")


def least_squares(space, whole, answers, weight):
    """The objective at its least over all distributions, and what that answers (Σq = 1 by one more row, exact)."""
    top, base = whole.ratios()
    told = ~np.isnan(answers)
    scale = np.sqrt(weight / _given(space, answers[None])[0])[told, None]
    said = (top[told] - answers[told][:, None] * base[told]) * scale
    own = [
        space.answers.index((key, "if_yes" if option == "both" else option))
        for key, option in space.coordinates
    ]
    unsaid = 1e-3 * (top[own] - space.centre[:, None])
    rows = np.concatenate((said, unsaid))
    joint, _ = nnls(np.vstack((rows, np.ones(rows.shape[1]))), np.append(np.zeros(len(rows)), 1))
    joint /= joint.sum()
    return ((rows @ joint) ** 2).sum(), top @ joint, base @ joint


def objective(space, answers, weight, made):
    moved = np.nan_to_num(made.moved)
    return (weight * moved**2).sum() + 1e-6 * ((made.forecast - space.centre) ** 2).sum()


def test_the_repair_is_what_least_squares_over_all_combinations_finds():
    for random, space, whole in random_spaces(MANY, seed=3):
        people = np.array([random_answers(random, whole) for _ in range(3)])
        weight = random.choice([0.5, 1.0, 4.0], len(space.answers))
        made = repair(space, people, weight)
        for at, answers in enumerate(people):
            least, both, given = least_squares(space, whole, answers, weight)
            one = repair(space, answers, weight)
            assert np.array_equal(one.forecast, made.forecast[at]) or np.allclose(
                one.forecast, made.forecast[at], atol=1e-9
            )
            assert objective(space, answers, weight, one) == pytest.approx(least, rel=1e-7, abs=1e-10)
            told = ~np.isnan(answers) & (given > 1e-3)
            assert one.answers[told] == pytest.approx(both[told] / given[told], abs=1e-4)


def test_what_is_coherent_stays_and_is_coherent_again_once_repaired():
    for random, space, whole in random_spaces(15, seed=4):
        coherent = np.array([whole.said_by(random_joint(random, whole)) for _ in range(4)])
        assert np.nanmax(np.abs(repair(space, coherent).moved), initial=0) < 2e-6
        slipped = np.array([random_answers(random, whole) for _ in range(4)])
        first = repair(space, slipped)
        assert repair(space, first.answers).forecast == pytest.approx(first.forecast, abs=1e-5)


def test_the_order_of_questions_makes_no_difference():
    for random, space, whole in random_spaces(10, seed=5):
        answers = random_answers(random, whole)
        keys = list(space.states.of_key)
        turned = EventSpace.of([space.states.of_key[key] for key in reversed(keys)], space.states.relations)
        there = [turned.answers.index(answer) for answer in space.answers]
        others = np.empty(len(answers))
        others[there] = answers
        same = repair(turned, others).answers[there]
        assert same == pytest.approx(repair(space, answers).answers, abs=1e-5, nan_ok=True)


def pair_space():
    """A yes-or-no event, its condition, and the pair of both."""
    questions = [
        Question("e", "binary"),
        Question("g", "binary"),
        Question("p", "pair", given=Event("g", ("yes",))),
    ]
    return EventSpace.of(questions, [Relation("T", "total", (Event("e", ("yes",)),), "p")])


def test_a_condition_without_a_chance_annuls_its_branch():
    space = pair_space()
    made = repair(
        space, space.vector({"e": {"yes": 0.3}, "g": {"yes": 0}, "p": {"if_yes": 0.9, "if_no": 0.3}})
    )
    assert made.answers == pytest.approx([0.3, 0, 0.9, 0.3], abs=1e-5)


def test_whoever_says_nothing_gets_the_centre_and_certainties_are_kept():
    space = pair_space()
    assert repair(space, [NAN] * 4).answers == pytest.approx([0.5] * 4)
    assert repair(space, [1, 1, 1, NAN]).answers[:3] == pytest.approx([1, 1, 1], abs=1e-5)
    assert repair(space, np.empty((0, 4))).answers.shape == (0, 4)


def test_one_more_plain_answer_never_lowers_the_distance():
    for random, space, whole in random_spaces(10, seed=6):
        answers = random_answers(random, whole)
        for at in np.flatnonzero(~np.isnan(answers) & ~space.denominator[:, :-1].any(axis=1)):
            # ĝ is told by plain answers: held fixed by leaving conditional ones out.
            plain = np.where(space.denominator[:, :-1].any(axis=1), np.nan, answers)
            fewer = np.where(np.arange(plain.size) == at, np.nan, plain)
            more, less = (np.nansum(repair(space, one).moved ** 2) for one in (plain, fewer))
            assert more >= less - 2e-6


def test_equal_odds_are_moved_alike_by_the_weights_of_a_pool():
    space = EventSpace.of([Question("which", "choice", ("a", "b", "c"))])
    pooled = np.array([0.9, 0.15, 0.01])
    plain, weighed = repair(space, pooled).answers, repair(space, pooled, pool_weights(pooled)).answers
    assert plain[2] == pytest.approx(0, abs=1e-6) and weighed[2] == pytest.approx(0.00, abs=0.02)
    assert abs(weighed[0] - 0.9) < abs(plain[0] - 0.9) + 0.02 and weighed.sum() == pytest.approx(1)


def test_cap_is_the_mean_weighed_by_how_many_answered():
    space = EventSpace.of([Question("which", "choice", ("a", "b"))])
    made = coherent_mean(space, [[0.8, 0.4], [0.6, NAN], [0.7, NAN]])
    # Least of 3 (y - 0.7)² + (1 - y - 0.4)².
    assert made.answers == pytest.approx([0.675, 0.325], abs=1e-6)


def test_who_answered_nothing_has_a_weight_and_who_answered_little_is_drawn_to_the_median():
    space = EventSpace.of([Question("which", "choice", ("a", "b"))])
    found = incoherence(space, [[NAN, NAN], [0.6, 0.6], [0.5, 0.5], [0.9, 0.9]])
    assert np.isnan(found.distance[0]) and found.answered.tolist() == [0, 2, 2, 2]
    assert np.isfinite(coherence_weights(found.shrunk)).all()
    assert found.shrunk[0] == pytest.approx(0.1) and 0 < found.shrunk[2] < 0.1 < found.shrunk[3] < 0.4


def test_what_goes_together_but_for_rounding_loses_0_without_a_sign():
    """0.7 and 0.3 make 1 - 0.7 = 0.30000000000000004: a file would say -0.0."""
    losses = guaranteed_loss("partition", [[0.3, 0.7], [0.1, 0.9], [0.2, 0.8]])
    assert not np.signbit(losses).any() and not losses.any()


@pytest.mark.parametrize("kind", ["implies", "equals", "excludes", "partition"])
def test_the_guaranteed_loss_is_what_the_best_coherent_pair_gains_whatever_happens(kind):
    random = np.random.default_rng(7)
    for first, second in random.uniform(0.05, 0.95, (40, 2)):
        same = kind in ("implies", "equals")
        alike = second if same else 1 - second

        def worst(chance, first=first, alike=alike):
            yes = np.log(chance / first) + np.log(chance / alike)
            no = np.log((1 - chance) / (1 - first)) + np.log((1 - chance) / (1 - alike))
            return -min(yes, no)

        best = -minimize_scalar(
            worst, bounds=(1e-6, 1 - 1e-6), method="bounded", options={"xatol": 1e-10}
        ).fun
        broken = gap(kind, [first, second]) != 0
        assert guaranteed_loss(kind, [first, second]) == pytest.approx(best if broken else 0, abs=1e-6)


def test_wrong_arguments_are_refused_by_name():
    space = pair_space()
    for answers, weight, message in [
        ([0.5] * 3, None, "^answers must hold 4"),
        (np.full((1, 2, 4), 0.5), None, "^answers must be of one person or of people in rows"),
        ([0.5] * 4, -1.0, "^weight must be 0 or more"),
        ([0.5] * 4, [1.0, 2.0], "^weight must have the shape of answers"),
        ([0.5] * 3 + [2], None, "^answers must lie between 0 and 1"),
    ]:
        with pytest.raises(ValueError, match=message):
            repair(space, answers, weight)
    with pytest.raises(ValueError, match=r"^probabilities must be of two events"):
        guaranteed_loss("partition", [0.2, 0.3, 0.4])
    with pytest.raises(ValueError, match=r"^kind must be implies"):
        guaranteed_loss("causes", [0.2, 0.3])
