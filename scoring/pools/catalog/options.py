"""Opinion pools over several options of which exactly one comes true."""

from functools import partial

from scoring.pools import default, odds, options
from scoring.pools.catalog.method import Method

OPTIONS = "Several options"

SEVERAL = frozenset({"probabilities of several options"})

_over_options = partial(Method, group=OPTIONS, needs=SEVERAL, kind="options")

OPTION_METHODS = {
    "parley_options": _over_options(
        name="Parley over options",
        words="Parley for each option by itself, held in its own middle half, then divided by the sum.",
        formula="y/Σy, with y the p* of Parley for each option.",
        source="Own rule.",
        when="The default for choices and ordered answers.",
        function=default.parley_options,
    ),
    "median_options": _over_options(
        name="Median over options",
        words="The median of each option, divided by their sum.",
        formula="m_k / Σ m, where m_k is the weighted median of option k.",
        source="Galton (1907), Nature 75, 450-451.",
        when="Where somebody may try to move the crowd. Not where every option's median is 0.",
        function=options.median_options,
    ),
    "mean_options": _over_options(
        name="Mean over options",
        words="The mean of each option. The means sum to 1 by themselves.",
        formula="Σ w·p_k / Σ w.",
        source="Stone (1961), Annals of Mathematical Statistics 32, 1339-1342.",
        when="Where a number must be checked by hand.",
        function=options.mean_options,
    ),
    "log_pool_options": _over_options(
        name="Logarithmic opinion pool over options",
        words="Everyone's probabilities multiplied, option by option, and the products brought to the sum 1.",
        formula="p_k ∝ Π p_k^w with Σ w brought to a stated total, p brought into 1 to 99 %.",
        source="Genest and Zidek (1986), Statistical Science 1, 114-135.",
        when="Where the sure should count for more, over all options at once.",
        function=options.log_pool_options,
        parameters={"total": 1.0, "clip": odds.CLIP},
    ),
    "lifted": _over_options(
        name="Any method over options",
        words="A method for yes or no, used for each option by itself; the results are divided by their sum.",
        formula="f(p_k) / Σ f(p), and Σ f(p) is told beside it.",
        source="Genest and Zidek (1986), Statistical Science 1, 114-135.",
        when="To use a method that knows only yes and no. A sum far from 1 is a warning.",
        function=options.lifted,
        needs=SEVERAL | {"a method for yes or no"},
        kind=None,
    ),
}
