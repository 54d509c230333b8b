"""Coverage of the crowd's intervals: how often those of a survey's number and date questions held what came out."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scoring.interval_coverage import covered

from .. import clock
from ..aggregation.question_specs import last_scored_day
from ..aggregation.rounded_aggregates import Shown
from ..models import Question, Resolution
from ..store.lifecycle import current_resolutions
from .access import Viewer
from .aggregates import get_aggregate

#: From so many outcomes of its own on a survey is told by them: of twenty the share is known to about a tenth.
ENOUGH = 20


@dataclass(frozen=True)
class IntervalCoverage:
    """Of `questions` outcomes the crowd's outer interval held so many; `nominal` is the share it is meant to hold."""

    nominal: float
    held: int
    questions: int


def interval_coverage(session: Session, viewer: Viewer, question: Question) -> IntervalCoverage | None:
    """How often intervals like that of a number or date question held the outcome, in its survey.

    Counted are questions with the same outer levels whose crowd this viewer is shown, by the last publication before
    one could know: rounded as shown, so that it tells nothing that they are not told. None below `ENOUGH` of them.
    """
    if _outcomes(session, question.survey_id) < ENOUGH:
        return None
    levels = question.quantile_levels
    found = [
        _held(session, viewer, other, resolution)
        for other in question.survey.questions
        if other.quantile_levels
        and (other.quantile_levels[0], other.quantile_levels[-1]) == (levels[0], levels[-1])
        for resolution in current_resolutions(session, other)
    ]
    counted = [held for held in found if held is not None]
    if len(counted) < ENOUGH:
        return None
    return IntervalCoverage(levels[-1] - levels[0], sum(counted), len(counted))


def _outcomes(session: Session, survey_id: int) -> int:
    """At most so many outcomes there are: counted in one statement, so that a page rarely asks for more."""
    query = select(func.count()).select_from(Resolution).join(Question, Question.id == Resolution.question_id)
    query = query.where(Resolution.survey_id == survey_id, Question.kind.in_(("numeric", "date")))
    return session.scalar(query.where(Resolution.value.is_not(None))) or 0


def _held(session: Session, viewer: Viewer, question: Question, resolution: Resolution) -> bool | None:
    """Whether the interval published last before one could know held the outcome; None where there is none."""
    if resolution.value is None:
        return None
    day = clock.day_date(last_scored_day(question, resolution))
    shown = get_aggregate(session, viewer, question, as_of=day)
    if not isinstance(shown, Shown) or "value" not in shown.options:
        return None
    quantiles = shown.options["value"].methods["parley"]
    return bool(covered(resolution.value, quantiles[0], quantiles[-1]))
