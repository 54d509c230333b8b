"""Calibration questions in a folder: they weigh people for Cooke's classical model alone."""

import math

import numpy as np
import pytest

from scoring.backtest.comparing import plan
from scoring.backtest.reading import read_folder
from scoring.backtest.report import text
from scoring.backtest.tables import UnreadableData
from scoring.pools.cooke import LEVELS
from tests.scoring.test_cooke import EXPERTS, OUTCOME, best_by_hand

from .folders import QUANTILES, compared, of, write

#: What came of the last of the experts' items, which those who weigh them did not know.
CAME = 5.5


def folder(path, marks, experts=EXPERTS):
    lines = [
        f"e{expert},q{item},1,{level},{experts[expert][item][at]}"
        for expert in range(len(experts))
        for item in range(len(OUTCOME))
        for at, level in enumerate(LEVELS)
    ]
    came = [*OUTCOME[:-1], CAME]
    told = {f"q{item}": f"{value},{mark}" for item, (value, mark) in enumerate(zip(came, marks, strict=True))}
    return write(path, lines, told, header=QUANTILES, resolution="value", more=",calibration")


def cooke_of(path):
    planned = plan(read_folder(path))
    return next((trial.values() for trial in planned.trials if trial.key == "cooke"), None), planned


def test_the_crowd_is_the_decision_maker_worked_in_plain_loops(tmp_path):
    values, planned = cooke_of(folder(tmp_path, ["yes", "Y", "1", "так", "no"]))
    assert [crowd.question.key for crowd in planned.crowds] == ["q4"]
    _product, _cutoff, _weights, mixed = best_by_hand(OUTCOME, EXPERTS)
    np.testing.assert_allclose(values[0], mixed[-1], rtol=1e-9)
    # Neither everybody alike nor one of them: what is compared tells the weights apart.
    assert not np.allclose(values[0], planned.trials[1].values()[0])


def test_its_line_stands_beside_the_others_and_what_seeds_are_is_said(tmp_path):
    comparison = compared(folder(tmp_path, ["yes"] * 3 + ["", "no"]))
    row = next(row for row in comparison.rows if row.key == "cooke")
    assert row.questions == 2
    assert not math.isnan(row.scores[0])
    printed = text(comparison)
    assert "Cooke's classical model  " in printed
    assert "3 calibration questions: they weigh people" in printed


def test_without_a_mark_it_says_what_it_asks_for(tmp_path):
    values, planned = cooke_of(folder(tmp_path, ["no"] * 5))
    assert values is None
    assert "asks for calibration questions" in " ".join(planned.left_out)


def test_a_mark_that_is_neither_yes_nor_no_is_named_and_so_is_one_on_chances(tmp_path):
    with pytest.raises(UnreadableData, match="row 3, column calibration: must be yes or no, got 'perhaps'"):
        read_folder(folder(tmp_path, ["yes", "perhaps", "no", "no", "no"]))
    chances = of(tmp_path, {"q1": (0.2, 0.4)}, {"q1": "1,yes"}, more=",calibration")
    with pytest.raises(UnreadableData, match="column calibration: only questions of numbers weigh people"):
        read_folder(chances)


def test_equal_quantiles_are_refused_in_words(tmp_path):
    experts = EXPERTS.copy()
    experts[0][4] = [3, 3, 6]
    values, _planned = cooke_of(folder(tmp_path, ["yes"] * 4 + ["no"], experts))
    assert "rise strictly" in values[0].reason
