"""The register, third part: weights by time, pools over options, and pools of numbers and dates."""

from __future__ import annotations

from scoring.pools import default, mixtures, odds, options, weights
from scoring.pools.method import Method

TIME = "Weights by time"
OPTIONS = "Several options"
NUMBERS = "Numbers and dates"

TIMES = frozenset({"when each forecast was made"})
SEVERAL = frozenset({"probabilities of several options"})
QUANTILES = frozenset({"quantiles"})

TIME_METHODS = {
    "fade": Method(
        name="Fading by later forecasts, with a floor",
        words="Parley's weights: a forecast fades as others arrive, never below one third.",
        formula=(
            "1/3 + 2/3·g, where each later day with m forecasts and n people multiplies g by (1 − 1/n)^(2m)."
        ),
        source="Own rule.",
        when="Where news comes in and somebody may try to be last on purpose. It holds a tenth to a quarter.",
        group=TIME,
        function=weights.fade,
        parameters={"floor": weights.FLOOR},
        needs=TIMES,
    ),
    "by_rank": Method(
        name="Recency by rank",
        words=(
            "The newest forecast weighs most and each older one less. Metaculus takes the median with these."
        ),
        formula="exp(√i − √n), i = 1 for the oldest of n; alike for one or two.",
        source="Metaculus (2024), FAQ and source of the recency-weighted community prediction.",
        when="To compare with Metaculus. The newest tenth of 1,000 people gets 81 % of the weight.",
        group=TIME,
        function=weights.by_rank,
        needs=TIMES,
    ),
    "by_age": Method(
        name="Decay by age",
        words="A forecast weighs half as much after a fixed time.",
        formula="2^(−t/h) for age t and half-life h.",
        source="Brown (1956), Exponential smoothing for predicting demand, Arthur D. Little.",
        when="Where the news comes at a steady pace. Not where nothing happens for months.",
        group=TIME,
        function=weights.by_age,
        needs=TIMES,
    ),
    "by_later_forecasts": Method(
        name="Decay by later forecasts",
        words="A forecast weighs half as much after so many later ones.",
        formula="2^(−k/h) for k later forecasts and half-life h.",
        source=(
            "Brown (1956), Exponential smoothing for predicting demand, Arthur D. Little, with another clock."
        ),
        when="Where people return when something happens. Not where one person may return often.",
        group=TIME,
        function=weights.by_later_forecasts,
        needs=TIMES,
    ),
    "newest": Method(
        name="The newest share",
        words="Only the newest share of the forecasts counts.",
        formula="w = 1 for the ⌈s·n⌉ newest of n, 0 for the rest.",
        source=(
            "Atanasov, Rescober, Stone, Swift, Servan-Schreiber, Tetlock, Ungar and Mellers (2017), "
            "Management Science 63, 691-706."
        ),
        when="In large crowds on fast questions.",
        group=TIME,
        function=weights.newest,
        needs=TIMES,
    ),
}

OPTION_METHODS = {
    "parley_options": Method(
        name="Parley over options",
        words="Parley for each option by itself, then brought to the sum 1.",
        formula="q = σ(x)/Σσ(x), then q^a/Σq^a, with x and a as in Parley.",
        source="Own rule.",
        when="The default for choices and ordered answers.",
        group=OPTIONS,
        function=default.parley_options,
        needs=SEVERAL,
    ),
    "median_options": Method(
        name="Median over options",
        words="The median of each option, divided by their sum.",
        formula="m_k / Σ m, where m_k is the weighted median of option k.",
        source="Galton (1907), Nature 75, 450-451.",
        when="Where somebody may try to move the crowd. Not where every option's median is 0.",
        group=OPTIONS,
        function=options.median_options,
        needs=SEVERAL,
    ),
    "mean_options": Method(
        name="Mean over options",
        words="The mean of each option. The means sum to 1 by themselves.",
        formula="Σ w·p_k / Σ w.",
        source="Stone (1961), Annals of Mathematical Statistics 32, 1339-1342.",
        when="Where a number must be checked by hand.",
        group=OPTIONS,
        function=options.mean_options,
        needs=SEVERAL,
    ),
    "log_pool_options": Method(
        name="Logarithmic opinion pool over options",
        words="Everyone's probabilities multiplied, option by option, and the products brought to the sum 1.",
        formula="p_k ∝ Π p_k^w with Σ w brought to a stated total, p brought into 1 to 99 %.",
        source="Genest and Zidek (1986), Statistical Science 1, 114-135.",
        when="Where the sure should count for more, over all options at once.",
        group=OPTIONS,
        function=options.log_pool_options,
        parameters={"total": 1.0, "clip": odds.CLIP},
        needs=SEVERAL,
    ),
    "lifted": Method(
        name="Any method over options",
        words="A method for yes or no, used for each option by itself; the results are divided by their sum.",
        formula="f(p_k) / Σ f(p), and Σ f(p) is told beside it.",
        source="Genest and Zidek (1986), Statistical Science 1, 114-135.",
        when="To use a method that knows only yes and no. A sum far from 1 is a warning.",
        group=OPTIONS,
        function=options.lifted,
        needs=SEVERAL | {"a method for yes or no"},
    ),
}

NUMBER_METHODS = {
    "nearest_pool": Method(
        name="Linear pool of the nearest",
        words="The distributions of the 60 % of the people whose medians are nearest the crowd's, mixed.",
        formula="F(x) = Σ w·F_i(x) / Σ w over those people, inverted at each level.",
        source="Own rule; the pool after Stone (1961), Annals of Mathematical Statistics 32, 1339-1342.",
        when="The default for numbers and dates.",
        group=NUMBERS,
        function=mixtures.nearest_pool,
        parameters={"nearest": mixtures.NEAREST},
        needs=QUANTILES,
    ),
    "linear_pool": Method(
        name="Linear pool of distributions",
        words="Everyone's distributions mixed: disagreement widens the crowd's.",
        formula="F(x) = Σ w·F_i(x) / Σ w, inverted at each level.",
        source="Stone (1961), Annals of Mathematical Statistics 32, 1339-1342.",
        when="Where nobody is far off. One who is widens it much.",
        group=NUMBERS,
        function=mixtures.linear_pool,
        needs=QUANTILES,
    ),
    "vincent_mean": Method(
        name="Mean of quantiles",
        words="The mean of everyone's quantiles, level by level.",
        formula="Q(u) = Σ w·Q_i(u) / Σ w.",
        source="Lichtendahl, Grushka-Cockayne and Winkler (2013), Management Science 59, 1594-1611.",
        when="Where people are overcautious. One far-off person carries it away.",
        group=NUMBERS,
        function=mixtures.vincent_mean,
        needs=QUANTILES,
    ),
    "vincent_median": Method(
        name="Median of quantiles",
        words="The median of everyone's quantiles, level by level.",
        formula="Q(u) = the weighted median of Q_i(u).",
        source="Lichtendahl, Grushka-Cockayne and Winkler (2013), Management Science 59, 1594-1611.",
        when="Where somebody may be far off. It tends to be too narrow.",
        group=NUMBERS,
        function=mixtures.vincent_median,
        needs=QUANTILES,
    ),
}
