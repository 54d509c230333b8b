"""Names that participants chose for the leaderboard: an organizer withholds one, and releases it."""

from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask_security import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import StringField

from ...errors import InvalidAnswer
from ...i18n.locale import gettext as _
from ...models import Survey
from ...services import leaderboard_names
from ...store.engine import db
from ...store.transaction import transaction
from ..forms.forecast import as_sent
from .layout import organized_survey, organizer_page

blueprint = Blueprint("names", __name__, url_prefix="/s/<slug>/organize/names")

Page = str | Response | tuple[str, int]


class WithholdForm(FlaskForm):  # type: ignore[misc]
    """Why a name is withheld."""

    why = StringField()

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.why.label.text = _("Why it is withheld")
        self.why.flags.required = True


@blueprint.get("")
def overview(slug: str) -> Page:
    """Every name there is, newest first, and nothing else of its person."""
    survey, role = organized_survey(slug)
    return _names_page(survey, role)


@blueprint.post("/<int(max=2147483647):number>/withhold")
def withhold(slug: str, number: int) -> Page:
    """Keep a name from the leaderboard."""
    survey, role = organized_survey(slug)
    form = WithholdForm()
    why = as_sent("why", form.why.data or "")
    try:
        transaction(
            lambda session: leaderboard_names.withhold_name(session, current_user, survey, number, why)
        )
    except InvalidAnswer as refused:
        form.why.errors = [refused.errors["why"]]
        return _names_page(survey, role, form, number), 422
    flash(_("The name is withheld. The person who chose it reads why."))
    return redirect(url_for(".overview", slug=slug), 303)


@blueprint.post("/<int(max=2147483647):number>/release")
def release(slug: str, number: int) -> Page:
    """Show a name again."""
    survey, _role = organized_survey(slug)
    transaction(lambda session: leaderboard_names.release_name(session, current_user, survey, number))
    flash(_("The name is shown again."))
    return redirect(url_for(".overview", slug=slug), 303)


def _names_page(survey: Survey, role: str, form: WithholdForm | None = None, number: int = 0) -> str:
    return organizer_page(
        "organizer/names.html",
        survey,
        role,
        names=leaderboard_names.names(db.session, survey),
        form=form or WithholdForm(formdata=None),
        refused=number,
    )
