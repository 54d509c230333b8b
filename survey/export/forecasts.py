"""`forecasts_long.csv`: one row for each number of each submission, and one for each withdrawal.

People stand in the order of their pseudonyms, which tells nothing about who joined when; they are read a few hundred
at a time, and memory does not grow with the survey. What many rows share is written once: names of a question and
of an option, everything of an act but its numbers.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache, partial
from itertools import groupby, product
from operator import itemgetter
from typing import Any

import numpy as np
from sqlalchemy import Date, Select, and_, bindparam, func, select
from sqlalchemy.orm import Session

from .. import clock
from ..aggregation.eligibility import ever_published
from ..aggregation.forecast_arrays import entering
from ..aggregation.question_specs import spec_of
from ..aggregation.standing import Act, standing_options
from ..garbage import collector_paused
from ..i18n.safe_cells import typed_text
from ..models import Forecast, Participant, Question, Snapshot, Submission
from ..store.bulk import in_parts, listed
from ..store.engine import connection_of
from .cells import csv_cells, few
from .columns import (
    ACTION_LABELS,
    FORMAT_LABELS,
    INSIDER_SINCE,
    IS_INSIDER,
    OF_PARTICIPANT,
    OF_QUESTION,
    OF_SUBMISSION,
    PARTICIPANT,
    QUESTION,
    SNAPSHOT,
    STUDY,
    SUBMISSION,
    insider_since,
)
from .declaration import Column, table_of_lines
from .forecast_cells import (
    AskedBy,
    Counting,
    Numbers,
    Pseudonyms,
    QuestionParts,
    Shape,
    Shapes,
    Step,
    Texts,
    day_number,
)
from .snapshots import pseudonyms

OUTPUT_LABELS = {
    "pmf": "Probability of an answer",
    "cdf": "Probability that it has happened by a date",
    "quantile": "Quantile",
}
COLUMNS = (
    STUDY,
    SNAPSHOT,
    Column("round_id", "integer", "The number of the round", required=True),
    QUESTION,
    Column("question_version", "integer", "The number of the version that was answered", required=True),
    Column("option_id", "string", "The option's key; empty of a withdrawal"),
    Column("part", "string", "p, a quantile such as q0.05, low, high, or others; empty of a withdrawal"),
    Column("given_question_id", "string", "The question whose outcome is the condition of this number"),
    Column("given_option_ids", "string", "Options of the condition, joined by |"),
    Column("given_holds", "boolean", "Which way the condition comes out where this number holds"),
    PARTICIPANT,
    SUBMISSION,
    Column("seq", "integer", "1, 2, … for this person and question, over all rounds", required=True),
    Column("action", "string", "What kind of act it was", values=ACTION_LABELS, required=True),
    Column(
        "output_type", "string", "What kind of number it is, in the words of hubverse", values=OUTPUT_LABELS
    ),
    Column(
        "output_type_id", "string", "Of which answer or date it is; of a quantile its level stands beside"
    ),
    Column("quantile_level", "number", "The level of a quantile, 0 to 1", least=0, most=1),
    Column(
        "value",
        "number",
        "The number: a probability of 0 to 1, or a quantile; of a date, days since 1970-01-01",
    ),
    Column("value_date", "date", "Of a quantile of a date: the same as a day"),
    Column("value_entered", "string", "As it was typed", text=True),
    Column(
        "crowd_value",
        "number",
        "What enters the crowd's figures, or those of readers beside it, in its place; empty of whoever is in none",
    ),
    Column("crowd_seen", "boolean", "Whether the person could see the crowd's figures", required=True),
    Column(
        "base_rate_seen", "boolean", "Whether the person could see the question's base rate", required=True
    ),
    Column("confidence_1_5", "integer", "How sure they said they are, 1 (least) to 5", least=1, most=5),
    Column("expertise_1_5", "integer", "How much they said they know, 1 (least) to 5", least=1, most=5),
    Column("is_simulated", "boolean", "Whether the person is invented", required=True, about_person=True),
    IS_INSIDER,
    INSIDER_SINCE,
    Column(
        "input_format", "string", "How the number was entered; empty of a withdrawal", values=FORMAT_LABELS
    ),
    Column("is_latest_in_round", "boolean", "Whether it stood at the end of its round", required=True),
    Column("is_latest", "boolean", "Whether it stood at the end of the snapshot's last day", required=True),
    Column("seconds_on_page", "integer", "How long the page was open before it was sent", unit="seconds"),
    Column("language", "string", "The language it was answered in", required=True),
    Column("submitted_date", "date", "The day it was received (UTC)", required=True),
    Column("counts_from", "date", "The day from whose end on it counts; empty of whoever is in no figure"),
)

#: Whose acts are read at once: with five times as many the peak of memory is forty megabytes higher.
PEOPLE_AT_ONCE = 500
#: Whose rows are written before the first of them is given out. Of these whoever joined one after another is read
#: together, since their acts lie on the same pages of the file: in the order of pseudonyms a fifth of the time went
#: into reading pages anew. A question’s rows of so many take three megabytes.
PEOPLE_HELD = 2_500
#: So many different courses of people's acts are remembered for a question: memory does not grow with people.
COURSES = 10_000

#: A statement of columns.
Query = Select[*tuple[Any, ...]]
#: Of an act, by id: the day as of which it counts, and the numbers that enter the crowd's figures, as they stand in
#: the file.
Entering = Mapping[int, tuple[date, Sequence[str]]]
#: The place, among a person's acts, of the one that stands for each option; for None, of a withdrawal that nothing
#: has followed.
Standing = Mapping[str | None, int]


@dataclass(frozen=True)
class QuestionFacts:
    """What every row of a question shares.

    Attributes
    ----------
    question
        Where its answers are moved before they count; None where what was said is what counts.
    names
        The people's pseudonyms by id.
    pseudonym
        Makes that of an act from its id.
    numbers_of, acts_of
        What is read of some people's acts on it; see `_numbers_of` and `_acts_of`.
    round_ends
        The last day of each round, by number.
    """

    id: int
    question: Question | None
    as_of: date
    names: Mapping[int, str]
    pseudonym: Callable[[int], str]
    parts: QuestionParts
    shapes: Shapes
    asked: AskedBy
    texts: Texts
    open_until: Mapping[str, int]
    round_ends: Mapping[int, date]
    oldest: Counting
    numbers_of: Query
    acts_of: Query

    def read(self, session: Session, query: Query, people: Sequence[int]) -> Sequence[Any]:
        """What one of the two says of some people."""
        whose = {"people": people, "question": self.id, "as_of": self.as_of}
        return connection_of(session).execute(query, whose).all()

    @cached_property
    def stood(self) -> Callable[[tuple[Step, ...]], Sequence[Sequence[str]]]:
        """`_stood` of a person's acts; of thousands of people most took one of a few courses."""
        return lru_cache(COURSES)(partial(_stood, self))


def lines(session: Session, snapshot: Snapshot, key: bytes) -> Iterator[str]:
    """The rows, line by line, by question, pseudonym, submission, option and part."""
    survey, names, of_act = snapshot.survey, Pseudonyms(key), pseudonyms(key, "submission")
    numbers_of, acts_of = _numbers_of(session), _acts_of(session, snapshot)
    study = csv_cells(survey.slug, snapshot.number, texts=typed_text)
    # Half-open: a round that closes at midnight ends with the day before.
    ends = {one.number: (one.closes_at - timedelta(microseconds=1)).date() for one in survey.rounds}
    for question in survey.questions:
        spec, moves, parts = spec_of(question), question if survey.guarded else None, QuestionParts(question)
        told = QuestionFacts(
            question.id,
            moves,
            snapshot.as_of,
            names,
            of_act,
            parts,
            Shapes(parts, spec),
            AskedBy(question, study),
            Texts(),
            spec.open_until,
            ends,
            Counting(spec),
            numbers_of,
            acts_of,
        )
        people = sorted(connection_of(session).scalars(_people(told)), key=names.__getitem__)
        for held in in_parts(people, PEOPLE_HELD):
            written: dict[int, list[str]] = {}
            for some in in_parts(sorted(held), PEOPLE_AT_ONCE):
                with collector_paused():
                    written |= _of_people(session, told, some)
            for person in held:
                yield from written.pop(person, ())


def _people(told: QuestionFacts) -> Any:
    return (
        select(Submission.participant_id)
        .join(Participant, Participant.id == Submission.participant_id)
        .where(
            Submission.question_id == told.id,
            Submission.received_at < clock.day_end(told.as_of),
            Participant.erased_on.is_(None),
        )
        .distinct()
    )


def _received(session: Session) -> tuple[Any, Any]:
    """Some people, and which of their acts on a question the snapshot holds, to be joined to them.

    By the day and not by the moment: SQLite would take the index of moments, which has everybody, for each of them.
    """
    some = listed(session, "people")
    return some, and_(
        Submission.participant_id == some.c.value,
        Submission.question_id == bindparam("question"),
        func.date(Submission.received_at, type_=Date) <= bindparam("as_of"),
    )


def _of_people(session: Session, told: QuestionFacts, people: Sequence[int]) -> dict[int, list[str]]:
    """The rows of some people, by person.

    Their acts are read after the numbers: of who is erased meanwhile nothing is left.
    """
    numbers = _numbers(told, told.read(session, told.numbers_of, people))
    withdrawn = Numbers(told.shapes.withdrawn, (), ("",), (csv_cells(None, None, None),))
    acts = [
        (act, own)
        for act in map(tuple, told.read(session, told.acts_of, people))
        for own in [withdrawn if act[3] == "withdraw" else numbers.get(act[0])]
        # What was received late on the day may be committed only now, between the two statements.
        if own is not None
    ]
    moved = _entering(told, acts)
    by_person = groupby(acts, key=lambda one: one[0][1])
    return {person: _rows_of(told, person, [*own], moved) for person, own in by_person}


#: Columns rather than objects, and what one act has once: a long export holds no more than the people at hand. Days
#: are asked of the database, which has them as text or as days: reading each moment would cost more than its row.
_ACT = (
    Submission.id,
    Submission.participant_id,
    Submission.revision,
    Submission.action,
    func.date(Submission.received_at),
    Submission.question_version_id,
    Submission.round_id,
    Submission.crowd_seen,
    Submission.base_rate_seen,
    Submission.confidence,
    Submission.expertise,
    Participant.simulated,
)
_HOW = (Submission.input_format, Submission.seconds_on_page, Submission.language)


def _acts_of(session: Session, snapshot: Snapshot) -> Query:
    """Some people's acts on a question, in their order; where answers are moved also what that depends on."""
    some, received = _received(session)
    survey, insider = snapshot.survey, insider_since(snapshot)
    may_enter = [ever_published(survey), func.date(Participant.joined_at)] if survey.guarded else []
    return (
        select(*_ACT, insider.is_not(None), insider, *_HOW, *may_enter)
        .select_from(some)
        .outerjoin(Submission, received)
        .outerjoin(Participant, Participant.id == Submission.participant_id)
        .order_by(Submission.participant_id, Submission.revision)
    )


def _numbers_of(session: Session) -> Query:
    """The numbers of some people's acts on a question."""
    some, received = _received(session)
    return (
        select(Submission.id, Forecast.option_id, Forecast.part, Forecast.value, Forecast.entered)
        .select_from(some)
        .outerjoin(Submission, received)
        .outerjoin(Forecast, Forecast.submission_id == Submission.id)
    )


def _entering(told: QuestionFacts, acts: Sequence[tuple[Any, Numbers]]) -> Entering | None:
    """What enters the figures of acts that may; None where that is what was said."""
    if told.question is None:
        return None
    own = [(act, numbers) for act, numbers in acts if act[17]]
    by_shape: defaultdict[Shape, list[int]] = defaultdict(list)
    for row, (_, numbers) in enumerate(own):
        by_shape[numbers.shape].append(row)
    # What has no column goes to the last, which is cut off.
    said = np.full((len(own), len(told.shapes.columns) + 1), np.nan)
    for shape, rows in by_shape.items():
        if shape is not told.shapes.withdrawn:
            said[np.ix_(rows, shape.columns)] = [own[row][1].values for row in rows]
    participant = np.array([act[1] for act, _ in own], dtype=np.int64)
    received = np.array([told.asked[act[4:7]].step[0] for act, _ in own], dtype=np.int64)
    joined = np.array([day_number(act[18]) for act, _ in own], dtype=np.int64)
    days, moved = entering(told.question, participant, received, joined, said[:, :-1])
    dates = {day: clock.day_date(day) for day in np.unique(days).tolist()}
    # A number without a column has -1 for one, and takes the empty text at the end.
    texts = [[*map(repr, row), ""] for row in moved.tolist()]
    return {
        act[0]: (dates[day], [row[column] for column in numbers.shape.columns])
        for (act, numbers), day, row in zip(own, days.tolist(), texts, strict=True)
    }


def _numbers(told: QuestionFacts, read: Sequence[Any]) -> dict[int, Numbers]:
    """The numbers of each submission, in the order of options and levels."""
    # A withdrawal has no number; neither has whoever was erased meanwhile. Sorted the others mostly are.
    rows = sorted([row for row in read if row[1] is not None], key=itemgetter(0))
    acts, options, parts, values, entered = zip(*rows, strict=True) if rows else [()] * 5
    texts, days = [*map(repr, values)], told.parts.days(values)
    cells = [f"{text},{day},{typed}" for text, day, typed in zip(texts, days, map(few, entered), strict=True)]
    found, start = {}, 0
    for act, count in Counter(acts).items():
        own = slice(start, start := start + count)
        shape = told.shapes[options[own], parts[own]]
        found[act] = Numbers(shape, values[own], texts[own], cells[own]).in_order()
    return found


def _rows_of(
    told: QuestionFacts, person: int, acts: Sequence[tuple[Any, Numbers]], moved: Entering | None
) -> list[str]:
    """The rows of one person, whose acts are given oldest first."""
    name, memo, rows = told.names[person], told.texts, list[str]()
    asked = [told.asked[act[4:7]] for act, _ in acts]
    stood = told.stood(tuple([(of, numbers.shape) for of, (_, numbers) in zip(asked, acts, strict=True)]))
    for (act, numbers), of, stands in zip(acts, asked, stood, strict=True):
        counts_from, counted = _counted(numbers, of.received, act[0], moved)
        begin, names = of.begin, f"{name},{told.pseudonym(act[0])},{memo[act[2:4]]}"
        shared, how = memo[act[7:15]], f"{few(*act[15:17])},{memo[of.received, counts_from]}\n"
        rows += [
            f"{begin},{part.what},{names},{part.output},{number},{counts},{shared},{stand},{how}"
            for part, number, counts, stand in zip(
                numbers.shape.parts, numbers.cells, counted, stands, strict=True
            )
        ]
    return rows


def _counted(
    numbers: Numbers, received: date, act: int, moved: Entering | None
) -> tuple[date | None, Sequence[str]]:
    """The day as of which an act counts, and the numbers that enter the crowd's figures, as they stand in the file.

    Of whoever does not count neither is told where answers are moved.
    """
    if moved is None:
        return received, numbers.texts
    return moved.get(act) or (None, [""] * len(numbers.texts))


def _stood(told: QuestionFacts, steps: Sequence[Step]) -> Sequence[Sequence[str]]:
    """`is_latest_in_round` and `is_latest` of each row of a person's acts, which are given oldest first."""
    latest, found = _standing(told, steps, range(len(steps)), told.as_of), []
    for in_round, places in _by_round(told, steps, latest):
        for place in places:
            options = [part.option for part in steps[place][1].parts]
            found.append([_STANDS[in_round.get(one) == place, latest.get(one) == place] for one in options])
    return found


def _by_round(
    told: QuestionFacts, steps: Sequence[Step], latest: Standing
) -> Iterator[tuple[Standing, Sequence[int]]]:
    """Places of a person's acts round by round, as they follow each other, with what stood at the end of each."""
    for number, in_it in groupby(range(len(steps)), key=lambda place: steps[place][0].step[2]):
        own, until = list(in_it), min(told.round_ends[number], told.as_of)
        # Mostly all were given in one round: its end is the snapshot's, unless a version has ended them since.
        alike = len(own) == len(steps) and told.oldest[until] == told.oldest[told.as_of]
        yield latest if alike else _standing(told, steps, own, until), own


def _standing(told: QuestionFacts, steps: Sequence[Step], places: Sequence[int], as_of: date) -> Standing:
    """What stands after some acts. A withdrawal does until something follows it."""
    withdrawn = told.shapes.withdrawn
    acts = [
        Act(*of.step[:2], None if shape is withdrawn else dict.fromkeys(shape.options, place))
        for place in places
        for of, shape in [steps[place]]
    ]
    stands: dict[str | None, int] = dict(standing_options(acts, told.open_until, told.oldest[as_of]).items())
    if acts[-1].given is None:
        stands[None] = places[-1]
    return stands


#: `is_latest_in_round` and `is_latest`.
_STANDS = {both: csv_cells(*both) for both in product((False, True), repeat=2)}


TABLE = table_of_lines(
    "forecasts_long",
    "One number of one submission, or one withdrawal.",
    COLUMNS,
    lines,
    key=("submission_id", "option_id", "part"),
    references=(OF_QUESTION, OF_PARTICIPANT, OF_SUBMISSION),
)
