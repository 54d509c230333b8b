"""The door of a pilot: its link opens the consent, and taking part there is trying it."""

from flask import Blueprint, flash, redirect, url_for
from flask import session as browser
from flask_security import current_user
from werkzeug.wrappers import Response

from ...i18n.locale import current_language
from ...i18n.locale import gettext as _
from ...security.limits import joins, token_guesses
from ...services import pilots
from ...store.engine import db
from ...store.transaction import transaction
from ..forms.enrollment import JoinForm
from ..identity import OFFERS, remember
from .enrollment import consent_page, offer_of, person_or_forgotten

#: Outside of any survey: the address holds the token alone.
blueprint = Blueprint("pilot", __name__, url_prefix="/try")

Page = str | Response | tuple[str, int]


@blueprint.get("/<token>")
@token_guesses
def open_pilot(token: str) -> Page:
    """What is tried, and its consent."""
    survey = pilots.pilot_survey(db.session, token)
    if person_or_forgotten(survey) is not None:
        return redirect(url_for("participant.themes", slug=survey.slug), 303)
    form = JoinForm(formdata=None, data={"join_key": offer_of(survey.slug)[0]})
    return consent_page(survey, form, url_for(".enter", token=token))


@blueprint.post("/<token>")
@token_guesses
@joins
def enter(token: str) -> Page:
    """Take part; the same form sent again leads to the same place."""
    survey = pilots.pilot_survey(db.session, token)
    if person_or_forgotten(survey) is not None:
        return redirect(url_for("participant.welcome", slug=survey.slug), 303)
    known, code = browser.get(OFFERS, {}).get(survey.slug, ("", ""))
    key, form = offer_of(survey.slug)[0], JoinForm()
    if not form.validate() or not known or form.join_key.data != known:
        if form.join_key.data != known:
            flash(
                _("This page was too old to join with. Nothing was stored; please agree once more."),
                "warning",
            )
        form.join_key.data = key
        return consent_page(survey, form, url_for(".enter", token=token)), 422
    user_id = current_user.id if current_user.is_authenticated else None
    person = transaction(
        lambda session: pilots.join_pilot(
            session, token, language=current_language(), join_key=known, code=code, user_id=user_id
        )
    )
    remember(survey, person)
    return redirect(url_for("participant.welcome", slug=survey.slug), 303)
