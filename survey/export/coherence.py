"""`coherence.csv`: how far each person was from coherent at the end of the snapshot's day, by component.

Of what people said, also where answers are moved before they count: noise alone breaks relations.
"""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..aggregation.eligibility import scored
from ..aggregation.event_space import event_space_of
from ..aggregation.forecast_arrays import all_answers
from ..aggregation.incoherence import incoherence_rows
from ..aggregation.tied_arrays import answered_tied, answers_standing
from ..models import Participant, Snapshot
from ..store.bulk import in_parts
from .cells import Value
from .columns import PARTICIPANT, SNAPSHOT, STUDY
from .declaration import Column, Table
from .snapshots import pseudonyms

PEOPLE_AT_ONCE = 500


def _rows(session: Session, snapshot: Snapshot, key: bytes) -> Iterator[tuple[Value, ...]]:
    """The rows, by pseudonym and then component; some hundred people are in memory at a time."""
    survey, as_of = snapshot.survey, snapshot.as_of
    space = event_space_of(session, survey)
    query = answered_tied(session, survey, as_of).where(scored(survey))
    name = pseudonyms(key, "participant")
    names = {person: name(person) for person in session.scalars(query)}
    people = sorted(names, key=names.__getitem__)
    for some in in_parts(people, PEOPLE_AT_ONCE):
        among = select(Participant.id).where(Participant.id.in_(some))
        standing = answers_standing(session, survey, as_of, all_answers, among)
        found = incoherence_rows(space, standing)
        for row in sorted(found, key=lambda one: names[one.participant]):
            yield (
                survey.slug,
                snapshot.number,
                names[row.participant],
                as_of,
                row.component,
                row.answered,
                row.distance,
                "|".join(row.clashing),
                row.loss,
            )


TABLE = Table(
    "coherence",
    "How far one person's answers to questions that hang together were from coherent at the end of the day.",
    (
        STUDY,
        SNAPSHOT,
        PARTICIPANT,
        Column(
            "as_of",
            "date",
            "The UTC day at whose end these answers stood; what had come out by then is left out",
            required=True,
        ),
        Column(
            "component_id",
            "string",
            "Questions that hang together by relations and conditions: the key of the first of them",
            required=True,
        ),
        Column(
            "answered",
            "integer",
            "How many answers to these questions stood, each option and date for itself",
            required=True,
        ),
        Column(
            "distance",
            "number",
            "Root mean square, in probability, of what the nearest coherent forecast changes in these answers; least"
            " squares, conditional ones by the square root of their condition's chance",
        ),
        Column(
            "clashing_ids",
            "string",
            "Keys of the relations, and of questions with a condition, by which answers clash beyond half a point",
        ),
        Column(
            "guaranteed_loss",
            "number",
            "Logarithmic score, in natural units, that is lost for sure to a coherent forecast by the worst pair of"
            " events that a relation ties; 0 where none is lost, empty where no relation's events both had a chance",
        ),
    ),
    _rows,
    ("participant_id", "component_id"),
)
