"""Where coordinates lie if answers are meant to within a tolerance, and by how much rows are broken even so.

Interval arithmetic for many people at once: what a single row rules out is found without any program.
"""

import numpy as np

from scoring.checks import FloatArray
from scoring.coherence.event_space import EventSpace

#: Stands for what is not bounded, in products that know no infinity; whatever it entered is beyond `_FAR`.
_ENDLESS, _FAR = 1e12, 1e6


def own_place(space: EventSpace, at: int) -> int:
    """The coordinate that an answer alone tells of: the last of its numerator, where conjunctions stand."""
    return int(np.flatnonzero(space.numerator[at, :-1])[-1])


def plain_and_conditional(space: EventSpace) -> tuple[list[int], list[int]]:
    """Answers that are chances, and those that are chances inside a condition; what nothing ties is neither."""
    tied, conditional = space.numerator.any(axis=1), space.denominator[:, :-1].any(axis=1)
    return np.flatnonzero(tied & ~conditional).tolist(), np.flatnonzero(tied & conditional).tolist()


def stated(space: EventSpace, people: FloatArray) -> FloatArray:
    """The coordinates that plain answers say outright, with the constant last; NaN where nobody did.

    Shape (people, coordinates + 1).
    """
    found = np.full((len(people), space.size + 1), np.nan)
    found[:, -1] = 1
    for at in plain_and_conditional(space)[0]:
        found[:, own_place(space, at)] = people[:, at]
    return found


def said_of(expression: FloatArray, coordinates: FloatArray) -> FloatArray:
    """An expression's value for each person, NaN where one of its coordinates is missing."""
    made_of = np.flatnonzero(expression)
    return np.asarray(coordinates[:, made_of] @ expression[made_of])


def boxes(space: EventSpace, people: FloatArray, tolerance: float) -> tuple[FloatArray, FloatArray]:
    """From where to where each coordinate lies if every answer is meant within the tolerance; infinite if unanswered.

    A conjunction is told by its conditional answers; where they contradict each other, its low end is above the high.
    Both of shape (people, coordinates).
    """
    # Both are filled column by column.
    people = np.asfortranarray(people)
    low, high = (np.full((space.size, len(people)), end).T for end in (-np.inf, np.inf))
    plain, conditional = plain_and_conditional(space)
    for at in plain:
        place, told = own_place(space, at), ~np.isnan(people[:, at])
        low[told, place] = np.maximum(people[told, at] - tolerance, 0)
        high[told, place] = np.minimum(people[told, at] + tolerance, 1)
    for at in conditional:
        place, told = own_place(space, at), ~np.isnan(people[:, at])
        value, rest = people[told, at], space.numerator[at].copy()
        least, most = (end.clip(0, 1) for end in _of_one(space.denominator[at], low[told], high[told]))
        inside = np.maximum(value - tolerance, 0) * least, np.minimum(value + tolerance, 1) * most
        sign, rest[place] = rest[place], 0
        if sign < 0:
            # The numerator is P(event) less the conjunction.
            event = _of_one(rest, low[told], high[told])
            inside = event[0] - inside[1], event[1] - inside[0]
        low[told, place] = np.maximum(low[told, place], inside[0])
        high[told, place] = np.minimum(high[told, place], inside[1])
    return low, high


def over(space: EventSpace, low: FloatArray, high: FloatArray) -> FloatArray:
    """By how much each row is broken at least, wherever in a box a forecast lies; negative where it need not be.

    Shape (people, rows).
    """
    least, most = ends(space.table, low, high)
    return np.where(space.equalities, np.maximum(least, -most), least)


def ends(table: FloatArray, low: FloatArray, high: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The least and the most of expressions over each person's box, both of shape (people, expressions)."""
    plus, minus = np.maximum(table[:, :-1], 0).T, np.minimum(table[:, :-1], 0).T
    low, high = np.maximum(low, -_ENDLESS), np.minimum(high, _ENDLESS)
    least, most = low @ plus + high @ minus + table[:, -1], high @ plus + low @ minus + table[:, -1]
    return np.where(least < -_FAR, -np.inf, least), np.where(most > _FAR, np.inf, most)


def _of_one(expression: FloatArray, low: FloatArray, high: FloatArray) -> tuple[FloatArray, FloatArray]:
    least, most = ends(expression[None], low, high)
    return least[:, 0], most[:, 0]
