"""The default crowd forecast of every day, against the same figures taken day by day."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.ordering import counting_order
from scoring.pools.averages import median
from scoring.pools.default import parley, parley_options
from scoring.pools.default_steps import INVITED, OPEN, log_odds, pulled, stretched
from scoring.timeline import block_sums
from scoring.timeline.block_sums import daily_sums
from scoring.timeline.daily_intervals import DayIntervals
from scoring.timeline.days import standing
from scoring.timeline.default_days import default_history, default_history_options
from tests.scoring.crowds import columns, histories

CENTRES = ("trimmed", "outer", "whole", "quarter", "three_quarters")
NUMBERS = ("value", "low", "high", "effective", "median", *CENTRES)
FLAGS = ("held", "outer_pull", "late_wave")

# Few values, so that they tie often, and the ends.
forecasts = st.one_of(st.none(), st.sampled_from([0.0, 0.005, 0.3, 0.5, 0.7, 1.0]), st.floats(0.0, 1.0))


def whole_day(people):
    """A day on which so many forecasts stand from its beginning."""
    start = np.zeros(people, dtype=int)
    return DayIntervals(np.array([0]), np.arange(people), start, start + 1, np.array([1.0]))


def events(history):
    person, day, probability = columns(history, float)
    return person, day, probability


def figures_of_one_day(crowd, probability, form):
    """From the standing crowd, sorted again."""
    values = probability[crowd.event]
    if not values.size:
        return None
    if values.ndim == 1:
        return parley(values, crowd.weight, form), median(values, crowd.weight)
    return parley_options(values, crowd.weight, form), [median(column, crowd.weight) for column in values.T]


def equal_weights_value(crowd, probability, form):
    values = probability[crowd.event]
    return np.asarray((parley if values.ndim == 1 else parley_options)(values, form=form).value)


def assert_day_by_day(history, person, day, probability, tolerance=1e-12, form=INVITED):
    """Every row is what its day's crowd gives by itself."""
    active = ~np.isnan(probability if probability.ndim == 1 else probability[:, 0])
    for row, today in enumerate(history.day):
        crowd = standing(person, day, active, as_of=int(today))
        expected = figures_of_one_day(crowd, probability, form)
        if expected is None:
            assert_nobody(history, row)
            continue
        alone, middle = expected
        assert history.people[row] == alone.people
        for name in NUMBERS:
            wanted = middle if name == "median" else getattr(alone, name)
            assert np.abs(getattr(history, name)[row] - wanted).max() < tolerance * max(1, np.max(wanted)), (
                name
            )
        assert_flags(history, row, alone, equal_weights_value(crowd, probability, form), form)


def assert_nobody(history, row):
    assert history.people[row] == 0
    assert all(np.isnan(getattr(history, name)[row]).all() for name in NUMBERS)
    assert not any(getattr(history, name)[row].any() for name in FLAGS)


def assert_flags(history, row, alone, equal, form):
    """Except where rounding decides."""
    free = stretched(pulled(alone.trimmed, alone.outer, form), alone.people, form)
    edges = log_odds([alone.quarter, alone.three_quarters])
    beyond = np.abs(free - edges.reshape(2, -1)).min(axis=0)
    room = {
        "held": beyond,
        "outer_pull": np.abs(np.abs(np.subtract(alone.outer, alone.trimmed)) - 0.2),
        "late_wave": np.abs(np.abs(alone.value - equal) - 0.1),
    }
    for name in FLAGS:
        clear = room[name] > 1e-9
        assert (~clear | (getattr(history, name)[row] == getattr(alone, name))).all(), name


def same(one, other, tolerance=0.0):
    assert one.day.tolist() == other.day.tolist()
    assert one.people.tolist() == other.people.tolist()
    for name in NUMBERS:
        assert getattr(one, name) == pytest.approx(getattr(other, name), abs=tolerance, rel=0, nan_ok=True)
    assert all(getattr(one, name).tolist() == getattr(other, name).tolist() for name in FLAGS)


def random_events(seed, count, people, days, withdrawn=0.1, tenths=False):
    random = np.random.default_rng(seed)
    day = np.sort(random.integers(0, days, count))
    probability = random.beta(1 + day / days, 1.5)
    if tenths:
        probability = np.round(probability, 3)
    probability[random.random(count) < withdrawn] = np.nan
    return random.integers(0, people, count), day, probability


class TestAgainstDayByDay:
    @pytest.mark.parametrize("form", [INVITED, OPEN], ids=["invited", "open"])
    @given(histories(forecasts))
    def test_small_crowds_that_come_and_go(self, form, history):
        given_events = events(history)
        assert_day_by_day(default_history(*given_events, form=form), *given_events, form=form)

    @given(histories(forecasts), st.integers(1, 40))
    def test_stretches_of_any_length_make_no_difference(self, history, cells):
        given_events = events(history)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(block_sums, "CELLS", cells)
            short = default_history(*given_events)
        assert_day_by_day(short, *given_events)

    @pytest.mark.parametrize("tenths", [False, True])
    def test_2000_people_over_200_days(self, tenths):
        given_events = random_events(20261124, 12_000, 2_000, 200, tenths=tenths)
        assert_day_by_day(default_history(*given_events), *given_events)

    def test_two_people_who_answer_every_day_for_three_years(self):
        days = np.repeat(np.arange(1_000), 2)
        person = np.tile([0, 1], 1_000)
        probability = np.random.default_rng(1).random(2_000)
        # A third who answered on the first day only: the part of the weight that fades falls below 1e-300.
        person, days = np.append(2, person), np.append(0, days)
        probability = np.append(0.9, probability)
        history = default_history(person, days, probability, days=np.arange(0, 1_000, 37))
        assert_day_by_day(history, person, days, probability)
        assert history.effective[-1] == pytest.approx((7 / 3) ** 2 / (19 / 9))

    def test_a_large_crowd_of_which_two_stay(self):
        random = np.random.default_rng(2)
        person = np.concatenate((np.arange(3_000), np.arange(2, 3_000)))
        day = np.concatenate((np.sort(random.integers(0, 20, 3_000)), np.full(2_998, 25)))
        probability = np.concatenate((random.random(3_000), np.full(2_998, np.nan)))
        history = default_history(person, day, probability)
        assert history.people[-1] == 2
        assert_day_by_day(history, person, day, probability)

    @pytest.mark.parametrize("seed", range(5))
    def test_nothing_is_left_by_rounding_when_a_faded_crowd_leaves(self, seed):
        random = np.random.default_rng(seed)
        person = np.tile(np.arange(500), 2)
        day = np.concatenate((np.sort(random.integers(0, 20, 500)), random.permutation(500) // 20 + 20))
        probability = np.concatenate((random.random(500), np.full(500, np.nan)))
        history = default_history(person, day, probability)
        assert_nobody(history, -1)
        assert_day_by_day(history, person, day, probability)

    @pytest.mark.parametrize("seed", range(3))
    def test_a_million_events_leave_no_rounding_behind(self, seed):
        person, day, probability = random_events(seed, 1_000_000, 50_000, 300 + 700 * seed, withdrawn=0.3)
        last = default_history(person, day, probability, days=[day[-1]])
        assert_day_by_day(last, person, day, probability, tolerance=1e-11)

    @given(st.integers(2, 4), st.data())
    def test_options(self, options, data):
        history = data.draw(histories(st.booleans()))
        person, day, given_up = columns(history, bool)
        weight = st.lists(st.integers(1, 9), min_size=options, max_size=options)
        rows = [np.array(data.draw(weight), dtype=float) for _ in history]
        probability = np.array([row / row.sum() for row in rows]).reshape(-1, options)
        probability[given_up] = np.nan
        assert_day_by_day(
            default_history_options(person, day, probability), person, day, probability, tolerance=2e-12
        )

    def test_two_options_are_a_yes_or_no_question(self):
        person, day, yes = random_events(4, 400, 60, 40)
        both = default_history_options(person, day, np.stack((yes, 1 - yes), axis=1))
        one = default_history(person, day, yes)
        for name in NUMBERS:
            column = getattr(both, name)
            column = column[:, 0] if column.ndim == 2 else column
            assert column == pytest.approx(getattr(one, name), abs=1e-12, nan_ok=True), name


class TestDays:
    def test_every_day_from_the_first_to_the_last_has_a_row(self):
        assert default_history([0, 1], [-2, 3], [0.5, 0.6]).day.tolist() == [-2, -1, 0, 1, 2, 3]

    def test_a_quiet_stretch_changes_nothing(self):
        history = default_history([0, 1, 2], [1, 2, 30], [0.2, 0.6, 0.7])
        assert len(set(history.value[1:29])) == len(set(history.effective[1:29])) == 1

    def test_days_are_given_in_any_order_before_and_after_the_events(self):
        history = default_history([0, 1], [1, 2], [0.2, 0.6], days=[9, 0, 2, 9])
        assert history.people.tolist() == [2, 0, 2, 2]
        assert np.isnan(history.value[1])
        assert history.value[0] == history.value[2] == history.value[3]

    def test_events_that_lie_far_apart(self):
        history = default_history([0, 1], [0, 10**12], [0.2, 0.6], days=[5, 10**12])
        assert history.people.tolist() == [1, 2]

    def test_who_leaves_last_leaves_nothing_and_who_returns_begins_anew(self):
        history = default_history([0, 1, 0, 1, 0], [1, 2, 3, 3, 5], [0.2, 0.6, np.nan, np.nan, 0.9])
        assert history.people.tolist() == [1, 2, 0, 0, 1]
        assert_nobody(history, 2)
        assert history.value[4] == pytest.approx(parley([0.9]).value, abs=1e-15)

    def test_no_events_have_no_days(self):
        assert default_history([], [], []).value.shape == (0,)
        assert default_history([], [], [], days=[3]).people.tolist() == [0]

    def test_only_withdrawals_leave_nobody(self):
        history = default_history([0, 0], [1, 3], [np.nan, np.nan])
        assert history.people.tolist() == [0, 0, 0]

    @given(histories(forecasts), st.randoms())
    def test_the_order_of_people_inside_a_day_does_not_matter(self, history, random):
        order = sorted(range(len(history)), key=lambda at: (history[at][1], history[at][0], at))
        people = sorted({row[0] for row in history}, key=lambda _: random.random())
        shuffled = sorted(order, key=lambda at: (history[at][1], people.index(history[at][0]), at))
        one, other = (default_history(*events([history[at] for at in rows])) for rows in (order, shuffled))
        same(one, other, tolerance=1e-13)

    def test_of_one_persons_day_the_last_event_counts(self):
        once = default_history([0, 1], [1, 1], [0.2, 0.6])
        same(default_history([0, 1, 0, 1], [1, 1, 1, 1], [0.9, np.nan, 0.2, 0.6]), once)

    def test_affirming_makes_old_forecasts_new_and_is_no_change_of_value_by_itself(self):
        history = default_history([0, 1, 0], [1, 1, 2], [0.5, 0.5, 0.5])
        assert history.value.tolist() == [0.5, 0.5]
        assert history.effective[1] < history.effective[0] == 2


class TestPublishedFigures:
    @pytest.mark.parametrize(("people", "expected"), [(3, 36), (4, 55), (5, 70), (10, 70)])
    def test_one_who_says_never_among_others_at_70_percent_on_one_day(self, people, expected):
        history = default_history(
            np.arange(people), np.zeros(people, dtype=int), [0.0] + [0.7] * (people - 1)
        )
        assert round(100 * history.value[-1]) == expected

    def test_one_who_says_never_after_four_at_70_percent_each_on_a_day_of_their_own(self):
        history = default_history(np.arange(5), np.arange(5), [0.7, 0.7, 0.7, 0.7, 0.0])
        assert 100 * history.value[-1] == pytest.approx(38, abs=1)

    @pytest.mark.parametrize("people", [10, 100, 1_000])
    def test_a_tenth_of_the_people_never_get_more_than_a_quarter_of_the_weight(self, people):
        """The tenth affirm 99 % daily for two months; the others said 1 % once. The mean tells their weight."""
        tenth = people // 10
        person = np.concatenate((np.arange(people), np.tile(np.arange(tenth), 60)))
        day = np.concatenate((np.zeros(people, dtype=int), np.repeat(np.arange(1, 61), tenth)))
        probability = np.where(person < tenth, 0.99, 0.01)
        history = default_history(person, day, probability)
        share = 0.5 + history.whole / (2 * log_odds(0.99))
        assert share[0] == pytest.approx(0.1)
        assert (np.diff(share) >= 0).all()
        assert share[-1] == pytest.approx(0.25, abs=1e-3)
        assert share[-1] <= 0.25 + 1e-12

    def test_a_late_wave_is_flagged_and_a_wave_on_one_day_is_not(self):
        probability = [0.1] * 10 + [0.9] * 8
        late = default_history(np.arange(18), [0] * 10 + [9] * 8, probability)
        assert late.late_wave.tolist() == [False] * 9 + [True]
        assert not default_history(np.arange(18), [0] * 18, probability).late_wave.any()


class TestBlockSums:
    def test_the_median_is_of_the_values_and_the_means_are_of_their_measure(self):
        crowd = whole_day(3)
        sums = daily_sums(crowd, np.array([0.1, 0.2, 0.9]), np.array([5.0, 5.0, 8.0]))
        assert sums.median.tolist() == [0.2]
        assert sums.mean.tolist() == [6.0]

    def test_an_even_crowd_has_its_median_between_two_people_of_different_blocks(self):
        people = 16
        crowd = whole_day(people)
        sums = daily_sums(crowd, np.arange(16.0), np.arange(16.0))
        assert sums.median.tolist() == [7.5]
        assert sums.centres.trimmed == pytest.approx([7.5])
        assert sums.centres.quarter.tolist() == [3.5]


class TestCountingOrder:
    @given(st.lists(st.one_of(st.integers(-3, 3), st.integers(-(2**40), 2**40), st.integers(0, 2**31))))
    def test_it_is_the_stable_order(self, numbers):
        given_numbers = np.array(numbers, dtype=np.int64)
        assert counting_order(given_numbers).tolist() == np.argsort(given_numbers, kind="stable").tolist()

    def test_the_widest_span_that_is_counted_and_the_next(self):
        for widest in (2**32 - 1, 2**32, 2**63 - 1):
            assert counting_order(np.array([widest, 0, -1, 65_536, 0])).tolist() == [2, 1, 4, 3, 0]


class TestRefusals:
    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (([0], [1], [1.2]), "probability must lie between 0 and 1"),
            (([0], [1], [np.inf]), "probability must be finite or NaN"),
            (([0], [1, 2], [0.5]), "day must be as long as person"),
            (([0], [1], [0.5, 0.6]), "probability must be as long as person"),
            (([0.5], [1], [0.5]), "person must be whole numbers"),
            (([0, 0], [2, 1], [0.5, 0.5]), "days out of order"),
            (([0], [1], [[0.5]]), "probability must have one axis"),
            (([0], [1], [0.5], [[1]]), "days must have one axis"),
            (([0], [1], [0.5], [1.5]), "days must be whole numbers"),
        ],
    )
    def test_of_a_yes_or_no_question(self, arguments, message):
        with pytest.raises(ValueError, match=message):
            default_history(*arguments)

    @pytest.mark.parametrize(
        ("probability", "message"),
        [
            ([0.5, 0.5], "probability must have two axes"),
            ([[0.5, 0.6]], "probability must sum to 1"),
            ([[0.5, np.nan]], "NaN for all options or for none"),
            ([[0.5, 0.5], [0.5, 0.5]], "probability must be as long as person"),
        ],
    )
    def test_of_options(self, probability, message):
        with pytest.raises(ValueError, match=message):
            default_history_options([0], [1], probability)
