"""Sessions of browsers: ended one by one, or all of one participant at once.

A cookie is signed and holds who its browser is. What it can't hold is that it has ended: a copy says the same as
the original. So each session has a random name, and the names of those that were ended are kept, as hashes; and each
participant has a generation, which every cookie of theirs names.
"""

import hashlib
import secrets

from flask import session as browser
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from .. import clock
from ..models import ApiToken, EndedSession, Participant

#: Where the cookie holds the session's name.
NAME = "session"


def name_session() -> str:
    """The name of this browser's session, by which it can be ended; made where it has none."""
    if NAME not in browser:
        browser[NAME] = secrets.token_urlsafe(16)
    return str(browser[NAME])


def renew_session() -> str:
    """Give this browser's session another name, and return the one it had, which is to be ended."""
    ended = str(browser.pop(NAME, ""))
    name_session()
    return ended


def hash_session(name: str) -> str:
    """What is kept of a session's name: its SHA-256."""
    return hashlib.sha256(name.encode()).hexdigest()


def has_ended(name: str) -> ColumnElement[bool]:
    """Whether a session was ended, asked inside a query that is made anyway."""
    return select(EndedSession.session_hash).filter_by(session_hash=hash_session(name)).exists()


def end_session(session: Session, name: str) -> None:
    """End one session, in its browser and in every copy of its cookie; a second time, or without a name, nothing."""
    if name and session.get(EndedSession, hash_session(name)) is None:
        session.add(EndedSession(session_hash=hash_session(name), ended_at=clock.now(session)))
        session.flush()


def end_all_of(session: Session, participant: Participant) -> None:
    """End every session and every program's token of a participant; their code brings them back."""
    # Counted and not listed: no row tells on how many devices somebody has answered.
    participant.session_generation += 1
    tokens = select(ApiToken).filter_by(participant_id=participant.id, revoked_at=None)
    for token in session.scalars(tokens):
        token.revoked_at = clock.now(session)
    session.flush()
