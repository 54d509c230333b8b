"""Names of rows: how they are broken, and how high each row is."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey import charts
from survey.charts import NamedInterval
from survey.charts.rows import LINE_HEIGHT, MARGIN, WRAP, Names

from .reading import marks

LONG = "Diplomacy or international organizations of every kind and size (20)"
WORDS = st.lists(st.text("abcdefgh", min_size=1, max_size=16), min_size=1, max_size=9).map(" ".join)


def ends(names: Names, narrow: bool) -> list[float]:
    """The pixels of the y scale: the top, the middle of each bar, the end."""
    return [
        float(re.split(" [?:] ", end["expr"])[1 if narrow else 2]) for end in names.y["scale"]["range"][1:]
    ]


def test_a_long_name_makes_its_own_row_higher_and_no_other() -> None:
    short, mixed = Names(("A", "B")), Names(("A", LONG))
    assert mixed.tall[0] == short.tall[0] and mixed.tall[1] > short.tall[1]
    assert mixed.tall_narrow[0] == short.tall_narrow[0]
    assert mixed.tall_narrow[1] == short.tall_narrow[1] + LINE_HEIGHT


@given(st.lists(WORDS, min_size=1, max_size=6), st.sampled_from([0, 20]))
def test_every_bar_and_name_stays_inside_its_row(labels: list[str], lane: int) -> None:
    names = Names(tuple(labels), lane=lane)
    for narrow, heights in ((False, names.tall), (True, names.tall_narrow)):
        *middles, end = ends(names, narrow)
        assert end == sum(heights)
        top = 0
        for middle, tall, words in zip(middles, heights, names.above, strict=True):
            assert top < middle - 8 and middle + lane + 8 < top + tall
            if narrow:
                first = middle - names.lift - LINE_HEIGHT * (len(words) - 1)
                assert first - LINE_HEIGHT / 2 >= top
                assert middle + lane + MARGIN == top + tall
            top += tall


@given(WORDS, st.integers(1, 9999))
def test_a_count_never_stands_alone_on_a_line(name: str, count: int) -> None:
    names = Names((f"{name} ({count})",))
    for line in [*names.wrapped[0], *names.above[0]]:
        assert not line.startswith("(")


@pytest.mark.parametrize("label", ["Diplomacy or international organizations (20)", "A (b) c", LONG])
def test_no_word_is_cut_where_it_would_fit_a_line(label: str) -> None:
    names = Names((label,))
    assert " ".join(names.wrapped[0]).replace("\xa0", " ") == label
    assert " ".join(names.above[0]).replace("\xa0", " ") == label
    assert all(len(line) <= WRAP for line in names.wrapped[0])


def test_a_word_longer_than_a_line_is_cut_at_the_line() -> None:
    assert [len(line) for line in Names(("x" * 30,)).wrapped[0]] == [WRAP, 6]


def test_names_have_a_paper_edge_so_that_no_grid_line_crosses_them() -> None:
    drawn = marks(charts.spreads_in_log_odds([NamedInterval("Ukraine (20)", 4, 2, 6)], title="Where").spec)
    halos = [mark for mark in drawn if mark.is_halo and "above" in mark.rows[0]]
    assert [mark.rows[0]["words"] for mark in halos] == [["Ukraine\xa0(20)"]]
    following = drawn[drawn.index(halos[0]) + 1]
    assert following.rows == halos[0].rows and not following.is_halo
