"""How good a forecast was: Brier and logarithmic scores of probabilities; of quantiles the weighted interval
score relative to people's own, and whether central intervals held the value. One number for each question."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ..checks import FloatArray
from ..quantiles import wis
from ..rules import brier, brier_options, log_score
from .crowds import Crowd
from .trials import Refused, Value

# Else one miss by somebody who was certain would be infinite, and decide the table by itself.
#: For the logarithmic score a probability is brought into this to one less this.
CLIP = 0.001
#: Central intervals whose coverage is shown.
INTERVALS = (0.5, 0.9)


@dataclass(frozen=True, eq=False)
class Measured:
    """A method's scores; arrays have shape (questions,), NaN where it has no forecast."""

    #: The columns that are shown as means; which one is compared, the layout says.
    columns: tuple[FloatArray, ...]
    #: On how many questions the logarithmic score is of a clipped probability.
    clipped: int = 0
    #: On how many questions the method has no forecast, and why on the first of them.
    refused: int = 0
    reason: str = ""


@dataclass(frozen=True)
class Layout:
    """How forecasts of one kind are measured and compared."""

    measure: Callable[[Sequence[Crowd], Sequence[Value]], Measured]
    #: Headings of the columns, and the place of the one that is compared, a penalty.
    headings: tuple[str, ...]
    compared: int
    #: What the comparison is in, for the heading of the differences.
    unit: str
    #: Whether clipped forecasts are counted.
    clips: bool
    #: Methods compared with: the mean, and the median weighted by recency or else the plain one.
    mean: str
    medians: tuple[str, str]
    #: Sentences under the table.
    explained: tuple[str, ...]


def measure_probabilities(crowds: Sequence[Crowd], values: Sequence[Value]) -> Measured:
    """Two-sided Brier score and logarithmic score."""
    squares, surprises, clipped = [], [], 0
    for crowd, value in zip(crowds, values, strict=True):
        if isinstance(value, Refused):
            squares.append(math.nan)
            surprises.append(math.nan)
            continue
        came = _given_to_what_came(crowd, value)
        bounded = min(max(came, CLIP), 1 - CLIP)
        clipped += came != bounded
        rule = brier if crowd.binary else brier_options
        outcome = crowd.question.outcome if crowd.binary else int(crowd.question.outcome)
        squares.append(float(rule(outcome, value)))
        surprises.append(float(log_score(1, bounded)))
    return Measured((np.array(squares), np.array(surprises)), clipped, *_refused(values))


def _given_to_what_came(crowd: Crowd, value: float | FloatArray) -> float:
    """The probability that a forecast gave to what happened."""
    if crowd.binary:
        return float(value if crowd.question.outcome == 1 else 1 - value)
    return float(np.asarray(value)[int(crowd.question.outcome)])


def measure_numbers(crowds: Sequence[Crowd], values: Sequence[Value]) -> Measured:
    """Weighted interval score as a share of what the people scored by themselves, and coverage."""
    pairs = list(zip(crowds, values, strict=True))
    relative = [_relative(crowd, value) for crowd, value in pairs]
    held = [[_held(crowd, value, width) for crowd, value in pairs] for width in INTERVALS]
    columns = (np.array(relative), *(np.array(column) for column in held))
    return Measured(columns, 0, *_refused(values))


def _refused(values: Sequence[Value]) -> tuple[int, str]:
    reasons = [value.reason for value in values if isinstance(value, Refused)]
    return len(reasons), reasons[0] if reasons else ""


def _relative(crowd: Crowd, value: Value) -> float:
    """The score over the mean of the people's; NaN where every one of them was exactly right."""
    if isinstance(value, Refused):
        return math.nan
    question = crowd.question
    # In shares of people's own, as questions are in days, people and prices: a mean over these would be of
    # one of them.
    reference = float(wis(question.outcome, crowd.forecast, question.levels).mean())
    own = float(wis(question.outcome, value, question.levels))
    return own / reference if reference > 0 else math.nan


def _held(crowd: Crowd, value: Value, width: float) -> float:
    """1 where the central interval holds the value, 0 where not, NaN where the levels do not make it."""
    if isinstance(value, Refused):
        return math.nan
    levels, quantiles = np.array(crowd.question.levels), np.asarray(value)
    low = np.flatnonzero(np.isclose(levels, (1 - width) / 2, rtol=0, atol=1e-9))
    high = np.flatnonzero(np.isclose(levels, (1 + width) / 2, rtol=0, atol=1e-9))
    if not (low.size and high.size):
        return math.nan
    return float(quantiles[low[0]] <= crowd.question.outcome <= quantiles[high[0]])
