"""Puts what people are asked about themselves into the store."""

from collections.abc import Mapping

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from .. import models
from .content import Background, BackgroundWords, Bank
from .stored import stored_about, stored_background
from .texts import put_texts


def load_background(session: Session, survey: models.Survey, bank: Bank) -> None:
    """Create or correct every question about the person; those that the bank does not name stay."""
    there = stored_background(session, survey)
    for position, one in enumerate(bank.background):
        row = there.get(one.key) or models.BackgroundQuestion(survey_id=survey.id, key=one.key)
        row.kind, row.position, row.lower, row.upper = one.kind, position, one.lower, one.upper
        session.add(row)
        session.flush()
        _load_options(session, row, one)
        _load_words(
            session, row, {language: words.background[one.key] for language, words in bank.words.items()}
        )


def _load_options(session: Session, row: models.BackgroundQuestion, one: Background) -> None:
    """Make the options those of the bank, in its order; only where nobody has answered does one go."""
    if stored_about(row).options == one.options:
        return
    gone = [option.id for option in row.options if option.key not in one.options]
    label = models.BackgroundOptionText
    session.execute(delete(label).where(label.background_option_id.in_(gone)))
    session.execute(delete(models.BackgroundOption).where(models.BackgroundOption.id.in_(gone)))
    kept = {option.key: option for option in row.options if option.id not in gone}
    for position, key in enumerate(one.options):
        option = kept.get(key) or models.BackgroundOption(background_question_id=row.id, key=key)
        option.position = position
        session.add(option)
    session.flush()
    session.expire(row, ["options"])


def _load_words(
    session: Session, row: models.BackgroundQuestion, words: Mapping[str, BackgroundWords]
) -> None:
    texts = {language: {"label": own.label, "hint": own.hint} for language, own in words.items()}
    put_texts(session, models.BackgroundText, row.texts, {"background_question_id": row.id}, texts)
    options = session.scalars(
        select(models.BackgroundOption).where(models.BackgroundOption.background_question_id == row.id)
    )
    for option in options:
        labels = {language: {"label": own.options[option.key]} for language, own in words.items()}
        put_texts(
            session, models.BackgroundOptionText, option.texts, {"background_option_id": option.id}, labels
        )
