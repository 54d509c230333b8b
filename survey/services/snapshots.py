"""Freezing a snapshot: a day that is over, a key of its own under which people are named, and files that stay.

What is edited, resolved or corrected later changes no file that was frozen; an erasure alone takes it away.
"""

import hashlib
import secrets
import tempfile
from collections import deque
from collections.abc import Generator, Mapping
from contextlib import closing
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import Select, delete, exists, func, insert, select
from sqlalchemy.orm import Session

from .. import clock
from ..errors import AnswersGone
from ..export import bundle
from ..export.bundle import Step
from ..export.files import BUNDLE
from ..export.kept import PIECE, Kept
from ..export.options import FreezeOptions
from ..export.snapshots import key_box
from ..i18n.locale import gettext
from ..models import LIVE_STATES, Snapshot, SnapshotFile, SnapshotPiece, Survey, Task
from ..store.engine import consistent_read
from ..store.transaction import lock_survey, transaction
from .audit_log import record
from .freeze_options import checked_options

#: The shares of the work that are done when the bundle is made, and when its pieces are kept.
MADE, KEPT = 0.9, 0.99
DEFAULTS = FreezeOptions()


def freeze(
    session: Session,
    survey: Survey,
    settings: Mapping[str, Any],
    *,
    by_id: int | None = None,
    as_of: date | None = None,
    options: FreezeOptions = DEFAULTS,
) -> Snapshot:
    """Make a snapshot of everything received by the end of a UTC day that is over (default yesterday).

    Parameters
    ----------
    options
        How the people in it are protected; its README and the audit log have them, with their reasons.

    Raises
    ------
    InvalidOptions
        Where the options are refused, as by `checked_options`.
    ValueError
        Where the day is not over yet: its bytes could still change. And for a pilot, whose answers nobody takes out.
    """
    snapshot = begin(session, survey, settings, by_id=by_id, as_of=as_of, options=options)
    note(session, snapshot)
    return snapshot


def begin(
    session: Session,
    survey: Survey,
    settings: Mapping[str, Any],
    *,
    by_id: int | None = None,
    as_of: date | None = None,
    options: FreezeOptions = DEFAULTS,
) -> Snapshot:
    """A snapshot that has its number, day and key, and whose files are still to be made; refusals as of `freeze`."""
    if survey.pilot:
        raise ValueError(f"survey {survey.slug} is a trial: its answers are not taken out")
    day = clock.closed_day(session, as_of)
    options = checked_options(session, survey, options)
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
        parameters=options.parameters,
        sealed_key=_new_key(settings),
        sealed_wave_key=_wave_key(session, survey, settings) if options.stable_ids else None,
    )
    session.add(snapshot)
    session.flush()
    return snapshot


def _new_key(settings: Mapping[str, Any]) -> bytes:
    return key_box(settings).encrypt(secrets.token_bytes(32))


def _wave_key(session: Session, survey: Survey, settings: Mapping[str, Any]) -> bytes:
    """The survey's key for ids that stay the same, made at its first use; each snapshot that has it keeps it."""
    used = select(Snapshot.sealed_wave_key).where(
        Snapshot.survey_id == survey.id, Snapshot.sealed_wave_key.is_not(None)
    )
    return session.scalar(used.order_by(Snapshot.number).limit(1)) or _new_key(settings)


def note(session: Session, snapshot: Snapshot) -> None:
    """Say in the audit log that a snapshot was frozen."""
    detail = {"number": snapshot.number, "as_of": snapshot.as_of.isoformat(), **snapshot.parameters}
    record(session, snapshot.survey, "freeze snapshot", detail, snapshot.by_id)


def finished(survey: Survey) -> Select[Snapshot]:
    """The snapshots of a survey that can be read: not those that are being made."""
    in_making = exists().where(Task.snapshot_id == Snapshot.id, Task.state.in_(LIVE_STATES))
    return select(Snapshot).where(Snapshot.survey_id == survey.id, ~in_making)


def make_bundle(session: Session, snapshot: Snapshot, settings: Mapping[str, Any]) -> Generator[Step]:
    """Make and keep the bundle of a snapshot, step by step; whoever stops asking leaves nothing that is given out.

    All of it is read as of one moment, beside those who answer, and written to a file that has no name before the
    first of it is kept; then it is kept in pieces, each in a write of its own. Of two that make the same bundle at
    once the first is kept.

    Raises
    ------
    AnswersGone
        Where somebody in the snapshot erases their answers meanwhile.
    """
    # A name by chance for its pieces: two that make one bundle at once do not mix theirs.
    snapshot_id, pieces = snapshot.id, secrets.token_hex(16)
    with tempfile.TemporaryFile() as file:
        with consistent_read() as reading:
            read = reading.get_one(Snapshot, snapshot_id)
            with closing(bundle.write(reading, read, settings, file)) as steps:
                for step in steps:
                    yield Step(step.name, MADE * step.share)
        size, digest = file.seek(0, 2), hashlib.sha256()
        file.seek(0)
        for position, content in enumerate(iter(lambda: file.read(PIECE), b"")):
            digest.update(content)
            row = SnapshotPiece(pieces=pieces, position=position, snapshot_id=snapshot_id, content=content)
            transaction(partial(_keep_piece, row=row))
            yield Step("keep", MADE + (KEPT - MADE) * file.tell() / size)
    kept = SnapshotFile(
        snapshot_id=snapshot_id,
        name=BUNDLE,
        pieces=pieces,
        size=size,
        sha256=digest.hexdigest(),
        packed=False,
    )
    transaction(lambda writing: _keep(writing, kept, step.name))


def frozen_file(session: Session, snapshot: Snapshot, name: str, settings: Mapping[str, Any]) -> Kept:
    """One file of a snapshot as it was frozen: `export.files.BUNDLE`, or one of `export.files.FILES`.

    What was not made yet is made and kept now.

    Raises
    ------
    AnswersGone
        Where somebody in the snapshot has erased their answers.
    """
    if (kept := kept_file(session, snapshot, name)) is not None:
        return kept
    # Run to its end, its steps told to nobody.
    deque(make_bundle(session, snapshot, settings), maxlen=0)
    made = kept_file(session, snapshot, name)
    assert made is not None
    return made


def kept_file(session: Session, snapshot: Snapshot, name: str) -> Kept | None:
    """One file of a snapshot by its name, of whatever there is in its bundle; None where none was made yet."""
    if (alone := session.get(SnapshotFile, (snapshot.id, name))) is not None:
        # The bundle itself; or of a snapshot from before there were bundles.
        return Kept(session, alone)
    bundled = session.get(SnapshotFile, (snapshot.id, BUNDLE))
    return None if bundled is None else Kept(session, bundled, name)


def _held(session: Session, snapshot_id: int) -> Snapshot:
    """The snapshot, against whoever erases their answers from it or keeps a file of it."""
    query = select(Snapshot).filter_by(id=snapshot_id).with_for_update()
    snapshot = session.scalars(query.execution_options(populate_existing=True)).one()
    if snapshot.withdrawn_at is not None:
        raise AnswersGone(
            gettext("Somebody in this snapshot has erased their answers. Freeze a new one instead.")
        )
    return snapshot


def _keep_piece(session: Session, row: SnapshotPiece) -> None:
    # At each piece: an erasure in between ends the making, not only the giving out.
    _held(session, row.snapshot_id)
    session.execute(
        insert(SnapshotPiece).values(
            pieces=row.pieces, position=row.position, snapshot_id=row.snapshot_id, content=row.content
        )
    )


def _keep(session: Session, kept: SnapshotFile, manifest_hash: str) -> None:
    """Let a file be given out, unless there is one by now; pieces that are of none go."""
    snapshot = _held(session, kept.snapshot_id)
    if session.get(SnapshotFile, (kept.snapshot_id, kept.name)) is None:
        session.add(kept)
        snapshot.manifest_hash = manifest_hash
        session.flush()
    named = select(SnapshotFile.pieces).filter_by(snapshot_id=kept.snapshot_id)
    session.execute(
        delete(SnapshotPiece).where(
            SnapshotPiece.snapshot_id == kept.snapshot_id, SnapshotPiece.pieces.not_in(named)
        )
    )
