"""Scores, pools and scenario arithmetic on arrays: pure functions that import NumPy and SciPy only.

Where to look for scores:

- ``rules``, ``rewards``: scores of probabilities, as penalties and as rewards; skill against a reference
- ``quantiles``, ``intervals``, ``ensembles``, ``cdfs``: scores of number and date forecasts
- ``over_time``, ``peer``, ``leaderboards``: scores over the time that forecasts stood, against others, in ranks
- ``difficulty``, ``shrinkage``: scores as if all had answered the same questions, drawn to their mean
- ``calibration``, ``reliability``, ``murphy``, ``discrimination``: what a score is made of
- ``comparison``, ``evidence``, ``resampling``: whether a difference is more than luck

For pools, from many forecasts to one:

- ``pools``: all of them behind one door, and the register of every method, which ``method``,
  ``register_means``, ``register_outward``, ``register_shapes`` and ``register_weighted`` hold
- ``averages``, ``windows``: weighted mean, median and trimmed means
- ``odds``, ``extremizing``, ``beta``: averages on other scales, and pools that push outwards
- ``fitted``: curves fitted on resolved questions
- ``options``: from a pool for yes or no to several options
- ``mixtures``: pools of quantile forecasts; ``piecewise``: the distribution functions they are made of
- ``default``, ``default_history``: the product's own crowd forecast, Parley, now and on every day; ``stays``,
  ``block_sums`` and ``running`` make the days quick
- ``weights``, ``recency``, ``contributions``, ``past_skill``: whose forecast counts how much
- ``three_point``, ``three_point_weights``, ``three_point_answers``: lowest, best and highest estimates
- ``cooke``, ``elicitation``: the classical model of experts
- ``meta_predictions``, ``knowledge``: what the others will say

For crowds over time and among themselves:

- ``timeline``, ``spans``: which forecast stands when, and a person's score over whole days
- ``histories``, ``recency_history``, ``entries``: the history of a pool, and what is shown at a moment
- ``consensus``, ``diversity``, ``polarization``, ``stability``: how far people agree, and what that is worth

And:

- ``coherence``: by how much probabilities break a declared relation
- ``scenarios``: one joint distribution from a tree of conditional probabilities, and bounds
- ``checks``: the argument rules that all of these share

Conventions that hold everywhere:

- Probabilities are fractions from 0 to 1. Scores are penalties, lower is better, unless the docstring says so.
- Days are whole numbers, counted from any fixed day; people and events are rows.
- Nothing is clipped, rescaled or broadcast unless the docstring says so.
- A wrong argument raises ``ValueError`` that names the argument, what it got and the rule.
- NaN is refused, except where a docstring gives it a meaning: a forecast that is missing, which is dropped
  with its weight. A weight of 0 does not count; where all are 0, everyone counts alike.
"""
