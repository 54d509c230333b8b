"""Tokens with which programs act as the signed-in user: made, shown once, revoked. Who signed in long ago shows again
who they are first: a token outlives the session it was made in.
"""

from flask import current_app, flash, redirect, request, url_for
from flask_security import auth_required, current_user
from sqlalchemy.orm import Session

from ...errors import InvalidAnswer
from ...i18n.locale import current_language
from ...models import User
from ...presenters.tokens import in_words, revoked
from ...security.limits import limiter
from ...services import accounts, api_tokens
from ...store.engine import db
from ...store.transaction import transaction
from ..forms.token import EVERY, UserTokenForm
from ..forms.whole_number import whole_number
from ..layout import page
from .security import GUESSES
from .sign_in import Page, blueprint

#: As for the other pages that an account is protected by.
recently = auth_required(
    "session",
    within=lambda: current_app.config["SECURITY_FRESHNESS"],
    grace=lambda: current_app.config["SECURITY_FRESHNESS_GRACE_PERIOD"],
)


@blueprint.get("/account/tokens")
@recently
def tokens() -> Page:
    """The tokens that work, and the form that makes one."""
    return _tokens_page(UserTokenForm(_surveys(), formdata=None))


@blueprint.post("/account/tokens")
@limiter.limit(GUESSES)
@recently
def make_token() -> Page:
    """Make a token and show it, this once."""
    form = UserTokenForm(_surveys())
    if not form.validate():
        return _tokens_page(form), 422
    user_id, until = current_user.id, form.expires_at()

    def work(session: Session) -> str:
        user = session.get_one(User, user_id)
        if form.survey.data == EVERY:
            return api_tokens.create_writing_token(session, user, expires_at=until)
        survey = next(
            one.survey for one in accounts.roles_of(session, user) if one.survey.slug == form.survey.data
        )
        return api_tokens.create_token(session, user, survey, form.scopes, expires_at=until)

    try:
        made = transaction(work)
    except InvalidAnswer as refused:
        form.survey.errors = [refused.sentence]
        return _tokens_page(form), 422
    return page("account/new_token.html", token=made, until=until.date(), back=url_for(".tokens"))


@blueprint.post("/account/tokens/revoke")
@recently
def revoke_token() -> Page:
    """Let one of one's tokens stop working."""
    known, user_id = whole_number(request.form.get("token")) or 0, current_user.id

    found = transaction(lambda session: api_tokens.revoke_own(session, session.get_one(User, user_id), known))
    flash(*revoked(found))
    return redirect(url_for(".tokens"), 303)


def _surveys() -> list[tuple[str, str]]:
    """Address and title of each survey in which the user has a role."""
    roles = accounts.roles_of(db.session, current_user)
    return [(one.survey.slug, one.survey.text(current_language()).title) for one in roles]


def _tokens_page(form: UserTokenForm) -> str:
    known = [in_words(one) for one in api_tokens.tokens_of(db.session, current_user)]
    return page("account/tokens.html", form=form, tokens=known)
