"""The default crowd forecast: its two forms, and the edition before, of which publications still tell."""

from functools import partial

from numpy.typing import ArrayLike

from scoring.pools import default, default_steps, earlier_default, mixtures
from scoring.pools.catalog.method import Method
from scoring.pools.default_steps import INVITED, OPEN
from scoring.pools.weights import FLOOR

SHOWN_GROUP = "Shown on every crowd page"
OTHER_FORMS = "The default in other forms"


def parley_value(probability: ArrayLike, weight: ArrayLike | None = None) -> float:
    """The number of Parley alone, without its interval and flags.

    Parameters
    ----------
    probability : shape (n,)
        Each person's probability, 0 to 1; one person or more. NaN: abstains.
    weight : shape (n,), optional
        Weights of 0 or more; without them everyone counts alike.

    Returns
    -------
    float
        The `value` of `scoring.pools.default.parley`.

    References
    ----------
    This package's own rule: see ``scoring.pools.default``.

    Examples
    --------
    >>> round(parley_value([0.6, 0.7, 0.7, 0.8, 0.9]), 3)
    0.767
    """
    return default.parley(probability, weight).value


def open_value(probability: ArrayLike, weight: ArrayLike | None = None) -> float:
    """The number of Parley for surveys that anybody may join, alone.

    Parameters
    ----------
    probability, weight : shape (n,)
        As in `parley_value`.

    Returns
    -------
    float
        The `value` of `scoring.pools.default.parley` in its form `scoring.pools.default_steps.OPEN`.

    References
    ----------
    This package's own rule: see ``scoring.pools.default``.

    Examples
    --------
    >>> round(open_value([0.6, 0.7, 0.7, 0.8, 0.9]), 3)
    0.701
    """
    return default.parley(probability, weight, OPEN).value


def _constants(form: default_steps.Form) -> dict[str, float]:
    return {
        "stretch": form.stretch,
        "pull": form.pull,
        "middle": default_steps.MIDDLE,
        "outermost": default_steps.OUTERMOST,
        "point": default_steps.POINT,
        "lowest": default_steps.LOWEST,
        "floor": FLOOR,
        "nearest": mixtures.NEAREST,
    }


OWN_SOURCE = (
    "Own rule, its shape and constants chosen on seven public sets of forecasts. Trimming after "
    "Jose and Winkler (2008), International Journal of Forecasting 24, 163-169; moving away from 50 % after "
    "Satopää, Baron, Foster, Mellers, Tetlock and Ungar (2014), International Journal of "
    "Forecasting 30, 344-356."
)

DEFAULT_METHODS = {
    "parley": Method(
        group=SHOWN_GROUP,
        name="Parley",
        words=(
            "Each person's latest forecast counts once. Today's forecasts count fully; older ones fade as "
            "new forecasts arrive, never below one third. We average the middle 60 % of people in log-odds; "
            "the next 15 % at each end may pull that by at most 0.2 log-odds (5 points at 50 %); the last "
            "5 % at each end have no say. One imaginary person stands at 50 %. Then we move the result away "
            "from 50 % by up to 1.3, less the nearer it is to certainty, but never out of the middle half of "
            "people's forecasts. For numbers and dates we mix the distributions of the 60 % of people whose "
            "medians are nearest the crowd's median."
        ),
        formula=(
            "p* = 1.02·σ(z) − 0.01, within 0.01 to 99.99 %, with z = clip(f(x), L(q1), L(q3)), "
            "f(x) = n/(n + 1)·x·(1 + 0.3·(1 − x²/c²)) and x = T + clip(U − T, ±0.2). L(p) = ln((p + 0.01)/"
            "(1 − p + 0.01)), σ turns log-odds ln(p/(1 − p)) into a probability, c = L(1) = ln 101, and n is "
            "the number of people. T is the weighted mean of everyone's L after 20 % of the weight is cut at "
            "each end, U the same with 5 %; q1 and q3 are the weighted quartiles of the forecasts. Several "
            "options: each by itself, divided by their sum. A forecast weighs 1/3 + 2/3·g: g is 1 on its own "
            "day, and each later day on which m people forecast and n people have a standing forecast "
            "multiplies it by (1 − 1/n)^(2m)."
        ),
        source=OWN_SOURCE,
        when=(
            "The default of surveys to which people are invited, from five people on. Not where the crowd is "
            "likely to be wrong together: moving away from 50 % then makes it worse, and the mean is safer."
        ),
        function=parley_value,
        parameters=_constants(INVITED),
        forms={
            "probability": default.parley,
            "options": default.parley_options,
            "quantiles": mixtures.nearest_pool,
        },
    ),
}

_other = partial(Method, group=OTHER_FORMS, source=OWN_SOURCE)

OTHER_FORM_METHODS = {
    "parley_open": _other(
        name="Parley where anybody may join",
        words=(
            "As Parley, but the forecasts outside the middle 60 % pull nothing, and the result is not moved away "
            "from 50 %: where people can be made up, few of them move it little. It is less sure for that, and "
            "less accurate where nobody is made up."
        ),
        formula="As Parley's, with x = T and f(x) = n/(n + 1)·x.",
        when=(
            "The default of surveys that anybody may join, by an open page or a link. A survey uses one of the "
            "two forms from its opening on."
        ),
        function=open_value,
        parameters=_constants(OPEN),
        forms={
            "probability": partial(default.parley, form=OPEN),
            "options": partial(default.parley_options, form=OPEN),
            "quantiles": mixtures.nearest_pool,
        },
    ),
    "first_edition": _other(
        name="Parley, first edition",
        words=(
            "The default until its second edition; figures that were published by it are kept. Outer forecasts "
            "pull by at most 0.2 log-odds and everything is stretched by 1.3, near certainty too. Where the "
            "median was below 5 or above 95 % pages showed that instead, so that nearly equal crowds were "
            "shown different numbers."
        ),
        formula=(
            "σ(1.3·n/(n + 1)·x) with x = T + clip(G − T, ±0.2); G is the weighted mean of everyone's log-odds, "
            "with p brought into 1 to 99 %, T the same after 20 % of the weight is cut at each end. Several "
            "options: σ(x)^a/Σσ(x)^a with a = 1.3·n/(n + 1)."
        ),
        when="To compare.",
        function=earlier_default.first_edition,
        parameters={
            "stretch": earlier_default.STRETCH,
            "cut": earlier_default.CUT,
            "pull": earlier_default.PULL,
        },
        forms={"options": earlier_default.first_edition_options},
    ),
}
