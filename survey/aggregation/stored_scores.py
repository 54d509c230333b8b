"""Scores that are stored: a person's on every resolution that stands, and how everybody did on one."""

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased, joinedload

from ..models import Participant, Question, Resolution, Score
from ..store.once import once
from .scores import OWN_RULES


@once
def scores_of(session: Session, participant: Participant, question: Question | None = None) -> list[Score]:
    """A person's scores on every resolution that stands, by question, then rung, then rule; or of one question."""
    later = aliased(Resolution)
    query = (
        select(Score)
        .join(Resolution, Resolution.id == Score.resolution_id)
        # What no later one supersedes stands.
        .outerjoin(later, later.supersedes_id == Resolution.id)
        .join(Question, Question.id == Score.question_id)
        .where(Score.participant_id == participant.id, later.id.is_(None))
        .options(joinedload(Score.resolution))
        .order_by(Question.position, Question.id, Resolution.option_id, Score.rule)
    )
    if question is not None:
        query = query.where(Score.question_id == question.id)
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
