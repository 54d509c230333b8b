"""Tables of who answered and how: people under pseudonyms, what they said of themselves, their acts and reasons.

People are those who had answered or skipped a question by the end of the snapshot's day. Rows stand in the order of
pseudonyms, which tells nothing about who joined when; days stand for moments, unless the snapshot was frozen with
exact times.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, null, select
from sqlalchemy.orm import Session

from .. import clock
from ..disclosure import Marks, marks_in
from ..garbage import collector_paused
from ..i18n.safe_cells import typed_text
from ..models import (
    BackgroundAnswer,
    BackgroundQuestion,
    Consent,
    ConsentVersion,
    Participant,
    QuestionVersion,
    Rationale,
    Round,
    Skip,
    Snapshot,
    Submission,
    Survey,
)
from ..store.bulk import in_parts
from ..store.engine import connection_of
from .cells import Value, csv_cells, few
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
    SAID,
    SNAPSHOT,
    STATUS,
    STUDY,
    SUBMISSION,
    insider_since,
    study_of,
)
from .declaration import Column, Table, table_of_lines
from .identifying import acted, released
from .options import options_of
from .snapshots import pseudonyms
from .suppression import SUPPRESSED

Row = tuple[Value, ...]
#: Status of a rationale whose words are there.
TOLD = "told"
#: People who are read at once.
AT_ONCE = 500


def until(snapshot: Snapshot) -> datetime:
    """The moment before which everything in a snapshot was received."""
    return clock.day_end(snapshot.as_of)


def people(session: Session, snapshot: Snapshot, key: bytes) -> list[tuple[str, int]]:
    """Pseudonym and id of everybody in a snapshot, in the order of pseudonyms."""
    query = (
        select(Participant.id)
        .filter_by(survey_id=snapshot.survey_id, erased_on=None)
        .where(Participant.id.in_(acted(snapshot.survey_id, snapshot.as_of)))
    )
    name = pseudonyms(key, "participant")
    return sorted((name(one), one) for one in session.scalars(query))


def _in_order(
    session: Session, snapshot: Snapshot, key: bytes, query: Select[*tuple[Any, ...]]
) -> Iterator[tuple[str, Sequence[Any]]]:
    """Each person's rows of a query, as it orders them, some hundred people at a time; its first column is whose."""
    for name, _person, rows in _of_each(session, snapshot, key, query):
        yield name, rows


def _of_each(
    session: Session, snapshot: Snapshot, key: bytes, query: Select[*tuple[Any, ...]]
) -> Iterator[tuple[str, int, Sequence[Any]]]:
    """The same, with the person's id beside their pseudonym."""
    everybody = people(session, snapshot, key)
    asked = query.where(query.selected_columns[0].in_(bindparam("people", expanding=True)))
    for some in in_parts(everybody, AT_ONCE):
        found: dict[int, list[Any]] = defaultdict(list)
        with collector_paused():
            for row in connection_of(session).execute(asked, {"people": [one for _, one in some]}):
                found[row[0]].append(tuple(row))
        for name, one in some:
            yield name, one, found[one]


def _participants(session: Session, snapshot: Snapshot, key: bytes) -> Iterator[Row]:
    query = (
        select(
            Participant.id,
            Participant.joined_at,
            Participant.language,
            Participant.entry,
            Participant.simulated,
            insider_since(snapshot),
            ConsentVersion.number,
        )
        .outerjoin(Consent, Consent.participant_id == Participant.id)
        .outerjoin(ConsentVersion, ConsentVersion.id == Consent.consent_version_id)
        .where((Consent.agreed_at < until(snapshot)) | Consent.agreed_at.is_(None))
        .order_by(ConsentVersion.number)
    )
    for name, rows in _in_order(session, snapshot, key, query):
        # One row for each consent; the last one holds.
        for _id, joined, *came, since, consent in rows[-1:]:
            yield *study_of(snapshot), name, joined.date(), *came, since is not None, since, consent


PARTICIPANTS = Table(
    "participants",
    "One person who had answered or skipped a question by then.",
    (
        STUDY,
        SNAPSHOT,
        PARTICIPANT,
        Column("joined_date", "date", "The day they joined (UTC)", about_person=True, required=True),
        Column("language", "string", "The language of their pages", about_person=True, required=True),
        Column(
            "entry",
            "string",
            "How they came",
            values={"invitation": "A personal invitation", "account": "An account", "link": "The open link"},
            about_person=True,
            required=True,
        ),
        Column("is_simulated", "boolean", "Whether the person is invented", about_person=True, required=True),
        IS_INSIDER,
        INSIDER_SINCE,
        Column(
            "consent_version", "integer", "The version of the consent they agreed to last", about_person=True
        ),
    ),
    _participants,
    key=("participant_id",),
)


def _background(session: Session, snapshot: Snapshot, key: bytes) -> Iterator[Row]:
    query = (
        select(
            BackgroundAnswer.participant_id,
            BackgroundQuestion.key,
            BackgroundQuestion.kind,
            BackgroundAnswer.value,
        )
        .join(BackgroundQuestion, BackgroundQuestion.id == BackgroundAnswer.background_question_id)
        .where(BackgroundAnswer.answered_at < until(snapshot))
        .order_by(BackgroundAnswer.participant_id, BackgroundQuestion.position, BackgroundAnswer.revision)
    )
    told = released(session, snapshot)
    for name, person, rows in _of_each(session, snapshot, key, query):
        last = {asked: (kind, value) for _id, asked, kind, value in rows}
        # Whoever said nothing to a question may be withheld too: else a blank would tell that something was said.
        for asked in [*last, *(blank for blank in told.blanks_of(person) if blank not in last)]:
            if told.withheld(person, asked):
                yield *study_of(snapshot), name, asked, SUPPRESSED, None, None, None
                continue
            kind, value = last[asked]
            # What was taken back is as if it had not been said.
            if value in (None, "", []):
                continue
            options = "|".join(value) if isinstance(value, list) else None
            number = float(value) if kind == "number" else None
            yield *study_of(snapshot), name, asked, SAID, options, number, value if kind == "text" else None


BACKGROUND = Table(
    "background_answers",
    "What one person said about themselves to one question; the last that holds.",
    (
        STUDY,
        SNAPSHOT,
        PARTICIPANT,
        Column("background_id", "string", "The key of the question about oneself", required=True),
        STATUS,
        Column("option_ids", "string", "Keys of what was chosen, joined by |", about_person=True),
        Column("number", "number", "A number that was given", about_person=True),
        Column("words", "string", "Words that were given", text=True, about_person=True),
    ),
    _background,
    key=("participant_id", "background_id"),
    references=(OF_PARTICIPANT,),
)


def _acts(
    session: Session, snapshot: Snapshot, key: bytes, query: Select[*tuple[Any, ...]]
) -> Iterator[tuple[str, str, Sequence[Any]]]:
    """Of each act: what its row begins with, the pseudonym of its person, and what a query says, its id second."""
    study, of_act = csv_cells(*study_of(snapshot), texts=typed_text), pseudonyms(key, "submission")
    query = query.where(
        Submission.survey_id == snapshot.survey_id, Submission.received_at < until(snapshot)
    ).order_by(Submission.participant_id, Submission.question_id, Submission.revision)
    for name, acts in _in_order(session, snapshot, key, query):
        for act in acts:
            yield f"{study},{of_act(act[1])}", name, act


#: The day is asked of the database, which has it as a text or as a day: reading each moment would cost more.
_SUBMITTED = (
    select(
        Submission.participant_id,
        Submission.id,
        Submission.question_id,
        QuestionVersion.number,
        Round.number,
        Submission.revision,
        Submission.action,
        func.date(Submission.received_at),
        Submission.confidence,
        Submission.expertise,
        Submission.crowd_seen,
        Submission.base_rate_seen,
    )
    .join(QuestionVersion, QuestionVersion.id == Submission.question_version_id)
    .join(Round, Round.id == Submission.round_id)
)


def _submissions(session: Session, snapshot: Snapshot, key: bytes) -> Iterator[str]:
    keys = {question.id: question.key for question in snapshot.survey.questions}
    for begin, person, act in _acts(session, snapshot, key, _SUBMITTED):
        yield f"{begin},{person},{few(keys[act[2]], *act[3:7])},{act[7]},{few(*act[8:])}\n"


SUBMISSIONS = table_of_lines(
    "submissions",
    "One act of one person on one question: a forecast, a change, an affirmation or a withdrawal.",
    (
        STUDY,
        SNAPSHOT,
        SUBMISSION,
        PARTICIPANT,
        QUESTION,
        Column("question_version", "integer", "The number of the version that was answered", required=True),
        Column("round_id", "integer", "The number of the round", required=True),
        Column("seq", "integer", "1, 2, … for this person and question, over all rounds", required=True),
        Column("action", "string", "What kind of act it was", values=ACTION_LABELS, required=True),
        Column("submitted_date", "date", "The day it was received (UTC)", required=True),
        Column("confidence_1_5", "integer", "How sure they said they are, 1 (least) to 5"),
        Column("expertise_1_5", "integer", "How much they said they know, 1 (least) to 5"),
        Column("crowd_seen", "boolean", "Whether the person could see the crowd's figures", required=True),
        Column("base_rate_seen", "boolean", "Whether they could see the question's base rate", required=True),
    ),
    _submissions,
    key=("submission_id",),
    references=(OF_PARTICIPANT, OF_QUESTION),
)


def _paradata(session: Session, snapshot: Snapshot, key: bytes) -> Iterator[str]:
    at = Submission.received_at if options_of(snapshot).exact_times else null()
    query = select(
        Submission.participant_id,
        Submission.id,
        Submission.input_format,
        Submission.seconds_on_page,
        Submission.language,
        at,
    )
    for begin, _person, act in _acts(session, snapshot, key, query):
        yield f"{begin},{few(*act[2:5])},{csv_cells(act[5])}\n"


PARADATA = table_of_lines(
    "paradata",
    "How one act came about.",
    (
        STUDY,
        SNAPSHOT,
        SUBMISSION,
        Column(
            "input_format", "string", "How numbers were entered; empty of a withdrawal", values=FORMAT_LABELS
        ),
        Column("seconds_on_page", "integer", "How long the page was open before it was sent", unit="seconds"),
        Column("language", "string", "The language it was answered in", required=True),
        Column(
            "submitted_at",
            "datetime",
            "The moment it was received (UTC); only where the snapshot was frozen with exact times, for a reason",
            about_person=True,
        ),
    ),
    _paradata,
    key=("submission_id",),
    references=(OF_SUBMISSION,),
)


def _skips(session: Session, snapshot: Snapshot, key: bytes) -> Iterator[Row]:
    keys = {question.id: question.key for question in snapshot.survey.questions}
    query = (
        select(Skip.participant_id, Skip.question_id, Skip.skipped_at)
        .where(Skip.survey_id == snapshot.survey_id, Skip.skipped_at < until(snapshot))
        .order_by(Skip.participant_id, Skip.question_id)
    )
    for name, rows in _in_order(session, snapshot, key, query):
        for _id, question, skipped in rows:
            yield *study_of(snapshot), name, keys[question], skipped.date()


SKIPS = Table(
    "skips",
    "One question that one person said they can't judge.",
    (
        STUDY,
        SNAPSHOT,
        PARTICIPANT,
        QUESTION,
        Column("skipped_date", "date", "The day they said so (UTC)", required=True),
    ),
    _skips,
    key=("participant_id", "question_id"),
    references=(OF_PARTICIPANT, OF_QUESTION),
)


@dataclass(frozen=True)
class Outgoing:
    """A rationale that a bundle would hold the words of.

    Attributes
    ----------
    submission
        Its id in the store.
    question
        That of the question.
    language
        Of the page it was written on.
    day
        On which it was received, UTC.
    """

    submission: int
    question: int
    language: str
    day: date
    text: str


def outgoing_rationales(session: Session, survey: Survey, as_of: date) -> list[Outgoing]:
    """The rationales of which a snapshot of that day would hold the words, by question, the newest first."""
    query = _written(survey, as_of).join(Participant, Participant.id == Submission.participant_id)
    query = query.where(Participant.erased_on.is_(None)).order_by(
        Submission.question_id, Submission.id.desc()
    )
    marks = marks_in(session, survey)
    return [
        Outgoing(act, question, language, received.date(), text)
        for _person, act, question, language, received, text in session.execute(query)
        if _status(marks.get(act)) == TOLD
    ]


def _written(survey: Survey, as_of: date) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Submission.participant_id,
            Submission.id,
            Submission.question_id,
            Submission.language,
            Submission.received_at,
            Rationale.text,
        )
        .join(Rationale, Rationale.submission_id == Submission.id)
        .where(
            Submission.survey_id == survey.id,
            Submission.received_at < clock.day_end(as_of),
        )
    )


def _status(mark: Marks | None) -> str:
    return TOLD if mark is None or mark.shown else "hidden" if mark.hidden else "withheld"


def _rationales(session: Session, snapshot: Snapshot, key: bytes) -> Iterator[Row]:
    marks, reviewed = marks_in(session, snapshot.survey), options_of(snapshot).reviewed_until
    keys = {question.id: question.key for question in snapshot.survey.questions}
    of_act = pseudonyms(key, "submission")
    query = _written(snapshot.survey, snapshot.as_of).order_by(
        Submission.participant_id, Submission.question_id, Submission.revision
    )
    for name, rows in _in_order(session, snapshot, key, query):
        for _person, act, question, language, received, text in rows:
            status = _status(marks.get(act))
            if status == TOLD and (reviewed is None or received.date() > reviewed):
                status = "unreviewed"
            yield (
                *study_of(snapshot),
                of_act(act),
                name,
                keys[question],
                language,
                status,
                text if status == TOLD else None,
            )


RATIONALES = Table(
    "rationales",
    "Why one person forecast so; words that others may not read, or nobody looked through, are left out.",
    (
        STUDY,
        SNAPSHOT,
        SUBMISSION,
        PARTICIPANT,
        QUESTION,
        Column("language", "string", "The language of the page it was written on", required=True),
        Column(
            "status",
            "string",
            "Whether others may read it",
            values={
                TOLD: "Others may read it",
                "hidden": "Its author hides it",
                "withheld": "An organizer withholds it",
                "unreviewed": "Others may read it; nobody looked it through before the snapshot was frozen",
            },
            required=True,
        ),
        Column("rationale", "string", "The words; empty unless its status is told", text=True),
    ),
    _rationales,
    key=("submission_id",),
    references=(OF_PARTICIPANT, OF_QUESTION),
)

TABLES = (PARTICIPANTS, BACKGROUND, SUBMISSIONS, PARADATA, SKIPS, RATIONALES)
