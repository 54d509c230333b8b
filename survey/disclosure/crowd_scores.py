"""How the crowd and each of its methods scored on an outcome: of figures this viewer is shown, as they are shown.

What was published is scored as it stands on pages, rounded: a score of unrounded figures would tell their digits.
"""

from dataclasses import dataclass

import numpy as np
from sqlalchemy.orm import Session

from scoring.pools.catalog import SHOWN
from scoring.timeline.daily_scores import daily_mean

from ..aggregation.peer_scores import as_forecaster
from ..aggregation.question_specs import outcome_of, spec_of
from ..aggregation.rounded_aggregates import Shown
from ..aggregation.rounding import rounded_number
from ..aggregation.scores import own_rules
from ..aggregation.specification import QuestionSpec
from ..clock import date_number
from ..models import Question, Resolution
from .access import Viewer
from .aggregates import history


@dataclass(frozen=True)
class MethodScore:
    """A method of the crowd on one outcome, by the rule that heads its kind; lower is better.

    Attributes
    ----------
    method
        Name of the method, of `SHOWN`; the first is what heads pages.
    value
        Mean over the days on which its figures stood, to three digits.
    coverage
        Those days as a share of the question's.
    """

    method: str
    rule: str
    value: float
    coverage: float


def crowd_scores(session: Session, viewer: Viewer, question: Question, made: Resolution) -> list[MethodScore]:
    """Each method's score on an outcome; none where the crowd is not shown, or came too late to be scored."""
    shown = [] if made.annulled else history(session, viewer, question)
    if not shown:
        return []
    spec, outcome = spec_of(question), outcome_of(question, made)
    rule, score = next(iter(own_rules(spec, outcome.came).items()))
    part = [place for place, (option, _part) in enumerate(spec.columns) if outcome.about in (None, option)]
    found = []
    for method in SHOWN:
        told = [(date_number(one.as_of), _numbers(spec, one, method)) for one in shown]
        person, day, values = as_forecaster(spec, told, part)
        mean = daily_mean(person, day, score(values), outcome.last_day, first_day=spec.first_day)
        if mean.person.size:
            value = rounded_number(float(mean.mean[0]), whole=False)
            found.append(MethodScore(method, rule, value, float(mean.coverage[0])))
    return found


def _numbers(spec: QuestionSpec, shown: Shown, method: str) -> list[float]:
    """A figure for each column, NaN where none was shown; exclusive options sum to 1 again, rounded as they are."""
    numbers: list[float] = []
    for option in spec.options:
        one = shown.options.get(option)
        told = one.methods[method] if one is not None else [float("nan")] * max(len(spec.levels), 1)
        numbers += list(told) if isinstance(told, list | tuple) else [told]
    if spec.pooled == "options":
        return list(np.array(numbers) / np.sum(numbers))
    return numbers
