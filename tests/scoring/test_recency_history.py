"""The quick history of the recency-weighted median against a naive rebuild; what must not change it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.timeline import recency_changes as module
from scoring.timeline.histories import history
from scoring.timeline.recency import percentiles, recency_weights
from scoring.timeline.recency_changes import recency_history
from tests.scoring.spells import columns, moments_by_hand, recency_by_hand, spells, standing_by_hand

NAN = float("nan")
values = st.one_of(st.floats(0, 1), st.sampled_from([0.2, 0.5, 0.8]))


def naive(stands, made):
    return percentiles(stands, (25, 50, 75), recency_weights(stands.size))


def crowd(people, each, seed, leaving=0.3):
    """Many people who change their forecast and partly withdraw it, seeded."""
    random = np.random.default_rng(seed)
    start = np.sort(random.random((people, each)), axis=1)
    last = np.where(random.random(people) < leaving, start[:, -1] + random.random(people) / 5, NAN)
    end = np.column_stack((start[:, 1:], last))
    person = np.repeat(np.arange(people), each)
    return person, start.ravel(), end.ravel(), random.random(people * each).round(3)


@given(spells(value=values))
def test_every_step_is_a_rebuild_by_hand(rows):
    past = recency_history(*columns(rows))
    there = [time for time in moments_by_hand(rows) if standing_by_hand(rows, time)]
    assert past.start.tolist() == there
    expected = [recency_by_hand(rows, time) for time in there]
    assert np.abs(past.value - np.array(expected).reshape(-1, 3)).max(initial=0) < 1e-12
    assert past.count.tolist() == [len(standing_by_hand(rows, time)) for time in there]


@pytest.mark.parametrize(
    ("people", "each", "leaving"), [(3, 40, 1.0), (40, 3, 0.9), (300, 2, 0.3), (900, 1, 0.6)]
)
def test_larger_crowds_are_a_naive_rebuild(people, each, leaving):
    rows = crowd(people, each, seed=people, leaving=leaving)
    quick, slow = recency_history(*rows), history(*rows, naive)
    assert quick.start.tolist() == slow.start.tolist()
    assert quick.count.tolist() == slow.count.tolist()
    assert np.abs(quick.value - slow.value).max() < 1e-9


def test_thousands_of_people_of_whom_most_are_left_out_of_the_matrix_are_a_naive_rebuild_at_some_moments():
    rows = crowd(6000, 2, seed=1)
    quick = recency_history(*rows)
    assert module._reach(int(quick.count.max())) < quick.count.max()
    at = np.arange(50, quick.start.size, 311)
    slow = history(*rows, naive, times=quick.start[at])
    assert np.abs(quick.value[at] - slow.value).max() < 1e-9


@pytest.mark.parametrize("left_out", [0.5, 1e-1, 1e-3])
def test_leaving_out_more_costs_time_but_no_exactness(monkeypatch, left_out):
    rows = crowd(500, 2, seed=2)
    exact = recency_history(*rows)
    monkeypatch.setattr(module, "LEFT_OUT", left_out)
    assert recency_history(*rows).value.tolist() == exact.value.tolist()


def test_without_its_bound_leaving_out_would_change_the_answer(monkeypatch):
    rows = crowd(500, 2, seed=2)
    exact = recency_history(*rows)
    monkeypatch.setattr(module, "LEFT_OUT", 0.1)
    cross = module._cross
    monkeypatch.setattr(
        module, "_cross", lambda *given: (cross(*given)[0], np.ones(len(given[0]), dtype=bool))
    )
    assert np.abs(recency_history(*rows).value - exact.value).max() > 1e-3


@pytest.mark.parametrize("block", [1, 3, 1000])
def test_the_size_of_blocks_changes_nothing(monkeypatch, block):
    rows = crowd(100, 3, seed=4)
    exact = recency_history(*rows)
    monkeypatch.setattr(module, "BLOCK", block)
    assert recency_history(*rows).value.tolist() == exact.value.tolist()


@given(spells(value=values), st.randoms())
def test_the_order_of_rows_does_not_matter(rows, random):
    mixed = list(rows)
    random.shuffle(mixed)
    first, second = recency_history(*columns(rows)), recency_history(*columns(mixed))
    assert first.value.tolist() == second.value.tolist()


@given(spells(value=values), st.integers(-50, 50))
def test_only_differences_of_time_matter(rows, shift):
    person, start, end, value = columns(rows)
    moved = recency_history(person, start + shift, end + shift, value)
    past = recency_history(person, start, end, value)
    assert moved.value.tolist() == past.value.tolist()
    assert moved.start.tolist() == (past.start + shift).tolist()


def test_everybody_leaving_ends_the_last_step_and_a_new_crowd_begins_anew():
    past = recency_history([1, 2, 3], [0, 0, 5], [2, 2, NAN], [0.1, 0.3, 0.9])
    assert past.start.tolist() == [0, 5]
    assert past.end[0] == 2
    assert np.isnan(past.end[1])
    assert past.value[:, 1].tolist() == [0.2, 0.9]


def test_thousands_leaving_at_one_moment():
    people = 3000
    random = np.random.default_rng(7)
    rows = (np.arange(people), random.random(people), np.where(np.arange(people) < 2990, 2.0, NAN))
    value = random.random(people)
    past = recency_history(*rows, value)
    last = np.argsort(rows[1][2990:])
    assert past.value[-1].tolist() == naive(value[2990:][last], None).tolist()


def test_opening_and_close_cut_the_history_but_not_the_age():
    rows = ([1, 2, 3, 4], [-5, -9, 1, 20], [NAN, NAN, 8, NAN], [0.1, 0.5, 0.9, 0.3])
    cut = recency_history(*rows, opened=0, closed=10)
    assert cut.start.tolist() == [0, 1, 8]
    assert cut.value[1].tolist() == naive(np.array([0.5, 0.1, 0.9]), None).tolist()


def test_no_forecasts_make_no_steps():
    past = recency_history(*columns([]))
    assert past.start.size == past.count.size == 0
    assert past.value.shape == (0, 3)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"percent": [0]}, "percent must"),
        ({"percent": []}, "percent must"),
        ({"value": [0.1, NAN]}, "value must be finite"),
        ({"value": [[0.1, 0.2]]}, "value must"),
        ({"person": [1, 1]}, "cut_overlaps"),
    ],
)
def test_wrong_input_is_refused(change, words):
    given = {"person": [1, 2], "start": [0, 0], "end": [NAN, NAN], "value": [0.5, 0.5], **change}
    with pytest.raises(ValueError, match=words):
        recency_history(**given)
