"""Trials of pools of numbers and dates, each person's forecast a row of quantiles.

Cooke's classical model is tried where calibration questions (seeds) are marked: its weights are of these alone,
optimised on them, and of the questions that are compared on no outcome is seen.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from ..checks import FloatArray, IntArray
from ..pools import cooke
from ..pools.catalog import METHODS
from .crowds import Crowd
from .trials import Refused, Trial, Trials, Value, attempt, each, name_of

#: The pools of quantiles, by their keys in the catalog; the first is the default.
POOLS = ("nearest_pool", "linear_pool", "vincent_mean", "vincent_median")

#: The default as it runs on a survey, and the leading platform's weights on the median of quantiles.
FADING, BY_RANK = "nearest_pool_fading", "vincent_median_by_rank"


def try_numbers(crowds: Sequence[Crowd], seeds: Sequence[Crowd] = ()) -> Trials:
    """Every pool of quantiles; with seeds the classical model; with times the default's fade, the median by rank."""
    tried = Trials([Trial(key, name_of(key), each(crowds, partial(_pooled, key))) for key in POOLS])
    if seeds:
        tried.trials.append(
            Trial("cooke", name_of("cooke"), lambda: [_weighed(seeds, crowd) for crowd in crowds])
        )
    else:
        tried.left_out.append(
            f"{name_of('cooke')}: not tried, as it asks for calibration questions: mark those whose values serve"
            " to weigh people in a column calibration of outcomes.csv, yes or no"
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


def _weighed(seeds: Sequence[Crowd], crowd: Crowd) -> Value:
    """Cooke's decision maker on one question, with performance weights of the seeds, see `pools.cooke`."""
    levels = crowd.question.levels
    if any(seed.question.levels != levels for seed in seeds):
        return Refused("its quantile levels are not those of the calibration questions")
    # Nobody is told the value of the question itself: it is the last item, and no seed.
    outcome = np.array([*(seed.question.outcome for seed in seeds), np.nan])
    people = np.unique(np.concatenate([each.person for each in (*seeds, crowd)]))
    items = [_rows(each, people) for each in (*seeds, crowd)]
    return attempt(_decided, outcome, np.stack(items, axis=1), levels)


def _rows(crowd: Crowd, people: IntArray) -> FloatArray:
    """What each of `people` says on a question, (people, L); NaN for who is not there."""
    rows = np.full((people.size, len(crowd.question.levels)), np.nan)
    rows[np.searchsorted(people, crowd.person)] = crowd.forecast
    return rows


def _decided(outcome: FloatArray, quantiles: FloatArray, levels: Sequence[float]) -> FloatArray:
    return np.asarray(cooke.decision_maker(outcome, quantiles, levels).quantiles[-1])


def _pooled(key: str, crowd: Crowd, weight: FloatArray | None = None) -> Any:
    method: Callable[..., Any] = METHODS[key].function
    return method(crowd.forecast, crowd.question.levels, weight)


def _fading(crowd: Crowd) -> Any:
    return _pooled("nearest_pool", crowd, crowd.fade)


def _by_rank(crowd: Crowd) -> Any:
    return _pooled("vincent_median", crowd, crowd.rank)
