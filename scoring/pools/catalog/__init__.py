"""The catalog of aggregation methods: every way of this package from many forecasts to one, told and computed.

``METHODS`` holds them by key, each an entry of ``method``; what an entry says of itself stands in one file for each
family:

- ``default``: the default in its forms
- ``averages``: what every survey shows beside it, and means of probabilities, odds and probits
- ``extremized``: pools that push outwards, by a fixed amount or by one that is fitted
- ``recency``, ``weighted``: whose forecast counts how much, and what the others will say
- ``options``, ``quantiles``: several options; numbers and dates

A figure is computed from the entry that tells it, so that words and number can't differ. `Method.aggregate` is one
call for every method and kind of forecast; the entry knows whether weights count:

>>> forecasts, recency = [0.25, 0.25, 0.75], [0.5, 0.5, 0.75]
>>> {key: round(float(METHODS[key].aggregate("probability", forecasts, recency).value), 3) for key in SHOWN}
{'parley': 0.458, 'median': 0.25, 'mean': 0.417}

A method that `runs_alone` asks for no more than that. Others are given by name what they need:

>>> METHODS["linear_pool"].aggregate("quantiles", [[0, 1, 2], [1, 2, 3]], levels=[0.25, 0.5, 0.75]).value
array([0.5, 1.5, 2.5])
>>> float(METHODS["minimal_pivot"].aggregate("probability", [0.5, 0.75], predicted=[0.5, 0.5]).value)
0.75
"""

from scoring.pools.catalog import averages, default, extremized, options, quantiles, recency, weighted
from scoring.pools.catalog.method import Method

#: The methods that a survey computes and pages show as figures, by key; the first is the default.
SHOWN = ("parley", "median", "mean")

#: Every method of the package, by key; those of `SHOWN` come first.
METHODS: dict[str, Method] = {
    **default.DEFAULT_METHODS,
    **averages.SHOWN_METHODS,
    **default.OTHER_FORM_METHODS,
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
