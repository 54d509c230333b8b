"""Roles in a survey: who is owner, organizer or analyst; owners give and take them, by address."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_security import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import EmailField, RadioField
from wtforms.validators import InputRequired, Length

from ...errors import InvalidAnswer
from ...i18n.locale import current_language
from ...i18n.locale import gettext as _
from ...models import ROLES, Survey
from ...notifications import transport
from ...security.authentication import write_to
from ...services import accounts
from ...store.engine import db
from ...store.transaction import transaction
from ..forms.whole_number import whole_number
from ..identity import require_role, survey_by_slug
from .layout import organized_survey, organizer_page

blueprint = Blueprint("roles", __name__, url_prefix="/s/<slug>/organize/roles")

Page = str | Response | tuple[str, int]


class RoleForm(FlaskForm):  # type: ignore[misc]
    """Who gets which role."""

    email = EmailField(validators=[InputRequired(), Length(max=254)])
    role = RadioField(validators=[InputRequired()])

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.email.label.text = _("Email address")
        self.role.label.text = _("Role")
        self.role.choices = [(role, role_words()[role]) for role in ROLES]


def role_words() -> dict[str, str]:
    """What each role is called."""
    return {"owner": _("owner"), "organizer": _("organizer"), "analyst": _("analyst")}


@blueprint.get("")
def overview(slug: str) -> Page:
    """Who has a role; owners find the form here that gives one."""
    survey, role = organized_survey(slug)
    return _roles_page(survey, role, RoleForm(formdata=None, data={"role": "analyst"}))


@blueprint.post("")
def give(slug: str) -> Page:
    """Give a role to whoever has an address, with or without an account: the answer is the same for both."""
    survey = survey_by_slug(slug)
    own, form = require_role(survey, "owner"), RoleForm()
    if not form.validate():
        return _roles_page(survey, own, form), 422
    given = form.role.data
    try:
        address = transaction(
            lambda session: accounts.give_role(session, survey, form.email.data, given, current_user)
        )
    except InvalidAnswer as refused:
        for name, sentence in refused.errors.items():
            form[name].errors = [sentence]
        return _roles_page(survey, own, form), 422
    _tell(survey, address, given)
    flash(
        _(
            "%(address)s is %(role)s now, and is told by email how to sign in.",
            address=address,
            role=role_words()[given],
        )
    )
    return redirect(url_for(".overview", slug=slug), 303)


@blueprint.post("/take")
def take(slug: str) -> Page:
    """Take somebody's role; their answers, if they have any, stay outside the crowd."""
    survey = survey_by_slug(slug)
    require_role(survey, "owner")
    known = whole_number(request.form.get("user")) or 0
    own = current_user.id == known
    try:
        taken = transaction(lambda session: accounts.take_role(session, survey, known, current_user))
    except InvalidAnswer as refused:
        flash(refused.sentence, "warning")
        return redirect(url_for(".overview", slug=slug), 303)
    flash(
        _("The role was taken away.")
        if taken
        else _("Nobody with that number has a role here. Nothing was changed.")
    )
    # Whoever gave up their own role would find no page here any more.
    return redirect(url_for("account.surveys") if own and taken else url_for(".overview", slug=slug), 303)


def _roles_page(survey: Survey, role: str, form: RoleForm) -> str:
    members = accounts.members(db.session, survey)
    return organizer_page(
        "organizer/roles.html",
        survey,
        role,
        form=form,
        members=members,
        words=role_words(),
        owners=sum(one.role == "owner" for one in members),
    )


def _tell(survey: Survey, address: str, role: str) -> None:
    text = render_template(
        "notifications/role.txt",
        title=survey.text(current_language()).title,
        role=role_words()[role],
        link=transport.public_address(url_for("account.ask_for_link")),
    )
    write_to(address, _("You have a role in a survey"), text)
