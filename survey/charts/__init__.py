"""Charts as plain Vega-Lite specifications, each with its words and its table.

Pure functions: percentages (0 to 100) and values come in rounded as a page shows them, a `Chart` comes
out. The same specification is drawn in the page by `static/charts.js` and on the server by vl-convert.
"""

from survey.charts.density import Axis, quantile_density
from survey.charts.ladder import Rung, implied, ladder
from survey.charts.look import PALETTE, TOKENS, Chart, Spec, number, percent
from survey.charts.now import (
    Bin,
    Range,
    calibration,
    histogram,
    methods_side_by_side,
    ordered_bars,
    segments,
    spreads,
    tenths,
)
from survey.charts.over_time import Line, Step, crowd_over_time, response_over_time, sparkline
from survey.charts.scenarios import Branch, Leaf, scenario_bar, scenario_tree

__all__ = [
    "PALETTE",
    "TOKENS",
    "Axis",
    "Bin",
    "Branch",
    "Chart",
    "Leaf",
    "Line",
    "Range",
    "Rung",
    "Spec",
    "Step",
    "calibration",
    "crowd_over_time",
    "histogram",
    "implied",
    "ladder",
    "methods_side_by_side",
    "number",
    "ordered_bars",
    "percent",
    "quantile_density",
    "response_over_time",
    "scenario_bar",
    "scenario_tree",
    "segments",
    "sparkline",
    "spreads",
    "tenths",
]
