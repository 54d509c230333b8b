"""Recency weights: forecasts that count for less as they grow old."""

from functools import partial

from scoring.pools import weights
from scoring.pools.catalog.method import Method

TIME = "Weights by time"

TIMES = frozenset({"when each forecast was made"})

_by_time = partial(Method, group=TIME, needs=TIMES, kind=None)

TIME_METHODS = {
    "fade": _by_time(
        name="Fading by later forecasts, with a floor",
        words="Parley's weights: a forecast fades as others arrive, never below one third.",
        formula=(
            "1/3 + 2/3·g, where each later day with m forecasts and n people multiplies g by (1 − 1/n)^(2m)."
        ),
        source="Own rule.",
        when=(
            "Where news comes in and somebody may try to be last on purpose. A tenth of the people "
            "get at most a quarter of the weight that way."
        ),
        function=weights.fade,
        parameters={"floor": weights.FLOOR},
    ),
    "by_rank": _by_time(
        name="Recency by rank",
        words=(
            "The newest forecast weighs most and each older one less. Metaculus takes the median with these."
        ),
        formula="exp(√i − √n), i = 1 for the oldest of n; alike for one or two.",
        source="Metaculus (2024), FAQ and source of the recency-weighted community prediction.",
        when="To compare with Metaculus. The newest tenth of 1,000 people gets 81 % of the weight.",
        function=weights.by_rank,
    ),
    "by_age": _by_time(
        name="Decay by age",
        words="A forecast weighs half as much after a fixed time.",
        formula="2^(−t/h) for age t and half-life h.",
        source="Brown (1956), Exponential smoothing for predicting demand, Arthur D. Little.",
        when="Where the news comes at a steady pace. Not where nothing happens for months.",
        function=weights.by_age,
    ),
    "by_later_forecasts": _by_time(
        name="Decay by later forecasts",
        words="A forecast weighs half as much after so many later ones.",
        formula="2^(−k/h) for k later forecasts and half-life h.",
        source=(
            "Brown (1956), Exponential smoothing for predicting demand, Arthur D. Little, with another clock."
        ),
        when="Where people return when something happens. Not where one person may return often.",
        function=weights.by_later_forecasts,
    ),
    "newest": _by_time(
        name="The newest share",
        words="Only the newest share of the forecasts counts.",
        formula="w = 1 for the ⌈s·n⌉ newest of n, 0 for the rest.",
        source=(
            "Atanasov, Rescober, Stone, Swift, Servan-Schreiber, Tetlock, Ungar and Mellers (2017), "
            "Management Science 63, 691-706."
        ),
        when="In large crowds on fast questions.",
        function=weights.newest,
    ),
}
