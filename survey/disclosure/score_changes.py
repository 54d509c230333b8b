"""What a correction changed in people's scores: of how many, and by how much on average, where the crowd is shown.

Two means of Brier scores, one under yes and one under no, give the crowd's mean chance. A change goes by the crowd's
door therefore, and is told to nobody where answers are moved before anything is computed of them: scores are not. It
is made of the means those who run the survey were told (`score_means`), by the same rules, and no finer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session, aliased

from ..aggregation.question_specs import spec_of
from ..aggregation.rounding import difference_told
from ..aggregation.scores import own_rules
from ..models import Question, Resolution, Score
from .access import Viewer
from .aggregates import get_aggregate
from .score_means import tellable
from .scores import tells

#: People are told in such steps, whatever their number: one who stayed as they were is hidden in it.
STEP = 5

#: Of who is scored on a correction and on what it supersedes: how many, how many of them otherwise, and both means.
Shared = tuple[int, int, float, float]
NOBODY: Shared = (0, 0, 0.0, 0.0)


@dataclass(frozen=True)
class ScoreChange:
    """What a correction changed, by the rule that heads the question's kind; lower is better.

    Attributes
    ----------
    people
        At least so many people's score changed, came or went; a multiple of 5.
    mean
        By how much, on average over those who have a score before and after: to the digits of the two means. None
        where one of the two was annulled.
    """

    rule: str
    people: int
    mean: float | None


def score_changes(
    session: Session, viewer: Viewer, question: Question, corrections: Sequence[Resolution]
) -> dict[int, ScoreChange]:
    """What each correction changed, by its id; nothing of those that would tell of single people, or of the crowd.

    Parameters
    ----------
    corrections
        Resolutions of the question that supersede one; others are left out.
    """
    pairs = [(one, one.supersedes) for one in corrections if one.supersedes is not None]
    pairs = [
        (later, earlier)
        for later, earlier in pairs
        if _is_shown(session, viewer, question, later)
        and tellable(session, question, later)
        and tellable(session, question, earlier)
    ]
    if not pairs:
        return {}
    rule = next(iter(own_rules(spec_of(question), 0)))
    scored, shared = _scored(session, question, rule), _shared(session, question, rule)
    found = {
        later.id: _change(rule, question.survey.cell, scored, later, earlier, shared.get(later.id, NOBODY))
        for later, earlier in pairs
    }
    return {number: change for number, change in found.items() if change is not None}


def _is_shown(session: Session, viewer: Viewer, question: Question, later: Resolution) -> bool:
    # They were told both means, of which it is made (`score_means`).
    if viewer.runs_survey:
        return True
    return not question.survey.guarded and tells(get_aggregate(session, viewer, question), later)


def _change(
    rule: str,
    cell: int,
    scored: Mapping[int, int],
    later: Resolution,
    earlier: Resolution,
    shared: Shared,
) -> ScoreChange | None:
    both, moved, before, after = shared
    people = moved + (scored.get(later.id, 0) - both) + (scored.get(earlier.id, 0) - both)
    if people < cell:
        return None
    return ScoreChange(rule, people // STEP * STEP, difference_told(before, after) if both >= cell else None)


def _scored(session: Session, question: Question, rule: str) -> dict[int, int]:
    """How many people are scored on each resolution."""
    query = select(Score.resolution_id, func.count()).group_by(Score.resolution_id)
    query = query.where(Score.question_id == question.id, Score.rule == rule)
    return dict(session.execute(query).all())


def _shared(session: Session, question: Question, rule: str) -> dict[int, Shared]:
    before, after = aliased(Score), aliased(Score)
    same_person = and_(
        after.resolution_id == Resolution.id,
        after.participant_id == before.participant_id,
        after.rule == before.rule,
    )
    query = (
        select(
            Resolution.id,
            func.count(),
            # As they are stored, not as they are told: scores that round alike may have moved.
            func.sum(case((before.value != after.value, 1), else_=0)),
            func.avg(before.value),
            func.avg(after.value),
        )
        .join(before, before.resolution_id == Resolution.supersedes_id)
        .join(after, same_person)
        .where(Resolution.question_id == question.id, before.rule == rule)
        .group_by(Resolution.id)
    )
    rows = session.execute(query)
    return {number: (both, moved, before, after) for number, both, moved, before, after in rows}
