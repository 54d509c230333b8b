"""Form fields for the numbers of an answer. Each keeps its text as typed: a refused form loses nothing."""

from typing import Any, ClassVar

from wtforms import Field, Form, IntegerField, RadioField, StringField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.widgets import DateInput

from ..i18n.locale import gettext as _
from ..i18n.normalization import Unreadable, trimmed
from . import number_parsing
from .base import EnteredValue

GRAMMARS = {
    "percent": number_parsing.percent,
    "odds": number_parsing.odds,
    "one_in_n": number_parsing.one_in_n,
}


class EntryField(StringField):  # type: ignore[misc]
    """A box for one number. `data` is its text; `read` makes a number of it."""

    attributes: ClassVar[dict[str, str]] = {}

    def __init__(self, label: str, render_kw: dict[str, str] | None = None, **settings: Any) -> None:
        attributes = {"autocomplete": "off"} | self.attributes | (render_kw or {})
        super().__init__(label, render_kw=attributes, **settings)

    def pre_validate(self, form: Form) -> None:
        """Show what `read` would refuse beside the field."""
        try:
            self.read(form)
        except Unreadable as unreadable:
            raise ValidationError(str(unreadable)) from None

    def read(self, form: Form) -> EnteredValue | None:
        """The number in the box, None where the box is empty; Unreadable where it holds anything else."""
        texts = self.raw_data or []
        # Which of them was meant nobody knows: WTForms would take the first.
        if len(texts) > 1:
            raise Unreadable(_("Two numbers came for one box; give one."))
        if not any(map(trimmed, texts)):
            return None
        return self.parse(texts[0], form)

    def parse(self, text: str, form: Form) -> EnteredValue:
        """Text that is not empty, by the grammar of the field."""
        raise NotImplementedError


class ProbabilityField(EntryField):
    """A probability. The form's field `format` chooses the grammar; without one it is percent.

    `offer` is what was typed in the way of the form, where it is a chance in another one; else empty.
    """

    offer = offer_unit = ""
    attributes = {"inputmode": "decimal"}

    def parse(self, text: str, form: Form) -> EnteredValue:
        chosen = form["format"].data if "format" in form else "percent"
        if chosen not in GRAMMARS:
            raise Unreadable(_("Choose percent, odds or 1 in n for this number."))
        self.offer = ""
        try:
            return GRAMMARS[chosen](text)
        except Unreadable:
            self.offer = number_parsing.said_as(chosen, text)
            self.offer_unit = "%" if chosen == "percent" else ""
            raise


class NumberField(EntryField):
    """A number in the unit of the question."""

    attributes = {"inputmode": "decimal"}

    def parse(self, text: str, form: Form) -> EnteredValue:
        return number_parsing.number(text)


class WholeNumberField(IntegerField):  # type: ignore[misc]
    """A count or a number of days, in the digits of any script; what nobody sees around it is left out."""

    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        """The number, or the sentence that asks for one; the text stays as it was typed."""
        try:
            super().process_formdata([number_parsing.folded(text) for text in valuelist])
        except ValueError:
            self.data = None
            raise ValueError(_("Write a whole number in digits, such as 30.")) from None


class DateField(EntryField):
    """A date. Browsers show their own calendar, in the reader's order, and send year-month-day."""

    widget = DateInput()

    def parse(self, text: str, form: Form) -> EnteredValue:
        return number_parsing.date(text)


class SumField(Field):  # type: ignore[misc]
    """All numbers of a form together: it is never sent, and has a place of its own for what is wrong with them."""

    def process(self, *_given: Any, **_more: Any) -> None:
        """Take nothing from what was sent."""
        super().process(None)


class FormatField(RadioField):  # type: ignore[misc]
    """How the probabilities of a form are written. It belongs in the form under the name `format`."""

    def __init__(self, label: str | None = None, **settings: Any) -> None:
        said = {"percent": _("percent"), "odds": _("odds"), "one_in_n": _("1 in n")}
        choices = [SelectChoice(name, words) for name, words in said.items()]
        super().__init__(label or _("Say it as"), choices=choices, default="percent", **settings)
