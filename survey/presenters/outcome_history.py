"""History of a question's resolutions: every outcome, correction and annulment, with what each changed in scores."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..disclosure import ScoreChange, Viewer, score_changes
from ..i18n.formatting import number, signed
from ..i18n.locale import ngettext
from ..models import Question, Resolution, User
from ..questions.outcome_words import said_by
from ..store.lifecycle import current_resolutions
from .outcomes import OutcomeInWords, outcomes
from .scores import rule_in_words


@dataclass(frozen=True)
class PastOutcome(OutcomeInWords):
    """An outcome of the history: when it was stored and by whom, whether it stands, what it changed in scores.

    Attributes
    ----------
    by, approved_by
        An address for those who run the survey; None for everybody else, and where it was nobody with an account.
    said_by
        The same in words for this reader.
    effect
        What it did to people's scores, in a sentence; empty where it is the first, or that may not be told.
    """

    resolution: Resolution
    by: str | None
    approved_by: str | None
    said_by: str
    stands: bool
    change: ScoreChange | None
    effect: str


def outcome_history(session: Session, viewer: Viewer, question: Question) -> list[PastOutcome]:
    """Every outcome of a question there ever was, newest first, as this viewer is told of it."""
    made = sorted(question.resolutions, key=lambda one: one.id, reverse=True)
    if not made:
        return []
    standing, names = current_resolutions(session, question), _names(session, viewer, made)
    changes = score_changes(session, viewer, question, made)
    return [
        PastOutcome(
            **vars(told),
            resolution=one,
            by=names.get(one.by_id),
            approved_by=names.get(one.approved_by_id),
            said_by=said_by(one, names),
            stands=one in standing,
            change=changes.get(one.id),
            effect=_effect(one, changes[one.id]) if one.id in changes else "",
        )
        for one, told in zip(made, outcomes(question, made), strict=True)
    ]


def _names(session: Session, viewer: Viewer, made: Sequence[Resolution]) -> dict[int | None, str]:
    """The addresses of whoever resolved or approved, for those who run the survey: as the audit log has them."""
    if not viewer.runs_survey:
        return {}
    accounts = {number for one in made for number in (one.by_id, one.approved_by_id)} - {None}
    return dict(session.execute(select(User.id, User.email).where(User.id.in_(accounts))).all())


def _effect(one: Resolution, change: ScoreChange) -> str:
    people = change.people
    if one.annulled:
        return ngettext(
            "The score of at least %(num)s person was dropped.",
            "The scores of at least %(num)s people were dropped.",
            people,
        )
    if change.mean is None:
        return ngettext(
            "At least %(num)s person is scored by it.", "At least %(num)s people are scored by it.", people
        )
    return ngettext(
        "The score of at least %(num)s person changed, by %(mean)s on average (%(rule)s; lower is better).",
        "The scores of at least %(num)s people changed, by %(mean)s on average (%(rule)s; lower is better).",
        people,
        # A plain nothing has no sign, and the sentence needs a number.
        mean=signed(change.mean) or number(0),
        rule=rule_in_words(change.rule),
    )
