"""How long a token of a program is to work; and what a user's is for."""

from datetime import datetime, timedelta
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectField
from wtforms.validators import InputRequired

from ... import clock
from ...i18n.locale import gettext as _
from ...presenters.tokens import DAYS, scope_words
from ...services.api_tokens import USER_SCOPES, WRITE
from ...store.engine import db

#: In the place of a survey: every one that the holder writes.
EVERY = ""


class TokenForm(FlaskForm):  # type: ignore[misc]
    """How long a token is to work."""

    days = RadioField(validators=[InputRequired()], default=str(DAYS[1]))

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.days.label.text = _("It works for")
        self.days.choices = [(str(days), _("%(days)s days", days=days)) for days in DAYS]

    def expires_at(self) -> datetime:
        """When the token that is made now stops working."""
        return clock.now(db.session) + timedelta(days=int(self.days.data))


class UserTokenForm(TokenForm):
    """For which survey, and for what, a user's token is."""

    survey = SelectField()
    run, export, write = BooleanField(), BooleanField(), BooleanField()

    def __init__(self, surveys: list[tuple[str, str]], *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.survey.label.text = _("Survey")
        self.survey.choices = [*surveys, (EVERY, _("Every survey that you write, and new ones"))]
        words = scope_words()
        for scope in USER_SCOPES:
            self[scope].label.text = words[scope]

    @property
    def scopes(self) -> list[str]:
        """What it is to be for."""
        return [scope for scope in USER_SCOPES if self[scope].data]

    def validate(self, extra_validators: Any = None) -> bool:
        """Something has to be ticked; and for no single survey nothing but writing."""
        if not super().validate(extra_validators):
            return False
        if not self.scopes:
            self.run.errors = [_("Tick what a program may do with it.")]
        elif self.survey.data == EVERY and self.scopes != [WRITE]:
            self.survey.errors = [
                _("For every survey it can be for writing alone: tick that, or choose one.")
            ]
        return not self.errors
