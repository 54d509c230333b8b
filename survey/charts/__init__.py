"""Charts as plain Vega-Lite specifications, each with its words and its table.

Pure functions: percentages (0 to 100) and values come in rounded as a page shows them, a `Chart` comes
out. The same specification is drawn in the page by `static/charts.js` and on the server by vl-convert.
"""

from survey.charts.branches import Branch, leaves_of
from survey.charts.calibration import calibration
from survey.charts.compare import (
    methods_side_by_side,
    ordered_bars,
    segments,
)
from survey.charts.curve import Axis
from survey.charts.ladder import Hazard, Rung, hazards, implied, ladder
from survey.charts.log_odds import TICKS, place_of_chance, spreads_in_log_odds
from survey.charts.look import PALETTE, TOKENS, Chart, Spec
from survey.charts.over_time import Line, Step, crowd_over_time
from survey.charts.quantiles import quantile_density
from survey.charts.ranges import Range, ranges
from survey.charts.response import response_over_time
from survey.charts.rows import NamedInterval
from survey.charts.scenarios import Leaf, scenario_bar, scenario_tree
from survey.charts.shares import Bin, histogram, tenths
from survey.charts.travelling import BOXES, boxed, travelling
from survey.charts.words import day_words, number, percent

__all__ = [
    "BOXES",
    "PALETTE",
    "TICKS",
    "TOKENS",
    "Axis",
    "Bin",
    "Branch",
    "Chart",
    "Hazard",
    "Leaf",
    "Line",
    "NamedInterval",
    "Range",
    "Rung",
    "Spec",
    "Step",
    "boxed",
    "calibration",
    "crowd_over_time",
    "day_words",
    "hazards",
    "histogram",
    "implied",
    "ladder",
    "leaves_of",
    "methods_side_by_side",
    "number",
    "ordered_bars",
    "percent",
    "place_of_chance",
    "quantile_density",
    "ranges",
    "response_over_time",
    "scenario_bar",
    "scenario_tree",
    "segments",
    "spreads_in_log_odds",
    "tenths",
    "travelling",
]
