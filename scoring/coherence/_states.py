"""States of questions and coordinates of a forecast: what can come out, and the numbers its chances are made of.

The state of a ladder is the first deadline by which it happens, or none; that of a yes-or-no question with a
condition may be that it does not apply. A coordinate is the chance of a set of states (a deadline's cumulative
chance, an option, yes), or of a conjunction, P(event and given): a conditional probability is a ratio of two
expressions. An expression is a vector over the coordinates with its constant last.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from scoring.checks import FloatArray, IntArray
from scoring.coherence.declarations import IF_YES, Event, Question, Relation

#: The states of a yes-or-no question; the last only where it has a condition, which does not hold.
HAPPENS, FAILS, IDLE = 0, 1, 2


class Clause(NamedTuple):
    """States, a set for each of some questions (by position), that never come out together; `source` says so."""

    source: str
    states: tuple[tuple[int, frozenset[int]], ...]

    @property
    def questions(self) -> tuple[int, ...]:
        """Positions of the questions it is about."""
        return tuple(question for question, _ in self.states)


@dataclass(frozen=True)
class Conditional:
    """A pair's event and condition, each as a question's position and its states; `source` ties the two together."""

    pair: str
    source: str
    event: tuple[int, frozenset[int]]
    given: tuple[int, frozenset[int]]


class States:
    """What can come out of some questions, and where each answer stands among the coordinates."""

    def __init__(self, questions: Iterable[Question], relations: Iterable[Relation]) -> None:
        everything = tuple(questions)
        self.relations = tuple(relations)
        self.of_key = {question.key: question for question in everything}
        if len(self.of_key) < len(everything):
            raise ValueError("questions must have different keys")
        if len({relation.key for relation in self.relations}) < len(self.relations):
            raise ValueError("relations must have different keys")
        self.pairs = tuple(question for question in everything if question.kind == "pair")
        self.questions = tuple(question for question in everything if question.kind != "pair")
        self.position = {question.key: at for at, question in enumerate(self.questions)}
        self.answers = tuple((question.key, option) for question in everything for option in question.options)
        self._refuse_circles()
        self.conditionals = tuple(self._conditionals())
        own = [(question.key, option) for question in self.questions for option in question.options]
        self.coordinates = (*own, *((one.pair, "both") for one in self.conditionals))
        self._place = {coordinate: at for at, coordinate in enumerate(self.coordinates)}

    def _refuse_circles(self) -> None:
        for question in self.questions:
            passed, one = {question.key}, question
            while one.given:
                one = self.questions[self.among(one.given)[0]]
                if one.key in passed:
                    raise ValueError(f"given of {question.key!r} must not depend on itself")
                passed.add(one.key)

    @property
    def size(self) -> int:
        """How many coordinates there are."""
        return len(self.coordinates)

    def count(self, question: int) -> int:
        """How many states a question has."""
        one = self.questions[question]
        if one.kind == "binary":
            return 3 if one.given else 2
        return len(one.options) + (one.kind == "ladder")

    def among(self, event: Event) -> tuple[int, frozenset[int]]:
        """The states in which an event holds, with its question's position."""
        if event.question not in self.position:
            raise ValueError(f"events must be of questions with states, got {event.question!r}")
        question = self.questions[at := self.position[event.question]]
        places = [question.options.index(option) for option in event.options if option in question.options]
        if len(places) < len(event.options) or not places or (question.kind == "ladder" and len(places) > 1):
            raise ValueError(f"options of an event of {question.key!r} must be its own, got {event.options}")
        inside = set(range(places[0] + 1)) if question.kind == "ladder" else set(places)
        if not event.holds:
            inside = set(range(self.count(at))) - inside - ({IDLE} if question.given else set())
        return at, frozenset(inside)

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        """Everything that the declarations rule out."""
        found = [clause for question in self.questions for clause in self._condition(question)]
        for relation in self.relations:
            found += [made for events in self._ruled_out(relation) if (made := clause(relation.key, events))]
        return tuple(found)

    def _condition(self, question: Question) -> list[Clause]:
        if question.given is None:
            return []
        at, (other, inside) = self.position[question.key], self.among(question.given)
        outside = frozenset(range(self.count(other))) - inside
        applies = (at, frozenset({HAPPENS, FAILS})), (other, outside)
        idle = (at, frozenset({IDLE})), (other, inside)
        return [made for states in (applies, idle) if (made := clause(question.key, states))]

    def _ruled_out(self, relation: Relation) -> list[list[tuple[int, frozenset[int]]]]:
        """Conjunctions of state sets that a relation rules out."""
        events = [self.among(event) for event in relation.events]
        others = [(at, frozenset(range(self.count(at))) - inside) for at, inside in events]
        pairs = [[events[i], events[j]] for j in range(len(events)) for i in range(j)]
        return {
            "implies": [[events[0], others[-1]]],
            "equals": [[events[0], others[-1]], [others[0], events[-1]]],
            "excludes": pairs,
            "partition": [*pairs, others],
            "never": [events],
            "total": self._same_event(relation),
        }[relation.kind]

    def _same_event(self, relation: Relation) -> list[list[tuple[int, frozenset[int]]]]:
        """A second event of one pair is the first one again."""
        if relation.kind != "total":
            return []
        first = next(one.event for one in self.conditionals if one.pair == relation.pair)
        second = self.among(relation.events[0])
        if first == second:
            return []
        outside = [(at, frozenset(range(self.count(at))) - inside) for at, inside in (first, second)]
        return [[first, outside[1]], [outside[0], second]]

    def _conditionals(self) -> Iterable[Conditional]:
        pairs, seen = {pair.key: pair for pair in self.pairs}, set()
        for relation in self.relations:
            if relation.pair is None or relation.pair in seen:
                continue
            if relation.pair not in pairs:
                raise ValueError(
                    f"pair of {relation.key!r} must be a question of kind pair, got {relation.pair!r}"
                )
            seen.add(relation.pair)
            given = pairs[relation.pair].given
            if given is not None:
                yield Conditional(
                    relation.pair, relation.key, self.among(relation.events[0]), self.among(given)
                )

    def mass(self, question: int, states: Iterable[int]) -> FloatArray:
        """The chance of some states of a question, as an expression."""
        return np.asarray(sum((self._mass(question, state) for state in states), np.zeros(self.size + 1)))

    def _mass(self, question: int, state: int) -> FloatArray:
        one, found = self.questions[question], np.zeros(self.size + 1)
        first = self._place[one.key, one.options[0]]
        if one.kind in ("choice", "ordered"):
            found[first + state] = 1
        elif one.kind == "ladder":
            found[first + state if state < len(one.options) else -1] = 1
            if state:
                found[first + state - 1] -= 1
        elif state == HAPPENS:
            found[first] = 1
        else:
            applies = self._applies(one)
            if state == FAILS:
                found += applies
                found[first] -= 1
            else:
                found -= applies
                found[-1] += 1
        return found

    def _applies(self, question: Question) -> FloatArray:
        """The chance that a yes-or-no question applies: 1 where it has no condition."""
        if question.given is None:
            return self.constant(1)
        return self.mass(*self.among(question.given))

    def constant(self, value: float) -> FloatArray:
        """A number as an expression."""
        found = np.zeros(self.size + 1)
        found[-1] = value
        return found

    def both(self, conditional: Conditional) -> FloatArray:
        """P(event and given), a coordinate of its own."""
        found = np.zeros(self.size + 1)
        found[self._place[conditional.pair, "both"]] = 1
        return found

    def ratio(self, answer: tuple[str, str]) -> tuple[FloatArray, FloatArray] | None:
        """An answer as numerator and denominator; None for a pair that no relation ties to an event."""
        key, option = answer
        question = self.of_key[key]
        if question.kind != "pair":
            found = np.zeros(self.size + 1)
            found[self._place[answer]] = 1
            return found, self._applies(question) if question.kind == "binary" else self.constant(1)
        one = next((one for one in self.conditionals if one.pair == key), None)
        if one is None:
            return None
        both, given = self.both(one), self.mass(*one.given)
        if option == IF_YES:
            return both, given
        return self.mass(*one.event) - both, self.constant(1) - given

    def values(self, questions: Sequence[int], atoms: IntArray) -> tuple[IntArray, FloatArray]:
        """The coordinates that some questions fix, and their values (0 or 1) in each combination of their states."""
        column = {question: atoms[:, at] for at, question in enumerate(questions)}
        places, values = [], []
        for question in questions:
            one = self.questions[question]
            for at, option in enumerate(one.options):
                places.append(self._place[one.key, option])
                state = column[question]
                values.append(state <= at if one.kind == "ladder" else state == at)
        for conditional in self.conditionals:
            (event, happens), (given, holds) = conditional.event, conditional.given
            if event in column and given in column:
                places.append(self._place[conditional.pair, "both"])
                both = np.isin(column[event], list(happens)) & np.isin(column[given], list(holds))
                values.append(both)
        return np.array(places, int), np.array(values, float).T.reshape(len(atoms), len(places))


def clause(source: str, sets: Iterable[tuple[int, frozenset[int]]]) -> Clause | None:
    """A conjunction that is ruled out, with one set for each question; None where it can't come about anyway."""
    joined: dict[int, frozenset[int]] = {}
    for question, states in sets:
        joined[question] = joined.get(question, states) & states
    return Clause(source, tuple(sorted(joined.items()))) if all(joined.values()) else None
