"""What one row alone rules out (breach), for many people at once, and which breach another explains.

The only place that reads single rows: one person's clashes and everybody's are made of the same breaches.
"""

from dataclasses import dataclass

import numpy as np

from scoring.checks import BoolArray, FloatArray, IntArray
from scoring.coherence._boxes import boxes, over, own_place, plain_and_conditional
from scoring.coherence.event_space import EventSpace

#: What is beyond this is no rounding of doubles.
BEYOND_ROUNDING = 1e-9


class Telling:
    """Which answers tell which coordinates of a space.

    Attributes
    ----------
    varying : shape (answers,)
        Those inside a condition, or of what such a one is made of: any may be missing where a breach is.
    """

    def __init__(self, space: EventSpace) -> None:
        plain, self._conditional = plain_and_conditional(space)
        numerator = space.numerator[:, :-1] != 0
        self._tells = np.zeros((len(space.answers), space.size), bool)
        for at in (*plain, *self._conditional):
            self._tells[at, own_place(space, at)] = True
        self._made_of = (numerator | (space.denominator[:, :-1] != 0))[self._conditional]
        self.varying: BoolArray = numerator @ self._made_of.any(axis=0)

    def behind(self, coordinates: BoolArray, given: BoolArray) -> BoolArray:
        """Given answers by which coordinates are known: a conjunction by what its ratio is made of, too.

        From `coordinates`, shape (breaches, coordinates), and `given`, shape (answers,), to (breaches, answers).
        """
        tells = self._tells & given[:, None]
        # From coordinates to answers and on to the coordinates of their conditions, as far as that leads.
        reached = coordinates
        while True:
            found = reached.astype(float) @ tells.T > 0
            further = reached | (found[:, self._conditional].astype(float) @ self._made_of > 0)
            if (further == reached).all():
                return np.asarray(found)
            reached = further


def readings(space: EventSpace, people: FloatArray, tolerance: float) -> FloatArray:
    """By how much each row is broken at least, and then how far apart the two ends of each coordinate are.

    Shape (people, rows + coordinates); not above 0 where nothing is wrong.
    """
    low, high = boxes(space, people, tolerance)
    return np.concatenate((over(space, low, high), low - high), axis=1)


@dataclass(frozen=True, eq=False)
class Breaches:
    """Rows that answers break wherever within the tolerance each is meant, without those that others explain.

    Attributes
    ----------
    columns
        Which of the `readings`.
    rows
        Of each breach the positions of its rows: one, or all of the conditional whose answers say two things of one
        conjunction.
    coordinates : shape (breaches, coordinates)
        What each is read from.
    broken : shape (people, breaches)
    """

    columns: IntArray
    rows: tuple[tuple[int, ...], ...]
    coordinates: BoolArray
    broken: BoolArray

    @classmethod
    def of(cls, space: EventSpace, people: FloatArray, tolerance: float) -> "Breaches":
        """Those of many people, shape (people, answers)."""
        beyond = readings(space, people, tolerance)
        columns = np.flatnonzero((beyond > BEYOND_ROUNDING).any(axis=0))
        beyond = beyond[:, columns]
        coordinates = np.concatenate((space.table[:, :-1] != 0, np.eye(space.size, dtype=bool)))[columns]
        broken = beyond > BEYOND_ROUNDING
        broken &= ~_explained(Telling(space), coordinates, beyond, ~np.isnan(people))
        return cls(columns, tuple(_rows(space, at) for at in columns.tolist()), coordinates, broken)


def _explained(telling: Telling, coordinates: BoolArray, beyond: FloatArray, given: BoolArray) -> BoolArray:
    """Who breaks something that another of their breaches explains, shape (people, breaches)."""
    broken = beyond > BEYOND_ROUNDING
    explained = np.zeros_like(broken)
    several = np.flatnonzero(broken.sum(axis=1) > 1)
    # Which answers are behind a breach depends on which are given only where a condition is, and there on few: people
    # alike in these are compared together.
    anyone = telling.behind(coordinates, np.ones(given.shape[1], bool))
    near = broken[several].astype(float) @ anyone > 0
    patterns, alike = np.unique(given[several] & near & telling.varying, axis=0, return_inverse=True)
    for at, pattern in enumerate(patterns):
        people = several[alike.ravel() == at]
        some = np.flatnonzero(broken[people].any(axis=0))
        here = np.ix_(people, some)
        behind = telling.behind(coordinates[some], pattern | ~telling.varying)
        explained[here] = _say_less(broken[here], beyond[here], behind)
    return explained


def _say_less(broken: BoolArray, beyond: FloatArray, behind: BoolArray) -> BoolArray:
    """Breaches whose answers include all of another's; of those of the same answers, all but the largest.

    What mends the one of fewer answers mostly mends the other.
    """
    shared, size = behind.astype(float) @ behind.T, behind.sum(axis=1)
    inside = shared == size[:, None]
    less = broken.astype(float) @ (inside & ~inside.T) > 0
    for one, other in np.argwhere(inside & inside.T & ~np.eye(len(size), dtype=bool)).tolist():
        larger = beyond[:, one] > beyond[:, other]
        first = (beyond[:, one] == beyond[:, other]) & (one < other)
        less[:, other] |= broken[:, one] & (larger | first)
    return np.asarray(less)


def _rows(space: EventSpace, column: int) -> tuple[int, ...]:
    """A row itself; of a conjunction, the rows of the conditional it belongs to."""
    if column < len(space.rows):
        return (column,)
    at = np.flatnonzero(space.table[:, column - len(space.rows)]).tolist()
    return tuple(row for row in at if space.rows[row].kind == "conditional")
