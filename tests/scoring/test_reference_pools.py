"""Figures of other people's software, and where ours differ on purpose.

======================== =========================== ==================== ==============================
name                     theirs                      ours                 reason
======================== =========================== ==================== ==============================
metaculus_recency        exp(√i - √n) for n = 2 too  1 and 1              Metaculus itself weighs one or
(aggregation_small_py)                                                    two forecasts alike
GeoMean (aggrecat_edge)  a zero makes the mean 0     clip=0 for that      our default bounds p at 1 %
LOArMean, ProbitArMean   bound at 2.2e-16            clip=2.2e-16         our default bounds p at 1 %
BetaArMean               α = β = 6                   the same by default
trimmed mean             SciPy counts whole people   edge="floor"         our default cuts by weight
======================== =========================== ==================== ==============================

DistLimitWAgg and OutWAgg of aggrecat_edge are weights by three-point answers and are tested with these.
The figures are data in the folder ``vectors``; n, clip and tools are named in each file.
"""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from scoring.pools import averages, beta, extremizing, odds
from scoring.pools.fitted import fit_beta, fit_line, fit_stretch
from scoring.pools.weights import by_rank
from tests.folding import folded

VECTORS = Path(__file__).parent / "vectors"
MACHINE = float(np.finfo(float).eps)


def read(name):
    return json.loads((VECTORS / name).read_text())


SMALL = read("aggregation_small_py.json")
EDGE = read("aggrecat_edge.json")
FITTED = read("calibration_py.json")["results"]["replication_markets"]

#: Our reading of each figure of a small crowd.
READINGS = {
    "mean": averages.mean,
    "median": averages.median,
    "scipy_trim_mean_10": lambda p: averages.trimmed_mean(p, cut=0.1, edge="floor"),
    "scipy_trim_mean_20": lambda p: averages.trimmed_mean(p, cut=0.2, edge="floor"),
    "gmo_clip01": odds.geometric_mean_of_odds,
    "gmo_ext1_5": lambda p: extremizing.extremized(p, stretch=1.5),
    "gmo_ext2_5": lambda p: extremizing.extremized(p, stretch=2.5),
    "neyman_d": lambda p: extremizing.neyman_factor(len(p)),
    "gmo_neyman_clip01": extremizing.neyman_roughgarden,
    "probit_mean": odds.probit_mean,
    "beta_cdf_6_6": beta.beta_pool,
    "karmarkar_mean_2_5": lambda p: extremizing.karmarkar(p, stretch=2.5),
    "weighted_mean_linear": lambda p: averages.mean(p, weight=np.arange(1, len(p) + 1)),
    "metaculus_recency_weights": lambda p: by_rank(np.arange(len(p))),
}

#: Our reading of each method of aggreCAT on its edge cases.
EDGE_READINGS = {
    "ArMean": averages.mean,
    "Median": averages.median,
    "GeoMean": lambda p: odds.geometric_mean(p, clip=0),
    "LOArMean": lambda p: odds.geometric_mean_of_odds(p, clip=MACHINE),
    "ProbitArMean": lambda p: odds.probit_mean(p, clip=MACHINE),
    "BetaArMean(6,6)": beta.beta_pool,
}

#: Of two people Metaculus' own rule differs from the figure: see the table above.
DIFFERENT = {("extreme", "metaculus_recency_weights")}

SMALL_CASES = [
    (case, name, told["p"], expected)
    for case, told in SMALL["cases"].items()
    for name, expected in told.items()
    if name != "p" and (case, name) not in DIFFERENT
]
EDGE_CASES = [
    (row["case"], row["method"], np.atleast_1d(row["p"]), row["expected"])
    for row in EDGE
    if row["method"] in EDGE_READINGS
]


@folded
@pytest.mark.parametrize(("case", "name", "p", "expected"), SMALL_CASES)
def test_small_crowds_are_pooled_to_the_figures_of_numpy_scipy_and_metaculus(case, name, p, expected):
    assert READINGS[name](p) == pytest.approx(expected, abs=1e-12)


def test_every_figure_of_the_small_crowds_is_read():
    assert len(SMALL_CASES) == 5 * len(READINGS) - len(DIFFERENT)


def test_two_recent_forecasts_weigh_alike_unlike_the_figure():
    assert SMALL["cases"]["extreme"]["metaculus_recency_weights"][0] < 0.7
    assert by_rank([1, 2]).tolist() == [1.0, 1.0]


@folded
@pytest.mark.parametrize(("case", "method", "p", "expected"), EDGE_CASES)
def test_edge_cases_are_pooled_as_aggrecat_does(case, method, p, expected):
    assert EDGE_READINGS[method](p) == pytest.approx(expected, rel=1e-9, abs=1e-15)


def test_every_edge_case_that_needs_no_three_points_is_read():
    left = {row["method"] for row in EDGE} - EDGE_READINGS.keys()
    assert left == {"DistLimitWAgg", "OutWAgg"}
    assert len(EDGE_CASES) == 7 * len(EDGE_READINGS)


def test_the_figures_tell_a_wrong_bound():
    crowd = next(row for row in EDGE if (row["case"], row["method"]) == ("zero", "LOArMean"))
    assert odds.geometric_mean_of_odds(crowd["p"]) > 1000 * crowd["expected"]


@pytest.fixture(scope="module")
def markets():
    """Mean forecasts and outcomes of 103 replications."""
    with (VECTORS / "crowd_inputs.csv").open() as lines:
        rows = list(csv.DictReader(lines))
    return np.array([float(row["mean"]) for row in rows]), np.array([int(row["y"]) for row in rows])


class TestReplicationMarkets:
    def test_there_are_103(self, markets):
        assert FITTED["n"] == 103 == markets[0].size

    def test_the_stretch_of_satopaa_and_others(self, markets):
        line = fit_stretch(*markets)
        assert line.slope == pytest.approx(FITTED["satopaa_a_mle_of_mean"], abs=1e-7)
        assert (line.fitted, line.at_limit, line.questions) == (True, False, 103)

    def test_the_line_of_platt(self, markets):
        line = fit_line(*markets)
        assert line.slope == pytest.approx(FITTED["platt"]["a"], abs=1e-6)
        assert line.intercept == pytest.approx(FITTED["platt"]["b"], abs=1e-6)

    def test_the_beta_curve_of_ranjan_and_gneiting(self, markets):
        curve = fit_beta(*markets)
        assert curve.alpha == pytest.approx(FITTED["blp_mle"]["alpha"], abs=1e-5)
        assert curve.beta == pytest.approx(FITTED["blp_mle"]["beta"], abs=1e-5)
        assert curve.loss == pytest.approx(FITTED["blp_mle"]["nll"], abs=1e-12)

    def test_without_the_bound_of_the_figures_the_fit_would_still_be_theirs(self, markets):
        assert markets[0].min() > 0.001
        assert markets[0].max() < 0.999
        assert fit_stretch(*markets, clip=1e-9) == fit_stretch(*markets)
