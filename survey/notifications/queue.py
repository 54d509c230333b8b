"""Letters that are due: found from facts, noted once, marked as sent before they go.

`due` looks at what opened, changed, closes soon, came out or was corrected, and notes what each person is to be
told; the table takes nothing twice, whoever looks at the same time. `claim` marks what one person is told now in
a transaction of its own, and the letter goes after it: at most once. A letter that the mail server has surely not
taken is put back (`put_back`); where nobody knows, it is not sent again: a missing letter can be looked up in
the survey, a second one cannot be called back.

Outcomes are gathered (`outcome_notices`): an hour after the first of them it goes, and all there are by then with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Integer, String, and_, case, cast, func, literal, null, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from .. import clock
from ..models import (
    Contact,
    Moment,
    Notice,
    NoticeChoice,
    Option,
    Participant,
    Question,
    Survey,
)
from ..store.lifecycle import open_options
from .contacts import address_of, choices, mark_of, usual_way
from .due import Found, events, outcomes, stale_forecasts
from .outcome_notices import GATHERED, GATHERING, DueOutcome, outcomes_to_tell

#: A letter that was not taken is tried again after this time.
AGAIN = timedelta(minutes=15)

COLUMNS = ("survey_id", "participant_id", "kind", "about", "question_id", "due_at")


@dataclass(frozen=True)
class DueNotice:
    """One thing to tell: its kind, the key of the question it leads to, and which date of it; empty for the whole."""

    notice_id: int
    kind: str
    question: str
    date: str


@dataclass(frozen=True)
class DueReminder:
    """How many forecasts have stood untouched for so many days or longer."""

    notice_id: int
    days: int
    count: int


@dataclass(frozen=True)
class Parcel:
    """All that one person is told now, and where; `mark` goes into the link that ends all letters."""

    participant_id: int
    address: str
    mark: str
    language: str
    survey: Survey
    told: tuple[DueNotice, ...]
    outcomes: tuple[DueOutcome, ...] = ()
    reminder: DueReminder | None = None


def due(session: Session, moment: datetime) -> int:
    """Note what is due at `moment` for everybody who wants letters; how much was noted just now."""
    return sum(_note(session, found, moment) for found in events(moment))


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
    marked = _mark(session, participant_id, moment, Notice.due_at <= moment)
    if any(notice.kind in GATHERED for notice in marked):
        marked += _gather(session, participant_id, moment)
    of_questions = [one for one in marked if one.kind not in (*GATHERED, "stale")]
    # Looked at anew: between the note and now a day may lie, and a question have closed.
    told = _told(session, of_questions, person.language, moment)
    came_out = outcomes_to_tell(session, [one for one in marked if one.kind in GATHERED])
    reminder = _reminder(session, person, [one for one in marked if one.kind == "stale"], moment)
    # What holds no more stays marked: else it would be looked at again at every round.
    if not (told or came_out or reminder) or person.survey.protected:
        return None
    return Parcel(
        participant_id,
        address_of(session, contact),
        mark_of(session, contact),
        person.language,
        person.survey,
        told,
        came_out,
        reminder,
    )


def _mark(
    session: Session, participant_id: int, moment: datetime, which: ColumnElement[bool]
) -> list[Notice]:
    """Mark those notices of a person that wait as sent, and return them; those another marked are not among them."""
    marking = update(Notice).where(Notice.participant_id == participant_id, Notice.sent_at.is_(None), which)
    return list(session.scalars(marking.values(sent_at=moment).returning(Notice)))


def _gather(session: Session, participant_id: int, moment: datetime) -> list[Notice]:
    """Mark all other outcomes: also those of the last hour, which nobody has noted, and what waits for its day's end.

    So what goes is what stands, whatever was corrected since the first was noted.
    """
    for kind, query, about in outcomes(moment):
        _note(session, (kind, query.where(Participant.id == participant_id), about), moment)
    return _mark(session, participant_id, moment, Notice.kind.in_(GATHERED))


def _reminder(
    session: Session, person: Participant, notices: Sequence[Notice], moment: datetime
) -> DueReminder | None:
    """Forecasts that are old by now; None where none is, or all were touched while the reminder waited."""
    way = choices(session, person)["stale"] if notices else "none"
    count = stale_forecasts(session, person, int(way), moment) if way != "none" else 0
    return DueReminder(notices[0].id, int(way), count) if count else None


def put_back(session: Session, parcel: Parcel, moment: datetime) -> None:
    """Let a letter that was surely not taken be tried again later."""
    numbers = [told.notice_id for told in parcel.told]
    numbers += [number for told in parcel.outcomes for number in told.notice_ids]
    numbers += [parcel.reminder.notice_id] if parcel.reminder else []
    session.execute(update(Notice).where(Notice.id.in_(numbers)).values(sent_at=None, due_at=moment + AGAIN))


def _note(session: Session, found: Found, moment: datetime) -> int:
    """Insert what a query finds, but for what is noted already and for whom does not want this kind."""
    kind, query, about = found
    # What was gathered for an hour belongs to the day on which it began to wait.
    since = moment - GATHERING if kind in GATHERED else moment
    tomorrow = clock.day_end(since.date())
    way = func.coalesce(NoticeChoice.way, usual_way(kind))
    # One reminder is of all old forecasts, and leads to their list.
    leads_to = cast(null(), Integer) if kind == "stale" else Question.id
    rows = (
        query.outerjoin(
            NoticeChoice, and_(NoticeChoice.participant_id == Participant.id, NoticeChoice.kind == kind)
        )
        .with_only_columns(
            Participant.survey_id,
            Participant.id,
            literal(kind, String),
            about,
            leads_to,
            case((way == "digest", literal(tomorrow, Moment)), else_=literal(moment, Moment)),
        )
        .where(way != "none")
        # Whoever erases everything waits for this, or this for them: no note is left of somebody who is gone.
        .with_for_update(read=True, of=Participant)
    )
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    # One statement for all: a look and then a note would let two workers tell the same person twice.
    insert = dialect.insert(Notice).from_select(COLUMNS, rows).on_conflict_do_nothing()
    return len(session.execute(insert.returning(Notice.id)).all())


def _told(
    session: Session, notices: Sequence[Notice], language: str, moment: datetime
) -> tuple[DueNotice, ...]:
    """What is still worth telling, in the order of the questions and of their dates."""
    about = [
        (session.get_one(Question, notice.question_id), _date_of(session, notice), notice)
        for notice in notices
    ]
    about.sort(key=lambda one: (one[0].position, one[1].position if one[1] else -1, one[2].id))
    return tuple(
        DueNotice(notice.id, notice.kind, question.key, date.text(language) if date else "")
        for question, date, notice in about
        if _still_so(session, notice.kind, question, date, moment)
    )


def _date_of(session: Session, notice: Notice) -> Option | None:
    """The date of a ladder that a notice is about."""
    noun, number = notice.about.split()
    return session.get_one(Option, int(number)) if noun == "option" else None


def _still_so(session: Session, kind: str, question: Question, date: Option | None, moment: datetime) -> bool:
    """Whether there is a point in telling: a letter that waited may speak of a close that is over."""
    if kind != "closing":
        return True
    asked = open_options(session, question, moment)
    return date in asked if date else bool(asked)
