"""What a second loading may no longer change, because people have answered under it."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from .. import clock, models
from ..errors import BankError
from ..store.transaction import lock_survey
from .content import Background, Bank, Question, RoundFacts
from .permanence import (
    ACTS,
    ANSWERED,
    FIXED_ABOUT,
    FIXED_FACTS,
    IN_ROUND,
    JOINED,
    OF_LICENCE,
    OF_READERS,
    PUBLISHED,
    SAID,
    names_licence,
)
from .reading import STRUCTURE
from .stored import stored_about, stored_background, stored_question
from .tables import Fault, at_line


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


def _changes(stored: Question, question: Question) -> Iterator[Fault]:
    for name in FIXED_FACTS:
        if getattr(stored, name) != getattr(question, name):
            yield in_structure(
                question.line,
                ("question", question.key),
                str(ANSWERED.refused) % {"fact": name},
            )


def _answered(session: Session, questions: list[int]) -> set[int]:
    """Which of these questions somebody has answered, skipped or resolved, none of whom can be overtaken."""
    # On PostgreSQL an answer holds its question's row FOR SHARE: none can come between this and the change. In the
    # order in which whoever resolves holds them.
    held = select(models.Question.id).where(models.Question.id.in_(questions)).order_by(models.Question.id)
    session.execute(held.with_for_update()).all()
    acts = [select(table.question_id).where(table.question_id.in_(questions)) for table in ACTS]
    return set(session.scalars(union(*acts)))


def refuse_changed_background(session: Session, survey: models.Survey, bank: Bank) -> None:
    """Refuse another kind, other bounds, or fewer options of what people have said about themselves.

    Options may be added: what was chosen before keeps its meaning.

    Raises
    ------
    BankError
        With each such question.
    """
    stored = stored_background(session, survey)
    changed = [
        one for one in bank.background if one.key in stored and _is_other(stored_about(stored[one.key]), one)
    ]
    answered = _said_of([stored[one.key].id for one in changed], session)
    faults = [
        in_structure(
            one.line,
            ("background", one.key),
            str(SAID.refused),
        )
        for one in changed
        if stored[one.key].id in answered
    ]
    if faults:
        raise BankError(faults)


def _is_other(stored: Background, one: Background) -> bool:
    same = all(getattr(stored, name) == getattr(one, name) for name in FIXED_ABOUT)
    return not same or not set(stored.options) <= set(one.options)


def _said_of(questions: list[int], session: Session) -> set[int]:
    """Which of these questions about the person somebody has answered."""
    column = models.BackgroundAnswer.background_question_id
    return set(session.scalars(select(column).where(column.in_(questions)).distinct()))


def _has_people(session: Session, survey: models.Survey) -> bool:
    joined = select(models.Participant.id).where(models.Participant.survey_id == survey.id).limit(1)
    return session.scalar(joined) is not None


def refuse_changed_settings(
    session: Session, survey: models.Survey, settings: dict[str, object], simulated: bool, line: int = 1
) -> None:
    """Refuse other rules for a survey that people have joined: their consent names them.

    Raises
    ------
    BankError
        With each changed setting.
    """
    if survey.simulated != simulated:
        # The first of the two is what is stored.
        stored, wanted = ("a demonstration", "a survey of people")[:: 1 if survey.simulated else -1]
        raise BankError([f"{survey.slug}: the stored one is {stored}; load {wanted} under another slug"])
    changed = [name for name, value in settings.items() if getattr(survey, name) != value]
    published = [name for name in changed if name in OF_READERS]
    if published and survey.opens_at <= clock.now(session):
        raise BankError([in_structure(line, ("survey", name), str(PUBLISHED.refused)) for name in published])
    fixed = changed if session.scalar(select(names_licence(survey))) else set(changed) - {*OF_LICENCE}
    if fixed:
        # Who joins refers to this row: nobody can come between this and the change. Where nobody has joined nobody
        # answers either, so that it may be held for as long as loading takes.
        lock_survey(session, survey)
    if fixed and _has_people(session, survey):
        names = (name.removesuffix("_at") for name in changed if name in fixed)
        raise BankError([in_structure(line, ("survey", name), str(JOINED.refused)) for name in names])


def refuse_changed_rounds(session: Session, survey: models.Survey, bank: Bank, now: datetime) -> None:
    """Refuse other times of a round that has answers, but for a later or earlier end of the one that runs.

    Raises
    ------
    BankError
        With each such round.
    """
    if not bank.rounds:
        return
    faults = []
    for row in survey.rounds:
        wanted = bank.rounds[row.number - 1] if row.number <= len(bank.rounds) else None
        if wanted is not None and _is_compatible(row, wanted, now):
            continue
        answered = select(models.Submission.id).where(models.Submission.round_id == row.id).limit(1)
        if session.scalar(answered):
            faults.append(in_structure(0, ("round", str(row.number - 1)), str(IN_ROUND.refused)))
    if faults:
        raise BankError(faults)


def _is_compatible(row: models.Round, wanted: RoundFacts, now: datetime) -> bool:
    same_end = row.closes_at == wanted.closes or (now < row.closes_at and now < wanted.closes)
    return row.opens_at == wanted.opens and same_end


def in_structure(line: int, path: tuple[str, ...], sentence: str) -> Fault:
    """A fault of the structure; line 0 where it comes from a document."""
    return Fault(at_line(STRUCTURE, line), ".".join(path), sentence, ("structure", *path))
