"""Freezing a snapshot: a day that is over, and a key of its own under which people are named."""

import secrets
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from .. import clock
from ..export.snapshots import key_box
from ..models import Snapshot, Survey
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
        Where the day is not over yet: its bytes could still change.
    """
    today = clock.now(session).date()
    day = as_of or today - timedelta(days=1)
    if day >= today:
        raise ValueError(f"as_of must be a day that is over, before {today}, got {day}")
    # Snapshots of one survey queue up, so that no two find the same number free.
    session.execute(select(Survey.id).filter_by(id=survey.id).with_for_update())
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
