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


def place_in_range(question: Question, value: float) -> float:
    """Percent of the way between a question's bounds, along its own scale; what lies beyond stands at the end."""
    if question.lower is None or question.upper is None:
        return place_of_chance(value)
    inside = min(max(value, question.lower), question.upper)
    low, high, here = question.lower, question.upper, inside
    if question.scale == "log":
        low, high, here = log(low), log(high), log(here)
    return round(100 * (here - low) / (high - low), 2)


def ticks() -> list[Tick]:
    """The lines of the scale of chances, from the lowest."""
    return [Tick(place_of_chance(tick / 100), f"{tick:g}") for tick in TICKS]
