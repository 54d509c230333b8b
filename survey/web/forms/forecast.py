"""The form of a forecast, made from its question's kind, and of an act without anything to type."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from flask import request
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Optional, Regexp

from ... import clock
from ...i18n.locale import current_language
from ...i18n.locale import gettext as _
from ...models import IDEMPOTENCY_KEY, Option, Question
from ...questions import answer_fields, input_format, kind_of
from ...questions.fields import FormatField, ProbabilityField
from ...questions.form_binding import read_entries
from ...questions.number_parsing import LONGEST
from ...services.forecast_submit import ForecastInput
from .whole_number import whole_number

STEPS = ("1", "2", "3", "4", "5")
#: Characters left of a reason from which on a page counts them.
NEARLY_FULL = 1_000
#: Somebody who leaves a page open overnight did not think about it all night.
LONGEST_LOOK = 4 * 60 * 60
#: No page was made later, in seconds since 1970.
LATEST = 10**12


def key_field() -> HiddenField:
    """The key of the act that a form asks for, made with the page."""
    return HiddenField(validators=[InputRequired(), Regexp(rf"{IDEMPOTENCY_KEY}\Z")])


class ActForm(FlaskForm):  # type: ignore[misc]
    """One act without anything to type: affirm or withdraw. The key makes a repeat the same act."""

    key = key_field()


class AnswerForm(FlaskForm):  # type: ignore[misc]
    """What all kinds of question have in common; `answer_form` adds the boxes of the kind.

    `key` is new for each rendering and kept when the form is refused. `base_revision` is the revision the page
    showed, `opened` the moment it was made, in seconds: both are hints, and nothing is refused for their sake.

    Attributes
    ----------
    asks_what_changed
        Whether the page shows the tick that there is nothing to add to a large change.
    previewing
        Whether the page shows the reason as others would read it.
    is_change
        Whether this page had saved something else before, so that saving it again is a change of that.
    """

    asks_what_changed = False
    is_change = False
    previewing = False

    key = key_field()
    base_revision = HiddenField()
    opened = HiddenField()
    rationale = TextAreaField(validators=[Optional()])
    nothing_to_add = BooleanField()
    # Lists, no segments: both fit one line of a phone, and what was chosen can be taken back.
    confidence = SelectField(validators=[Optional()], coerce=str)
    expertise = SelectField(validators=[Optional()], coerce=str)

    def answer(self, question: Question, boxes: Sequence[Option], *, crowd_seen: bool) -> ForecastInput:
        """The form as the action takes it; numbers are read, not yet checked."""
        kind = kind_of(question)
        entries, unreadable = read_entries(kind, question, boxes, self)
        return ForecastInput(
            key=self.key.data,
            entries=entries,
            unreadable=unreadable,
            input_format=input_format(kind, self),
            language=current_language(),
            rationale=as_sent("rationale", self.rationale.data or ""),
            confidence=_step(self.confidence.data),
            expertise=_step(self.expertise.data),
            seconds_on_page=self._seconds(question),
            crowd_seen=crowd_seen,
            nothing_to_add=bool(self.nothing_to_add.data),
        )

    def _seconds(self, question: Question) -> int | None:
        opened = whole_number(self.opened.data, LATEST)
        if question.survey.protected or opened is None:
            return None
        seconds = int(clock.now().timestamp()) - opened
        return seconds if 0 <= seconds <= LONGEST_LOOK else None


def answer_form(
    question: Question,
    boxes: Sequence[Option],
    *,
    values: Mapping[str, Any] | None = None,
    base_revision: int = 0,
) -> AnswerForm:
    """The form of a question, bound to the request where it is one that sends it.

    Parameters
    ----------
    boxes
        The options that get a box: those asked now, and those this request sent one for.
    values
        What stands in the boxes of a fresh form: the person's own last answer, or nothing.
    """
    language = current_language()
    fields: dict[str, Any] = answer_fields(question, boxes, language)
    if len(kind_of(question).input_formats) > 1:
        fields["format"] = FormatField(validators=[Optional()])
    form_class = type("QuestionForm", (AnswerForm,), fields)
    start = {"key": fresh_key(), "base_revision": str(base_revision), "opened": str(_seconds_now())}
    form: AnswerForm = form_class(data=start | dict(values or {}))
    _label(form)
    form.rationale.flags.required = question.rationale_required
    return form


def put_otherwise(form: AnswerForm) -> bool:
    """Put into a box what its refusal has offered to say instead, where the request presses that; nothing is stored.

    The button's value is the field's name and the text, with a space between.
    """
    name, _space, text = request.form.get("put", "").partition(" ")
    if name not in form or not isinstance(form[name], ProbabilityField) or len(text) > LONGEST:
        return False
    box = form[name]
    box.data, box.raw_data = text, [text]
    box.render_kw = {**box.render_kw, "autofocus": True}
    return True


def fresh_key() -> str:
    """An idempotency key for one rendering of a form."""
    return str(uuid.uuid4())


def _label(form: AnswerForm) -> None:
    form.rationale.label.text = _("Why?")
    form.nothing_to_add.label.text = _("Nothing to add: save the change as it is")
    form.confidence.label.text = _("How sure?")
    form.expertise.label.text = _("How expert?")
    form.confidence.choices = _steps(_("a guess"), _("sure"))
    form.expertise.choices = _steps(_("little"), _("expert"))


def _steps(lowest: str, highest: str) -> list[SelectChoice]:
    """Nothing, or 1 to 5; the ends say what they mean."""
    ends = {STEPS[0]: f"{STEPS[0]} {lowest}", STEPS[-1]: f"{STEPS[-1]} {highest}"}
    return [SelectChoice("", "–"), *(SelectChoice(step, ends.get(step, step)) for step in STEPS)]


def _step(text: str | None) -> int | None:
    return int(text) if text in STEPS else None


def as_sent(name: str, text: str) -> str:
    """A field's text, with surrogates for bytes that were no UTF-8, so that `clean_text` refuses them.

    Werkzeug writes such bytes as ``%ED%A0%80``: other words than were sent, and as good as typed.
    """
    body = request.get_data().decode(errors="surrogateescape")
    sent = parse_qsl(body, keep_blank_values=True, errors="surrogateescape")
    return next((value for field, value in sent if field == name), text)


def _seconds_now() -> int:
    return int(clock.now().timestamp())
