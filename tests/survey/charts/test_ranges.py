"""Named ranges one under the other: headings, the question's own scale, small chances."""

import re

import pytest
import vl_convert

from survey import charts
from survey.charts import Axis, Range

from .reading import marks, said

COLUMNS = ("Group", "Crowd forecast", "Interval, 90 %")
ROWS = [
    Range("Everybody (60)", 14, 12, 17, "14 %", "12–17 %"),
    Range("Where do you live?"),
    Range("European Union, United Kingdom, Norway or Switzerland (10)", 15, 9, 24, "15 %", "9–24 %"),
    Range("Ukraine (10)", 30, None, None, "30 %", "–"),
]


def test_headings_stand_between_the_rows_and_not_in_the_table() -> None:
    chart = charts.ranges(ROWS, title="By group", columns=COLUMNS)
    assert ["Where do you live?"] in said(chart.spec)
    assert [row[0] for row in chart.rows] == [row.label for row in ROWS if row.value is not None]


def test_a_long_name_makes_its_row_higher() -> None:
    short = [*ROWS[:2], ROWS[2]._replace(label="EU (10)"), ROWS[3]]
    tall, low = (
        charts.ranges(rows, title="By group", columns=COLUMNS).spec["height"] for rows in (ROWS, short)
    )
    assert tall == low + 18


def test_a_figure_without_a_range_has_a_mark_and_no_bar() -> None:
    drawn = [
        mark
        for mark in marks(charts.ranges(ROWS, title="By group", columns=COLUMNS).spec)
        if mark.look["type"] == "rect"
    ]
    assert [len(mark.rows) for mark in drawn] == [1, 1, 1, 2]


def test_small_chances_have_an_axis_that_ends_before_100_and_says_so() -> None:
    rare = [Range("Everybody (60)", 1.2, 0.8, 2.0, "1.2 %", "0.8–2 %")]
    assert charts.ranges(rare, title="Now", columns=COLUMNS).subtitle == "The axis ends at 2\u00a0%"
    assert charts.ranges(ROWS, title="Now", columns=COLUMNS).subtitle == ""


@pytest.mark.parametrize(("most", "ticks"), [(4, ["0 %", "2.5 %", "5 %"]), (8, ["0 %", "5 %", "10 %"])])
def test_ticks_are_said_as_they_are(most: float, ticks: list[str]) -> None:
    """Two and a half is not said as 3 %, nor ten as 1e+1 %."""
    spec = charts.ranges([Range("Everybody", most, words="x")], title="Now", columns=COLUMNS).spec
    svg = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[]).replace("\u00a0", " ")
    assert [tick for tick in re.findall(r">([^<>]* %)<", svg) if tick[0].isdigit()] == ticks


def test_a_number_has_the_scale_of_its_question() -> None:
    axis = Axis(300, 1000, log=True, before="€", unit="\u00a0bn")
    rows = [Range("Parley", 547, 487, 613, "€547 bn", "€487–613 bn")]
    (bar, mark) = [
        one
        for one in marks(charts.ranges(rows, title="Now", columns=COLUMNS, axis=axis).spec)
        if one.look["type"] == "rect"
    ]
    assert bar.encoding["x"]["scale"]["type"] == "log"
    assert (bar.rows[0]["low"], bar.rows[0]["high"], mark.rows[0]["value"]) == (487, 613, 547)
