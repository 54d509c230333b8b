"""Forms of taking part: agreeing to the consent, coming back by code."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, StringField, ValidationError
from wtforms.validators import Length

from ...i18n.locale import gettext as _
from .forecast import key_field


class JoinForm(FlaskForm):  # type: ignore[misc]
    """Agreeing to the consent, and with it taking part."""

    join_key = key_field()
    agree = BooleanField()

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.agree.label.text = _("I have read this and take part of my own will")

    def validate_agree(self, field: BooleanField) -> None:
        """Taking part needs the tick; a browser that does not check it itself is told so."""
        if not field.data:
            raise ValidationError(_("Tick the box to take part. Nothing was stored yet."))


class AgreeForm(JoinForm):
    """Agreeing to a newer consent; the person is known already."""

    join_key = None


class CodeForm(FlaskForm):  # type: ignore[misc]
    """Coming back by code."""

    code = StringField(validators=[Length(max=100)])

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.code.label.text = _("Your code")
