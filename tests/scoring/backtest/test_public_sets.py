"""What the default's evidence says, found again on the public sets, where they are at hand.

PARLEY_DATA names the folder that holds a folder for each set; `docs/validation.md` says where they come from.
"""

import os
from functools import cache
from pathlib import Path

import pytest

from scoring.backtest.document import renewed
from scoring.backtest.editions import beside, moved
from tests.skips import NOT_SHIPPED

from .folders import by_key, compared

FOLDER = os.environ.get("PARLEY_DATA")

pytestmark = pytest.mark.skipif(not FOLDER, reason=NOT_SHIPPED)


@cache
def comparison_of(name):
    folder = Path(str(FOLDER)) / name
    if not folder.is_dir():
        pytest.skip(f"{name} is not among the sets in PARLEY_DATA")
    return compared(folder, resamples=2000)


def rows_of(name):
    return by_key(comparison_of(name))


#: Logarithmic scores on everyone's forecasts that the default was chosen by, to three digits.
EVIDENCE = {
    "aggrecat": {
        "mean": 0.485,
        "median": 0.483,
        "geometric_mean_of_odds": 0.467,
        "extremized": 0.433,
        "first_edition": 0.433,
    },
    "replication_markets": {
        "mean": 0.595,
        "median": 0.598,
        "geometric_mean_of_odds": 0.583,
        "extremized": 0.586,
        "first_edition": 0.588,
    },
}


@pytest.mark.parametrize("name", EVIDENCE)
def test_logarithmic_scores_are_those_of_the_evidence(name):
    rows = rows_of(name)
    for key, expected in EVIDENCE[name].items():
        assert rows[key].scores[1] == pytest.approx(expected, abs=0.0006)


@pytest.mark.parametrize("name", EVIDENCE)
def test_the_default_is_not_worse_than_the_mean_or_the_median(name):
    rows = rows_of(name)
    assert rows["parley"].to_mean.mean < 0
    assert rows["parley"].to_median.mean < 0


def test_where_the_default_beats_the_mean_for_sure():
    assert rows_of("aggrecat")["parley"].to_mean.high < 0


def test_numbers_cost_three_percent_at_most_for_wider_coverage():
    rows = rows_of("uk_covid_crowd")
    default, median = rows["nearest_pool"].scores, rows["vincent_median"].scores
    assert default[0] <= 1.03 * median[0]
    assert default[2] >= median[2] + 0.05


def test_the_document_is_what_is_made_today():
    page = (Path(__file__).parents[3] / "docs" / "validation.md").read_text("utf-8")
    assert page.count("| Parley, first edition |") == 4
    assert renewed(page, Path(str(FOLDER))) == page


@pytest.mark.parametrize(("name", "log"), [("aggrecat", 0.436), ("replication_markets", 0.588)])
def test_the_second_edition_loses_to_the_first_within_chance(name, log):
    assert rows_of(name)["parley"].scores[1] == pytest.approx(log, abs=0.0006)
    everybody = next(one for one in beside(comparison_of(name)) if one.size == 0)
    assert everybody.log.low < 0 < everybody.log.mean < everybody.log.high


def test_what_52_among_1000_move_is_what_the_page_of_methods_says():
    for name, means in {"aggrecat": (6.5, 2.4, 1.4), "replication_markets": (6.1, 3.6, 1.9)}.items():
        assert tuple(round(one.mean, 1) for one in moved(comparison_of(name))[:3]) == means
