"""How questions came out, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ..i18n.locale import current_language
from ..i18n.locale import gettext as _
from ..models import Question, Resolution
from ..questions import kind_of
from ..questions.quantiles import QuantileKind
from .own_forecast import quantile_said


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


def in_words(question: Question, resolution: Resolution) -> str:
    """How one resolution came out."""
    if resolution.annulled:
        return _("annulled: it counts for nobody")
    if resolution.outcome_option is not None:
        return resolution.outcome_option.text(current_language())
    value = resolution.value or 0.0
    kind = kind_of(question)
    if isinstance(kind, QuantileKind):
        return quantile_said(kind, question, value)
    return _("yes") if value else _("no")
