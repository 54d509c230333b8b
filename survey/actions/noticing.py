"""Letters that are due: found from facts, noted once, marked as sent before they go.

`due` looks at what opened, changed, closes soon, came out or was corrected, and notes what each person is to be
told; the table takes nothing twice, whoever looks at the same time. `claim` marks what one person is told now in
a transaction of its own, and the letter goes after it: at most once. A letter that the mail server has surely not
taken is put back (`put_back`); where nobody knows, it is not sent again: a missing letter can be looked up in
the survey, a second one cannot be called back.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy import cast as as_type
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from .. import clock
from ..models import (
    Contact,
    Moment,
    Notice,
    NoticeChoice,
    Participant,
    Question,
    QuestionVersion,
    Resolution,
    Skip,
    Submission,
    Survey,
)
from .contacting import USUAL_WAY, address_of, mark_of

#: So long before its close a question is called to mind.
CLOSING = timedelta(hours=72)
#: A letter that was not taken is tried again after this time.
AGAIN = timedelta(minutes=15)

COLUMNS = ("survey_id", "participant_id", "kind", "about", "question_id", "due_at")

#: What somebody is told of: a query of receivers, joined with the facts; the fact's name; its question.
Found = tuple[Select[Any], ColumnElement[str]]


@dataclass(frozen=True)
class Told:
    """One thing to tell: its kind, and the key of the question it leads to."""

    notice_id: int
    kind: str
    question: str


@dataclass(frozen=True)
class Parcel:
    """All that one person is told now, and where; `mark` goes into the link that ends all letters."""

    participant_id: int
    address: str
    mark: str
    language: str
    survey: Survey
    told: tuple[Told, ...]


def due(session: Session, moment: datetime) -> int:
    """Note what is due at `moment` for everybody who wants letters; how much was noted just now."""
    found = {
        "opening": _opened(moment),
        "clarification": _clarified(moment),
        "closing": _closing(moment),
        "resolved": _resolved(moment, corrected=False),
        "corrected": _resolved(moment, corrected=True),
    }
    return sum(_note(session, kind, query, about, moment) for kind, (query, about) in found.items())


def waiting(session: Session, moment: datetime) -> list[int]:
    """Ids of the participants to whom a letter is to go."""
    query = (
        select(Notice.participant_id)
        .join(Contact, Contact.participant_id == Notice.participant_id)
        .where(Notice.sent_at.is_(None), Notice.due_at <= moment, Contact.confirmed_at.is_not(None))
    )
    return list(session.scalars(query.distinct().order_by(Notice.participant_id)))


def claim(session: Session, participant_id: int, moment: datetime) -> Parcel | None:
    """Mark what this person is told now as sent, and return it; None where another was faster, or nothing holds.

    The transaction this runs in must be over before the letter goes.
    """
    contact = session.get(Contact, participant_id)
    if contact is None or contact.confirmed_at is None or not address_of(session, contact):
        return None
    person = contact.participant
    marked = session.execute(
        update(Notice)
        .where(Notice.participant_id == participant_id, Notice.sent_at.is_(None), Notice.due_at <= moment)
        .values(sent_at=moment)
        .returning(Notice.id, Notice.kind, Notice.question_id)
    ).all()
    about = [(number, kind, session.get_one(Question, question)) for number, kind, question in sorted(marked)]
    told = [
        Told(number, kind, question.key)
        for number, kind, question in about
        if _still_so(kind, question, moment)
    ]
    if not told or person.survey.protected:
        return None
    return Parcel(
        participant_id,
        address_of(session, contact),
        mark_of(session, contact),
        person.language,
        person.survey,
        tuple(told),
    )


def put_back(session: Session, parcel: Parcel, moment: datetime) -> None:
    """Let a letter that was surely not taken be tried again later."""
    numbers = [told.notice_id for told in parcel.told]
    session.execute(update(Notice).where(Notice.id.in_(numbers)).values(sent_at=None, due_at=moment + AGAIN))


def _note(
    session: Session, kind: str, query: Select[Any], about: ColumnElement[str], moment: datetime
) -> int:
    """Insert what a query finds, but for what is noted already and for whom does not want this kind."""
    tomorrow = clock.day_start(moment.date() + timedelta(days=1))
    way = func.coalesce(NoticeChoice.way, USUAL_WAY)
    rows = (
        query.outerjoin(
            NoticeChoice, and_(NoticeChoice.participant_id == Participant.id, NoticeChoice.kind == kind)
        )
        .with_only_columns(
            Participant.survey_id,
            Participant.id,
            literal(kind, String),
            about,
            Question.id,
            case((way == "digest", literal(tomorrow, Moment)), else_=literal(moment, Moment)),
        )
        .where(way != "none")
        # Whoever erases everything waits for this, or this for them: no note is left of somebody who is gone.
        .with_for_update(read=True, of=Participant)
    )
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    insert = dialect.insert(Notice).from_select(COLUMNS, rows).on_conflict_do_nothing()
    return len(session.execute(insert.returning(Notice.id)).all())


def _receivers() -> Select[Any]:
    """Everybody who wants letters, with the questions of their survey."""
    return (
        select(Participant.id)
        .join(Contact, Contact.participant_id == Participant.id)
        .join(Survey, Survey.id == Participant.survey_id)
        .join(Question, Question.survey_id == Survey.id)
        .where(
            Contact.confirmed_at.is_not(None), Participant.erased_on.is_(None), Survey.protected.is_(False)
        )
    )


def _is_open(moment: datetime) -> ColumnElement[bool]:
    """Whether a question can be answered: open by its times and not resolved as a whole."""
    resolved = select(Resolution.id).where(
        Resolution.question_id == Question.id, Resolution.option_id.is_(None)
    )
    return and_(
        Survey.opens_at <= moment,
        Question.opens_at <= moment,
        Survey.closes_at > moment,
        Question.closes_at > moment,
        ~resolved.exists(),
    )


def _opened(moment: datetime) -> Found:
    """Questions that opened, or were added, since the address was confirmed."""
    first = aliased(QuestionVersion)
    query = (
        _receivers()
        .join(first, and_(first.question_id == Question.id, first.number == 1))
        .where(
            _is_open(moment),
            first.published_at <= moment,
            or_(Question.opens_at > Contact.confirmed_at, first.published_at > Contact.confirmed_at),
        )
    )
    return query, _named("question", Question.id)


def _clarified(moment: datetime) -> Found:
    """New words of a question that this person answered under older ones."""
    answered = aliased(QuestionVersion)
    last = (
        select(func.max(answered.number))
        .join(Submission, Submission.question_version_id == answered.id)
        .where(Submission.participant_id == Participant.id, Submission.question_id == Question.id)
        .correlate(Participant, Question)
        .scalar_subquery()
    )
    query = (
        _receivers()
        .join(QuestionVersion, QuestionVersion.question_id == Question.id)
        .where(
            _is_open(moment),
            QuestionVersion.published_at > Contact.confirmed_at,
            QuestionVersion.published_at <= moment,
            last < QuestionVersion.number,
        )
    )
    return query, _named("version", QuestionVersion.id)


def _closing(moment: datetime) -> Found:
    """Questions that close within three days, but for those somebody said they can't judge."""
    skipped = select(Skip.question_id).where(
        Skip.participant_id == Participant.id, Skip.question_id == Question.id
    )
    soon = moment + CLOSING
    query = _receivers().where(
        _is_open(moment), or_(Question.closes_at <= soon, Survey.closes_at <= soon), ~skipped.exists()
    )
    return query, _named("question", Question.id)


def _resolved(moment: datetime, corrected: bool) -> Found:
    """Outcomes of questions that this person answered; corrected ones apart."""
    answered = select(Submission.id).where(
        Submission.participant_id == Participant.id, Submission.question_id == Question.id
    )
    first = Resolution.supersedes_id.is_(None)
    query = (
        _receivers()
        .join(Resolution, Resolution.question_id == Question.id)
        .where(
            ~first if corrected else first,
            Resolution.resolved_at > Contact.confirmed_at,
            Resolution.resolved_at <= moment,
            answered.exists(),
        )
    )
    return query, _named("resolution", Resolution.id)


def _named(noun: str, number: Any) -> ColumnElement[str]:
    return literal(f"{noun} ", String) + as_type(number, String)


def _still_so(kind: str, question: Question, moment: datetime) -> bool:
    """Whether there is a point in telling: a letter that waited may speak of a close that is over."""
    return kind != "closing" or moment < min(question.closes_at, question.survey.closes_at)
