"""Erasing: the only way in which anything somebody gave is ever deleted."""

from sqlalchemy import ColumnElement, Table, delete, func, or_, select, update
from sqlalchemy.orm import Session

from .. import clock
from ..models import (
    ApiToken,
    BackgroundAnswer,
    Base,
    Consent,
    Contact,
    Forecast,
    Invitation,
    KeptClash,
    LeaderboardName,
    Notice,
    NoticeChoice,
    Participant,
    Question,
    Rationale,
    RationaleMark,
    Score,
    Skip,
    Snapshot,
    SnapshotFile,
    SnapshotPiece,
    Submission,
    Survey,
    Unclear,
)
from ..notifications import messages
from ..notifications.contacts import contact_of
from ..store.engine import db
from ..store.health import truncate_wal
from ..store.transaction import transaction

#: What belongs to one person alone, in an order in which nothing is left that points to what is gone.
OWN = (
    RationaleMark,
    Unclear,
    LeaderboardName,
    KeptClash,
    BackgroundAnswer,
    Notice,
    NoticeChoice,
    Contact,
    Invitation,
    Score,
    Submission,
    Skip,
    Consent,
    ApiToken,
)


def erase(session: Session, participant: Participant) -> None:
    """Delete everything this person gave, and leave an empty tombstone that answers a late retry.

    Snapshots that hold a forecast of theirs are withdrawn: a new one can be made. Publications stay as they
    were; what others downloaded cannot be called back, as the consent says.
    """
    if participant.erased_on is not None:
        return
    _wait_for_resolutions(session, participant)
    # Whoever answers for this person holds the row shared, and is waited for as it is marked.
    participant.erased_on = clock.now(session).date()
    # The triggers let rows go only once the mark is in the database.
    session.flush()
    _withdraw_snapshots(session, participant)
    mine = select(Submission.id).filter_by(participant_id=participant.id).scalar_subquery()
    # Also others' marks on their words, and what hangs on submissions, before these go.
    for table in (RationaleMark, Forecast, Rationale):
        session.execute(delete(table).where(table.submission_id.in_(mine)))
    for own in OWN:
        session.execute(delete(own).where(own.participant_id == participant.id))
    participant.code_hash = participant.join_key = participant.user_id = participant.calendar_hash = None
    participant.language = participant.entry = ""
    participant.insider_since = None
    session.flush()
    session.expire_all()


def _wait_for_resolutions(session: Session, participant: Participant) -> None:
    """A resolution that is being written locks its question: its score of this person must not come after."""
    answered = select(Submission.question_id).filter_by(participant_id=participant.id)
    # In the order in which whoever resolves holds them (`resolution._hold`): neither waits for the other's.
    held = select(Question.id).where(Question.id.in_(answered)).order_by(Question.id)
    session.execute(held.with_for_update(read=True))


def _withdraw_snapshots(session: Session, participant: Participant) -> None:
    # Whoever has answered or skipped a question by a day is in the snapshots of that day (`export.people`).
    asked = (
        select(func.min(Submission.received_at)).filter_by(participant_id=participant.id),
        select(func.min(Skip.skipped_at)).filter_by(participant_id=participant.id),
    )
    acted = [moment.date() for moment in map(session.scalar, asked) if moment is not None]
    if not acted:
        return
    held = select(Snapshot).filter_by(survey_id=participant.survey_id, withdrawn_at=None)
    # Held, as by whoever makes one: no piece is kept of what has just been withdrawn (`snapshots._held`).
    for snapshot in session.scalars(held.where(Snapshot.as_of >= min(acted)).with_for_update()):
        snapshot.withdrawn_at = clock.now(session)
        for table in (SnapshotFile, SnapshotPiece):
            session.execute(delete(table).where(table.snapshot_id == snapshot.id))


def erase_and_forget(person: Participant) -> None:
    """Erase somebody, with letters to them that wait on this host and what the database's log still holds."""
    # Read before: afterwards nobody knows where their letters would lie.
    contact, survey = contact_of(db.session, person), person.survey
    invited = db.session.scalar(select(Invitation.address).filter_by(participant_id=person.id))
    addresses = {contact.address if contact else "", invited or ""}
    transaction(lambda session: erase(session, person))
    for address in addresses:
        messages.forget(survey, address)
    # `secure_delete` overwrites the file; the log beside it still holds the pages as they were.
    truncate_wal(db.session)


def erase_pilot(session: Session, survey: Survey) -> None:
    """Delete a pilot whole: its people, everything they gave, its questions and itself; nothing is left.

    The tables are those that lead to a survey by their foreign keys, so that none is forgotten. What the session
    knew of its rows is to be used no more.

    Raises
    ------
    ValueError
        For every other survey.
    """
    if not survey.pilot:
        raise ValueError(f"survey {survey.slug} is no pilot")
    number = survey.id
    # Whoever answers at this moment is waited for; then, as for each erasure, the database lets their rows go.
    session.execute(select(Survey.id).filter_by(id=number).with_for_update())
    session.execute(
        update(Participant).filter_by(survey_id=number).values(erased_on=clock.now(session).date())
    )
    # Backwards: what refers goes before what it refers to.
    for table in reversed(Base.metadata.sorted_tables):
        rows = _rows_of(table, number)
        if rows is not None:
            session.execute(table.delete().where(rows))
    session.expire_all()


def _rows_of(table: Table, survey: int) -> ColumnElement[bool] | None:
    """Which rows of a table belong to a survey; None where none can."""
    if table is Survey.__table__:
        return table.c.id == survey
    if "survey_id" in table.c:
        return table.c.survey_id == survey
    ways = [
        key.parent.in_(select(key.column).where(above))
        for key in table.foreign_keys
        if (above := _rows_of(key.column.table, survey)) is not None
    ]
    return or_(*ways) if ways else None
