"""Accounts: signing in by a link that works once, one's surveys and answers, what an account is protected by."""

from typing import Any, cast

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask import session as browser
from flask.typing import ResponseReturnValue
from flask_security import auth_required, current_user, login_user, logout_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import EmailField, StringField
from wtforms.validators import InputRequired, Length

from ...disclosure import RUNNING
from ...i18n.locale import current_language
from ...i18n.locale import gettext as _
from ...models import Membership, User
from ...notifications import transport
from ...security.authentication import write_to
from ...security.limits import limiter
from ...services import accounts, enrollment
from ...store.engine import db
from ...store.transaction import transaction
from ..forms.whole_number import whole_number
from ..layout import page
from ..organizer.roles import role_words
from ..survey_list import told_apart
from .security import GUESSES, LETTERS

blueprint = Blueprint("account", __name__)

Page = str | Response | tuple[str, int]


class AddressForm(FlaskForm):  # type: ignore[misc]
    """Where a sign-in link goes."""

    email = EmailField(validators=[InputRequired(), Length(max=254)])

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.email.label.text = _("Email address")


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
    to, token, known = transaction(lambda session: accounts.link_for(session, address))
    link = transport.public_address(url_for(".before_signing_in", token=token))
    text = render_template("account/sign_in_letter.txt", link=link)
    write_to(to, _("Your sign-in link"), text, known=known)
    return page("account/ask_for_link.html", form=form, sent=True)


@blueprint.get("/sign-in/<token>")
def before_signing_in(token: str) -> str:
    """One button; looking at the page uses nothing up, since mail programs look at links before people do."""
    return page("account/sign_in.html", token=token)


@blueprint.post("/sign-in/<token>")
@limiter.limit(GUESSES)
def sign_in(token: str) -> ResponseReturnValue:
    """Use the link up and sign in, in a session that begins anew; a second factor is asked for where there is one."""
    user = transaction(lambda session: accounts.use_sign_in_link(session, token))
    language = browser.get("language")
    # Whatever this browser was before, somebody else may have made it so (session fixation).
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
                enrollment.bring_answers(session, form.code.data, user_id)
                .survey.text(current_language())
                .title
            )
        )
    except (enrollment.UnknownCode, enrollment.AnswersElsewhere) as refused:
        form.code.errors = [str(refused.errors["code"] if hasattr(refused, "errors") else refused.sentence)]
        return _account_page(form), 422
    flash(_("Your answers in “%(title)s” are in your account now. The code keeps working.", title=title))
    return redirect(url_for(".account"), 303)


@blueprint.post("/account/codes/remove")
@auth_required("session")
def remove_code() -> Page:
    """Let the code of some of one's answers stop working."""
    known, user_id = whole_number(request.form.get("answers")) or 0, current_user.id
    transaction(lambda session: enrollment.remove_code(session, known, user_id))
    flash(_("The code does not work any more. Your answers are where they were: sign in to reach them."))
    return redirect(url_for(".account"), 303)


@blueprint.post("/account/sign-out-everywhere")
@auth_required("session")
def sign_out_everywhere() -> Page:
    """End every session of this account, here too."""
    user_id = current_user.id
    transaction(lambda session: accounts.sign_out_everywhere(session, session.get_one(User, user_id)))
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
        for one in enrollment.answers_of(db.session, current_user.id)
    ]
    return page("account/account.html", user=current_user, form=form, answers=answers)


def _places(user: User) -> list[tuple[str, str, str, str]]:
    """Title, what the user is there, the page for it, what tells it from others: roles first."""
    language = current_language()
    words = role_words()
    roles = [(one.survey, words[one.role], _place(one)) for one in accounts.roles_of(db.session, user)]
    mine = [
        (one.survey, _("participant"), url_for("participant.themes", slug=one.survey.slug))
        for one in enrollment.answers_of(db.session, user.id)
    ]
    places = [*roles, *mine]
    hints = told_apart([survey for survey, _role, _url in places])
    return [(survey.text(language).title, role, url, hints[survey.id]) for survey, role, url in places]


def _place(membership: Membership) -> str:
    """The page a role is for: an analyst takes out data, the others run the survey."""
    endpoint = "organizer.overview" if membership.role in RUNNING else "researcher.data"
    return url_for(endpoint, slug=membership.survey.slug)
