"""The crowd along the days: a whole picture, and one small line."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from flask_babel import gettext as _

from survey.charts.look import (
    NARROW,
    PALETTE,
    Chart,
    Spec,
    days,
    finish,
    ground,
    halo,
    line_of,
    upright_percent,
)
from survey.charts.words import apart, day_words, iso, number, percent, room_for

HEIGHT = 300

LABEL_GAP = 18

FEW_DAYS = f"{NARROW} ? 60 : 14"
"""Pixels between two days on the axis: on a phone, beside the labels at the end, there is room for three."""


class Step(NamedTuple):
    """One publication: figures in percent, rounded for showing; a missing band is None."""

    day: date
    value: float
    low: float | None = None
    high: float | None = None
    spread_low: float | None = None
    spread_high: float | None = None


class Line(NamedTuple):
    """A further line with the words at its end, such as another date of a ladder."""

    label: str
    points: Sequence[tuple[date, float]]


def crowd_over_time(
    steps: Sequence[Step],
    *,
    title: str,
    subtitle: str = "",
    own: Sequence[tuple[date, float]] = (),
    others: Sequence[Line] = (),
    changed: date | None = None,
    until: date | None = None,
    label: str = "",
    description: str = "",
) -> Chart:
    """The crowd forecast as it was published, with the uncertainty of its number and the spread of people.

    Each figure stands until the next publication; nothing is drawn between. `steps` and `own` (the reader's
    forecasts) run forward in time, at least one step; `until` is the day the picture ends with, unless
    something was said or published later. On the day `changed` a thin line says that figures are made otherwise
    from there on.
    """
    latest = max([steps[-1].day, *(day for day, _value in own)])
    end = max(until or latest, latest + timedelta(1))
    label = label or _("Crowd %(value)s", value=percent(steps[-1].value))
    lines = [Line(label, [(step.day, step.value) for step in steps]), *others]
    if own:
        lines.append(Line(_("You %(value)s", value=percent(own[-1][1])), own))
    description = description or _describe(title, steps)
    room = room_for([line.label for line in lines])
    x = days(room, labelSeparation={"expr": FEW_DAYS}) | {"field": "day"}
    layers = [
        *_bands(steps, end, x),
        *_changes(changed, x),
        *(_step_line(line.points, end, x, "edge", 1.6) for line in others),
        _step_line([(step.day, step.value) for step in steps], end, x, "accent", 2.5),
        *_own(own, end, x),
        *_ends(lines, end, x, len(others), bool(own)),
    ]
    spec = finish(layers, HEIGHT, description)
    return Chart(title, subtitle, description, spec, *_table(steps, own))


def _describe(title: str, steps: Sequence[Step]) -> str:
    first, last = steps[0], steps[-1]
    words: str = _(
        "%(title)s: %(first)s on %(from)s, %(last)s on %(to)s.",
        title=title,
        first=percent(first.value),
        last=percent(last.value),
        to=day_words(last.day),
        **{"from": day_words(first.day)},
    )
    return words


def _bands(steps: Sequence[Step], end: date, x: Spec) -> list[Spec]:
    """People's spread with dashed edges, and over it the uncertainty of the number, solid."""
    y = upright_percent()
    spread = [(step.day, step.spread_low, step.spread_high) for step in steps if step.spread_low is not None]
    number_band = [(step.day, step.low, step.high) for step in steps if step.low is not None]
    layers = []
    for ranges, colour in ((spread, "paper-2"), (number_band, "band")):
        if not ranges:
            continue
        rows = [
            {"day": iso(day), "low": low, "high": high}
            for day, low, high in [*ranges, (end, *ranges[-1][1:])]
        ]
        area = {"type": "area", "interpolate": "step-after", "color": PALETTE[colour]}
        layers.append(line_of(rows, x, y | {"field": "low"}, area, y2={"field": "high"}))
        if colour == "paper-2":
            dashed: Spec = {"type": "line", "interpolate": "step-after", "color": PALETTE["edge"]}
            dashed |= {"strokeDash": [3, 3], "strokeWidth": 1}
            layers += [line_of(rows, x, y | {"field": edge}, dashed) for edge in ("low", "high")]
    return layers


def _changes(day: date | None, x: Spec) -> list[Spec]:
    """An upright line, with words at its head, on the day from which figures are made by another rule."""
    if day is None:
        return []
    rows = [{"day": iso(day), "label": _("new rule")}]
    line: Spec = {"type": "rule", "color": PALETTE["ink-2"], "strokeDash": [2, 3]}
    words = halo(
        {"x": x, "text": {"field": "label"}, "y": {"value": 0}},
        "ink-2",
        400,
        align="left",
        baseline="top",
        dx=4,
    )
    return [
        {"data": {"values": rows}, "mark": line, "encoding": {"x": x}},
        {"data": {"values": rows}} | words,
    ]


def _step_line(points: Sequence[tuple[date, float]], end: date, x: Spec, colour: str, width: float) -> Spec:
    rows = [{"day": iso(day), "value": value} for day, value in [*points, (end, points[-1][1])]]
    mark = {"type": "line", "interpolate": "step-after", "color": PALETTE[colour], "strokeWidth": width}
    return line_of(rows, x, upright_percent() | {"field": "value"}, mark)


def _own(own: Sequence[tuple[date, float]], end: date, x: Spec) -> list[Spec]:
    """The reader's own forecasts: an ink line with a hollow dot at each."""
    if not own:
        return []
    rows = [{"day": iso(day), "value": value} for day, value in own]
    dot = {"type": "point", "size": 50, "filled": True, "strokeWidth": 1.8}
    dot |= {"fill": PALETTE["paper"], "stroke": PALETTE["ink"]}
    return [
        _step_line(own, end, x, "ink", 1.8),
        line_of(rows, x, upright_percent() | {"field": "value"}, dot),
    ]


def _ends(lines: Sequence[Line], end: date, x: Spec, others: int, mine: bool) -> list[Spec]:
    """Labels at the end of the lines: the crowd's in the accent, the reader's in ink, all moved apart."""
    places = apart([line.points[-1][1] for line in lines], LABEL_GAP * 100 / (HEIGHT - 36))
    colours = ["accent", *["ink-2"] * others, *["ink"] * mine]
    weights = [600, *[400] * others, *[600] * mine]
    y = upright_percent() | {"field": "place"}
    return [
        {"data": {"values": [{"day": iso(end), "place": place, "label": line.label}]}}
        | halo(
            {"x": x, "y": y, "text": {"field": "label"}},
            colour,
            weight,
            align="left",
            baseline="middle",
            dx=8,
        )
        for line, place, colour, weight in zip(lines, places, colours, weights, strict=True)
    ]


def _table(
    steps: Sequence[Step], own: Sequence[tuple[date, float]]
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    columns = [_("Published"), _("Crowd forecast"), _("Interval, 90 %"), _("Middle half of people")]
    rows = []
    for step in steps:
        cells = [day_words(step.day), percent(step.value), _span(step.low, step.high)]
        rows.append([*cells, _span(step.spread_low, step.spread_high)])
    if own:
        columns.append(_("You"))
        for row, step in zip(rows, steps, strict=True):
            standing = [value for day, value in own if day <= step.day]
            row.append(percent(standing[-1]) if standing else "–")
    return tuple(columns), tuple(tuple(row) for row in rows)


def _span(low: float | None, high: float | None) -> str:
    return (
        "–" if low is None or high is None else _("%(low)s to %(high)s", low=number(low), high=percent(high))
    )


def sparkline(steps: Sequence[Step], *, title: str, description: str = "", height: int = 84) -> Chart:
    """A small picture of one question, 0 to 100 %: a step line, a dot at its end, people's spread in grey."""
    end = steps[-1].day + timedelta(1)
    bare = {"axis": None}
    x = days() | bare | {"field": "day"}
    y = upright_percent() | {"axis": {"values": [0, 50, 100], "labels": False, "gridColor": ground()}}
    spread = [step for step in steps if step.spread_low is not None]
    layers = []
    if spread:
        rows = [{"day": iso(step.day), "low": step.spread_low, "high": step.spread_high} for step in spread]
        area = {"type": "area", "interpolate": "step-after", "color": PALETTE["spread"]}
        layers.append(
            line_of(
                [*rows, rows[-1] | {"day": iso(end)}], x, y | {"field": "low"}, area, y2={"field": "high"}
            )
        )
    points = [{"day": iso(step.day), "value": step.value} for step in steps]
    last = points[-1] | {"day": iso(end)}
    line = {"type": "line", "interpolate": "step-after", "color": PALETTE["accent"], "strokeWidth": 1.8}
    dot = {"type": "point", "filled": True, "size": 36, "color": PALETTE["accent"]}
    layers.append(line_of([*points, last], x, y | {"field": "value"}, line))
    layers.append(line_of([last], x, y | {"field": "value"}, dot))
    description = description or _describe(title, steps)
    return Chart(title, "", description, finish(layers, height, description), *_table(steps, ()))
