"""What stands on a day and how much it weighs; scores over whole days. Both against readings by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.pools.default import parley
from scoring.timeline.days import daily_mean, standing
from tests.scoring.by_hand import daily_mean_by_hand, parley_by_hand, standing_by_hand
from tests.scoring.crowds import columns, histories

scores = st.one_of(st.none(), st.floats(0.0, 2.0))


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
            expected = parley_by_hand(probability[events].tolist(), [by_hand[at] for at in events])
            assert abs(parley(probability[crowd.event], crowd.weight).value - expected) < 1e-12


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


@given(histories(what=scores), st.integers(-3, 11))
def test_the_daily_mean_is_its_reading_by_hand(history, last_day):
    table = daily_mean(*columns(history, float), last_day=last_day)
    by_hand = daily_mean_by_hand(history, last_day)
    assert table.person.tolist() == sorted(by_hand)
    for at, person in enumerate(table.person):
        mean, coverage, last = by_hand[person]
        assert table.mean[at] == pytest.approx(mean, abs=1e-12)
        assert table.coverage[at] == pytest.approx(coverage, abs=1e-12)
        assert np.isnan(table.last[at]) if last is None else table.last[at] == last


def test_each_score_counts_for_the_days_it_stood():
    table = daily_mean([3, 3], [10, 13], [1.0, 0.2], last_day=19)
    assert table.mean == pytest.approx([(3 * 1.0 + 7 * 0.2) / 10])
    assert table.coverage.tolist() == [1.0]
    assert table.last.tolist() == [0.2]


def test_withdrawn_days_count_against_coverage_not_against_the_mean():
    table = daily_mean([0, 0, 0], [1, 3, 7], [0.4, np.nan, 0.8], last_day=10)
    assert table.mean == pytest.approx([(2 * 0.4 + 4 * 0.8) / 6])
    assert table.coverage == pytest.approx([0.6])


def test_a_forecast_withdrawn_on_its_own_day_never_stood():
    table = daily_mean([0, 0, 1, 1, 1], [1, 1, 1, 1, 3], [0.4, np.nan, 0.4, np.nan, 0.6], last_day=4)
    assert table.person.tolist() == [1]
    assert table.mean.tolist() == [0.6]
    assert table.coverage.tolist() == [1.0]


def test_what_comes_after_the_last_day_is_not_scored():
    table = daily_mean([0, 0, 1], [1, 5, 5], [0.4, 2.0, 0.1], last_day=4)
    assert table.person.tolist() == [0]
    assert table.mean.tolist() == [0.4]


def test_a_forecast_of_the_last_day_alone_is_its_own_mean():
    table = daily_mean([9], [4], [0.3], last_day=4)
    assert (table.mean.tolist(), table.coverage.tolist(), table.last.tolist()) == ([0.3], [1.0], [0.3])


def test_nobody_gives_an_empty_table():
    assert daily_mean(*columns([], float), last_day=4).person.shape == (0,)


@pytest.mark.parametrize(
    ("day", "score", "message"),
    [
        ([2, 1], [0.1, 0.1], "^day must not fall"),
        ([1, 2], [0.1], "^score must be as long as person, 2, got 1"),
        ([1, 2], [0.1, np.inf], "^score must be finite or NaN"),
    ],
)
def test_wrong_scores_are_refused_by_name(day, score, message):
    with pytest.raises(ValueError, match=message):
        daily_mean([0, 0], day, score, last_day=5)
