"""Trials of pools of numbers and dates, each person's forecast a row of quantiles."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from ..checks import FloatArray
from ..pools.catalog import METHODS
from .crowds import Crowd
from .trials import Trial, Trials, each, name_of

#: The pools of quantiles, by their keys in the catalog; the first is the default.
POOLS = ("nearest_pool", "linear_pool", "vincent_mean", "vincent_median")

#: The default as it runs on a survey, and the leading platform's weights on the median of quantiles.
FADING, BY_RANK = "nearest_pool_fading", "vincent_median_by_rank"


def try_numbers(crowds: Sequence[Crowd]) -> Trials:
    """Every pool of quantiles, and with times the default with its fade and the median by rank."""
    tried = Trials([Trial(key, name_of(key), each(crowds, partial(_pooled, key))) for key in POOLS])
    tried.left_out.append(
        f"{name_of('cooke')}: not tried, as it asks for one set of questions that everybody has answered"
    )
    if not any(crowd.timed for crowd in crowds):
        tried.left_out.append(
            "weights by time: on no question are the standing forecasts of different times, so that the median "
            "weighted by recency is the plain one, and the default does not fade"
        )
        return tried
    tried.trials += [
        Trial(FADING, f"{name_of('nearest_pool')}, fading", each(crowds, _fading)),
        Trial(BY_RANK, "Median of quantiles by recency rank", each(crowds, _by_rank)),
    ]
    return tried


def _pooled(key: str, crowd: Crowd, weight: FloatArray | None = None) -> Any:
    method: Callable[..., Any] = METHODS[key].function
    return method(crowd.forecast, crowd.question.levels, weight)


def _fading(crowd: Crowd) -> Any:
    return _pooled("nearest_pool", crowd, crowd.fade)


def _by_rank(crowd: Crowd) -> Any:
    return _pooled("vincent_median", crowd, crowd.rank)
