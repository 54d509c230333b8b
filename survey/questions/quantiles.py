"""What the kinds that ask for a number share: quantiles within a range whose ends may be open."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar

from scoring.value_range import ValueRange

from ..i18n.formatting import exact_percent
from ..i18n.locale import current_language
from ..i18n.locale import gettext as _
from .base import Beyond, EnteredValue, Kind, Slot

if TYPE_CHECKING:
    from ..models.question import Option, Question


class QuantileKind(Kind):
    """A kind that asks for the values below which the outcome lies with the probabilities of the question."""

    sort: ClassVar[str]

    @abstractmethod
    def range(self, question: "Question") -> ValueRange:
        """The values the answer may take."""

    @abstractmethod
    def said(self, question: "Question", value: float, language: str) -> str:
        """A value as the page says it."""

    @abstractmethod
    def range_said(self, question: "Question", low: float, high: float, language: str) -> str:
        """Two values as the ends of one range, their unit said once."""

    @abstractmethod
    def level_label(self, level: float) -> str:
        """What a level means, in words."""

    def slots(self, question: "Question", asked: Sequence["Option"]) -> list[Slot]:
        ends = self.range(question)
        return [
            Slot(field := f"q-{level:g}", option.key, f"q{level:g}", self.sort, _ticks(field, ends))
            for option in asked
            for level in question.quantile_levels
        ]

    def label(self, question: "Question", option: "Option", slot: Slot, language: str) -> str:
        level = level_of(slot.part)
        return f"{exact_percent(level, language)}: {self.level_label(level)}"

    def fault(self, question: "Question", slot: Slot, value: float) -> str | None:
        """Whether a value can be an answer at all."""
        ends = self.range(question)
        # What a tick stands for may be no whole number, as on a log scale: nobody has typed it.
        if any(value == beyond.value for beyond in slot.beyond):
            return None
        if ends.whole and value != int(value):
            return _("Only whole numbers are asked for here.")
        if ends.log and value <= 0:
            return _("Only numbers above 0 are asked for here.")
        if value < ends.lower and not ends.open_lower:
            return _("At least %(bound)s.", bound=self.said(question, ends.lower, current_language()))
        if value > ends.upper and not ends.open_upper:
            return _("At most %(bound)s.", bound=self.said(question, ends.upper, current_language()))
        return None

    def faults_together(
        self, question: "Question", asked: Sequence["Option"], entries: Mapping[Slot, EnteredValue]
    ) -> dict[str, str]:
        """A sentence at each value that is below the one before it, or equal where that cannot be."""
        ends = self.range(question)
        values = {slot: entry.value for slot, entry in entries.items()}
        errors = {}
        for before, after in pairwise(values):
            if values[after] < values[before]:
                sentence = _cannot_come_before
            elif values[after] == values[before] and not ends.may_repeat(values[after]):
                sentence = _has_to_come_after
            else:
                continue
            level = exact_percent(level_of(before.part))
            value = self.said(question, values[before], current_language())
            errors[after.field] = sentence(value, level)
        return errors

    def output(self, question: "Question", option: "Option", part: str) -> tuple[str, str]:
        return "quantile", f"{level_of(part):g}"


def level_of(part: str) -> float:
    """The level that a part is of.

    >>> level_of("q0.05")
    0.05
    """
    return float(part.removeprefix("q"))


def _cannot_come_before(value: str, level: str) -> str:
    return _("This cannot come before %(value)s, your answer at %(level)s.", value=value, level=level)


def _has_to_come_after(value: str, level: str) -> str:
    return _("This has to come after %(value)s, your answer at %(level)s.", value=value, level=level)


def _ticks(field: str, ends: ValueRange) -> tuple[Beyond, ...]:
    sides = {"below": ends.below, "above": ends.above}
    return tuple(Beyond(f"{field}-{side}", side, value) for side, value in sides.items() if value is not None)


def bounds(question: "Question") -> tuple[float, float]:
    """Lower and upper bound; every question about a number has them, the database sees to it."""
    if question.lower is None or question.upper is None:
        raise ValueError(f"question {question.key} asks for a number and has no range")
    return question.lower, question.upper


def quantile_said(kind: QuantileKind, question: "Question", value: float) -> str:
    """A number or date as a page says it; one that stands for "beyond" is said so."""
    ends, language = kind.range(question), current_language()
    for side, beyond in (("above", ends.above), ("below", ends.below)):
        if beyond is not None and value == beyond:
            return kind.beyond_label(question, side, language)
    return kind.said(question, value, language)
