"""The catalog of aggregation methods: every way of this package from many forecasts to one, told and computed.

``METHODS`` holds them by key, each an entry of ``method``; what an entry says of itself stands in one file for each
family:

- ``averages``: what every survey shows, and means of probabilities, odds and probits
- ``extremized``: pools that push outwards, by a fixed amount or by one that is fitted
- ``recency``, ``weighted``: whose forecast counts how much, and what the others will say
- ``options``, ``quantiles``: several options; numbers and dates

A method that `runs_alone` takes one probability from each person and weights, and gives the crowd's:

>>> crowd = [0.6, 0.7, 0.9]
>>> alone = {key: method.function(crowd) for key, method in METHODS.items() if method.runs_alone}
>>> round(alone["mean"], 4), round(alone["geometric_mean_of_odds"], 4)
(0.7333, 0.7595)
"""

from scoring.pools.catalog import averages, extremized, options, quantiles, recency, weighted
from scoring.pools.catalog.method import Method

#: The methods that a survey computes and pages show as figures, by key; the first is the default.
SHOWN = ("parley", "median", "mean")

#: Every method of the package, by key; those of `SHOWN` come first.
METHODS: dict[str, Method] = {
    **averages.SHOWN_METHODS,
    **averages.AVERAGE_METHODS,
    **averages.SCALE_METHODS,
    **extremized.OUTWARD_METHODS,
    **extremized.FITTED_METHODS,
    **recency.TIME_METHODS,
    **weighted.SKILL_METHODS,
    **weighted.THREE_POINT_METHODS,
    **weighted.OTHERS_METHODS,
    **options.OPTION_METHODS,
    **quantiles.NUMBER_METHODS,
}
