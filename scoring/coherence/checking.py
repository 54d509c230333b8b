"""Which answers of one person can't go together (consistency check), by how much, and what would mend it.

An alarm is raised only where no coherent forecast lies within the tolerance of every answer: answers that are
coherent but rounded to whole percents give none. Single rows come first, which takes microseconds; a linear program
finds what only several rows together rule out, and a deletion filter the answers without which it would not.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from scoring.checks import BoolArray, FloatArray
from scoring.coherence._boxes import own_place
from scoring.coherence._breaches import BEYOND_ROUNDING, Breaches, Telling, readings
from scoring.coherence._programs import Solved, solve
from scoring.coherence.event_space import Answer, EventSpace
from scoring.coherence.rows import Row

# At a tolerance of 0, coherent answers rounded to whole percents raised an alarm for 77 % of people on the
# larger group of tied questions, and for 45 % on the smaller.
#: Half a percentage point: coherent answers rounded to whole percents are within it.
TOLERANCE = 0.005
#: No more clashes than this are looked for beyond single rows: those that are mended often mend others.
_MOST = 3


@dataclass(frozen=True, eq=False)
class Clash:
    """Answers that can't go together.

    Attributes
    ----------
    answers
        (question, option) of those involved.
    rows
        The rows of the event space that rule them out; one, unless only several do, or what the answers mean does.
    sources
        Keys of relations and questions that those follow from; never none.
    amount
        By how much probability in all these answers would have to change.
    mends
        For an answer, from where to where it would have to lie if the others of the clash stayed as they are.
    """

    answers: tuple[Answer, ...]
    rows: tuple[Row, ...]
    sources: tuple[str, ...]
    amount: float
    mends: dict[Answer, tuple[float, float]]


def clashes(
    space: EventSpace,
    answers: ArrayLike,
    tolerance: float = TOLERANCE,
    in_hand: Answer | None = None,
    with_mends: bool = True,
) -> list[Clash]:
    """What of one person's answers can't go together, the largest first.

    Parameters
    ----------
    space : EventSpace
    answers : shape (answers of the space,)
        From 0 to 1, NaN where there is none.
    tolerance : 0 or more
        A coherent forecast this near to every answer is near enough.
    in_hand : (question, option), optional
        The answer that is being given: mends are told for it alone; otherwise for all.
    with_mends
        False where nobody asks for them: they take most of the time.

    Returns
    -------
    list of Clash
        Empty exactly if a coherent forecast lies within the tolerance of every answer, wherever the space is
        complete. A clash of single rows comes before those that need several; of answers that are in one already
        no further one of the second kind is looked for.

    Examples
    --------
    >>> from scoring.coherence import Event, Question, Relation
    >>> questions = [Question("treaty", "binary"), Question("truce", "binary")]
    >>> both = Event("treaty", ("yes",)), Event("truce", ("yes",))
    >>> space = EventSpace.of(questions, [Relation("R", "implies", both)])
    >>> clashes(space, [0.2, 0.3])
    []
    >>> (found,) = clashes(space, [0.5, 0.3], in_hand=("treaty", "yes"))
    >>> found.sources, round(found.amount, 3)
    (('R',), 0.2)
    >>> [round(end, 3) for end in found.mends["treaty", "yes"]]
    [0.0, 0.305]
    """
    given = space.checked(answers)
    if given.ndim != 1:
        raise ValueError(f"answers must be of one person, got shape {given.shape}")
    if in_hand is not None and in_hand not in space.answers:
        raise ValueError(f"in_hand must be an answer of the space, got {in_hand!r}")
    if not 0 <= tolerance < 1:
        raise ValueError(f"tolerance must be 0 or more and less than 1, got {tolerance}")
    person = _Person(space, given, tolerance)
    told = person.told if in_hand is None else [space.answers.index(in_hand)]
    wanted = frozenset(told if with_mends else [])
    made = [person.clash(rows, involved, amount, wanted) for rows, involved, amount in person.found()]
    return sorted(made, key=lambda clash: -clash.amount)


def go_together(space: EventSpace, answers: ArrayLike, tolerance: float = TOLERANCE) -> bool:
    """Whether some coherent forecast is near enough to all of one person's answers; what does not, `clashes` tells.

    Parameters
    ----------
    space : EventSpace
    answers : shape (answers of the space,)
        From 0 to 1, NaN where there is none.
    tolerance : 0 or more
        A coherent forecast this near to every answer is near enough.

    Examples
    --------
    >>> from scoring.coherence import Event, Question, Relation
    >>> questions = [Question("treaty", "binary"), Question("truce", "binary")]
    >>> both = Event("treaty", ("yes",)), Event("truce", ("yes",))
    >>> space = EventSpace.of(questions, [Relation("R", "implies", both)])
    >>> go_together(space, [0.2, 0.3]), go_together(space, [0.5, 0.3])
    (True, False)
    """
    person = _Person(space, space.checked(answers), tolerance)
    if person.by_rows():
        return False
    told = person.told
    return not told or person._program(told, tolerance, bool(space.hulls)) is not None


#: Rows of the space (positions), answers involved, and the amount.
_Found = tuple[list[int], list[int], float]


class _Person:
    """One person's answers, and what is asked of them."""

    def __init__(self, space: EventSpace, given: FloatArray, tolerance: float) -> None:
        self.space, self.given, self.tolerance = space, given, tolerance
        tied = np.any(space.numerator, axis=1)
        self.told = np.flatnonzero(~np.isnan(given) & tied).tolist()

    def found(self) -> list[_Found]:
        """Clashes of single rows, and then those that need several."""
        found = self.by_rows()
        free = {at for _, involved, _ in found for at in involved}
        for _ in range(_MOST):
            further = self.by_program([at for at in self.told if at not in free])
            if further is None:
                break
            found.append(further)
            free.update(further[1])
        return found

    def by_rows(self) -> list[_Found]:
        """Rows that are broken wherever within the tolerance the answers are meant."""
        space, person = self.space, self.given[None]
        found = Breaches.of(space, person, self.tolerance)
        amounts = readings(space, person, 0)[0, found.columns]
        behind = Telling(space).behind(found.coordinates, ~np.isnan(self.given))
        return [
            (list(found.rows[at]), np.flatnonzero(behind[at]).tolist(), float(amounts[at]))
            for at in np.flatnonzero(found.broken[0]).tolist()
        ]

    def by_program(self, told: list[int]) -> _Found | None:
        """A minimal set of answers that no coherent forecast is near, by an elastic program and a deletion filter."""
        hulls = bool(self.space.hulls)
        if not told or self._program(told, self.tolerance, hulls) is not None:
            return None
        # By rows alone where they suffice: a row has sources to tell, a mixture of atoms has none.
        prices = self._elastic(told, self.tolerance, with_hulls=False)
        with_hulls = prices.value <= BEYOND_ROUNDING
        if with_hulls:
            prices = self._elastic(told, self.tolerance, with_hulls)
        involved = [
            at
            for at, price in zip(told, self._answer_prices(prices, told), strict=True)
            if price > BEYOND_ROUNDING
        ]
        # Deletion filter: Chinneck and Dravnieks (1991), ORSA Journal on Computing 3, 157-168. Only answers
        # with a price are tried: from the start it would take twice as long.
        for at in list(involved):
            fewer = [other for other in involved if other != at]
            if self._program(fewer, self.tolerance, with_hulls) is None:
                involved = fewer
        whole = self._elastic(involved, 0, with_hulls)
        rows = np.flatnonzero(np.abs(whole.prices[: len(self.space.rows)]) > BEYOND_ROUNDING).tolist()
        return rows, involved, whole.value

    def _answer_prices(self, solved: Solved, told: list[int]) -> FloatArray:
        count = len(self.space.rows)
        sides = np.abs(solved.prices[count : count + 2 * len(told)])
        return np.asarray(sides.reshape(2, len(told)).max(axis=0))

    def _answers(self, told: Sequence[int], tolerance: float) -> FloatArray:
        """Rows that keep some answers within the tolerance: above, then below."""
        top, base = self.space.numerator[told], self.space.denominator[told]
        value = self.given[told][:, None]
        return np.concatenate((top - (value + tolerance) * base, (value - tolerance) * base - top))

    def _elastic(self, told: Sequence[int], tolerance: float, with_hulls: bool) -> Solved:
        """The least total change beyond the tolerance."""
        solved = self._program(told, tolerance, with_hulls, elastic=True)
        if solved is None:
            raise ValueError("space must have a coherent forecast, this one has none")
        return solved

    def _program(
        self,
        told: Sequence[int],
        tolerance: float,
        with_hulls: bool,
        elastic: bool = False,
        aim: FloatArray | None = None,
        base: FloatArray | None = None,
    ) -> Solved | None:
        """Over (y, t), homogeneous: so that a ratio can be an aim, with `base · (y, t) = 1`."""
        # Charnes and Cooper (1962), Naval Research Logistics Quarterly 9, 181-186: a ratio as the aim of a
        # linear program.
        space, size = self.space, self.space.size + 1
        low, high = np.full(size, -np.inf), np.full(size, np.inf)
        bounded = []
        if not elastic and (base is None or not base[:-1].any()):
            # Bounds of a variable cost less than rows; where everything is scaled by a base they are no numbers.
            bounded = [at for at in told if not space.denominator[at, :-1].any()]
            places = [own_place(space, at) for at in bounded]
            low[places], high[places] = self.given[bounded] - tolerance, self.given[bounded] + tolerance
        bounds = self._answers([at for at in told if at not in set(bounded)], tolerance)
        rows = [space.table, bounds, (_one(size) if base is None else base)[None]]
        same = np.zeros(sum(len(row) for row in rows), bool)
        same[: len(space.rows)], same[-1] = space.equalities, True
        table = np.concatenate(rows)
        limit = np.zeros(len(table))
        limit[-1] = 1
        low[-1] = 0
        goal = np.zeros(size) if aim is None else aim
        if elastic:
            slack = np.zeros((len(table), len(bounds)))
            slack[len(space.rows) :][: len(bounds)] = -np.eye(len(bounds))
            table = np.concatenate((table, slack), axis=1)
            goal = np.append(goal, np.ones(len(bounds)))
        if with_hulls:
            table, limit, same = _with_hulls(space, table, limit, same)
        more = table.shape[1] - size
        low, high = np.append(low, np.zeros(more)), np.append(high, np.full(more, np.inf))
        goal = np.append(goal, np.zeros(table.shape[1] - goal.size))
        return solve(goal, table, limit, same, low, high)

    def mend(self, at: int, others: Collection[int]) -> tuple[float, float]:
        """Between which values an answer is coherent with some others; anything, where its condition can't be."""
        top, base = self.space.numerator[at], self.space.denominator[at]
        rest = [other for other in others if other != at]
        ends = []
        for side in (1, -1):
            solved = self._program(rest, self.tolerance, bool(self.space.hulls), aim=side * top, base=base)
            if solved is None:
                return 0.0, 1.0
            ends.append(min(max(side * solved.value, 0.0), 1.0))
        return ends[0], ends[1]

    def _meanings(self, involved: Iterable[int]) -> tuple[str, ...]:
        """From what answers have their meaning, where no row is needed: two conditionals may be of one event."""
        tied = {one.pair: one.source for one in self.space.states.conditionals}
        keys = (self.space.answers[at][0] for at in involved)
        return tuple(dict.fromkeys(tied.get(key, key) for key in keys))

    def clash(self, rows: list[int], involved: list[int], amount: float, wanted: Collection[int]) -> Clash:
        """What was found, in the words of the space."""
        space = self.space
        found = tuple(space.rows[at] for at in rows)
        sources = tuple(dict.fromkeys(source for row in found for source in row.sources))
        sources = sources or self._meanings(involved)
        mends = {space.answers[at]: self.mend(at, involved) for at in involved if at in wanted}
        return Clash(tuple(space.answers[at] for at in involved), found, sources, amount, mends)


def _one(size: int) -> FloatArray:
    """The expression 1."""
    found = np.zeros(size)
    found[-1] = 1
    return found


def _with_hulls(
    space: EventSpace, table: FloatArray, limit: FloatArray, same: BoolArray
) -> tuple[FloatArray, FloatArray, BoolArray]:
    """A program whose blocks in circles are mixtures of their atoms."""
    for hull in space.hulls:
        count, width = len(hull.values), table.shape[1]
        tie = np.zeros((len(hull.places) + 1, width + count))
        tie[np.arange(len(hull.places)), hull.places] = 1
        tie[:-1, width:] = -hull.values.T
        tie[-1, space.size], tie[-1, width:] = 1, -1
        table = np.concatenate((np.pad(table, ((0, 0), (0, count))), tie))
        limit, same = np.append(limit, np.zeros(len(tie))), np.append(same, np.ones(len(tie), bool))
    return table, limit, same
