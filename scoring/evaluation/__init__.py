"""Forecast verification: what forecasts were worth.

- ``calibration``, ``reliability``, ``decomposition``, ``discrimination``: what a score is made of
- ``proportions``: how sure a counted share is
- ``difficulty``, ``shrinkage``: scores as if all had answered the same questions, drawn to their mean
- ``comparison``, ``evidence``, ``resampling``: whether a difference is more than luck
- ``ambiguity``: what a crowd gains by disagreeing
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scoring.evaluation.ambiguity import *  # noqa: F403
    from scoring.evaluation.calibration import *  # noqa: F403
    from scoring.evaluation.comparison import *  # noqa: F403
    from scoring.evaluation.decomposition import *  # noqa: F403
    from scoring.evaluation.difficulty import *  # noqa: F403
    from scoring.evaluation.discrimination import *  # noqa: F403
    from scoring.evaluation.evidence import *  # noqa: F403
    from scoring.evaluation.proportions import *  # noqa: F403
    from scoring.evaluation.reliability import *  # noqa: F403
    from scoring.evaluation.resampling import *  # noqa: F403
    from scoring.evaluation.shrinkage import *  # noqa: F403
else:
    from scoring.lazy_names import lazily

    __getattr__, __dir__, __all__ = lazily(
        __name__,
        {
            "ambiguity": ["Diversity", "Gain", "diversity", "diversity_options", "crowd_gain"],
            "calibration": [
                "Corp",
                "Band",
                "recalibrated",
                "corp",
                "consistency_band",
                "CalibrationTest",
                "calibration_test",
                "answered",
                "present_forecasts",
            ],
            "comparison": [
                "PairedTest",
                "paired_t",
                "diebold_mariano",
                "sign_test",
                "wilcoxon",
                "paired_tests",
            ],
            "decomposition": ["Murphy", "BiasCorrected", "murphy", "murphy_bias_corrected"],
            "difficulty": ["TwoWay", "adjusted_scores"],
            "discrimination": [
                "AreaInterval",
                "area_under_curve",
                "area_interval",
                "sharpness",
                "forecast_variance",
            ],
            "evidence": ["Evidence", "e_values"],
            "proportions": ["wilson"],
            "reliability": [
                "ReliabilityCurve",
                "CalibrationError",
                "Bars",
                "reliability_curve",
                "expected_calibration_error",
                "consistency_bars",
                "Binned",
                "sort_into",
                "equal_edges",
            ],
            "resampling": [
                "Interval",
                "bootstrap_mean",
                "bootstrap_difference",
                "bootstrap",
                "percentile_interval",
                "differences",
                "random_generator",
            ],
            "shrinkage": ["Shrunken", "shrunken", "shrunken_scores"],
        },
    )
