"""Arrays to figures: the crowd of one question at the end of a UTC day, by every method, unrounded.

What this returns is stored in a publication as it is; `disclosure/` alone decides who sees it, and rounds.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.pools import averages, default, mixtures, options
from scoring.pools.weights import effective_number
from scoring.timeline.days import standing

from ..clock import day_number
from ..models import Question
from ..questions import kind_of
from .forecast_arrays import ForecastArrays

Figures = dict[str, Any]
Floats = NDArray[np.float64]

BINS = 10


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

    def where(self, kept: NDArray[np.bool_]) -> "Column":
        """The people for whom `kept` is true."""
        return Column(self.rows[kept], self.weight[kept], self.values[kept])

    @property
    def people(self) -> int:
        """How many forecasts stand."""
        return self.rows.size


#: Forecasts that stand, and what is computed of them once there are enough.
Pooled = tuple[Column, Callable[[], Figures]]


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


def counted(question: Question, answers: ForecastArrays, as_of: int) -> ForecastArrays:
    """The answers that count on a day: those to versions since the last substantive one."""
    return answers.where(answers.version >= oldest_counting_version(question, as_of))


def oldest_counting_version(question: Question, as_of: int) -> int:
    """Answers to versions before the last substantive one published by the day no longer count."""
    return max(
        (
            version.number
            for version in question.versions
            if version.substantive and version.published_at and day_number(version.published_at) <= as_of
        ),
        default=1,
    )


def rows_standing(answers: ForecastArrays, columns: Iterable[int], as_of: int) -> NDArray[np.int64]:
    """Places of the answers of which any of some columns stands at the end of a day, each once."""
    found = [standing_forecasts(answers, [column], as_of).rows for column in columns]
    return np.unique(np.concatenate(found))


def compute_aggregates(
    question: Question,
    answers: ForecastArrays,
    as_of: int,
    minimum_cell: int,
    members: NDArray[np.bool_] | None = None,
) -> Figures:
    """Figures of everybody, or of those whose standing forecast is among the rows `members` marks.

    Parameters
    ----------
    answers
        What counts on the day, see `counted`.
    as_of
        The day, in days since 1970-01-01.
    minimum_cell
        Smallest number of people a figure may rest on.

    Returns
    -------
    dict
        `{"people", "options": {key: …}}`; `options` lacks those with fewer people than the cell.
    """
    pooled = {"each": _each, "jointly": _jointly, "quantiles": _quantiles}[kind_of(question).pooled]
    people: set[int] = set()
    options: Figures = {}
    for column, figures in pooled(question, answers, as_of, members):
        people |= {int(person) for person in answers.participant[column.rows]}
        if column.people >= minimum_cell:
            options |= figures()
    return {"people": len(people), "options": options}


def _column(
    answers: ForecastArrays, columns: list[int], as_of: int, members: NDArray[np.bool_] | None
) -> Column:
    column = standing_forecasts(answers, columns, as_of)
    return column if members is None else column.where(members[column.rows])


def _each(
    question: Question, answers: ForecastArrays, as_of: int, members: NDArray[np.bool_] | None
) -> Iterator[Pooled]:
    """Binary, ladder, pair: every option is a probability of its own."""
    for option in question.options:
        column = _column(answers, answers.of_option(option.key), as_of, members)
        yield column, partial(_one_option, option.key, column)


def _one_option(key: str, column: Column) -> Figures:
    return {key: probability_figures(column)}


def _jointly(
    question: Question, answers: ForecastArrays, as_of: int, members: NDArray[np.bool_] | None
) -> Iterator[Pooled]:
    """Choice and ordered: the options share one whole."""
    column = _column(answers, list(range(len(answers.columns))), as_of, members)
    yield column, lambda: option_figures([option.key for option in question.options], column)


def _quantiles(
    question: Question, answers: ForecastArrays, as_of: int, members: NDArray[np.bool_] | None
) -> Iterator[Pooled]:
    """Numeric and date: one value, by its quantiles."""
    column = _column(answers, list(range(len(answers.columns))), as_of, members)
    yield column, lambda: {"value": quantile_figures(question, column)}


def probability_figures(column: Column) -> Figures:
    """One probability by every method, with interval, histogram, the people's middle half and flags."""
    values = column.values[:, 0]
    crowd = default.parley(values, column.weight)
    median = averages.median(values, column.weight)
    return {
        "people": column.people,
        "effective": crowd.effective,
        "headline": default.headline(crowd.value, median),
        "parley": {"value": crowd.value, "low": crowd.low, "high": crowd.high},
        "median": {"value": median},
        "mean": {"value": averages.mean(values)},
        **_spread(values),
        "histogram": np.histogram(values, BINS, (0, 1))[0].tolist(),
        "flags": _flags(crowd.outer_pull, crowd.late_wave),
    }


def option_figures(keys: list[str], column: Column) -> Figures:
    """The probabilities of options that exclude each other, by every method.

    One method heads them all, by the likeliest: figures of two methods side by side would not add up to one.
    """
    crowd = default.parley_options(column.values, column.weight)
    medians = options.median_options(column.values, column.weight)
    means = options.mean_options(column.values)
    likeliest = int(np.argmax(medians))
    middle = averages.median(column.values[:, likeliest], column.weight)
    headline = default.headline(crowd.value[likeliest], middle)
    return {
        key: {
            "people": column.people,
            "effective": crowd.effective,
            "headline": headline,
            "parley": {
                "value": float(crowd.value[index]),
                "low": float(crowd.low[index]),
                "high": float(crowd.high[index]),
            },
            "median": {"value": float(medians[index])},
            "mean": {"value": float(means[index])},
            **_spread(column.values[:, index]),
            "histogram": np.histogram(column.values[:, index], BINS, (0, 1))[0].tolist(),
            "flags": _flags(bool(crowd.outer_pull[index]), bool(crowd.late_wave[index])),
        }
        for index, key in enumerate(keys)
    }


def quantile_figures(question: Question, column: Column) -> Figures:
    """A number's quantiles by every method; on a log scale they are pooled as logarithms."""
    levels = question.quantile_levels
    there, back = (np.log, np.exp) if question.scale == "log" else (np.asarray, np.asarray)
    values = there(column.values)
    pooled = {
        "parley": mixtures.nearest_pool(values, levels, column.weight),
        "median": mixtures.vincent_median(values, levels, column.weight),
        "mean": mixtures.vincent_mean(values, levels),
    }
    medians = column.values[:, levels.index(0.5)]
    lower, upper = there(np.array([question.lower, question.upper], dtype=float))
    inside = np.clip(there(medians), lower, upper)
    return {
        "people": column.people,
        "effective": effective_number(column.weight),
        "headline": "parley",
        **{method: {"quantiles": back(quantiles).tolist()} for method, quantiles in pooled.items()},
        **_spread(medians),
        "histogram": np.histogram(inside, BINS, (lower, upper))[0].tolist(),
        "flags": [],
    }


def _spread(values: Floats) -> Figures:
    return {"spread": [float(quartile) for quartile in np.quantile(values, [0.25, 0.75])]}


def _flags(outer_pull: bool, late_wave: bool) -> list[str]:
    return [name for name, there in (("outer pull", outer_pull), ("late wave", late_wave)) if there]
