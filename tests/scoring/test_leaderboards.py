"""Leaderboards: sums, shrinkage, ranks with ties and exclusions, prizes and medals."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.timeline.leaderboards import (
    exponential_takes,
    mean_scores,
    medal_points,
    medals,
    prize_shares,
    ranks,
    shrunk,
    standings,
    takes,
)

scores = st.lists(st.sampled_from([-5.0, 0.0, 1.0, 2.5, 7.0]), min_size=1, max_size=12)


@given(
    st.lists(st.tuples(st.integers(0, 4), st.floats(-99, 99), st.floats(0, 1), st.floats(0, 2)), min_size=1)
)
def test_standings_are_sums_by_hand(rows):
    found = standings(*(np.array(column) for column in zip(*rows, strict=True)))
    for at, person in enumerate(found.person):
        theirs = [row for row in rows if row[0] == person]
        assert found.score[at] == pytest.approx(math.fsum(row[1] * row[3] for row in theirs), abs=1e-9)
        assert found.coverage[at] == pytest.approx(math.fsum(row[2] * row[3] for row in theirs), abs=1e-9)
        assert found.contributions[at] == len(theirs)


@given(scores, st.data())
def test_a_rank_is_one_more_than_who_counts_and_did_better(points, data):
    excluded = data.draw(st.lists(st.booleans(), min_size=len(points), max_size=len(points)))
    expected = [
        1 + sum(other > own and not out for other, out in zip(points, excluded, strict=True))
        for own in points
    ]
    assert ranks(points, excluded).tolist() == expected


@pytest.mark.parametrize("gap", [1e-3, 1e-6, 1e-9])
def test_scores_that_differ_by_more_than_rounding_never_share_a_place(gap):
    assert ranks([1000.0, 1000.0 + gap, 1000.0 - gap]).tolist() == [2, 1, 3]
    assert ranks([gap * 1e-9, 0.0, -gap]).tolist() == [1, 2, 3]


def test_scores_that_differ_by_rounding_share_a_place():
    assert ranks([0.1 + 0.2, 0.3, 0.29]).tolist() == [1, 1, 3]


def test_few_questions_are_drawn_towards_zero():
    assert shrunk([30, -30, 80], [1, 29, 40], least=30).tolist() == [1.0, -1.0, 2.0]


def test_takes_are_squares_of_what_is_above_zero():
    assert takes([-4, 0, 3]).tolist() == [0, 0, 9]
    assert exponential_takes([1.0, -1.0], [0.5, 1.0]) == pytest.approx([math.e / 2, 1 / math.e])


@given(st.lists(st.floats(0, 1e4), min_size=1, max_size=10), st.floats(0, 0.3), st.data())
def test_shares_sum_to_one_and_none_is_too_small(claims, least, data):
    excluded = np.array(data.draw(st.lists(st.booleans(), min_size=len(claims), max_size=len(claims))))
    share = prize_shares(claims, excluded, least)
    assert (share[excluded] == 0).all()
    assert share.sum() == pytest.approx(1) or not share.any()
    assert (share[share > 0] >= least * (1 - 1e-9)).all()


def test_who_drops_out_leaves_their_part_to_the_others():
    assert prize_shares([50, 45, 5], least=0.06) == pytest.approx([50 / 95, 45 / 95, 0])
    assert prize_shares([50, 45, 5], excluded=[True, False, False]).tolist() == [0.0, 0.9, 0.1]
    assert prize_shares([0, 0]).tolist() == [0.0, 0.0]


@pytest.mark.parametrize(("people", "expected"), [(3, (1, 1, 1)), (150, (2, 1, 5)), (1000, (10, 10, 30))])
def test_medals_go_to_the_first_hundredth_fiftieth_and_twentieth(people, expected):
    found = medals(np.arange(1, people + 1)).tolist()
    assert tuple(found.count(name) for name in ("gold", "silver", "bronze")) == expected


def test_who_is_excluded_gets_no_medal_and_is_not_counted():
    assert medals([1, 1, 2, 3], excluded=[True, False, False, False]).tolist() == [
        "",
        "gold",
        "silver",
        "bronze",
    ]


def test_medals_lose_half_of_their_worth_each_year():
    assert [medal_points(name, 2) for name in ("gold", "silver", "bronze")] == [2.5, 1.0, 0.25]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: standings([1], [1.0, 2.0], [0.5]), "score must be as long as person"),
        (lambda: standings([1], [1.0], [1.5]), "coverage must lie between 0 and 1"),
        (lambda: standings([1], [1.0], [0.5], [-1]), "weight must be 0 or more"),
        (lambda: shrunk([1], [1], 0), "least must be above 0"),
        (lambda: ranks([1, 2], [True]), "excluded must be as long as score"),
        (lambda: ranks([1, 2], [0, 1]), "excluded must be True or False"),
        (lambda: ranks([float("nan")]), "score must be finite"),
        (lambda: prize_shares([-1]), "take must be 0 or more"),
        (lambda: medals([1.5]), "rank must be whole numbers"),
        (lambda: medal_points("tin"), "medal must be gold"),
        (lambda: medal_points("gold", -1), "age must be"),
    ],
)
def test_wrong_input_is_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()


@given(st.lists(st.integers(0, 40), max_size=12), st.sampled_from([0.0, 0.03, 0.1, 0.25, 0.5, 1.0]))
def test_prizes_are_those_of_leaving_out_the_lowest_one_by_one(takes_of, least):
    kept = [float(take) for take in takes_of]
    for row in sorted(range(len(kept)), key=kept.__getitem__):
        if kept[row] < least * sum(kept):
            kept[row] = 0.0
    slow = np.array(kept) / (sum(kept) or 1.0)
    assert prize_shares(np.array(takes_of, dtype=float), least=least) == pytest.approx(slow)


@pytest.mark.parametrize("weight", [None, []])
def test_nobody_has_no_mean(weight):
    found = mean_scores([], [], weight)
    assert [len(column) for column in vars(found).values()] == [0, 0, 0, 0]
    assert found.mean.dtype == found.variance.dtype == np.float64


def test_who_has_no_weight_has_no_mean():
    assert mean_scores([7, 7], [1.0, 2.0], [0, 0]).person.size == 0
