"""The form in which an owner says who runs a survey."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField

from ...i18n.locale import gettext as _
from ...models import Survey
from ...services.data_controller import FIELDS, field_name


def field_labels() -> dict[str, str]:
    """What each field is called, in the reader's language."""
    return {
        "organizer": _("Name of the person or organization that runs the survey"),
        "contact": _("Contact"),
        "legal_basis": _("Legal basis"),
        "kept_until": _("How long answers are kept"),
    }


class ControllerForm(FlaskForm):  # type: ignore[misc]
    """Every field once for each language; `controller_form` adds them."""

    def said(self, survey: Survey) -> dict[str, dict[str, str]]:
        """What was typed: language to field to words."""
        return {
            text.language: {field: self[field_name(text.language, field)].data or "" for field in FIELDS}
            for text in survey.texts
        }


def controller_form(survey: Survey) -> ControllerForm:
    """The form for the languages of a survey, filled with what is stored, or with what was sent."""
    fields: dict[str, Any] = {}
    labels = field_labels()
    for text in survey.texts:
        for field in FIELDS:
            kind = StringField if field in ("organizer", "contact") else TextAreaField
            # What is refused the service says, the same at every door; none is asked for here.
            fields[field_name(text.language, field)] = kind(labels[field], default=getattr(text, field))
    filled: ControllerForm = type("Fields", (ControllerForm,), fields)()
    return filled
