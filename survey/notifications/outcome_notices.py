"""Outcomes as emails tell them: gathered within an hour, and of what was corrected meanwhile its last state alone.

A notice is of one resolution. What somebody is told is of a matter (a question, a date or a branch): what stands of
it now, and what stood of it when they were told last.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from ..models import Notice, Question, Resolution
from ..store.lifecycle import current_resolutions

#: Kinds of events that are gathered, and how long the first of them waits for others.
GATHERED = ("resolved", "corrected")
GATHERING = timedelta(hours=1)


@dataclass(frozen=True)
class DueOutcome:
    """What somebody is told of one matter.

    Attributes
    ----------
    notice_ids
        Of every step that this tells of.
    now
        The resolution that stands.
    before
        What stood when they were told last; None where this is the first they hear of it.
    """

    notice_ids: tuple[int, ...]
    question: Question
    now: Resolution
    before: Resolution | None


def outcomes_to_tell(session: Session, notices: Iterable[Notice]) -> tuple[DueOutcome, ...]:
    """What there is to tell of outcomes, in the order of questions and their parts; of what is as it was, nothing."""
    matters: dict[tuple[int, int | None], list[tuple[Resolution, Notice]]] = {}
    for notice in notices:
        made = session.get_one(Resolution, int(notice.about.split()[1]))
        matters.setdefault((made.question_id, made.option_id), []).append((made, notice))
    found = [_outcome(session, sorted(steps, key=lambda step: step[0].id)) for steps in matters.values()]
    told = [one for one in found if one.before is None or not _as_before(one.before, one.now)]
    return tuple(sorted(told, key=_place))


def _outcome(session: Session, steps: Sequence[tuple[Resolution, Notice]]) -> DueOutcome:
    first = steps[0][0]
    standing = current_resolutions(session, first.question)
    return DueOutcome(
        tuple(notice.id for _made, notice in steps),
        first.question,
        now=next(one for one in standing if one.option_id == first.option_id),
        before=first.supersedes,
    )


def _as_before(before: Resolution, now: Resolution) -> bool:
    """Whether a matter was corrected there and back: whoever was told of it knows what holds."""
    same = ("annulled", "outcome_option_id", "value", "known_from")
    return all(getattr(before, name) == getattr(now, name) for name in same)


def _place(one: DueOutcome) -> tuple[int, int]:
    return one.question.position, one.now.option.position if one.now.option else -1
