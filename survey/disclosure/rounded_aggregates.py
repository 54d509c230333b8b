"""One publication as a viewer is shown it: every figure rounded, small ones left out."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from scoring.pools.catalog import SHOWN

from ..aggregation.rules import Figures, heading, histogram_edges, rule_behind
from ..models import Question
from .rounding import merged_bins, rounded_interval, rounded_number, rounded_people, rounded_probability


@dataclass(frozen=True)
class Influence:
    """How far so many more people who all say one chance would move a figure: a fraction, to a tenth of a point."""

    people: int
    chance: float
    move: float


@dataclass(frozen=True)
class ShownOption:
    """One option's figures, rounded for people to read; probabilities are fractions.

    Attributes
    ----------
    key
        The option.
    rule
        Key in the catalog of the rule by which `value` was made; publications keep theirs.
    value
        The figure that heads the page; for numbers its median.
    low, high
        The 90 % interval for another crowd of this size; None for numbers, and where a median headed the page.
    methods
        `parley`, `median` and `mean` to figure; for numbers to quantiles.
    spread
        The middle half of the people, by weight.
    bins
        `(from, to, share of people)` with small cells merged.
    flags
        `held`, `outer pull`, `late wave`, `in order`.
    influence
        How far ten more people would move `value`; None for numbers, of segments, and in publications of before.
    """

    key: str
    people: int
    effective: int
    rule: str
    value: float
    low: float | None
    high: float | None
    methods: dict[str, Any]
    spread: tuple[float, float]
    bins: tuple[tuple[float, float, float], ...]
    flags: tuple[str, ...]
    influence: Influence | None


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
    rule, head = rule_behind(told), heading(told)
    numeric = "quantiles" in head
    figure = _method(question, head)
    ends = rounded_interval(head["low"], head["high"], figure) if "low" in head else (None, None)
    return ShownOption(
        key=key,
        people=rounded_people(told["people"]),
        effective=rounded_people(int(told["effective"])),
        rule=rule,
        value=figure[question.quantile_levels.index(0.5)] if numeric else figure,
        low=ends[0],
        high=ends[1],
        methods=methods,
        spread=tuple(_rounded(question, value) for value in told["spread"]),  # type: ignore[arg-type]
        bins=tuple(merged_bins(told["histogram"], histogram_edges(told))),
        flags=tuple(told["flags"]),
        influence=_influence(told["influence"]) if "influence" in told else None,
    )


def _influence(told: Figures) -> Influence:
    return Influence(told["people"], told["chance"], round(told["move"], 3))


def _method(question: Question, told: Figures) -> Any:
    if "quantiles" in told:
        return [_rounded(question, value) for value in told["quantiles"]]
    return rounded_probability(told["value"])


def _rounded(question: Question, value: float) -> float:
    if question.quantile_levels:
        return rounded_number(value, whole=question.whole or question.kind == "date")
    return rounded_probability(value)
