"""Answers and what came out to scores: every person's mean over whole UTC days, by every rule of the kind.

A score runs from the person's first forecast day to the last whole day before the close, or the day before
the outcome could be known, whichever is earlier. Its coverage is of all the days of the question up to then, as it is
of scores beside the crowd. Where a substantive version of the question was published, older answers stop counting on
that day, as they do in the crowd: the days until the person answers again have no forecast, and lower coverage.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from scoring import rules
from scoring.ordering import lexicographic_order
from scoring.quantiles import wis
from scoring.timeline.daily_scores import DailyMean, daily_mean

from .specification import Floats, ForecastArrays, OutcomeSpec, QuestionSpec

#: Rows of numbers, shape (n, columns), to a score each.
Rule = Callable[[Floats], Floats]
#: Later than every day there is.
NEVER = np.iinfo(np.int64).max
#: Rules that score a person by their own forecasts alone; lower is better for each.
OWN_RULES = ("brier", "ordered_brier", "log", "wis")


def daily_scores(
    question: QuestionSpec, outcome: OutcomeSpec, answers: ForecastArrays
) -> dict[str, DailyMean]:
    """Scores on one outcome by rule.

    Parameters
    ----------
    answers
        From `forecast_arrays.all_answers`: everybody who is scored.
    """
    person, day, values = timeline(question, answers, answers.of_option(outcome.about))
    return {
        name: daily_mean(person, day, rule(values), outcome.last_day, first_day=question.first_day)
        for name, rule in own_rules(question, outcome.came).items()
    }


def clipped(question: QuestionSpec, values: Floats) -> Floats:
    """Numbers as they are scored: beyond an open bound at most one range away, on a log scale one ratio.

    Nothing lies beyond a closed bound; there the bound itself is the limit.
    """
    return question.on_scale(np.clip(values, *question.limits))


def scored_range(question: QuestionSpec) -> float:
    """From the lower to the upper bound, on the scale on which the question is scored."""
    lower, upper = question.ends
    return float(np.log(upper / lower)) if question.log else upper - lower


def own_rules(question: QuestionSpec, came: float) -> dict[str, Rule]:
    """The rules that score a forecast of this kind by itself, the one that heads first."""
    if question.pooled == "quantiles":
        return {"wis": wis_of(question, came)}
    if question.pooled == "options":
        return _option_rules(question, int(came))
    return {
        "brier": lambda values: rules.brier(came, values[:, 0]),
        # Nothing is clipped: the store holds no chance of 0 or 1.
        "log": lambda values: rules.log_score(came, values[:, 0]),
    }


def _option_rules(question: QuestionSpec, came: int) -> dict[str, Rule]:
    name, brier = (
        ("ordered_brier", rules.ordered_brier)
        if question.kind == "ordered"
        else ("brier", rules.brier_options)
    )
    return {
        name: lambda values: brier(came, values),
        "log": lambda values: rules.log_score_options(came, values),
    }


def given_to_outcome(question: QuestionSpec, came: float) -> Rule:
    """What answers gave to what came out: chances, NaN where nothing stands."""
    if question.pooled == "options":
        return lambda values: values[:, int(came)]
    return lambda values: values[:, 0] if came else 1 - values[:, 0]


def wis_of(question: QuestionSpec, came: float) -> Rule:
    """The weighted interval score of quantiles, on the scale on which the question is scored."""
    outcome = float(clipped(question, np.array(came)))
    return lambda values: wis(outcome, clipped(question, values), question.levels)


#: Who, on which day, and the numbers given then: NaN where from that day on nothing stands.
Timeline = tuple[NDArray[np.int64], NDArray[np.int64], Floats]


def timeline(question: QuestionSpec, answers: ForecastArrays, columns: list[int]) -> Timeline:
    """What bears on some columns: forecasts for all of them, withdrawals, and ends by a new version.

    A withdrawal after a rung has closed leaves the rung alone: it comes after the last day that is scored.
    """
    given = ~np.isnan(answers.values[:, columns]).any(axis=1)
    said = answers.where(given | ~answers.active)
    values = said.values[:, columns]
    until = _counts_until(question, said)
    values[said.day >= until] = np.nan
    ended = (said.day < until) & (until < NEVER)
    person = np.concatenate((said.participant[ended], said.participant))
    day = np.concatenate((until[ended], said.day))
    values = np.concatenate((np.full((int(ended.sum()), len(columns)), np.nan), values))
    # Stable, and ends come first: an answer to the new version on its first day stands at that day's end.
    order = lexicographic_order(person, day)
    return person[order], day[order], values[order]


def _counts_until(question: QuestionSpec, answers: ForecastArrays) -> NDArray[np.int64]:
    """The day from which each answer no longer counts, because a substantive version was published."""
    until = np.full(answers.day.shape, NEVER, dtype=np.int64)
    for number, day in question.substantive:
        until = np.where(answers.version < number, np.minimum(until, day), until)
    return until
