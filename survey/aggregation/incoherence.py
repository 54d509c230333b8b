"""Incoherence of people: how far each one's standing answers are from coherent, what clashes, what it costs for sure.

From plain arrays alone: whoever has the answers of a survey computes the same, without the store.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from scoring.coherence import Clashing, EventSpace, Repaired, clashing, pair_losses, repair

from .rules import Figures
from .segments import SegmentMembers, unsuppressed
from .specification import Floats, ForecastArrays, QuestionSpec
from .standing import counted, standing_forecasts

#: Ends of the cells of a distribution of distances, in probability; before the first is who has no clash at all.
EDGES = (0.0, 0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 1.0)

#: A question's key and option.
Answer = tuple[str, str]


@dataclass(frozen=True, eq=False)
class StandingAnswers:
    """What stood of some people's answers at a day's end.

    Attributes
    ----------
    people : shape (people,)
        Their ids, ascending: whoever answered any question that hangs together with another.
    chances : shape (people, answers of the space)
        NaN where none stood, and of questions that nothing ties.
    """

    people: NDArray[np.int64]
    chances: Floats


@dataclass(frozen=True)
class PersonIncoherence:
    """One person's answers to the questions of one component, those that hang together.

    Attributes
    ----------
    component
        Key of its first question.
    answered
        How many answers stood, options and dates each for itself.
    distance
        Root mean square of what the nearest coherent forecast changes in them, in probability.
    clashing
        Keys of the relations and questions that they clash by, beyond half a point; none where they go together.
    loss
        Logarithmic score that is lost for sure to a coherent forecast, by the worst pair of events that a relation
        ties; None where both events of none had a chance.
    """

    participant: int
    component: str
    answered: int
    distance: float
    clashing: tuple[str, ...]
    loss: float | None


@dataclass(frozen=True, eq=False)
class Component:
    """Questions that hang together: their keys, in order, and the places of their answers in the space."""

    questions: tuple[str, ...]
    answers: NDArray[np.int64]


def tied_components(space: EventSpace) -> list[Component]:
    """The components of two questions and more, in the order of their first questions."""
    found = []
    for places in space.components:
        inside = np.flatnonzero(space.numerator[:, places].any(axis=1))
        keys = tuple(dict.fromkeys(space.answers[at][0] for at in inside.tolist()))
        if len(keys) > 1:
            found.append(Component(keys, inside))
    return sorted(found, key=lambda one: int(one.answers[0]))


def standing_answers(
    space: EventSpace,
    answers: Mapping[str, tuple[QuestionSpec, ForecastArrays]],
    as_of: int,
    known: Collection[Answer] = (),
) -> StandingAnswers:
    """What stood at the end of a day, as rows of the event space.

    Parameters
    ----------
    answers
        By key of the question, of those that hang together; others are left out.
    as_of
        The day, in days since 1970-01-01.
    known
        What had come out by then: no forecast any more.
    """
    columns: list[tuple[int, NDArray[np.int64], Floats]] = []
    tied = {at for component in tied_components(space) for at in component.answers.tolist()}
    for at in sorted(tied):
        key, option = space.answers[at]
        if key not in answers or (key, option) in known:
            continue
        question, arrays = answers[key]
        counting = counted(question, arrays, as_of)
        stands = standing_forecasts(counting, counting.of_option(option), as_of)
        columns.append((at, counting.participant[stands.rows], stands.values[:, 0]))
    people = np.unique(np.concatenate([np.zeros(0, np.int64), *(who for _, who, _ in columns)]))
    chances = np.full((people.size, len(space.answers)), np.nan)
    for at, who, values in columns:
        chances[np.searchsorted(people, who), at] = values
    return StandingAnswers(people, chances)


@dataclass(frozen=True, eq=False)
class Coherence:
    """Everybody's answers beside the nearest coherent ones."""

    space: EventSpace
    standing: StandingAnswers

    @cached_property
    def repaired(self) -> Repaired:
        """The coherent forecast nearest to each."""
        return repair(self.space, self.standing.chances)

    @cached_property
    def clashing(self) -> Clashing:
        """Whose answers can't go together, beyond half a point."""
        return clashing(self.space, self.standing.chances, self.repaired)

    @cached_property
    def components(self) -> list[Component]:
        """The questions that hang together."""
        return tied_components(self.space)

    @cached_property
    def distance(self) -> Floats:
        """Root mean square change of all answers that hang together, of each person."""
        moved = self.repaired.moved
        return np.asarray(np.sqrt(np.nansum(moved**2, axis=1) / np.maximum(_count(moved), 1)))

    def could_clash(self) -> NDArray[np.bool_]:
        """Who answered two questions that hang together: of one alone nothing can clash."""
        found = np.zeros(self.standing.people.size, bool)
        for component in self.components:
            asked = np.zeros(found.size, int)
            for key in component.questions:
                own = [at for at in component.answers.tolist() if self.space.answers[at][0] == key]
                asked += ~np.isnan(self.standing.chances[:, own]).all(axis=1)
            found |= asked > 1
        return found

    def rows(self) -> Iterator[PersonIncoherence]:
        """A row for each person and component of which they answered any, by person."""
        relations, losses = pair_losses(self.space, self.standing.chances)
        parts = []
        for component in self.components:
            own = [at for at, one in enumerate(relations) if one.events[0].question in component.questions]
            moved = self.repaired.moved[:, component.answers]
            parts.append((component, _count(moved), moved, losses[:, own], self._sources(component)))
        for at, person in enumerate(self.standing.people.tolist()):
            for component, answered, moved, loss, sources in parts:
                if not answered[at]:
                    continue
                distance = float(np.sqrt(np.nansum(moved[at] ** 2) / answered[at]))
                named = tuple(self.clashing.sources[one] for one in sources if self.clashing.who[at, one])
                worst = None if np.isnan(loss[at]).all() else float(np.nanmax(loss[at]))
                yield PersonIncoherence(
                    person, component.questions[0], int(answered[at]), distance, named, worst
                )

    def _sources(self, component: Component) -> list[int]:
        """Which declarations are about a component: a relation ties no others."""
        about = np.flatnonzero(np.any(self.space.numerator[component.answers, :-1], axis=0))
        names = {name for row in self.space.rows if row.expression[about].any() for name in row.sources}
        return [at for at, name in enumerate(self.clashing.sources) if name in names]


def incoherence_rows(space: EventSpace, standing: StandingAnswers) -> Iterator[PersonIncoherence]:
    """How far each person is from coherent, by component: distance, what clashes, what is lost for sure.

    References
    ----------
    Predd, Osherson, Kulkarni and Poor (2008), Decision Analysis 5, 177-189: the distance. De Finetti (1937) and Predd
    and others (2009): that it costs, see `scoring.coherence.guaranteed_loss`.
    """
    return Coherence(space, standing).rows()


def incoherence_figures(
    space: EventSpace, standing: StandingAnswers, minimum_cell: int, relations: Mapping[str, str]
) -> Figures | None:
    """How people's incoherence is distributed, of those who could clash; None where these are too few to tell of.

    Parameters
    ----------
    relations
        Keys of what is declared, each with the key under which it is told: that of several dates may be one. Of a
        question's own kind and condition nothing is told.

    Returns
    -------
    dict
        `people`; `clear`, how many of them have no clash beyond half a point; `distances`, how many in each of the
        cells between `EDGES`, the clear ones first; `relations`, how many clash by which. Of relations only those
        that tell neither of too few people nor, subtracted from all who clash, of too few others (`unsuppressed`).
    """
    found = Coherence(space, standing)
    could: NDArray[np.bool_] = found.could_clash()
    if could.sum() < minimum_cell:
        return None
    clash: NDArray[np.bool_] = found.clashing.anywhere & could
    # A distance of 1 would open a cell behind the last.
    cells = np.searchsorted(EDGES[2:], found.distance[clash], side="right").clip(max=len(EDGES) - 3)
    by_relation: dict[str, frozenset[int]] = {}
    for at, source in enumerate(found.clashing.sources):
        if source in relations:
            # Named as a segment is, so that all relations are one family to the rule against subtraction.
            name, who = f"relation {relations[source]}", np.flatnonzero(could & found.clashing.who[:, at])
            by_relation[name] = by_relation.get(name, frozenset()) | frozenset(standing.people[who].tolist())
    members = SegmentMembers(frozenset(standing.people[clash].tolist()), by_relation)
    told = unsuppressed(members, minimum_cell)
    return {
        "people": int(could.sum()),
        "clear": int((could & ~clash).sum()),
        "distances": [
            int((could & ~clash).sum()),
            *np.bincount(cells, minlength=len(EDGES) - 2).tolist(),
        ],
        "relations": {name.removeprefix("relation "): len(by_relation[name]) for name in told},
    }


def _count(moved: Floats) -> NDArray[np.int64]:
    return np.asarray((~np.isnan(moved)).sum(axis=1), np.int64)
