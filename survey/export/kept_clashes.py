"""`kept_clashes.csv`: one row for each clash between answers of one person that they keep as it is."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from .. import clock
from ..models import KeptClash, Participant, Snapshot
from .cells import Value
from .snapshots import pseudonym

COLUMNS = ("study_id", "snapshot_id", "participant_id", "clash_id", "relation_ids", "kept_date")


def rows(session: Session, snapshot: Snapshot, key: bytes) -> Iterator[tuple[Value, ...]]:
    """What stood of each clash at the end of the snapshot's day, by pseudonym; what was taken back is left out.

    `relation_ids` has the relations and questions that rule the answers out, joined by `|`; `clash_id` is a pseudonym
    of this snapshot: answers that clash with other numbers are another clash.
    """
    query = (
        select(KeptClash)
        .join(Participant, Participant.id == KeptClash.participant_id)
        .where(
            KeptClash.survey_id == snapshot.survey_id,
            KeptClash.said_at < clock.day_start(snapshot.as_of + timedelta(days=1)),
            Participant.erased_on.is_(None),
        )
        .order_by(KeptClash.id)
    )
    last = {(said.participant_id, said.fingerprint): said for said in session.scalars(query)}
    found = [
        (
            snapshot.survey.slug,
            snapshot.number,
            pseudonym(key, "participant", said.participant_id),
            pseudonym(key, "clash", said.id),
            "|".join(said.sources.split()),
            said.said_at.date(),
        )
        for said in last.values()
        if said.kept
    ]
    yield from sorted(found, key=lambda row: row[2:4])
