"""Freezing what is taken out: a day, and a key of its own under which people are named."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from cryptography.fernet import Fernet
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from .. import clock
from ..actions.event_log import record
from ..config import derive_key
from ..models import Snapshot, Survey


def freeze(
    session: Session,
    survey: Survey,
    settings: Mapping[str, Any],
    *,
    by_id: int | None = None,
    as_of: date | None = None,
) -> Snapshot:
    """Make a snapshot of everything received by the end of a UTC day that is over (default yesterday).

    Raises
    ------
    ValueError
        Where the day is not over yet: its bytes could still change.
    """
    today = clock.now(session).date()
    day = as_of or today - timedelta(days=1)
    if day >= today:
        raise ValueError(f"as_of must be a day that is over, before {today}, got {day}")
    made = session.scalar(select(func.count()).select_from(Snapshot).filter_by(survey_id=survey.id)) or 0
    snapshot = Snapshot(
        survey_id=survey.id,
        number=made + 1,
        as_of=day,
        created_at=clock.now(session),
        by_id=by_id,
        sealed_key=_box(settings).encrypt(secrets.token_bytes(32)),
    )
    session.add(snapshot)
    session.flush()
    record(session, survey, "freeze snapshot", {"number": snapshot.number, "as_of": day.isoformat()}, by_id)
    return snapshot


def open_key(snapshot: Snapshot, settings: Mapping[str, Any]) -> bytes:
    """The snapshot's own key."""
    return _box(settings).decrypt(snapshot.sealed_key)


def pseudonym(key: bytes, noun: str, number: int) -> str:
    """The name of a row about a person in one snapshot: the same in its files, unlike any other snapshot's.

    >>> pseudonym(b"k" * 32, "participant", 1) == pseudonym(b"K" * 32, "participant", 1)
    False
    """
    return hmac.new(key, f"{noun} {number}".encode(), hashlib.sha256).hexdigest()[:16]


def _box(settings: Mapping[str, Any]) -> Fernet:
    key = bytes.fromhex(derive_key(settings["SECRET_KEY"], "snapshot"))
    return Fernet(base64.urlsafe_b64encode(key))
