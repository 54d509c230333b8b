"""Aggregation: opinion pools, from many forecasts to one.

- ``catalog``: every method by key, with words, formula, source, example, when to use
- ``averages``, ``windows``: weighted mean, median and trimmed means
- ``odds``, ``extremizing``, ``beta``: averages on other scales, and pools that push outwards
- ``fitted``: curves fitted on resolved questions
- ``options``: from a pool for yes or no to several options
- ``mixtures``: pools of quantile forecasts
- ``default``, ``default_steps``: the product's own crowd forecast, Parley; ``earlier_default``: its first edition
- ``weights``, ``contribution_scores``, ``past_skill``: whose forecast counts how much
- ``three_point``, ``three_point_weights``, ``three_point_answers``: lowest, best and highest estimates
- ``cooke``, ``elicitation``: the classical model of experts
- ``meta_predictions``, ``knowledge``: what the others will say
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scoring.pools.averages import *  # noqa: F403
    from scoring.pools.beta import *  # noqa: F403
    from scoring.pools.catalog import METHODS as METHODS
    from scoring.pools.catalog import SHOWN as SHOWN
    from scoring.pools.catalog.method import Method as Method
    from scoring.pools.contribution_scores import *  # noqa: F403
    from scoring.pools.cooke import *  # noqa: F403
    from scoring.pools.default import *  # noqa: F403
    from scoring.pools.default_steps import *  # noqa: F403
    from scoring.pools.earlier_default import *  # noqa: F403
    from scoring.pools.elicitation import *  # noqa: F403
    from scoring.pools.extremizing import *  # noqa: F403
    from scoring.pools.fitted import *  # noqa: F403
    from scoring.pools.knowledge import *  # noqa: F403
    from scoring.pools.meta_predictions import *  # noqa: F403
    from scoring.pools.mixtures import *  # noqa: F403
    from scoring.pools.odds import *  # noqa: F403
    from scoring.pools.options import *  # noqa: F403
    from scoring.pools.past_skill import *  # noqa: F403
    from scoring.pools.three_point import *  # noqa: F403
    from scoring.pools.three_point_answers import *  # noqa: F403
    from scoring.pools.three_point_weights import *  # noqa: F403
    from scoring.pools.weights import *  # noqa: F403
    from scoring.pools.windows import *  # noqa: F403
else:
    from scoring.lazy_names import lazily

    __getattr__, __dir__, __all__ = lazily(
        __name__,
        {
            "averages": [
                "mean",
                "median",
                "weighted_quantiles",
                "trimmed_mean",
                "counted_out",
                "variance",
                "counted_values",
                "evenly",
                "by_size",
                "mean_of",
                "variance_of",
                "median_of",
                "quantiles_of",
                "quantiles_of_rising",
                "middle_mean",
                "weighted_sum",
            ],
            "beta": ["beta_pool", "beta_curve"],
            "contribution_scores": [
                "contributions",
                "contribution_weights",
                "contribution_weights_elsewhere",
                "resolved",
                "brier_points",
                "ratio",
            ],
            "cooke": ["DecisionMaker", "calibration", "information", "decision_maker"],
            "default": [
                "Parley",
                "ParleyOptions",
                "parley",
                "parley_options",
            ],
            "default_steps": [
                "Form",
                "Centres",
                "Position",
                "Forecast",
                "log_odds",
                "pulled",
                "stretched",
                "probability",
                "positions",
                "interval_ends",
                "forecast",
                "divided",
                "half_width",
                "shifted",
            ],
            "earlier_default": ["first_edition", "first_edition_options"],
            "elicitation": ["Elicitation"],
            "extremizing": ["extremized", "neyman_factor", "neyman_roughgarden", "karmarkar", "logit_normal"],
            "fitted": ["Line", "BetaCurve", "fit_stretch", "fit_line", "fit_beta"],
            "knowledge": ["knowledge_weights", "knowledge_weighted", "influence"],
            "meta_predictions": [
                "surprisingly_popular",
                "minimal_pivot",
                "meta_probability_weights",
                "meta_probability_weighted",
            ],
            "mixtures": ["vincent_mean", "vincent_median", "linear_pool", "nearest_pool"],
            "odds": [
                "geometric_mean_of_odds",
                "mean_log_odds",
                "geometric_mean",
                "probit_mean",
                "log_pool",
                "linear_log_odds",
                "clipped",
            ],
            "options": ["Lifted", "lifted", "log_pool_options", "mean_options", "median_options"],
            "past_skill": ["skill", "skill_weights", "difficulty_adjusted_points", "select_crowd_weights"],
            "three_point": ["weighted_best", "pool", "mixture_median"],
            "three_point_answers": ["points", "answers", "every_claim_answered"],
            "three_point_weights": [
                "interval_width_weights",
                "relative_width_weights",
                "width_variance_weights",
                "asymmetry_weights",
                "width_and_asymmetry_weights",
                "three_in_one_weights",
                "decisiveness_weights",
                "nearness_weights",
                "fine_steps_weights",
                "shift_weights",
            ],
            "weights": [
                "fade",
                "by_rank",
                "rank_weights",
                "by_age",
                "by_later_forecasts",
                "newest",
                "product",
                "effective_number",
                "effective_of",
            ],
            "windows": ["densest_mean", "soften_mean"],
            "catalog": ["METHODS", "SHOWN"],
            "catalog.method": ["Method"],
        },
    )
