"""What people try who come from scoringrules, scoringutils, properscoring or scikit-learn works, or is answered."""

import re

import numpy as np
import pytest

import scoring
from scoring import evaluation, foreign_names


@pytest.mark.parametrize("name", foreign_names.INSTEAD)
def test_every_foreign_name_is_answered_with_one_that_stands(name):
    """The sentence names a formula that there is, with its arguments as they are called."""
    with pytest.raises(AttributeError, match=f"has no attribute '{name}'; it is scoring") as told:
        getattr(scoring, name)
    path, asked = re.search(r"it is scoring\.([\w.]+)\(([\w, ]+)\)", str(told.value)).groups()
    formula = scoring
    for step in path.split("."):
        formula = getattr(formula, step)
    assert formula.__code__.co_varnames[: len(asked.split(", "))] == tuple(asked.split(", "))


def test_a_name_that_nobody_has_is_plainly_refused():
    with pytest.raises(AttributeError, match=r"^module 'scoring' has no attribute 'brir'$"):
        _ = scoring.brir


def test_sklearn_order_is_outcome_then_probability_and_swapped_it_is_refused():
    assert scoring.brier([1, 0], [0.75, 0.25]).mean() == 0.125
    with pytest.raises(ValueError, match=r"^outcome must be 0 or 1, got 0.75 at \[0\]"):
        scoring.brier([0.75, 0.25], [1, 0])


def test_the_brier_score_is_twice_that_of_sklearn():
    outcome, probability = np.array([1, 0, 1]), np.array([0.8, 0.3, 0.4])
    assert scoring.brier(outcome, probability).mean() / 2 == pytest.approx(
        ((probability - outcome) ** 2).mean()
    )


def test_outcomes_are_truth_values_or_whole_numbers_or_floats_alike():
    told = [
        scoring.brier(kind, [0.5, 0.25]).tolist() for kind in ([True, False], [1, 0], np.array([1.0, 0.0]))
    ]
    assert told[0] == told[1] == told[2]


def test_a_chance_in_percent_is_refused_with_what_it_was():
    with pytest.raises(ValueError, match=r"^probability must lie between 0 and 1, got 75.0 at \[0\]"):
        scoring.brier([1, 0], [75, 20])


def test_two_columns_of_predict_proba_are_no_probability_of_yes():
    both = [[0.25, 0.75], [0.5, 0.5], [0.1, 0.9]]
    with pytest.raises(
        ValueError, match=r"^outcome must be one value or have shape \(3, 2\) as probability has"
    ):
        scoring.brier([1, 0, 1], both)
    assert scoring.brier_options([1, 0, 1], both) == pytest.approx(scoring.brier([1, 0, 1], [0.75, 0.5, 0.9]))


def test_labels_are_refused_as_positions_are_asked():
    with pytest.raises(ValueError, match=r"^outcome must be whole numbers, got <U4 such as .*spam"):
        scoring.log_score_options(["spam", "ham"], [[0.1, 0.9], [0.8, 0.2]])


def test_a_label_of_text_is_no_yes():
    with pytest.raises(ValueError, match=r"^outcome must be 0 or 1, got <U3 such as .*yes"):
        scoring.brier(["yes", "no"], [0.5, 0.5])


def test_the_logarithmic_score_of_the_impossible_is_infinite_and_not_clipped():
    assert scoring.log_score([1, 1], [0.0, 0.5])[0] == np.inf


def test_normal_forecasts_come_as_in_scoringrules_observed_mean_deviation():
    assert scoring.crps_normal([0.0, 2.5], 0.0, 1.0).round(4).tolist() == [0.2337, 1.9398]


def test_ensembles_come_as_in_properscoring_with_members_last():
    assert scoring.crps_ensemble([2.0, 9.0], [[1.0, 3.0], [1.0, 3.0]]).tolist() == [0.5, 6.5]
    assert scoring.crps_ensemble([2.0, 9.0], [1.0, 3.0]).tolist() == [0.5, 6.5]


def test_an_interval_comes_as_in_scoringrules_observed_lower_upper_alpha():
    assert scoring.interval([1.0, 3.0], 0.0, 2.0, 0.5).tolist() == [2.0, 6.0]


def test_quantiles_in_a_dictionary_by_level_are_refused_by_name():
    with pytest.raises(ValueError, match=r"^quantiles must be real numbers, got object such as \{0.25"):
        scoring.wis(1.0, {0.25: 0.0, 0.75: 2.0}, [0.25, 0.75])


def test_quantiles_come_as_in_scoringutils_observed_predicted_level():
    assert scoring.wis([1.0, 1.0], [0.0, 2.0], [0.25, 0.75]).tolist() == [0.5, 0.5]


@pytest.mark.parametrize("argument", ["sample_weight", "axis", "pos_label", "m_axis"])
def test_arguments_of_others_are_refused_by_their_name(argument):
    with pytest.raises(TypeError, match=f"unexpected keyword argument '{argument}'"):
        scoring.brier([1, 0], [0.5, 0.5], **{argument: 1})


def test_an_unknown_outcome_is_refused_and_a_missing_forecast_scores_nan():
    with pytest.raises(ValueError, match=r"^outcome must be 0 or 1, got nan"):
        scoring.brier([np.nan], [0.5])
    assert np.isnan(scoring.brier([1], [np.nan])).all()


def test_the_area_under_the_curve_takes_sklearn_order():
    assert evaluation.area_under_curve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]) == 0.75
