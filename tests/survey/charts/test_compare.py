"""Options, methods and groups as rows: whose number is whose, and what is seen in both schemes."""

import re
from pathlib import Path

import pytest

from survey import charts
from survey.charts import NamedInterval
from survey.charts.compare import LANE

from .reading import marks, said, texts

BARS = [NamedInterval("Ceasefire", 23, 18, 30), NamedInterval("War", 70, 61, 78), NamedInterval("Other", 7)]


def bars(**own: float) -> charts.Chart:
    return charts.ordered_bars(BARS, title="States", own=own)


@pytest.mark.parametrize("mine", [0, 23, 33, 56, 100])
def test_the_crowds_number_stands_behind_its_own_bar_wherever_the_readers_dot_is(mine: float) -> None:
    figures = next(text for text in texts(bars(Ceasefire=mine).spec) if "far" in text.rows[0])
    assert [row["far"] for row in figures.rows] == [30, 78, 7]
    assert [words.replace("\xa0", " ") for words in figures.words] == ["23 %", "70 %", "7 %"]


def test_the_readers_dot_is_told_with_the_readers_own_number() -> None:
    written = said(bars(Ceasefire=56, Other=0.4).spec)
    assert "You 56 %" in written and "You 0.4 %" in written
    assert not any(isinstance(words, str) and "You" in words for words in said(bars().spec))


def test_neither_the_bar_nor_its_number_shares_a_line_with_the_readers_dot() -> None:
    drawn = marks(bars(Ceasefire=56).spec)
    lowest = max(mark.look["y2Offset"] for mark in drawn if mark.look["type"] == "rect")
    dot = next(mark for mark in drawn if mark.look["type"] == "point")
    own = next(mark for mark in drawn if mark.look["type"] == "text" and "mine" in mark.rows[0])
    assert dot.look["yOffset"] == own.look["yOffset"] == LANE
    radius = (dot.look["size"] / 3.14159) ** 0.5
    assert lowest < LANE - radius


def test_the_line_of_the_readers_dots_takes_room_only_where_there_are_any() -> None:
    assert bars(War=1).spec["height"] > bars().spec["height"]
    assert bars(War=1).spec["usermeta"]["narrow"] == bars().spec["usermeta"]["narrow"] + 3 * LANE


@pytest.mark.parametrize(("mine", "align"), [(0, "left"), (75, "left"), (76, "right"), (100, "right")])
def test_the_readers_number_stands_before_the_dot_where_the_picture_ends(mine: float, align: str) -> None:
    own = next(text for text in texts(bars(War=mine).spec) if "mine" in text.rows[0])
    assert own.look["align"] == align


def test_an_answer_that_is_no_option_is_not_drawn() -> None:
    assert not any("mine" in row for mark in marks(bars(Peace=5).spec) for row in mark.rows)


# --- both schemes ---


def scheme(dark: bool) -> dict[str, str]:
    sheet = (Path(charts.__file__).parents[1] / "static" / "parley.css").read_text()
    half = sheet.split("@media (prefers-color-scheme: dark)")[dark]
    return dict(re.findall(r"--p-([a-z0-9-]+): (#[0-9a-f]{6});", half))


def contrast(one: str, other: str) -> float:
    """Contrast of two colours (WCAG 2.2)."""

    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_edge_of_every_interval_is_seen_on_the_paper(dark: bool) -> None:
    stated = scheme(dark)
    names = {value: name for name, value in charts.PALETTE.items()}
    spec = charts.methods_side_by_side(BARS, title="Methods").spec
    intervals = [mark for mark in marks(spec) if mark.look["type"] == "rect" and mark.rows]
    assert len(intervals) == 2
    for mark in intervals:
        assert contrast(stated[names[mark.look["stroke"]]], stated["paper"]) >= 3
    # The fill by itself would not do.
    assert contrast(stated["tint"], stated["paper"]) < 1.5


def test_the_first_method_alone_has_the_accent() -> None:
    spec = charts.methods_side_by_side(BARS, title="Methods").spec
    dots = [mark for mark in marks(spec) if mark.look["type"] == "point"]
    coloured = {row["row"]: dot.look["color"] for dot in dots for row in dot.rows}
    edge = charts.PALETTE["edge"]
    assert coloured == {0: charts.PALETTE["accent"], 1: edge, 2: edge}
