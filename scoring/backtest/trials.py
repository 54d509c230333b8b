"""What is tried: one trial for each method, with what it makes of every crowd, and what could not be tried."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..checks import FloatArray
from ..pools.catalog import METHODS
from .crowds import Crowd


@dataclass(frozen=True)
class Refused:
    """In place of a forecast: why the method has none."""

    reason: str


#: What a method makes of a crowd: a probability of yes, of the options (K,), or quantiles (L,); or nothing.
Value = float | FloatArray | Refused

NO_ANSWER = Refused("it is for yes-or-no questions")


@dataclass(frozen=True, eq=False)
class Trial:
    """One method, and a function that makes its forecast for every crowd, in their order."""

    key: str
    name: str
    values: Callable[[], list[Value]]
    #: Whether it learns from outcomes, of other questions alone.
    learns: bool = False


@dataclass
class Trials:
    """All trials, and sentences on what was left out."""

    trials: list[Trial] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def each(crowds: Sequence[Crowd], pool: Callable[[Crowd], Any]) -> Callable[[], list[Value]]:
    """A method that looks at one crowd at a time."""
    return lambda: [attempt(pool, crowd) for crowd in crowds]


def attempt(pool: Callable[..., Any], *arguments: Any) -> Value:
    """What a method gives, or why it refuses."""
    try:
        value = np.asarray(pool(*arguments), dtype=np.float64)
    except ValueError as error:
        return Refused(rule_of(error))
    if not np.isfinite(value).all():
        return Refused("it gives no finite number")
    return value if value.ndim else float(value)


def rule_of(error: ValueError) -> str:
    """The rule that was broken, without what was got in its place: that can be long."""
    return str(error).partition(", got ")[0]


def spread(values: Iterable[Value], places: Sequence[int], questions: int, other: Refused) -> list[Value]:
    """Values of some of the questions put into their places among all; for the rest the `other` reason."""
    found: list[Value] = [other] * questions
    for place, value in zip(places, values, strict=True):
        found[place] = value
    return found


def name_of(key: str) -> str:
    """A method's name in the catalog."""
    return METHODS[key].name


def names_of(keys: Iterable[str]) -> str:
    return ", ".join(name_of(key) for key in keys)
