"""The crowd along the days: where the picture ends, and the days beneath it."""

import re
from datetime import date, timedelta
from itertools import pairwise

import pytest

from survey import charts
from survey.charts import PALETTE, Chart, Step
from survey.charts.script import as_file

from .reading import marks, said, written_at

START = date(2026, 11, 15)
STEPS = [Step(START + timedelta(day), 30 + day, 25, 40, 10, 60) for day in range(7)]
DAY = r"\d{1,2} [A-Z][a-z]{2}|[A-Z][a-z]{2}|\d{4}"


def last_days(chart: Chart) -> set[str]:
    """Where lines, bands and words end."""
    found = [mark for mark in marks(chart.spec) if mark.look["type"] in ("line", "area", "text")]
    return {max(row["day"] for row in mark.rows) for mark in found}


@pytest.mark.parametrize("later", [0, 1, 40])
def test_the_picture_goes_on_until_the_readers_last_forecast(later: int) -> None:
    own = [(STEPS[-1].day + timedelta(later), 11.0)]
    end = STEPS[-1].day + timedelta(later)
    chart = charts.crowd_over_time(STEPS, title="Now", own=own)
    assert last_days(chart) == {f"{end}T00:00:00Z"}


def test_an_earlier_end_that_is_asked_for_cuts_nothing_off() -> None:
    own = [(STEPS[-1].day + timedelta(3), 11.0)]
    chart = charts.crowd_over_time(STEPS, title="Now", own=own, until=STEPS[-1].day)
    assert last_days(chart) == {f"{own[-1][0]}T00:00:00Z"}


def test_a_later_end_that_is_asked_for_holds() -> None:
    chart = charts.crowd_over_time(STEPS, title="Now", until=START + timedelta(90))
    assert last_days(chart) == {f"{START + timedelta(90)}T00:00:00Z"}


@pytest.mark.parametrize("span", [1, 2, 7, 8, 13, 30, 60, 100, 200, 400, 1000])
@pytest.mark.parametrize("width", [300, 350, 380, 660, 720, 1120])
def test_days_never_touch_and_on_a_phone_there_are_three_at_most(span: int, width: int) -> None:
    chart = charts.crowd_over_time(STEPS[:1], title="Now", until=START + timedelta(span))
    days = written_at(chart.spec | {"width": width}, DAY)
    assert len(days) >= 1
    assert width > 480 or len(days) <= 3
    assert all(end < start for (_start, end), (start, _end) in pairwise(days))


def test_axes_of_a_file_name_months_in_its_language_and_never_an_hour(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("survey.charts.words.get_locale", lambda: "uk")
    for span in (1, 2, 4, 30, 90):
        chart = charts.crowd_over_time(STEPS[:1], title="Now", until=START + timedelta(span))
        svg = as_file(chart.spec, "svg").decode().replace("\xa0", " ")
        axis = re.findall(r">([^<>]*)</text>", svg)
        assert "лист" in " ".join(axis) and "Nov" not in svg
        assert not [words for words in axis if re.search(r"[AP]M$|\d:\d\d", words)]
        days = [words for words in axis if "лист" in words]
        assert len(set(days)) == len(days), "no day stands twice"


def test_a_line_with_words_marks_the_day_from_which_another_rule_holds() -> None:
    day = STEPS[3].day
    chart = charts.crowd_over_time(STEPS, title="Now", changed=day)
    lines = [mark for mark in marks(chart.spec) if mark.look["type"] == "rule"]
    assert [[row["day"] for row in line.rows] for line in lines] == [[f"{day}T00:00:00Z"]]
    assert any(row.get("label") == "new rule" for mark in marks(chart.spec) for row in mark.rows)
    plain = charts.crowd_over_time(STEPS, title="Now")
    assert not [mark for mark in marks(plain.spec) if mark.look["type"] == "rule"]


def test_the_day_of_the_outcome_has_a_line_that_says_it() -> None:
    day = STEPS[-1].day + timedelta(3)
    chart = charts.crowd_over_time(STEPS, title="Now", known=(day, "Outcome: yes"))
    (line,) = [mark for mark in marks(chart.spec) if mark.look["type"] == "rule"]
    assert [row["day"] for row in line.rows] == [f"{day}T00:00:00Z"]
    assert any(row.get("label") == "Outcome: yes" for mark in marks(chart.spec) for row in mark.rows)
    assert "Outcome: yes" in chart.description


def test_an_outcome_of_before_the_first_figure_is_no_part_of_the_picture() -> None:
    known = (STEPS[0].day - timedelta(1), "Outcome: yes")
    chart = charts.crowd_over_time(STEPS, title="Now", known=known)
    assert not [mark for mark in marks(chart.spec) if mark.look["type"] == "rule"]


# ---- Where lines end


def own_lines(chart: Chart) -> list[list[str]]:
    """Days of each stretch of the reader's line."""
    return [
        [row["day"][:10] for row in mark.rows]
        for mark in marks(chart.spec)
        if mark.look["type"] == "line" and mark.look.get("color") == PALETTE["ink"]
    ]


def test_a_withdrawn_forecast_ends_where_it_was_withdrawn_and_says_so() -> None:
    own = [(date(2026, 11, 16), 30.0), (date(2026, 11, 20), None)]
    chart = charts.crowd_over_time(STEPS, title="Now", own=own, until=date(2026, 12, 12))
    assert own_lines(chart) == [["2026-11-16", "2026-11-20"]]
    assert "You, withdrawn" in said(chart.spec) and not [
        text for text in said(chart.spec) if text == "You 30 %"
    ]
    assert [row[-1] for row in chart.rows][-1] == "–"


def test_who_comes_back_has_two_stretches_and_a_figure_at_the_end() -> None:
    own = [(date(2026, 11, 16), 30.0), (date(2026, 11, 20), None), (date(2026, 11, 25), 20.0)]
    chart = charts.crowd_over_time(STEPS, title="Now", own=own, until=date(2026, 12, 12))
    assert own_lines(chart) == [["2026-11-16", "2026-11-20"], ["2026-11-25", "2026-12-12"]]
    assert "You 20 %" in said(chart.spec)


def test_the_picture_ends_today_and_not_tomorrow() -> None:
    own = [(date(2026, 12, 12), 30.0)]
    chart = charts.crowd_over_time(STEPS, title="Now", own=own, until=date(2026, 12, 12))
    ends = {mark.rows[-1]["day"][:10] for mark in marks(chart.spec) if mark.look["type"] == "line"}
    assert ends == {"2026-12-12"}


def test_where_all_is_small_the_axis_ends_before_100_and_says_so() -> None:
    small = [Step(step.day, 1.5, 1.0, 2.0, 0.5, 4.0) for step in STEPS]
    assert charts.crowd_over_time(small, title="Now").subtitle == "The axis ends at 5\u00a0%"
    assert charts.crowd_over_time(STEPS, title="Now").subtitle == ""
