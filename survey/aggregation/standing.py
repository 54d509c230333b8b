"""Standing: what holds of a person's acts on a question at a moment, the last by option.

A withdrawal takes back the options that could still be answered on its UTC day: a rung that was closed or resolved
before keeps its last row. Answers to versions before the last substantive one no longer count. By whole days, so
that days alone, which is all that protected surveys keep, give the same.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from scoring.ordering import stable_order
from scoring.timeline.days import standing

from .specification import Floats, ForecastArrays, QuestionSpec

Given = TypeVar("Given")


@dataclass(frozen=True)
class Act(Generic[Given]):
    """One act of a person: on which UTC day, to which version, and what it gave by option; None: it withdrew."""

    day: int
    version: int
    given: Mapping[str, Given] | None


def standing_options(
    acts: Iterable[Act[Given]], last_days: Mapping[str, int], oldest: int = 1
) -> dict[str, Given]:
    """What stands after one person's acts, oldest first, by option.

    Parameters
    ----------
    last_days
        On which each option could be answered, `QuestionSpec.open_until`.
    oldest
        The oldest version to which answers count; by default all do, as for what a person is shown of their own.
    """
    stands: dict[str, Given] = {}
    for act in acts:
        if act.given is None:
            stands = {option: given for option, given in stands.items() if act.day > last_days[option]}
        elif act.version >= oldest:
            stands |= act.given
    return stands


@dataclass(frozen=True)
class Column:
    """The forecasts that stand for some columns of a question at a day's end.

    Attributes
    ----------
    rows
        Their places among the answers, shape (n,).
    weight
        Their weights in the crowd, shape (n,).
    values
        Shape (n, columns).
    """

    rows: NDArray[np.int64]
    weight: Floats
    values: Floats

    def where(self, kept: NDArray[np.bool_] | NDArray[np.int64]) -> "Column":
        """The people for whom `kept` is true, or those at the places it names, in its order."""
        return Column(self.rows[kept], self.weight[kept], self.values[kept])

    def by_size(self) -> "Column":
        """The people by the first of their numbers: to sort a part of them again costs little."""
        return self.where(stable_order(self.values[:, 0]))

    @property
    def people(self) -> int:
        """How many forecasts stand."""
        return self.rows.size


def standing_forecasts(answers: ForecastArrays, columns: list[int], as_of: int) -> Column:
    """What stands of some columns at the end of day `as_of`: the last by person, with the default's weights.

    A withdrawal takes back what could still be answered; a rung that had closed keeps its last row.
    """
    values = answers.values[:, columns]
    given = np.logical_not(np.isnan(values).any(axis=1))
    withdrawn = ~answers.active & (answers.day <= answers.open_until[columns].min())
    touched = np.flatnonzero((given | withdrawn) & (answers.day <= as_of))
    crowd = standing(answers.participant[touched], answers.day[touched], given[touched], as_of)
    rows = touched[crowd.event]
    return Column(rows, crowd.weight, values[rows])


def counted(question: QuestionSpec, answers: ForecastArrays, as_of: int) -> ForecastArrays:
    """The answers that count on a day: those to versions since the last substantive one."""
    return answers.where(answers.version >= oldest_counting_version(question, as_of))


def oldest_counting_version(question: QuestionSpec, as_of: int) -> int:
    """Answers to versions before the last substantive one published by the day no longer count."""
    return max((number for number, day in question.substantive if day <= as_of), default=1)
