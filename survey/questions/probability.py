"""What the kinds that ask for probabilities share: a field for each option, the survey's allowed range."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..i18n.formatting import exact_percent
from ..i18n.locale import gettext as _
from .base import Kind, Slot

if TYPE_CHECKING:
    from ..models.question import Option, Question


class ProbabilityKind(Kind):
    """A kind whose every option takes one probability, entered as percent, odds or one in n."""

    input_formats = ("percent", "odds", "one_in_n")

    def slots(self, question: "Question", asked: Sequence["Option"]) -> list[Slot]:
        return [Slot(f"p-{option.key}", option.key, "p", "probability") for option in asked]

    def label(self, question: "Question", option: "Option", slot: Slot, language: str) -> str:
        return option.text(language)

    def fault(self, question: "Question", slot: Slot, value: float) -> str | None:
        """Whether a probability lies in the range that the survey allows. It is checked as it was given."""
        lowest, highest = question.survey.lowest_probability, question.survey.highest_probability
        if lowest <= value <= highest and 0 < value < 1:
            return None
        return _(
            "A forecast of this survey lies between %(lowest)s and %(highest)s.",
            lowest=exact_percent(lowest),
            highest=exact_percent(highest),
        )

    def output(self, question: "Question", option: "Option", part: str) -> tuple[str, str]:
        return "pmf", option.key
