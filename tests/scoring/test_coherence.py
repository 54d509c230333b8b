"""Gaps of declared relations: what holds has none, what breaks has one of the right size and sign."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.coherence import gap, total_gap
from tests.scoring.crowds import probabilities, shares


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
