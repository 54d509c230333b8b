"""Freezing a snapshot: a day that is over, a key of its own under which people are named, and files that stay.

What is edited, resolved or corrected later changes no file that was frozen; an erasure alone takes it away.
"""

import secrets
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from .. import clock
from ..export.files import FILES, packed
from ..export.snapshots import key_box
from ..models import Snapshot, SnapshotFile, Survey
from ..store.transaction import lock_survey, transaction
from .audit_log import record


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
        Where the day is not over yet: its bytes could still change. And for a pilot, whose answers nobody takes out.
    """
    if survey.pilot:
        raise ValueError(f"survey {survey.slug} is a trial: its answers are not taken out")
    today = clock.now(session).date()
    day = as_of or today - timedelta(days=1)
    if day >= today:
        raise ValueError(f"as_of must be a day that is over, before {today}, got {day}")
    # Snapshots of one survey queue up, so that no two find the same number free.
    lock_survey(session, survey)
    made = session.scalar(select(func.count()).select_from(Snapshot).filter_by(survey_id=survey.id)) or 0
    snapshot = Snapshot(
        survey_id=survey.id,
        number=made + 1,
        as_of=day,
        created_at=clock.now(session),
        by_id=by_id,
        sealed_key=key_box(settings).encrypt(secrets.token_bytes(32)),
    )
    session.add(snapshot)
    session.flush()
    record(session, survey, "freeze snapshot", {"number": snapshot.number, "as_of": day.isoformat()}, by_id)
    return snapshot


def freeze_with_files(session: Session, survey: Survey, settings: Mapping[str, Any], by_id: int) -> Snapshot:
    """Make a snapshot, and its files beside it: in writes of their own, which are short."""
    number = transaction(lambda writing: freeze(writing, survey, settings, by_id=by_id).number)
    snapshot = session.scalars(select(Snapshot).filter_by(survey_id=survey.id, number=number)).one()
    for name in FILES:
        frozen_file(session, snapshot, name, settings)
    return snapshot


def frozen_file(session: Session, snapshot: Snapshot, name: str, settings: Mapping[str, Any]) -> bytes:
    """One file of a snapshot, packed, as it was frozen; one that was not made yet is made and kept now.

    Reading the rows takes seconds in a large survey. They are read before the write begins, so that nobody who
    answers waits; of two that make the same file at once the first is kept.
    """
    kept = session.get(SnapshotFile, (snapshot.id, name))
    if kept is not None:
        return kept.content
    snapshot_id, content = snapshot.id, packed(FILES[name](session, snapshot, settings))
    return transaction(lambda writing: _keep(writing, snapshot_id, name, content))


def _keep(session: Session, snapshot_id: int, name: str, content: bytes) -> bytes:
    snapshot = session.scalars(select(Snapshot).filter_by(id=snapshot_id).with_for_update()).one()
    kept = session.get(SnapshotFile, (snapshot_id, name))
    if kept is not None:
        return kept.content
    if snapshot.withdrawn_at is None:
        session.add(SnapshotFile(snapshot_id=snapshot_id, name=name, content=content))
        session.flush()
    return content
