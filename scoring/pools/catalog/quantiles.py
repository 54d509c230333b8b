"""Aggregates of quantile forecasts, of numbers and dates: linear pools and Vincent averages."""

from functools import partial

from scoring.pools import mixtures
from scoring.pools.catalog.method import Method

NUMBERS = "Numbers and dates"

QUANTILES = frozenset({"quantiles"})

_of_quantiles = partial(Method, group=NUMBERS, needs=QUANTILES, kind="quantiles")

NUMBER_METHODS = {
    "nearest_pool": _of_quantiles(
        name="Linear pool of the nearest",
        words="The distributions of the 60 % of the people whose medians are nearest the crowd's, mixed.",
        formula="F(x) = Σ w·F_i(x) / Σ w over those people, inverted at each level.",
        source="Own rule; the pool after Stone (1961), Annals of Mathematical Statistics 32, 1339-1342.",
        when="The default for numbers and dates.",
        function=mixtures.nearest_pool,
        parameters={"nearest": mixtures.NEAREST},
    ),
    "linear_pool": _of_quantiles(
        name="Linear pool of distributions",
        words="Everyone's distributions mixed: disagreement widens the crowd's.",
        formula="F(x) = Σ w·F_i(x) / Σ w, inverted at each level.",
        source="Stone (1961), Annals of Mathematical Statistics 32, 1339-1342.",
        when="Where nobody is far off. One person who is widens it a lot.",
        function=mixtures.linear_pool,
    ),
    "vincent_mean": _of_quantiles(
        name="Mean of quantiles",
        words="The mean of everyone's quantiles, level by level.",
        formula="Q(u) = Σ w·Q_i(u) / Σ w.",
        source="Lichtendahl, Grushka-Cockayne and Winkler (2013), Management Science 59, 1594-1611.",
        when="Where people are overcautious. One far-off person carries it away.",
        function=mixtures.vincent_mean,
    ),
    "vincent_median": _of_quantiles(
        name="Median of quantiles",
        words="The median of everyone's quantiles, level by level.",
        formula="Q(u) = the weighted median of Q_i(u).",
        source="Lichtendahl, Grushka-Cockayne and Winkler (2013), Management Science 59, 1594-1611.",
        when="Where somebody may be far off. It tends to be too narrow.",
        function=mixtures.vincent_median,
    ),
}
