"""Trials of methods that need one forecast from each person, and of those that also look at the times."""

from collections.abc import Sequence
from functools import partial

from ..checks import FloatArray
from ..pools.catalog import METHODS
from ..pools.catalog.method import Kind
from .crowds import Crowd
from .trials import Trial, Trials, each, name_of, names_of

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


def pooled(key: str, crowd: Crowd, weight: FloatArray | None = None) -> FloatArray:
    """A method's number for yes, or its numbers for the options."""
    kind: Kind = "probability" if crowd.binary else "options"
    return METHODS[key].aggregate(kind, crowd.forecast, weight).value


def _fading(crowd: Crowd) -> FloatArray:
    return pooled("parley", crowd, crowd.fade)


def _by_rank(crowd: Crowd) -> FloatArray:
    return pooled("median", crowd, crowd.rank)


def never_fed() -> list[str]:
    """Sentences on methods that ask for what no folder holds."""
    expected = [key for key, method in METHODS.items() if "what the others will say" in method.needs]
    return [
        f"{names_of(expected)}: they need what people expect of the others",
        f"{name_of('logit_normal')}: it needs variances and a correlation that nothing here fits",
    ]
