"""Scores, pools and scenario arithmetic on arrays: pure functions that import NumPy and SciPy only.

Where to look:

- ``rules``: scores of probabilities (Brier, logarithmic, ordered Brier, ranked probability)
- ``quantiles``: scores of number and date forecasts given as quantiles
- ``averages``: weighted mean, median and trimmed mean, which the pools share
- ``default``: the product's own crowd forecast, Parley, and its interval
- ``mixtures``: pools of quantile forecasts
- ``pools``: all ways from many forecasts to one behind one door, and the register of methods
- ``weights``: how fast forecasts fade, and how many people a weighted crowd is worth
- ``timeline``: which forecast stands on which day, and a person's score over whole days
- ``coherence``: by how much probabilities break a declared relation
- ``scenarios``: one joint distribution from a tree of conditional probabilities, and bounds
- ``checks``: the argument rules that all of these share

Conventions that hold everywhere:

- Probabilities are fractions from 0 to 1. Scores are penalties: lower is better, 0 is best.
- Days are whole numbers, counted from any fixed day; people and events are rows.
- Nothing is clipped, rescaled or broadcast unless the docstring says so.
- A wrong argument raises ``ValueError`` that names the argument, what it got and the rule.
- NaN is refused, except where a docstring gives it a meaning: a forecast that is missing.
"""
