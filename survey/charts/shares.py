"""Shares of people: the histogram."""

from collections.abc import Sequence
from typing import NamedTuple

from flask_babel import gettext as _

from survey.charts.look import PALETTE, Chart, Spec, finish, halo, line_of, lying_percent
from survey.charts.words import number, percent

HEIGHT = 170

LEAST = 2
"""Pixels that the bar of any share above 0 is high."""


class Bin(NamedTuple):
    """The share of people, in percent, who forecast between two percentages."""

    low: float
    high: float
    share: float


def tenths(shares: Sequence[float]) -> list[Bin]:
    """Ten equal bins from ten shares.

    >>> tenths([3, 2, 5, 9, 11, 17, 19, 18, 11, 5])[7]
    Bin(low=70, high=80, share=18)
    """
    return [Bin(10 * place, 10 * place + 10, share) for place, share in enumerate(shares)]


def histogram(
    bins: Sequence[Bin], *, title: str, subtitle: str = "", own: float | None = None, description: str = ""
) -> Chart:
    """Where people stand; the share above each bar, the reader's bar in the accent.

    Area is share: a bin merged from three is three times as wide and a third as high for the same share. The
    subtitle says so where bins differ in width.
    """
    rows = [_bar(one, own) for one in bins]
    if len({one.high - one.low for one in bins}) > 1:
        note = _("The area of a bar is its share; wider bars join cells with few people")
        subtitle = f"{subtitle}. {note}" if subtitle else note
    cells = tuple((f"{number(one.low)}–{percent(one.high)}", percent(one.share)) for one in bins)
    description = description or f"{title}: " + "; ".join(f"{name}: {share}" for name, share in cells) + "."
    spec = finish(_bars(rows), HEIGHT, description)
    return Chart(title, subtitle, description, spec, (_("Forecast"), _("People")), cells)


def _bar(one: Bin, own: float | None) -> Spec:
    """A bin as Vega reads it: its ends, its middle, its height for ten points of width, what stands above."""
    tall = round(one.share * 10 / (one.high - one.low), 4)
    row: Spec = {"low": one.low, "high": one.high, "middle": (one.low + one.high) / 2, "tall": tall}
    return row | {"share": number(one.share), "mine": own is not None and _holds(one, own)}


def _bars(rows: list[Spec]) -> list[Spec]:
    """Bars, the share above each, and "You" above the reader's."""
    x = lying_percent(domain=True)
    top = 1.3 * max(1.0, *(row["tall"] for row in rows))
    least = round(top * LEAST / (HEIGHT - 36), 4)
    rows = [row | {"drawn": max(row["tall"], least if row["tall"] else 0)} for row in rows]
    y = {"type": "quantitative", "scale": {"domain": [0, top]}, "axis": None} | {"field": "drawn"}
    colour = {"condition": {"test": "datum.mine", "value": PALETTE["accent"]}, "value": PALETTE["bar"]}
    bars = {"type": "rect", "stroke": PALETTE["paper"], "strokeWidth": 2}
    ends: dict[str, Spec] = {"x2": {"field": "high"}, "y2": {"datum": 0}, "color": colour}
    above = {"align": "center", "baseline": "bottom"}
    label = {"x": x | {"field": "middle"}, "y": y, "text": {"field": "share"}}
    layers = [
        line_of(rows, x | {"field": "low"}, y, bars, **ends),
        {"data": {"values": rows}, **halo(label, "ink", 400, **above, dy=-4)},
    ]
    mine = [row | {"share": _("You")} for row in rows if row["mine"]]
    you: Spec = {"data": {"values": mine}, **halo(label, "accent", 600, **above, dy=-22)}
    return [*layers, you] if mine else layers


def _holds(one: Bin, value: float) -> bool:
    return one.low <= value < one.high or (value == 100 and one.high == 100)
