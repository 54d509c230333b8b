"""Tokens of the JSON interface: made, recognised, revoked. A token is shown once; its hash is what is kept."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, bindparam, select, update
from sqlalchemy.orm import Session, joinedload

from .. import clock
from ..errors import InvalidAnswer
from ..i18n.locale import gettext
from ..models import ApiToken, Participant, Survey, User
from ..store.transaction import lock_person
from .audit_log import record
from .enrollment import is_member

#: Begins every token, so that one which was published by mistake can be searched for.
PREFIX = "parley_"
#: What a participant's token is for.
ANSWER = "answer"
#: What tokens of users are for: publishing and resolving; taking out snapshots; writing surveys.
RUN, EXPORT, WRITE = "run", "export", "write"
USER_SCOPES = (RUN, EXPORT, WRITE)


#: Put together once: every call asks it.
_by_hash = (
    select(ApiToken)
    .where(ApiToken.token_hash == bindparam("hash"))
    # Without the survey's words, which few calls need and each would read.
    .options(joinedload(ApiToken.participant), joinedload(ApiToken.survey).lazyload(Survey.texts))
)


class InvalidToken(InvalidAnswer):
    """A token that cannot be made."""

    title = _("No token was made")


def hash_token(token: str) -> str:
    """What is stored of a token: its SHA-256, in hexadecimal."""
    # A header may hold anything: what is no text is no token either, and no error.
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def issue_token(session: Session, participant: Participant, *, expires_at: datetime | None = None) -> str:
    """A new token that answers as this participant. Earlier ones go on working: one for each device.

    Raises
    ------
    AnswersGone
        Where they have erased everything.
    """
    lock_person(session, participant)
    known = ApiToken(participant_id=participant.id, scopes=[ANSWER], expires_at=expires_at)
    return _store(session, known, participant.survey_id)


def create_token(
    session: Session,
    user: User,
    survey: Survey,
    scopes: Iterable[str] = USER_SCOPES,
    *,
    expires_at: datetime | None = None,
) -> str:
    """A new token with which programs run a survey or take out its data as this user; logged without it.

    Parameters
    ----------
    scopes
        Some of `run`, `export`, `write`. The user's role is asked at each use: a token never does more than they may.

    Raises
    ------
    InvalidToken
        For a scope there is not, or a user without a role in the survey.
    """
    wanted = sorted(set(scopes))
    if not wanted or not set(wanted) <= set(USER_SCOPES):
        known = ", ".join(USER_SCOPES)
        raise InvalidToken({"scopes": gettext("A token is for one or more of: %(scopes)s.", scopes=known)})
    if not is_member(session, survey, user.id):
        raise InvalidToken({"user": gettext("This user has no role in the survey; give them one first.")})
    token = _store(session, ApiToken(user_id=user.id, scopes=wanted, expires_at=expires_at), survey.id)
    record(session, survey, "create token", {"user": user.id, "scopes": wanted}, user.id)
    return token


def create_writing_token(session: Session, user: User, *, expires_at: datetime | None = None) -> str:
    """A new token with which programs write surveys as this user: every one they write, and new ones."""
    return _store(session, ApiToken(user_id=user.id, scopes=[WRITE], expires_at=expires_at), None)


def find_token(session: Session, token: str) -> ApiToken | None:
    """The stored side of a token that works now; None for every other, whatever the reason."""
    # Looked up by its hash: the time a secret itself is compared in would tell how much of it is right.
    known = session.scalar(_by_hash, {"hash": hash_token(token)})
    return known if known is not None and known.works(clock.now(session)) else None


def tokens_of(session: Session, holder: User | Participant) -> list[ApiToken]:
    """The tokens that work now and speak for somebody, the newest first."""
    query = select(ApiToken).where(_speaks_for(holder)).order_by(ApiToken.id.desc())
    now = clock.now(session)
    return [one for one in session.scalars(query.options(joinedload(ApiToken.survey))) if one.works(now)]


def revoke_own(session: Session, holder: User | Participant, number: int) -> bool:
    """Let one of somebody's tokens stop working, by its number; whether they have one with it."""
    # No id is larger, and PostgreSQL refuses to compare one that is.
    query = select(ApiToken).where(ApiToken.id == number, _speaks_for(holder))
    known = session.scalar(query) if number < 2**31 else None
    if known is not None:
        revoke_token(session, known)
    return known is not None


def revoke_token(session: Session, token: ApiToken) -> None:
    """Let a token stop working; a second time changes nothing. A user's for one survey is logged there."""
    if token.revoked_at is not None:
        return
    token.revoked_at = clock.now(session)
    session.flush()
    if token.user_id is not None and token.survey is not None:
        facts = {"user": token.user_id, "scopes": token.scopes}
        record(session, token.survey, "revoke token", facts, token.user_id)


def note_use(session: Session, token_id: int) -> None:
    """Keep on which UTC day a token was used last."""
    today = clock.now(session).date()
    session.execute(update(ApiToken).where(ApiToken.id == token_id).values(last_used_on=today))


def _speaks_for(holder: User | Participant) -> ColumnElement[bool]:
    if isinstance(holder, User):
        return ApiToken.user_id == holder.id
    return ApiToken.participant_id == holder.id


def _store(session: Session, known: ApiToken, survey_id: int | None) -> str:
    token = PREFIX + secrets.token_urlsafe(32)
    known.token_hash = hash_token(token)
    known.survey_id = survey_id
    # An organizer's token says nothing of a participant's hours.
    protected = known.participant_id is not None and session.get_one(Survey, survey_id).protected
    known.created_at = clock.as_kept(clock.now(session), protected)
    session.add(known)
    session.flush()
    return token
