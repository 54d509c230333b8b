"""An owner says who runs the survey, how to reach them, why answers may be kept and how long."""

from flask import Blueprint, flash, redirect, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from ...i18n.locale import LANGUAGES
from ...i18n.locale import gettext as _
from ...models import Survey
from ...services.data_controller import FIELDS, LONGEST, InvalidController, field_name, name_controller
from ...store.transaction import transaction
from ..forms.data_controller import ControllerForm, controller_form
from ..identity import require_role, survey_by_slug
from ..participant.enrollment import keep_the_body
from .layout import organizer_page

blueprint = Blueprint("controller", __name__, url_prefix="/s/<slug>/organize")
blueprint.url_value_preprocessor(keep_the_body)

Page = str | Response | tuple[str, int]


@blueprint.get("/who-asks")
def who_asks(slug: str) -> Page:
    """The form, with what is stored."""
    survey = survey_by_slug(slug)
    role = require_role(survey, "owner")
    return _page(survey, role, controller_form(survey))


@blueprint.post("/who-asks")
def store_who_asks(slug: str) -> Page:
    """Store it whole, or say beside each field what it lacks."""
    survey = survey_by_slug(slug)
    role = require_role(survey, "owner")
    form = controller_form(survey)
    said, user_id = form.said(survey), current_user.id
    try:
        transaction(lambda session: name_controller(session, survey, said, user_id))
    except InvalidController as refused:
        for name, sentence in refused.errors.items():
            form[name].errors = [sentence]
        return _page(survey, role, form), 422
    flash(_("Stored. It stands on the front page and above the consent."))
    return redirect(url_for("organizer.overview", slug=slug), 303)


def _page(survey: Survey, role: str, form: ControllerForm) -> str:
    groups = [
        (
            LANGUAGES.get(text.language, text.language),
            text.language,
            [form[field_name(text.language, one)] for one in FIELDS],
        )
        for text in survey.texts
    ]
    return organizer_page("organizer/who_asks.html", survey, role, form=form, groups=groups, longest=LONGEST)
