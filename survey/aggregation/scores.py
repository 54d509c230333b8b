"""Answers and what came out to scores: every person's mean over whole UTC days, by every rule of the kind.

A score runs from the person's first forecast day to the last whole day before the close, or the day before
the outcome could be known, whichever is earlier. Where a substantive version of the question was published,
older answers stop counting on that day, as they do in the crowd: the days until the person answers again have
no forecast, and lower coverage.
"""

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased, joinedload

from scoring import rules
from scoring.quantiles import wis
from scoring.timeline.daily_scores import DailyMean, daily_mean

from ..clock import day_number
from ..models import Option, Participant, Question, Resolution, Score
from ..questions import kind_of
from ..questions.quantiles import QuantileKind, bounds
from .forecast_arrays import ForecastArrays

Floats = NDArray[np.float64]
#: Rows of numbers, shape (n, columns), to a score each.
Rule = Callable[[Floats], Floats]
#: Later than every day there is.
NEVER = np.iinfo(np.int64).max
#: Rules that score a person by their own forecasts alone; lower is better for each.
OWN_RULES = ("brier", "ordered_brier", "log", "wis")


def daily_scores(question: Question, resolution: Resolution, answers: ForecastArrays) -> dict[str, DailyMean]:
    """Scores on one resolution by rule; none where it was annulled.

    Parameters
    ----------
    resolution
        What came out; only its own columns are read, so that it need not be stored yet.
    answers
        From `forecast_arrays.all_answers`: everybody who is scored.
    """
    if resolution.annulled:
        return {}
    said = timeline(question, answers, columns_about(question, resolution, answers))
    last_day = last_scored_day(question, resolution)
    return {name: _mean(said, rule, last_day) for name, rule in _rules(question, resolution).items()}


def last_scored_day(question: Question, resolution: Resolution) -> int:
    """The last UTC day that is scored: the last whole one before the close, or before `known_from`."""
    option = option_by_id(question, resolution.option_id)
    closes = [question.closes_at, question.survey.closes_at]
    if option is not None and option.closes_at is not None:
        closes.append(option.closes_at)
    return min(day_number(min(closes)), day_number(resolution.known_from)) - 1


def option_by_id(question: Question, option_id: int | None) -> Option | None:
    """The option of a question with this id; None for None."""
    return next((option for option in question.options if option.id == option_id), None)


def scores_of(session: Session, participant: Participant) -> list[Score]:
    """A person's scores on every resolution that stands, by question, then rung, then rule."""
    later = aliased(Resolution)
    query = (
        select(Score)
        .join(Resolution, Resolution.id == Score.resolution_id)
        .outerjoin(later, later.supersedes_id == Resolution.id)
        .join(Question, Question.id == Score.question_id)
        .where(Score.participant_id == participant.id, later.id.is_(None))
        .options(joinedload(Score.resolution))
        .order_by(Question.position, Question.id, Resolution.option_id, Score.rule)
    )
    return list(session.scalars(query))


def score_summary(session: Session, resolution: Resolution) -> list[tuple[str, int, float]]:
    """For each of `OWN_RULES` how many people were scored on a resolution, and their mean, unrounded.

    Peer scores sum to 0 among those who count: their mean would tell nothing.
    """
    query = select(Score.rule, func.count(), func.avg(Score.value)).group_by(Score.rule).order_by(Score.rule)
    query = query.where(Score.resolution_id == resolution.id, Score.rule.in_(OWN_RULES))
    return list(session.execute(query).all())


def mean_by_rule(scores: Iterable[Score]) -> dict[str, float]:
    """One person's score on one question by rule: for a ladder the mean over its resolved rungs."""
    values: dict[str, list[float]] = {}
    for score in scores:
        values.setdefault(score.rule, []).append(score.value)
    return {rule: sum(found) / len(found) for rule, found in values.items()}


def clipped(question: Question, values: Floats) -> Floats:
    """Numbers as they are scored: beyond an open bound at most one range away, on a log scale one ratio.

    Nothing lies beyond a closed bound; there the bound itself is the limit.
    """
    lower, upper = _bounds(question)
    if question.scale == "log":
        return np.log(np.clip(values, lower, upper))
    return np.clip(values, lower, upper)


def scored_range(question: Question) -> float:
    """From the lower to the upper bound, on the scale on which the question is scored."""
    lower, upper = bounds(question)
    return float(np.log(upper / lower)) if question.scale == "log" else upper - lower


def _bounds(question: Question) -> tuple[float, float]:
    kind = kind_of(question)
    if not isinstance(kind, QuantileKind):
        raise ValueError(f"question must ask for a number or date, got {question.kind}")
    ends = kind.range(question)
    return (
        ends.lower if ends.below is None else ends.below,
        ends.upper if ends.above is None else ends.above,
    )


def columns_about(question: Question, resolution: Resolution, answers: ForecastArrays) -> list[int]:
    """The columns a resolution is about: those of its rung or branch, else all."""
    option = option_by_id(question, resolution.option_id)
    return answers.of_option(option.key) if option is not None else list(range(len(answers.columns)))


def _rules(question: Question, resolution: Resolution) -> dict[str, Rule]:
    if question.kind in ("numeric", "date"):
        return {"wis": wis_of(question, resolution)}
    if question.kind in ("choice", "ordered"):
        return _option_rules(question, resolution)
    came = _value(resolution)
    return {
        "brier": lambda values: rules.brier(came, values[:, 0]),
        "log": lambda values: rules.log_score(came, values[:, 0]),
    }


def _option_rules(question: Question, resolution: Resolution) -> dict[str, Rule]:
    came = _place(question, resolution)
    name, brier = (
        ("ordered_brier", rules.ordered_brier)
        if question.kind == "ordered"
        else ("brier", rules.brier_options)
    )
    return {
        name: lambda values: brier(came, values),
        "log": lambda values: rules.log_score_options(came, values),
    }


def given_to_outcome(question: Question, resolution: Resolution) -> Rule:
    """What answers gave to what came out: chances, NaN where nothing stands."""
    if question.kind in ("choice", "ordered"):
        came = _place(question, resolution)
        return lambda values: values[:, came]
    if _value(resolution):
        return lambda values: values[:, 0]
    return lambda values: 1 - values[:, 0]


def wis_of(question: Question, resolution: Resolution) -> Rule:
    """The weighted interval score of quantiles, on the scale on which the question is scored."""
    outcome = float(clipped(question, np.array(_value(resolution))))
    return lambda values: wis(outcome, clipped(question, values), question.quantile_levels)


def _place(question: Question, resolution: Resolution) -> int:
    """The place of the option that came true."""
    return [option.id == resolution.outcome_option_id for option in question.options].index(True)


def _value(resolution: Resolution) -> float:
    """The outcome of a kind that has a number."""
    if resolution.value is None:
        raise ValueError(f"resolution must hold a value, got option {resolution.outcome_option_id}")
    return resolution.value


#: Who, on which day, and the numbers given then: NaN where from that day on nothing stands.
Timeline = tuple[NDArray[np.int64], NDArray[np.int64], Floats]


def timeline(question: Question, answers: ForecastArrays, columns: list[int]) -> Timeline:
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
    order = np.lexsort((day, person))
    return person[order], day[order], values[order]


def _counts_until(question: Question, answers: ForecastArrays) -> NDArray[np.int64]:
    """The day from which each answer no longer counts, because a substantive version was published."""
    until = np.full(answers.day.shape, NEVER, dtype=np.int64)
    for version in question.versions:
        if version.substantive and version.published_at is not None:
            older = answers.version < version.number
            until = np.where(older, np.minimum(until, day_number(version.published_at)), until)
    return until


def _mean(said: Timeline, rule: Rule, last_day: int) -> DailyMean:
    person, day, values = said
    return daily_mean(person, day, rule(values), last_day)
