"""The crowd along the days: where the picture ends, and the days beneath it."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from survey import charts
from survey.charts import Chart, Step

from .reading import marks, written_at

START = date(2026, 11, 15)
STEPS = [Step(START + timedelta(day), 30 + day, 25, 40, 10, 60) for day in range(7)]
DAY = r"\d{1,2} [A-Z][a-z]{2}|[A-Z][a-z]{2}|\d{4}"


def last_days(chart: Chart) -> set[str]:
    """Where lines, bands and words end."""
    found = [mark for mark in marks(chart.spec) if mark.look["type"] in ("line", "area", "text")]
    return {max(row["day"] for row in mark.rows) for mark in found}


@pytest.mark.parametrize("later", [0, 1, 40])
def test_the_picture_goes_on_until_the_day_after_the_readers_last_forecast(later: int) -> None:
    own = [(STEPS[-1].day + timedelta(later), 11.0)]
    end = STEPS[-1].day + timedelta(later + 1)
    chart = charts.crowd_over_time(STEPS, title="Now", own=own)
    assert last_days(chart) == {f"{end}T00:00:00Z"}


def test_an_earlier_end_that_is_asked_for_cuts_nothing_off() -> None:
    own = [(STEPS[-1].day + timedelta(3), 11.0)]
    chart = charts.crowd_over_time(STEPS, title="Now", own=own, until=STEPS[-1].day)
    assert last_days(chart) == {f"{own[-1][0] + timedelta(1)}T00:00:00Z"}


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


def test_a_line_with_words_marks_the_day_from_which_another_rule_holds() -> None:
    day = STEPS[3].day
    chart = charts.crowd_over_time(STEPS, title="Now", changed=day)
    lines = [mark for mark in marks(chart.spec) if mark.look["type"] == "rule"]
    assert [[row["day"] for row in line.rows] for line in lines] == [[f"{day}T00:00:00Z"]]
    assert any(row.get("label") == "new rule" for mark in marks(chart.spec) for row in mark.rows)
    plain = charts.crowd_over_time(STEPS, title="Now")
    assert not [mark for mark in marks(plain.spec) if mark.look["type"] == "rule"]
