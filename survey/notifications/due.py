"""What there is to tell, and to whom: queries of events joined with everybody who wants letters of them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, case, func, literal, or_, select, true
from sqlalchemy import cast as as_type
from sqlalchemy.orm import Session, aliased

from ..models import (
    STALE_DAYS,
    Contact,
    Forecast,
    Moment,
    Notice,
    NoticeChoice,
    Option,
    Participant,
    Question,
    QuestionVersion,
    Resolution,
    Skip,
    Submission,
    Survey,
)
from ..store.staleness import STALE, stale_before
from .outcome_notices import GATHERING

#: So long before its close a question, or one date of it, is called to mind.
CLOSING = timedelta(hours=72)

#: So long after a reminder of old forecasts nobody gets another.
MONTH = timedelta(days=30)

#: The kind of event; a query of receivers joined with the facts; the fact's name, as `Notice.about` keeps it.
Found = tuple[str, Select[Any], ColumnElement[str]]


def events(moment: datetime) -> list[Found]:
    """Every event there is to tell at `moment`, for each kind of event and of what it is about.

    Outcomes have waited an hour for others by then, and for their own corrections.
    """
    return [
        ("opening", *_opened(moment)),
        ("clarification", *_clarified(moment)),
        ("closing", *_closing(moment)),
        ("closing", *_rungs_closing(moment)),
        ("stale", *_stale(moment)),
        *outcomes(moment - GATHERING),
    ]


def outcomes(moment: datetime) -> list[Found]:
    """Every outcome and correction that was stored by `moment`."""
    return [
        ("resolved", *_resolved(moment, corrected=False)),
        ("corrected", *_resolved(moment, corrected=True)),
    ]


def _receivers() -> Select[Any]:
    """Everybody who wants letters, with the questions of their survey."""
    return (
        select(Participant.id)
        .join(Contact, Contact.participant_id == Participant.id)
        .join(Survey, Survey.id == Participant.survey_id)
        .join(Question, Question.survey_id == Survey.id)
        .where(
            Contact.confirmed_at.is_not(None),
            Participant.erased_on.is_(None),
            # A survey may have become protected since the address was given.
            Survey.protected.is_(False),
        )
    )


def _is_open(moment: datetime) -> ColumnElement[bool]:
    """Whether a question can be answered: open by its times, with an option that is open too."""
    option = aliased(Option)
    return and_(
        Survey.opens_at <= moment,
        Question.opens_at <= moment,
        Survey.closes_at > moment,
        Question.closes_at > moment,
        select(option.id).where(option.question_id == Question.id, _takes_answers(option, moment)).exists(),
    )


def _takes_answers(option: type[Option], moment: datetime) -> ColumnElement[bool]:
    """Whether an option of an open question is open too: not past its own close, and not resolved."""
    resolved = select(Resolution.id).where(
        Resolution.question_id == option.question_id,
        or_(Resolution.option_id.is_(None), Resolution.option_id == option.id),
    )
    return and_(or_(option.closes_at.is_(None), option.closes_at > moment), ~resolved.exists())


def _opened(moment: datetime) -> tuple[Select[Any], ColumnElement[str]]:
    """Questions that opened, or were added, since the address was confirmed."""
    first = aliased(QuestionVersion)
    query = (
        _receivers()
        .join(first, and_(first.question_id == Question.id, first.number == 1))
        .where(
            _is_open(moment),
            first.published_at <= moment,
            # Of what stood there when they asked for letters nobody is told: they have seen it.
            or_(Question.opens_at > Contact.confirmed_at, first.published_at > Contact.confirmed_at),
        )
    )
    return query, _named("question", Question.id)


def _clarified(moment: datetime) -> tuple[Select[Any], ColumnElement[str]]:
    """New words of a question that this person answered under older ones."""
    answered = aliased(QuestionVersion)
    # None where this person has not answered, which is below no number: nobody is told of words they never read.
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


def _closing(moment: datetime) -> tuple[Select[Any], ColumnElement[str]]:
    """Questions that close within three days, but for those somebody said they can't judge."""
    soon = moment + CLOSING
    query = _receivers().where(
        _is_open(moment), or_(Question.closes_at <= soon, Survey.closes_at <= soon), ~_skipped()
    )
    return query, _named("question", Question.id)


def _rungs_closing(moment: datetime) -> tuple[Select[Any], ColumnElement[str]]:
    """Dates of a ladder that close within three days and before their question, but for the same."""
    query = (
        _receivers()
        .join(Option, Option.question_id == Question.id)
        .where(
            _is_open(moment),
            _takes_answers(Option, moment),
            Option.closes_at <= moment + CLOSING,
            Option.closes_at < Question.closes_at,
            Option.closes_at < Survey.closes_at,
            ~_skipped(),
        )
    )
    return query, _named("option", Option.id)


def _stale(moment: datetime) -> tuple[Select[Any], ColumnElement[str]]:
    """Forecasts that stood untouched as long as each person wants, of whoever was reminded of none for a month.

    Reminders are counted, so that two workers at once, also at midnight, note the same one and not one each.
    """
    earlier = (
        select(func.count(Notice.id))
        .where(Notice.participant_id == Participant.id, Notice.kind == "stale")
        .correlate(Participant)
        .scalar_subquery()
    )
    lately = select(Notice.id).where(
        Notice.participant_id == Participant.id,
        Notice.kind == "stale",
        or_(Notice.sent_at.is_(None), Notice.sent_at > moment - MONTH),
    )
    way = func.coalesce(NoticeChoice.way, str(STALE))
    before = case(*[(way == str(days), literal(stale_before(moment, days), Moment)) for days in STALE_DAYS])
    return _receivers().where(~lately.exists(), _is_stale(moment, before)), _named("reminder", earlier + 1)


def _is_stale(moment: datetime, before: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a person's forecast of an open question stands untouched since before a moment.

    Neither a withdrawn one nor one under older words, which is to be looked at anew (`clarification`).
    """
    last, later = aliased(Submission), aliased(Submission)
    answered, newer = aliased(QuestionVersion), aliased(QuestionVersion)
    superseded = select(later.id).where(
        later.participant_id == last.participant_id,
        later.question_id == last.question_id,
        later.revision > last.revision,
    )
    reworded = select(newer.id).where(
        newer.question_id == last.question_id,
        newer.published_at.is_not(None),
        newer.number > answered.number,
    )
    # A value and no EXISTS: the day in one would have SQLite look through everybody's forecasts of a question.
    touched_at = (
        select(last.received_at)
        .join(answered, answered.id == last.question_version_id)
        .where(
            last.participant_id == Participant.id,
            last.question_id == Question.id,
            last.action != "withdraw",
            ~superseded.exists(),
            ~reworded.exists(),
        )
        .correlate(Participant, Question)
        .scalar_subquery()
    )
    return and_(_is_open(moment), touched_at < before)


def stale_forecasts(session: Session, person: Participant, days: int, moment: datetime) -> int:
    """How many of a person's forecasts of open questions have stood untouched for so many days."""
    before = literal(stale_before(moment, days), Moment)
    query = _receivers().where(Participant.id == person.id, _is_stale(moment, before))
    return session.scalar(query.with_only_columns(func.count(Question.id))) or 0


def _skipped() -> ColumnElement[bool]:
    return (
        select(Skip.question_id)
        .where(Skip.participant_id == Participant.id, Skip.question_id == Question.id)
        .exists()
    )


def _resolved(moment: datetime, corrected: bool) -> tuple[Select[Any], ColumnElement[str]]:
    """Outcomes of questions, dates and branches that this person gave numbers for; corrected ones apart."""
    answered = (
        select(Forecast.submission_id)
        .join(Submission, Submission.id == Forecast.submission_id)
        .where(
            Submission.participant_id == Participant.id,
            Submission.question_id == Question.id,
            or_(Resolution.option_id.is_(None), Resolution.option_id == Forecast.option_id),
        )
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


def told_by_email(session: Session, survey: Survey, made: Sequence[Resolution]) -> int:
    """How many people would be told by email of outcomes of a survey, stored or not: who gave numbers for one."""
    about = [
        and_(
            Submission.question_id == one.question_id,
            Forecast.option_id == one.option_id if one.option_id is not None else true(),
        )
        for one in made
    ]
    if not about:
        return 0
    answered = (
        select(Forecast.submission_id)
        .join(Submission, Submission.id == Forecast.submission_id)
        .where(Submission.participant_id == Participant.id, or_(*about))
    )
    refused = select(NoticeChoice.way).where(
        NoticeChoice.participant_id == Participant.id,
        NoticeChoice.kind == "resolved",
        NoticeChoice.way == "none",
    )
    query = _receivers().where(Survey.id == survey.id, answered.exists(), ~refused.exists())
    return session.scalar(select(func.count()).select_from(query.distinct().subquery())) or 0
