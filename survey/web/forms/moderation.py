"""Forms of moderation: reporting a rationale, asking for a clarification."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField, TextAreaField
from wtforms.validators import Length

from ...i18n.locale import gettext as _
from .forecast import as_sent


class ReportForm(FlaskForm):  # type: ignore[misc]
    """What is wrong with a reason of somebody else, for the organizers."""

    about = HiddenField(validators=[Length(max=64)])
    why = TextAreaField()

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.why.label.text = _("What is wrong with it?")
        self.why.flags.required = True

    def said(self) -> str:
        """What was typed, as it was sent."""
        return as_sent("why", self.why.data or "")


class UnclearForm(FlaskForm):  # type: ignore[misc]
    """A question about a question, for its organizer."""

    text = TextAreaField()

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.text.label.text = _("What is unclear?")
        self.text.flags.required = True

    def said(self) -> str:
        """What was typed, as it was sent."""
        return as_sent("text", self.text.data or "")
