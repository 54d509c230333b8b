"""Rounding for readers: counts of people at the bound, and histograms in which nobody stands alone."""

import math

import pytest

from survey.aggregation.rounding import (
    difference_told,
    rounded_leaderboard_score,
    rounded_number,
    rounded_score,
)
from survey.aggregation.rules import CELLS
from survey.disclosure import merged_bins, rounded_people


@pytest.mark.parametrize(
    ("people", "told"), [(9, 5), (10, 10), (45, 45), (49, 45), (50, 50), (51, 51), (104, 104)]
)
def test_fewer_than_fifty_people_are_told_by_fives_and_more_as_they_are(people: int, told: int) -> None:
    assert rounded_people(people) == told


@pytest.mark.parametrize("counts", [[2, 2, 4], [1] * 9, [2, 0, 1, 6, 2], [3, 3, 1]])
def test_every_cell_of_a_histogram_holds_three_people_or_more(counts: list[int]) -> None:
    edges = (*CELLS[: len(counts)], 1.0)
    bins = merged_bins(counts, edges)
    held = [sum(counts[edges.index(first) : edges.index(last)]) for first, last, _share in bins]
    assert bins[0][0] == 0 and bins[-1][1] == 1
    assert min(held) >= 3 and sum(held) == sum(counts)


def test_fewer_than_three_people_have_no_histogram() -> None:
    assert merged_bins([1, 0, 1], (0, 0.1, 0.2, 1)) == []


def test_what_rounds_to_nothing_has_no_sign() -> None:
    """A page would say -0."""
    told = [
        rounded_number(-0.3, whole=True),
        rounded_score("peer", -0.3),
        rounded_leaderboard_score(-0.3, "peer"),
    ]
    assert [math.copysign(1, value) for value in told] == [1, 1, 1]


@pytest.mark.parametrize(("value", "told"), [(2.5, 3), (3.5, 4), (-2.5, -3), (2.4, 2)])
def test_a_peer_score_is_the_same_points_on_the_leaderboard_and_beside_the_crowd(
    value: float, told: int
) -> None:
    assert rounded_score("peer", value) == rounded_leaderboard_score(value, "peer") == told


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (0.01234, 0.01211, -0.0002),
        (0.5012, 0.3679, -0.133),
        (0.2, 0.2004, 0),
        (12_340, 12_260, 0),
        (7, 9.5, 2.5),
    ],
)
def test_a_difference_has_the_digits_of_the_two_means_and_is_not_told_as_none(
    before: float, after: float, told: float
) -> None:
    """Of a sure crowd's scores the third decimal is always 0."""
    found = difference_told(before, after)
    assert (
        found
        == told
        == pytest.approx(rounded_number(after, whole=False) - rounded_number(before, whole=False))
    )
