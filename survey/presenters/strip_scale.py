"""Where a figure stands on its row's strip: chances in log-odds, numbers and dates on their own range."""

from dataclasses import dataclass
from math import log

from ..charts import TICKS, place_of_chance
from ..models import Question


@dataclass(frozen=True)
class Strip:
    """Places along the row in percent of its width: the figure, the middle half of people, the figure before."""

    value: float
    low: float
    high: float
    before: float | None


@dataclass(frozen=True)
class Tick:
    """A line of the scale of chances: its place in percent of the width, what it says."""

    place: float
    label: str


def share_of(question: Question, value: float) -> float:
    """How far along its scale a number stands, 0 to 1: a chance itself, else its place in the question's range."""
    if question.lower is None or question.upper is None:
        return value
    # What lies beyond an open bound is stored as the bound and the range: it stands at the end.
    low, high, here = question.lower, question.upper, min(max(value, question.lower), question.upper)
    if question.scale == "log":
        low, high, here = log(low), log(high), log(here)
    return (here - low) / (high - low)


def place_in_range(question: Question, value: float) -> float:
    """Percent of the strip's width: of a chance in log-odds, else of the way between the question's bounds."""
    if question.lower is None or question.upper is None:
        return place_of_chance(value)
    return round(100 * share_of(question, value), 2)


def ticks() -> list[Tick]:
    """The lines of the scale of chances, from the lowest."""
    return [Tick(place_of_chance(tick / 100), f"{tick:g}") for tick in TICKS]
