"""Forecast histories: who stands when, the crowd over time, time-averaged scores, leaderboards.

- ``days``: events of whole days: what stands at a day's end
- ``daily_scores``: over whole days a person's mean, against the others, beside a reference
- ``default_days``: Parley on every day; ``daily_intervals``, ``block_sums``, ``running`` make it quick and exact
- ``standing_intervals``: forecasts at any moments, and the life of a question
- ``over_time``, ``peer_scores``, ``leaderboards``: scores over the time forecasts stood, against others, in ranks
- ``histories``, ``recency_changes``, ``summaries``: a pool at every change, and what is shown at a moment
- ``recency``: weights by recency and reputation, weighted percentiles
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scoring.timeline.block_sums import *  # noqa: F403
    from scoring.timeline.daily_intervals import *  # noqa: F403
    from scoring.timeline.daily_scores import *  # noqa: F403
    from scoring.timeline.days import *  # noqa: F403
    from scoring.timeline.default_days import *  # noqa: F403
    from scoring.timeline.histories import *  # noqa: F403
    from scoring.timeline.leaderboards import *  # noqa: F403
    from scoring.timeline.over_time import *  # noqa: F403
    from scoring.timeline.peer_scores import *  # noqa: F403
    from scoring.timeline.recency import *  # noqa: F403
    from scoring.timeline.recency_changes import *  # noqa: F403
    from scoring.timeline.running import *  # noqa: F403
    from scoring.timeline.standing_intervals import *  # noqa: F403
    from scoring.timeline.summaries import *  # noqa: F403
else:
    from scoring.lazy_names import lazily

    __getattr__, __dir__, __all__ = lazily(
        __name__,
        {
            "block_sums": ["DailySums", "daily_sums"],
            "daily_intervals": ["DayIntervals", "day_intervals"],
            "daily_scores": ["DailyMean", "Beside", "daily_mean", "daily_peer", "daily_beside"],
            "days": [
                "StandingForecasts",
                "standing",
                "events",
                "ends_of_days",
                "ends_runs",
                "fresh_and_standing",
            ],
            "default_days": ["DefaultHistory", "default_history", "default_history_options"],
            "histories": ["History", "history", "geometric_mean_history"],
            "leaderboards": [
                "Standings",
                "standings",
                "MeanScores",
                "mean_scores",
                "shrunk",
                "ranks",
                "takes",
                "exponential_takes",
                "prize_shares",
                "medals",
                "medal_points",
            ],
            "over_time": [
                "baseline_over_time",
                "spot_baseline",
                "continuous_baseline_over_time",
                "continuous_spot_baseline",
                "relative",
            ],
            "peer_scores": ["Scores", "Totals", "peer", "spot_peer", "spot", "totals", "checked"],
            "recency": [
                "recency_weights",
                "percentiles",
                "reputation",
                "reputation_weights",
                "semi_deviations",
            ],
            "recency_changes": ["recency_history"],
            "running": ["RunningSum", "running_sum"],
            "standing_intervals": [
                "Intervals",
                "Life",
                "moment",
                "intervals",
                "cut_overlaps",
                "standing_at",
                "stands_at",
                "within",
                "by_start",
                "changes",
            ],
            "summaries": [
                "Summary",
                "binary_summary",
                "options_summary",
                "cdf_summary",
                "probability_histogram",
            ],
        },
    )
