"""Answers beside the crowd's: by how much each person was better than the others, over whole UTC days.

Chances are compared with the others' (`peer`). Numbers and dates are scored beside the crowd as it was
published, on just the days on which both stood (`wis_shared`, `wis_crowd`): of the two, skill is made.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scoring.timeline.daily_scores import Beside, DailyMean, daily_beside, daily_peer

from .rules import Figures, heading
from .scores import Timeline, given_to_outcome, timeline, wis_of
from .segments import ALL
from .specification import ForecastArrays, OutcomeSpec, QuestionSpec
from .standing import oldest_counting_version

#: Figures of a question that were published, each with its UTC day, oldest first.
Told = Sequence[tuple[int, Figures]]


def compared_scores(
    question: QuestionSpec,
    outcome: OutcomeSpec,
    answers: ForecastArrays,
    eligible: NDArray[np.int64],
    told: Told,
) -> dict[str, DailyMean]:
    """Scores beside the crowd's on one outcome by rule.

    Insiders, and whoever saw the crowd before their first answer, are compared like everybody, but nobody is
    compared with them.

    Parameters
    ----------
    answers
        From `forecast_arrays.all_answers`: everybody who is scored.
    eligible
        Ids of the people whom others are compared with on chances.
    told
        The published crowd, which numbers and dates are scored beside.
    """
    person, day, values = said = timeline(question, answers, answers.of_option(outcome.about))
    if question.pooled == "quantiles":
        beside = _beside(question, outcome, said, told)
        return {"wis_shared": beside.own, "wis_crowd": beside.reference}
    # Whoever makes people up knows all others' answers but one, and a peer score would give them that one.
    if question.guarded:
        return {}
    return {
        "peer": daily_peer(
            person,
            day,
            given_to_outcome(question, outcome.came)(values),
            first_day=question.first_day,
            last_day=outcome.last_day,
            counts=np.isin(person, eligible),
        )
    }


def _beside(question: QuestionSpec, outcome: OutcomeSpec, said: Timeline, told: Told) -> Beside:
    rule = wis_of(question, outcome.came)
    _crowd, published_on, published = _published(question, told)
    person, day, values = said
    return daily_beside(
        person,
        day,
        rule(values),
        published_on,
        rule(published),
        first_day=question.first_day,
        last_day=outcome.last_day,
    )


def _published(question: QuestionSpec, told: Told) -> Timeline:
    """The crowd as it was published; a version that changed the question ends it."""
    return as_forecaster(question, [(day, _heading(figures)) for day, figures in told])


def as_forecaster(
    question: QuestionSpec, told: Sequence[tuple[int, Sequence[float]]], part: Sequence[int] = ()
) -> Timeline:
    """Figures of the crowd as one more forecaster, whose id is 0: on which UTC day it was told which numbers.

    Parameters
    ----------
    told
        A number for each of the question's columns; NaN where none was told.
    part
        Places of the columns that are scored; by default all.
    """
    days = [day for day, _numbers in told]
    columns = question.columns
    crowd = ForecastArrays(
        columns=columns,
        participant=np.zeros(len(days), dtype=np.int64),
        day=np.array(days, dtype=np.int64),
        active=np.ones(len(days), dtype=bool),
        version=np.array([oldest_counting_version(question, day) for day in days], dtype=np.int64),
        round=np.ones(len(days), dtype=np.int64),
        values=np.array([numbers for _day, numbers in told], dtype=float).reshape(len(days), len(columns)),
        open_until=np.full(len(columns), np.inf),
    )
    return timeline(question, crowd, list(part or range(len(columns))))


def _heading(figures: Figures) -> list[float]:
    """The quantiles that headed the crowd's page."""
    quantiles: list[float] = heading(figures[ALL]["options"]["value"])["quantiles"]
    return quantiles
