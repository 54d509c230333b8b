"""Local suppression: nobody is told of among fewer than k, and no blank follows from a published total."""

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from survey.export.diversity import LastForecasts
from survey.export.suppression import SUPPRESSED, classes, local_suppression
from tests.skips import examples

ANSWERS = [
    st.sampled_from([("eu",), ("ukraine",), ("elsewhere",), ()]),
    st.sampled_from([("f",), ("m",), ()]),
]
ROWS = st.lists(st.tuples(*ANSWERS, st.integers(0, 9).map(lambda age: (str(age),))), max_size=40)


@given(ROWS, st.integers(2, 6), st.data())
@settings(max_examples=examples(60), deadline=None)
def test_each_class_has_k_people_and_no_total_tells_what_a_blank_stands_for(rows, k, data) -> None:  # type: ignore[no-untyped-def]
    people = dict(enumerate(rows))
    behind = st.frozensets(st.sampled_from(sorted(people))) if people else st.just(frozenset[int]())
    totals = data.draw(st.lists(st.tuples(st.integers(0, 2), behind), max_size=4))
    told = local_suppression(people, k, totals)
    assert told.keys() == people.keys()
    for person, row in told.items():
        assert all(said in (SUPPRESSED, people[person][place]) for place, said in enumerate(row))
    if len(people) < k:
        assert {said for row in told.values() for said in row} <= {SUPPRESSED}
    else:
        assert all(len(alike) >= k for alike in classes(told))
    for place, some in totals:
        blank = [person for person in some if told[person][place] == SUPPRESSED]
        stand_for = Counter(people[person][place] for person in blank)
        told_of = [person for person in some if told[person][place] != SUPPRESSED]
        assert not blank or not told_of or (len(blank) >= k and len(stand_for) > 1)
    # The order in which people come changes nothing, and k = 1 blanks nothing.
    assert local_suppression(dict(reversed(people.items())), k, totals) == told
    assert local_suppression(people, 1, totals) == people


@given(ROWS, st.integers(1, 5), st.integers(2, 4), st.data())
@settings(max_examples=examples(60), deadline=None)
def test_each_class_has_l_different_forecasts_on_what_it_answered_or_as_many_as_everybody(  # type: ignore[no-untyped-def]
    rows, k, least, data
) -> None:
    people = dict(enumerate(rows))
    said = st.lists(st.integers(0, 3), min_size=2, max_size=2)
    given_by = data.draw(st.lists(said, min_size=len(people), max_size=len(people)))
    forecasts = LastForecasts({one: one for one in people}, np.array(given_by, dtype=np.int32).reshape(-1, 2))
    behind = [(0, frozenset(people))]
    told = local_suppression(people, k, behind, forecasts.are_diverse(least))
    needed = np.minimum(least, forecasts.different([*people]))
    for alike in classes(told):
        different = forecasts.different(alike)
        assert ((different == 0) | (different >= needed)).all()
        assert len(alike) >= min(k, len(people))
    blank = [person for person, row in told.items() if row[0] == SUPPRESSED]
    assert len(blank) in (0, len(people)) or (
        len(blank) >= k and len({people[person][0] for person in blank}) > 1
    )
    assert local_suppression(dict(reversed(people.items())), k, behind, forecasts.are_diverse(least)) == told


def test_a_blank_that_a_total_would_tell_has_others_beside_it() -> None:
    people = {number: (("eu",) if number < 6 else ("ukraine",),) for number in range(12)}
    people[12] = (("elsewhere",),)
    alone = local_suppression(people, 5)
    assert SUPPRESSED in alone[12] and sum(SUPPRESSED in row for row in alone.values()) == 7
    assert len({people[number] for number, row in alone.items() if SUPPRESSED in row}) == 2
    without = local_suppression({**people, 12: (("eu",),)}, 5)
    assert not any(SUPPRESSED in row for row in without.values())
    # One of the blanks alone stands behind a total: the others of a class are blanked with it.
    crowd: dict[int, tuple[tuple[str, ...], ...]] = {
        n: (("eu",), ("f" if n % 2 else "m",)) for n in range(20)
    }
    crowd |= {20 + n: (("eu",), ("x" if n % 2 else "y",)) for n in range(8)}
    some = frozenset({*range(20), 20})
    before, after = local_suppression(crowd, 5), local_suppression(crowd, 5, [(1, some)])
    assert [n for n in sorted(some) if before[n][1] == SUPPRESSED] == [20]
    assert len([n for n in some if after[n][1] == SUPPRESSED]) >= 5
