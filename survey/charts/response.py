"""People by day: invited, joined, answered."""

from collections.abc import Iterator, Sequence
from datetime import date

from flask_babel import gettext as _

from survey.charts.look import PALETTE, Chart, Spec, days, finish, ground, halo, line_of
from survey.charts.over_time import HEIGHT, LABEL_GAP, Line
from survey.charts.words import apart, day_words, iso, number, room_for


def response_over_time(
    lines: Sequence[Line], *, title: str, subtitle: str = "", description: str = "", until: date | None = None
) -> Chart:
    """People by day, cumulative: the first line grey (invited), then ink (joined), the last in the accent.

    Labels are drawn with the last count behind them; counts never fall.
    """
    last = [line.points[-1][1] for line in lines]
    end = until or max(line.points[-1][0] for line in lines)
    labels = [f"{line.label} {number(count)}" for line, count in zip(lines, last, strict=True)]
    top = _round_up(max(1.0, *last))
    x = days(room_for(labels)) | {"field": "day"}
    y = _counts(top)
    layers = []
    for line, colour in zip(lines, _response_colours(len(lines)), strict=True):
        rows = [{"day": iso(day), "value": value} for day, value in [*line.points, (end, line.points[-1][1])]]
        mark: Spec = {
            "type": "line",
            "interpolate": "step-after",
            "color": PALETTE[colour],
            "strokeWidth": 1.8,
        }
        if colour == "accent":
            area = mark | {"type": "area", "color": PALETTE["tint"], "strokeWidth": 0}
            layers.append(line_of(rows, x, y | {"field": "value"}, area))
        layers.append(line_of(rows, x, y | {"field": "value"}, mark))
    places = apart(last, LABEL_GAP * top / (HEIGHT - 60))
    for place, label, colour in zip(places, labels, _response_colours(len(lines)), strict=True):
        text = {"x": x, "y": y | {"field": "place"}, "text": {"field": "label"}}
        look = {"align": "left", "baseline": "middle", "dx": 8}
        row = {"day": iso(end), "place": place, "label": label}
        layers.append(
            {"data": {"values": [row]}} | halo(text, colour, 400 if colour == "edge" else 600, **look)
        )
    description = description or f"{title}: {', '.join(labels)}."
    columns = (_("Day"), *(line.label for line in lines))
    return Chart(title, subtitle, description, finish(layers, HEIGHT, description), columns, _standing(lines))


def _response_colours(count: int) -> list[str]:
    return (
        ["edge", "ink", *["ink-2"] * (count - 3), "accent"][-count:]
        if count > 2
        else ["ink", "accent"][-count:]
    )


def _round_up(count: float) -> int:
    """The next number of which a fifth is 1, 2 or 5 times a power of ten: 240 gives 250.

    >>> [_round_up(count) for count in (1, 7, 240, 1200)]
    [5, 10, 250, 2500]
    """
    steps: Iterator[int] = (digit * int(10**power) for power in range(9) for digit in (1, 2, 5))
    return next(5 * step for step in steps if 5 * step >= count)


def _counts(top: float) -> Spec:
    axis = {"values": [top * fifth / 5 for fifth in range(6)], "gridColor": ground(), "format": ",d"}
    return {"type": "quantitative", "scale": {"domain": [0, top], "nice": False}, "axis": axis}


def _standing(lines: Sequence[Line]) -> tuple[tuple[str, ...], ...]:
    """A row for each day on which anything changed, with what stood then."""
    every_day = sorted({day for line in lines for day, _value in line.points})
    rows = []
    for day in every_day:
        counts = [[value for when, value in line.points if when <= day] for line in lines]
        rows.append((day_words(day), *(number(values[-1]) if values else "0" for values in counts)))
    return tuple(rows)
