"""Peer scores: against each other by hand, sums of zero, invariance, precision, what theirs does."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scoring.timeline.peer_scores import Scores, peer, spot_peer, totals
from scoring.timeline.standing_intervals import Life
from tests.scoring.spells import columns, peer_by_hand, spells, standing_by_hand

LIFE = Life(0, 12, 10)
NAN = float("nan")


def close(expected):
    return pytest.approx(np.array(expected, dtype=float), abs=1e-9, rel=1e-12)


@given(spells())
def test_scores_are_those_by_hand(rows):
    assert peer(*columns(rows), LIFE).score == close(peer_by_hand(rows, 0, 12, 10))


@given(spells())
def test_scores_sum_to_zero(rows):
    assert peer(*columns(rows), LIFE).score.sum() == pytest.approx(0, abs=1e-9)


@given(spells(), st.integers(-1, 13))
def test_scores_of_every_moment_sum_to_zero(rows, time):
    scores = spot_peer(*columns(rows), LIFE, time)
    assert scores.score.sum() == pytest.approx(0, abs=1e-9)
    assert np.flatnonzero(scores.coverage).tolist() == sorted(standing_by_hand(rows, min(time, 10)))


@given(spells(least=2), st.floats(0, 9.5))
def test_the_score_of_a_moment_is_that_of_a_short_life_around_it(rows, time):
    starts_and_ends = {edge for row in rows for edge in row[1:3]}
    assume(all(math.isnan(edge) or abs(edge - time) > 1e-3 for edge in starts_and_ends))
    moment = spot_peer(*columns(rows), LIFE, time)
    around = peer(*columns(rows), Life(time, time + 1e-4, time + 1e-4))
    assume(all(math.isnan(edge) or not time <= edge <= time + 1e-4 for edge in starts_and_ends))
    assert moment.score == pytest.approx(around.score, abs=1e-6)


@given(spells())
def test_coverage_is_time_within_the_life_over_the_planned_life(rows):
    person, start, end, probability = columns(rows)
    until = np.fmin(np.where(np.isnan(end), 10, end), 10)
    expected = np.maximum(until - np.maximum(start, 0), 0) / 12
    assert peer(person, start, end, probability, LIFE).coverage == close(expected)


@given(spells(), st.randoms())
def test_the_order_of_rows_does_not_matter(rows, random):
    order = list(range(len(rows)))
    random.shuffle(order)
    mixed = peer(*columns([rows[at] for at in order]), LIFE)
    assert mixed.score == close(peer(*columns(rows), LIFE).score[order])


@given(spells(), st.data())
def test_a_forecast_cut_in_two_pieces_scores_the_same_in_all(rows, data):
    assume(rows)
    at = data.draw(st.integers(0, len(rows) - 1))
    who, start, end, value = rows[at]
    cut = data.draw(st.floats(start, 20 if math.isnan(end) else end))
    pieces = [*rows[:at], (who, start, cut, value), (who, cut, end, value), *rows[at + 1 :]]
    whole, parts = peer(*columns(rows), LIFE), peer(*columns(pieces), LIFE)
    joined = np.delete(parts.score, at + 1)
    joined[at] += parts.score[at + 1]
    assert joined == close(whole.score)


@given(spells(), st.integers(-(10**6), 10**6))
def test_only_differences_of_time_matter(rows, shift):
    person, start, end, probability = columns(rows)
    moved = Life(shift, 12 + shift, 10 + shift)
    assert peer(person, start + shift, end + shift, probability, moved).score == close(
        peer(person, start, end, probability, LIFE).score
    )


@given(spells())
def test_who_leaves_before_the_opening_or_comes_after_the_close_changes_nothing(rows):
    more = [*rows, (8, -9.0, 0.0, 0.01), (9, 10.0, NAN, 0.99)]
    scores = peer(*columns(more), LIFE)
    assert scores.score[:-2] == close(peer(*columns(rows), LIFE).score)
    assert scores.score[-2:].tolist() == scores.coverage[-2:].tolist() == [0.0, 0.0]


def test_a_lone_forecaster_scores_nothing_and_covers_the_time():
    scores = peer([1], [0], [NAN], [0.01], Life(0, 10, 10))
    assert scores.score.tolist() == [0.0]
    assert scores.coverage.tolist() == [1.0]


def test_all_who_leave_at_one_moment_score_until_then_and_no_longer():
    """The leading platform lets both run on to the close: ±219.72 and a coverage of 1."""
    scores = peer([1, 2], [0, 0], [1, 1], [0.9, 0.1], Life(0, 10, 10))
    assert scores.score == pytest.approx([21.972245773362197, -21.972245773362197], abs=1e-12)
    assert scores.coverage == pytest.approx([0.1, 0.1])
    theirs = 100 * math.log(0.9 / 0.1) * 1.0
    assert theirs == pytest.approx(219.72, abs=5e-3)
    assert scores.score[0] == pytest.approx(theirs * 0.1)


def test_who_changes_at_the_spot_time_is_compared_with_the_crowd_after_the_change():
    """The leading platform takes the crowd before it: its scores then sum to 100 · 2 · ln(0.9/0.5)."""
    rows = [(1, 0.0, 5.0, 0.5), (1, 5.0, NAN, 0.9), (2, 0.0, NAN, 0.5)]
    ours = spot_peer(*columns(rows), Life(0, 10, 10), 5)
    assert ours.coverage.tolist() == [0.0, 1.0, 1.0]
    assert ours.score.sum() == pytest.approx(0, abs=1e-12)
    assert ours.score[1] == pytest.approx(100 * math.log(0.9 / 0.5))
    before = math.sqrt(0.5 * 0.5)
    theirs = [100 * 2 * math.log(value / before) for value in (0.9, 0.5)]
    assert abs(sum(theirs)) > 100


@given(spells(), spells())
def test_outsiders_leave_the_crowd_alone_and_may_overlap(rows, outside):
    both = [*rows, *outside]
    counts = np.arange(len(both)) < len(rows)
    scores = peer(*columns(both), LIFE, counts=counts)
    assert scores.score[: len(rows)] == close(peer(*columns(rows), LIFE).score)


def test_an_outsider_with_the_geometric_mean_of_the_crowd_scores_zero():
    rows = [(1, 0.0, NAN, 0.2), (2, 0.0, NAN, 0.8), (3, 0.0, NAN, 0.4)]
    scores = peer(*columns(rows), LIFE, counts=[True, True, False])
    assert scores.score[2] == pytest.approx(0, abs=1e-12)


def test_who_is_no_part_of_the_crowd_is_compared_with_all_of_it():
    """Of 25 who said 0.4, an outsider with 0.5 scores 100 ln(0.5/0.4); 25/24 of it would be too much."""
    rows = [*((who, 0.0, NAN, 0.4) for who in range(25)), (25, 0.0, NAN, 0.5)]
    counts, told = [True] * 25 + [False], 100 * math.log(0.5 / 0.4)
    assert peer(*columns(rows), Life(0, 10, 10), counts=counts).score[25] == pytest.approx(told)
    assert spot_peer(*columns(rows), Life(0, 10, 10), 5, counts=counts).score[25] == pytest.approx(told)
    pool = peer(*columns(rows), Life(0, 10, 10), counts=counts, as_members=True)
    assert pool.score[25] == pytest.approx(told * 25 / 24)


def test_an_outsider_beside_a_single_forecaster_has_one_other():
    rows = [(1, 0.0, NAN, 0.4), (2, 0.0, NAN, 0.8)]
    counts = [True, False]
    assert peer(*columns(rows), LIFE, counts=counts).score[0] == 0
    for scores in (
        peer(*columns(rows), Life(0, 10, 10), counts=counts),
        spot_peer(*columns(rows), LIFE, 5, counts=counts),
    ):
        assert scores.score[1] == pytest.approx(100 * math.log(2))


def test_the_last_two_of_a_large_crowd_keep_their_digits():
    """After 200,000 have left, the last two are scored as if nobody else had ever been there."""
    random = np.random.default_rng(5)
    people = 200_000
    start = np.concatenate((random.random(people), [1.5, 1.5]))
    end = np.concatenate((1 + random.random(people) / 4, [NAN, NAN]))
    probability = np.concatenate((random.uniform(1e-9, 1e-3, people), [0.5, 0.5 + 1e-9]))
    scores = peer(np.arange(people + 2), start, end, probability, Life(0, 2, 2))
    expected = 100 * 0.5 / 2 * math.log1p(2e-9)
    assert scores.score[-1] == pytest.approx(expected, rel=1e-6)
    assert scores.score[-1] == pytest.approx(-scores.score[-2], rel=1e-6)
    assert abs(scores.score.sum()) < 1e-6
    log = np.log(probability)
    naive = np.cumsum(np.concatenate((log, -log[:-2])))[-1]
    assert abs(naive - log[-2:].sum()) > 1e-11  # a plain running sum would not have kept them


@given(spells())
def test_halving_the_factor_halves_scores_and_no_coverage(rows):
    whole, half = peer(*columns(rows), LIFE), peer(*columns(rows), LIFE, factor=50)
    assert half.score == close(whole.score / 2)
    assert half.coverage.tolist() == whole.coverage.tolist()


def test_totals_leave_out_who_covers_nothing():
    found = totals([3, 1, 3, 2], Scores(np.array([1.0, 5.0, 2.0, 0.0]), np.array([0.1, 0.2, 0.3, 0.0])))
    assert found.person.tolist() == [1, 3]
    assert found.score.tolist() == [5.0, 3.0]
    assert found.coverage == pytest.approx([0.2, 0.4])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"probability": [0.5, 0.0]}, "probability must be above 0"),
        ({"probability": [0.5, 1.1]}, "probability must lie between 0 and 1"),
        ({"probability": [0.5, NAN]}, "probability must be finite"),
        ({"probability": [0.5]}, "probability must be as long as person"),
        ({"person": [1, 1]}, "cut_overlaps"),
        ({"person": [1.0, 2.0]}, "person must be whole numbers"),
        ({"end": [NAN, -1]}, "end must not lie before start"),
        ({"start": [NAN, 0]}, "start must be finite"),
        ({"counts": [1, 0]}, "counts must be True or False"),
    ],
)
def test_wrong_input_is_refused(change, words):
    given = {"person": [1, 2], "start": [0, 0], "end": [NAN, NAN], "probability": [0.5, 0.5], **change}
    for score in (peer, lambda **all: spot_peer(**all, time=1)):
        with pytest.raises(ValueError, match=words):
            score(**given, life=LIFE)


def test_a_life_has_an_order():
    for wrong in ((0, 10, 11), (0, 10, 0), (5, 4, 3), (0, NAN, 1), (0, math.inf, 1)):
        with pytest.raises(ValueError, match="must"):
            Life(*wrong)
