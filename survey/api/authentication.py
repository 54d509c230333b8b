"""Who calls: the token of the request, and what it lets its holder do. Cookies are nobody here.

First the token (401), then what its holder may know of (404), then what it may be used for (403). Whoever has
no token that works learns the same of every address.
"""

import re
from contextlib import suppress

from flask import request
from sqlalchemy import bindparam, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import joinedload, lazyload
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, Unauthorized

from .. import clock
from ..disclosure import Viewer
from ..errors import NotFound, StoreUnavailable
from ..i18n.locale import gettext
from ..models import (
    ApiToken,
    Membership,
    Option,
    Participant,
    Question,
    QuestionVersion,
    Survey,
    SurveyDraft,
    User,
)
from ..services import api_tokens, drafts
from ..services.api_tokens import ANSWER, RUN, WRITE, find_token
from ..store.engine import db
from ..store.transaction import transaction

#: What addresses are made of; anything else is not looked up.
KEY = re.compile(r"[0-9A-Za-z_-]{1,80}")
#: Where a request keeps its token, once it was looked up.
FOUND = "parley.api_token"
#: Where it keeps the token's number, if this is the first use of its day.
NEW_TODAY = "parley.api_token_new_today"
#: A question by its address, put together once.
WITH_WORDS = select(Question).where(
    Question.survey_id == bindparam("survey"), Question.key == bindparam("key")
)
#: For operations that need what is asked and none of its words: those are read only where they are asked for.
WITHOUT_WORDS = WITH_WORDS.options(
    lazyload(Question.condition),
    lazyload(Question.resolutions),
    joinedload(Question.versions).lazyload(QuestionVersion.texts),
    joinedload(Question.options).lazyload(Option.texts),
)


def current_token() -> ApiToken | None:
    """The token of this request, None where it has none.

    :raise Unauthorized: where it has one that does not work.
    """
    if FOUND not in request.environ:
        request.environ[FOUND] = _token_of_request()
    token: ApiToken | None = request.environ[FOUND]
    return token


def note_use() -> None:
    """Keep the day on which the token of this request was used, once a day; not at the cost of its answer."""
    known: int | None = request.environ.get(NEW_TODAY)
    if known is not None:
        with suppress(SQLAlchemyError, StoreUnavailable):
            transaction(lambda session: api_tokens.note_use(session, known))


def require_token() -> ApiToken:
    """The token of this request.

    :raise Unauthorized: where it has none that works.
    """
    token = current_token()
    if token is None:
        raise _unauthorized(gettext("Send a token: “Authorization: Bearer parley_…”."))
    return token


def known_survey(slug: str) -> Survey:
    """The survey of an address.

    :raise NotFound: where there is none that the caller may know of.
    """
    token = current_token()
    own = token.survey if token is not None else None
    # Most calls are about the survey of their token, which was read with it.
    survey = own if own is not None and own.slug == slug else _survey(slug)
    if survey is None:
        raise NotFound(gettext("There is no such survey, or it is not open to you."))
    if survey.visibility == "invited" and (token is None or token.survey_id != survey.id):
        # The sentence of none: that there is one is told to those alone who were invited.
        raise NotFound(gettext("There is no such survey, or it is not open to you."))
    return survey


def known_question(survey: Survey, key: str, *, words: bool = True) -> Question:
    """The question of an address; with `words` false, its words are read only where they are asked for.

    :raise NotFound: where the survey has none with this key, or drafts of one alone.
    """
    address = {"survey": survey.id, "key": key}
    found = (
        db.session.scalars(WITH_WORDS if words else WITHOUT_WORDS, address) if KEY.fullmatch(key) else None
    )
    question = found.unique().one_or_none() if found else None
    if question is None or question.is_draft:
        raise NotFound(gettext("The survey has no such question."))
    return question


def require_participant(slug: str) -> tuple[Survey, Participant]:
    """The survey of an address, and the participant whose token this is.

    :raise Forbidden: for the token of another survey, or of nobody who answers.
    """
    token = require_token()
    survey = known_survey(slug)
    if token.participant is None or token.survey_id != survey.id or ANSWER not in token.scopes:
        raise Forbidden(gettext("This needs the token of a participant of this survey."))
    return survey, token.participant


def require_member(slug: str, scope: str, *roles: str) -> tuple[Survey, User]:
    """The survey of an address, and the user whose token this is.

    :raise Forbidden: where the token is not for this survey and scope, or its user has none of the roles.
    """
    token = require_token()
    survey = known_survey(slug)
    if token.user is None or scope not in token.scopes or _role(token, survey) not in roles:
        raise Forbidden(
            gettext(
                "This needs a token with “%(scope)s” of somebody who is %(roles)s of this survey.",
                scope=scope,
                roles=" / ".join(roles),
            )
        )
    return survey, token.user


def require_author() -> User:
    """The user whose token this is, who may begin surveys by it and see which they write.

    :raise Forbidden: for a token that is not for writing, or for one survey alone.
    """
    token = require_token()
    if token.user is None or WRITE not in token.scopes or token.survey_id is not None:
        raise Forbidden(gettext("This needs a token to write with that is for no single survey."))
    return token.user


def require_writer(slug: str) -> tuple[SurveyDraft, User]:
    """The draft of an address, and the user whose token this is, who writes it.

    :raise NotFound: where there is nothing at the address that the caller may know of.
    :raise Forbidden: where the caller may know of the survey, and the token does not write it.
    """
    token = require_token()
    draft = _draft(token, slug)
    if draft is None or token.user is None:
        known_survey(slug)
        raise Forbidden(gettext("This needs a token with “write” of somebody who writes this survey."))
    return draft, token.user


def _draft(token: ApiToken, slug: str) -> SurveyDraft | None:
    """The draft at an address that a token writes: one that is for a single survey reaches no other."""
    if token.user is None or WRITE not in token.scopes or not KEY.fullmatch(slug):
        return None
    try:
        draft = drafts.find(db.session, slug, token.user)
    except NotFound:
        return None
    # What was never opened has no survey yet: a token for one survey does not reach it.
    return draft if token.survey_id in (None, draft.survey_id) else None


def viewer(survey: Survey) -> Viewer:
    """The caller as the crowd's door knows them: a participant, or who runs the survey, or nobody."""
    token = current_token()
    if token is None or token.survey_id != survey.id:
        return Viewer()
    if token.user is not None:
        # A token to take out data alone sees what strangers see: it is not for running a survey.
        return Viewer(role=_role(token, survey) if RUN in token.scopes else None)
    return Viewer(participant=token.participant)


def _survey(slug: str) -> Survey | None:
    return db.session.scalar(select(Survey).filter_by(slug=slug)) if KEY.fullmatch(slug) else None


def _role(token: ApiToken, survey: Survey) -> str | None:
    """What the token's user may do in the survey now, where the token is for it."""
    if token.survey_id != survey.id:
        return None
    query = select(Membership.role).filter_by(survey_id=survey.id, user_id=token.user_id)
    return db.session.scalar(query)


def _token_of_request() -> ApiToken | None:
    header = request.headers.get("Authorization", "")
    if not header:
        return None
    # The scheme is the same in any case (RFC 9110, section 11.1).
    scheme, _space, text = header.partition(" ")
    token = find_token(db.session, text.strip()) if scheme.lower() == "bearer" else None
    if token is None:
        raise _unauthorized(gettext("This token does not work: it is unknown, expired or was revoked."))
    if token.last_used_on != clock.now(db.session).date():
        request.environ[NEW_TODAY] = token.id
    return token


def _unauthorized(sentence: str) -> Unauthorized:
    # With every 401 there is to be a challenge, which says what to send (RFC 9110, section 15.5.2).
    return Unauthorized(sentence, www_authenticate=WWWAuthenticate("bearer", {"realm": "Parley"}))
