"""One of several: a probability for each option, together 100 %."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from scoring.checks import sum_rounding

from ..i18n.formatting import exact_percent
from ..i18n.locale import gettext as _
from .base import EnteredValue, Slot
from .probability import ProbabilityKind

if TYPE_CHECKING:
    from ..models.question import Option, Question

TOLERANCE = 0.0025
"""How far a sum may lie from 1 at least: what rounding three or four numbers to a tenth of a point leaves over."""

# Whole percents are what people say, not what a calculator gave them: where 25, 25, 25 and 24 stand a point was lost
# in thought, and who is told so puts it where it belongs. A tenth or less is rounding.
_COARSEST = 0.001
# A sum that misses 1 by the last digits of a double only is 1: those numbers are kept as they were given.
_LAST_DIGITS = 1e-12


class Choice(ProbabilityKind):
    """Exactly one option comes true. What is stored sums to 1; what was typed is kept beside it."""

    name = "choice"
    together = "sum"

    def faults_together(
        self, question: "Question", asked: Sequence["Option"], entries: Mapping[Slot, EnteredValue]
    ) -> dict[str, str]:
        """Whether the numbers make 100 %, once all are there. The sentence is about their sum, of no box."""
        if not entries or len(entries) < len(asked):
            return {}
        total = math.fsum(entry.value for entry in entries.values())
        if abs(total - 1) <= sum_room(entry.unit for entry in entries.values()) + _LAST_DIGITS:
            return {}
        return {self.together: _sum_is_not_one(total)}

    def stored(self, values: Mapping[Slot, float]) -> Mapping[Slot, float]:
        """Each number divided by the sum of all."""
        total = math.fsum(values.values())
        if abs(total - 1) <= _LAST_DIGITS:
            return values
        return {slot: value / total for slot, value in values.items()}


def sum_room(units: Iterable[float]) -> float:
    """How far the sum of a choice may lie from 1: what rounding its numbers to their last places leaves over.

    `units` has the last place of each, as a fraction. A form, the JSON interface and files are judged by it alike.

    >>> sum_room([0.001] * 4), sum_room([0.0001] * 120)
    (0.0025, 0.006)
    """
    return max(TOLERANCE, sum_rounding(min(unit, _COARSEST) for unit in units))


def _sum_is_not_one(total: float) -> str:
    said = {"total": exact_percent(total), "rest": exact_percent(abs(total - 1)), "whole": exact_percent(1)}
    if total > 1:
        return _("The numbers add up to %(total)s: take away %(rest)s, so that they make %(whole)s.", **said)
    return _("The numbers add up to %(total)s: add %(rest)s, so that they make %(whole)s.", **said)
