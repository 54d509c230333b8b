"""One of several: a probability for each option, together 100 %."""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ..i18n.formatting import exact_percent
from ..i18n.locale import gettext as _
from .base import Slot
from .probability import ProbabilityKind

if TYPE_CHECKING:
    from ..models.question import Option, Question

TOLERANCE = 0.0025
"""How far a sum may lie from 1: what rounding three or four numbers to a tenth of a point leaves over."""

# A sum that misses 1 by the last digits of a double only is 1: those numbers are kept as they were given.
_LAST_DIGITS = 1e-12


class Choice(ProbabilityKind):
    """Exactly one option comes true. What is stored sums to 1; what was typed is kept beside it."""

    name = "choice"
    pooled = "jointly"

    def faults_together(
        self, question: "Question", asked: Sequence["Option"], values: Mapping[Slot, float]
    ) -> dict[str, str]:
        """Whether the numbers make 100 %, once all are there. The sentence stands at the first of them."""
        if not values or len(values) < len(asked):
            return {}
        total = math.fsum(values.values())
        if abs(total - 1) <= TOLERANCE + _LAST_DIGITS:
            return {}
        return {next(iter(values)).field: _sum_is_not_one(total)}

    def stored(self, values: Mapping[Slot, float]) -> Mapping[Slot, float]:
        """Each number divided by the sum of all."""
        total = math.fsum(values.values())
        if abs(total - 1) <= _LAST_DIGITS:
            return values
        return {slot: value / total for slot, value in values.items()}


def _sum_is_not_one(total: float) -> str:
    said = {"total": exact_percent(total), "rest": exact_percent(abs(total - 1)), "whole": exact_percent(1)}
    if total > 1:
        return _("The numbers add up to %(total)s: take away %(rest)s, so that they make %(whole)s.", **said)
    return _("The numbers add up to %(total)s: add %(rest)s, so that they make %(whole)s.", **said)
