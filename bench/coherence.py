"""Coherence on the bank that ships: declarations, one person's check, ten thousand repairs, what-if, beside a floor.

`python -m bench.coherence` prints processor seconds, and the ratio to what each could not do without: one linear
program of the same size for a check, one factorization of everybody's matrix for the repairs, one multiplication of
the leaves for a what-if.
"""

from itertools import cycle

import numpy as np

from bench.peers import best
from scoring.coherence import (
    Event,
    EventSpace,
    Question,
    Relation,
    clashes,
    clashing,
    pair_losses,
    repair,
    set_events,
)
from scoring.coherence._programs import solve
from scoring.scenarios import leaves
from survey.bank.reading import bank_folder, read_bank

PEOPLE = 10_000


def bank() -> tuple[list[Question], list[Relation], dict[str, dict[str, float]]]:
    """Questions and relations of the bank on Ukraine, and its worked answer."""
    read = read_bank(bank_folder("ukraine"))

    def own(event: Event) -> Event:
        return Event(event.question, event.options, event.holds)

    questions = [
        Question(one.key, one.kind, tuple(option.key for option in one.options), one.given and own(one.given))
        for one in read.questions
        if one.kind not in ("numeric", "date")
    ]
    relations = [Relation(one.key, one.kind, tuple(map(own, one.events)), one.pair) for one in read.relations]
    return questions, relations, read.worked


def told(name: str, taken: float, floor: float) -> None:
    """A line of the table."""
    print(f"{name:44} {taken * 1e3:10.2f} ms CPU {taken / floor:8.1f} x its floor", flush=True)


def main() -> None:
    """The table."""
    questions, relations, worked = bank()
    space = EventSpace.of(questions, relations)
    answers, random = space.vector(worked), np.random.default_rng(1)
    limit, same = -space.table[:, -1], space.equalities
    program = best(lambda: solve(np.zeros(space.size), space.table[:, :-1], limit, same), 9)
    told("declarations to an event space", best(lambda: EventSpace.of(questions, relations), 3), program)
    told("coherent answers checked", best(lambda: clashes(space, answers), 9), program)
    slips = answers.copy()
    slips[space.answers.index(("treaty-when", "2027-12-31"))] = 0.3
    told(
        "three clashes of rows, one answer in hand",
        best(lambda: clashes(space, slips, in_hand=HAND), 9),
        program,
    )
    few = space.vector({"treaty-when": {"2027-12-31": 0.6}, "war-state-2027": {"fighting": 0.65}})
    told("a clash that no row says, one in hand", best(lambda: clashes(space, few, in_hand=HAND), 9), program)

    full = np.where(np.isnan(answers), 0.3, answers)
    crowd = np.clip(full + random.normal(0, 0.05, (PEOPLE, full.size)), 0, 1)
    crowd[random.random(crowd.shape) < 0.15] = np.nan
    matrix = np.tile(np.eye(max(len(one) for one in space.components)), (PEOPLE, 1, 1))
    factors = best(lambda: np.linalg.inv(np.linalg.cholesky(matrix)), 2)
    told(f"repairs of {PEOPLE:,} people, all with slips", best(lambda: repair(space, crowd), 2), factors)
    made = repair(space, crowd)
    told(
        f"checks of {PEOPLE:,} people, repaired before",
        best(lambda: clashing(space, crowd, made), 2),
        factors,
    )
    told(f"sure losses of {PEOPLE:,} people", best(lambda: pair_losses(space, crowd), 2), factors)
    both = best(lambda: clashing(space, crowd, repair(space, crowd)), 2)
    told(f"checks and repairs of {PEOPLE:,} people", both, factors)

    tree, chances = leaves(0.25, 0.24, 0.04, 0.029, 0.042), cycle([0.2, 0.3])
    product = best(lambda: tree.probability * tree.probability, 9)
    told("a what-if of one event", best(lambda: set_events(tree, {"c": next(chances)}), 9), product)


HAND = ("treaty-when", "2027-12-31")

if __name__ == "__main__":
    main()
