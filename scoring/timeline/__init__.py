"""Forecast histories: who stands when, the crowd over time, time-averaged scores, leaderboards.

- ``days``: events of whole days: what stands at a day's end
- ``daily_scores``: over whole days a person's mean, against the others, beside a reference
- ``default_history``: Parley on every day; ``day_intervals``, ``block_sums``, ``running`` make it quick and exact
- ``intervals``: forecasts at any moments, and the life of a question
- ``over_time``, ``peer``, ``leaderboards``: scores over the time forecasts stood, against others, in ranks
- ``histories``, ``recency_history``, ``summaries``: a pool at every change, and what is shown at a moment
- ``recency``: weights by recency and reputation, weighted percentiles
"""
