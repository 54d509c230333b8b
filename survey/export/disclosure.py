"""The disclosure report: how many people share what is told of them, and how unlike their answers are.

k-anonymity (Samarati & Sweeney, 1998) is counted for each question about oneself, for each two together, and for all;
l-diversity for all.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from sqlalchemy.orm import Session

from ..models import Snapshot
from .cells import Value
from .columns import SNAPSHOT, STUDY, study_of
from .declaration import Column, Table
from .diversity import diversity, last_forecasts
from .identifying import released
from .options import options_of
from .suppression import SUPPRESSED, classes


@dataclass(frozen=True)
class Combination:
    """Questions about oneself taken together.

    Attributes
    ----------
    keys
        Of the questions; none where there is none to count by: then everybody is one class.
    classes
        How many different rows of answers there are.
    smallest
        How many people are in the smallest class; 0 where there is nobody.
    few
        How many people are in classes of fewer than k.
    withheld
        Of how many people an answer is.
    """

    keys: tuple[str, ...]
    classes: int
    smallest: int
    few: int
    withheld: int


def told_of_few(keys: Sequence[str], rows: Mapping[int, Sequence[object]], k: int) -> list[Combination]:
    """k-anonymity by question, by two together, and by all: the last of the list.

    >>> told_of_few(["sex"], {1: ["f"], 2: ["m"], 3: ["f"]}, 2)
    [Combination(keys=('sex',), classes=2, smallest=1, few=1, withheld=0)]
    """
    places = range(len(keys))
    # A set: of one or two questions, all together are among these already.
    taken = {one for count in (1, 2) for one in combinations(places, count)} | {tuple(places)}
    return [_combination(keys, rows, one, k) for one in sorted(taken, key=lambda one: (len(one), one))]


def _combination(
    keys: Sequence[str], rows: Mapping[int, Sequence[object]], places: Sequence[int], k: int
) -> Combination:
    taken = {person: [row[place] for place in places] for person, row in rows.items()}
    sizes = [len(alike) for alike in classes(taken)]
    return Combination(
        tuple(keys[place] for place in places),
        len(sizes),
        min(sizes, default=0),
        sum(size for size in sizes if size < k),
        sum(SUPPRESSED in row for row in taken.values()),
    )


def _rows(session: Session, snapshot: Snapshot, _key: bytes) -> Iterator[Sequence[Value]]:
    told, options = released(session, snapshot), options_of(snapshot)
    found = diversity(last_forecasts(session, snapshot.survey, snapshot.as_of), told.rows)
    counted = told_of_few(told.keys, told.rows, options.k)
    for one in counted:
        of_all = one is counted[-1]
        yield (
            *study_of(snapshot),
            "|".join(one.keys) or "none",
            options.k,
            options.l_diversity,
            len(told.rows),
            one.classes,
            one.smallest,
            one.few,
            one.withheld,
            *((found.least, found.alike, found.pairs) if of_all else (None, None, None)),
        )


TABLE = Table(
    "disclosure",
    "Questions about oneself taken together: how many people share what this snapshot tells of their answers.",
    (
        STUDY,
        SNAPSHOT,
        Column(
            "combination",
            "string",
            "Keys of the questions, joined by |; none: there is no question to count by",
            required=True,
        ),
        Column("k", "integer", "Fewest people who may be alike; 1: nothing is withheld", required=True),
        Column(
            "l",
            "integer",
            "Fewest different last forecasts on a question there may be in a class, or as many as everybody's",
            required=True,
        ),
        Column("people", "integer", "People in the snapshot", required=True),
        Column("classes", "integer", "Classes of people of whom the same is told", required=True),
        Column("smallest_class", "integer", "People in the smallest class", required=True),
        Column("people_below_k", "integer", "People in classes of fewer than k", required=True),
        Column("people_suppressed", "integer", "People of whom an answer is withheld", required=True),
        Column(
            "least_diversity",
            "integer",
            "Of all together: fewest different last forecasts of a class on a question (distinct l-diversity)",
        ),
        Column(
            "pairs_alike",
            "integer",
            "Pairs of a class and a question on which all who answered said the same",
        ),
        Column("pairs", "integer", "Pairs of a class and a question that somebody in it answered"),
    ),
    _rows,
    key=("combination",),
)
