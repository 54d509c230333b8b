"""Tokens with which a participant's programs answer for them: made, shown once, revoked."""

from flask import flash, redirect, request, url_for

from ...models import Participant, Survey
from ...presenters.tokens import in_words, revoked
from ...security.limits import limiter
from ...services import api_tokens
from ...store.engine import db
from ...store.transaction import transaction
from ..forms.token import TokenForm
from ..forms.whole_number import whole_number
from ..identity import survey_by_slug
from ..layout import page
from .enrollment import PageAnswer, blueprint, require_participant


@blueprint.get("/mine/tokens")
def own_tokens(slug: str) -> PageAnswer:
    """The tokens that work, and the form that makes one."""
    survey = survey_by_slug(slug)
    person = require_participant(survey)
    return _tokens_page(survey, person, TokenForm(formdata=None))


@blueprint.post("/mine/tokens")
@limiter.limit("10 per minute")
def make_own_token(slug: str) -> PageAnswer:
    """Make a token and show it, this once."""
    survey = survey_by_slug(slug)
    person = require_participant(survey)
    form = TokenForm()
    if not form.validate():
        return _tokens_page(survey, person, form), 422
    until = form.expires_at()
    made = transaction(lambda session: api_tokens.issue_token(session, person, expires_at=until))
    back = url_for(".own_tokens", slug=slug)
    return page("account/new_token.html", survey, token=made, until=until.date(), back=back)


@blueprint.post("/mine/tokens/revoke")
def revoke_own_token(slug: str) -> PageAnswer:
    """Let one of one's tokens stop working."""
    survey = survey_by_slug(slug)
    person = require_participant(survey)
    known = whole_number(request.form.get("token")) or 0
    flash(*revoked(transaction(lambda session: api_tokens.revoke_own(session, person, known))))
    return redirect(url_for(".own_tokens", slug=slug), 303)


def _tokens_page(survey: Survey, person: Participant, form: TokenForm) -> str:
    known = [in_words(one) for one in api_tokens.tokens_of(db.session, person)]
    return page("participant/tokens.html", survey, form=form, tokens=known)
