"""A ladder of deadlines as one cumulative curve, and what it implies for each interval."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from flask_babel import gettext as _

from survey.charts.look import PALETTE, Chart, Spec, days, finish, halo, line_of, upright_percent
from survey.charts.words import day_words, instant, iso, number, percent

HEIGHT = 300


class Rung(NamedTuple):
    """The chance in percent that it has happened by a day; None where nothing was said."""

    day: date
    value: float | None
    low: float | None = None
    high: float | None = None


def implied(rungs: Sequence[Rung], labels: Sequence[str]) -> list[tuple[str, str]]:
    """Chance that it begins in each interval, from the first date on; the last is "later or never".

    Only rungs with a value count; `labels` name the intervals, one for each rung.

    >>> rungs = [Rung(date(2027, 6, 30), 10), Rung(date(2027, 12, 31), 25), Rung(date(2028, 12, 31), None)]
    >>> [label for label, chance in implied(rungs, ["to June", "to December", "in 2028"])]
    ['to June', 'to December', 'later or never']
    """
    pairs, before = [], 0.0
    for rung, label in zip(rungs, labels, strict=True):
        if rung.value is not None:
            pairs.append((label, percent(round(rung.value - before, 2))))
            before = rung.value
    return [*pairs, (_("later or never"), percent(round(100 - before, 2)))]


def ladder(
    rungs: Sequence[Rung],
    *,
    start: date,
    title: str,
    subtitle: str = "",
    own: Sequence[Rung] = (),
    description: str = "",
) -> Chart:
    """Chance that it has happened, from 0 at `start`: straight segments, tint beneath, a dot at each date.

    `rungs` are the crowd's, or the reader's own where no crowd may be seen; `own` draws the reader's over the
    crowd's in ink. What is not answered at the end is shaded as still open.
    """
    known = [rung for rung in rungs if rung.value is not None]
    last = _end(max(rung.day for rung in rungs))
    x = days() | {"field": "day"}
    x["scale"] = x["scale"] | {"domain": {"expr": f"[{instant(start)}, {instant(last)}]"}}
    x["axis"] = x["axis"] | {"grid": False, "ticks": True, "labelFlush": True}
    description = description or _describe(title, known)
    layers = [
        *_still_open(known, last, start, x),
        *_curve(known, start, x, "accent"),
        *_marks(known, x),
        *(_curve([rung for rung in own if rung.value is not None], start, x, "ink") if own else []),
    ]
    spec = finish(layers, HEIGHT, description)
    spec["padding"] |= {"right": 12}
    return Chart(title, subtitle, description, spec, *_table(rungs, own))


def _describe(title: str, known: Sequence[Rung]) -> str:
    said = "; ".join(
        _("%(chance)s by %(day)s", chance=percent(rung.value or 0), day=day_words(rung.day)) for rung in known
    )
    return f"{title}: {said}." if said else title


def _end(day: date) -> date:
    """The moment at which a deadline has passed: the start of the next day."""
    return day + timedelta(1)


def _curve(known: Sequence[Rung], start: date, x: Spec, colour: str) -> list[Spec]:
    y = upright_percent() | {"field": "value"}
    answered: list[Spec] = [{"day": iso(_end(rung.day)), "value": rung.value} for rung in known]
    rows = [{"day": iso(start), "value": 0}, *answered]
    line = {"type": "line", "color": PALETTE[colour], "strokeWidth": 2.5 if colour == "accent" else 1.8}
    dot = {"type": "point", "filled": True, "size": 70, "strokeWidth": 2.2}
    dot |= {"fill": PALETTE["paper"], "stroke": PALETTE[colour]}
    layers = [line_of(rows, x, y, line), line_of(answered, x, y, dot)]
    return (
        [line_of(rows, x, y, {"type": "area", "color": PALETTE["tint"]}), *layers]
        if colour == "accent"
        else layers
    )


def _marks(known: Sequence[Rung], x: Spec) -> list[Spec]:
    """The number at each dot, before and above it, and its interval where there is one."""
    y = upright_percent()
    rows = [
        {"day": iso(_end(rung.day)), "value": rung.value, "words": percent(rung.value or 0), "low": rung.low}
        | {"high": rung.high}
        for rung in known
    ]
    whisker = {"type": "rule", "color": PALETTE["band"], "strokeWidth": 6}
    banded = [row for row in rows if row["low"] is not None]
    text = {"x": x, "y": y | {"field": "value"}, "text": {"field": "words"}}
    label = halo(text, "ink", 600, align="right", baseline="bottom", dx=-8, dy=-6)
    layers = [line_of(banded, x, y | {"field": "low"}, whisker, y2={"field": "high"})] if banded else []
    dot = {"type": "point", "filled": True, "size": 70, "strokeWidth": 2.2}
    dot |= {"fill": PALETTE["paper"], "stroke": PALETTE["accent"]}
    return [*layers, line_of(rows, x, y | {"field": "value"}, dot), {"data": {"values": rows}, **label}]


def _still_open(known: Sequence[Rung], last: date, start: date, x: Spec) -> list[Spec]:
    """The region in which the unanswered end of the curve must lie."""
    reached, since = (known[-1].value or 0.0, _end(known[-1].day)) if known else (0.0, start)
    if since == last:
        return []
    words = [_("still open:"), _("%(low)s to %(high)s", low=number(reached), high=percent(100))]
    middle = since + (last - since) / 2
    rows = [{"day": iso(day), "low": reached, "high": 100} for day in (since, last)]
    y = upright_percent()
    region = {"type": "area", "color": PALETTE["paper-2"]}
    box = line_of(rows, x, y | {"field": "low"}, region, y2={"field": "high"})
    edge = {"type": "rule", "color": PALETTE["edge"], "strokeDash": [4, 4]}
    rule = line_of([rows[1] | {"low": 0}], x, y | {"field": "low"}, edge, y2={"field": "high"})
    text: Spec = {
        "data": {"values": [{"day": iso(middle), "at": (reached + 100) / 2, "words": words}]},
        "mark": {"type": "text", "align": "center", "color": PALETTE["ink-3"], "lineHeight": 19},
        "encoding": {"x": x, "y": y | {"field": "at"}, "text": {"field": "words"}},
    }
    return [box, rule, text]


def _table(rungs: Sequence[Rung], own: Sequence[Rung]) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    mine = {rung.day: rung.value for rung in own}
    rows = []
    for rung in rungs:
        band = "–" if rung.low is None or rung.high is None else f"{number(rung.low)}–{percent(rung.high)}"
        rows.append(
            (day_words(rung.day), _said(rung.value), band, *([_said(mine.get(rung.day))] if own else []))
        )
    columns = [_("By"), _("Chance"), _("Interval, 90 %"), *([_("You")] if own else [])]
    if all(rung.low is None for rung in rungs):
        columns, rows = [columns[0], columns[1], *columns[3:]], [(*row[:2], *row[3:]) for row in rows]
    return tuple(columns), tuple(rows)


def _said(value: float | None) -> str:
    return "–" if value is None else percent(value)
