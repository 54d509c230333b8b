"""Evaluation figures that other programs computed from the same crowd forecasts.

vectors/calibration_py.json is of Python packages, vectors/decompositions_R.json of R packages; both take the
mean forecasts of vectors/crowd_inputs.csv. R printed 15 digits, so its figures are held to 1e-13.

Where ours are something else on purpose:

========================  ==================================  =============================================
figure                    theirs                              ours, and why
========================  ==================================  =============================================
verification_brier        forecasts moved to the middle of    forecasts as they are, with what varies within
                          their bin, so that parts add up     bins as parts of their own; the same figures
                                                              come out for forecasts moved to the middles
verification_brier ss     a skill score                       1 - score / uncertainty; not a function here
satopaa, platt, blp       fits of pools                       tested with the pools, not here
========================  ==================================  =============================================
"""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from scoring.evaluation.calibration import corp, recalibrated
from scoring.evaluation.decomposition import murphy, murphy_bias_corrected
from scoring.evaluation.discrimination import area_interval, area_under_curve
from scoring.evaluation.reliability import expected_calibration_error, reliability_curve

VECTORS = Path(__file__).parent / "vectors"
PRINTED = 1e-13


def _figures(name):
    return json.loads((VECTORS / name).read_text())["results"]["replication_markets"]


PYTHON = _figures("calibration_py.json")
R = _figures("decompositions_R.json")

with (VECTORS / "crowd_inputs.csv").open() as file:
    ROWS = [row for row in csv.DictReader(file) if row["set"] == "replication_markets"]
FORECAST = np.array([float(row["mean"]) for row in ROWS])
OUTCOME = np.array([int(row["y"]) for row in ROWS])


def exactly(figure):
    return pytest.approx(figure, abs=1e-14, rel=0)


def as_printed(figure):
    return pytest.approx(figure, abs=PRINTED, rel=0)


def test_the_forecasts_are_those_the_figures_were_made_of():
    assert FORECAST.size == OUTCOME.size == PYTHON["n"] == R["n"]


@pytest.mark.parametrize(
    ("name", "settings"), [("corp_brier", {}), ("corp_log_clip001", {"score": "log", "clip": 0.001})]
)
def test_corp_is_that_of_model_diagnostics(name, settings):
    parts = corp(OUTCOME, FORECAST, **settings)
    for part in ("score", "miscalibration", "discrimination", "uncertainty"):
        assert getattr(parts, part) == exactly(PYTHON[name][part]), part


def test_corp_is_that_of_a_weighted_pav_in_r():
    parts = corp(OUTCOME, FORECAST)
    found = {"MCB": parts.miscalibration, "DSC": parts.discrimination, "UNC": parts.uncertainty}
    assert found == {name: as_printed(R["corp"][name]) for name in found}


def test_the_score_after_recalibration_is_that_of_both_programs():
    left = float(((recalibrated(OUTCOME, FORECAST) - OUTCOME) ** 2).mean())
    assert left == exactly(PYTHON["pav_brier_Sc"])
    assert left == as_printed(R["corp"]["Sc"])


@pytest.mark.parametrize(
    ("name", "kind"), [("reliability_uniform10", "equal"), ("reliability_quantile10", "quantile")]
)
def test_reliability_curves_are_those_of_scikit_learn(name, kind):
    curve = reliability_curve(OUTCOME, FORECAST, kind=kind)
    assert curve.forecast == exactly(PYTHON[name]["mean_pred"])
    assert curve.frequency == exactly(PYTHON[name]["obs"])


def test_the_calibration_error_is_that_of_ten_equal_bins():
    assert expected_calibration_error(OUTCOME, FORECAST).error == exactly(PYTHON["ece10_uniform"])


def test_the_area_under_the_curve_is_that_of_both_programs():
    assert area_under_curve(OUTCOME, FORECAST) == exactly(PYTHON["auc"])
    assert area_under_curve(OUTCOME, FORECAST) == as_printed(R["pROC_auc"])


def test_the_interval_of_the_area_is_that_of_proc():
    interval = area_interval(OUTCOME, FORECAST)
    assert [interval.low, interval.area, interval.high] == as_printed(R["pROC_delong_ci95"])


@pytest.mark.parametrize(
    ("name", "function"), [("specs_murphy", murphy), ("specs_bias_corrected", murphy_bias_corrected)]
)
def test_murphys_parts_and_their_deviations_are_those_of_specs_verification(name, function):
    parts = function(OUTCOME, FORECAST)
    assert [parts.reliability, parts.resolution, parts.uncertainty] == as_printed(list(R[name].values()))
    deviations = [parts.reliability_deviation, parts.resolution_deviation, parts.uncertainty_deviation]
    assert deviations == as_printed(list(R[f"{name}_sd"].values()))


def test_the_mean_score_is_the_one_sided_brier_score():
    assert murphy(OUTCOME, FORECAST).score == as_printed(R["brier"])


def test_verification_has_the_parts_of_forecasts_moved_to_the_middle_of_their_bins():
    theirs, middles = R["verification_brier"], np.ceil(FORECAST * 10) / 10 - 0.05
    parts = murphy(OUTCOME, middles)
    assert parts.score == as_printed(theirs["bs"])
    assert parts.reliability == as_printed(theirs["bs.reliability"])
    assert parts.resolution == as_printed(theirs["bs.resol"])
    assert [parts.uncertainty] * 2 == as_printed([theirs["bs.uncert"], theirs["bs.baseline"]])
    assert 1 - parts.score / parts.uncertainty == as_printed(theirs["ss"])


def test_bins_closed_on_the_left_give_other_figures_when_forecasts_lie_on_edges():
    """The control: the reference data has no forecast on an edge, so it can't tell the conventions apart."""
    outcome, forecast = np.array([0, 1, 1, 1]), np.array([0.25, 0.3, 0.3, 0.35])
    right = murphy(outcome, forecast).resolution
    left = np.floor(forecast * 10).astype(int)
    share = np.array([outcome[left == bin_of].mean() for bin_of in left])
    assert right == pytest.approx(sum([3 * (2 / 3 - 0.75) ** 2, (1 - 0.75) ** 2]) / 4)
    assert right != pytest.approx(float(((share - 0.75) ** 2).mean()))
    assert not np.isclose(FORECAST * 10, np.round(FORECAST * 10), atol=1e-9).any()
