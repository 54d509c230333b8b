"""Median and mean, which stand beside the default, and other averages of probabilities, odds and probits."""

from functools import partial

from scoring.pools import averages, mixtures, odds, options, windows
from scoring.pools.catalog.default import SHOWN_GROUP
from scoring.pools.catalog.method import Method

AVERAGES = "Averages of probabilities"
OTHER_SCALES = "Averages on other scales"


_shown = partial(Method, group=SHOWN_GROUP)

SHOWN_METHODS = {
    "median": _shown(
        name="Median",
        words=(
            "The forecast in the middle: half of the weight lies on either side. Hardest to move for a "
            "small group. For numbers and dates it is the median of everyone's quantiles, level by level."
        ),
        formula=(
            "Sorted by value, the first forecast at which the cumulated weight reaches one half of the "
            "total; where it is exactly one half, the midpoint of that forecast and the next. The medians "
            "of several options are divided by their sum. The weights are Parley's."
        ),
        source="Galton (1907), Nature 75, 450-451.",
        when=("Where somebody may try to move the crowd. Not where the few who differ are those who know."),
        function=averages.median,
        forms={"options": options.median_options, "quantiles": mixtures.vincent_median},
    ),
    "mean": _shown(
        name="Mean",
        words=(
            "All forecasts added up, each person's once, and divided by their number. For numbers and dates "
            "it is the mean of everyone's quantiles, level by level."
        ),
        formula="Σ p / n, where p are the forecasts of n people.",
        source="Stone (1961), Annals of Mathematical Statistics 32, 1339-1342.",
        when=(
            "Where a number must be checked by hand, and where the crowd may be wrong together. Else it is "
            "too near one half."
        ),
        function=averages.mean,
        forms={"options": options.mean_options, "quantiles": mixtures.vincent_mean},
        # Who checks it by hand has no weights.
        weighted=False,
    ),
}

_average = partial(Method, group=AVERAGES)

AVERAGE_METHODS = {
    "trimmed_mean": _average(
        name="Trimmed mean",
        words=(
            "The mean after the lowest and the highest fifth are cut off. People on the edge count in"
            " part; by choice whole people are cut instead, their number rounded, or rounded down."
        ),
        formula=(
            "Sorted by value, Σ w'·p / Σ w', where w' is the part of a person's weight that lies between the "
            "share c and the share 1 − c of the total. Counting whole people, round(c·n) or ⌊c·n⌋ of n go at "
            "each end."
        ),
        source="Jose and Winkler (2008), International Journal of Forecasting 24, 163-169.",
        when="Where a few forecasts are slips or jokes. It needs about ten people to differ from the mean.",
        function=averages.trimmed_mean,
        parameters={"cut": 0.2},
    ),
    "densest_mean": _average(
        name="Highest-density trimmed mean",
        words=(
            "The mean of the nine tenths of the people who stand closest together: outliers go on whichever "
            "side they are."
        ),
        formula=(
            "Sorted by value, the mean of the window of n − ⌊c·n⌋ people with the smallest range; of windows "
            "equally small the lowest."
        ),
        source="Powell, Satopää, MacKay and Tetlock (2022), Decision, doi 10.1037/dec0000191.",
        when=(
            "Where outliers lie mostly on one side, as with rare events. Yes and no are not treated alike "
            "where two windows are equally small."
        ),
        function=windows.densest_mean,
        parameters={"cut": 0.1},
    ),
    "soften_mean": _average(
        name="Softened mean",
        words=(
            "The mean without the tenth of the people furthest out on the side to which the mean leans: it "
            "draws a crowd of the overconfident to the middle."
        ),
        formula=(
            "Where the mean is above one half, the mean without the ⌈c·n⌉ highest of n; where it is below, "
            "without the ⌈c·n⌉ lowest."
        ),
        source="Forecasting Research Institute (2022), aggutils (R package).",
        when="Where the crowd is known to be overconfident. Elsewhere it is worse than the mean.",
        function=windows.soften_mean,
        parameters={"cut": 0.1},
    ),
}

_on_scale = partial(Method, group=OTHER_SCALES)

SCALE_METHODS = {
    "geometric_mean_of_odds": _on_scale(
        name="Geometric mean of odds",
        words=(
            "The mean on the scale of odds: 1 to 9 and 9 to 1 cancel, and 99 % counts for more than "
            "90 %. People who are sure pull harder than in the mean."
        ),
        formula="σ(Σ w·L / Σ w) with L = ln(p/(1 − p)), p brought into 1 to 99 %, and σ the inverse of L.",
        source="Genest and Zidek (1986), Statistical Science 1, 114-135.",
        when="A good first choice where nobody wants to mislead. Not without a bound on 0 and 100 %.",
        function=odds.geometric_mean_of_odds,
        parameters={"clip": odds.CLIP},
    ),
    "geometric_mean": _on_scale(
        name="Geometric mean of probabilities",
        words="The probabilities multiplied and the root taken. It always leans to no.",
        formula=(
            "Π p^(w/Σw), p brought into 1 to 99 %. What it gives for yes and for no sums to less than 1 "
            "unless all agree."
        ),
        source="Genest and Zidek (1986), Statistical Science 1, 114-135.",
        when="To compare with studies that use it. Else take the geometric mean of odds.",
        function=odds.geometric_mean,
        parameters={"clip": odds.CLIP},
    ),
    "probit_mean": _on_scale(
        name="Probit mean",
        words="The mean on the scale of normal quantiles: between the mean and the geometric mean of odds.",
        formula="Φ(Σ w·Φ⁻¹(p) / Σ w), p brought into 1 to 99 %, Φ the normal distribution function.",
        source=(
            "Gould, Willcox, Fraser, Singleton Thorn and Wilkinson (2021), aggreCAT (R package), "
            "ProbitArMean."
        ),
        when="Where the sure should count for more, but less than with odds.",
        function=odds.probit_mean,
        parameters={"clip": odds.CLIP},
    ),
    "log_pool": _on_scale(
        name="Logarithmic opinion pool",
        words=(
            "Everyone's probabilities multiplied, for yes and for no, and the two products brought to the "
            "sum 1. With weights that sum to 1 it is the geometric mean of odds; with more it is surer."
        ),
        formula="Π p^w / (Π p^w + Π (1 − p)^w) with Σ w brought to a stated total, p brought into 1 to 99 %.",
        source="Genest and Zidek (1986), Statistical Science 1, 114-135.",
        when=(
            "Where several options are pooled at once, or people are independent witnesses. Not with a total "
            "above 1 where they read the same news."
        ),
        function=odds.log_pool,
        forms={"options": options.log_pool_options},
        parameters={"total": 1.0, "clip": odds.CLIP},
    ),
}
