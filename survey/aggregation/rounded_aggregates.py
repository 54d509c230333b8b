"""One publication as a viewer is shown it: every figure rounded, small ones left out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from scoring.pools.catalog import SHOWN

from .rounding import merged_bins, rounded_interval, rounded_number, rounded_people, rounded_probability
from .rules import Figures, heading, histogram_edges, rule_behind


class Asked(Protocol):
    """What rounding asks of a question, such as a stored one."""

    @property
    def kind(self) -> str: ...
    @property
    def whole(self) -> bool: ...
    @property
    def quantile_levels(self) -> Sequence[float]: ...


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


def shown_part(question: Asked, part: Figures, as_of: date, live: bool = False) -> Shown:
    """The figures of everybody or of a segment, rounded; a segment's own day stands before the publication's."""
    whole = question.whole or question.kind == "date"
    options = {
        key: shown_option(key, told, question.quantile_levels, whole=whole)
        for key, told in part["options"].items()
    }
    day = date.fromisoformat(part["as_of"]) if "as_of" in part else as_of
    return Shown(day, rounded_people(part["people"]), options, live)


def shown_option(key: str, told: Figures, levels: Sequence[float], *, whole: bool) -> ShownOption:
    """One option's figures, rounded.

    Parameters
    ----------
    levels
        Levels of the quantiles asked for; none for probabilities.
    whole
        Whether values are whole numbers, or days.
    """

    def rounded(value: float) -> float:
        return rounded_number(value, whole=whole) if levels else rounded_probability(value)

    def method(told: Figures) -> Any:
        return [rounded(one) for one in told["quantiles"]] if "quantiles" in told else rounded(told["value"])

    rule, head = rule_behind(told), heading(told)
    figure = method(head)
    ends = rounded_interval(head["low"], head["high"], figure) if "low" in head else (None, None)
    return ShownOption(
        key=key,
        people=rounded_people(told["people"]),
        # Where all weigh alike it is the number of people, which is told in fives.
        effective=rounded_people(int(told["effective"])),
        rule=rule,
        value=figure[levels.index(0.5)] if "quantiles" in head else figure,
        low=ends[0],
        high=ends[1],
        methods={name: method(told[name]) for name in SHOWN},
        spread=tuple(rounded(value) for value in told["spread"]),  # type: ignore[arg-type]
        bins=tuple(merged_bins(told["histogram"], histogram_edges(told))),
        flags=tuple(told["flags"]),
        influence=_influence(told["influence"]) if "influence" in told else None,
    )


def _influence(told: Figures) -> Influence:
    return Influence(told["people"], told["chance"], round(told["move"], 3))
