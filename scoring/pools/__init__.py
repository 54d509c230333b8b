"""Aggregation: opinion pools, from many forecasts to one.

- ``catalog``: every method by key, with words, formula, source, example, when to use
- ``averages``, ``windows``: weighted mean, median and trimmed means
- ``odds``, ``extremizing``, ``beta``: averages on other scales, and pools that push outwards
- ``fitted``: curves fitted on resolved questions
- ``options``: from a pool for yes or no to several options
- ``mixtures``: pools of quantile forecasts
- ``default``, ``default_steps``: the product's own crowd forecast, Parley; ``first_edition``: until its second
- ``weights``, ``contributions``, ``past_skill``: whose forecast counts how much
- ``three_point``, ``three_point_weights``, ``three_point_answers``: lowest, best and highest estimates
- ``cooke``, ``elicitation``: the classical model of experts
- ``meta_predictions``, ``knowledge``: what the others will say
"""
