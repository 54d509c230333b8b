"""Consistency checks of many people at once: who has a clash, from which declarations, and what it costs for sure.

Rows are read in interval arithmetic, for everybody together. Only where somebody breaks none, and the repair moves
them by more than the tolerance, a linear program is asked.
"""

from dataclasses import dataclass
from typing import Literal, cast

import numpy as np
from numpy.typing import ArrayLike

from scoring.checks import BoolArray, FloatArray
from scoring.coherence._boxes import said_of, stated
from scoring.coherence._breaches import Breaches
from scoring.coherence._states import States
from scoring.coherence.checking import TOLERANCE, clashes
from scoring.coherence.declarations import Relation
from scoring.coherence.distances import guaranteed_loss
from scoring.coherence.event_space import EventSpace
from scoring.coherence.repairs import Repaired, repair

PairKind = Literal["implies", "equals", "excludes", "partition"]


@dataclass(frozen=True, eq=False)
class Clashing:
    """Whose answers can't go together, and from what that follows.

    Attributes
    ----------
    sources
        Keys of relations and questions, in the order of the space's rows.
    who : shape (people, sources)
        Whose answers clash by which.
    """

    sources: tuple[str, ...]
    who: BoolArray

    @property
    def anywhere(self) -> BoolArray:
        """Who has a clash at all, shape (people,)."""
        return np.asarray(self.who.any(axis=1))


def clashing(
    space: EventSpace, answers: ArrayLike, repaired: Repaired | None = None, tolerance: float = TOLERANCE
) -> Clashing:
    """Who of many people has a clash, as `clashes` says of each, and from which declarations it follows.

    Parameters
    ----------
    answers : shape (people, answers)
        From 0 to 1, NaN where there is none.
    repaired
        What `repair` makes of these answers without weights, where that is known already.
    tolerance : 0 or more
        A coherent forecast this near to every answer is near enough.

    Returns
    -------
    Clashing
        Of whoever breaks single rows among questions that are tied together, the sources of these alone: of several
        the ones with the fewest answers.

    Examples
    --------
    >>> from scoring.coherence import Event, Question, Relation
    >>> questions = [Question("treaty", "binary"), Question("truce", "binary")]
    >>> both = Event("treaty", ("yes",)), Event("truce", ("yes",))
    >>> space = EventSpace.of(questions, [Relation("R", "implies", both)])
    >>> found = clashing(space, [[0.5, 0.3], [0.305, 0.3], [0.2, 0.3]])
    >>> found.anywhere, found.sources[found.who[0].argmax()]
    (array([ True, False, False]), 'R')
    """
    people = np.atleast_2d(space.checked(answers))
    sources = _sources(space)
    follows = np.array([[source in row.sources for source in sources] for row in space.rows])
    follows = follows.reshape(len(space.rows), len(sources))
    broken = _broken_rows(space, people, tolerance)
    by: BoolArray = broken.astype(float) @ follows > 0
    near = (repair(space, people) if repaired is None else repaired).answers
    far = np.nan_to_num(np.abs(near - people)) > tolerance
    for places in space.components:
        inside, own = (np.any(table[:, places], axis=1) for table in (space.numerator, space.table))
        # A clash moves some answer by more than the tolerance, else the repair itself would be near enough to
        # all of them: nobody else needs a program.
        unexplained = far[:, inside].any(axis=1) & ~broken[:, own].any(axis=1)
        for person in np.flatnonzero(unexplained).tolist():
            said = np.where(inside, people[person], np.nan)
            found = clashes(space, said, tolerance, with_mends=False)
            named = {source for clash in found for source in clash.sources}
            by[person] |= [source in named for source in sources]
    return Clashing(sources, by)


def pair_losses(space: EventSpace, answers: ArrayLike) -> tuple[tuple[Relation, ...], FloatArray]:
    """Guaranteed logarithmic loss of each declared relation between two events, for many people.

    Those of several relations are not to be added: one loss is lost once. Their largest is lost for sure.

    Parameters
    ----------
    answers : shape (people, answers)
        From 0 to 1, NaN where there is none.

    Returns
    -------
    relations, losses : shape (people, relations)
        As `guaranteed_loss` defines it; NaN where an event's chance was not said outright.

    Examples
    --------
    >>> from scoring.coherence import Event, Question
    >>> questions = [Question("treaty", "binary"), Question("truce", "binary")]
    >>> both = Event("treaty", ("yes",)), Event("truce", ("yes",))
    >>> space = EventSpace.of(questions, [Relation("R", "implies", both)])
    >>> pair_losses(space, [[0.3, 0.25], [0.25, 0.3], [0.3, float("nan")]])[1].round(4).ravel()
    array([0.0031, 0.    ,    nan])
    """
    said = stated(space, np.atleast_2d(space.checked(answers)))
    relations = tuple(one for one in space.states.relations if len(one.events) == 2 and one.kind != "total")
    losses = np.full((len(said), len(relations)), np.nan)
    for at, relation in enumerate(relations):
        kind = "excludes" if relation.kind == "never" else relation.kind
        chances = np.stack([_chance(space.states, relation, side, said) for side in (0, 1)], axis=-1)
        losses[:, at] = guaranteed_loss(cast("PairKind", kind), chances)
    return relations, losses


def _chance(states: States, relation: Relation, side: int, said: FloatArray) -> FloatArray:
    """What everybody says of an event, at most 1: options may sum to more."""
    return said_of(states.mass(*states.among(relation.events[side])), said).clip(0, 1)


def _broken_rows(space: EventSpace, people: FloatArray, tolerance: float) -> BoolArray:
    """Which rows each person's breaches are of."""
    found = Breaches.of(space, people, tolerance)
    of_rows = np.zeros((len(found.rows), len(space.rows)))
    for at, rows in enumerate(found.rows):
        of_rows[at, rows] = 1
    return np.asarray(found.broken.astype(float) @ of_rows > 0)


def _sources(space: EventSpace) -> tuple[str, ...]:
    """Everything that a clash may follow from: rows, and what the answers mean."""
    questions = [one.key for one in space.states.questions]
    conditionals = [one.source for one in space.states.conditionals]
    of_rows = [source for row in space.rows for source in row.sources]
    return tuple(dict.fromkeys([*of_rows, *conditionals, *questions]))
