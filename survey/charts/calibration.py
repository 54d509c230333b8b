"""Calibration: what was forecast against the share that happened."""

from collections.abc import Sequence

from flask_babel import gettext as _

from survey.charts.look import PALETTE, Chart, Spec, finish, halo, line_of, lying_percent, upright_percent
from survey.charts.words import number, percent

#: Percent between two counts that do not touch at 390 pixels.
APART = 6


def calibration(
    places: Sequence[tuple[float, float, float, float, int]],
    band: Sequence[tuple[float, float, float]] = (),
    *,
    title: str,
    subtitle: str = "",
    description: str = "",
) -> Chart:
    """Share that happened against what was forecast; on top how many, the band is 90 % of calibrated people.

    A place is (mean forecast, share that happened, band from, band to, forecasts there), the first four in
    percent; the band is (forecast, from, to), rising.
    """
    columns = (_("Forecast"), _("Happened"), _("Of 90 % of calibrated people"), _("Forecasts"))
    cells = tuple(
        (percent(mean), percent(share), f"{number(low)}–{percent(high)}", number(count))
        for mean, share, low, high, count in places
    )
    description = description or f"{title}."
    spec = finish(_reliability(places, band), 380, description)
    spec["padding"] |= {"top": 30}
    return Chart(title, subtitle, description, spec, columns, cells)


def _reliability(
    places: Sequence[tuple[float, float, float, float, int]], band: Sequence[tuple[float, float, float]]
) -> list[Spec]:
    """The band, the line on which forecasts and outcomes agree, the dots by size, the counts on top."""
    rows: list[Spec] = [
        {"forecast": mean, "share": share, "low": low, "high": high, "count": number(n), "size": 30 + 6 * n}
        for mean, share, low, high, n in places
    ]
    around: list[Spec] = [{"forecast": at, "low": low, "high": high} for at, low, high in band]
    name = {"title": _("Your forecast"), "titleColor": PALETTE["ink-3"], "titleFontWeight": 400}
    x = lying_percent(domain=False, titleFontSize=14, titlePadding=8, **name)
    y, at = upright_percent(), x | {"field": "forecast"}
    diagonal = {"type": "line", "color": PALETTE["edge"], "strokeDash": [4, 4], "strokeWidth": 1.2}
    bar = {"type": "rule", "color": PALETTE["band"], "strokeWidth": 6}
    dot = {"type": "point", "filled": True, "color": PALETTE["accent"]}
    size: Spec = {"field": "size", "type": "quantitative", "scale": None}
    area = {"type": "area", "color": PALETTE["tint"]}
    counts = halo({"x": at, "y": {"value": -17}, "text": {"field": "count"}}, "ink", 600)
    return [
        line_of(around, at, y | {"field": "low"}, area, y2={"field": "high"}),
        line_of([{"at": 0}, {"at": 100}], x | {"field": "at"}, y | {"field": "at"}, diagonal),
        line_of(rows, at, y | {"field": "low"}, bar, y2={"field": "high"}),
        line_of(rows, at, y | {"field": "share"}, dot, size=size),
        {"data": {"values": _apart(rows)}, **counts},
    ]


def _apart(rows: Sequence[Spec]) -> list[Spec]:
    """The rows whose counts can stand side by side: the table has them all."""
    kept: list[Spec] = []
    for row in rows:
        if not kept or row["forecast"] - kept[-1]["forecast"] >= APART:
            kept.append(row)
    return kept
