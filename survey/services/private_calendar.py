"""The private address of somebody's calendar: made once, given to a calendar program, revoked at any time."""

import hashlib
import secrets

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..models import Participant
from ..store.transaction import lock_person

#: Bytes of a token. The address alone opens the calendar, so nobody must be able to guess it.
BYTES = 24


def make_address(session: Session, participant: Participant) -> str:
    """A new token, shown this once; an address that was there before leads nowhere from now on.

    Raises
    ------
    AnswersGone
        Where this person has erased everything.
    """
    lock_person(session, participant)
    token = secrets.token_urlsafe(BYTES)
    participant.calendar_hash = _hash(token)
    session.flush()
    return token


def revoke_address(session: Session, participant: Participant) -> None:
    """Let the address lead nowhere; without one nothing happens."""
    participant.calendar_hash = None
    session.flush()


def owner_of(session: Session, token: str) -> Participant | None:
    """Whose calendar a token leads to; None for what leads to none (any more)."""
    return session.scalar(select(Participant).filter_by(calendar_hash=_hash(token), erased_on=None))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
