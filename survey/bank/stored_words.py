"""Reads the words of a stored survey back into the terms of a bank."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from .. import models
from ..models.base import InOneLanguage
from .content import (
    BASE_RATE_WORDS,
    CONTROLLER,
    BackgroundWords,
    ControllerWords,
    PreregistrationWords,
    QuestionWords,
    ScenarioWords,
    SurveyWords,
    ThemeWords,
    Words,
)

Text = TypeVar("Text", bound=InOneLanguage)


def stored_words(
    survey: models.Survey,
    language: str,
    questions: Sequence[models.Question],
    relations: Sequence[models.Relation],
    scenarios: Sequence[models.Scenario],
    about: Mapping[str, models.BackgroundQuestion],
) -> Words:
    """All words in one language; where it lacks something that has words, those are empty."""
    own = _own(survey.texts, language)
    consent = _own(survey.consent.texts, language)
    return Words(
        survey=SurveyWords(*(_of(own, name) for name in ("title", "headline", "summary", "rules"))),
        consent=_of(consent, "body"),
        themes={theme.key: _theme(theme, language) for theme in survey.themes},
        questions={question.key: _question(question, language) for question in questions},
        relations={row.key.split(".")[0]: _of(_own(row.texts, language), "sentence") for row in relations},
        scenarios={row.key: _scenario(row, language) for row in scenarios},
        background={key: _about(row, language) for key, row in about.items()},
        controller=_controller(own),
        preregistration=PreregistrationWords(
            *(_of(own, name) for name in PreregistrationWords.__dataclass_fields__)
        ),
    )


def _own(texts: Iterable[Text], language: str) -> Text | None:
    return next((text for text in texts if text.language == language), None)


def _of(text: object, name: str) -> str:
    return str(getattr(text, name, ""))


def _controller(own: models.SurveyText | None) -> ControllerWords | None:
    """Who runs the survey; None where it is not said whole."""
    said = {name: _of(own, name) for name in CONTROLLER.values()}
    return ControllerWords(**said) if all(said.values()) else None


def _theme(theme: models.Theme, language: str) -> ThemeWords:
    own = _own(theme.texts, language)
    return ThemeWords(_of(own, "title"), _of(own, "summary"), _of(own, "note"))


def _question(question: models.Question, language: str) -> QuestionWords:
    own = _own(question.version.texts, language)
    return QuestionWords(
        title=_of(own, "title"),
        short=_of(own, "short"),
        background=_of(own, "background"),
        criteria=_of(own, "criteria"),
        fine_print=_of(own, "fine_print"),
        sources=tuple(own.sources) if own else (),
        unit=_of(own, "unit"),
        options={option.key: _of(_own(option.texts, language), "label") for option in question.options},
        **{name: _of(own, name) for name in BASE_RATE_WORDS.values()},
        notes=_notes(question, language),
    )


def _notes(question: models.Question, language: str) -> dict[str, str]:
    notes = {str(one.number): _of(_own(one.texts, language), "note") for one in question.versions}
    return {number: note for number, note in notes.items() if note}


def _scenario(row: models.Scenario, language: str) -> dict[str, ScenarioWords]:
    return {
        text.part: ScenarioWords(text.title, text.definition)
        for text in row.texts
        if text.language == language
    }


def _about(row: models.BackgroundQuestion, language: str) -> BackgroundWords:
    own = _own(row.texts, language)
    labels = {option.key: _of(_own(option.texts, language), "label") for option in row.options}
    return BackgroundWords(_of(own, "label"), _of(own, "hint"), labels)
