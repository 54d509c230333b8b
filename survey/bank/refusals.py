"""What a second loading may no longer change, because people have answered under it."""

from collections.abc import Iterator, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from .. import models
from ..errors import BankError
from .content import Bank, Question
from .reading import STRUCTURE
from .stored import stored_question

#: Facts that give an answer its meaning. Times, theme and order may change.
_FIXED = ("kind", "options", "range", "given")


def refuse_changed_facts(session: Session, stored: Mapping[str, models.Question], bank: Bank) -> None:
    """Refuse a bank that changes what an answered question asks; `stored` are the questions there, by key.

    Raises
    ------
    BankError
        With each changed fact of each such question.
    """
    changes = {
        question.key: list(_changes(stored_question(stored[question.key]), question))
        for question in bank.questions
        if question.key in stored
    }
    changed = {key: found for key, found in changes.items() if found}
    if not changed:
        return
    answered = _answered(session, [stored[key].id for key in changed])
    faults = [fault for key, found in changed.items() if stored[key].id in answered for fault in found]
    if faults:
        raise BankError(faults)


def _changes(stored: Question, question: Question) -> Iterator[str]:
    for name in _FIXED:
        if getattr(stored, name) != getattr(question, name):
            yield (
                f"{STRUCTURE}:{question.line}: question.{question.key}: its {name} cannot change any more,"
                " it has answers; ask a new question under another key"
            )


def _answered(session: Session, questions: list[int]) -> set[int]:
    """Which of these questions somebody has answered, skipped or resolved."""
    # On PostgreSQL an answer holds its question's row FOR SHARE: none can come between this and the change.
    session.execute(
        select(models.Question.id).where(models.Question.id.in_(questions)).with_for_update()
    ).all()
    found: set[int] = set()
    for table in (models.Submission, models.Skip, models.Resolution):
        found |= set(
            session.scalars(select(table.question_id).where(table.question_id.in_(questions)).distinct())
        )
    return found


def refuse_changed_settings(
    session: Session, survey: models.Survey, settings: dict[str, object], simulated: bool
) -> None:
    """Refuse other rules for a survey that people have joined: their consent names them.

    Raises
    ------
    BankError
        With each changed setting.
    """
    if survey.simulated != simulated:
        stored, wanted = ("a demonstration", "a survey of people")[:: 1 if survey.simulated else -1]
        raise BankError([f"{survey.slug}: the stored one is {stored}; load {wanted} under another slug"])
    changed = [name for name, value in settings.items() if getattr(survey, name) != value]
    joined = select(models.Participant.id).where(models.Participant.survey_id == survey.id).limit(1)
    if changed and session.scalar(joined):
        names = (name.removesuffix("_at") for name in changed)
        raise BankError(
            [f"{STRUCTURE}:1: survey.{name}: cannot change any more, people have joined" for name in names]
        )
