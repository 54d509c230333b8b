"""Peer scores: against the others on the same question, over the time that each forecast stood.

Higher is better here, and 0 is as good as the others. Logarithms are natural. For numbers and dates the
probability is that of the bucket that came true, see ``scoring.cdfs``, and scores are halved by `factor`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from scoring import checks, labels
from scoring.checks import BoolArray, FloatArray, IntArray
from scoring.ordering import stable_order
from scoring.timeline.running import RunningSum, running_sum
from scoring.timeline.standing_intervals import Intervals, Life, intervals, moment, stands_at, within

#: What a score is multiplied by where nothing else is said.
POINTS = 100.0


@dataclass(frozen=True, eq=False)
class Scores:
    """A score and a coverage for each row."""

    #: Higher is better.
    score: FloatArray
    #: The share of the question's planned life that counts, 0 to 1; 1 or 0 for scores of one moment.
    coverage: FloatArray


@dataclass(frozen=True, eq=False)
class Totals:
    """What each person scored in all."""

    #: Who, rising.
    person: IntArray
    score: FloatArray
    coverage: FloatArray


def peer(
    person: ArrayLike,
    start: ArrayLike,
    end: ArrayLike,
    probability: ArrayLike,
    life: Life,
    *,
    counts: ArrayLike | None = None,
    as_members: bool = False,
    factor: float = POINTS,
) -> Scores:
    """How much better than the others each forecast was while it stood: the time-weighted peer score.

    At a moment at which n people have a forecast, one with probability p scores ``factor · n/(n - 1) ·
    ln(p/g)``; g is the geometric mean of the n probabilities. That is ``factor`` times ln p less the mean ln
    p of the others, so that those who count sum to 0 at every moment; a lone forecaster scores 0. Over time
    it is the integral divided by the planned life: time without a forecast brings 0. Cost: a sort of starts
    and ends.

    Parameters
    ----------
    person, start, end : shape (n,)
        As in `scoring.timeline.intervals`. What lies outside the question's life counts for nothing.
    probability : shape (n,)
        What each forecast gave to what came true, above 0 and at most 1.
    life : Life
        When the question opened and closed.
    counts : shape (n,), True or False, optional
        False: compared with the n who count, but no part of the crowd that n and g describe, and free to
        overlap. All n are then others: the score is ``factor · ln(p/g)``, also against a single one.
    as_members : bool
        True: who doesn't count is scored by n/(n - 1) like who does. That fits pools, which are made of those
        they are compared with, and is what the leading platform does to them; a person outside the crowd
        would score too much by it.
    factor : float
        100; half of it for numbers and dates.

    Returns
    -------
    Scores
        One row for each forecast; coverage is its time within the life, divided by the planned life. When
        nobody has a forecast, neither grows. (The leading platform lets the last ones run on there.)

    Raises
    ------
    ValueError
        If a probability is 0, whose logarithm has no number, or another argument breaks its rule.

    Examples
    --------
    The first of two has the whole life, the second joins for its second half.

    >>> scores = peer([1, 2], [0, 5], [float("nan")] * 2, [0.5, 0.25], Life(0, 10, 10))
    >>> scores.score.round(3), scores.coverage
    (array([ 34.657, -34.657]), array([1. , 0.5]))
    """
    forecasts, log, crowd = checked(person, start, end, probability, counts)
    first, last = within(forecasts, life)
    # Only differences matter; near 0 they are sharper.
    log = log - log.mean() if log.size else log
    # Where everybody leaves, time stops for their scores. In Metaculus' code the last step runs on to the
    # close: two who stood for a tenth of the life are scored for all of it.
    inside, outside, row = _integrals(first, last, log, crowd)
    begins, stops = row[: log.size], row[log.size :]

    def gain(beside: _Integrals) -> FloatArray:
        return log * beside.share.difference(begins, stops) - beside.others.difference(begins, stops)

    # Who is no part of the crowd has all n beside them: by n - 1 an insider's score beside 25 people was
    # 25/24 of its worth.
    gained = np.where(crowd | as_members, gain(inside), gain(outside))
    return Scores(factor / life.length * gained, (last - first) / life.length)


def spot_peer(
    person: ArrayLike,
    start: ArrayLike,
    end: ArrayLike,
    probability: ArrayLike,
    life: Life,
    time: float,
    *,
    counts: ArrayLike | None = None,
    as_members: bool = False,
    factor: float = POINTS,
) -> Scores:
    """The peer score of one moment, of the forecasts that stand then.

    Parameters
    ----------
    person, start, end, probability, life, counts, as_members, factor
        As in `peer`.
    time : float
        The moment; after the real close, the close. Who changes their forecast at this very moment is scored
        by the new one, as part of the same crowd. (The leading platform compares it with the crowd before the
        change, so that the scores don't sum to 0.)

    Returns
    -------
    Scores
        Coverage is 1 for a forecast that stands, and score and coverage are 0 for the others.

    Examples
    --------
    >>> spot_peer([1, 2], [0, 5], [float("nan")] * 2, [0.5, 0.25], Life(0, 10, 10), time=5).score.round(3)
    array([ 69.315, -69.315])
    """
    forecasts, log, crowd = checked(person, start, end, probability, counts)
    # Beside the crowd of that very moment. Metaculus takes the one of just before, with which scores at the
    # time of an update do not sum to 0.
    stands = spot(forecasts, life, time)
    inside = log[stands & crowd]
    score = np.zeros(log.size)
    if inside.size:
        # ln p less the mean of the others is so many times ln p less the mean of all.
        member = inside.size / (inside.size - 1) if inside.size > 1 else 0.0
        ratio = np.where(crowd | as_members, member, 1.0)
        score[stands] = factor * ratio[stands] * (log[stands] - inside.mean())
    return Scores(score, stands.astype(np.float64))


def spot(forecasts: Intervals, life: Life, time: float) -> BoolArray:
    """Which forecasts stand at a moment of the question's life; after its real close, at the close.

    Examples
    --------
    >>> spot(intervals([3, 7], [0, 6], [float("nan")] * 2), Life(0, 10, 10), time=5)
    array([ True, False])
    """
    return stands_at(forecasts, min(moment("time", time), life.closed))


def totals(person: ArrayLike, scores: Scores) -> Totals:
    """Sums over each person's forecasts, without a row for who covers nothing.

    Parameters
    ----------
    person : shape (n,), whole numbers
        Who made each forecast.
    scores : Scores
        Of the same n forecasts.

    Examples
    --------
    >>> totals([4, 2, 4], Scores(np.array([1.0, 0.0, 2.0]), np.array([0.25, 0.0, 0.5])))
    Totals(person=array([4]), score=array([3.]), coverage=array([0.75]))
    """
    who, _ = checks.rows(person=labels.identifiers("person", person), scores=scores.score)
    people, row = np.unique(who, return_inverse=True)
    coverage = np.bincount(row, weights=scores.coverage, minlength=people.size).astype(np.float64)
    score = np.bincount(row, weights=scores.score, minlength=people.size).astype(np.float64)
    there = coverage > 0
    return Totals(people[there], score[there], coverage[there])


def checked(
    person: ArrayLike,
    start: ArrayLike,
    end: ArrayLike,
    probability: ArrayLike,
    counts: ArrayLike | None = None,
) -> tuple[Intervals, FloatArray, BoolArray]:
    """Forecasts, logarithms of their probabilities, and who belongs to the crowd: the arguments of `peer`.

    Examples
    --------
    >>> forecasts, log, crowd = checked([7], [0.0], [float("nan")], [0.5])
    >>> forecasts.end, log.round(3), crowd
    (array([inf]), array([-0.693]), array([ True]))
    """
    given = checks.probabilities("probability", probability)
    checks.refuse("probability", given, given == 0, "be above 0, whose logarithm has no number")
    log = np.asarray(np.log(given))
    if counts is None:
        forecasts = intervals(person, start, end)
        log = checks.rows(person=forecasts.person, probability=log)[1]
        return forecasts, log, np.ones(log.size, dtype=np.bool_)
    crowd, who = checks.truth_values("counts", counts), labels.numbered("person", person)
    who, log, crowd = checks.rows(person=who, probability=log, counts=crowd)
    # Those who don't count may overlap: to the check each of their forecasts is another person's.
    top = who.max(initial=0) + 1
    forecasts = intervals(np.where(crowd, who, top + np.arange(who.size)), start, end)
    return Intervals(who, forecasts.start, forecasts.end), log, crowd


@dataclass(frozen=True, eq=False)
class _Integrals:
    """What a forecast's logarithm is multiplied by, and what is taken from it, summed from step to step."""

    share: RunningSum
    others: RunningSum


def _integrals(
    first: FloatArray, last: FloatArray, log: FloatArray, crowd: BoolArray
) -> tuple[_Integrals, _Integrals, IntArray]:
    """Integrals from one start or end to the next, of who counts and of who doesn't, and the places of all steps.

    S is the sum of the n logarithms. Of who counts ∫ n/(n - 1) dt and ∫ S/(n - 1) dt: while n is below 2,
    neither grows. Of who doesn't, to whom all n are others, ∫ dt and ∫ S/n dt while n is 1 or more.
    """
    times = np.concatenate((first, last))
    order = stable_order(times)
    row = np.empty_like(order)
    row[order] = np.arange(order.size)
    comes = np.concatenate((crowd, crowd)).astype(np.int64)
    comes[log.size :] *= -1
    n = np.cumsum(comes[order])[:-1]
    total = running_sum((np.concatenate((log, log)) * comes)[order]).values()[1:-1]
    step = np.diff(times[order])

    def beside(others: IntArray, times_itself: IntArray) -> _Integrals:
        each = np.where(others > 0, step, 0.0) / np.maximum(others, 1)
        return _Integrals(running_sum(times_itself * each), running_sum(total * each))

    return beside(n - 1, n), beside(n, n), row
