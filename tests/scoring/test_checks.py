"""Every refusal names the argument, the rule, and what came instead."""

import re
from pathlib import Path

import numpy as np
import pytest

from scoring import checks, crowds
from scoring.pools.averages import mean


@pytest.mark.parametrize("text", ["0.5", ["0.5", "0.6"], [None, 0.5], [object()], [0.5 + 1j]])
def test_what_is_no_number_is_never_read_as_one(text):
    with pytest.raises(ValueError, match=r"^price must be real numbers, got"):
        checks.numbers("price", text)


def test_a_truth_value_is_no_probability():
    with pytest.raises(ValueError, match=r"^p must be real numbers, got bool such as np.True_"):
        checks.probabilities("p", True)


def test_ragged_rows_are_named():
    with pytest.raises(ValueError, match=r"^p must be one regular array, got rows of different lengths"):
        checks.numbers("p", [[0.1, 0.2], [0.3]])


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_numbers_are_finite_unless_missing_is_allowed(value):
    with pytest.raises(ValueError, match=r"^price must be finite, got .* at \[1\]$"):
        checks.numbers("price", [1.0, value])


def test_missing_numbers_pass_where_they_are_allowed():
    assert np.isnan(checks.numbers("price", [1.0, np.nan], missing=True)[1])


@pytest.mark.parametrize("value", [np.inf, -np.inf])
def test_infinity_is_never_a_missing_number(value):
    with pytest.raises(ValueError, match="price must be finite or NaN"):
        checks.numbers("price", value, missing=True)


@pytest.mark.parametrize("value", [-0.001, 1.000005, 50])
def test_probabilities_lie_between_0_and_1(value):
    with pytest.raises(ValueError, match=rf"^p must lie between 0 and 1, got {value}.* at \[0, 1\]$"):
        checks.probabilities("p", [[0.5, value]])


def test_the_place_of_a_single_value_is_not_told():
    with pytest.raises(ValueError, match=r"^p must lie between 0 and 1, got 2.0$"):
        checks.probabilities("p", 2.0)


def test_0_and_1_are_probabilities():
    assert checks.probabilities("p", [0, 1]).tolist() == [0.0, 1.0]


@pytest.mark.parametrize("row", [[0.5, 0.1], [0.9, 0.9], [0.4, 0.3, 0.299]])
def test_shares_sum_to_1(row):
    with pytest.raises(ValueError, match=r"^p must sum to 1 on the last axis, got .* at \[1\]$"):
        checks.shares("p", [np.full(len(row), 1 / len(row)), row])


@pytest.mark.parametrize("count", [2, 12, 120, 1000])
def test_shares_may_miss_1_by_half_a_last_place_for_each(count):
    equal = np.full(count, 1 / count)
    checks.shares("p", equal + 0.49e-6)
    with pytest.raises(ValueError, match="p must sum to 1"):
        checks.shares("p", equal + 0.51e-6)


def test_shares_are_missing_as_a_whole():
    assert np.isnan(checks.shares("p", [np.nan, np.nan], missing=True)).all()
    with pytest.raises(ValueError, match="p must be NaN for all options or for none"):
        checks.shares("p", [np.nan, 0.5], missing=True)


@pytest.mark.parametrize("value", [0.5, [], [1.0], [[1.0], [1.0]]])
def test_shares_have_two_options_or_more(value):
    with pytest.raises(ValueError, match="p must hold two or more options on its last axis, got shape"):
        checks.shares("p", value)


@pytest.mark.parametrize("value", [2, -1, 0.5, np.nan])
def test_outcomes_are_0_or_1(value):
    with pytest.raises(ValueError, match="outcome must be 0 or 1, got"):
        checks.outcomes("outcome", value)


def test_outcomes_may_be_truth_values():
    assert checks.outcomes("outcome", [True, False, True]).tolist() == [1.0, 0.0, 1.0]


@pytest.mark.parametrize("value", [-1, 3])
def test_categories_are_positions_among_the_options(value):
    with pytest.raises(ValueError, match=rf"^outcome must be a position from 0 to 2, got {value}"):
        checks.categories("outcome", value, 3)


@pytest.mark.parametrize("value", [1.0, True, "1", [1.5]])
def test_a_position_is_a_whole_number(value):
    with pytest.raises(ValueError, match=r"^outcome must be whole numbers, got"):
        checks.categories("outcome", value, 3)


@pytest.mark.parametrize("value", [[0, 1], ["yes"], [1.0]])
def test_numbers_are_no_truth_values(value):
    with pytest.raises(ValueError, match=r"^active must be True or False, got"):
        checks.truth_values("active", value)


@pytest.mark.parametrize("value", [[1.0], [[1.0, 1.0]]])
def test_each_forecast_has_one_weight(value):
    with pytest.raises(ValueError, match=r"^weight must have shape \(2,\), one for each forecast, got"):
        crowds.weights(value, 2)


@pytest.mark.parametrize("value", [0.0, -1.0])
def test_weights_are_positive(value):
    with pytest.raises(ValueError, match=r"^weight must be positive"):
        crowds.weights([1.0, value], 2)


def test_without_weights_everyone_weighs_1():
    assert crowds.weights(None, 3).tolist() == [1.0, 1.0, 1.0]


@pytest.mark.parametrize("value", [[], [0.0, 0.5], [0.5, 1.0], [0.5, 0.5], [0.75, 0.25]])
def test_levels_rise_strictly_between_0_and_1(value):
    with pytest.raises(ValueError, match=r"^levels must rise strictly between 0 and 1, got"):
        checks.levels("levels", value)


def test_quantiles_do_not_decrease():
    level = np.array([0.25, 0.5, 0.75])
    assert checks.quantiles("q", [1, 1, 2], level).tolist() == [1.0, 1.0, 2.0]
    with pytest.raises(ValueError, match=r"^q must not decrease from one level to the next, got 1.0 at \[0"):
        checks.quantiles("q", [[1, 2, 1]], level)


def test_quantiles_are_as_many_as_their_levels():
    with pytest.raises(ValueError, match=r"^q must hold 3 quantiles on its last axis, got shape \(2,\)"):
        checks.quantiles("q", [1, 2], np.array([0.25, 0.5, 0.75]))


def test_quantiles_are_missing_as_a_whole():
    level = np.array([0.25, 0.75])
    assert np.isnan(checks.quantiles("q", [np.nan, np.nan], level, missing=True)).all()
    with pytest.raises(ValueError, match=r"^q must be NaN for all quantiles or for none"):
        checks.quantiles("q", [np.nan, 1.0], level, missing=True)


@pytest.mark.parametrize("value", [0.5, [], [[0.5]]])
def test_a_crowd_is_one_person_or_more(value):
    with pytest.raises(ValueError, match=r"^p must have one axis and one person or more, got shape"):
        crowds.crowd("p", checks.numbers("p", value), axes=1)


def test_nothing_is_broadcast_unasked():
    with pytest.raises(ValueError, match=r"^outcome must be one value or have shape \(3, 2\) as p has, got"):
        checks.aligned("outcome", np.zeros(2), (3, 2), "p")


def test_one_value_holds_for_all():
    assert checks.aligned("outcome", np.array(1.0), (2,), "p").tolist() == [1.0, 1.0]


def test_one_value_stands_in_every_row_and_in_every_case():
    person, score = checks.rows(person=np.array([7, 8]), score=np.array(0.5))
    assert (person.tolist(), score.tolist()) == ([7, 8], [0.5, 0.5])
    outcome, mean = checks.together(outcome=np.array([1.0, 2.0]), mean=np.array(0.0))
    assert (outcome.tolist(), mean.tolist()) == ([1.0, 2.0], [0.0, 0.0])


def test_values_alone_make_no_rows():
    with pytest.raises(ValueError, match=r"^person must have one axis, got shape \(\)"):
        checks.rows(person=np.array(7), score=np.array(0.5))


def test_rows_have_no_second_axis():
    with pytest.raises(ValueError, match=r"^score must have one axis, got shape \(2, 1\)"):
        checks.rows(person=np.array([7, 8]), score=np.zeros((2, 1)))


def test_one_weight_for_all_is_none():
    assert crowds.weights(2.0, 2).tolist() == [2.0, 2.0]


def test_rows_of_different_number_are_named():
    with pytest.raises(ValueError, match=r"^day must be as long as person, 2, got 3"):
        checks.one_length(person=np.zeros(2), day=np.zeros(3))


class TestPresent:
    def test_who_abstains_is_dropped_with_their_weight(self):
        probability, weight = crowds.present([0.5, np.nan, 0.75], [1, 2, 3])
        assert (probability.tolist(), weight.tolist()) == ([0.5, 0.75], [1.0, 3.0])

    def test_who_has_no_weight_is_dropped(self):
        probability, weight = crowds.present([0.5, 0.6, 0.75], [1, 0, 3])
        assert (probability.tolist(), weight.tolist()) == ([0.5, 0.75], [1.0, 3.0])

    def test_where_nobody_has_weight_all_who_are_there_count_alike(self):
        probability, weight = crowds.present([0.5, np.nan, 0.75], [0, 0, 0])
        assert (probability.tolist(), weight.tolist()) == ([0.5, 0.75], [1.0, 1.0])

    def test_that_holds_too_where_only_the_missing_have_weight(self):
        assert crowds.present([0.5, np.nan], [0, 7])[1].tolist() == [1.0]

    def test_without_weights_all_count_alike(self):
        assert crowds.present([0.5, np.nan, 1.0])[1].tolist() == [1.0, 1.0]

    def test_a_row_of_options_is_missing_as_a_whole(self):
        probability, weight = crowds.present([[0.5, 0.5], [np.nan, np.nan], [1, 0]], [1, 2, 0])
        assert (probability.tolist(), weight.tolist()) == ([[0.5, 0.5]], [1.0])
        with pytest.raises(ValueError, match=r"^probability must be NaN for all options or for none"):
            crowds.present([[0.5, np.nan]])

    @pytest.mark.parametrize("nobody", [[], [np.nan], [[np.nan, np.nan]], np.empty((0, 2))])
    def test_somebody_is_left(self, nobody):
        with pytest.raises(ValueError, match=r"^probability must h.*one person or more"):
            crowds.present(nobody)

    @pytest.mark.parametrize(
        ("probability", "axes", "message"),
        [
            (0.5, None, "^probability must have one axis"),
            ([[0.5, 0.5]], 1, "^probability must have one axis"),
            ([0.5, 0.5], 2, "^probability must have two axes"),
            ([[[0.5, 0.5]]], None, "^probability must have one axis"),
            ([[0.5, 0.4]], None, "^probability must sum to 1"),
            ([1.000005], None, "^probability must lie between 0 and 1"),
            ([np.inf], None, "^probability must be finite or NaN"),
            (["0.5"], None, "^probability must be real numbers"),
            ([True], None, "^probability must be real numbers"),
        ],
    )
    def test_wrong_forecasts_are_refused_by_name(self, probability, axes, message):
        with pytest.raises(ValueError, match=message):
            crowds.present(probability, axes=axes)

    @pytest.mark.parametrize("weight", [[1.0], [1.0, -1.0], [1.0, np.nan], [np.inf, 1.0], ["1", "2"]])
    def test_wrong_weights_are_refused_by_name(self, weight):
        with pytest.raises(ValueError, match=r"^weight must"):
            crowds.present([0.5, np.nan], weight)

    def test_the_argument_is_called_what_its_owner_calls_it(self):
        with pytest.raises(ValueError, match=r"^best must lie between 0 and 1"):
            crowds.present([2.0], name="best")

    def test_what_is_given_is_left_as_it_is(self):
        given = np.array([0.5, np.nan])
        crowds.present(given)[0][0] = 9
        assert given[0] == 0.5


def test_rows_of_any_shape_are_missing_with_any_of_their_numbers():
    rows = np.array([[1.0, 2.0, 3.0], [1.0, np.nan, 3.0]])
    assert crowds.counted("answers", rows, None)[0].tolist() == [[1.0, 2.0, 3.0]]


@pytest.mark.parametrize("value", [0.0, -1.0, np.inf, np.nan])
def test_what_must_be_positive_is_finite_too(value):
    with pytest.raises(ValueError, match=r"^stretch must be above 0 and finite, got"):
        checks.positive("stretch", value)


@pytest.mark.parametrize("value", [0.0, 1.0, -1.0, np.nan])
def test_the_inside_of_0_to_1_is_without_its_ends(value):
    with pytest.raises(ValueError, match=r"^base_rate must lie strictly between 0 and 1, got"):
        checks.inner("base_rate", value)


def test_what_a_mask_hides_is_missing_and_never_read():
    hidden = np.ma.array([0.2, 0.9, 0.4], mask=[False, True, False])
    assert checks.numbers("p", hidden, missing=True).tolist() == pytest.approx(
        [0.2, np.nan, 0.4], nan_ok=True
    )
    assert mean(hidden) == pytest.approx(0.3)
    with pytest.raises(ValueError, match=r"^p must be finite, got nan at \[1\]"):
        checks.numbers("p", hidden)
    with pytest.raises(ValueError, match="must be whole numbers, got float64"):
        checks.whole_numbers("day", np.ma.array([1, 2], mask=[True, False]))
    with pytest.raises(ValueError, match="truth"):
        checks.truth_values("truth", np.ma.array([True, False], mask=[True, False]))


def test_rows_of_masked_arrays_keep_their_masks():
    row = np.ma.array([0.2, 0.8], mask=[False, True])
    assert np.isnan(checks.numbers("p", [row, row], missing=True)[:, 1]).all()
    assert checks.numbers("p", np.ma.array([1, 2])).tolist() == [1.0, 2.0]
    assert checks.whole_numbers("day", np.ma.array([1, 2])).dtype == np.int64


def test_every_public_function_reads_numbers_through_the_door_that_knows_masks():
    """A formula that calls `asarray` on what it was given would read under the mask."""
    sources = sorted((Path(checks.__file__).parent).rglob("*.py"))
    public = re.compile(r"^def [a-z]\w*\((.*?)\) ->.*?(?=^\S|\Z)", re.S | re.M)
    found = []
    for path in sources:
        for body in public.finditer(path.read_text()):
            names = set(re.findall(r"(\w+): ArrayLike", body[1]))
            code = re.sub(r'""".*?"""', "", body[0], flags=re.S)
            found += [
                f"{path.name}: {name}" for name in re.findall(r"np\.as?array\((\w+)\)", code) if name in names
            ]
    assert found == []
