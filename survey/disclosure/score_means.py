"""Mean scores on an outcome, as those who run a survey are told them: of enough people, and never to be subtracted.

An outcome can be corrected, and with it the day until which forecasts are scored. Two means whose days differ by one
person's answer tell this answer, so a mean is told anew only where nobody, or enough people, answered between the two
days (differencing; Hundepool et al., 2012). Before an outcome is stored there is no mean at all: a preview costs
nothing, leaves no trace, and could be asked for every day there was.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from .. import clock
from ..aggregation.question_specs import last_scored_day
from ..aggregation.rounding import rounded_number, rounded_people
from ..aggregation.segments import MIN_CHANGED, nobody_or_enough
from ..aggregation.stored_scores import score_summary
from ..models import Participant, Question, Resolution, Submission
from ..store.once import once

#: An outcome and two corrections: each asks the same answers another question, and a search among them would read
#: how the answers lie.
MOST_TOLD = 3


@dataclass(frozen=True)
class MeanScore:
    """A rule, about how many people were scored by it, and their mean, rounded; lower is better."""

    rule: str
    people: int
    mean: float


def mean_scores(session: Session, question: Question, resolution: Resolution) -> list[MeanScore]:
    """Mean scores on a resolution that stands, by rule; none where they would tell of single people."""
    # Means that could be asked for each day, unrounded, gave away six of six people's scores to three digits.
    if not tellable(session, question, resolution):
        return []
    return [
        MeanScore(rule, rounded_people(people), rounded_number(mean, whole=False))
        for rule, people, mean in score_summary(session, resolution)
        if people >= question.survey.cell
    ]


def tellable(session: Session, question: Question, resolution: Resolution) -> bool:
    """Whether a mean over the people scored on this resolution tells of no single one, beside those told before."""
    before = _superseded(session, resolution)
    return (
        len(before) < MOST_TOLD
        and all(
            nobody_or_enough(_between(session, question, one, resolution), MIN_CHANGED)
            for one in before
            # Beside those that were told: from a mean that nobody read nothing can be subtracted.
            if tellable(session, question, one)
        )
        # Since the first of them: whoever was told its mean before an erasure could subtract one of after.
        and nobody_or_enough(_erased_since(session, before[-1] if before else resolution), MIN_CHANGED)
    )


def _superseded(session: Session, resolution: Resolution) -> list[Resolution]:
    """What stood before of the same matter, newest first."""
    found: list[Resolution] = []
    earlier = resolution.supersedes_id
    while earlier is not None and len(found) < MOST_TOLD:
        found.append(session.get_one(Resolution, earlier))
        earlier = found[-1].supersedes_id
    return found


def _between(session: Session, question: Question, one: Resolution, other: Resolution) -> int:
    """How many people answered after the last day of the one and up to that of the other."""
    first, last = sorted(last_scored_day(question, resolution) for resolution in (one, other))
    if first == last:
        return 0
    query = select(func.count(Submission.participant_id.distinct())).where(
        Submission.question_id == question.id,
        Submission.received_at >= clock.day_end(clock.day_date(first)),
        Submission.received_at < clock.day_end(clock.day_date(last)),
    )
    return session.scalar(query) or 0


def _erased_since(session: Session, resolution: Resolution) -> int:
    """How many people have erased their answers since an outcome was stored: their scores are gone from its mean."""
    since = resolution.resolved_at.date()
    return sum(people for day, people in _erased(session, resolution.survey_id) if day >= since)


@once
def _erased(session: Session, survey_id: int) -> list[tuple[date, int]]:
    """How many people of a survey have erased their answers on which day; a history asks for each of its outcomes."""
    query = select(Participant.erased_on, func.count()).group_by(Participant.erased_on)
    query = query.where(Participant.survey_id == survey_id, Participant.erased_on.is_not(None))
    return [(day, people) for day, people in session.execute(query) if day is not None]
