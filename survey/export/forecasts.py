"""`forecasts_long.csv`: one row for each number of each submission, and one for each withdrawal.

People are taken in the order of their pseudonyms, a few hundred at a time: the order tells nothing about who
joined when, and memory does not grow with the survey. What many rows share is written once: names of a question and
of an option, everything of an act but its numbers.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache, partial
from itertools import groupby, product
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from .. import clock
from ..aggregation.forecast_arrays import crowd_answers, reader_answers
from ..aggregation.question_specs import spec_of
from ..aggregation.specification import QuestionSpec
from ..aggregation.standing import Act, oldest_counting_version, standing_options
from ..i18n.safe_cells import typed_text
from ..models import Forecast, Option, Participant, Question, QuestionVersion, Round, Snapshot, Submission
from ..questions import kind_of
from ..questions.quantiles import level_of
from ..store.engine import connection_of
from .cells import cell, csv_cells
from .columns import (
    ACTION_LABELS,
    FORMAT_LABELS,
    OF_PARTICIPANT,
    OF_QUESTION,
    OF_SUBMISSION,
    PARTICIPANT,
    QUESTION,
    SNAPSHOT,
    STUDY,
    SUBMISSION,
)
from .declaration import Column, Table, read_back
from .questions import given, given_of
from .snapshots import pseudonym

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
    Column(
        "is_insider",
        "boolean",
        "Whether the person works on the survey, and so stays outside the crowd",
        required=True,
        about_person=True,
    ),
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

PEOPLE_AT_ONCE = 500

#: A number of an act: of which part of the question, the value, and its own cells: that, as a day, as it was entered.
Number = tuple["Part", float | None, str]
#: Of an act, by person and place among their own: the day as of which it counts, and the numbers that enter the
#: crowd's figures, by option and part.
Entering = Mapping[tuple[int, int], tuple[date, Mapping[tuple[str, str], float]]]
#: The submission that stands for each option of one person; for None, a withdrawal that nothing has followed.
Standing = Mapping[str | None, int]


@dataclass(frozen=True)
class Part:
    """What all numbers of one part of a question share: an option's probability, one quantile.

    Attributes
    ----------
    order
        Its place among the rows of an act.
    option, name
        The option's key, and what the part is called; None of a withdrawal.
    what
        `option_id` to `given_holds`, as they stand in the file.
    output
        `output_type`, `output_type_id` and `quantile_level`.
    """

    order: tuple[int, float]
    option: str | None
    name: str | None
    what: str
    output: str


class QuestionParts(dict[tuple[int, str], Part]):
    """The parts of a question by option and part, each made when its first number is met."""

    def __init__(self, question: Question) -> None:
        self._question = question
        self._options = {option.id: option for option in question.options}
        nothing = Part(
            (-1, 0.0),
            None,
            None,
            csv_cells(None, None, *given(question), texts=typed_text),
            csv_cells(None, None, None),
        )
        #: What the one row of a withdrawal has in a number's place.
        self.nothing: Number = nothing, None, csv_cells(None, None, None)
        #: How the number is written as a day; nothing but of a date.
        self.day = _day if question.kind == "date" else _no_day

    def __missing__(self, place: tuple[int, str]) -> Part:
        option, part = self._options[place[0]], place[1]
        order = option.position, float(part[1:]) if part.startswith("q") else 0.0
        output = csv_cells(*self._output(option, part), texts=typed_text)
        made = self[place] = Part(order, option.key, part, self._what(option, part), output)
        return made

    def _output(self, option: Option, part: str) -> tuple[str, str | None, float | None]:
        """`output_type`, and of which answer or which level: a column of both would be of two types."""
        kind, of = kind_of(self._question).output(self._question, option, part)
        return (kind, None, level_of(part)) if kind == "quantile" else (kind, of, None)

    def _what(self, option: Option, part: str) -> str:
        """Option, part, and the condition under which the number holds; a branch has its own side of it."""
        return csv_cells(option.key, part, *given_of(self._question, option), texts=typed_text)


class Pseudonyms(dict[int, str]):
    """The people's pseudonyms by id: each person's is made once, for all their questions."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def __missing__(self, person: int) -> str:
        name = self[person] = pseudonym(self._key, "participant", person)
        return name


class Counting(dict[date, int]):
    """The oldest version of a question whose answers count, by the day on which that is asked."""

    def __init__(self, spec: QuestionSpec) -> None:
        self._spec = spec

    def __missing__(self, day: date) -> int:
        oldest = self[day] = oldest_counting_version(self._spec, clock.date_number(day))
        return oldest


@dataclass(frozen=True)
class QuestionFacts:
    """What every row of a question shares.

    Attributes
    ----------
    study
        What every row of the file begins with.
    question
        Where its answers are moved before they count; None where what was said is what counts.
    key
        The question's own.
    secret
        The snapshot's, for pseudonyms.
    names
        The people's pseudonyms by id.
    round_ends
        The last day of each round, by number.
    """

    id: int
    key: str
    question: Question | None
    study: str
    as_of: date
    secret: bytes
    names: Mapping[int, str]
    parts: QuestionParts
    open_until: Mapping[str, int]
    round_ends: Mapping[int, date]
    oldest: Counting


class Done(NamedTuple):
    """One act, and what all its rows share in the four places where it stands in them."""

    person: int
    id: int
    round: int
    act: Act[int]
    numbers: Sequence[tuple[Part, str]]
    asked: str
    names: str
    about: str
    how: str


def lines(session: Session, snapshot: Snapshot, key: bytes) -> Iterator[str]:
    """The rows, line by line, by question, pseudonym, submission, option and part."""
    survey, names = snapshot.survey, Pseudonyms(key)
    study = csv_cells(survey.slug, snapshot.number, texts=typed_text)
    ends = {one.number: (one.closes_at - timedelta(microseconds=1)).date() for one in survey.rounds}
    for question in survey.questions:
        spec, moves = spec_of(question), question if survey.guarded else None
        told = QuestionFacts(
            question.id,
            question.key,
            moves,
            study,
            snapshot.as_of,
            key,
            names,
            QuestionParts(question),
            spec.open_until,
            ends,
            Counting(spec),
        )
        people = sorted(session.scalars(_people(told)), key=names.__getitem__)
        for start in range(0, len(people), PEOPLE_AT_ONCE):
            yield from _of_people(session, told, people[start : start + PEOPLE_AT_ONCE])


def _people(told: QuestionFacts) -> Any:
    return (
        select(Submission.participant_id)
        .join(Participant, Participant.id == Submission.participant_id)
        .where(*_received(told), Participant.erased_on.is_(None))
        .distinct()
    )


def _received(told: QuestionFacts) -> tuple[Any, Any]:
    """What the snapshot holds of a question."""
    return (
        Submission.question_id == told.id,
        Submission.received_at < clock.day_start(told.as_of + timedelta(days=1)),
    )


def _of_people(session: Session, told: QuestionFacts, people: Sequence[int]) -> Iterator[str]:
    """The rows of some people. Their acts are read after the numbers: of who is erased meanwhile nothing is left."""
    numbers, entering = _numbers(session, told, people), _entering(session, told, people)
    query = (
        select(*_ACT)
        .join(Participant, Participant.id == Submission.participant_id)
        .join(QuestionVersion, QuestionVersion.id == Submission.question_version_id)
        .join(Round, Round.id == Submission.round_id)
        .where(*_received(told), Submission.participant_id.in_(people))
        .order_by(Submission.participant_id, Submission.revision)
    )
    # What was received late on the day may be committed only now, between the two statements.
    read = (
        _done(told, act, numbers[act.id] if act.action != "withdraw" else [told.parts.nothing], entering)
        for act in connection_of(session).execute(query).all()
        if act.id in numbers or act.action == "withdraw"
    )
    by_person = {person: list(acts) for person, acts in groupby(read, key=attrgetter("person"))}
    for person in people:
        if person in by_person:
            yield from _of_person(told, by_person[person])


#: Columns rather than objects, and what one act has once: a long export holds no more than the people at hand.
_ACT = (
    Submission.id,
    Submission.participant_id,
    Submission.revision,
    Submission.action,
    Submission.received_at,
    QuestionVersion.number.label("version"),
    Round.number.label("round"),
    Submission.crowd_seen,
    Submission.base_rate_seen,
    Submission.confidence,
    Submission.expertise,
    Participant.simulated,
    Participant.insider,
    Submission.input_format,
    Submission.seconds_on_page,
    Submission.language,
)


def _entering(session: Session, told: QuestionFacts, people: Sequence[int]) -> Entering | None:
    """What enters the figures of those whose answers may; None where that is what they said."""
    if told.question is None:
        return None
    among = select(Participant.id).where(Participant.id.in_(people))
    of_person: dict[int, int] = {}
    found = {}
    # Nobody is in both.
    for read in (crowd_answers, reader_answers):
        answers = read(session, told.question, among)
        for row, person in enumerate(answers.participant.tolist()):
            of_person[person] = of_person.get(person, 0) + 1
            numbers = dict(zip(answers.columns, answers.values[row].tolist(), strict=True))
            found[person, of_person[person]] = clock.day_date(int(answers.day[row])), numbers
    return found


def _numbers(session: Session, told: QuestionFacts, people: Sequence[int]) -> dict[int, list[Number]]:
    """The numbers of each submission, in the order of options and levels."""
    query = (
        select(Forecast.submission_id, Forecast.option_id, Forecast.part, Forecast.value, Forecast.entered)
        .join(Submission, Submission.id == Forecast.submission_id)
        .where(*_received(told), Submission.participant_id.in_(people))
    )
    found: dict[int, list[Number]] = defaultdict(list)
    parts, day = told.parts, told.parts.day
    for submission, option, part, value, entered in connection_of(session).execute(query).all():
        found[submission].append((parts[option, part], value, f"{value!r},{day(value)},{_few(entered)}"))
    for numbers in found.values():
        numbers.sort(key=lambda number: number[0].order)
    return found


def _done(told: QuestionFacts, read: Any, numbers: list[Number], entering: Entering | None) -> Done:
    number, person, revision, action, received, version, in_round, *about, seconds, language = read
    given = {part.option: number for part, _, _ in numbers if part.option is not None}
    counts_from, cells = _counted(numbers, received.date(), (person, revision), entering)
    return Done(
        person,
        number,
        in_round,
        Act(clock.day_number(received), version, None if action == "withdraw" else given),
        cells,
        f"{told.study},{_few(in_round, told.key, version)}",
        f"{told.names[person]},{pseudonym(told.secret, 'submission', number)},{_few(revision, action)}",
        _few(*about),
        _few(seconds, language, received.date(), counts_from),
    )


def _counted(
    numbers: list[Number], received: date, act: tuple[int, int], entering: Entering | None
) -> tuple[date | None, list[tuple[Part, str]]]:
    """The day as of which an act counts, and its numbers with those that enter the crowd's figures beside them.

    Of whoever does not count neither is told where answers are moved.
    """
    if entering is None:
        return received, [(part, f"{cells},{cell(value)}") for part, value, cells in numbers]
    counts_from, moved = entering.get(act, (None, {}))
    told = [(part, moved.get((part.option or "", part.name or "")), cells) for part, _, cells in numbers]
    return counts_from, [(part, f"{cells},{cell(value)}") for part, value, cells in told]


def _of_person(told: QuestionFacts, acts: Sequence[Done]) -> Iterator[str]:
    latest = _standing(told, acts, told.as_of)
    for in_round, own in _by_round(told, acts, latest):
        for act in own:
            for part, number in act.numbers:
                stands = _STANDS[in_round.get(part.option) == act.id, latest.get(part.option) == act.id]
                yield (
                    f"{act.asked},{part.what},{act.names},{part.output},{number},{act.about},{stands},{act.how}\n"
                )


def _by_round(
    told: QuestionFacts, acts: Sequence[Done], latest: Standing
) -> Iterator[tuple[Standing, Sequence[Done]]]:
    """A person's acts round by round, as they follow each other, with what stood at the end of each."""
    for number, in_it in groupby(acts, key=attrgetter("round")):
        own, until = list(in_it), min(told.round_ends[number], told.as_of)
        alike = len(own) == len(acts) and told.oldest[until] == told.oldest[told.as_of]
        yield latest if alike else _standing(told, own, until), own


def _standing(told: QuestionFacts, acts: Sequence[Done], as_of: date) -> Standing:
    """What stands after some acts. A withdrawal does until something follows it."""
    given = standing_options([one.act for one in acts], told.open_until, told.oldest[as_of])
    stands: dict[str | None, int] = dict(given.items())
    if acts[-1].act.given is None:
        stands[None] = acts[-1].id
    return stands


#: `is_latest_in_round` and `is_latest`.
_STANDS = {both: csv_cells(*both) for both in product((False, True), repeat=2)}


def _no_day(_value: float) -> str:
    return ""


def _day(value: float) -> str:
    return _date_cell(int(value))


@lru_cache(10_000)
def _date_cell(number: int) -> str:
    """The day of a number of days since 1970-01-01; nothing where the calendar has none."""
    try:
        return cell(clock.day_date(number))
    except OverflowError:
        return ""


#: For values of which there are few different ones: they are written once.
_few = lru_cache(10_000, typed=True)(partial(csv_cells, texts=typed_text))


TABLE = Table(
    "forecasts_long",
    "One number of one submission, or one withdrawal.",
    COLUMNS,
    read_back(COLUMNS, lines),
    key=("submission_id", "option_id", "part"),
    references=(OF_QUESTION, OF_PARTICIPANT, OF_SUBMISSION),
    written=lines,
)
