"""Eligibility: whose answers may enter the published crowd, and whose are scored; asked in the database.

One rule for counts of people, for arrays of forecasts and for reasons: a page that counts by another rule than
publishing does would promise what does not come.

Who counts is asked as of a UTC day that is over, like the answers: whoever comes to work on the survey is in no
figure of that day or a later one, and in those of days before also where these are made late. So the days that a
bundle tells are enough to compute its figures again.
"""

from datetime import date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased

from ..clock import day_end
from ..models import READERS_ENTRY, Participant, Submission, Survey

#: Where people can be made up, whoever joins counts from the second UTC midnight on: nobody makes up twenty in an
#: evening and reads the figures of the next morning.
WAITING = timedelta(days=1)


_first = aliased(Submission)
#: Put together once: every question that is published asks it.
_anchored = (
    select(_first.id)
    .where(
        _first.participant_id == Submission.participant_id,
        _first.question_id == Submission.question_id,
        _first.revision == 1,
        _first.crowd_seen.is_(True),
    )
    .exists()
)


def scored(survey: Survey) -> ColumnElement[bool]:
    """The people whose forecasts are scored: all who were not erased, simulated ones in a simulation alone."""
    return and_(
        Participant.survey_id == survey.id,
        Participant.simulated.is_(survey.simulated),
        Participant.erased_on.is_(None),
    )


def counted(survey: Survey, as_of: date | None = None) -> ColumnElement[bool]:
    """The people that are counted: those who are scored, but for the insiders who run the survey.

    Parameters
    ----------
    as_of
        At whose end nobody counts who was an insider by then; by default now.
    """
    return and_(scored(survey), _outside(as_of))


def _outside(as_of: date | None) -> ColumnElement[bool]:
    outside = Participant.insider_since.is_(None)
    if as_of is None:
        return outside
    return or_(outside, Participant.insider_since >= day_end(as_of))


def eligible(survey: Survey, as_of: date | None = None) -> ColumnElement[bool]:
    """The submissions that may enter the published crowd: of people counted, who answered before they saw it.

    Whoever saw what others say before their first forecast on a question is anchored by it: none of theirs counts.
    `as_of` is that of `counted`.
    """
    return and_(counted(survey, as_of), ~_anchored)


def readers(survey: Survey, as_of: date | None = None) -> ColumnElement[bool]:
    """The submissions of people counted who came after published results: outside the crowd, told beside it."""
    return and_(counted(survey, as_of), *_of_readers)


#: Who came after published results, and a question's crowd was before them.
_of_readers = (Participant.entry == READERS_ENTRY, _anchored)


def ever_eligible(survey: Survey) -> ColumnElement[bool]:
    """The submissions that may enter the published crowd of any day: an insider's were in it before they were one."""
    return and_(scored(survey), _outside_then, ~_anchored)


def ever_published(survey: Survey) -> ColumnElement[bool]:
    """Those, and the submissions that may be told beside it on any day, of readers; none is in both."""
    return or_(ever_eligible(survey), and_(scored(survey), _outside_then, *_of_readers))


_outside_then = or_(
    Participant.insider_since.is_(None),
    # By whole days, as `_outside` has it: what was said on the day itself is in no figure.
    func.date(Submission.received_at) < func.date(Participant.insider_since),
)


def counts_between(survey: Survey, since: date | None, as_of: date) -> ColumnElement[bool]:
    """The submissions that began to count after the end of a day, and by the end of another; see `first_days`."""
    until = day_end(as_of)
    before = and_(Submission.received_at < until, *_joined_before(survey, until))
    if since is None:
        return before
    # Who was still waiting then: what they had said before counts only now.
    begin = day_end(since)
    waited = [Participant.joined_at >= begin - WAITING] if survey.guarded else []
    return and_(before, or_(Submission.received_at >= begin, *waited))


def _joined_before(survey: Survey, until: datetime) -> list[ColumnElement[bool]]:
    return [Participant.joined_at < until - WAITING] if survey.guarded else []


def first_days(day: NDArray[np.int64], joined: NDArray[np.int64]) -> NDArray[np.int64]:
    """The UTC days as of which answers count where people can be made up: of their receipt, or when the waiting ends.

    Parameters
    ----------
    day, joined : shape (m,)
        On which each was received, and its author joined, in days since 1970-01-01.
    """
    return np.maximum(day, joined + WAITING.days)
