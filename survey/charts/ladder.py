"""A ladder of deadlines as one cumulative curve, and what it implies for each interval."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from flask_babel import gettext as _

from survey.charts.look import PALETTE, Chart, Spec, days, finish, halo, line_of, upright_percent, zoom_of
from survey.charts.words import apart, day_words, instant, iso, number, percent, room_for, zoomed

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


class Hazard(NamedTuple):
    """What a ladder implies of an interval, in percent: that it begins then, and a year if not before."""

    start: date
    end: date
    chance: float
    yearly: float | None


def hazards(rungs: Sequence[Rung], start: date) -> list[Hazard]:
    """Hazards of a ladder as yearly chances: 1 - (1 - h)^(1/years), h = (F - F before) / (1 - F before).

    Within an interval the hazard is taken as constant. Only rungs with a value count. None a year where it would
    have happened for sure before.

    >>> found = hazards([Rung(date(2027, 12, 31), 19), Rung(date(2028, 12, 31), 27.1)], date(2027, 1, 1))
    >>> [(round(one.chance, 1), round(one.yearly, 1)) for one in found]
    [(19.0, 19.0), (8.1, 10.0)]
    """
    found, before, since = [], 0.0, start
    for rung in _answered(rungs):
        value, until = rung.value or 0.0, _end(rung.day)
        years = (until - since).days / 365.2425
        left = max(0.0, min(1.0, (100 - value) / (100 - before))) if before < 100 else None
        yearly = None if left is None or years <= 0 else 100 * (1 - left ** (1 / years))
        # What is told has two decimals at most; its difference would have sixteen.
        found.append(Hazard(since, rung.day, round(value - before, 2), yearly))
        before, since = value, until
    return found


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
    crowd's in ink, and each curve is named at its end. What is not answered at the end is shaded as still open. Where
    all of it is small the axis ends before 100 %.
    """
    known, mine = _answered(rungs), _answered(own)
    last = _end(max(rung.day for rung in [*rungs, *mine]))
    ends = _ends(known, mine)
    x = days(room_for([label for label, _rung, _colour in ends]) if ends else 0) | {"field": "day"}
    x["scale"] = x["scale"] | {"domain": {"expr": f"[{instant(start)}, {instant(last)}]"}}
    x["axis"] = x["axis"] | {"grid": False, "ticks": True, "labelFlush": True}
    description = description or _describe(title, known)
    # What is still open may reach 100 %, and its ground is drawn up to there.
    whole = not known or _end(known[-1].day) < last
    drawn = [end for rung in [*known, *mine] for end in rung[1:] if end is not None]
    top = 100 if whole else zoom_of(drawn, small=20)
    y = upright_percent(top)
    still_open = _still_open(known, last, start, x, y)
    layers = [
        *still_open[:-1],
        *_curve(known, start, x, y, "accent"),
        *_whiskers(known, x, y),
        *(_curve(mine, start, x, y, "ink") if mine else []),
        # Words come last, so that no curve strikes them through.
        *still_open[-1:],
        *_figures(known[:-1] if mine else known, mine, start, x, y),
        *_named_ends(ends, x, y),
    ]
    spec = finish(layers, HEIGHT, description)
    spec["padding"] |= {"right": 12}
    return Chart(title, zoomed(subtitle, top), description, spec, *_table(rungs, own))


def _answered(rungs: Sequence[Rung]) -> list[Rung]:
    return sorted((rung for rung in rungs if rung.value is not None), key=lambda rung: rung.day)


def _describe(title: str, known: Sequence[Rung]) -> str:
    said = "; ".join(
        _("%(chance)s by %(day)s", chance=percent(rung.value or 0), day=day_words(rung.day)) for rung in known
    )
    return f"{title}: {said}." if said else title


def _end(day: date) -> date:
    """The moment at which a deadline has passed: the start of the next day."""
    return day + timedelta(1)


def _curve(known: Sequence[Rung], start: date, x: Spec, y: Spec, colour: str) -> list[Spec]:
    y = y | {"field": "value"}
    answered: list[Spec] = [{"day": iso(_end(rung.day)), "value": rung.value} for rung in known]
    rows = [{"day": iso(start), "value": 0}, *answered]
    line = {"type": "line", "color": PALETTE[colour], "strokeWidth": 2.5 if colour == "accent" else 1.8}
    layers = [line_of(rows, x, y, line), line_of(answered, x, y, _dot(colour))]
    return (
        [line_of(rows, x, y, {"type": "area", "color": PALETTE["tint"]}), *layers]
        if colour == "accent"
        else layers
    )


def _whiskers(known: Sequence[Rung], x: Spec, y: Spec) -> list[Spec]:
    """The interval of each number, where there is one, behind its dot."""
    rows = [
        {"day": iso(_end(rung.day)), "value": rung.value, "low": rung.low, "high": rung.high}
        for rung in known
    ]
    banded = [row for row in rows if row["low"] is not None]
    whisker = {"type": "rule", "color": PALETTE["band"], "strokeWidth": 6}
    if not banded:
        return []
    return [
        line_of(banded, x, y | {"field": "low"}, whisker, y2={"field": "high"}),
        line_of(banded, x, y | {"field": "value"}, _dot("accent")),
    ]


def _dot(colour: str) -> Spec:
    look = {"type": "point", "filled": True, "size": 70, "strokeWidth": 2.2}
    return look | {"fill": PALETTE["paper"], "stroke": PALETTE[colour]}


def _figures(known: Sequence[Rung], mine: Sequence[Rung], start: date, x: Spec, y: Spec) -> list[Spec]:
    """The number at each dot: before and above it; behind and below it where the reader's curve runs above."""
    layers, pixel = [], _pixel(y)
    for below in (False, True):
        rows = []
        for rung in known:
            value = rung.value or 0.0
            if (_height(mine, start, rung.day) > value) == below:
                # A number below its dot stays above the axis.
                place = max(value - 6 * pixel, 16 * pixel) if below else value
                rows.append({"day": iso(_end(rung.day)), "place": place, "words": percent(value)})
        look = (
            {"align": "left", "baseline": "top", "dx": 8}
            if below
            else {"align": "right", "baseline": "bottom", "dx": -8, "dy": -6}
        )
        text = {"x": x, "y": y | {"field": "place"}, "text": {"field": "words"}}
        layers += [{"data": {"values": rows}, **halo(text, "ink", 600, **look)}] if rows else []
    return layers


def _height(rungs: Sequence[Rung], start: date, day: date) -> float:
    """Where the curve through `rungs` is on a day; 0 where there is none."""
    known = [(start, 0.0), *((rung.day, rung.value or 0.0) for rung in rungs)]
    for (before, low), (after, high) in pairwise(known):
        if before <= day <= after:
            # Two rungs of one day are no stretch to divide by.
            return low + (high - low) * (day - before) / max(after - before, timedelta(1))
    return known[-1][1]


def _ends(known: Sequence[Rung], mine: Sequence[Rung]) -> list[tuple[str, Rung, str]]:
    """Where the reader's curve is drawn too, what each is called at its end: words, last date, colour."""
    if not mine:
        return []
    you = _("You %(value)s", value=percent(mine[-1].value or 0))
    crowd = [_("Crowd %(value)s", value=percent(rung.value or 0)) for rung in known[-1:]]
    return [*((label, known[-1], "accent") for label in crowd), (you, mine[-1], "ink")]


def _pixel(y: Spec) -> float:
    """Percentage points of a pixel, the axis taken off."""
    return float(y["scale"]["domain"][1]) / (HEIGHT - 36)


def _named_ends(ends: Sequence[tuple[str, Rung, str]], x: Spec, y: Spec) -> list[Spec]:
    places = apart([rung.value or 0.0 for _label, rung, _colour in ends], 18 * _pixel(y))
    text = {"x": x, "y": y | {"field": "place"}, "text": {"field": "label"}}
    return [
        {"data": {"values": [{"day": iso(_end(rung.day)), "place": place, "label": label}]}}
        | halo(text, colour, 600, align="left", baseline="middle", dx=10)
        for (label, rung, colour), place in zip(ends, places, strict=True)
    ]


def _still_open(known: Sequence[Rung], last: date, start: date, x: Spec, y: Spec) -> list[Spec]:
    """The region in which the unanswered end of the curve must lie; its words are the last layer."""
    reached, since = (known[-1].value or 0.0, _end(known[-1].day)) if known else (0.0, start)
    if since == last:
        return []
    words = [_("still open:"), _("%(low)s to %(high)s", low=number(reached), high=percent(100))]
    middle = since + (last - since) / 2
    rows = [{"day": iso(day), "low": reached, "high": 100} for day in (since, last)]
    region = {"type": "area", "color": PALETTE["paper-2"]}
    box = line_of(rows, x, y | {"field": "low"}, region, y2={"field": "high"})
    edge = {"type": "rule", "color": PALETTE["edge"], "strokeDash": [4, 4]}
    rule = line_of([rows[1] | {"low": 0}], x, y | {"field": "low"}, edge, y2={"field": "high"})
    row = {"day": iso(middle), "at": (reached + 100) / 2, "words": words}
    text = {"x": x, "y": y | {"field": "at"}, "text": {"field": "words"}}
    label = halo(text, "ink-3", align="center", lineHeight=19)
    return [box, rule, {"data": {"values": [row]}, **label}]


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
