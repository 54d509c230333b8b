"""Rows that coherent forecasts obey: Hall's and Strassen's of a pair of questions, Fréchet's, and cuts of a block.

A row is an expression over the coordinates, constant last, that is at most 0 or equal to 0.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations

import numpy as np
from scipy.linalg import qr

from scoring.checks import BoolArray, FloatArray, IntArray
from scoring.coherence._blocks import Block, atoms_of
from scoring.coherence._programs import least, least_of_each
from scoring.coherence._states import Clause, Conditional, States
from scoring.coherence.rows import Row

#: Closed sets of one table: past this many the rows are not complete, and none but the atoms say the rest.
MOST_SETS = 4_096
#: So many objectives in so many rounds must have the same optimum on rows and atoms until rows are taken to be all.
#: That is no proof: checks ask the atoms of a circle too, repairs those of whom they moved most.
TRIES, _CLEAN_ROUNDS = 48, 3
_MOST_ROUNDS = 50
_CLOSE = 1e-9


def rows_of(states: States, found: Sequence[Block]) -> list[Row]:
    """All rows of some blocks, without repetition."""
    everything = [
        *_ranges(states),
        *(row for one in states.conditionals for row in _conditional(states, one)),
        *(row for block in found for row in _tables(states, block)),
    ]
    return list(_different(everything))


def _ranges(states: States) -> Iterator[Row]:
    for at, question in enumerate(states.questions):
        for state in range(states.count(at)):
            yield Row("range", (question.key,), -states.mass(at, [state]))
        if question.kind in ("choice", "ordered"):
            whole = states.mass(at, range(states.count(at))) - states.constant(1)
            yield Row("range", (question.key,), whole, is_equality=True)


def _conditional(states: States, one: Conditional) -> Iterator[Row]:
    """Fréchet's bounds of P(event and given); its value where both are of one question."""
    both, event, given = states.both(one), states.mass(*one.event), states.mass(*one.given)
    sources = (one.source,)
    if one.event[0] == one.given[0]:
        together = states.mass(one.event[0], one.event[1] & one.given[1])
        yield Row("conditional", sources, both - together, is_equality=True)
        return
    for expression in (-both, both - event, both - given, event + given - both - states.constant(1)):
        yield Row("conditional", sources, expression)


def _tables(states: States, block: Block) -> Iterator[Row]:
    for column, question in enumerate(block.questions):
        for state in range(states.count(question)):
            if block.atoms is not None and not (block.atoms[:, column] == state).any():
                sources = needed(states, block, [(question, frozenset({state}))])
                yield Row("relation", sources, states.mass(question, [state]), is_equality=True)
    for first, second in combinations(range(len(block.questions)), 2):
        table = _table(states, block, first, second)
        one, other = block.questions[first], block.questions[second]
        for inside, reached, whole in _hall(table):
            expression = _short(states, one, inside) - _short(states, other, reached)
            outside = frozenset(range(table.shape[1])) - reached
            sources = needed(states, block, [(one, inside), (other, outside)])
            yield Row("relation", sources, expression, is_equality=whole)


def _short(states: States, question: int, inside: frozenset[int]) -> FloatArray:
    """The chance of some states by the fewer coordinates: of them, or of the others."""
    others = frozenset(range(states.count(question))) - inside
    ways = states.mass(question, inside), states.constant(1) - states.mass(question, others)
    return min(ways, key=lambda way: float(np.abs(way[:-1]).sum()))


def _table(states: States, block: Block, first: int, second: int) -> BoolArray:
    """Which states of two questions go together."""
    one, other = block.questions[first], block.questions[second]
    table = np.zeros((states.count(one), states.count(other)), bool)
    if block.atoms is not None:
        table[block.atoms[:, first], block.atoms[:, second]] = True
        return table
    own = [clause for clause in block.clauses if set(clause.questions) <= {one, other}]
    atoms = atoms_of(states, (one, other), own)
    if atoms is not None:
        table[tuple(atoms.T)] = True
    return table


def _hall(table: BoolArray) -> Iterator[tuple[frozenset[int], frozenset[int], bool]]:
    """Sets S and N(S) with p(S) ≤ q(N(S)), maximal and connected; and whether equal, for they are a whole component.

    Strassen (1965): these are all that two margins must obey to have a joint on the table.
    """
    reach = [frozenset(np.flatnonzero(row).tolist()) for row in table]
    closed: set[frozenset[int]] = set()
    for one in reach:
        closed |= {one, *(one | other for other in closed)}
        if len(closed) > MOST_SETS:
            break
    for reached in sorted(closed, key=sorted):
        inside = frozenset(at for at, one in enumerate(reach) if one and one <= reached)
        if not reached or not _connected([reach[at] for at in inside]):
            continue
        whole = not table[[at for at in range(len(reach)) if at not in inside]][:, list(reached)].any()
        if len(inside) < len(reach) or len(reached) < table.shape[1]:
            yield inside, reached, whole


def _connected(sets: list[frozenset[int]]) -> bool:
    joined, left = sets[0], sets[1:]
    while near := [one for one in left if one & joined]:
        joined, left = joined.union(*near), [one for one in left if not one & joined]
    return not left


def needed(states: States, block: Block, together: Sequence[tuple[int, frozenset[int]]]) -> tuple[str, ...]:
    """Sources of a block's clauses that suffice to rule a conjunction out: a minimal set, by leaving out in turn."""
    about = {question for question, _ in together}
    near = [clause for clause in block.clauses if set(clause.questions) <= about]
    questions = tuple(question for question, _ in together)

    def rules_out(clauses: Iterable[Clause], among: tuple[int, ...]) -> bool:
        atoms = atoms_of(states, among, clauses)
        if atoms is None:
            return False
        met = [np.isin(atoms[:, among.index(at)], list(inside)) for at, inside in together]
        return not np.logical_and.reduce(met).any()

    if rules_out(near, questions):
        return minimal(near, lambda clauses: rules_out(clauses, questions))
    everything = tuple(dict.fromkeys(clause.source for clause in block.clauses))
    if block.atoms is None or len(block.atoms) > MOST_SETS:
        return everything
    return minimal(block.clauses, lambda clauses: rules_out(clauses, block.questions))


def minimal(clauses: Sequence[Clause], suffices: Callable[[list[Clause]], bool]) -> tuple[str, ...]:
    """Deletion filter: the sources without which it does not hold any more."""
    kept = list(dict.fromkeys(clause.source for clause in clauses))
    for source in reversed(list(kept)):
        fewer = [one for one in kept if one != source]
        if suffices([clause for clause in clauses if clause.source in fewer]):
            kept = fewer
    return tuple(kept)


def _different(rows: Iterable[Row]) -> Iterator[Row]:
    """Without zeros and repetitions; no equality that follows from those before it."""
    seen = set[tuple[float, ...]]()
    basis: list[FloatArray] = []
    for row in rows:
        mark = (row.is_equality, *(np.round(row.expression, 9) + 0.0))
        if mark in seen or not np.any(row.expression[:-1]):
            continue
        seen.add(mark)
        if row.is_equality:
            left = row.expression.copy()
            for one in basis:
                left = left - one * (left @ one)
            if np.linalg.norm(left) < _CLOSE:
                continue
            basis.append(left / np.linalg.norm(left))
        yield row


def cuts(
    values: FloatArray, places: IntArray, rows: Sequence[Row], size: int, random: np.random.Generator
) -> Iterator[Row]:
    """Facets of a block's atoms that its rows lack, found where an objective has a better optimum on the rows.

    Parameters
    ----------
    values : shape (atoms, coordinates of the block)
        0 and 1.
    places : which coordinates these are
    """
    own = [row for row in rows if np.isin(np.flatnonzero(row.expression[:-1]), places).all()]
    sources = tuple(dict.fromkeys(source for row in own for source in row.sources))
    for expression in _affine(values, places, size):
        own = list(_different([*own, Row("cut", sources, expression, is_equality=True)]))
    yield from (row for row in own if row.kind == "cut")
    clean = 0
    for _ in range(_MOST_ROUNDS):
        aims = random.integers(-2, 3, (TRIES, len(places))).astype(float)
        # A third of one sign, and all alike: many events at once is what pairs of rows say least of.
        aims[: TRIES // 3] = -np.abs(aims[: TRIES // 3])
        aims[0] = -1
        aims[-TRIES // 3 :] = random.normal(size=aims[-TRIES // 3 :].shape)
        table = np.array([row.expression for row in own])
        same = np.array([row.is_equality for row in own], bool)
        points = least_of_each(aims, table[:, places], -table[:, -1], same)
        short = (values @ aims.T).min(axis=0) - (aims * points).sum(axis=1)
        clean = clean + 1 if short.max() < 1e-7 else 0
        if clean == _CLEAN_ROUNDS:
            return
        for point in points[short >= 1e-7]:
            whole = np.zeros(size + 1)
            whole[[*places, -1]] = separating(values, point)
            wider = list(_different([*own, Row("cut", sources, whole)]))
            yield from wider[len(own) :]
            own = wider


def separating(values: FloatArray, point: FloatArray) -> FloatArray:
    """A facet of the hull of some points that cuts off another: coefficients, and the constant last.

    The polar of the hull, seen from its mean, has a vertex for each facet; the one furthest out towards the point.
    """
    middle, free = values.mean(axis=0), _free(values)
    away = values[:, free] - middle[free]
    slope = least(middle[free] - point[free], away, np.ones(len(away)), np.zeros(len(away), bool))
    # Facets of points of 0 and 1 are ratios of whole numbers, small ones here: told as such, equal rows are
    # equal.
    slope = slope / np.abs(slope[np.abs(slope) > _CLOSE]).min()
    slope = np.where(np.abs(slope - np.round(slope)) < 1e-7, np.round(slope), slope)
    whole = np.zeros(len(point) + 1)
    whole[free], whole[-1] = slope, -(values[:, free] @ slope).max()
    return whole


def _free(values: FloatArray) -> IntArray:
    """Coordinates that determine the others in every mixture of some points."""
    _, triangle, order = qr(values - values.mean(axis=0), mode="economic", pivoting=True)
    rank = int((np.abs(np.diag(triangle)) > _CLOSE).sum())
    return np.sort(order[:rank])


def _affine(values: FloatArray, places: IntArray, size: int) -> Iterator[FloatArray]:
    """Equalities that all atoms obey: each other coordinate from the free ones."""
    free = _free(values)
    known = np.column_stack((values[:, free], np.ones(len(values))))
    for at in np.setdiff1d(np.arange(len(places)), free):
        found = np.linalg.lstsq(known, values[:, at], rcond=None)[0].round(9)
        whole = np.zeros(size + 1)
        whole[[*places[free], -1]] = found
        whole[places[at]] = -1
        yield whole
