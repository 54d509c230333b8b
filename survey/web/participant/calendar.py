"""One's own deadlines in a calendar program: a private address, shown once, revoked at any time."""

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from ...errors import NotFound
from ...i18n.locale import gettext as _
from ...i18n.locale import speaking
from ...models import Question
from ...presenters.deadlines import own_calendar
from ...security.limits import token_guesses
from ...services.private_calendar import make_address, owner_of, revoke_address
from ...store.engine import db
from ...store.transaction import transaction
from ..identity import survey_by_slug
from ..layout import page
from .enrollment import PageAnswer, blueprint, require_participant

#: What a calendar program asks for; outside of any survey, and without signing in.
calendar_files = Blueprint("calendar", __name__)


@blueprint.get("/calendar")
def calendar(slug: str) -> PageAnswer:
    """Whether there is a private address, what it tells, and how to revoke it."""
    survey = survey_by_slug(slug)
    return page("participant/calendar.html", survey, person=require_participant(survey), address="")


@blueprint.post("/calendar")
def make_calendar(slug: str) -> PageAnswer:
    """Make the private address, and show it this once."""
    survey = survey_by_slug(slug)
    person = require_participant(survey)
    token = transaction(lambda session: make_address(session, person), keep=True)
    address = url_for("calendar.own", token=token, _external=True)
    return page("participant/calendar.html", survey, person=person, address=address)


@blueprint.post("/calendar/revoke")
def revoke_calendar(slug: str) -> PageAnswer:
    """Let the private address lead nowhere."""
    survey = survey_by_slug(slug)
    person = require_participant(survey)
    transaction(lambda session: revoke_address(session, person), keep=True)
    flash(
        _(
            "The address was revoked: calendars that have it hear nothing new. You can make another at any time."
        )
    )
    return redirect(url_for("participant.calendar", slug=slug), 303)


@calendar_files.get("/calendar/<token>.ics")
@token_guesses
def own(token: str) -> Response:
    """The deadlines of the person whose private address this is; every other address is none."""
    person = owner_of(db.session, token)
    if person is None:
        raise NotFound()

    def link(question: Question) -> str:
        return url_for("participant.question", slug=question.survey.slug, key=question.key, _external=True)

    with speaking(person.language):
        return Response(own_calendar(db.session, person, request.host, link), mimetype="text/calendar")
