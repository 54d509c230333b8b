"""About you: what the organizer asks about the people who answer; all of it optional, and taken back at will."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import flash, redirect, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import Field, RadioField, SelectMultipleField, StringField
from wtforms.widgets import CheckboxInput, ListWidget

from ... import clock
from ...errors import InvalidAnswer, SurveyClosed
from ...i18n.locale import current_language, ngettext
from ...i18n.locale import gettext as _
from ...models import BackgroundQuestion, Participant, Survey
from ...questions import place_errors
from ...questions.fields import NumberField
from ...services import background_answers
from ...services.background_answers import Value
from ...store.engine import db
from ...store.transaction import transaction
from ..forms.forecast import as_sent
from ..identity import survey_by_slug
from ..layout import page
from .enrollment import PageAnswer, blueprint, require_agreement, require_participant

#: Keeps a question's key apart from the form's own fields.
PREFIX = "about-"


@blueprint.app_context_processor
def questions_about_people() -> dict[str, Callable[[Survey], int]]:
    """For the page after joining: how many things a survey asks about the people themselves."""
    return {"about_me_asked": lambda survey: len(background_answers.asked(db.session, survey))}


@blueprint.get("/about-me")
def about_me(slug: str) -> PageAnswer:
    """The questions, with what this person has said."""
    survey, person = _asked_person(slug)
    questions = background_answers.asked(db.session, survey)
    return _about_page(
        survey, person, questions, _form(questions, background_answers.said(db.session, person))
    )


@blueprint.post("/about-me")
def say_about_me(slug: str) -> PageAnswer:
    """Store what changed; a form that comes twice changes nothing more."""
    survey, person = _asked_person(slug)
    questions = background_answers.asked(db.session, survey)
    form = _form(questions, {})
    try:
        _refuse_unread(form)
        values = {question.key: _value(form[PREFIX + question.key], form) for question in questions}
        changed = transaction(lambda session: background_answers.say(session, person, values))
    except InvalidAnswer as refused:
        place_errors(form, {_field_name(name): said for name, said in refused.errors.items()})
        return _about_page(survey, person, questions, form), 422
    except SurveyClosed as closed:
        flash(" ".join([closed.sentence, _("Nothing was stored.")]), "warning")
        return redirect(url_for("participant.about_me", slug=slug), 303)
    flash(_stored(changed))
    return redirect(url_for("participant.about_me", slug=slug), 303)


@blueprint.post("/about-me/take-back")
def take_back_about_me(slug: str) -> Response:
    """Take back everything said about oneself; forecasts stay."""
    survey = survey_by_slug(slug)
    person = require_participant(survey)
    taken = transaction(lambda session: background_answers.take_back(session, person))
    flash(
        ngettext("One answer was withdrawn.", "%(num)s answers were withdrawn.", taken)
        if taken
        else _("There was nothing to withdraw.")
    )
    return redirect(url_for("participant.about_me", slug=slug), 303)


def _asked_person(slug: str) -> tuple[Survey, Participant]:
    survey = survey_by_slug(slug)
    person = require_participant(survey)
    require_agreement(survey, person)
    return survey, person


def _about_page(
    survey: Survey, person: Participant, questions: Sequence[BackgroundQuestion], form: FlaskForm
) -> str:
    return page(
        "participant/background.html",
        survey,
        form=form,
        fields=[form[PREFIX + question.key] for question in questions],
        said=len(background_answers.said(db.session, person)),
        opens=survey.is_open(clock.now(db.session)),
    )


def _form(questions: Sequence[BackgroundQuestion], values: Mapping[str, Value]) -> FlaskForm:
    """A form with a field for each question, bound to the request where it is one that sends it."""
    language = current_language()
    fields: dict[str, Any] = {
        PREFIX + question.key: _FIELDS[question.kind](question, language) for question in questions
    }
    start = {
        PREFIX + question.key: _in_field(question, values[question.key])
        for question in questions
        if question.key in values
    }
    return type("AboutForm", (FlaskForm,), fields)(data=start)


def _in_field(question: BackgroundQuestion, value: Value) -> Any:
    """What stands in a field for a stored value: a single has one key, a box has text."""
    if question.kind == "single" and isinstance(value, list):
        return value[0]
    return f"{value:.15g}" if isinstance(value, int | float) else value


def _refuse_unread(form: FlaskForm) -> None:
    """Refuse what is no number where one is asked for, with the sentence of the grammar."""
    form.validate()
    errors = {name: " ".join(map(str, said)) for name, said in form.errors.items() if name.startswith(PREFIX)}
    if errors:
        raise InvalidAnswer(errors)


def _value(field: Field, form: FlaskForm) -> Value:
    """What one field says."""
    if isinstance(field, NumberField):
        entry = field.read(form)
        return entry.value if entry is not None else None
    sent: list[str] = list(field.raw_data or [])
    if isinstance(field, RadioField | SelectMultipleField):
        return [key for key in sent if key]
    # Two texts for one box are no text: which of them was meant is not ours to say.
    return sent if len(sent) > 1 else as_sent(field.name, str(field.data or ""))


def _field_name(name: str) -> str:
    return name if name.startswith(PREFIX) else PREFIX + name


def _stored(changed: int) -> str:
    if not changed:
        return _("Nothing changed: all of this was stored before.")
    return ngettext("One answer was stored.", "%(num)s answers were stored.", changed)


def _single(question: BackgroundQuestion, language: str) -> Field:
    choices = [(option.key, option.text(language)) for option in question.options]
    return RadioField(
        **_words(question, language),
        choices=[*choices, ("", _("No answer"))],
        default="",
        validate_choice=False,
    )


def _multi(question: BackgroundQuestion, language: str) -> Field:
    return SelectMultipleField(
        **_words(question, language),
        choices=[(option.key, option.text(language)) for option in question.options],
        validate_choice=False,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


def _text(question: BackgroundQuestion, language: str) -> Field:
    return StringField(**_words(question, language))


def _number(question: BackgroundQuestion, language: str) -> Field:
    return NumberField(**_words(question, language))


def _words(question: BackgroundQuestion, language: str) -> dict[str, Any]:
    text = question.text(language)
    return {"label": text.label, "description": text.hint}


_FIELDS: dict[str, Callable[[BackgroundQuestion, str], Field]] = {
    "single": _single,
    "multi": _multi,
    "text": _text,
    "number": _number,
}
