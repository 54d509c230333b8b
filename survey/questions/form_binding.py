"""From a question to the fields of its form, and from a form or a JSON body to rows."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flask_babel import force_locale
from wtforms import BooleanField, Form

from ..errors import InvalidAnswer
from ..i18n.locale import gettext as _
from ..i18n.normalization import Unreadable
from . import number_parsing
from .base import EnteredValue, Kind, Row, Slot, not_asked
from .fields import GRAMMARS, DateField, EntryField, NumberField, ProbabilityField, SumField
from .kinds import kind_of

if TYPE_CHECKING:
    from ..models.question import Option, Question

FIELDS: dict[str, type[EntryField]] = {
    "probability": ProbabilityField,
    "number": NumberField,
    "date": DateField,
}
DOORS = {
    "probability": number_parsing.fraction,
    "number": number_parsing.json_number,
    "date": number_parsing.json_date,
}


def answer_fields(question: "Question", asked: Sequence["Option"], language: str) -> dict[str, Any]:
    """The fields of a question's form by name, unbound, in the order of the page.

    One box for each slot of the kind; after it, where the question's range is open, a tick for "above …" or
    "below …", named like the box with ``-above`` or ``-below`` behind. Last, where the kind judges that, what all
    of them have in common. The form adds `format` itself.
    """
    kind = kind_of(question)
    options = {option.key: option for option in asked}
    fields: dict[str, Any] = {}
    with force_locale(language):
        for slot in kind.slots(question, asked):
            label = kind.label(question, options[slot.option], slot, language)
            fields[slot.field] = FIELDS[slot.sort](label, render_kw=_keyboard(question, slot))
            fields |= _ticks(kind, question, slot, language)
        if kind.together:
            fields[kind.together] = SumField(_("Together"))
    return fields


def read(kind: Kind, question: "Question", asked: Sequence["Option"], form: Form) -> list[Row]:
    """The rows of a form made with `answer_fields`.

    Raises InvalidAnswer with a sentence for each field that is wrong, in the order of the page; the form
    keeps all texts.
    """
    return kind.rows(question, asked, *read_entries(kind, question, asked, form))


def read_entries(
    kind: Kind, question: "Question", asked: Sequence["Option"], form: Form
) -> tuple[dict[str, EnteredValue], dict[str, str]]:
    """The numbers of a form by field, and a sentence for each field that holds none, before any check."""
    entries, unreadable = {}, {}
    for slot in kind.slots(question, asked):
        try:
            entry = _entry(slot, form)
        except Unreadable as error:
            unreadable[slot.field] = str(error)
        else:
            if entry is not None:
                entries[slot.field] = entry
    return entries, unreadable


def read_json(kind: Kind, question: "Question", asked: Sequence["Option"], values: object) -> list[Row]:
    """The rows of a JSON object from field name to number (a fraction), or to text for a date.

    Raises InvalidAnswer like `read`; also for a field that the question does not ask.
    """
    return kind.rows(question, asked, *read_json_entries(kind, question, asked, values))


def read_json_entries(
    kind: Kind, question: "Question", asked: Sequence["Option"], values: object
) -> tuple[dict[str, EnteredValue], dict[str, str]]:
    """The numbers of a JSON object by field, and a sentence for each field that holds none or is not asked.

    Raises InvalidAnswer where there is no object at all.
    """
    if not isinstance(values, Mapping):
        raise InvalidAnswer(errors={"values": _("Give an object from field name to number.")})
    doors = {slot.field: DOORS[slot.sort] for slot in kind.slots(question, asked)}
    entries, unreadable = {}, {}
    for field, value in values.items():
        try:
            if field not in doors:
                raise Unreadable(not_asked())
            entries[field] = doors[field](value)
        except Unreadable as error:
            unreadable[field] = str(error)
    return entries, unreadable


def input_format(kind: Kind, form: Form) -> str:
    """How the numbers of a form were written: percent, odds or one_in_n, number, date."""
    first = kind.input_formats[0]
    return str(form["format"].data) if len(kind.input_formats) > 1 and "format" in form else first


def as_entered(slots: Sequence[Slot], rows: Iterable[Row], input_format: str) -> dict[str, str | bool]:
    """Form data that shows a stored answer as it was entered, ticks and `format` included.

    What came as a fraction from the JSON interface is shown in percent: in a box it would mean another one.
    """
    places = {(slot.option, slot.part): slot for slot in slots}
    data: dict[str, str | bool] = {}
    if input_format in (*GRAMMARS, "fraction"):
        data["format"] = "percent" if input_format == "fraction" else input_format
    for row in rows:
        if slot := places.get((row.option, row.part)):
            ticked = [beyond.field for beyond in slot.beyond if beyond.side == row.entered]
            text = _percent_text(row.value) if input_format == "fraction" else row.entered
            data |= dict.fromkeys(ticked, True) if ticked else {slot.field: text}
    return data


def place_errors(form: Form, errors: Mapping[str, str]) -> str | None:
    """Put each sentence beside its field; the name of the first, where the cursor goes."""
    first = None
    for name, sentence in errors.items():
        if name in form:
            form[name].errors = [sentence]
            first = first or name
    return first


def _entry(slot: Slot, form: Form) -> EnteredValue | None:
    entry: EnteredValue | None = form[slot.field].read(form)
    ticked = [beyond for beyond in slot.beyond if form[beyond.field].data]
    if not ticked:
        return entry
    if entry is not None or len(ticked) > 1:
        raise Unreadable(_("Either write a value or tick one box, not both."))
    return EnteredValue(ticked[0].value, ticked[0].side)


def _ticks(kind: Kind, question: "Question", slot: Slot, language: str) -> dict[str, Any]:
    return {
        tick.field: BooleanField(kind.beyond_label(question, tick.side, language)) for tick in slot.beyond
    }


def _keyboard(question: "Question", slot: Slot) -> dict[str, str]:
    """The decimal keyboard of a phone has no minus: where a number may be negative, ask for the whole one."""
    below_zero = slot.sort == "number" and (question.open_lower or (question.lower or 0) < 0)
    return {"inputmode": "text"} if below_zero and question.scale != "log" else {}


def _percent_text(p: float) -> str:
    return f"{(Decimal(repr(p)) * 100).normalize():f}"
