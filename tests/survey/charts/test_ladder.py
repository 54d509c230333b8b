"""The ladder's curve, the reader's over it, and the numbers that neither strikes through."""

from datetime import date

import pytest

from survey import charts
from survey.charts import PALETTE, Chart, Rung
from survey.charts.ladder import HEIGHT

from .reading import marks, said, texts

#: Pixels of a percentage point where the axis ends at 100.
PERCENT = (HEIGHT - 36) / 100
START = date(2026, 11, 15)
DAYS = [date(2027, 6, 30), date(2027, 12, 31), date(2030, 12, 31)]
CROWD = [Rung(day, value, value - 2, value + 2) for day, value in zip(DAYS, (6, 22, 68), strict=True)]


def drawn(*own: float | None, crowd: list[Rung] = CROWD) -> Chart:
    mine = [Rung(day, value) for day, value in zip(DAYS, own, strict=False)]
    return charts.ladder(crowd, start=START, title="By when", own=mine)


def placed(chart: Chart, words: str) -> dict[str, object]:
    """The look of the one text that says something."""
    found = [text for text in texts(chart.spec) if words in [one.replace("\xa0", " ") for one in text.words]]
    assert len(found) == 1
    return found[0].look


def test_numbers_are_drawn_after_every_curve_so_that_none_strikes_them_through() -> None:
    for crowd in (CROWD, [*CROWD[:2], Rung(DAYS[2], None)]):
        order = [mark.look["type"] for mark in marks(drawn(21, 39, 77, crowd=crowd).spec)]
        assert order.index("text") > max(
            place for place, kind in enumerate(order) if kind in ("line", "point")
        )


def test_a_number_is_below_and_behind_its_dot_where_the_readers_curve_runs_above() -> None:
    chart = drawn(21, 10, 77)
    assert placed(chart, "6 %")["align"] == "left" and placed(chart, "6 %")["baseline"] == "top"
    assert placed(chart, "22 %")["align"] == "right" and placed(chart, "22 %")["baseline"] == "bottom"


def test_between_the_readers_dates_it_is_their_curve_that_counts() -> None:
    """The reader says 40 % by 2030 alone: by mid-2027 their line is at 6 of 40, above 2 and below 20."""
    for value, align in ((2, "left"), (20, "right")):
        crowd = [Rung(DAYS[0], value), Rung(DAYS[2], 60)]
        chart = charts.ladder(crowd, start=START, title="By when", own=[Rung(DAYS[2], 40)])
        assert placed(chart, f"{value} %")["align"] == align


def test_a_number_below_its_dot_stays_above_the_axis() -> None:
    chart = drawn(50, 60, 70, crowd=[Rung(day, 0.1) for day in DAYS])
    below = [text for text in texts(chart.spec) if text.look.get("baseline") == "top"]
    assert below and all(row["place"] * PERCENT >= 16 for text in below for row in text.rows)


def test_both_curves_are_named_at_their_ends_and_no_number_is_told_twice() -> None:
    written = said(drawn(21, 39, 77).spec)
    assert sorted(written) == ["22 %", "6 %", "Crowd 68 %", "You 77 %"]


@pytest.mark.parametrize("own", [(), (None, None, None)])
def test_without_an_own_forecast_nobody_is_named(own: tuple[None, ...]) -> None:
    assert sorted(said(drawn(*own).spec)) == ["22 %", "6 %", "68 %"]


def test_names_at_the_ends_are_apart_where_both_curves_end_alike() -> None:
    ends = [text for text in texts(drawn(21, 39, 68).spec) if "label" in text.rows[0]]
    places = sorted(text.rows[0]["place"] for text in ends)
    assert (places[1] - places[0]) * PERCENT >= 17.9
    assert {text.look["color"] for text in ends} == {PALETTE["accent"], PALETTE["ink"]}


def test_the_readers_dates_need_not_come_in_order() -> None:
    mine = [Rung(DAYS[2], 77), Rung(DAYS[0], 21)]
    chart = charts.ladder(CROWD, start=START, title="By when", own=mine)
    assert "You 77 %" in said(chart.spec)


# ---- Small chances and hazards


def test_an_axis_of_small_chances_ends_where_they_can_be_told_apart_and_says_so() -> None:
    small = [Rung(day, value) for day, value in zip(DAYS, (0.4, 1.2, 3.4), strict=True)]
    chart = drawn(crowd=small)
    assert chart.subtitle == "The axis ends at 5\u00a0%"
    tops = {
        mark.encoding["y"]["scale"]["domain"][1]
        for mark in marks(chart.spec)
        if "scale" in mark.encoding["y"]
    }
    assert tops == {5}
    assert drawn().subtitle == ""


def test_a_ladder_that_is_still_open_is_shown_up_to_100() -> None:
    known = [Rung(DAYS[0], 1.0), Rung(DAYS[1], 2.0), Rung(DAYS[2], None)]
    assert "axis ends" not in drawn(crowd=known).subtitle


def test_hazards_are_chances_of_what_is_left() -> None:
    """Half within a year, then half of the rest within another: 50 % a year both times, though 50 and 25 points."""
    rungs = [Rung(date(2027, 12, 31), 50), Rung(date(2028, 12, 31), 75), Rung(date(2029, 12, 31), 75)]
    found = charts.hazards(rungs, date(2027, 1, 1))
    assert [one.chance for one in found] == [50, 25, 0]
    assert [round(one.yearly or 0) for one in found] == [50, 50, 0]
    assert [one.start for one in found] == [date(2027, 1, 1), date(2028, 1, 1), date(2029, 1, 1)]


def test_there_is_no_hazard_where_it_would_have_happened_for_sure() -> None:
    rungs = [Rung(date(2027, 12, 31), 100), Rung(date(2028, 12, 31), 100)]
    assert charts.hazards(rungs, date(2027, 1, 1))[1].yearly is None
