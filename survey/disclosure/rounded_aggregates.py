"""One publication as a viewer is shown it: every figure rounded, small ones left out."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from scoring.pools.catalog import SHOWN

from ..aggregation.aggregates import Figures
from ..models import Question
from .rounding import merged_bins, rounded_number, rounded_people, rounded_probability


@dataclass(frozen=True)
class ShownOption:
    """One option's figures, rounded for people to read; probabilities are fractions.

    Attributes
    ----------
    key
        The option.
    headline
        Name of the method that heads the page: `parley` or `median`.
    value
        The headline's figure; for numbers its median.
    low, high
        The 90 % interval for another crowd of this size, the default's own; None for numbers.
    methods
        Method to figure; for numbers method to quantiles.
    spread
        The middle half of the people.
    bins
        `(from, to, share of people)` with small cells merged.
    flags
        `outer pull`, `late wave`.
    """

    key: str
    people: int
    effective: int
    headline: str
    value: float
    low: float | None
    high: float | None
    methods: dict[str, Any]
    spread: tuple[float, float]
    bins: tuple[tuple[float, float, float], ...]
    flags: tuple[str, ...]


@dataclass(frozen=True)
class Shown:
    """The crowd of a question as one publication tells it.

    `people` is rounded down to 5 below 50. `options` lacks those answered by fewer than the survey's cell.
    """

    as_of: date
    people: int
    options: dict[str, ShownOption]
    live: bool = False


def shown_part(question: Question, part: Figures, as_of: date, live: bool = False) -> Shown:
    """The figures of everybody or of a segment, rounded; a segment's own day stands before the publication's."""
    options = {key: _option(question, key, told) for key, told in part["options"].items()}
    day = date.fromisoformat(part["as_of"]) if "as_of" in part else as_of
    return Shown(day, rounded_people(part["people"]), options, live)


def _option(question: Question, key: str, told: Figures) -> ShownOption:
    methods = {name: _method(question, told[name]) for name in SHOWN}
    head = told["headline"]
    default = told["parley"]
    numeric = "quantiles" in default
    levels = question.quantile_levels
    return ShownOption(
        key=key,
        people=rounded_people(told["people"]),
        effective=rounded_people(int(told["effective"])),
        headline=head,
        value=methods[head][levels.index(0.5)] if numeric else methods[head],
        low=None if numeric else rounded_probability(default["low"]),
        high=None if numeric else rounded_probability(default["high"]),
        methods=methods,
        spread=tuple(_rounded(question, value) for value in told["spread"]),  # type: ignore[arg-type]
        bins=tuple(merged_bins(told["histogram"])),
        flags=tuple(told["flags"]),
    )


def _method(question: Question, told: Figures) -> Any:
    if "quantiles" in told:
        return [_rounded(question, value) for value in told["quantiles"]]
    return rounded_probability(told["value"])


def _rounded(question: Question, value: float) -> float:
    if question.quantile_levels:
        return rounded_number(value, whole=question.whole or question.kind == "date")
    return rounded_probability(value)
