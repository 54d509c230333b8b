"""All methods on a folder's questions: scores, and paired differences with bootstrap intervals."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ..checks import FloatArray
from ..evaluation.resampling import bootstrap
from . import learning, numbers, pools, three_points
from .crowds import Crowd, crowds_of
from .measures import CLIP, Layout, Measured, measure_numbers, measure_probabilities
from .reading import Data
from .trials import Trial, Trials

#: How much of the draws the intervals hold.
LEVEL = 0.95
# A percentile interval wants eight units or so.
#: Fewer questions than this give intervals that are too narrow.
FEW = 8

PROBABILITIES = Layout(
    measure=measure_probabilities,
    headings=("Brier", "log"),
    compared=1,
    unit="log",
    clips=True,
    mean="mean",
    medians=(pools.BY_RANK, "median"),
    explained=(
        "Brier: two-sided, 0 to 2. Log: −ln of the probability given to what happened, brought into "
        f"{CLIP:g} to {1 - CLIP:g} first; “clipped” says on how many questions that changed it. Lower is better.",
    ),
)
NUMBERS = Layout(
    measure=measure_numbers,
    headings=("relative WIS", "in 50 %", "in 90 %"),
    compared=0,
    unit="relative WIS",
    clips=False,
    mean="vincent_mean",
    medians=(numbers.BY_RANK, "vincent_median"),
    explained=(
        "Relative WIS: the weighted interval score (the mean of twice the pinball loss) over the mean of what "
        "the question's people score by themselves, a mean over questions; lower is better, 1 is somebody "
        "picked at random. In 50 % and in 90 %: how often the central interval held the value.",
    ),
)


@dataclass(frozen=True)
class Difference:
    """The mean of paired differences, below 0 where the method is better, and its interval where there is one."""

    mean: float
    low: float = math.nan
    high: float = math.nan


@dataclass(frozen=True)
class Row:
    """One method in the table."""

    key: str
    name: str
    learns: bool
    questions: int
    #: The median number of people on these questions.
    people: float
    #: Means of the layout's columns.
    scores: tuple[float, ...]
    clipped: int
    to_mean: Difference
    to_median: Difference


@dataclass(frozen=True)
class Comparison:
    """All methods, best first, and what was left out."""

    data: Data
    layout: Layout
    crowds: tuple[Crowd, ...]
    rows: tuple[Row, ...]
    #: The name of the median compared with.
    median: str
    left_out: tuple[str, ...]
    seed: int
    resamples: int
    share: float


class NothingToCompare(ValueError):
    """The data hold no question on which methods could be compared, in a sentence."""


@dataclass(frozen=True)
class Plan:
    """What is to be tried on which crowds."""

    data: Data
    share: float
    layout: Layout
    crowds: list[Crowd]
    trials: list[Trial]
    left_out: list[str]

    def measured(self, trials: Iterable[Trial]) -> Iterator[Measured]:
        """The scores of each trial, as they are asked for: most of the work."""
        for trial in trials:
            yield self.layout.measure(self.crowds, trial.values())


def plan(data: Data, share: float = 1.0) -> Plan:
    """The methods that the data can feed, at a share of each question's life."""
    everything, small = crowds_of(data, share)
    crowds = [crowd for crowd in everything if not crowd.question.calibration]
    seeds = [crowd for crowd in everything if crowd.question.calibration]
    if not crowds:
        raise NothingToCompare(_nothing(data, small))
    quantiles = bool(crowds[0].question.levels)
    tried = _numbers(crowds, seeds) if quantiles else _probabilities(crowds)
    left_out = [*_questions_left_out(data, small), *tried.left_out]
    return Plan(data, share, NUMBERS if quantiles else PROBABILITIES, crowds, tried.trials, left_out)


def compare(plan: Plan, measured: Sequence[Measured], seed: int, resamples: int) -> Comparison:
    """The table: means of scores, and differences to the mean and to the median weighted by recency."""
    layout, keys = plan.layout, [trial.key for trial in plan.trials]
    score = np.array([one.columns[layout.compared] for one in measured])
    median = next(key for key in layout.medians if key in keys)
    to = [score - score[keys.index(reference)] for reference in (layout.mean, median)]
    # Both references in one call, so that the same resamples serve them.
    changes = differences(plan.crowds, np.concatenate(to).T, seed, resamples)
    half = len(keys)
    rows = [
        _row(plan, at, measured[at], changes[at], changes[half + at])
        for at in range(half)
        if np.isfinite(score[at]).any()
    ]
    rows.sort(key=lambda row: (row.to_mean.mean, row.name))
    return Comparison(
        plan.data,
        layout,
        tuple(plan.crowds),
        tuple(rows),
        plan.trials[keys.index(median)].name,
        (*plan.left_out, *_refusals(plan, measured, score)),
        seed,
        resamples,
        plan.share,
    )


def _row(plan: Plan, at: int, measured: Measured, to_mean: Difference, to_median: Difference) -> Row:
    trial, there = plan.trials[at], ~np.isnan(measured.columns[plan.layout.compared])
    people = np.array([crowd.people for crowd in plan.crowds])[there]
    return Row(
        trial.key,
        trial.name,
        trial.learns,
        int(there.sum()),
        float(np.median(people)),
        tuple(_mean(column) for column in measured.columns),
        measured.clipped,
        to_mean,
        to_median,
    )


def _mean(column: FloatArray) -> float:
    there = column[~np.isnan(column)]
    return float(there.mean()) if there.size else math.nan


def differences(
    crowds: Sequence[Crowd], difference: FloatArray, seed: int, resamples: int
) -> list[Difference]:
    """One for each column of (crowds, columns). The same draws of clusters of questions serve all."""
    there = ~np.isnan(difference)
    _, place = np.unique([crowd.question.cluster for crowd in crowds], return_inverse=True)
    # Clusters are drawn, not questions: what came out together is one piece of luck.
    # Sum and count of each cluster, (clusters, 2, columns): all that a mean over drawn questions is made of.
    parts = np.zeros((place.max() + 1, 2, difference.shape[1]))
    np.add.at(parts, place, np.stack([np.where(there, difference, 0), there], axis=1))
    mean = _means(parts)
    if len(parts) < 2:
        return [Difference(float(one)) for one in mean]
    low, high = bootstrap(parts, _means, generator=seed, level=LEVEL, draws=resamples)
    return [Difference(float(a), float(b), float(c)) for a, b, c in zip(mean, low, high, strict=True)]


def _means(parts: FloatArray) -> FloatArray:
    """Sums over counts, both summed over the first axis; NaN where nothing is counted."""
    whole = parts.sum(axis=0)
    total, count = whole[..., 0, :], whole[..., 1, :]
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _probabilities(crowds: list[Crowd]) -> Trials:
    parts = (
        pools.try_pools(crowds),
        pools.try_times(crowds),
        learning.try_learning(crowds),
        three_points.try_three_points(crowds),
    )
    whole = Trials([trial for part in parts for trial in part.trials])
    whole.left_out = [sentence for part in parts for sentence in part.left_out]
    whole.left_out += pools.never_fed()
    return whole


def _numbers(crowds: list[Crowd], seeds: list[Crowd]) -> Trials:
    return numbers.try_numbers(crowds, seeds)


def _questions_left_out(data: Data, small: list[str]) -> list[str]:
    """Sentences on questions and forecasts that did not come so far."""
    found = []
    if data.unresolved:
        found.append(
            f"{counted(len(data.unresolved), 'question')} without an outcome: {_some(data.unresolved)}"
        )
    if data.void:
        found.append(f"{counted(len(data.void), 'question')} that came to nothing: {_some(data.void)}")
    if small:
        found.append(f"{counted(len(small), 'question')} with fewer than two people: {_some(small)}")
    if seeds := sum(question.calibration for question in data.questions):
        found.append(
            f"{counted(seeds, 'calibration question')}: they weigh people for Cooke's classical model, and no"
            " method is compared on them"
        )
    if data.missing:
        found.append(f"{counted(data.missing, 'forecast')} that {_lack(data.missing)} a number")
    return found


def _refusals(plan: Plan, measured: Sequence[Measured], score: FloatArray) -> list[str]:
    """Sentences on methods that gave no number on some of the questions."""
    found = [
        f"{trial.name}: it has no number on {counted(one.refused, 'question')}, as {one.reason}"
        for trial, one in zip(plan.trials, measured, strict=True)
        if one.refused
    ]
    if unscored := int(np.isnan(score).all(axis=0).sum()):
        found.append(f"{counted(unscored, 'question')} on which everybody was exactly right")
    return found


def _nothing(data: Data, small: list[str]) -> str:
    left = "; ".join(_questions_left_out(data, small))
    return f"{data.name}: there is no question to compare on" + (f": {left}" if left else "")


def counted(count: int, noun: str) -> str:
    """So many of something, in words: "1 question", "1,200 questions"."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def _lack(count: int) -> str:
    return "lacks" if count == 1 else "lack"


def _some(keys: Sequence[str], shown: int = 5) -> str:
    """The first few names."""
    more = len(keys) - shown
    return ", ".join(keys[:shown]) + (f" and {more} more" if more > 0 else "")
