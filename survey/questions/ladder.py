"""One event and several deadlines: the probability that it has happened by each."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from ..i18n.formatting import exact_percent
from ..i18n.locale import current_language
from ..i18n.locale import gettext as _
from .base import EnteredValue, Slot
from .probability import ProbabilityKind

if TYPE_CHECKING:
    from ..models.question import Option, Question


class Ladder(ProbabilityKind):
    """An option for each deadline, its key the date. A rung whose deadline is over is not asked again.

    That a later rung is no lower than an earlier one is what the question means, not an opinion about it: a
    decrease is refused. Only rungs that are asked are compared: what a person said of a closed rung was said
    before its outcome was known, and binds nobody now.
    """

    name = "ladder"

    def faults_together(
        self, question: "Question", asked: Sequence["Option"], entries: Mapping[Slot, EnteredValue]
    ) -> dict[str, str]:
        """A sentence at each rung that is lower than the one before it."""
        values = {slot: entry.value for slot, entry in entries.items()}
        return {
            later.field: _lower(question, earlier, later, values[earlier])
            for earlier, later in pairwise(values)
            if values[later] < values[earlier]
        }

    def output(self, question: "Question", option: "Option", part: str) -> tuple[str, str]:
        return "cdf", option.key


def _lower(question: "Question", earlier: Slot, later: Slot, given: float) -> str:
    """What is wrong with a later rung below an earlier one. Words are read for whoever needs them alone."""
    return _(
        "“%(later)s” cannot be less likely than “%(earlier)s”, where you gave %(given)s: "
        "what has happened by the earlier date has happened by the later one.",
        later=question.option(later.option).text(current_language()),
        earlier=question.option(earlier.option).text(current_language()),
        given=exact_percent(given),
    )
