"""A conditional pair: the same event, given that the condition comes true and given that it does not."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..i18n.locale import gettext as _
from .base import Slot
from .probability import ProbabilityKind

if TYPE_CHECKING:
    from ..models.question import Option, Question


class Pair(ProbabilityKind):
    """Two branches, `if_yes` and `if_no`. One may be left empty, not both."""

    name = "pair"

    def missing(self, slots: Sequence[Slot], given: frozenset[str]) -> dict[str, str]:
        """A sentence at the first branch where none was answered."""
        if not slots or any(slot.field in given for slot in slots):
            return {}
        return {slots[0].field: _("Give a probability for at least one of the two branches.")}

    def output(self, question: "Question", option: "Option", part: str) -> tuple[str, str]:
        """The probability of yes; which branch it is of stands in the columns about the condition."""
        return "pmf", "yes"
