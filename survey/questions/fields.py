"""Form fields for the numbers of an answer. Each keeps its text as typed: a refused form loses nothing."""

from typing import Any, ClassVar

from wtforms import Form, RadioField, StringField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.widgets import DateInput

from ..i18n.locale import gettext as _
from ..i18n.normalization import Unreadable
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
        if len(texts) > 1:
            raise Unreadable(_("Two numbers came for one box; give one."))
        if not any(text.strip(number_parsing.SPACES) for text in texts):
            return None
        return self.parse(texts[0], form)

    def parse(self, text: str, form: Form) -> EnteredValue:
        """Text that is not empty, by the grammar of the field."""
        raise NotImplementedError


class ProbabilityField(EntryField):
    """A probability. The form's field `format` chooses the grammar; without one it is percent."""

    attributes = {"inputmode": "decimal"}

    def parse(self, text: str, form: Form) -> EnteredValue:
        chosen = form["format"].data if "format" in form else "percent"
        if chosen not in GRAMMARS:
            raise Unreadable(_("Choose percent, odds or 1 in n for this number."))
        return GRAMMARS[chosen](text)


class NumberField(EntryField):
    """A number in the unit of the question."""

    attributes = {"inputmode": "decimal"}

    def parse(self, text: str, form: Form) -> EnteredValue:
        return number_parsing.number(text)


class DateField(EntryField):
    """A date. Browsers show their own calendar, in the reader's order, and send year-month-day."""

    widget = DateInput()

    def parse(self, text: str, form: Form) -> EnteredValue:
        return number_parsing.date(text)


class FormatField(RadioField):  # type: ignore[misc]
    """How the probabilities of a form are written. It belongs in the form under the name `format`."""

    def __init__(self, label: str | None = None, **settings: Any) -> None:
        said = {"percent": _("percent"), "odds": _("odds"), "one_in_n": _("1 in n")}
        choices = [SelectChoice(name, words) for name, words in said.items()]
        super().__init__(label or _("Say it as"), choices=choices, default="percent", **settings)
