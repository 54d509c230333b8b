"""What a kind of question is: the numbers it asks for, its checks, and the rows it leaves."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from ..errors import InvalidAnswer
from ..i18n.locale import gettext as _

if TYPE_CHECKING:
    from ..models.question import Option, Question


@dataclass(frozen=True)
class EnteredValue:
    """One number as it came in.

    Attributes
    ----------
    value
        A fraction from 0 to 1 for a probability, the number itself, or days since 1970-01-01.
    entered
        As it was typed; `repr` of a JSON number; the side for "above …" and "below …".
    unit
        One in the last place it was written to, in the unit of `value`: 0.001 for 12.5 %. 0 for what nobody rounded.
    """

    value: float
    entered: str
    unit: float = field(default=0.0, repr=False, compare=False)


@dataclass(frozen=True)
class Beyond:
    """A tick beside a number that stands for "farther out than the question's range".

    Attributes
    ----------
    field
        Name of the box to tick, ``q-0.95-above``.
    side
        ``above`` or ``below``; stored as what was entered.
    value
        What is stored for it: the bound plus the range.
    """

    field: str
    side: str
    value: float


@dataclass(frozen=True)
class Slot:
    """One number a kind asks for.

    Attributes
    ----------
    field
        Name in forms and in the JSON interface: ``p-yes``, ``p-2027-06-30``, ``q-0.05``.
    option, part
        Where the number is stored: the option's key, and ``p`` or ``q0.05``.
    sort
        ``probability``, ``number`` or ``date``: which field reads it.
    beyond
        The ticks offered beside it, where the question's range is open.
    """

    field: str
    option: str
    part: str
    sort: str
    beyond: tuple[Beyond, ...] = ()


@dataclass(frozen=True)
class Row:
    """One stored number of an answer."""

    option: str
    part: str
    value: float
    entered: str


class Kind(ABC):
    """One kind of question. A subclass says what is asked, what is refused, and how it is exported.

    `asked` is always the options that take an answer now, in the question's order.
    """

    name: ClassVar[str]
    input_formats: ClassVar[tuple[str, ...]]
    #: What is wrong with all numbers together is said under this name, of kinds that have such a thing.
    together: ClassVar[str] = ""

    @abstractmethod
    def slots(self, question: "Question", asked: Sequence["Option"]) -> list[Slot]:
        """The numbers asked for, in the order of the page."""

    @abstractmethod
    def label(self, question: "Question", option: "Option", slot: Slot, language: str) -> str:
        """The words beside a slot's field."""

    def beyond_label(self, question: "Question", side: str, language: str) -> str:
        """The words beside a tick, of kinds whose slots have some."""
        raise NotImplementedError(f"{self.name} has no ticks")

    @abstractmethod
    def fault(self, question: "Question", slot: Slot, value: float) -> str | None:
        """What is wrong with a number by itself, as a sentence."""

    @abstractmethod
    def output(self, question: "Question", option: "Option", part: str) -> tuple[str, str]:
        """`output_type` (pmf, cdf or quantile) and `output_type_id` of the export."""

    def missing(self, slots: Sequence[Slot], given: frozenset[str]) -> dict[str, str]:
        """Sentences for fields that were left empty: every one is needed."""
        return {slot.field: _MISSING[slot.sort]() for slot in slots if slot.field not in given}

    def faults_together(
        self, question: "Question", asked: Sequence["Option"], entries: Mapping[Slot, EnteredValue]
    ) -> dict[str, str]:
        """What is wrong with numbers beside each other; `entries` has those right by themselves."""
        return {}

    def stored(self, values: Mapping[Slot, float]) -> Mapping[Slot, float]:
        """The numbers as they are kept, once all are right."""
        return values

    def rows(
        self,
        question: "Question",
        asked: Sequence["Option"],
        entries: Mapping[str, EnteredValue],
        unreadable: Mapping[str, str] | None = None,
    ) -> list[Row]:
        """The rows to store, in the order of the page; none where nothing is asked.

        Parameters
        ----------
        entries
            Field name to number. An empty field is left out.
        unreadable
            Field name to sentence, of fields that hold no number.

        Raises
        ------
        InvalidAnswer
            With the sentence of every field that is wrong, in the order of the page.
        """
        slots = self.slots(question, asked)
        fields = {slot.field for slot in slots}
        errors = dict(unreadable or {}) | {field: not_asked() for field in entries if field not in fields}
        # A box that holds no number is not empty: one sentence a field.
        errors |= self.missing(slots, frozenset(entries) | frozenset(errors))
        right = self._right(question, slots, entries, errors)
        errors |= self.faults_together(question, asked, right)
        if errors:
            raise InvalidAnswer(errors=_in_page_order(slots, errors))
        kept = self.stored({slot: entry.value for slot, entry in right.items()})
        return [Row(slot.option, slot.part, kept[slot], entry.entered) for slot, entry in right.items()]

    def _right(
        self,
        question: "Question",
        slots: Sequence[Slot],
        entries: Mapping[str, EnteredValue],
        errors: dict[str, str],
    ) -> dict[Slot, EnteredValue]:
        """The numbers that are right by themselves; a sentence for each other one goes to `errors`."""
        right = {}
        for slot in slots:
            if slot.field in errors or slot.field not in entries:
                continue
            if fault := self.fault(question, slot, entries[slot.field].value):
                errors[slot.field] = fault
            else:
                right[slot] = entries[slot.field]
        return right


_MISSING = {
    "probability": lambda: _("Give a probability here, or say of the whole question “I can’t judge this”."),
    "number": lambda: _("Give a number here, or say of the whole question “I can’t judge this”."),
    "date": lambda: _("Give a date here, or say of the whole question “I can’t judge this”."),
}


def not_asked() -> str:
    """The sentence for a field that no slot has."""
    return _("The question does not ask this, or no longer does.")


def _in_page_order(slots: Sequence[Slot], errors: Mapping[str, str]) -> dict[str, str]:
    fields = [slot.field for slot in slots if slot.field in errors]
    return {field: errors[field] for field in dict.fromkeys([*fields, *errors])}
