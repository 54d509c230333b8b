"""Proper scoring rules, opinion pools and scenario arithmetic: pure functions on arrays, NumPy and SciPy alone.

`import scoring` is enough: `scoring.brier`, `scoring.pools.mean` are loaded when they are first asked for.

>>> import scoring
>>> float(scoring.brier(1, 0.75)), float(scoring.pools.median([0.1, 0.2, 0.6]))
(0.125, 0.2)

What is about one forecast or one tree of them stands at the top, the rest in five rooms; each room's own docstring
lists its modules:

- ``rules``, ``rewards``: scores of probabilities, as penalties and as rewards; skill against a reference
- ``quantiles``, ``interval_coverage``, ``ensembles``, ``piecewise``, ``cdfs``: scores of number and date forecasts;
  ``value_range``: what a number may be
- ``perturbation``: answers moved by noise of their own where people can be made up
- ``scenarios``: one joint distribution from a tree of conditional probabilities, and bounds
- ``coherence``: probabilities of tied questions as one forecast: checked, repaired, read as one joint future
- ``pools``: from many forecasts to one, and the catalog of every method
- ``timeline``: which forecast stands when, histories of the crowd, scores over time, leaderboards
- ``evaluation``: what a score is made of, what forecasts were worth, whether a difference is more than luck
- ``consensus``: how far people agree, and whether that has come to rest
- ``backtest``: every method tried on a folder of forecasts whose outcomes are known
- ``checks``, ``crowds``, ``labels``: the argument rules that all of these share; ``ordering``: sorting;
  ``lazy_names``: how names are loaded; ``foreign_names``: what other libraries call them

Conventions that hold everywhere:

- Probabilities are fractions from 0 to 1. Scores are penalties, lower is better, unless the docstring says
  otherwise.
- Days are whole numbers, counted from any fixed day, or dates (datetime64, ISO text), counted from 1970-01-01; people
  and events are rows. People, questions and groups are whole numbers, text or moments, told of as given.
- One value stands for an array of the shape that the others have; shapes that differ are refused. Nothing is clipped
  or rescaled unless the docstring says so.
- A wrong argument raises ``ValueError`` that names the argument, what it got and the rule. So does a crowd in
  which nobody is left. A docstring says what else does.
- NaN is refused, except where a docstring gives it a meaning: a forecast that is missing, which is dropped
  with its weight. A weight of 0 does not count; where all are 0, everyone counts alike.
"""

from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from scoring import backtest as backtest
    from scoring import checks as checks
    from scoring import coherence as coherence
    from scoring import consensus as consensus
    from scoring import crowds as crowds
    from scoring import evaluation as evaluation
    from scoring import pools as pools
    from scoring import timeline as timeline
    from scoring.cdfs import *  # noqa: F403
    from scoring.ensembles import *  # noqa: F403
    from scoring.interval_coverage import *  # noqa: F403
    from scoring.perturbation import *  # noqa: F403
    from scoring.piecewise import *  # noqa: F403
    from scoring.quantiles import *  # noqa: F403
    from scoring.rewards import *  # noqa: F403
    from scoring.rules import *  # noqa: F403
    from scoring.scenarios import *  # noqa: F403
    from scoring.value_range import *  # noqa: F403
else:
    from scoring.lazy_names import lazily

    __getattr__, __dir__, __all__ = lazily(
        __name__,
        {
            "rules": [
                "brier",
                "brier_options",
                "log_score",
                "log_score_options",
                "ranked_probability",
                "ordered_brier",
                "binary_case",
                "options_case",
            ],
            "rewards": [
                "quadratic",
                "quadratic_options",
                "spherical",
                "spherical_options",
                "baseline",
                "baseline_options",
                "skill_score",
            ],
            "quantiles": ["pinball", "interval", "wis", "crps_quantiles", "crossing", "rearrange", "ends"],
            "interval_coverage": ["Coverage", "covered", "coverage"],
            "ensembles": [
                "crps_ensemble",
                "energy",
                "variogram",
                "crps_normal",
                "crps_lognormal",
                "crps_beta",
            ],
            "perturbation": [
                "moved_chances",
                "moved_options",
                "moved_ladder",
                "moved_quantiles",
                "calmed_chances",
                "calmed_quantiles",
            ],
            "piecewise": ["from_quantiles", "evaluate", "invert", "crps_piecewise"],
            "cdfs": [
                "to_place",
                "from_place",
                "to_bucket",
                "masses",
                "bucket_baseline",
                "percentile_places",
                "distributions",
            ],
            "scenarios": ["Axis", "Joint", "Bounds", "joint", "leaves", "leaf_bounds", "conjunction_bounds"],
            "value_range": ["ValueRange"],
        },
        modules=("backtest", "checks", "coherence", "consensus", "crowds", "evaluation", "pools", "timeline"),
    )
