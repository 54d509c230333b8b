"""Passwords, second factors and passkeys: Flask-Security's own pages, as this site shows them.

They stand in our frame, refuse with a status of refusal, wait for their turn to write, count guesses and
letters, and let nothing happen because a program looked at a link.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from flask import Flask, redirect, render_template, request, url_for
from flask import session as browser
from flask.typing import ResponseReturnValue
from flask_login import user_logged_out  # type: ignore[import-untyped]
from flask_security import current_user, user_authenticated
from wtforms import Form
from wtforms.fields import SelectChoice

from ...i18n.locale import gettext as _
from ...models import User
from ...notifications import transport
from ...security import browser_sessions
from ...security.authentication import runs_a_survey
from ...security.limits import limiter
from ...store.engine import db, writing
from ...store.transaction import transaction
from ..identity import OFFERS, REMEMBERED
from ..layout import page
from .passkeys import passkey_obstacle

GUESSES = "10 per minute"
#: Letters that one address may ask this site to send.
LETTERS = "5 per minute"
#: What a browser keeps when somebody signs in; who it was as a participant is forgotten.
KEPT = ("language", "csrf_token")
#: Forms of Flask-Security behind which something is guessed, and those that send a letter.
GUESSED = (
    "login",
    "reset_password",
    # Whoever finds a browser that is signed in could try passwords here as well as at the door.
    "change_password",
    "verify",
    "two_factor_token_validation",
    "mf_recovery",
    "wan_signin_response",
)
SENDING = ("register", "send_confirmation", "forgot_password", "change_email", "two_factor_rescue")
#: Those that store something: they wait for their turn to write, as every action does. (Signing in stores nothing.)
STORING = (
    "register",
    "confirm_email",
    "reset_password",
    "change_password",
    "change_email_confirm",
    "two_factor_setup",
    "two_factor_setup_validate",
    "two_factor_token_validation",
    "mf_recovery",
    "mf_recovery_codes",
    "wan_register",
    "wan_register_response",
    "wan_signin_response",
    "wan_verify_response",
    "wan_delete",
)
#: Pages of links in letters on which only a button does what the link is for.
BY_BUTTON = ("confirm_email", "change_email_confirm")


def init_security_pages(app: Flask) -> None:
    """Put Flask-Security's pages into our frame, limit guesses, and let browsers forget whom they were."""
    app.extensions["security"].render_template = _in_our_frame
    app.jinja_env.globals.update(public_address=transport.public_address, passkey_obstacle=passkey_obstacle)
    for name in STORING:
        _change(app, name, _in_write_unit)
    # After the write units, and so around them: what is refused waits for no turn to write.
    for limit, names in ((GUESSES, GUESSED), (LETTERS, SENDING)):
        for name in names:
            _change(app, name, limiter.limit(limit, methods=["POST"]))
    for name in BY_BUTTON:
        _change(app, name, _by_button)
    _change(app, "two_factor_token_validation", _of_a_step_under_way)
    app.add_url_rule(
        "/change-email/<token>",
        "security.change_email_confirm",
        methods=["POST"],
        provide_automatic_options=False,
    )
    user_authenticated.connect(_begin_anew, app)
    user_logged_out.connect(_end, app)


View = Callable[..., ResponseReturnValue]


def _change(app: Flask, name: str, change: Callable[[View], View]) -> None:
    endpoint = f"security.{name}"
    # Which pages there are depends on the settings of Flask-Security.
    if endpoint in app.view_functions:
        app.view_functions[endpoint] = cast(Any, change(cast(View, app.view_functions[endpoint])))


def _in_write_unit(view: View) -> View:
    """The view, its POST inside one transaction; where another writer was in the way it is done anew."""

    # The limiter counts by a view's name: each keeps its own.
    @wraps(view)
    def written(**address: Any) -> ResponseReturnValue:
        if request.method == "POST":
            return transaction(lambda _session: view(**address))
        return view(**address)

    return written


def _by_button(view: View) -> View:
    """The view of a link in a letter, done by POST alone: to GET it shows the button."""

    @wraps(view)
    def shown_first(token: str) -> ResponseReturnValue:
        if request.method == "POST":
            return view(token=token)
        return page("account/confirm.html", address=request.path)

    return shown_first


def _of_a_step_under_way(view: View) -> View:
    """The page that asks for a code; whoever is signed in and sets up no second step is led to their account.

    By itself the library takes their coming for an attack and signs them out, as any link to the page would.
    """

    @wraps(view)
    def only_then() -> ResponseReturnValue:
        chosen = all(map(browser.get, ("tf_primary_method", "tf_totp_secret")))
        under_way = chosen and browser.get("tf_state") == "validating_profile"
        if current_user.is_authenticated and not under_way:
            return redirect(url_for("account.account"), 303)
        return view()

    return only_then


def _in_our_frame(template: str, **values: Any) -> Any:
    """A template of Flask-Security with our frame; 422 where it shows a form that was refused."""
    if template.endswith(".txt"):
        return render_template(template, **values)
    forms = [value for value in values.values() if isinstance(value, Form)]
    for form in forms:
        _say_in_our_words(form)
    body = page(template, **values)
    refused = request.method == "POST" and any(form.errors or form.form_errors for form in forms)
    return (body, 422) if refused else body


def _say_in_our_words(form: Form) -> None:
    """Labels of Flask-Security's fields in the words, and the languages, of this site."""
    labels = {
        "email": _("Email address"),
        "password": _("Current password") if "new_password" in form else _("Password"),
        "password_confirm": _("The password once more"),
        "new_password": _("New password"),
        "new_password_confirm": _("The new password once more"),
        "code": _("Code"),
        "name": _("Name of the passkey"),
        "usage": _("Sign in with it"),
        "which": _("Second step"),
    }
    for field in form:
        if field.short_name in labels:
            field.label.text, field.description = labels[field.short_name], ""
    if "usage" in form:
        form["usage"].choices = [
            SelectChoice("secondary", _("after the password")),
            SelectChoice("first", _("by itself")),
        ]


def _begin_anew(_app: Flask, user: User, **_facts: Any) -> None:
    for name in list(browser):
        # Those are Flask-Login's and Flask-Security's own, by which somebody has just been signed in.
        if not name.startswith(("_", "fs_")) and name not in KEPT:
            del browser[name]
    # A second cookie, which whatever form has asked for, would outlive the session that signing out ends.
    browser.pop("_remember", None)
    browser_sessions.name_session()
    # A participant's account stays signed in; whoever runs a survey may sit at somebody else's computer.
    browser.permanent = not runs_a_survey(user)


def _end(_app: Flask, **_facts: Any) -> None:
    """Who signs out leaves nothing behind in this browser, whoever uses it next."""
    for name in (REMEMBERED, OFFERS):
        browser.pop(name, None)
    ended = browser_sessions.renew_session()
    # A view that stores something has its write unit open, and a second one would wait for it.
    if writing.get():
        browser_sessions.end_session(db.session, ended)
    else:
        transaction(lambda session: browser_sessions.end_session(session, ended))
