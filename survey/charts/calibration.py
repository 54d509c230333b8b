"""Calibration: what was forecast against the share that happened."""

from collections.abc import Sequence

from flask_babel import gettext as _

from survey.charts.look import PALETTE, Chart, Spec, finish, halo, line_of, lying_percent, upright_percent
from survey.charts.words import number, percent


def calibration(
    bins: Sequence[tuple[float, float, float, float, int]],
    *,
    title: str,
    subtitle: str = "",
    description: str = "",
) -> Chart:
    """Share that happened against what was forecast; on top how many, bars are the 90 % interval.

    A bin is (mean forecast, share that happened, low, high, forecasts in it), the first four in percent.
    """
    columns = (_("Forecast"), _("Happened"), _("Interval, 90 %"), _("Forecasts"))
    cells = tuple(
        (percent(mean), percent(share), f"{number(low)}–{percent(high)}", number(count))
        for mean, share, low, high, count in bins
    )
    description = description or f"{title}."
    spec = finish(_reliability(bins), 380, description)
    spec["padding"] |= {"top": 30}
    return Chart(title, subtitle, description, spec, columns, cells)


def _reliability(bins: Sequence[tuple[float, float, float, float, int]]) -> list[Spec]:
    """The line on which forecasts and outcomes agree, the intervals, the dots by size, the counts on top."""
    rows: list[Spec] = [
        {"forecast": mean, "share": share, "low": low, "high": high, "count": number(n), "size": 30 + 6 * n}
        for mean, share, low, high, n in bins
    ]
    name = {"title": _("Your forecast"), "titleColor": PALETTE["ink-3"], "titleFontWeight": 400}
    x = lying_percent(domain=False, titleFontSize=14, titlePadding=8, **name)
    y, at = upright_percent(), x | {"field": "forecast"}
    diagonal = {"type": "line", "color": PALETTE["edge"], "strokeDash": [4, 4], "strokeWidth": 1.2}
    bar = {"type": "rule", "color": PALETTE["band"], "strokeWidth": 6}
    dot = {"type": "point", "filled": True, "color": PALETTE["accent"]}
    size: Spec = {"field": "size", "type": "quantitative", "scale": None}
    counts = halo({"x": at, "y": {"value": -17}, "text": {"field": "count"}}, "ink", 600)
    return [
        line_of([{"at": 0}, {"at": 100}], x | {"field": "at"}, y | {"field": "at"}, diagonal),
        line_of(rows, at, y | {"field": "low"}, bar, y2={"field": "high"}),
        line_of(rows, at, y | {"field": "share"}, dot, size=size),
        {"data": {"values": rows}, **counts},
    ]
