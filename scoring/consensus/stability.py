"""Stability from one Delphi round to the next: who moved, and whether another round is worth asking for.

A person without a forecast in one of the rounds (NaN) is left out of both, together with the weight. A weight
of 0 leaves a person out; where all weigh 0, all count alike.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtr

from scoring import checks, crowds
from scoring.checks import BoolArray, FloatArray
from scoring.pools import averages
from scoring.pools.averages import SAME_SHARE


@dataclass(frozen=True)
class Change:
    """What happened between two rounds of probabilities, among those who answered in both.

    `people` counted; `shift` is by how much their mean rose; `mean_absolute` how far people went on average;
    `moved` the share of the weight that went further than the threshold; of all, `toward` and `away` are the
    shares that moved and ended nearer to the first round's crowd than they began, or further from it.
    `deviation_before` and `deviation_after` are the standard deviations of both rounds.
    """

    people: int
    shift: float
    mean_absolute: float
    moved: float
    toward: float
    away: float
    deviation_before: float
    deviation_after: float


@dataclass(frozen=True)
class StopRule:
    """When a crowd counts as stable. Fix it before the first round: chosen afterwards it proves nothing.

    Each limit may be reached and not exceeded. The defaults are this package's own starting point, with no
    published standing; a survey should state its own.

    `people` (2 or more) who answered in both rounds are needed to say anything. Limits from 0 to 1 on how far
    people went on average (`mean_absolute`), how far the crowd's mean went either way (`shift`), the share
    that `moved`; and on the change of the standard deviation (`spread`, 0 or more), as a share of the larger
    of both. A p-value below `level` (0 to below 1; 0: no test can object) says that something changed. Who
    went no further than `threshold` (0 to below 1) did not move.
    """

    people: int = 10
    mean_absolute: float = 0.05
    shift: float = 0.02
    moved: float = 0.25
    spread: float = 0.15
    level: float = 0.05
    threshold: float = 0.005

    def __post_init__(self) -> None:
        if self.people < 2:
            raise ValueError(f"people must be 2 or more, got {self.people}")
        for name in ("mean_absolute", "shift", "moved"):
            _fraction(name, getattr(self, name), whole=True)
        for name in ("level", "threshold"):
            _fraction(name, getattr(self, name))
        if not 0 <= self.spread < np.inf:
            raise ValueError(f"spread must be 0 or more and finite, got {self.spread}")


@dataclass(frozen=True)
class Verdict:
    """Whether the crowd is stable by the rule, and every `reasons` why it is not, as sentences.

    `location` and `spread` are the p-values of the tests for a common direction and for a change of spread;
    NaN where too few people answered.
    """

    stable: bool
    reasons: tuple[str, ...]
    change: Change
    location: float
    spread: float


def change(
    before: ArrayLike,
    after: ArrayLike,
    weight: ArrayLike | None = None,
    *,
    crowd: float | None = None,
    threshold: float = 0.0,
) -> Change:
    """How far people went from one round to the next, and whether toward the crowd.

    Parameters
    ----------
    before, after : shape (n,)
        Everyone's probability in each round, the same person in the same place. NaN: missing.
    weight : shape (n,), optional
        0 or more; without it everyone counts alike.
    crowd : 0 to 1, optional
        The crowd's figure that people saw; without it the median of the first round, of those counted here.
    threshold : 0 to below 1
        Who went no further than this did not move.

    Examples
    --------
    >>> found = change([0.25, 0.5, 0.75, 0.5], [0.5, 0.5, 1.0, 0.5])
    >>> found.mean_absolute, found.moved, found.toward, found.away
    (0.125, 0.5, 0.25, 0.25)
    """
    _fraction("threshold", threshold)
    first, second, weighs = _pairs(before, after, weight)
    shown = averages.median(first, weighs) if crowd is None else _fraction("crowd", crowd, whole=True)
    step = second - first
    moved = np.abs(step) > threshold + SAME_SHARE
    nearer = np.abs(first - shown) - np.abs(second - shown)
    return Change(
        people=first.size,
        shift=float(np.average(step, weights=weighs)),
        mean_absolute=averages.mean(np.abs(step), weighs),
        moved=_share(moved, weighs),
        toward=_share(moved & (nearer > SAME_SHARE), weighs),
        away=_share(moved & (nearer < -SAME_SHARE), weighs),
        deviation_before=float(np.sqrt(averages.variance(first, weighs))),
        deviation_after=float(np.sqrt(averages.variance(second, weighs))),
    )


def location_test(before: ArrayLike, after: ArrayLike) -> float:
    """Wilcoxon's signed-rank test that people moved in no common direction.

    Who did not move is left out. Where as many go up as down it sees no change: a p-value near 1 is no sign
    that nobody moved.

    Parameters
    ----------
    before, after : shape (n,)
        Everyone's probability in each round. NaN: missing.

    Returns
    -------
    float
        Two-sided p-value, 1 where nobody moved; exact, or for larger crowds or ties from the normal curve.

    References
    ----------
    Wilcoxon (1945), Biometrics Bulletin 1, 80-83.

    Examples
    --------
    >>> location_test([0.1, 0.2, 0.3, 0.4, 0.5], [0.11, 0.22, 0.33, 0.44, 0.55])
    0.0625
    """
    from scipy.stats import wilcoxon  # half a second, which every other use would wait for

    first, second, _ = _pairs(before, after, None)
    step = (second - first).round(12)  # so that equal steps are ties
    step = step[step != 0]
    return float(wilcoxon(step).pvalue) if step.size else 1.0


def spread_test(before: ArrayLike, after: ArrayLike) -> float:
    """The test of Pitman and Morgan that the spread of the same people's answers did not change.

    The sum and the difference of two rounds are uncorrelated just where their variances are equal; r is
    tested by ``t = r √((n - 2) / (1 - r²))``. It is built for normal figures and takes heavy tails for a
    change more often than it says: one outlier can decide it.

    Parameters
    ----------
    before, after : shape (n,)
        Everyone's probability in each round; three people or more who answered in both. NaN: missing.

    Returns
    -------
    float
        Two-sided p-value, 1 where all moved by the same step.

    References
    ----------
    Pitman (1939), Biometrika 31, 9-12; Morgan (1939), Biometrika 31, 13-19.

    Examples
    --------
    >>> round(spread_test([0.1, 0.3, 0.4, 0.7, 0.9], [0.4, 0.45, 0.5, 0.6, 0.6]), 4)
    0.0012
    """
    first, second, _ = _pairs(before, after, None)
    n = first.size
    if n < 3:
        raise ValueError(f"before and after must hold three people or more who answered in both, got {n}")
    total, step = (first + second) - (first + second).mean(), (second - first) - (second - first).mean()
    size = np.sqrt((total @ total) * (step @ step))
    # All moved alike or all said the same: r is 0 over 0, and no spread has changed.
    if size <= SAME_SHARE:
        return 1.0
    r = float(np.clip(total @ step / size, -1, 1))
    with np.errstate(divide="ignore"):
        # At r of 1 infinite, whose p is 0.
        t = np.abs(r) * np.sqrt(np.float64(n - 2) / (1 - r**2))
    return float(2 * stdtr(n - 2, -t))


def stable(
    before: ArrayLike,
    after: ArrayLike,
    rule: StopRule,
    weight: ArrayLike | None = None,
    *,
    crowd: float | None = None,
) -> Verdict:
    """Whether a rule that was fixed beforehand says that another round would change little.

    A crowd is stable if enough people answered in both rounds, every change keeps to its limit, and neither
    test finds one. With few people a test finds nothing, which proves nothing: hence the limits. Stable is
    not agreed: two camps that stay apart are stable too.

    Parameters
    ----------
    before, after : shape (n,)
        Everyone's probability in each round, the same person in the same place. NaN: missing.
    rule : StopRule
        The limits.
    weight : shape (n,), optional
        0 or more; without it everyone counts alike. The tests know of no weights, but leave out who weighs 0.
    crowd : 0 to 1, optional
        The crowd's figure that people saw, as in `change`.

    References
    ----------
    Dajani, Sincoff and Talley (1979), Technological Forecasting and Social Change 13, 83-90; von der Gracht
    (2012), Technological Forecasting and Social Change 79, 1525-1536.

    Examples
    --------
    >>> verdict = stable([0.2, 0.4, 0.6], [0.2, 0.4, 0.9], StopRule(people=3))
    >>> verdict.stable, verdict.reasons[0]
    (False, 'people moved 0.1 on average, more than 0.05')
    """
    first, second, weighs = _pairs(before, after, weight)
    found = change(first, second, weighs, crowd=crowd, threshold=rule.threshold)
    # The test of spread takes three, whatever the rule asks for.
    enough = found.people >= max(rule.people, 3)
    location = location_test(first, second) if enough else float("nan")
    spread = spread_test(first, second) if enough else float("nan")
    reasons = (*_too_far(found, rule), *_tests_object(location, spread, rule.level))
    if found.people < rule.people:
        reasons = (f"{found.people} answered in both rounds, fewer than {rule.people}", *reasons)
    return Verdict(not reasons, reasons, found, location, spread)


def _too_far(found: Change, rule: StopRule) -> list[str]:
    """A sentence for each limit that a change exceeds."""
    wider = max(found.deviation_before, found.deviation_after)
    spread = abs(found.deviation_after - found.deviation_before) / wider if wider > SAME_SHARE else 0.0
    measured = [
        ("people moved {} on average", found.mean_absolute, rule.mean_absolute),
        ("the crowd's mean moved by {}", abs(found.shift), rule.shift),
        ("a share of {} moved", found.moved, rule.moved),
        ("the spread changed by a share of {}", spread, rule.spread),
    ]
    return [
        f"{words.format(f'{value:.3g}')}, more than {limit:g}"
        for words, value, limit in measured
        if value > limit + SAME_SHARE
    ]


def _tests_object(location: float, spread: float, level: float) -> list[str]:
    """A sentence for each test that finds a change; NaN finds none."""
    tests = [("people moved in one direction", location), ("the spread changed", spread)]
    return [f"{words}: p = {p:.3g}, below {level:g}" for words, p in tests if p < level]


def _pairs(
    before: ArrayLike, after: ArrayLike, weight: ArrayLike | None
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Both rounds of everyone who answered in both and counts, and their weights."""
    given = {"before": before, "after": after}
    rounds = checks.rows(
        **{name: checks.probabilities(name, one, missing=True) for name, one in given.items()}
    )
    crowds.crowd("before", rounds[0], axes=1)
    both, weighs = crowds.counted("before and after", np.stack(rounds, axis=1), weight)
    return both[:, 0], both[:, 1], weighs


def _share(who: BoolArray, weight: FloatArray) -> float:
    return averages.weighted_sum(who.astype(np.float64), weight) / float(weight.sum())


def _fraction(name: str, value: float, *, whole: bool = False) -> float:
    """A number from 0 to below 1, or to 1 where the `whole` is allowed."""
    if not (0 <= value < 1 or (whole and value == 1)):
        raise ValueError(f"{name} must lie between 0 and 1{'' if whole else ', below 1'}, got {value}")
    return value
