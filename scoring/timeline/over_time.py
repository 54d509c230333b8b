"""Time-averaged scores against a baseline, an even spread or a reference forecast.

Higher is better here. The baseline asks how much better than an even spread a forecast was, the relative
score how much better than a reference that changes over time, a pool's history for example.
"""

import math

import numpy as np
from numpy.typing import ArrayLike

from scoring import checks
from scoring.checks import FloatArray
from scoring.timeline.peer_scores import POINTS, Scores, checked, spot
from scoring.timeline.running import running_sum
from scoring.timeline.standing_intervals import Intervals, Life, within


def baseline_over_time(
    person: ArrayLike,
    start: ArrayLike,
    end: ArrayLike,
    probability: ArrayLike,
    life: Life,
    *,
    options: ArrayLike = 2,
    factor: float = POINTS,
) -> Scores:
    """The baseline score of each forecast, times the share of the question's planned life that it stood.

    A forecast with probability p among K options is worth ``factor · ln(pK)/ln K`` points: 0 for an even
    spread, `factor` for certainty.

    Parameters
    ----------
    person, start, end : shape (n,)
        As in `scoring.timeline.intervals`. What lies outside the question's life counts for nothing.
    probability : shape (n,)
        What each forecast gave to what came true, above 0 and at most 1.
    life : Life
        When the question opened and closed.
    options : whole number, or shape (n,)
        K, 2 or more: how many options were on offer to each forecast.
    factor : float
        100.

    Returns
    -------
    Scores
        One row for each forecast. A person's score is the sum over theirs, see
        `scoring.timeline.peer_scores.totals`.

    Examples
    --------
    >>> baseline_over_time([1], [5], [float("nan")], [1.0], Life(0, 10, 10))
    Scores(score=array([50.]), coverage=array([0.5]))
    """
    forecasts, log, _ = checked(person, start, end, probability)
    return _over_life(_points(log, options, factor), forecasts, life)


def spot_baseline(
    person: ArrayLike,
    start: ArrayLike,
    end: ArrayLike,
    probability: ArrayLike,
    life: Life,
    time: float,
    *,
    options: ArrayLike = 2,
    factor: float = POINTS,
) -> Scores:
    """The baseline score of one moment, of the forecasts that stand then.

    Parameters
    ----------
    person, start, end, probability, life, options, factor
        As in `baseline_over_time`.
    time : float
        The moment; after the real close, the close.

    Returns
    -------
    Scores
        Coverage is 1 for a forecast that stands, and score and coverage are 0 for the others.

    Examples
    --------
    >>> spot_baseline([1], [5], [float("nan")], [0.25], Life(0, 10, 10), time=5)
    Scores(score=array([-100.]), coverage=array([1.]))
    """
    forecasts, log, _ = checked(person, start, end, probability)
    return _at_moment(_points(log, options, factor), forecasts, life, time)


def continuous_baseline_over_time(
    person: ArrayLike,
    start: ArrayLike,
    end: ArrayLike,
    probability: ArrayLike,
    life: Life,
    *,
    baseline: float,
    factor: float = POINTS / 2,
) -> Scores:
    """As `baseline_over_time`, for a number or date: ``factor · ln(p / baseline)`` points.

    Parameters
    ----------
    person, start, end, life
        As in `baseline_over_time`.
    probability : shape (n,)
        What each forecast gave to the bucket that came true, above 0.
    baseline : float
        What that bucket has by itself, see `scoring.cdfs.bucket_baseline`; above 0.
    factor : float
        50.

    Examples
    --------
    >>> scores = continuous_baseline_over_time([1], [0], [5], [0.02], Life(0, 10, 10), baseline=0.005)
    >>> scores.score.round(3)
    array([34.657])
    """
    forecasts, log, _ = checked(person, start, end, probability)
    return _over_life(factor * (log - _log_baseline(baseline)), forecasts, life)


def continuous_spot_baseline(
    person: ArrayLike,
    start: ArrayLike,
    end: ArrayLike,
    probability: ArrayLike,
    life: Life,
    time: float,
    *,
    baseline: float,
    factor: float = POINTS / 2,
) -> Scores:
    """As `spot_baseline`, for a number or date: ``factor · ln(p / baseline)`` points at one moment.

    Parameters
    ----------
    person, start, end, probability, life, baseline, factor
        As in `continuous_baseline_over_time`.
    time : float
        The moment; after the real close, the close.

    Examples
    --------
    >>> continuous_spot_baseline([1], [0], [5], [0.02], Life(0, 10, 10), 7, baseline=0.005).score
    array([0.])
    """
    forecasts, log, _ = checked(person, start, end, probability)
    return _at_moment(factor * (log - _log_baseline(baseline)), forecasts, life, time)


def relative(
    person: ArrayLike,
    start: ArrayLike,
    end: ArrayLike,
    probability: ArrayLike,
    life: Life,
    *,
    reference_start: ArrayLike,
    reference_end: ArrayLike,
    reference: ArrayLike,
) -> Scores:
    """How much better than a reference each forecast was while both stood: mean ``log2(p / c)``.

    Parameters
    ----------
    person, start, end, probability, life
        As in `baseline_over_time`.
    reference_start, reference_end : shape (m,)
        From when and until when each step of the reference stands; NaN: until the close. Steps don't overlap.
        While there is none, nothing is scored.
    reference : shape (m,)
        c: what each step gave to what came true, above 0 and at most 1.

    Returns
    -------
    Scores
        Score and coverage are shares of the real life, from the opening to the real close.

    Examples
    --------
    >>> crowd = {"reference_start": [0], "reference_end": [5], "reference": [0.25]}
    >>> relative([1], [0], [5], [0.5], Life(0, 10, 10), **crowd)
    Scores(score=array([0.5]), coverage=array([0.5]))
    """
    forecasts, log, _ = checked(person, start, end, probability)
    # One imaginary forecaster: so its steps may not overlap.
    zeros = np.zeros(np.size(reference), dtype=np.int64)
    steps, log_reference, _ = checked(zeros, reference_start, reference_end, reference)
    order = np.argsort(steps.start)
    first, last = within(Intervals(zeros, steps.start[order], steps.end[order]), life)
    time = np.ravel(np.column_stack((first, last)))
    # Even steps are of the reference, odd ones the gaps between two.
    stands = np.zeros(max(time.size - 1, 0))
    stands[::2] = np.diff(time)[::2]
    worth = np.zeros(stands.size)
    worth[::2] = stands[::2] * log_reference[order]
    begins, stops = within(forecasts, life)
    both = _until(time, stands, stops) - _until(time, stands, begins)
    crowd = _until(time, worth, stops) - _until(time, worth, begins)
    # By the life there was, not by the planned one as all others here: so is the score that it reproduces.
    whole = life.closed - life.opened
    return Scores((log * both - crowd) / math.log(2) / whole, both / whole)


def _over_life(points: FloatArray, forecasts: Intervals, life: Life) -> Scores:
    """Points, times the share of the planned life that each forecast stood."""
    first, last = within(forecasts, life)
    coverage = (last - first) / life.length
    return Scores(points * coverage, coverage)


def _at_moment(points: FloatArray, forecasts: Intervals, life: Life, time: float) -> Scores:
    """Points of the forecasts that stand at a moment."""
    stands = spot(forecasts, life, time).astype(np.float64)
    return Scores(points * stands, stands)


def _points(log: FloatArray, options: ArrayLike, factor: float) -> FloatArray:
    """Baseline points, ``factor · ln(pK)/ln K``."""
    count = checks.aligned("options", checks.whole_numbers("options", options), log.shape, "probability")
    if (count < 2).any():
        raise ValueError(f"options must be 2 or more, got {count.min()}")
    return np.asarray(factor * (1 + log / np.log(count)))


def _log_baseline(baseline: float) -> float:
    """The logarithm of what a bucket has by itself."""
    if not 0 < baseline <= 1:
        raise ValueError(f"baseline must be above 0 and at most 1, got {baseline}")
    return math.log(baseline)


def _until(time: FloatArray, steps: FloatArray, now: FloatArray) -> FloatArray:
    """An integral that grows by `steps`, evenly within each, from one of `time` to the next: up to `now`."""
    if time.size == 0:
        return np.zeros(now.size)
    return np.interp(now, time, running_sum(steps).values())
