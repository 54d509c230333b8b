"""Blocks of a graph of questions: biconnected components, and the combinations of states (atoms) each allows.

Questions are joined where a relation, a condition or a conditional is about both. Blocks share single questions,
whose whole distribution is among the coordinates; so a forecast is coherent exactly if it is so on each block: joints
of the blocks are glued along the questions they share, the rest independent given these (junction tree; Vorob'ev
1962, Theory of Probability and its Applications 7, 147-163). The joint of all questions is never built.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import breadth_first_order, connected_components

from scoring.checks import BoolArray, FloatArray, IntArray
from scoring.coherence._states import Clause, States

# At so many, the least squares on atoms that check a repair take 0.17 s a person.
#: No block is taken apart into more atoms than this: beyond, its rows are not complete.
MOST_ATOMS = 60_000
#: Nor are more combinations looked at on the way.
_MOST_TRIED = 50 * MOST_ATOMS

Edge = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Block:
    """Questions of one block (positions), what is ruled out between them, and what is left.

    `atoms`, shape (atoms, questions), are the combinations of states that are allowed; None where there are more than
    `MOST_ATOMS`. `is_edge`: two questions, tied by a table or one conditional, for which Hall's rows are complete.
    """

    questions: tuple[int, ...]
    clauses: tuple[Clause, ...]
    atoms: IntArray | None
    is_edge: bool


def blocks(states: States) -> list[Block]:
    """All blocks of some questions; a question that nothing ties is one by itself."""
    clauses = states.clauses
    tables = {edge for clause in clauses for edge in _edges(clause.questions)}
    asked = [_edge(one.event[0], one.given[0]) for one in states.conditionals]
    ties = [edge for edge in [*tables, *asked] if edge[0] != edge[1]]
    found = []
    for questions in _biconnected(len(states.questions), sorted(_with_conditions(states, ties))):
        inside = tuple(clause for clause in clauses if set(clause.questions) <= set(questions))
        single = len(questions) < 3 and sum(edge == questions for edge in ties) < 2
        found.append(Block(questions, inside, atoms_of(states, questions, inside), single))
    return _narrowed(states, found)


def _with_conditions(states: States, ties: Iterable[Edge]) -> set[Edge]:
    """Ties, with those to the conditions of what is tied: only there it is known how likely a question applies."""
    found = set(ties)
    for edge in ties:
        for one, other in (edge, edge[::-1]):
            given = states.questions[one].given
            while given:
                above = states.position[given.question]
                found |= {_edge(above, other)} if above != other else set()
                given = states.questions[above].given
    return found


def _edge(first: int, second: int) -> Edge:
    return min(first, second), max(first, second)


def _edges(questions: Sequence[int]) -> Iterator[Edge]:
    return (_edge(one, other) for at, one in enumerate(questions) for other in questions[:at])


def _biconnected(count: int, edges: Sequence[Edge]) -> list[tuple[int, ...]]:
    """The questions of each biconnected component of a graph.

    Two edges are of one component if a cycle goes through both; the cycles that an edge closes in a spanning tree are
    enough to find that out (circuits of a connected graphic matroid: Oxley 2011, Matroid Theory, section 4.1).
    """
    above, depth = _spanning_forest(count, edges)
    group = list(range(len(edges)))
    number = {edge: at for at, edge in enumerate(edges)}

    def top(at: int) -> int:
        while group[at] != at:
            at = group[at]
        return at

    for one, other in edges:
        closing, (low, high) = number[one, other], (one, other)
        if above[low] == high or above[high] == low:
            continue
        while low != high:
            if depth[low] < depth[high]:
                low, high = high, low
            group[top(number[_edge(low, above[low])])] = top(closing)
            low = above[low]
    joined: dict[int, set[int]] = {}
    for at, edge in enumerate(edges):
        joined.setdefault(top(at), set()).update(edge)
    tied = {question for edge in edges for question in edge}
    return [tuple(sorted(one)) for one in joined.values()] + [(at,) for at in range(count) if at not in tied]


def _spanning_forest(count: int, edges: Sequence[Edge]) -> tuple[list[int], list[int]]:
    """Each question's parent (-1: a root) and depth."""
    above, depth = [-1] * count, [0] * count
    for members, graph in _components(count, edges):
        order, before = breadth_first_order(graph, members[0], directed=False)
        for at in order[1:]:
            above[at], depth[at] = int(before[at]), depth[before[at]] + 1
    return above, depth


def _components(count: int, edges: Sequence[Edge]) -> Iterator[tuple[IntArray, coo_array]]:
    first, second = np.array(edges, int).reshape(-1, 2).T
    graph = coo_array((np.ones(len(edges)), (first, second)), shape=(count, count)).tocsr()
    number, label = connected_components(graph, directed=False)
    for at in range(number):
        yield np.flatnonzero(label == at), graph


def components(count: int, found: Iterable[Block]) -> list[tuple[int, ...]]:
    """Positions of the questions that blocks tie together, directly or through others."""
    edges = [(block.questions[0], other) for block in found for other in block.questions[1:]]
    return [tuple(members.tolist()) for members, _ in _components(count, edges)]


def atoms_of(states: States, questions: Sequence[int], clauses: Iterable[Clause]) -> IntArray | None:
    """The combinations of states of some questions that no clause rules out; None where they are too many."""
    waiting = list(clauses)
    atoms = np.zeros((1, 0), np.int64)
    for at, question in enumerate(questions):
        count = states.count(question)
        if len(atoms) * count > _MOST_TRIED:
            return None
        atoms = np.column_stack((np.repeat(atoms, count, axis=0), np.tile(np.arange(count), len(atoms))))
        known = questions[: at + 1]
        ready = [clause for clause in waiting if set(clause.questions) <= set(known)]
        waiting = [clause for clause in waiting if clause not in ready]
        for clause in ready:
            atoms = atoms[~_all_of(clause, known, atoms)]
    return atoms if len(atoms) <= MOST_ATOMS else None


def _all_of(clause: Clause, questions: Sequence[int], atoms: IntArray) -> BoolArray:
    met = [np.isin(atoms[:, questions.index(question)], list(inside)) for question, inside in clause.states]
    return np.asarray(np.logical_and.reduce(met))


def _narrowed(states: States, found: list[Block]) -> list[Block]:
    """Blocks whose atoms can all be part of a whole: arc consistency, which is enough as blocks make a tree."""
    left = [np.ones(states.count(question), bool) for question in range(len(states.questions))]
    atoms, changed = [block.atoms for block in found], True
    while changed:
        changed = False
        for at, block in enumerate(found):
            if (here := atoms[at]) is None:
                continue
            fits = [left[question][here[:, column]] for column, question in enumerate(block.questions)]
            here = atoms[at] = here[np.logical_and.reduce(fits)]
            for column, question in enumerate(block.questions):
                seen = np.isin(np.arange(left[question].size), here[:, column]) & left[question]
                changed |= bool((seen != left[question]).any())
                left[question] = seen
    return [
        Block(one.questions, one.clauses, own, one.is_edge) for one, own in zip(found, atoms, strict=True)
    ]


def shares(states: States, found: Sequence[Block]) -> list[FloatArray]:
    """For each block the share of each of its atoms if all whole combinations are alike; sum-product on the tree.

    A block without atoms has an empty one.
    """
    said: dict[tuple[int, int], FloatArray] = {}

    def at_question(question: int, without: int) -> FloatArray:
        told = np.ones(states.count(question))
        for other, block in enumerate(found):
            if other != without and question in block.questions and block.atoms is not None:
                told = told * from_block(other, question)
        return np.asarray(told / max(told.sum(), 1e-300))

    def from_block(at: int, question: int) -> FloatArray:
        if (at, question) not in said:
            block = found[at]
            assert block.atoms is not None
            weight = np.ones(len(block.atoms))
            for column, other in enumerate(block.questions):
                if other != question:
                    weight = weight * at_question(other, at)[block.atoms[:, column]]
            own = block.atoms[:, block.questions.index(question)]
            said[at, question] = np.bincount(own, weight, states.count(question)).astype(float)
        return said[at, question]

    made = []
    for at, block in enumerate(found):
        weight = np.ones(0 if block.atoms is None else len(block.atoms))
        if block.atoms is not None:
            for column, question in enumerate(block.questions):
                weight = weight * at_question(question, at)[block.atoms[:, column]]
        made.append(weight / max(weight.sum(), 1e-300))
    return made
