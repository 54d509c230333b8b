"""What stands on a day and how much it weighs, against readings by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.pools.default import parley
from scoring.timeline.days import standing
from tests.scoring.crowds import columns, histories
from tests.scoring.reference_implementations import crowd_by_hand, standing_by_hand


def crowd_of(history, as_of=None):
    return standing(*columns(history, bool), as_of=as_of)


@given(histories(), st.integers(-3, 11))
def test_standing_is_its_reading_by_hand(history, as_of):
    crowd = crowd_of(history, as_of)
    by_hand = standing_by_hand(history, as_of)
    assert crowd.event.tolist() == sorted(by_hand)
    assert np.abs(crowd.weight - [by_hand[at] for at in crowd.event]).max(initial=0) < 1e-12


@given(histories(), st.data())
def test_the_crowd_forecast_of_every_day_is_its_reading_by_hand(history, data):
    probability = np.array([data.draw(st.floats(0.0, 1.0)) for _ in history])
    for as_of in range(-2, 11):
        crowd = crowd_of(history, as_of)
        if crowd.event.size:
            by_hand = standing_by_hand(history, as_of)
            events = sorted(by_hand)
            expected = crowd_by_hand(probability[events].tolist(), [by_hand[at] for at in events])
            value = parley(probability[crowd.event], crowd.weight).value
            assert abs(value - expected["value"]) < 1e-12


def test_a_later_forecast_replaces_an_earlier_one():
    crowd = crowd_of([(0, 1, True), (1, 1, True), (0, 2, True)])
    assert crowd.event.tolist() == [1, 2]


def test_of_one_day_the_last_submission_counts():
    assert crowd_of([(0, 1, True), (0, 1, True)]).event.tolist() == [1]
    assert crowd_of([(0, 1, True), (0, 1, False)]).event.tolist() == []
    assert crowd_of([(0, 1, False), (0, 1, True)]).event.tolist() == [1]


def test_updating_many_times_on_a_day_fades_others_no_more_than_once():
    honest = [(0, 1, True), (1, 1, True)]
    once, often = (crowd_of([*honest, *[(2, 2, True)] * times]) for times in (1, 100))
    assert once.weight.tolist() == often.weight.tolist()


def test_who_withdraws_leaves_and_who_comes_back_stands_again():
    history = [(0, 1, True), (1, 1, True), (0, 2, False), (0, 4, True)]
    assert crowd_of(history, as_of=1).event.tolist() == [0, 1]
    assert crowd_of(history, as_of=3).event.tolist() == [1]
    assert crowd_of(history, as_of=4).event.tolist() == [1, 3]


def test_a_withdrawal_fades_nobody_but_those_left_fade_faster():
    history = [(0, 1, True), (1, 1, True), (2, 1, True), (0, 2, False)]
    assert crowd_of(history).weight.tolist() == [1.0, 1.0]
    faded = crowd_of([*history, (3, 3, True)])
    assert faded.weight == pytest.approx([1 / 3 + 2 / 3 * (2 / 3) ** 2] * 2 + [1])


def test_affirming_makes_a_forecast_todays():
    affirmed = crowd_of([(0, 1, True), (1, 1, True), (0, 5, True)])
    assert affirmed.event.tolist() == [1, 2]
    assert affirmed.weight == pytest.approx([1 / 3 + 2 / 3 * 0.25, 1.0])


def test_the_newest_of_five_on_a_later_day_makes_the_others_weigh_76_hundredths():
    crowd = crowd_of([(0, 1, True), (1, 1, True), (2, 1, True), (3, 1, True), (4, 2, True)])
    assert crowd.weight == pytest.approx([1 / 3 + 2 / 3 * 0.64] * 4 + [1.0])


def test_quiet_days_change_nothing():
    history = [(0, 1, True), (1, 2, True)]
    assert crowd_of(history, as_of=2).weight.tolist() == crowd_of(history, as_of=400).weight.tolist()


def test_later_events_are_not_seen():
    history = [(0, 1, True), (1, 3, True)]
    assert crowd_of(history, as_of=2).event.tolist() == [0]
    assert crowd_of(history, as_of=0).event.tolist() == []


def test_a_crowd_that_emptied_begins_anew():
    crowd = crowd_of([(0, 1, True), (0, 2, False), (1, 3, True), (0, 3, True)])
    assert crowd.event.tolist() == [2, 3]
    assert crowd.weight.tolist() == [1.0, 1.0]


def test_no_events_leave_nothing_standing():
    crowd = crowd_of([])
    assert crowd.event.shape == crowd.weight.shape == (0,)


@given(histories(), st.integers(-3, 11), st.randoms())
def test_how_people_are_interleaved_does_not_matter(history, as_of, random):
    order = list(range(len(history)))
    random.shuffle(order)
    people = [history[at][0] for at in order]
    # Each person's own events keep their order; whose turn it is changes.
    queues = {who: [at for at, row in enumerate(history) if row[0] == who] for who in set(people)}
    order = [queues[who].pop(0) for who in people]
    mixed, plain = crowd_of([history[at] for at in order], as_of), crowd_of(history, as_of)
    weight = dict(zip([order[at] for at in mixed.event], mixed.weight, strict=True))
    assert weight == pytest.approx(dict(zip(plain.event.tolist(), plain.weight, strict=True)))


@given(histories(), st.integers(-(10**6), 10**6))
def test_only_differences_of_days_matter(history, shift):
    moved = crowd_of([(who, day + shift, active) for who, day, active in history])
    assert moved.weight.tolist() == crowd_of(history).weight.tolist()


def test_a_million_events_take_a_sort_not_an_age():
    random = np.random.default_rng(7)
    day = np.sort(random.integers(0, 1000, 1_000_000))
    crowd = standing(random.integers(0, 200_000, day.size), day, random.random(day.size) < 0.95)
    assert 150_000 < crowd.event.size < 200_000
    assert crowd.weight.max() <= 1
    assert crowd.weight.min() >= 1 / 3


@pytest.mark.parametrize(
    ("person", "day", "active", "message"),
    [
        ([0, 0], [2, 1], [True, True], "^day must not fall from one of a person's events to the next"),
        ([0], [1, 2], [True], "^day must be as long as person, 1, got 2"),
        ([0], [1], [True, False], "^active must be as long as person, 1, got 2"),
        ([0], [1], [1], "^active must be True or False"),
        ([0.5], [1], [True], "^person must be whole numbers"),
        ([0], [1.5], [True], "^day must be whole numbers"),
        (0, 1, True, "^person must have one axis"),
    ],
)
def test_wrong_events_are_refused_by_name(person, day, active, message):
    with pytest.raises(ValueError, match=message):
        standing(person, day, active)
