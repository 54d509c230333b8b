"""Gaps of declared relations: what holds has none, what breaks has one of the right size and sign."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.coherence import gap, in_order, total_gap
from scoring.pools.default import parley
from scoring.pools.default_steps import INVITED, OPEN
from tests.scoring.crowds import probabilities, shares
from tests.skips import EVERYTHING


@pytest.mark.parametrize(
    ("kind", "probability", "expected"),
    [
        ("implies", [0.2, 0.5], 0.0),
        ("implies", [0.5, 0.5], 0.0),
        ("implies", [0.5, 0.2], 0.3),
        ("equals", [0.5, 0.5], 0.0),
        ("equals", [0.5, 0.2], 0.3),
        ("equals", [0.2, 0.5], -0.3),
        ("excludes", [0.5, 0.4], 0.0),
        ("excludes", [0.5, 0.4, 0.3], 0.2),
        ("partition", [0.5, 0.3, 0.2], 0.0),
        ("partition", [0.5, 0.3, 0.4], 0.2),
        ("partition", [0.5, 0.3], -0.2),
    ],
)
def test_gaps_have_the_size_and_the_sign_of_the_excess(kind, probability, expected):
    assert gap(kind, probability) == pytest.approx(expected, abs=1e-12)


def test_many_people_are_checked_at_once():
    assert gap("implies", [[[0.5, 0.2]], [[0.2, 0.5]]]).shape == (2, 1)


def test_what_is_unanswered_has_no_gap_to_tell():
    assert np.isnan(gap("excludes", [[0.5, np.nan], [0.5, 0.75]])).tolist() == [True, False]
    assert np.isnan(total_gap([0.5, 0.5], [0.5, 0.5], [np.nan, 0.5], [0.5, 0.5])).tolist() == [True, False]


@given(shares())
def test_shares_are_a_partition_and_exclude_each_other(crowd):
    probability, _ = crowd
    assert gap("partition", probability) == pytest.approx(0, abs=1e-9)
    assert gap("excludes", probability) == pytest.approx(0, abs=1e-9)


@given(probabilities, probabilities)
def test_implying_both_ways_is_being_equal(first, second):
    there, back = gap("implies", [first, second]), gap("implies", [second, first])
    assert there - back == gap("equals", [first, second])


@given(probabilities, probabilities, probabilities)
def test_an_event_put_together_from_its_branches_has_no_gap(given_, if_yes, if_no):
    event = given_ * if_yes + (1 - given_) * if_no
    assert total_gap(given_, if_yes, if_no, min(event, 1.0)) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(
    ("given_", "if_yes", "if_no", "event"),
    [(0.25, 0.24, 0.04, 0.09), (0.06, 0.09, 0.0355, 0.03877), (0.25, 0.0290, 0.042027, 0.03877)],
)
def test_a_worked_coherent_answer_has_no_gap(given_, if_yes, if_no, event):
    assert total_gap(given_, if_yes, if_no, event) == pytest.approx(0, abs=1e-6)


def test_the_total_gap_is_positive_where_the_event_was_given_more_than_its_branches():
    assert total_gap(0.5, 0.2, 0.2, 0.3) == pytest.approx(0.1)
    assert total_gap(0.5, 0.2, 0.2, 0.1) == pytest.approx(-0.1)


@pytest.mark.parametrize(
    ("kind", "probability", "message"),
    [
        ("causes", [0.5, 0.5], "^kind must be one of implies, equals, excludes, partition, got 'causes'"),
        ("implies", [0.5, 0.5, 0.5], "^probabilities must be of two events for 'implies'"),
        ("equals", [0.5, 0.5, 0.5], "^probabilities must be of two events for 'equals'"),
        ("excludes", [0.5], "^probabilities must hold two or more"),
        ("partition", 0.5, "^probabilities must hold two or more"),
        ("partition", [0.5, 1.5], "^probabilities must lie between 0 and 1, got 1.5"),
    ],
)
def test_wrong_relations_are_refused_by_name(kind, probability, message):
    with pytest.raises(ValueError, match=message):
        gap(kind, probability)


@pytest.mark.parametrize("name", ["given", "if_yes", "if_no", "event"])
def test_a_wrong_part_of_the_total_is_refused_by_name(name):
    parts = dict.fromkeys(["given", "if_yes", "if_no", "event"], 0.5)
    with pytest.raises(ValueError, match=f"^{name} must lie between 0 and 1, got -0.5"):
        total_gap(**{**parts, name: -0.5})


def test_parts_of_the_total_have_one_shape():
    with pytest.raises(ValueError, match=r"^if_no must have the shape of given, \(\), got \(2,\)"):
        total_gap(0.5, 0.5, [0.5, 0.5], 0.5)


@given(st.lists(probabilities, min_size=2, max_size=6))
def test_a_one_sided_gap_is_never_negative(probability):
    assert gap("excludes", probability) >= 0
    assert gap("implies", probability[:2]) >= 0


def ladder_crowd(random, rungs=4):
    """Chances by person and rung, NaN where a rung was closed before the person came; weights by person.

    Everybody's chances rise; latecomers, who may think otherwise, answer what is still open.
    """
    people, late = int(random.integers(5, 40)), int(random.integers(1, 30))
    centre = random.normal(-1, 1.5) + np.append(np.zeros(people), np.full(late, random.normal(0, 1)))
    steps = np.cumsum(random.exponential(0.5, (people + late, rungs)), axis=1)
    places = centre[:, None] + random.normal(0, 0.8, (people + late, 1)) + steps
    chances = 1 / (1 + np.exp(-places))
    chances[people:, : random.integers(1, rungs)] = np.nan
    return chances, np.append(np.full(people, random.uniform(1 / 3, 1)), np.ones(late))


class TestLadders:
    """4,000 crowds with latecomers who found rungs closed."""

    @pytest.fixture(scope="class")
    @staticmethod
    def ladders():
        random = np.random.default_rng(20261128)
        found = []
        for at in range(4_000 if EVERYTHING else 800):
            chances, weight = ladder_crowd(random)
            form = (INVITED, OPEN)[at % 2]
            rungs = [parley(rung, weight, form) for rung in chances.T]
            figures = np.array([[one.low, one.value, one.high] for one in rungs])
            found.append((figures, [one.people for one in rungs]))
        return found

    def test_latecomers_break_the_order_of_what_is_pooled_rung_by_rung(self, ladders):
        falls = np.array([np.diff(figures[:, 1]).min() for figures, _ in ladders])
        assert 0.05 < (falls < -1e-9).mean() < 0.5
        assert falls.min() < -0.03

    def test_none_falls_after_the_repair_and_every_value_keeps_its_interval(self, ladders):
        for figures, people in ladders:
            low, value, high = (in_order(column, people) for column in figures.T)
            assert all((np.diff(column) >= 0).all() for column in (low, value, high))
            assert ((low <= value + 1e-12) & (value <= high + 1e-12)).all()

    def test_the_repair_moves_nothing_that_is_in_order_and_keeps_the_mean(self, ladders):
        for figures, people in ladders:
            value = in_order(figures[:, 1], people)
            assert np.average(value, weights=people) == pytest.approx(
                np.average(figures[:, 1], weights=people)
            )
            if (np.diff(figures[:, 1]) >= 0).all():
                assert value == pytest.approx(figures[:, 1], abs=1e-15)

    def test_people_who_all_answered_every_rung_in_order_need_no_repair(self):
        random = np.random.default_rng(9)
        for at in range(500):
            chances, weight = ladder_crowd(random)
            chances = chances[~np.isnan(chances).any(axis=1)]
            form = (INVITED, OPEN)[at % 2]
            values = [parley(rung, weight[: len(chances)], form).value for rung in chances.T]
            assert (np.diff(values) >= -1e-12).all()

    @pytest.mark.parametrize(
        ("rungs", "people", "message"),
        [
            ([[0.5]], [1], "probabilities must have one axis"),
            ([1.5], [1], "probabilities must lie between 0 and 1"),
            ([0.5, 0.6], [1], "people must have shape"),
            ([0.5], [0], "people must be positive"),
        ],
    )
    def test_wrong_ladders_are_refused_by_name(self, rungs, people, message):
        with pytest.raises(ValueError, match=message):
            in_order(rungs, people)
