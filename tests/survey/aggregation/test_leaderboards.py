"""On which outcomes leaderboards rest: whatever is subtracted from what, five questions are left, or none."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from survey.aggregation.leaderboards import Batches, Outcome, batches
from survey.models import Resolution
from tests.conftest import TODAY

#: Which question comes out or is corrected, one after the other; of thirty, every third in one theme.
ACTS = st.lists(st.integers(0, 29), max_size=45)


def told(acts: list[int]) -> list[Outcome]:
    """Outcomes, a minute apart; a question that comes out again was corrected."""
    return [
        Outcome(TODAY + timedelta(minutes=at), Resolution(id=at, question_id=one, option_id=None), one % 3)
        for at, one in enumerate(acts)
    ]


def questions(acts: list[int], ids: frozenset[int]) -> dict[int, int]:
    """Question to the outcome of it that is told."""
    return {acts[at]: at for at in ids}


def changed(acts: list[int], before: frozenset[int], after: frozenset[int]) -> set[int]:
    """The questions in which two tables differ."""
    one, other = questions(acts, before), questions(acts, after)
    return {key for key in one.keys() | other.keys() if one.get(key) != other.get(key)}


@given(ACTS)
def test_a_table_is_told_anew_after_five_questions_inside_it_and_five_or_none_outside(
    acts: list[int],
) -> None:
    outcomes, before = told(acts), Batches()
    for until in range(len(acts) + 1):
        after = batches(reversed(outcomes[:until]))
        assert len(questions(acts, after.survey)) == len(after.survey)
        if after.survey != before.survey:
            assert len(changed(acts, before.survey, after.survey)) >= 5
            assert after.waiting == 0
        moved = {theme for theme, ids in after.themes.items() if ids != before.themes.get(theme)}
        for theme in moved:
            ids = after.themes[theme]
            assert {acts[at] % 3 for at in ids} == {theme}
            assert len(changed(acts, before.themes.get(theme, frozenset()), ids)) >= 5
        if moved:
            untold = changed(acts, frozenset().union(*after.themes.values()), after.survey)
            assert len(untold) == 0 or len(untold) >= 5
        before = after


def test_ten_questions_of_one_theme_are_told_in_two_tables_and_a_lone_one_of_another_holds_them() -> None:
    ten = [0, 3, 6, 9, 12, 15, 18, 21, 24, 27]
    assert {theme: len(ids) for theme, ids in batches(told(ten)).themes.items()} == {0: 10}
    held = batches(told([*ten[:9], 1]))
    assert (len(held.survey), len(held.themes[0])) == (10, 5)
