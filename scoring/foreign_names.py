"""Synonyms: what other libraries of the field call a formula that stands here under another name.

For whoever comes from scoringrules, scoringutils, properscoring or scikit-learn: asked for such a name, `scoring`
says what to write, and where the figure or the order of arguments differs.
"""

_BRIER = "scoring.brier(outcome, probability), which is summed over both answers: twice (p - o)²"
_LOG = "scoring.log_score(outcome, probability), of options scoring.log_score_options; nothing is clipped"
_PINBALL = "scoring.pinball(outcome, quantiles, levels)"
_WIS = "scoring.wis(outcome, quantiles, levels), the median and both ends of every interval as quantiles"
_RPS = "scoring.ranked_probability(outcome, probability), options counted from 0"

#: Names of other libraries, and what to write in their place.
INSTEAD = {
    # scikit-learn
    "brier_score_loss": _BRIER,
    "log_loss": _LOG,
    "mean_pinball_loss": _PINBALL,
    "calibration_curve": "scoring.evaluation.reliability_curve(outcome, probability)",
    "roc_auc_score": "scoring.evaluation.area_under_curve(outcome, probability)",
    # properscoring and scoringrules: what is observed comes first there, too
    "brier_score": _BRIER,
    "log_score_binary": _LOG,
    "crps_gaussian": "scoring.crps_normal(outcome, mean, deviation)",
    "crps_quantile": "scoring.crps_quantiles(outcome, quantiles, levels)",
    "interval_score": "scoring.interval(outcome, lower, upper, alpha)",
    "weighted_interval_score": _WIS,
    "quantile_score": _PINBALL,
    "rps_score": _RPS,
    "energy_score": "scoring.energy(outcome, ensemble)",
    "es_ensemble": "scoring.energy(outcome, ensemble)",
    "variogram_score": "scoring.variogram(outcome, ensemble)",
    "vs_ensemble": "scoring.variogram(outcome, ensemble)",
    # scoringutils
    "logs_binary": _LOG,
    "logs_categorical": "scoring.log_score_options(outcome, probability), options counted from 0",
    "rps_ordinal": _RPS,
    "crps_sample": "scoring.crps_ensemble(outcome, ensemble)",
    "energy_score_multivariate": "scoring.energy(outcome, ensemble)",
    "variogram_score_multivariate": "scoring.variogram(outcome, ensemble)",
    "interval_coverage_quantile": "scoring.coverage(outcome, quantiles, levels)",
}


def instead(name: str) -> str | None:
    """What to write in place of another library's name; nothing where it is none.

    Examples
    --------
    >>> instead("crps_gaussian")
    'scoring.crps_normal(outcome, mean, deviation)'
    """
    return INSTEAD.get(name)
