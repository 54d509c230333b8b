"""A folder with `forecasts.csv` and `outcomes.csv`, read into one entry for each question.

Probabilities: `forecaster, question, option, time, probability[, lower, upper]`, with `question,
resolved_option` beside them. A question for which one option occurs is a yes-or-no question: the probability
is that of the option, and its outcome is that option or a no. Where more occur, each forecast gives all of
them, in rows of one forecaster and time, and they sum to 1. How an outcome may be spelled: `outcomes`.

Quantiles: `forecaster, question, time, quantile_level, value`, with `question, value` beside them.

Outcomes may have a column `time`, when the outcome became known, on the scale of the forecasts' times, and
a column `cluster`: questions that came out together, such as one item asked of five groups, have one name there.
Outcomes of quantiles may have a column `calibration`, yes or no: calibration questions (the seeds of Cooke's
classical model) weigh people for that method, and no method is compared on them.

- An empty cell, NA or NaN among probabilities or values is a missing one, and so is an option or level that a
  forecast lacks: the whole forecast is left out, and counted.
- Times are numbers, dates or moments, all with an offset from UTC or all without: files in which they are mixed have
  no order, and are refused.
- Two rows of one forecaster for the same thing and time are an error, as nobody can know which was meant.
- A row of a yes-or-no question without a forecaster is somebody of their own.
- A question without an outcome is left out, and named, and so is one that came to nothing; an outcome without
  forecasts is not looked at.
"""

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ..checks import FloatArray, IntArray
from . import tables
from .outcomes import Outcome, came_true, position, read_outcomes
from .tables import Table, UnreadableData, read_table

#: How far the options of a forecast may miss 1 in sum; figures published in percent are rounded.
ROUNDED = 0.02


@dataclass(frozen=True, eq=False)
class Question:
    """One question's forecasts, in order of time and, within it, of the file, and what came of it."""

    key: str
    #: Positions among the data's forecasters (beyond their number: somebody without a name), and times; (n,).
    person: IntArray
    time: FloatArray
    #: Probability of yes, shape (n,); of the options, (n, K); or quantiles, (n, L).
    forecast: FloatArray
    #: 1 or 0 for yes or no; the position of the option that came true; or the value.
    outcome: float
    #: The names of the options, K of them; none for a yes-or-no question and for quantiles.
    options: tuple[str, ...] = ()
    #: The L quantile levels; none for probabilities.
    levels: tuple[float, ...] = ()
    #: Lower and upper ends beside the probability of yes, shape (n, 2), NaN where not given; or nothing.
    ends: FloatArray | None = None
    #: When the outcome became known, on the scale of `time`; NaN where that is not told.
    known: float = math.nan
    #: Questions of one name came out together, and are drawn together.
    cluster: str = ""
    #: Whether it is a calibration question (a seed), on which no method is compared.
    calibration: bool = False


@dataclass(frozen=True)
class Data:
    """A folder's questions, by name, and what was left out."""

    name: str
    forecasters: tuple[str, ...]
    questions: tuple[Question, ...]
    #: Forecasts left out because a number is missing, and questions because they have no outcome or none that counts.
    missing: int
    unresolved: tuple[str, ...]
    void: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Columns:
    """The forecasts' columns as numbers. `part` is the option or the level, a row's place in its forecast."""

    table: Table
    who: list[int]
    question: list[str]
    part: list[str] | list[float]
    time: list[float]
    value: list[float]
    forecasters: tuple[str, ...]


def read_folder(folder: Path) -> Data:
    """The data of a folder; `UnreadableData` names the file, row and column of what is wrong."""
    forecasts = read_table(folder / "forecasts.csv", ["forecaster", "question", "time"])
    quantiles = "quantile_level" in forecasts.columns
    part, value = ("quantile_level", "value") if quantiles else ("option", "probability")
    if lacking := [column for column in (part, value) if column not in forecasts.columns]:
        raise UnreadableData(forecasts.path, f"lacks {', '.join(lacking)}", row=1)
    resolution = "value" if quantiles else "resolved_option"
    resolutions = read_table(folder / "outcomes.csv", ["question", resolution])
    tables.one_kind_of_time(forecasts, resolutions)
    outcomes = read_outcomes(resolutions, resolution, timed="time" in resolutions.columns)
    columns = _columns(forecasts, part, value, quantiles)
    rows: defaultdict[str, list[int]] = defaultdict(list)
    for at, key in enumerate(columns.question):
        rows[key].append(at)
    missing, questions = 0, []
    for key in sorted(set(rows) & set(outcomes.found)):
        build, outcome = _quantile_question if quantiles else _question, outcomes.found[key]
        question, left_out = build(columns, key, rows[key], outcome)
        missing += left_out
        questions.append(
            replace(question, known=outcome.known, cluster=outcome.cluster, calibration=outcome.calibration)
        )
    void = tuple(sorted(set(rows) & outcomes.void))
    unresolved = tuple(sorted(set(rows) - set(outcomes.found) - outcomes.void))
    return Data(folder.name, columns.forecasters, tuple(questions), missing, unresolved, void)


def _columns(table: Table, part: str, value: str, quantiles: bool) -> _Columns:
    names = table.columns["forecaster"]
    forecasters = tuple(sorted(set(names) - {""}))
    place = {name: at for at, name in enumerate(forecasters)}
    # Nameless people follow the others, each in a place of their own.
    who = [place[name] if name else len(place) + at for at, name in enumerate(names)]
    return _Columns(
        table,
        who,
        table.read("question", tables.name),
        table.read(part, tables.level) if quantiles else table.read(part, tables.name),
        table.read("time", tables.moment),
        table.read(value, tables.measured if quantiles else tables.probability),
        forecasters,
    )


def _question(columns: _Columns, key: str, rows: list[int], outcome: Outcome) -> tuple[Question, int]:
    """A question with probabilities, and how many of its forecasts are missing."""
    options = sorted({str(columns.part[at]) for at in rows}, key=_natural)
    whole, missing = _whole(columns, rows, options)
    person, time, forecast = _arrays(columns, whole, len(options))
    if len(options) == 1:
        ends = _ends(columns.table, [group[0] for group in whole])
        yes = float(came_true(outcome, options[0]))
        return Question(key, person, time, forecast[:, 0], yes, ends=ends), missing
    for group, total in zip(whole, forecast.sum(axis=1), strict=True):
        if abs(total - 1) > ROUNDED:
            sentence = f"the options of this forecast sum to {total:.4g}, not 1"
            raise columns.table.wrong(group[0], "probability", sentence)
    forecast = forecast / forecast.sum(axis=1, keepdims=True)
    came = float(position(outcome, key, options))
    return Question(key, person, time, forecast, came, tuple(options)), missing


def _quantile_question(
    columns: _Columns, key: str, rows: list[int], outcome: Outcome
) -> tuple[Question, int]:
    """A question with quantiles, and how many of its forecasts are missing."""
    levels = sorted({float(columns.part[at]) for at in rows})
    whole, missing = _whole(columns, rows, levels)
    person, time, forecast = _arrays(columns, whole, len(levels))
    for group, values in zip(whole, forecast, strict=True):
        if (np.diff(values) < 0).any():
            raise columns.table.wrong(
                group[0], "value", "the quantiles of this forecast fall from one level to the next"
            )
    return Question(key, person, time, forecast, float(outcome.text), levels=tuple(levels)), missing


def _whole(columns: _Columns, rows: list[int], parts: list[str] | list[float]) -> tuple[list[list[int]], int]:
    """The rows of each whole forecast in order of its parts, by time; and how many lack a number."""
    groups: dict[tuple[int, float], dict[str | float, int]] = {}
    for at in rows:
        group = groups.setdefault((columns.who[at], columns.time[at]), {})
        if columns.part[at] in group:
            before = columns.table.rows[group[columns.part[at]]]
            raise columns.table.wrong(
                at, None, f"row {before} is by the same forecaster for the same thing and time"
            )
        group[columns.part[at]] = at
    whole, missing = [], 0
    for group in groups.values():
        ordered = [group[part] for part in parts if part in group]
        if len(ordered) < len(parts) or np.isnan([columns.value[at] for at in ordered]).any():
            missing += 1
        else:
            whole.append(ordered)
    return sorted(whole, key=lambda ordered: columns.time[ordered[0]]), missing


def _arrays(columns: _Columns, whole: list[list[int]], width: int) -> tuple[IntArray, FloatArray, FloatArray]:
    """Who, when and what, one row for each forecast."""
    person = np.array([columns.who[group[0]] for group in whole], dtype=np.int64)
    time = np.array([columns.time[group[0]] for group in whole], dtype=np.float64)
    value = np.array([[columns.value[at] for at in group] for group in whole], dtype=np.float64)
    return person, time, value.reshape(-1, width)


def _ends(table: Table, rows: list[int]) -> FloatArray | None:
    """Lower and upper ends, where the file has both columns."""
    if not {"lower", "upper"} <= set(table.columns):
        return None
    found = [list(_pair(table, at)) for at in rows]
    return np.array(found, dtype=np.float64).reshape(-1, 2)


def _pair(table: Table, at: int) -> Iterator[float]:
    for column in ("lower", "upper"):
        try:
            yield tables.probability(table.columns[column][at])
        except ValueError as error:
            raise table.wrong(at, column, str(error)) from None


def _natural(option: str) -> tuple[int, str]:
    """2 before 10: shorter names first where all are numbers, else as text."""
    return (len(option) if option.isdigit() else 0, option)
