"""Accounts: signing in by a link that works once, one's surveys and answers, what an account is protected by.

Passwords, second factors and passkeys are Flask-Security's; this module shows its pages in our frame, refuses
with a status of refusal, and lets nothing happen because a program looked at a link.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from flask import Blueprint, Flask, current_app, flash, redirect, render_template, request, url_for
from flask import session as browser
from flask.typing import ResponseReturnValue
from flask_login import user_logged_out  # type: ignore[import-untyped]
from flask_security import auth_required, current_user, login_user, logout_user, user_authenticated
from flask_wtf import FlaskForm
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response
from wtforms import EmailField, Form, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from .. import mail
from ..actions import joining, members
from ..crowd import RUNNING
from ..db import db, transaction
from ..language import current_language
from ..language import gettext as _
from ..models import Membership, User
from ..security import limiter
from .listing import told_apart
from .pages import page
from .participant import OFFERS
from .reader import REMEMBERED

blueprint = Blueprint("account", __name__)

GUESSES = "10 per minute"
#: Letters that one address may ask this site to send.
LETTERS = "5 per minute"
#: What a browser keeps when somebody signs in; who it was as a participant is forgotten.
KEPT = ("language", "csrf_token")
#: Forms of Flask-Security behind which something is guessed, and those that send a letter.
GUESSED = (
    "login",
    "reset_password",
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

Page = str | Response | tuple[str, int]


class AddressForm(FlaskForm):  # type: ignore[misc]
    """Where a sign-in link goes."""

    email = EmailField(validators=[InputRequired(), Length(max=254)])

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.email.label.text = _("E-mail address")


class BringForm(FlaskForm):  # type: ignore[misc]
    """The code of answers that an account is to hold."""

    code = StringField(validators=[InputRequired(), Length(max=100)])

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.code.label.text = _("Your code")


@blueprint.get("/sign-in")
def ask_for_link() -> Page:
    """The box for the address that gets a link."""
    return page("account/ask_for_link.html", form=AddressForm(formdata=None), sent=False)


@blueprint.post("/sign-in")
@limiter.limit(LETTERS)
def send_link() -> Page:
    """Send a link to whoever has an account there; the answer is the same for every address."""
    form = AddressForm()
    try:
        address = current_app.extensions["security"].mail_util.validate(form.email.data or "")
    except ValueError as error:
        form.email.errors = [str(getattr(error, "msg", error))]
        return page("account/ask_for_link.html", form=form, sent=False), 422
    found = transaction(lambda session: members.link_for(session, address))
    if found is not None:
        link = mail.public_address(url_for(".before_signing_in", token=found[1]))
        text = render_template("account/sign_in_letter.txt", link=link)
        mail.send_soon(found[0], _("Your sign-in link"), text)
    return page("account/ask_for_link.html", form=form, sent=True)


@blueprint.get("/sign-in/<token>")
def before_signing_in(token: str) -> str:
    """One button; looking at the page uses nothing up, since mail programs look at links before people do."""
    return page("account/sign_in.html", token=token)


@blueprint.post("/sign-in/<token>")
@limiter.limit(GUESSES)
def sign_in(token: str) -> ResponseReturnValue:
    """Use the link up and sign in, in a session that begins anew; a second factor is asked for where there is one."""
    user = transaction(lambda session: members.use_sign_in_link(session, token))
    language = browser.get("language")
    browser.clear()
    if language is not None:
        browser["language"] = language
    factors = current_app.extensions["security"].two_factor_plugins
    second = factors.tf_enter(user, False, "link", next_loc=None)
    if second is not None:
        return cast(ResponseReturnValue, second)
    login_user(user, authn_via=["link"])
    return redirect(landing(user), 303)


@blueprint.get("/surveys")
def surveys() -> str | Response:
    """The surveys the signed-in user has a role or answers in; the only one is shown at once."""
    if not current_user.is_authenticated:
        return redirect(url_for("security.login", next=url_for(".surveys")))
    places = _places(current_user)
    if len(places) == 1:
        return redirect(places[0][2])
    return page("account/surveys.html", entries=places)


@blueprint.get("/account")
@auth_required("session")
def account() -> Page:
    """What the account is protected by, and the answers it holds."""
    return _account_page(BringForm(formdata=None))


@blueprint.post("/account/answers")
@limiter.limit(GUESSES)
@auth_required("session")
def bring_answers() -> Page:
    """Put the answers of a code into the account, so that signing in leads to them on any device."""
    form, user_id = BringForm(), current_user.id
    if not form.validate():
        form.code.errors = [_("Type the code you got when you joined.")]
        return _account_page(form), 422
    try:
        title = transaction(
            lambda session: (
                joining.bring_answers(session, form.code.data, user_id).survey.text(current_language()).title
            )
        )
    except (joining.UnknownCode, joining.AnswersElsewhere) as refused:
        form.code.errors = [str(refused.errors["code"] if hasattr(refused, "errors") else refused.sentence)]
        return _account_page(form), 422
    flash(_("Your answers in “%(title)s” are in your account now. The code goes on working.", title=title))
    return redirect(url_for(".account"), 303)


@blueprint.post("/account/codes/remove")
@auth_required("session")
def remove_code() -> Page:
    """Let the code of some of one's answers stop working."""
    number, user_id = request.form.get("answers", ""), current_user.id
    known = int(number) if number.isascii() and number.isdecimal() and len(number) < 10 else 0
    transaction(lambda session: joining.remove_code(session, known, user_id))
    flash(_("The code does not work any more. Your answers are where they were: sign in to reach them."))
    return redirect(url_for(".account"), 303)


@blueprint.post("/account/sign-out-everywhere")
@auth_required("session")
def sign_out_everywhere() -> Page:
    """End every session of this account, here too."""
    user_id = current_user.id
    transaction(lambda session: members.sign_out_everywhere(session, session.get_one(User, user_id)))
    logout_user()
    flash(_("You are signed out on every device."))
    return redirect(url_for("security.login"), 303)


def landing(user: User) -> str:
    """Where somebody who has signed in goes: their only survey, else the list of theirs."""
    places = _places(user)
    return places[0][2] if len(places) == 1 else url_for("account.surveys")


def _account_page(form: BringForm) -> str:
    answers = [
        (one, one.survey.text(current_language()).title)
        for one in joining.answers_of(db.session, current_user.id)
    ]
    return page("account/account.html", user=current_user, form=form, answers=answers)


def _places(user: User) -> list[tuple[str, str, str, str]]:
    """Title, what the user is there, the page for it, what tells it from others: roles first."""
    language = current_language()
    roles = [(one.survey, one.role, _place(one)) for one in _memberships(user)]
    mine = [
        (one.survey, _("participant"), url_for("participant.themes", slug=one.survey.slug))
        for one in joining.answers_of(db.session, user.id)
    ]
    places = [*roles, *mine]
    hints = told_apart([survey for survey, _role, _url in places])
    return [(survey.text(language).title, role, url, hints[survey.id]) for survey, role, url in places]


def _memberships(user: User) -> list[Membership]:
    query = select(Membership).filter_by(user_id=user.id).options(joinedload(Membership.survey))
    return list(db.session.scalars(query.order_by(Membership.survey_id)))


def _place(membership: Membership) -> str:
    """The page a role is for: an analyst takes out data, the others run the survey."""
    endpoint = "organizer.overview" if membership.role in RUNNING else "researcher.data"
    return url_for(endpoint, slug=membership.survey.slug)


def init_account(app: Flask) -> None:
    """Put Flask-Security's pages into our frame, limit guesses, and let browsers forget whom they were."""
    app.extensions["security"].render_template = _in_our_frame
    app.jinja_env.globals["public_address"] = mail.public_address
    for name in STORING:
        _change(app, name, _in_write_unit)
    for limit, names in ((GUESSES, GUESSED), (LETTERS, SENDING)):
        for name in names:
            _change(app, name, limiter.limit(limit, methods=["POST"]))
    for name in BY_BUTTON:
        _change(app, name, _by_button)
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
        "email": _("E-mail address"),
        "password": _("Password"),
        "password_confirm": _("The password once more"),
        "new_password": _("New password"),
        "new_password_confirm": _("The new password once more"),
        "remember": _("Stay signed in on this device"),
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


def _begin_anew(_app: Flask, **_facts: Any) -> None:
    for name in list(browser):
        if not name.startswith(("_", "fs_")) and name not in KEPT:
            del browser[name]


def _end(_app: Flask, **_facts: Any) -> None:
    """Who signs out leaves nothing behind in this browser, whoever uses it next."""
    for name in (REMEMBERED, OFFERS):
        browser.pop(name, None)
