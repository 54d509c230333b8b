"""`kept_clashes.csv`: one row for each clash between answers of one person that they keep as it is."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from .. import clock
from ..models import KeptClash, Participant, Snapshot
from .cells import Value
from .columns import PARTICIPANT, SNAPSHOT, STUDY
from .declaration import Column, Table
from .snapshots import pseudonym


def _rows(session: Session, snapshot: Snapshot, key: bytes) -> Iterator[tuple[Value, ...]]:
    """What stood of each clash at the end of the snapshot's day, by pseudonym; what was taken back is left out.

    `relation_ids` has the relations and questions that rule the answers out, joined by `|`; `clash_id` is a pseudonym
    of this snapshot: answers that clash with other numbers are another clash.
    """
    query = (
        select(KeptClash)
        .join(Participant, Participant.id == KeptClash.participant_id)
        .where(
            KeptClash.survey_id == snapshot.survey_id,
            KeptClash.said_at < clock.day_end(snapshot.as_of),
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


TABLE = Table(
    "kept_clashes",
    "One clash between answers of one person that they keep as it is.",
    (
        STUDY,
        SNAPSHOT,
        PARTICIPANT,
        Column(
            "clash_id",
            "string",
            "Pseudonym of the clash, of this snapshot alone: answers that clash with other numbers are another one",
            about_person=True,
            required=True,
        ),
        Column(
            "relation_ids",
            "string",
            "Keys of the relations, and of questions with a condition, that rule the answers out",
            required=True,
        ),
        Column("kept_date", "date", "The UTC day on which the person said so", required=True),
    ),
    _rows,
    ("clash_id",),
)
