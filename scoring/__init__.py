"""Proper scoring rules, opinion pools and scenario arithmetic: pure functions on arrays, NumPy and SciPy alone.

What is about one forecast or one tree of them stands at the top, the rest in four rooms; each room's own
docstring lists its modules:

- ``rules``, ``rewards``: scores of probabilities, as penalties and as rewards; skill against a reference
- ``quantiles``, ``coverage``, ``ensembles``, ``piecewise``, ``cdfs``: scores of number and date forecasts
- ``coherence``: by how much probabilities break a declared relation
- ``scenarios``: one joint distribution from a tree of conditional probabilities, and bounds
- ``pools``: from many forecasts to one, and the catalog of every method
- ``timeline``: which forecast stands when, histories of the crowd, scores over time, leaderboards
- ``evaluation``: what a score is made of, what forecasts were worth, whether a difference is more than luck
- ``consensus``: how far people agree, and whether that has come to rest
- ``backtest``: every method tried on a folder of forecasts whose outcomes are known
- ``checks``, ``crowds``: the argument rules that all of these share

Conventions that hold everywhere:

- Probabilities are fractions from 0 to 1. Scores are penalties, lower is better, unless the docstring says
  otherwise.
- Days are whole numbers, counted from any fixed day; people and events are rows.
- Nothing is clipped, rescaled or broadcast unless the docstring says so.
- A wrong argument raises ``ValueError`` that names the argument, what it got and the rule. So does a crowd in
  which nobody is left. A docstring says what else does.
- NaN is refused, except where a docstring gives it a meaning: a forecast that is missing, which is dropped
  with its weight. A weight of 0 does not count; where all are 0, everyone counts alike.
"""
