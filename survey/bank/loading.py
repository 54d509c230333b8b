"""Puts a bank into the store; a bank loaded twice changes nothing.

On a second loading words follow the bank: a question's changed words become its next version, a changed
consent the next consent, every other text is corrected in place. Relations and scenarios follow the bank too.
What people rely on once they have answered stays (`refusals`). Questions and themes that the bank does not
name are left alone: an organizer may have added them.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from .. import clock
from ..models import ConsentText, ConsentVersion, Round, Survey, SurveyText, Theme, ThemeText
from ..store.transaction import lock_loading
from .checking import checked_bank
from .content import Bank, RoundFacts, Settings
from .loading_background import load_background
from .loading_questions import load_questions
from .loading_ties import drop_ties, load_sentences, load_words_of_scenarios, write_ties
from .reading import bank_folder
from .refusals import (
    refuse_changed_background,
    refuse_changed_facts,
    refuse_changed_rounds,
    refuse_changed_settings,
)
from .stored import stored_questions, stored_ties, ties_of
from .texts import put_texts


def load_bank(
    session: Session, name_or_path: str | Path, *, slug: str | None = None, simulated: bool = False
) -> Survey:
    """Create the survey of a bank, or bring it up to date; flushes, the caller commits.

    Parameters
    ----------
    name_or_path
        Name of a bank that ships (`reading.available_banks`), or the folder of another.
    slug
        Under which the survey is reached; default: the bank's own.
    simulated
        Whether the survey is a demonstration, whose invented participants count.

    Raises
    ------
    BankError
        With every fault of the files, or every change that can no longer be made; nothing was stored.
    """
    return store_bank(session, checked_bank(bank_folder(name_or_path)), slug=slug, simulated=simulated)


def store_bank(
    session: Session, bank: Bank, *, slug: str | None = None, simulated: bool = False, pilot: bool = False
) -> Survey:
    """Load a bank that was read without fault, wherever it comes from; as `load_bank`, a new survey as a `pilot` too.

    Raises
    ------
    BankError
        With every change that can no longer be made; nothing was stored.
    """
    slug = slug or bank.settings.slug
    survey = session.scalar(select(Survey).where(Survey.slug == slug))
    if survey is None:
        survey = Survey(slug=slug, simulated=simulated, pilot=pilot)
    else:
        # Before anything is compared: what another host loads meanwhile would be compared as it was.
        lock_loading(session, survey)
        # The line of the settings is not kept; those of a document have none.
        line = 1 if all(question.line for question in bank.questions) else 0
        refuse_changed_settings(session, survey, columns(bank.settings), simulated, line)
        refuse_changed_facts(session, stored_questions(session, survey), bank)
        refuse_changed_background(session, survey, bank)
        refuse_changed_rounds(session, survey, bank, clock.now(session))
    _load(session, survey, bank, clock.now(session))
    return survey


def _load(session: Session, survey: Survey, bank: Bank, now: datetime) -> None:
    for name, value in columns(bank.settings).items():
        setattr(survey, name, value)
    survey.choose_form(now)
    session.add(survey)
    session.flush()
    _load_survey_words(session, survey, bank)
    _load_rounds(session, survey, bank)
    _load_consent(session, survey, bank, now)
    themes = _load_themes(session, survey, bank)
    _load_questions_and_ties(session, survey, bank, themes, now)
    load_background(session, survey, bank)
    session.flush()
    # Collections that were read before rows were added would not show them.
    session.expire_all()


def _load_questions_and_ties(
    session: Session, survey: Survey, bank: Bank, themes: Mapping[str, Theme], now: datetime
) -> None:
    there = stored_questions(session, survey)
    in_bank = [row for key, row in there.items() if key in bank.keys]
    ties_differ = stored_ties(session, survey, in_bank) != ties_of(bank)
    if ties_differ:
        drop_ties(session, survey, bank)
    questions = load_questions(session, survey, bank, there, themes, now)
    if ties_differ:
        write_ties(session, survey, bank, questions)
    load_sentences(session, survey, bank)
    load_words_of_scenarios(session, survey, bank)


def columns(settings: Settings) -> dict[str, object]:
    """The settings under the names of the survey's columns."""
    values = {name: getattr(settings, name) for name in settings.__dataclass_fields__}
    del values["slug"]
    values["opens_at"], values["closes_at"] = values.pop("opens"), values.pop("closes")
    values["languages"] = list(settings.languages)
    return values


def _load_survey_words(session: Session, survey: Survey, bank: Bank) -> None:
    texts = {
        language: vars(words.survey)
        | vars(words.preregistration)
        | (vars(words.controller) if words.controller else {})
        for language, words in bank.words.items()
    }
    put_texts(session, SurveyText, survey.texts, {"survey_id": survey.id}, texts)


def _load_rounds(session: Session, survey: Survey, bank: Bank) -> None:
    """The bank's rounds; where it names none, one over the whole span, or those that an organizer has made."""
    there = {row.number: row for row in session.scalars(select(Round).where(Round.survey_id == survey.id))}
    if len(there) > 1 and not bank.rounds:
        return
    rounds = bank.rounds or (RoundFacts(survey.opens_at, survey.closes_at),)
    for number, one in enumerate(rounds, start=1):
        row = there.pop(number, None) or Round(survey_id=survey.id, number=number)
        row.opens_at, row.closes_at, row.feedback = one.opens, one.closes, one.feedback
        session.add(row)
    for row in there.values():
        session.delete(row)


def _load_consent(session: Session, survey: Survey, bank: Bank, now: datetime) -> None:
    bodies = {language: words.consent for language, words in bank.words.items()}
    newest = session.scalar(
        select(ConsentVersion)
        .where(ConsentVersion.survey_id == survey.id)
        .order_by(ConsentVersion.number.desc())
        .limit(1)
    )
    if newest is not None and {text.language: text.body for text in newest.texts} == bodies:
        return
    version = ConsentVersion(
        survey_id=survey.id,
        number=newest.number + 1 if newest else 1,
        published_at=now,
        texts=[ConsentText(language=language, body=body) for language, body in bodies.items()],
    )
    session.add(version)


def _load_themes(session: Session, survey: Survey, bank: Bank) -> Mapping[str, Theme]:
    there = {
        theme.key: theme
        for theme in session.scalars(select(Theme).where(Theme.survey_id == survey.id)).unique()
    }
    themes = {key: there.get(key) or Theme(survey_id=survey.id, key=key) for key in bank.themes}
    for position, theme in enumerate(themes.values()):
        theme.position = position
        session.add(theme)
    session.flush()
    for key, theme in themes.items():
        texts = {language: vars(words.themes[key]) for language, words in bank.words.items()}
        put_texts(session, ThemeText, theme.texts, {"theme_id": theme.id}, texts)
    return themes
