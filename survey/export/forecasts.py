"""`forecasts_long.csv`: one row for each number of each submission, and one for each withdrawal.

People are taken in the order of their pseudonyms, a few hundred at a time: the order tells nothing about who
joined when, and memory does not grow with the survey.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from .. import clock
from ..aggregation.forecast_arrays import crowd_answers
from ..aggregation.question_specs import spec_of
from ..aggregation.specification import QuestionSpec
from ..aggregation.standing import Act, oldest_counting_version, standing_options
from ..models import Forecast, Option, Participant, Question, QuestionVersion, Round, Snapshot, Submission
from ..questions import kind_of
from .cells import Value
from .questions import given
from .snapshots import pseudonym

COLUMNS = (
    "study_id",
    "snapshot_id",
    "round_id",
    "question_id",
    "question_version",
    "option_id",
    "part",
    "given_question_id",
    "given_option_ids",
    "given_holds",
    "participant_id",
    "submission_id",
    "seq",
    "action",
    "output_type",
    "output_type_id",
    "value",
    "value_entered",
    "crowd_value",
    "crowd_seen",
    "base_rate_seen",
    "confidence_1_5",
    "expertise_1_5",
    "is_simulated",
    "is_insider",
    "input_format",
    "is_latest_in_round",
    "is_latest",
    "seconds_on_page",
    "language",
    "submitted_date",
    "counts_from",
)

PEOPLE_AT_ONCE = 500


@dataclass(frozen=True)
class QuestionFacts:
    """What every row of a question shares."""

    snapshot: Snapshot
    question: Question
    key: bytes
    options: dict[int, Option]
    spec: QuestionSpec


def rows(session: Session, snapshot: Snapshot, key: bytes) -> Iterator[list[Value]]:
    """Every row of the snapshot: by question, pseudonym, submission, option and part."""
    for question in snapshot.survey.questions:
        options = {option.id: option for option in question.options}
        told = QuestionFacts(snapshot, question, key, options, spec_of(question))
        people = list(session.scalars(_people(told)))
        people.sort(key=lambda person: pseudonym(key, "participant", person))
        for start in range(0, len(people), PEOPLE_AT_ONCE):
            yield from _of_people(session, told, people[start : start + PEOPLE_AT_ONCE])


def _people(told: QuestionFacts) -> Any:
    return (
        select(Submission.participant_id)
        .join(Participant, Participant.id == Submission.participant_id)
        .where(
            Submission.question_id == told.question.id,
            Submission.received_at < clock.day_start(told.snapshot.as_of + timedelta(days=1)),
            Participant.erased_on.is_(None),
        )
        .distinct()
    )


def _of_people(session: Session, told: QuestionFacts, people: Sequence[int]) -> Iterator[list[Value]]:
    query = (
        select(*_RECORD)
        .join(Participant, Participant.id == Submission.participant_id)
        .join(QuestionVersion, QuestionVersion.id == Submission.question_version_id)
        .join(Round, Round.id == Submission.round_id)
        .outerjoin(Forecast, Forecast.submission_id == Submission.id)
        .where(
            Submission.question_id == told.question.id,
            Submission.participant_id.in_(people),
            Submission.received_at < clock.day_start(told.snapshot.as_of + timedelta(days=1)),
        )
        .order_by(Submission.participant_id, Submission.revision)
    )
    by_person = {
        person: sorted(records, key=lambda record: _place(told, record))
        for person, records in groupby(session.execute(query), key=lambda record: record.participant_id)
    }
    entering = _entering(session, told, people)
    for person in people:
        records = by_person[person]
        latest, latest_in_round = _latest(told, records)
        for index, record in enumerate(records):
            yield _row(told, record, entering, index in latest, index in latest_in_round)


#: Of a submission, by person and place among their own: the day as of which it counts, and the numbers that enter the
#: crowd's figures, by option and part.
Entering = Mapping[tuple[int, int], tuple[date, Mapping[tuple[str, str], float]]]


def _entering(session: Session, told: QuestionFacts, people: Sequence[int]) -> Entering | None:
    """What enters the figures of those whose answers may; None where that is what they said."""
    if not told.snapshot.survey.guarded:
        return None
    answers = crowd_answers(session, told.question, select(Participant.id).where(Participant.id.in_(people)))
    of_person: dict[int, int] = {}
    found = {}
    for row, person in enumerate(answers.participant.tolist()):
        of_person[person] = of_person.get(person, 0) + 1
        numbers = dict(zip(answers.columns, answers.values[row].tolist(), strict=True))
        found[person, of_person[person]] = clock.day_date(int(answers.day[row])), numbers
    return found


#: Columns rather than objects: a long export holds no more than the people at hand.
_RECORD = (
    Submission.id,
    Submission.participant_id,
    Submission.revision,
    Submission.action,
    Submission.received_at,
    Submission.crowd_seen,
    Submission.base_rate_seen,
    Submission.confidence,
    Submission.expertise,
    Submission.input_format,
    Submission.seconds_on_page,
    Submission.language,
    Participant.simulated,
    Participant.insider,
    QuestionVersion.number.label("version"),
    Round.number.label("round"),
    Round.closes_at.label("round_closes_at"),
    Forecast.option_id,
    Forecast.part,
    Forecast.value,
    Forecast.entered,
)


def _place(told: QuestionFacts, record: Any) -> tuple[int, int, float]:
    if record.option_id is None:
        return record.revision, -1, 0.0
    level = float(record.part[1:]) if record.part.startswith("q") else 0.0
    return record.revision, told.options[record.option_id].position, level


def _latest(told: QuestionFacts, records: Sequence[Any]) -> tuple[set[int], set[int]]:
    """Places of the rows that stand and count, and of those that did at the end of their round.

    A withdrawal stands until something follows it.
    """
    places = list(enumerate(records))
    latest = _standing(told, places, told.snapshot.as_of)
    in_round: set[int] = set()
    for number in {record.round for record in records}:
        own = [(place, record) for place, record in places if record.round == number]
        ended = (own[0][1].round_closes_at - timedelta(microseconds=1)).date()
        in_round |= _standing(told, own, min(ended, told.snapshot.as_of))
    return latest, in_round


def _standing(told: QuestionFacts, records: Sequence[tuple[int, Any]], as_of: date) -> set[int]:
    acts: list[Act[list[int]]] = []
    for _, of_act in groupby(records, key=lambda one: one[1].revision):
        given: dict[str, list[int]] = {}
        for place, record in of_act:
            if record.option_id is not None:
                given.setdefault(told.options[record.option_id].key, []).append(place)
        withdrawn = record.action == "withdraw"
        acts.append(Act(clock.day_number(record.received_at), record.version, None if withdrawn else given))
    oldest = oldest_counting_version(told.spec, clock.date_number(as_of))
    stands = standing_options(acts, told.spec.open_until, oldest)
    last = [] if acts[-1].given is not None else [records[-1][0]]
    return {*last, *(place for places in stands.values() for place in places)}


def _row(
    told: QuestionFacts, record: Any, entering: Entering | None, is_latest: bool, is_latest_in_round: bool
) -> list[Value]:
    crowd_value, counts_from = _counted(told, record, entering)
    return [
        told.snapshot.survey.slug,
        told.snapshot.number,
        record.round,
        told.question.key,
        record.version,
        *_what(told, record),
        pseudonym(told.key, "participant", record.participant_id),
        pseudonym(told.key, "submission", record.id),
        record.revision,
        record.action,
        *_number(told, record),
        crowd_value,
        record.crowd_seen,
        record.base_rate_seen,
        record.confidence,
        record.expertise,
        record.simulated,
        record.insider,
        record.input_format,
        is_latest_in_round,
        is_latest,
        record.seconds_on_page,
        record.language,
        record.received_at.date(),
        counts_from,
    ]


def _counted(told: QuestionFacts, record: Any, entering: Entering | None) -> tuple[float | None, date | None]:
    """The number that enters the crowd's figures, and the day as of which; nothing of whoever does not count."""
    if entering is None:
        return record.value, record.received_at.date()
    counts_from, numbers = entering.get((record.participant_id, record.revision), (None, {}))
    option = told.options.get(record.option_id)
    return (numbers.get((option.key, record.part)) if option else None), counts_from


def _what(told: QuestionFacts, record: Any) -> list[Value]:
    """Option, part, and the condition under which the number holds; a branch has its own side of it."""
    question_key, options, holds = given(told.question)
    if record.option_id is None:
        return [None, None, question_key, options, holds]
    option = told.options[record.option_id]
    if option.given_holds is not None and holds is not None:
        holds = holds == option.given_holds
    return [option.key, record.part, question_key, options, holds]


def _number(told: QuestionFacts, record: Any) -> list[Value]:
    if record.option_id is None:
        return [None, None, None, None]
    option = told.options[record.option_id]
    output_type, output_type_id = kind_of(told.question).output(told.question, option, record.part)
    return [output_type, output_type_id, record.value, record.entered]
