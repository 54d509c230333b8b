"""Taking part: the consent, the code shown once, coming back, leaving.

The code is made when the consent page is, and travels in the signed session until it is shown: a double click on
Join sends the same key with the same session twice, makes one person, and both answers lead to the same code.
Deriving the code from the key instead would let whoever holds database and secret read every code; so the
database has its hash alone, and the session forgets it once it was shown.
"""

import uuid
from typing import Any

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask import session as browser
from flask_security import current_user, logout_user
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from ... import clock
from ...errors import AnswersGone, NotFound, StoreUnavailable, show
from ...i18n.locale import current_language
from ...i18n.locale import gettext as _
from ...models import Participant, Survey
from ...security import browser_sessions
from ...security.limits import code_guesses, joins
from ...services import enrollment
from ...services.data_controller import takes_newcomers
from ...store.engine import db
from ...store.transaction import transaction
from ..forms.enrollment import AgreeForm, CodeForm, JoinForm
from ..identity import (
    OFFERS,
    current_participant,
    find_survey,
    forget,
    remember,
    survey_by_slug,
)
from ..layout import page
from ..page_cache import kept_for_strangers
from ..readers import has_read
from ..unsaved import unsaved

blueprint = Blueprint("participant", __name__, url_prefix="/s/<slug>")

#: Fields of forms that nobody types in.
UNTYPED = {"csrf_token", "key", "sure", "base_revision", "opened"}

PageAnswer = str | Response | tuple[str, int]


@blueprint.url_value_preprocessor
def keep_the_body(_endpoint: str | None, _address: dict[str, Any] | None) -> None:
    """Keep the bytes of a form: once it is parsed, none could tell whether they were UTF-8 (`as_sent`)."""
    if request.mimetype == "application/x-www-form-urlencoded":
        request.get_data()


@blueprint.errorhandler(InterfaceError)
@blueprint.errorhandler(OperationalError)
def store_is_away(_error: Exception) -> Response:
    """The database did not answer: what was sent comes back in a form that needs no database to be shown."""
    away = StoreUnavailable()
    if request.method != "POST":
        return show(away.status, away.title, away.sentence)
    answer = unsaved(away.title, away.sentence, away.status)
    answer.headers["Retry-After"] = "2"
    return answer


def require_participant(survey: Survey) -> Participant:
    """The participant this browser is; whoever is none is led to the consent page, and what they sent waits here."""
    person = current_participant(survey)
    if person is None:
        join = redirect(url_for("participant.join", slug=survey.slug))
        abort(_waiting() if request.form.keys() - UNTYPED else join)
    return person


def _waiting() -> Response:
    sentence = _(
        "This browser does not know you any more, so nothing was stored. Come back with your code in another tab,"
        " then send it again from here."
    )
    return unsaved(_("What you sent waits here"), sentence, 403)


def require_agreement(survey: Survey, person: Participant) -> None:
    """Lead whoever has not read the newest consent to it."""
    if not enrollment.has_agreed(db.session, person):
        abort(redirect(url_for("participant.agree", slug=survey.slug)))


@blueprint.get("/join")
@kept_for_strangers(own=lambda slug: [offer_of(slug)[0]])
def join(slug: str) -> PageAnswer:
    """The consent as it stands, and the button that takes part."""
    survey = survey_by_slug(slug)
    if person_or_forgotten(survey) is not None:
        return redirect(url_for("participant.themes", slug=slug))
    return consent_page(survey, JoinForm(data={"join_key": offer_of(slug)[0]}))


@blueprint.post("/join")
@joins
def take_part(slug: str) -> PageAnswer:
    """Make the participant whom this browser is from now on, once for each consent page."""
    survey = survey_by_slug(slug)
    known = person_or_forgotten(survey)
    key, code = offer_of(slug)
    form = JoinForm()
    if known is None and not form.validate():
        form.join_key.data = key
        return consent_page(survey, form), 422
    if form.join_key.data != key:
        return _late_join(survey, known)
    user_id = current_user.id if current_user.is_authenticated else None
    person = transaction(
        lambda session: enrollment.join(
            session,
            survey,
            language=current_language(),
            join_key=key,
            code=code,
            user_id=user_id,
            has_read=has_read(survey),
        )[0]
    )
    remember(survey, person)
    return redirect(url_for("participant.welcome", slug=slug), 303)


@blueprint.get("/welcome")
def welcome(slug: str) -> PageAnswer:
    """The code, shown this once."""
    survey = survey_by_slug(slug)
    person = require_participant(survey)
    _key, code = browser.get(OFFERS, {}).get(slug, ("", ""))
    drop_offer(survey)
    mine = bool(code) and enrollment.hash_code(code) == person.code_hash
    return page("participant/welcome.html", survey, code=code if mine else "")


@blueprint.get("/return")
def come_back(slug: str) -> PageAnswer:
    """The box for the code. An address without a survey looks the same: nobody learns which there are."""
    return page("participant/return.html", _visible(slug), form=CodeForm(), slug=slug)


@blueprint.post("/return")
@code_guesses
def return_with_code(slug: str) -> PageAnswer:
    """Be the participant whose code this is; every code that does not work gets the same answer."""
    form = CodeForm()
    survey = find_survey(slug)
    try:
        if survey is None:
            raise enrollment.UnknownCode()
        person = enrollment.come_back(db.session, survey, form.code.data or "")
    except NotFound as error:
        form.code.errors = [error.sentence]
        return page("participant/return.html", _visible(slug), form=form, slug=slug), 422
    remember(survey, person)
    flash(_("Welcome back. Everything you stored is here."))
    return redirect(url_for("participant.themes", slug=slug), 303)


@blueprint.get("/leave")
def leave(slug: str) -> PageAnswer:
    """What leaving means, before it is done."""
    survey = survey_by_slug(slug)
    require_participant(survey)
    return page("participant/leave.html", survey)


@blueprint.post("/leave")
def forget_me(slug: str) -> PageAnswer:
    """This browser forgets who it was, or every browser does; what was stored stays."""
    survey = find_survey(slug)
    if survey is None:
        raise NotFound()
    ended, everywhere = browser_sessions.renew_session(), "everywhere" in request.form
    person = person_or_forgotten(survey) if everywhere else None
    transaction(lambda session: _end(session, ended, person))
    forget(survey)
    drop_offer(survey)
    if current_participant(survey) is not None:
        # An account knows them still: a browser that forgets somebody must not be signed in as them.
        logout_user()
    flash(_("This browser no longer knows you. Your answers are kept, and your code brings you back."))
    return redirect(url_for("participant.come_back", slug=slug), 303)


def _end(session: Session, name: str, person: Participant | None) -> None:
    browser_sessions.end_session(session, name)
    if person is not None:
        browser_sessions.end_all_of(session, person)


@blueprint.get("/agree")
def agree(slug: str) -> PageAnswer:
    """The newer consent, for somebody who agreed to an older one."""
    survey = survey_by_slug(slug)
    person = require_participant(survey)
    if enrollment.has_agreed(db.session, person):
        return redirect(url_for("participant.themes", slug=slug))
    return _newer_consent(survey, AgreeForm())


@blueprint.post("/agree")
def agree_again(slug: str) -> PageAnswer:
    """Record the agreement to the newest consent."""
    survey = survey_by_slug(slug)
    person = require_participant(survey)
    form = AgreeForm()
    if not form.validate():
        return _newer_consent(survey, form), 422
    language = current_language()
    transaction(lambda session: enrollment.agree(session, person, language=language))
    flash(_("Your agreement was stored. Your answers are as you left them."))
    return redirect(url_for("participant.themes", slug=slug), 303)


def person_or_forgotten(survey: Survey) -> Participant | None:
    """The participant this browser is; one who was erased is forgotten, so that they can join anew."""
    try:
        return current_participant(survey)
    except AnswersGone:
        forget(survey)
        return None


def _visible(slug: str) -> Survey | None:
    try:
        return survey_by_slug(slug)
    except (NotFound, AnswersGone):
        return None


def offer_of(slug: str) -> tuple[str, str]:
    """Join key and code that wait in the session; made where there are none."""
    offers = browser.get(OFFERS, {})
    if slug not in offers:
        browser[OFFERS] = {**offers, slug: (str(uuid.uuid4()), enrollment.new_code())}
    key, code = browser[OFFERS][slug]
    return key, code


def drop_offer(survey: Survey) -> None:
    browser[OFFERS] = {slug: offer for slug, offer in browser.get(OFFERS, {}).items() if slug != survey.slug}


def _late_join(survey: Survey, known: Participant | None) -> Response:
    """A consent page from before: whoever is a participant goes on, anybody else starts again."""
    if known is not None:
        return redirect(url_for("participant.themes", slug=survey.slug), 303)
    flash(_("This page was too old to join with. Nothing was stored; please agree once more."), "warning")
    return redirect(url_for("participant.join", slug=survey.slug), 303)


def consent_page(survey: Survey, form: JoinForm, action: str = "") -> str:
    """The consent with the form that takes part, which goes to `action`: an invitation has an address of its own."""
    version = survey.consent
    return page(
        "participant/join.html",
        survey,
        action=action or url_for("participant.take_part", slug=survey.slug),
        form=form,
        version=version,
        text=version.text(current_language()),
        opens=survey.is_open(clock.now(db.session)),
        takes_newcomers=takes_newcomers(db.session, survey),
    )


def _newer_consent(survey: Survey, form: AgreeForm) -> str:
    version = survey.consent
    text = version.text(current_language())
    return page("participant/agree.html", survey, form=form, version=version, text=text)
