"""Local suppression: k-anonymity of what people said about themselves, by blanks, with complements.

A class is everybody of whom the same is told: the same answer to each question about oneself, the same blanks, the
same silences. k-anonymity: each class has at least k people (Samarati & Sweeney, 1998, “Protecting privacy when
disclosing information”). Single cells are blanked, not whole questions, as sdcMicro's `localSuppression` does (its
documentation; Templ, Kowarik & Meindl, 2015); but a blank is a value like any other here, and stands for nothing
else: sdcMicro counts it as every value, and a class may then be made of others' blanks.

Complements are blanks that keep the first ones from following out of totals (secondary suppression; Hundepool et al.,
2012): behind each published total there are no blanks, or those of at least k people who did not all say the same.

l-diversity is kept by the same blanks: a class whose last forecasts are too much alike is as one of too few people.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from itertools import combinations
from typing import Final

#: What stands for an answer that is withheld. An answer is a tuple and never this.
SUPPRESSED: Final = "suppressed"
#: All that somebody said to one question, the first first; nothing where they did not answer.
Said = tuple[str, ...]
#: What is told of a person, by question.
Row = tuple[Said | str, ...]
#: Of so many questions every choice of blanks is tried; of more, one question after the other is blanked.
#: Ten are 1,024 choices, each of which looks through everybody who is left.
MOST_TRIED = 10


def local_suppression(
    rows: Mapping[int, Sequence[Said]],
    k: int,
    totals: Sequence[tuple[int, Set[int]]] = (),
    are_diverse: Callable[[Sequence[int]], bool] | None = None,
) -> dict[int, Row]:
    """What may be told of each person so that k-anonymity holds; the same for the same people and answers.

    Parameters
    ----------
    rows
        What each person said, by question; all rows of one length.
    totals
        The question (its place in the rows) and the people behind each published total.
    are_diverse
        What else has to hold of each class, l-diversity: whenever it does of two, it does of both together.

    Returns
    -------
    dict
        Each person's row with `SUPPRESSED` in place of what is withheld. Of fewer than `k` people nothing is told.

    Examples
    --------
    >>> rows = {1: [("f",), ("Kyiv",)], 2: [("f",), ("Kyiv",)], 3: [("m",), ("Kyiv",)], 4: [("m",), ("Lviv",)]}
    >>> local_suppression(rows, 2)
    {1: (('f',), ('Kyiv',)), 2: (('f',), ('Kyiv',)), 3: (('m',), 'suppressed'), 4: (('m',), 'suppressed')}
    """
    if k <= 1 and are_diverse is None:
        return {person: tuple(row) for person, row in sorted(rows.items())}

    def are_enough(people: Sequence[int]) -> bool:
        return len(people) >= k and (are_diverse is None or are_diverse(people))

    told = _anonymous(dict(sorted(rows.items())), k, are_enough)
    _complement(rows, told, k, totals)
    return told


def classes(rows: Mapping[int, Sequence[object]]) -> list[list[int]]:
    """Everybody, in classes of whom the same is told; the smallest first.

    >>> classes({1: ["f"], 2: ["m"], 3: ["f"]})
    [[2], [1, 3]]
    """
    found: defaultdict[tuple[object, ...], list[int]] = defaultdict(list)
    for person, row in rows.items():
        found[tuple(row)].append(person)
    return [alike for _row, alike in sorted(found.items(), key=lambda one: (len(one[1]), repr(one[0])))]


def _anonymous(
    rows: Mapping[int, Sequence[Said]], k: int, are_enough: Callable[[Sequence[int]], bool]
) -> dict[int, Row]:
    """Each person with as few blanks as leave them among enough, those in the most detailed questions first."""
    left = _without_rare(rows, k)
    told: dict[int, Row] = {}
    for blanks in _patterns(rows):
        blanked = {person: _blanked(row, blanks) for person, row in left.items()}
        for alike in classes(blanked):
            if are_enough(alike):
                told |= {person: blanked[person] for person in alike}
        left = {person: row for person, row in left.items() if person not in told}
    # Too few are left, of whom nothing may be told: others join them, until they are enough.
    joining = classes(told)
    nothing = [*left]
    while nothing and not are_enough(nothing) and joining:
        nothing += joining.pop(0)
    everything = range(_width(rows))
    told |= {person: _blanked(rows[person], everything) for person in nothing}
    return dict(sorted(told.items()))


def _without_rare(rows: Mapping[int, Sequence[Said]], k: int) -> dict[int, Row]:
    """Answers that fewer than k people gave are in no class of k: blanked at once, they cost no search."""
    gave: defaultdict[tuple[int, Said], int] = defaultdict(int)
    for row in rows.values():
        for place, said in enumerate(row):
            gave[place, said] += 1
    return {
        person: tuple(said if gave[place, said] >= k else SUPPRESSED for place, said in enumerate(row))
        for person, row in rows.items()
    }


def _patterns(rows: Mapping[int, Sequence[Said]]) -> Iterator[Sequence[int]]:
    """Which questions to blank, the fewest first, and among as many those with the most different answers."""
    answers = [len({row[place] for row in rows.values()}) for place in range(_width(rows))]
    detailed = sorted(range(len(answers)), key=lambda place: (-answers[place], -place))
    for count in range(len(detailed) + 1):
        yield from combinations(detailed, count) if len(detailed) <= MOST_TRIED else [detailed[:count]]


def _complement(
    rows: Mapping[int, Sequence[Said]],
    told: dict[int, Row],
    k: int,
    totals: Sequence[tuple[int, Set[int]]],
) -> None:
    """Blank whole classes, the smallest first, until no total tells of a blank: so no class grows smaller."""
    changed = True
    while changed:
        changed = False
        for place, behind in totals:
            while not _is_safe(rows, told, k, place, behind):
                alike = _next_blanked(told, place, behind)
                if not alike:
                    # Nobody is left of whom it is told: the total says of them what it says to everybody.
                    break
                told |= {person: _blanked(told[person], (place,)) for person in alike}
                changed = True


def _is_safe(
    rows: Mapping[int, Sequence[Said]], told: Mapping[int, Row], k: int, place: int, behind: Set[int]
) -> bool:
    blank = [person for person in behind if person in told and told[person][place] == SUPPRESSED]
    return not blank or (len(blank) >= k and len({rows[person][place] for person in blank}) > 1)


def _next_blanked(told: Mapping[int, Row], place: int, behind: Set[int]) -> list[int]:
    """The smallest class with somebody behind a total of whom an answer is told still."""
    return next(
        (
            alike
            for alike in classes(told)
            if told[alike[0]][place] != SUPPRESSED and not behind.isdisjoint(alike)
        ),
        [],
    )


def _blanked(row: Sequence[Said | str], blanks: Iterable[int]) -> Row:
    places = set(blanks)
    return tuple(SUPPRESSED if place in places else said for place, said in enumerate(row))


def _width(rows: Mapping[int, Sequence[Said]]) -> int:
    return len(next(iter(rows.values()), ()))
