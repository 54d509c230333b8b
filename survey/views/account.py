"""Signing in: by a link that works once, or by password; then on to one's surveys."""

from collections.abc import Callable
from typing import Any, cast

from flask import Blueprint, Flask, redirect, url_for
from flask import session as browser
from flask.typing import ResponseReturnValue
from flask_security import current_user, login_user, user_authenticated
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from ..actions.members import use_sign_in_link
from ..crowd import RUNNING
from ..db import db, transaction
from ..language import current_language
from ..models import Membership, User
from ..security import limiter
from .pages import page

blueprint = Blueprint("account", __name__)

GUESSES = "10 per minute"
#: What a browser keeps when somebody signs in; who it was as a participant is forgotten.
KEPT = ("language", "csrf_token")


@blueprint.get("/sign-in/<token>")
def before_signing_in(token: str) -> str:
    """One button; looking at the page uses nothing up, since mail programs look at links before people do."""
    return page("account/sign_in.html", token=token)


@blueprint.post("/sign-in/<token>")
@limiter.limit(GUESSES)
def sign_in(token: str) -> Response:
    """Use the link up and sign in, in a session that begins anew."""
    user = transaction(lambda session: use_sign_in_link(session, token))
    language = browser.get("language")
    browser.clear()
    if language is not None:
        browser["language"] = language
    login_user(user, authn_via=["link"])
    return redirect(landing(user), 303)


@blueprint.get("/surveys")
def surveys() -> str | Response:
    """The surveys in which the signed-in user has a role; the only one is shown at once."""
    if not current_user.is_authenticated:
        return redirect(url_for("security.login", next=url_for(".surveys")))
    memberships = _memberships(current_user)
    if len(memberships) == 1:
        return redirect(_place(memberships[0]))
    language = current_language()
    entries = [(one.survey.text(language).title, one.role, _place(one)) for one in memberships]
    return page("account/surveys.html", entries=entries)


def landing(user: User) -> str:
    """Where somebody who has signed in goes: their only survey, else the list of theirs."""
    memberships = _memberships(user)
    return _place(memberships[0]) if len(memberships) == 1 else url_for("account.surveys")


def _memberships(user: User) -> list[Membership]:
    query = select(Membership).filter_by(user_id=user.id).options(joinedload(Membership.survey))
    return list(db.session.scalars(query.order_by(Membership.survey_id)))


def _place(membership: Membership) -> str:
    """The page a role is for: an analyst takes out data, the others run the survey."""
    endpoint = "organizer.overview" if membership.role in RUNNING else "researcher.data"
    return url_for(endpoint, slug=membership.survey.slug)


def init_account(app: Flask) -> None:
    """Limit guesses at the sign-in form, and let a browser forget whom it was a participant as."""
    login = limiter.limit(GUESSES, methods=["POST"])(app.view_functions["security.login"])
    app.view_functions["security.login"] = cast(Callable[..., ResponseReturnValue], login)
    user_authenticated.connect(_begin_anew, app)


def _begin_anew(_app: Flask, **_facts: Any) -> None:
    for name in list(browser):
        if not name.startswith(("_", "fs_")) and name not in KEPT:
            del browser[name]
