"""The form that says what came out of a question: fields by kind, read into outcomes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from ...i18n.locale import current_language
from ...i18n.locale import gettext as _
from ...i18n.normalization import Unreadable, clean_text
from ...models import Question
from ...questions import kind_of, number_parsing
from ...questions.quantiles import QuantileKind
from ...services.resolution_rules import YES_OR_NO, InvalidOutcome, Outcome
from ..forms.moment import typed_moment

ANNULLED = "annulled"
VALUES = {"yes": 1.0, "no": 0.0}
RUNG = "rung-"
GRAMMARS = {"numeric": number_parsing.number, "date": number_parsing.date}


class ResolveForm(FlaskForm):  # type: ignore[misc]
    """What every kind asks: since when it could be known, where it can be checked, why."""

    known_from = StringField(validators=[InputRequired(), Length(max=40)])
    source = StringField(validators=[InputRequired(), Length(max=2000)])
    why = TextAreaField(validators=[Length(max=10_000)])

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.known_from.label.text = _("Known from, in UTC")
        self.known_from.description = _(
            "The moment from which one could know, such as 2027-06-30 14:00. What came in on that day or"
            " later is not scored."
        )
        self.source.label.text = _("Source")
        self.source.description = _("Where everybody can check it: title, publisher, date, address.")
        self.why.label.text = _("Why")
        self.why.description = _("What decided, above all where the criteria leave room.")

    @property
    def own_fields(self) -> list[Field]:
        """The fields about the outcome itself, in the order of the page."""
        return [self[name] for name in self.own_names]

    own_names: Sequence[str] = ()


def resolve_form(question: Question, branch: str | None = None) -> ResolveForm:
    """The form of a question, with what was sent in it.

    Parameters
    ----------
    branch
        Of a pair the branch whose condition is known to have come true; the form then does not ask it.
    """
    fields = _fields(question, branch)
    form_class = type("QuestionResolveForm", (ResolveForm,), {**fields, "own_names": tuple(fields)})
    return form_class()  # type: ignore[no-any-return]


def read_outcomes(question: Question, form: ResolveForm, branch: str | None = None) -> list[Outcome]:
    """What the form says.

    Raises
    ------
    InvalidOutcome
        With the sentence of every field that cannot be read; where the form itself found a fault, beside that.
    """
    valid = form.validate()
    errors: dict[str, str] = {}
    known_from = _read(errors, "known_from", lambda: _moment(form.known_from.data or ""))
    source = _read(errors, "source", lambda: clean_text(form.source.data or ""))
    why = _read(errors, "why", lambda: clean_text(form.why.data or ""))
    said = _read(errors, _told_in(form), lambda: _said(question, form, branch))
    if errors or not valid:
        # One sentence a field: where the form has said one, that stands.
        raise InvalidOutcome({name: said for name, said in errors.items() if not form[name].errors})
    return [Outcome(known_from=known_from, source=source, why=why, **facts) for facts in said]


def place(form: ResolveForm, errors: dict[str, str]) -> None:
    """Put sentences beside their fields; one about the outcome belongs to the first field that says it."""
    for name, sentence in errors.items():
        field = form[form.own_names[0] if name in ("outcome", "companions") else name]
        field.errors = [*field.errors, sentence]


def _told_in(form: ResolveForm) -> str:
    """The field that a sentence about the outcome belongs to."""
    written = "value" in form and form["outcome"].data == "value"
    return "outcome" if "outcome" in form and not written else form.own_names[0]


def _read(errors: dict[str, str], name: str, reading: Any) -> Any:
    try:
        return reading()
    except Unreadable as unreadable:
        errors[name] = str(unreadable)
        return None


def _moment(text: str) -> datetime:
    moment = typed_moment(text)
    if moment is None:
        raise Unreadable(_("Write day and time as 2027-06-30 14:00."))
    return moment


def _fields(question: Question, branch: str | None) -> dict[str, Field]:
    if question.kind == "ladder":
        return _rungs(question)
    if isinstance(kind_of(question), QuantileKind):
        return _number(question)
    if question.kind == "pair" and branch is None:
        return {"condition": _branches(question), "outcome": _radio(_("What came out"), _yes_or_no())}
    if question.kind in YES_OR_NO:
        return {"outcome": _radio(_("What came out"), _yes_or_no())}
    return {"outcome": _radio(_("What came out"), [*_options(question), _annulled()])}


def _radio(label: str, choices: list[SelectChoice]) -> RadioField:
    # What cannot come out of its kind the service refuses, in the sentences that JSON and commands get too.
    return RadioField(label, choices=choices, validate_choice=False)


def _rungs(question: Question) -> dict[str, Field]:
    choices = [SelectChoice("", _("leave as it is")), *_yes_or_no()]
    language = current_language()
    return {
        f"{RUNG}{option.key}": SelectField(option.text(language), choices=choices, validate_choice=False)
        for option in question.options
    }


def _number(question: Question) -> dict[str, Field]:
    kind, language = kind_of(question), current_language()
    assert isinstance(kind, QuantileKind)
    ends = kind.range(question)
    sides = [("above", ends.above), ("below", ends.below)]
    beyond = [
        SelectChoice(side, kind.beyond_label(question, side, language))
        for side, value in sides
        if value is not None
    ]
    unit = question.text(language).unit
    label = _("What came out, in %(unit)s", unit=unit) if unit else _("What came out")
    written = _("As 2027-12-31.") if question.kind == "date" else _("A number, without its unit.")
    choices = [SelectChoice("value", _("what is written above")), *beyond, _annulled()]
    return {
        "value": StringField(label, description=written),
        "outcome": RadioField(_("That is"), choices=choices, default="value", validate_choice=False),
    }


def _branches(question: Question) -> RadioField:
    language = current_language()
    choices = [SelectChoice(option.key, option.text(language)) for option in question.options]
    return _radio(_("Which way its condition came out"), choices)


def _options(question: Question) -> list[SelectChoice]:
    return [SelectChoice(option.key, option.text(current_language())) for option in question.options]


def _yes_or_no() -> list[SelectChoice]:
    return [SelectChoice("yes", _("yes")), SelectChoice("no", _("no")), _annulled()]


def _annulled() -> SelectChoice:
    return SelectChoice(ANNULLED, _("annulled: it counts for nobody"))


def _said(question: Question, form: ResolveForm, branch: str | None) -> list[dict[str, Any]]:
    """What came out, as facts of `Outcome`; several for a ladder."""
    if question.kind == "ladder":
        return _said_of_rungs(question, form)
    chosen = form["outcome"].data
    if not chosen:
        raise Unreadable(_("Choose what came out."))
    if chosen == ANNULLED:
        return [{"annulled": True}]
    if isinstance(kind_of(question), QuantileKind):
        return [{"value": _said_number(question, form, chosen)}]
    if question.kind == "pair":
        return [{"about": branch or form["condition"].data or None, "value": VALUES.get(chosen)}]
    if question.kind in YES_OR_NO:
        return [{"value": VALUES.get(chosen)}]
    return [{"option": chosen}]


def _said_of_rungs(question: Question, form: ResolveForm) -> list[dict[str, Any]]:
    said = [(option.key, form[f"{RUNG}{option.key}"].data) for option in question.options]
    facts = [
        {"about": key, "annulled": True}
        if chosen == ANNULLED
        else {"about": key, "value": VALUES.get(chosen)}
        for key, chosen in said
        if chosen
    ]
    if not facts:
        raise Unreadable(_("Say of one date at least what came out."))
    return facts


def _said_number(question: Question, form: ResolveForm, chosen: str) -> float:
    kind = kind_of(question)
    assert isinstance(kind, QuantileKind)
    ends = kind.range(question)
    beyond = {"above": ends.above, "below": ends.below}.get(chosen)
    return beyond if beyond is not None else GRAMMARS[question.kind](form["value"].data or "").value
