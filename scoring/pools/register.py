"""From many forecasts to one: every pool behind one door, and the register of methods that pages show.

``METHODS`` holds every method of the package by key. What a method says about itself stands in the files
``register_*``; here they are put together. A method that `runs_alone` takes one probability from each person
and weights, and gives the crowd's:

>>> crowd = [0.6, 0.7, 0.9]
>>> alone = {key: method.function(crowd) for key, method in METHODS.items() if method.runs_alone}
>>> round(alone["mean"], 4), round(alone["geometric_mean_of_odds"], 4)
(0.7333, 0.7595)
"""

from __future__ import annotations

from scoring.pools import register_means, register_outward, register_shapes, register_weighted
from scoring.pools.method import Method

#: The methods that a survey computes and pages show as figures, by key; the first is the default.
SHOWN = ("parley", "median", "mean")

#: Every method of the package, by key; those of `SHOWN` come first.
METHODS: dict[str, Method] = {
    **register_means.SHOWN_METHODS,
    **register_means.AVERAGE_METHODS,
    **register_means.SCALE_METHODS,
    **register_outward.OUTWARD_METHODS,
    **register_outward.FITTED_METHODS,
    **register_shapes.TIME_METHODS,
    **register_weighted.SKILL_METHODS,
    **register_weighted.THREE_POINT_METHODS,
    **register_weighted.OTHERS_METHODS,
    **register_shapes.OPTION_METHODS,
    **register_shapes.NUMBER_METHODS,
}
