"""The crowd along the days."""

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
    halo,
    line_of,
    upright_percent,
    zoom_of,
)
from survey.charts.words import apart, day_words, instant, iso, number, percent, room_for, zoomed

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
    own: Sequence[tuple[date, float | None]] = (),
    others: Sequence[Line] = (),
    changed: date | None = None,
    known: tuple[date, str] | None = None,
    unscored: bool = False,
    until: date | None = None,
    label: str = "",
    description: str = "",
) -> Chart:
    """The crowd forecast as it was published, with the uncertainty of its number and the spread of people.

    Each figure stands until the next publication; nothing is drawn between. `steps` and `own` (the reader's
    forecasts, None from a withdrawal on) run forward in time, at least one step; `until` is the day the picture ends
    with, unless something was said or published later. On the day `changed` a thin line says that figures are made
    otherwise from there on; `known` is the day from which the outcome could be known, and what it is; what is
    `unscored` from that day on lies on a ground of its own, with the words for it.
    """
    # Before the first publication it would stand left of the picture.
    if known and known[0] < steps[0].day:
        known = None
    latest = max([steps[-1].day, *(day for day, _value in own), *(known[:1] if known else ())])
    # A picture of one day would have no width.
    end = max(until or latest, latest, steps[0].day + timedelta(1))
    label = label or _("Crowd %(value)s", value=percent(steps[-1].value))
    lines = [Line(label, [(step.day, step.value) for step in steps]), *others]
    standing = own[-1][1] if own else None
    if standing is not None:
        lines.append(Line(_("You %(value)s", value=percent(standing)), [(own[-1][0], standing)]))
    description = description or _describe(title, steps)
    if known:
        description = f"{description} {known[1]}, {day_words(known[0])}."
    room = room_for([line.label for line in lines])
    x = days(room, labelSeparation={"expr": FEW_DAYS}) | {"field": "day"}
    x["scale"] = x["scale"] | {"domain": {"expr": f"[{instant(steps[0].day)}, {instant(end)}]"}}
    top = zoom_of(_everything(steps, own, others))
    y = upright_percent(top)
    layers = [
        *(_unscored(known[0], end, x) if known and unscored and known[0] < end else []),
        *_bands(steps, end, x, y),
        *(_upright(changed, _("new rule"), x) if changed else []),
        *(_upright(*known, x, before=True) if known else []),
        *(_step_line(line.points, end, x, y, "edge", 1.6) for line in others),
        _step_line([(step.day, step.value) for step in steps], end, x, y, "accent", 2.5),
        *_own(own, end, x, y),
        *_ends(lines, end, x, y, len(others), standing is not None),
    ]
    spec = finish(layers, HEIGHT, description)
    return Chart(title, zoomed(subtitle, top), description, spec, *_table(steps, own))


def _everything(
    steps: Sequence[Step], own: Sequence[tuple[date, float | None]], others: Sequence[Line]
) -> list[float]:
    """Every percentage that is drawn."""
    drawn = [value for step in steps for value in step[1:]] + [value for _day, value in own]
    return [value for value in drawn if value is not None] + [
        value for line in others for _day, value in line.points
    ]


def _describe(title: str, steps: Sequence[Step]) -> str:
    """Where the line begins and where it ends; of one publication alone, where it is."""
    first, last = steps[0], steps[-1]
    said = {"title": title, "first": percent(first.value), "from": day_words(first.day)}
    words: str
    if len(steps) == 1:
        words = _("%(title)s: %(first)s on %(from)s.", **said)
    else:
        said |= {"last": percent(last.value), "to": day_words(last.day)}
        words = _("%(title)s: %(first)s on %(from)s, %(last)s on %(to)s.", **said)
    return words


def _bands(steps: Sequence[Step], end: date, x: Spec, y: Spec) -> list[Spec]:
    """People's spread with dashed edges, and over it the uncertainty of the number, solid."""
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


def _upright(day: date, label: str, x: Spec, *, before: bool = False) -> list[Spec]:
    """An upright line on a day with words at its head, after it or before it."""
    rows = [{"day": iso(day), "label": label}]
    line: Spec = {"type": "rule", "color": PALETTE["ink-2"], "strokeDash": [2, 3]}
    words = halo(
        {"x": x, "text": {"field": "label"}, "y": {"value": 0}},
        "ink-2",
        400,
        align="right" if before else "left",
        baseline="top",
        dx=-4 if before else 4,
    )
    return [
        {"data": {"values": rows}, "mark": line, "encoding": {"x": x}},
        {"data": {"values": rows}} | words,
    ]


def _unscored(day: date, end: date, x: Spec) -> list[Spec]:
    """The ground of the days whose forecasts are not scored, with the words for it at its foot."""
    ground: Spec = {"type": "area", "color": PALETTE["rule"], "opacity": 0.5}
    words = halo(
        {"x": x, "text": {"field": "label"}, "y": {"value": "height"}},
        "ink-2",
        400,
        align="left",
        baseline="bottom",
        dx=4,
        dy=-4,
    )
    span = {"data": {"values": [{"day": iso(day)}, {"day": iso(end)}]}, "mark": ground}
    return [
        span | {"encoding": {"x": x, "y": {"value": 0}, "y2": {"value": "height"}}},
        {"data": {"values": [{"day": iso(day), "label": _("not scored")}]}} | words,
    ]


def _step_line(
    points: Sequence[tuple[date, float | None]], end: date, x: Spec, y: Spec, colour: str, width: float
) -> Spec:
    """A figure stands until the next; none is drawn from a withdrawal on."""
    # On to the end of the axis: else the last step, which holds now, would have no width.
    rows = [{"day": iso(day), "value": value} for day, value in [*points, (end, points[-1][1])]]
    mark = {"type": "line", "interpolate": "step-after", "color": PALETTE[colour], "strokeWidth": width}
    return line_of(rows, x, y | {"field": "value"}, mark)


def _own(own: Sequence[tuple[date, float | None]], end: date, x: Spec, y: Spec) -> list[Spec]:
    """The reader's own forecasts: an ink line with a hollow dot at each, words where it was withdrawn."""
    said = [(day, value) for day, value in own if value is not None]
    if not said:
        return []
    rows = [{"day": iso(day), "value": value} for day, value in said]
    dot = {"type": "point", "size": 50, "filled": True, "strokeWidth": 1.8}
    dot |= {"fill": PALETTE["paper"], "stroke": PALETTE["ink"]}
    return [
        *(_step_line(stretch, until or end, x, y, "ink", 1.8) for stretch, until in _stretches(own)),
        line_of(rows, x, y | {"field": "value"}, dot),
        *_withdrawn(own, said[-1][1], said[0][0] + (end - said[0][0]) / 2, x, y),
    ]


def _stretches(
    own: Sequence[tuple[date, float | None]],
) -> list[tuple[list[tuple[date, float | None]], date | None]]:
    """Forecasts that follow each other, and the day on which they were withdrawn; None where the last stands."""
    found: list[tuple[list[tuple[date, float | None]], date | None]] = []
    for day, value in own:
        if value is None:
            found[-1] = (found[-1][0], day)
        elif not found or found[-1][1]:
            found.append(([(day, value)], None))
        else:
            found[-1][0].append((day, value))
    return found


def _withdrawn(
    own: Sequence[tuple[date, float | None]], value: float, middle: date, x: Spec, y: Spec
) -> list[Spec]:
    """Where the reader's line ends before the picture does, it says why: behind its end, or before it where late."""
    day, standing = own[-1]
    if standing is not None:
        return []
    row = {"day": iso(day), "value": value, "words": _("You, withdrawn")}
    text = {"x": x, "y": y | {"field": "value"}, "text": {"field": "words"}}
    end = {"type": "tick", "orient": "vertical", "size": 12, "thickness": 1.8, "color": PALETTE["ink"]}
    align, shift = ("left", 6) if day < middle else ("right", -4)
    words = halo(text, "ink", 600, align=align, baseline="bottom", dx=shift, dy=-8)
    return [line_of([row], x, y | {"field": "value"}, end), {"data": {"values": [row]}, **words}]


def _ends(lines: Sequence[Line], end: date, x: Spec, y: Spec, others: int, mine: bool) -> list[Spec]:
    """Labels at the end of the lines: the crowd's in the accent, the reader's in ink, all moved apart."""
    top = y["scale"]["domain"][1]
    places = apart([line.points[-1][1] for line in lines], LABEL_GAP * top / (HEIGHT - 36))
    colours = ["accent", *["ink-2"] * others, *["ink"] * mine]
    weights = [600, *[400] * others, *[600] * mine]
    y = y | {"field": "place"}
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
    steps: Sequence[Step], own: Sequence[tuple[date, float | None]]
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
            last = standing[-1] if standing else None
            row.append("–" if last is None else percent(last))
    return tuple(columns), tuple(tuple(row) for row in rows)


def _span(low: float | None, high: float | None) -> str:
    return (
        "–" if low is None or high is None else _("%(low)s to %(high)s", low=number(low), high=percent(high))
    )
