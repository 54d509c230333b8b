"""Rows of `questions.csv` to the plain specifications that figures and scores are computed from."""

from collections.abc import Mapping

import numpy as np

from scoring.value_range import ValueRange

from ...aggregation.specification import POOLED, OutcomeSpec, QuestionSpec

#: A row of a file: name of a column to the text of its cell.
Row = Mapping[str, str]


def question_spec(row: Row) -> QuestionSpec:
    """The specification of a question, as its row tells it.

    Raises
    ------
    KeyError, ValueError
        Where a column is missing, or a cell cannot be read.
    """
    values = _range(row)
    return QuestionSpec(
        kind=row["kind"],
        pooled=POOLED[row["kind"]],
        open_until={key: day_of(day) for key, day in by_option(row["last_open_days"]).items()},
        levels=tuple(float(level) for level in listed(row["quantile_levels"])),
        log=values.log,
        ends=(values.lower, values.upper),
        limits=values.limits,
        rule=row["crowd_rule"],
        first_day=day_of(row["first_day"]),
        guarded=row["answers_moved"] == "true",
        substantive=tuple(
            (int(number), day_of(day)) for number, day in by_option(row["substantive_versions"]).items()
        ),
        whole=values.whole,
    )


def outcome_specs(row: Row) -> list[OutcomeSpec]:
    """What came out of a question, of a ladder or pair by option; what was annulled is no outcome."""
    last_days = by_option(row["last_scored_days"])
    return [
        OutcomeSpec(about or None, _came(row, came), day_of(last_days[about]))
        for about, came in by_option(row["outcome"]).items()
        if came != "annulled"
    ]


def listed(cell: str) -> list[str]:
    """What stands in one cell, joined by `|`."""
    return cell.split("|") if cell else []


def by_option(cell: str) -> dict[str, str]:
    """`a=1|b=2` by option; what is about the question as a whole stands under an empty key.

    >>> by_option("early=yes|late=no"), by_option("yes")
    ({'early': 'yes', 'late': 'no'}, {'': 'yes'})
    """
    # From behind: of a cell without `=` all is value then, and its key is empty.
    cut = (one.rpartition("=") for one in listed(cell))
    return {key: value for key, _equals, value in cut}


def day_of(text: str) -> int:
    """UTC days since 1970-01-01 of a date, or of the date of a moment.

    >>> day_of("2026-11-15T12:00:00Z")
    20772
    """
    return int(np.datetime64(text[:10], "D").astype(np.int64))


def _range(row: Row) -> ValueRange:
    """The values of a question; of a chance they run from 0 to 1."""
    if not row["quantile_levels"]:
        return ValueRange(0, 1, open_lower=False, open_upper=False, log=False, whole=False)
    return ValueRange(
        float(row["lower"]),
        float(row["upper"]),
        open_lower=row["open_lower"] == "true",
        open_upper=row["open_upper"] == "true",
        log=row["scale"] == "log",
        whole=row["whole"] == "true",
    )


def _came(row: Row, came: str) -> float:
    """An outcome as scores read it, see `OutcomeSpec`."""
    match row["kind"]:
        case "choice" | "ordered":
            return float(listed(row["option_ids"]).index(came))
        case "date":
            return float(day_of(came))
        case "numeric":
            return float(came)
        case _:
            return float(came == "yes")
