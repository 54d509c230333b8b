"""How questions came out, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ..i18n.locale import current_language
from ..models import Question, Resolution
from ..questions.outcome_words import in_words

__all__ = ["OutcomeInWords", "in_words", "outcomes"]


@dataclass(frozen=True)
class OutcomeInWords:
    """One resolution: what it is about (a rung, else nothing), how it came out, on which source."""

    about: str
    words: str
    source: str
    why: str
    known_from: datetime


def outcomes(question: Question, resolutions: Sequence[Resolution]) -> list[OutcomeInWords]:
    """The resolutions that stand, in words."""
    language = current_language()
    return [
        OutcomeInWords(
            resolution.option.text(language) if resolution.option else "",
            in_words(question, resolution),
            resolution.source,
            resolution.why,
            resolution.known_from,
        )
        for resolution in resolutions
    ]
