"""Figures of a publication as rows: of each option, method and statistic the value, and what a page shows of it."""

from collections.abc import Iterator
from typing import NamedTuple

from scoring.pools.catalog import SHOWN

from .rounded_aggregates import ShownOption, shown_option
from .rules import Figures
from .specification import QuestionSpec

#: What is of the people behind a figure, whichever method made it.
CROWD = "crowd"


class FigureRow(NamedTuple):
    """One number that a publication holds.

    Attributes
    ----------
    method
        Of `scoring.pools.catalog.SHOWN`; or `crowd`, for what is of the people behind them.
    statistic
        What it is: `value`, `low`, `high`, `q0.5`, `people`, `spread_high`, `histogram_3`, …
    value
        Unrounded.
    shown
        As pages show it; None where they show it in a picture alone, or not.
    """

    option: str
    method: str
    statistic: str
    value: float
    shown: float | None


def figure_rows(question: QuestionSpec, part: Figures) -> Iterator[FigureRow]:
    """All numbers that a publication holds of everybody, or of one segment."""
    for key, told in part["options"].items():
        shown = shown_option(key, told, question.levels, whole=question.whole)
        for method in SHOWN:
            yield from _of_method(question, key, method, told, shown)
        for statistic, value, known in _of_people(told, shown):
            yield FigureRow(key, CROWD, statistic, float(value), None if known is None else float(known))


def _of_method(
    question: QuestionSpec, key: str, method: str, told: Figures, shown: ShownOption
) -> Iterator[FigureRow]:
    """A method's figure, and the ends of its interval; a page shows those of the figure that heads it."""
    made, rounded = told[method], shown.methods[method]
    if "quantiles" in made:
        for level, value, known in zip(question.levels, made["quantiles"], rounded, strict=True):
            yield FigureRow(key, method, f"q{level:g}", value, known)
        return
    yield FigureRow(key, method, "value", made["value"], rounded)
    ends = {"low": shown.low, "high": shown.high} if method == SHOWN[0] else {}
    for end in ("low", "high"):
        if end in made:
            yield FigureRow(key, method, end, made[end], ends.get(end))


def _of_people(told: Figures, shown: ShownOption) -> Iterator[tuple[str, float, float | None]]:
    """How many people there are, how far apart, and how easily they are moved."""
    yield "people", told["people"], shown.people
    yield "effective", told["effective"], shown.effective
    yield "spread_low", told["spread"][0], shown.spread[0]
    yield "spread_high", told["spread"][1], shown.spread[1]
    if shown.influence is not None:
        yield "influence", told["influence"]["move"], shown.influence.move
    for flag in shown.flags:
        yield f"flag_{flag.replace(' ', '_')}", 1, 1
    # A page merges small cells, and so shows no cell by itself.
    for place, count in enumerate(told["histogram"]):
        yield f"histogram_{place}", count, None
