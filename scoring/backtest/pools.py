"""Trials of methods that need one forecast from each person, and of those that also look at the times."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from ..checks import FloatArray
from ..pools import averages, default, options
from ..pools.catalog import METHODS
from .crowds import Crowd
from .trials import Trial, Trials, each, name_of, names_of

#: Methods with a form of their own for several options; any other is used for each option by itself.
OPTIONS: dict[str, Callable[..., Any]] = {
    "parley": lambda *arguments: default.parley_options(*arguments).value,
    "median": options.median_options,
    "mean": options.mean_options,
    "log_pool": options.log_pool_options,
}

#: The default as it runs on a survey, and the leading platform's rule. Without times they are pools above.
FADING, BY_RANK = "parley_fading", "median_by_rank"


def try_pools(crowds: Sequence[Crowd]) -> Trials:
    """Every method of the catalog that runs alone."""
    alone = [key for key, method in METHODS.items() if method.runs_alone]
    return Trials([Trial(key, name_of(key), each(crowds, partial(pooled, key))) for key in alone])


def try_times(crowds: Sequence[Crowd]) -> Trials:
    """The default with its fade and the median by rank, where times tell forecasts apart."""
    if not any(crowd.timed for crowd in crowds):
        return Trials(
            left_out=[
                "weights by time: on no question are the standing forecasts of different times, so that the "
                "median weighted by recency is the plain one, and the default does not fade"
            ]
        )
    return Trials(
        [
            Trial(FADING, f"{name_of('parley')}, fading", each(crowds, _fading)),
            Trial(BY_RANK, "Median by recency rank", each(crowds, _by_rank)),
        ],
        [
            "decay by age, decay by later forecasts, the newest share: they have no half-life or share of "
            "their own to be tried with"
        ],
    )


def pooled(key: str, crowd: Crowd, weight: FloatArray | None = None) -> Any:
    """A method's number for yes, or its numbers for the options."""
    method = METHODS[key].function
    if crowd.binary:
        return method(crowd.forecast, weight)
    if own := OPTIONS.get(key):
        return own(crowd.forecast, weight)
    return options.lifted(method, crowd.forecast, weight).value


def _fading(crowd: Crowd) -> Any:
    return pooled("parley", crowd, crowd.fade)


def _by_rank(crowd: Crowd) -> Any:
    if crowd.binary:
        return averages.median(crowd.forecast, crowd.rank)
    return options.median_options(crowd.forecast, crowd.rank)


def never_fed() -> list[str]:
    """Sentences on methods that ask for what no folder holds."""
    expected = [key for key, method in METHODS.items() if "what the others will say" in method.needs]
    return [
        f"{names_of(expected)}: they need what people expect of the others",
        f"{name_of('logit_normal')}: it needs variances and a correlation that nothing here fits",
    ]
