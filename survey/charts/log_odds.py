"""Chances on a scale of log-odds, on which one in a thousand and one in ten lie as far apart as they are.

Cleveland (1994), The Elements of Graphing Data, on scales of logarithms for what differs by factors.
"""

from collections.abc import Sequence
from math import log

from flask_babel import gettext as _

from survey.charts.look import PALETTE, Chart, Spec
from survey.charts.rows import (
    NamedInterval,
    Names,
    figures_behind,
    interval,
    lying,
    rows_chart,
    rows_of,
    with_interval,
)
from survey.charts.words import percent

#: Chances in percent that have a line on the scale; what lies beyond the ends stands at them.
TICKS = (0.5, 1, 2, 5, 10, 25, 50, 75, 90, 95, 99)


def log_odds(chance: float) -> float:
    """The logarithm of the odds of a chance above 0 and below 1.

    >>> round(log_odds(0.9), 3), log_odds(0.5)
    (2.197, 0.0)
    """
    return log(chance / (1 - chance))


def on_scale(chance: float) -> float:
    """The log-odds of a chance from 0 to 1, within the ends of the scale.

    >>> on_scale(0) == on_scale(0.005), on_scale(1) == on_scale(0.99)
    (True, True)
    """
    return log_odds(min(max(chance, TICKS[0] / 100), TICKS[-1] / 100))


def place_of_chance(chance: float) -> float:
    """Percent of the scale's width, 0 at the lowest tick and 100 at the highest.

    >>> place_of_chance(0.0001), place_of_chance(0.05), place_of_chance(0.99)
    (0.0, 23.75, 100.0)
    """
    first, last = on_scale(0), on_scale(1)
    return round(100 * (on_scale(chance) - first) / (last - first), 2)


def spreads_in_log_odds(
    ranges: Sequence[NamedInterval], *, title: str, subtitle: str = "", description: str = ""
) -> Chart:
    """The middle half of people in grey, the crowd forecast as a tick upon it, where small chances are seen."""
    rows = [row | _placed(row) for row in rows_of(ranges)]
    names = Names(tuple(one.label for one in ranges))
    lines = [on_scale(tick / 100) for tick in TICKS]
    label = "format(100 / (1 + exp(-datum.value)), '.2~g')"
    x, y = names.x(values=lines, labelExpr=label), names.y
    x["scale"] = {**x["scale"], "domain": [lines[0], lines[-1]], "zero": False}
    tick = {"xOffset": -2, "x2Offset": 2, "color": PALETTE["accent"]}
    layers = [
        lying(with_interval(rows), ("low", "high"), x, y, 12, color=PALETTE["spread"]),
        lying(rows, ("value", "value"), x, y, 18, **tick),
        figures_behind(rows, x, y),
    ]
    cells = tuple((one.label, percent(one.value), interval(one)) for one in ranges)
    columns = [_("Question"), _("Crowd forecast"), _("Middle half of people")]
    return rows_chart((title, subtitle, description), names, layers, columns, cells)


def _placed(row: Spec) -> Spec:
    """The figures of a row in log-odds; an interval that is missing stays so."""
    return {
        name: None if row[name] is None else on_scale(row[name] / 100) for name in ("value", "low", "high")
    }
