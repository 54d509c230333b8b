"""Puts the questions of a bank into the store: facts, options, versions."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from .. import models
from .content import VERSION_WORDS, Bank, Question, QuestionWords
from .stored import stored_question
from .texts import put_texts

#: The words of a version: language to column to text.
Texts = dict[str, dict[str, object]]


def load_questions(
    session: Session,
    survey: models.Survey,
    bank: Bank,
    there: Mapping[str, models.Question],
    themes: Mapping[str, models.Theme],
    now: datetime,
) -> dict[str, models.Question]:
    """Create or correct every question of the bank; keys to rows. `there` are those stored before."""
    questions = {
        question.key: there.get(question.key) or models.Question(survey_id=survey.id, key=question.key)
        for question in bank.questions
    }
    for position, question in enumerate(bank.questions):
        row = questions[question.key]
        row.position, row.theme_id = position, themes[question.theme].id
        set_facts(row, question)
        session.add(row)
    session.flush()
    for question in bank.questions:
        words = {language: words.questions[question.key] for language, words in bank.words.items()}
        _load_options(session, questions[question.key], question)
        _load_labels(session, questions[question.key], words)
        notes = {language: own.notes for language, own in words.items()}
        _load_version(questions[question.key], _texts(words), notes, question.base_rate, now)
    return questions


def set_facts(row: models.Question, question: Question) -> None:
    """Give a row the facts of a question that are its own columns."""
    row.kind = question.kind
    row.opens_at, row.closes_at, row.resolves_at = question.opens, question.closes, question.resolves
    row.rationale_required = question.rationale_required
    values = question.range
    row.scale = values.scale if values else None
    row.lower = values.lower if values else None
    row.upper = values.upper if values else None
    row.open_lower = bool(values and values.open_lower)
    row.open_upper = bool(values and values.open_upper)
    row.whole = bool(values and values.whole)
    row.quantile_levels = list(values.quantile_levels) if values else []


def _load_options(session: Session, row: models.Question, question: Question) -> None:
    """Make the options those of the bank; they differ only where nobody has answered."""
    if stored_question(row).options == question.options:
        return
    old = select(models.Option.id).where(models.Option.question_id == row.id)
    session.execute(delete(models.OptionText).where(models.OptionText.option_id.in_(old)))
    session.execute(delete(models.Option).where(models.Option.question_id == row.id))
    for position, option in enumerate(question.options):
        new = models.Option(question_id=row.id, key=option.key, position=position)
        new.closes_at, new.given_holds = option.closes, option.given_holds
        session.add(new)
    session.flush()
    session.expire(row, ["options"])


def _load_labels(session: Session, row: models.Question, words: Mapping[str, QuestionWords]) -> None:
    for option in row.options:
        labels = {language: {"label": own.options[option.key]} for language, own in words.items()}
        put_texts(session, models.OptionText, option.texts, {"option_id": option.id}, labels)


def _texts(words: Mapping[str, QuestionWords]) -> Texts:
    return {language: version_words(own) for language, own in words.items()}


def version_words(words: QuestionWords) -> dict[str, object]:
    """The columns of a version's text in one language."""
    return {column: getattr(words, column) for column in VERSION_WORDS} | {"sources": list(words.sources)}


def _load_version(
    row: models.Question,
    texts: Texts,
    notes: Mapping[str, Mapping[str, str]],
    base_rate: models.BaseRate | None,
    now: datetime,
) -> None:
    """Publish the words as the next version, unless the current one says them already."""
    published = [version for version in row.versions if version.published_at is not None]
    current = _texts_of(published[-1]) if published else {}
    counted_anew = bool(published) and published[-1].base_rate != base_rate
    if current == texts and not counted_anew:
        return
    # Behind drafts too: an organizer may have begun a version that is not published yet.
    number = max((version.number for version in row.versions), default=0) + 1
    row.versions.append(
        models.QuestionVersion(
            number=number,
            note=_note(current, texts, counted_anew) if published else "",
            published_at=now,
            base_rate=base_rate,
            texts=[
                models.VersionText(language=language, note=notes[language].get(str(number), ""), **text)
                for language, text in texts.items()
            ],
        )
    )


def _texts_of(version: models.QuestionVersion) -> Texts:
    return {
        text.language: {column: getattr(text, column) for column in VERSION_WORDS} for text in version.texts
    }


def _note(before: Texts, after: Texts, counted_anew: bool) -> str:
    """Which words changed: `Changed words: title (en, uk), criteria (uk).`"""
    changed = {
        column: [
            language
            for language in sorted(before.keys() | after.keys())
            if before.get(language, {}).get(column) != after.get(language, {}).get(column)
        ]
        for column in VERSION_WORDS
    }
    named = [f"{column} ({', '.join(languages)})" for column, languages in changed.items() if languages]
    named += ["base rate"] if counted_anew else []
    return f"Changed words: {', '.join(named).replace('_', ' ')}."
