"""Expert pools against figures of published software: three-point methods of aggreCAT, edge cases and data.

Deliberate and known differences:

==================== ========================== ========================== ==================================
name                 theirs                     ours                       reason
==================== ========================== ========================== ==================================
GranWAgg             shipped table              up to 0.0871 away          the shipped table was made by an
older
                                                                           rule; ours is the documented one
DistribArMean        a grid of values           inverted exactly           up to 0.00003 away
all three-point      rounding decides between   weights below 1e-9 are 0   equals must count alike
methods              weights near 0
OutWAgg              0 / 0 where nobody differs all weigh 1                the same pooled value
==================== ========================== ========================== ==================================

The real answers are not shipped. With PARLEY_DATA naming a folder that holds ``aggrecat/forecasts.csv`` and
``aggrecat/raw_data_confidence_scores.csv`` (from the package aggreCAT of the repliCATS project) they are
read; without it those tests say so and are skipped.
"""

import csv
import json
import os
from pathlib import Path

import numpy as np
import pytest

from scoring.pools.three_point import mixture_median, pool, weighted_best
from scoring.pools.three_point_weights import decisiveness_weights, nearness_weights, shift_weights
from tests.skips import NOT_SHIPPED

EDGES = json.loads((Path(__file__).parent / "vectors" / "aggrecat_edge.json").read_text())

#: The rows that are three-point methods; means, medians and beta pools are other tests' rows.
MINE = {"DistLimitWAgg": decisiveness_weights, "OutWAgg": nearness_weights}

#: Names in the shipped table, our keys, and how far the figures may be apart.
TABLE = [
    ("IntWAgg", "interval_width", 1e-12),
    ("IndIntWAgg", "relative_width", 1e-12),
    ("VarIndIntWAgg", "width_variance", 1e-12),
    ("AsymWAgg", "asymmetry", 1e-12),
    ("IndIntAsymWAgg", "width_and_asymmetry", 1e-12),
    ("KitchSinkWAgg", "three_in_one", 1e-12),
    ("DistLimitWAgg", "decisiveness", 1e-12),
    ("OutWAgg", "nearness", 1e-12),
    ("GranWAgg", "fine_steps", 0.0871),
]


@pytest.mark.parametrize(
    "row", [row for row in EDGES if row["method"] in MINE], ids=lambda row: f"{row['case']}-{row['method']}"
)
def test_edge_cases_of_probabilities_give_the_published_pool(row):
    best = np.atleast_1d(row["p"])[:, np.newaxis]
    assert weighted_best(best, MINE[row["method"]](best)) == pytest.approx([row["expected"]], abs=1e-12)


def test_every_edge_row_of_a_three_point_method_is_read():
    assert sum(row["method"] in MINE for row in EDGES) == 14


@pytest.fixture(scope="module")
def folder():
    place = os.environ.get("PARLEY_DATA")
    if place is None:
        pytest.skip(NOT_SHIPPED)
    return Path(place) / "aggrecat"


@pytest.fixture(scope="module")
def table(folder):
    """The published figures: {method: {claim: value}}."""
    found = {}
    with (folder / "raw_data_confidence_scores.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["method"], {})[row["paper_id"]] = float(row["cs"])
    return found


@pytest.fixture(scope="module")
def rounds(folder, table):
    """Two rounds of three points, each (people, claims), claims in the table's order."""
    with (folder / "forecasts.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    people = {name: at for at, name in enumerate(sorted({row["forecaster"] for row in rows}))}
    claims = {name: at for at, name in enumerate(table["ArMean"])}
    points = np.full((2, 3, len(people), len(claims)), np.nan)
    for row in rows:
        at = int(row["time"]) - 1, slice(None), people[row["forecaster"]], claims[row["question"]]
        points[at] = [float(row[name]) for name in ("lower", "probability", "upper")]
    return points


@pytest.mark.parametrize(("name", "method", "room"), TABLE)
def test_the_shipped_table_comes_out_of_the_real_answers(table, rounds, name, method, room):
    found = pool(*rounds[1], method)
    assert found == pytest.approx(list(table[name].values()), abs=room)


def test_the_shipped_table_of_shifts_comes_out_of_both_rounds(table, rounds):
    first, second = (tuple(points) for points in rounds)
    found = weighted_best(second[1], shift_weights(first, second))
    assert found == pytest.approx(list(table["ShiftWAgg"].values()), abs=1e-12)


def test_the_shipped_table_of_mixtures_comes_out_to_the_width_of_their_grid(table, rounds):
    assert mixture_median(*rounds[1]) == pytest.approx(list(table["DistribArMean"].values()), abs=3e-5)


def test_the_first_round_alone_does_not_give_the_table(table, rounds):
    """The answers of another round are another matter: the comparison can fail."""
    found = pool(*rounds[0], "interval_width")
    assert found != pytest.approx(list(table["IntWAgg"].values()), abs=0.01)
