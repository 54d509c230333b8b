"""The log of what owners, organizers, analysts and the system did: chained, so that no entry can be slipped out."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from .. import clock
from ..models import EventLog, Survey, User
from ..store.transaction import lock_survey

FIRST = "0" * 64


def record(
    session: Session,
    survey: Survey,
    act: str,
    detail: Mapping[str, Any] | None = None,
    user_id: int | None = None,
) -> EventLog:
    """Append one entry to the survey's chain; the survey's row is the one lock that orders it."""
    lock_survey(session, survey)
    last = session.scalar(
        select(EventLog).filter_by(survey_id=survey.id).order_by(EventLog.position.desc()).limit(1)
    )
    entry = EventLog(
        survey_id=survey.id,
        position=last.position + 1 if last else 1,
        at=clock.now(session),
        user_id=user_id,
        act=act,
        detail=dict(detail or {}),
        previous_hash=last.hash if last else FIRST,
    )
    entry.hash = entry_hash(entry.previous_hash, entry.position, entry.at, user_id, act, entry.detail)
    session.add(entry)
    session.flush()
    return entry


def entry_hash(
    previous: str, position: int, at: datetime, user_id: int | None, act: str, detail: Mapping[str, Any]
) -> str:
    """SHA-256 of an entry with the one before: what `verify` recomputes."""
    return digest([previous, position, at.isoformat(), user_id, act, detail])


def digest(parts: Any) -> str:
    """SHA-256, in hexadecimal, of what JSON can hold; the same before it was stored and after.

    >>> digest({"b": 1, "a": 0.5}) == digest({"a": 0.5, "b": 1})
    True
    """
    # Sorted: PostgreSQL keeps the keys of an object in an order of its own.
    return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def entries(
    session: Session,
    survey: Survey,
    *,
    act: str | None = None,
    user_id: int | None = None,
    by_system: bool = False,
    day: date | None = None,
) -> list[tuple[EventLog, str | None]]:
    """Entries in their order, each with its account's address; None for the system.

    Parameters
    ----------
    act, user_id, day
        Those of this kind, this account, this UTC day alone; default all.
    by_system
        Those of no account alone.
    """
    query = select(EventLog, User.email).outerjoin(User, User.id == EventLog.user_id)
    query = query.where(EventLog.survey_id == survey.id).order_by(EventLog.position)
    if act is not None:
        query = query.where(EventLog.act == act)
    if user_id is not None or by_system:
        query = query.where(EventLog.user_id.is_(None) if by_system else EventLog.user_id == user_id)
    if day is not None:
        query = query.where(EventLog.at >= clock.day_start(day), EventLog.at < clock.day_end(day))
    return [(entry, address) for entry, address in session.execute(query)]


def first_broken(session: Session, survey: Survey) -> int | None:
    """Position of the first entry that does not follow from the one before; None where the chain is whole."""
    previous = FIRST
    entries = session.scalars(select(EventLog).filter_by(survey_id=survey.id).order_by(EventLog.position))
    # Counted here: an entry that is taken out leaves a gap. Of the last ones a head that was kept elsewhere tells.
    for place, entry in enumerate(entries, start=1):
        wanted = entry_hash(previous, place, entry.at, entry.user_id, entry.act, entry.detail)
        if (entry.position, entry.previous_hash, entry.hash) != (place, previous, wanted):
            return place
        previous = entry.hash
    return None


def broken_logs(session: Session) -> list[str]:
    """The surveys, by their addresses, whose audit log is not whole."""
    surveys = session.scalars(select(Survey).order_by(Survey.slug))
    return [survey.slug for survey in surveys if first_broken(session, survey) is not None]
