"""Freezing a snapshot: a day that is over, a key of its own under which people are named, and files that stay.

What is edited, resolved or corrected later changes no file that was frozen; an erasure alone takes it away.
"""

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Select, delete, exists, func, select
from sqlalchemy.orm import Session

from .. import clock
from ..export.files import FILES, packed
from ..export.snapshots import key_box
from ..models import LIVE_STATES, Forecast, Question, Snapshot, SnapshotFile, Submission, Survey, Task
from ..progress import Progress
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
    snapshot = begin(session, survey, settings, by_id=by_id, as_of=as_of)
    note(session, snapshot)
    return snapshot


def begin(
    session: Session,
    survey: Survey,
    settings: Mapping[str, Any],
    *,
    by_id: int | None = None,
    as_of: date | None = None,
) -> Snapshot:
    """A snapshot that has its number, day and key, and whose files are still to be made; refusals as of `freeze`."""
    if survey.pilot:
        raise ValueError(f"survey {survey.slug} is a trial: its answers are not taken out")
    today = clock.now(session).date()
    day = as_of or today - timedelta(days=1)
    if day >= today:
        raise ValueError(f"as_of must be a day that is over, before {today}, got {day}")
    # Snapshots of one survey queue up, so that no two find the same number free.
    lock_survey(session, survey)
    # The highest and not their count: one that was cancelled is gone, and a later one may be finished.
    last = session.scalar(select(func.max(Snapshot.number)).filter_by(survey_id=survey.id))
    snapshot = Snapshot(
        survey_id=survey.id,
        number=(last or 0) + 1,
        as_of=day,
        created_at=clock.now(session),
        by_id=by_id,
        sealed_key=key_box(settings).encrypt(secrets.token_bytes(32)),
    )
    session.add(snapshot)
    session.flush()
    return snapshot


def note(session: Session, snapshot: Snapshot) -> None:
    """Say in the audit log that a snapshot was frozen."""
    detail = {"number": snapshot.number, "as_of": snapshot.as_of.isoformat()}
    record(session, snapshot.survey, "freeze snapshot", detail, snapshot.by_id)


def discard(session: Session, snapshot_id: int) -> None:
    """Delete a snapshot that was never finished, with the files that were made: nobody was given any of it."""
    session.scalars(select(Snapshot.id).filter_by(id=snapshot_id).with_for_update()).one_or_none()
    session.execute(delete(SnapshotFile).filter_by(snapshot_id=snapshot_id))
    session.execute(delete(Snapshot).filter_by(id=snapshot_id))


def finished(survey: Survey) -> Select[Snapshot]:
    """The snapshots of a survey that can be read: not those that are being made."""
    in_making = exists().where(Task.snapshot_id == Snapshot.id, Task.state.in_(LIVE_STATES))
    return select(Snapshot).where(Snapshot.survey_id == survey.id, ~in_making)


def make_files(
    session: Session, snapshot: Snapshot, settings: Mapping[str, Any], progress: Progress
) -> Iterator[str]:
    """Make a snapshot's files one after the other; each one's name, once it is kept. Those that are kept stay.

    Parameters
    ----------
    progress
        Is told at every line how much of all files is done; an error that it raises ends the making.
    """
    lines, expected = 0, _lines_expected(session, snapshot)

    def told(name: str, file: Iterable[str]) -> Iterator[str]:
        nonlocal lines
        for line in file:
            lines += 1
            # What is expected is counted beforehand, and near enough: the whole is done when all are kept.
            progress(name, min(lines / expected, 0.99))
            yield line

    for name in FILES:
        progress(name, min(lines / expected, 0.99))
        frozen_file(session, snapshot, name, settings, partial(told, name))
        yield name


def _lines_expected(session: Session, snapshot: Snapshot) -> int:
    """About how many lines all files have: a number each, and a question each."""
    end = clock.day_start(snapshot.as_of + timedelta(days=1))
    asked = select(Question.id).filter_by(survey_id=snapshot.survey_id)
    numbers = select(func.count()).select_from(Forecast).join(Submission)
    numbers = numbers.where(Submission.question_id.in_(asked), Submission.received_at < end)
    return 1 + (session.scalar(numbers) or 0) + len(snapshot.survey.questions)


def frozen_file(
    session: Session,
    snapshot: Snapshot,
    name: str,
    settings: Mapping[str, Any],
    told: Callable[[Iterable[str]], Iterable[str]] = iter,
) -> bytes:
    """One file of a snapshot, packed, as it was frozen; one that was not made yet is made and kept now.

    Reading the rows takes seconds in a large survey. They are read before the write begins, so that nobody who
    answers waits; of two that make the same file at once the first is kept.

    Parameters
    ----------
    told
        Is given the lines, and gives them on: whoever looks how far it is.
    """
    kept = session.get(SnapshotFile, (snapshot.id, name))
    if kept is not None:
        return kept.content
    snapshot_id, content = snapshot.id, packed(told(FILES[name](session, snapshot, settings)))
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
