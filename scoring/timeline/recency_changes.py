"""The history of the median under recency weights, for many people: exact, and quick.

The i-th oldest of n forecasts weighs ``exp(√i - √n)``, so that everybody's weight changes with every arrival
and every departure. But a forecast d places below the newest weighs about ``exp(-d/(2√n))``: only some
multiple of √n people can matter. Steps are taken in blocks. In each, a matrix holds the weights of the newest
forecasts, by value and by step; what the older ones weigh together bounds the error of leaving them out.
Wherever that bound could change the answer, the step is done again with everybody.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring import checks
from scoring.checks import BoolArray, FloatArray, IntArray
from scoring.pools.averages import SAME_SHARE
from scoring.timeline.histories import History
from scoring.timeline.recency import percentiles, recency_weights
from scoring.timeline.standing_intervals import by_start, changes, intervals
from scoring.timeline.summaries import QUARTILES

#: About what share of the weight the forecasts left out of the matrix may have.
LEFT_OUT = 1e-8
#: How many comings and goings one block has: a matrix of few columns stays in the processor's cache.
BLOCK = 128
#: How many forecasts are summed together first: about the square root of what a block has.
GROUP = 64


def recency_history(
    person: ArrayLike,
    start: ArrayLike,
    end: ArrayLike,
    value: ArrayLike,
    percent: ArrayLike = QUARTILES,
    *,
    opened: float | None = None,
    closed: float | None = None,
) -> History:
    """Percentiles of the standing forecasts under recency weights, at every change.

    The same as `scoring.timeline.histories.history` with `scoring.timeline.recency.percentiles` under
    `scoring.timeline.recency.recency_weights`. Cost: the number of steps times the square root of the number
    of people.

    Parameters
    ----------
    person, start, end : shape (n,)
        As in `scoring.timeline.standing_intervals.intervals`.
    value : shape (n,)
        Finite numbers: probabilities, say.
    percent : shape (q,)
        Above 0 and below 100: 25, 50 and 75.
    opened, closed : float, optional
        As in `scoring.timeline.histories.history`.

    Returns
    -------
    History
        Its value has shape (steps, q). Without a row where nobody has a forecast.

    Examples
    --------
    >>> past = recency_history([1, 2, 3], [0, 1, 2], [float("nan")] * 3, [0.1, 0.2, 0.9], [50])
    >>> past.value.ravel(), past.count
    (array([0.1 , 0.15, 0.2 ]), array([1, 2, 3]))
    """
    forecasts = intervals(person, start, end)
    given = checks.rows(person=forecasts.person, value=checks.numbers("value", value))[1]
    share = _shares(percent)
    time, first, last = changes(forecasts, opened, closed)
    order = by_start(forecasts)
    order = order[first[order] < last[order]]
    steps = _Steps(given[order], first[order], last[order], time.size)
    found = steps.percentiles(share)
    stands = steps.count > 0
    until = np.append(time[1:], np.nan)[: time.size]
    return History(time[stands], until[stands], found[stands], steps.count[stands])


def _shares(percent: ArrayLike) -> FloatArray:
    """Percentages as shares, checked."""
    asked = checks.vector("percent", checks.numbers("percent", percent))
    if asked.size == 0 or asked.min() <= 0 or asked.max() >= 100:
        raise ValueError(f"percent must be one or more above 0 and below 100, got {asked.tolist()}")
    return np.asarray(asked / 100)


class _Steps:
    """Forecasts by age, with the steps from which and before which each stands."""

    def __init__(self, value: FloatArray, first: IntArray, last: IntArray, steps: int) -> None:
        self.value, self.size, self.room = value, steps, _Room()
        # Whole numbers of 32 bits: half the memory to go through.
        self.first, self.last = first.astype(np.int32), last.astype(np.int32)
        comes = np.bincount(first, minlength=steps + 1)
        goes = np.bincount(last, minlength=steps + 1)
        self.count = np.cumsum(comes - goes)[:steps]
        self.events = np.cumsum(comes + goes)[:steps]

    def percentiles(self, share: FloatArray) -> FloatArray:
        """Of every step: shape (steps, q), NaN where nobody stands."""
        found = np.full((self.size, share.size), np.nan)
        starts = np.flatnonzero(np.diff(self.events // BLOCK, prepend=-1))
        stops = np.append(starts[1:], self.size)[: starts.size]
        here: IntArray = np.empty(0, dtype=np.int64)
        seen = 0
        for begin, stop in zip(starts.tolist(), stops.tolist(), strict=True):
            here = here[self.last[here] > begin]
            came = int(np.searchsorted(self.first, stop))
            here = np.concatenate((here, np.arange(seen, came)))
            seen = came
            found[begin:stop] = self._block(here, begin, stop, share)
        return found

    def _block(self, here: IntArray, begin: int, stop: int, share: FloatArray) -> FloatArray:
        """Of the steps of one block; `here` are those who stand at one of them, oldest first."""
        count = self.count[begin:stop]
        # So many more as may leave before the block ends, when others move up.
        newest = here[: -(_reach(int(count.max(initial=0))) + BLOCK) - 1 : -1]
        if newest.size == 0:
            return np.full((count.size, share.size), np.nan)
        stands = self._stands(newest, np.arange(begin, stop, dtype=np.int32))
        order = np.argsort(self.value[newest])
        weight, total = _weights(stands, count, order, self.room)
        found, sure = _cross(weight, total, share)
        # Where rounding leads past the last of them, the step isn't sure.
        value = self.value[newest[order]][np.minimum(found, newest.size - 1)]
        for row in np.flatnonzero(~sure & (count > 0)).tolist():
            value[row] = self._everybody(here, begin + row, share)
        value[count == 0] = np.nan
        return np.asarray(value)

    def _stands(self, rows: IntArray, step: NDArray[np.int32]) -> BoolArray:
        """Who stands at which step: (steps, m)."""
        return np.asarray((self.first[rows] <= step[:, None]) & (step[:, None] < self.last[rows]))

    def _everybody(self, here: IntArray, step: int, share: FloatArray) -> FloatArray:
        """Of one step, from all who stand."""
        rows = here[self._stands(here, np.array([step], dtype=np.int32))[0]]
        return percentiles(self.value[rows], share * 100, recency_weights(rows.size))


def _reach(people: int) -> int:
    """How many of the newest have all of the weight but about LEFT_OUT."""
    root, depth = np.sqrt(people), -np.log(LEFT_OUT)
    # √n - √(n - d) = depth, solved for d.
    return people if depth >= root else int(np.ceil(depth * (2 * root - depth)))


class _Room:
    """Memory for the matrices of one block after another: asking the system for it each time takes longer."""

    def __init__(self) -> None:
        self.floats: dict[str, FloatArray] = {}

    def matrix(self, name: str, rows: int, columns: int) -> FloatArray:
        """A matrix of numbers, with whatever was in it."""
        kept = self.floats.get(name)
        if kept is None or kept.size < rows * columns:
            kept = self.floats[name] = np.empty(2 * rows * columns)
        return kept[: rows * columns].reshape(rows, columns)


def _weights(
    stands: BoolArray, count: IntArray, order: IntArray, room: _Room
) -> tuple[FloatArray, FloatArray]:
    """Weights of the newest at every step, in the order given, and everybody's weight: (steps, m), (steps,).

    `stands` has the newest first. A total of -1 says that all of the weight is there. Columns of no weight
    fill the last group.
    """
    steps, people = stands.shape
    most = int(count.max())
    rank = room.matrix("rank", steps, people).view(np.int64)
    # From n for the newest down: n + 1 less how many have been passed.
    np.negative(stands, dtype=np.int64, casting="unsafe", out=rank)
    rank[:, 0] += count + 1
    np.cumsum(rank, axis=1, out=rank)
    every = rank[:, -1] == 1
    rank *= stands
    # One table for all steps: exp(√i - √n) has the same proportions whatever n is.
    table = np.exp(np.sqrt(np.arange(most + 1)) - np.sqrt(most))
    table[0] = 0  # the rank of who doesn't stand
    ordered = room.matrix("ordered", steps, people).view(np.int64)
    np.take(rank, order, axis=1, mode="clip", out=ordered)
    weight = room.matrix("weight", steps, -(-people // GROUP) * GROUP)
    weight[:, people:] = 0
    weight[:, :people] = np.take(table, ordered, mode="clip", out=rank.view(np.float64))
    few = count <= 2
    weight[few, :people] = stands[few][:, order]
    return weight, np.where(every, -1.0, np.cumsum(table)[count])


def _cross(weight: FloatArray, total: FloatArray, share: FloatArray) -> tuple[IntArray, BoolArray]:
    """Where the weight so far crosses each share at each step, (steps, q), and at which steps that is sure.

    Those left out may lie anywhere, all together. Sums over groups come first, then those inside one group.
    """
    within = weight.reshape(len(weight), -1, GROUP)
    reached = np.cumsum(within.sum(axis=2), axis=1)
    total = np.where(total < 0, reached[:, -1], total)
    low = total[:, None] * (share - SAME_SHARE) - (total - reached[:, -1])[:, None]
    group = np.minimum((reached[:, None, :] < low[:, :, None]).sum(axis=2), reached.shape[1] - 1)
    step = np.arange(len(weight))[:, None]
    before = np.where(group > 0, reached[step, group - 1], 0.0)
    inside = before[:, :, None] + np.cumsum(within[step, group], axis=2)
    place = np.minimum((inside < low[:, :, None]).sum(axis=2), GROUP - 1)
    sure = inside[step, np.arange(share.size), place] > (share + SAME_SHARE) * total[:, None]
    return group * GROUP + place, sure.all(axis=1)
