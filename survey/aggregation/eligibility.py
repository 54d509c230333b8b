"""Eligibility: whose answers may enter the published crowd, and whose are scored; asked in the database.

One rule for counts of people, for arrays of forecasts and for reasons: a page that counts by another rule than
publishing does would promise what does not come.
"""

from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import aliased

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


def counted(survey: Survey) -> ColumnElement[bool]:
    """The people that are counted: those who are scored, but for the insiders who run the survey."""
    return and_(scored(survey), Participant.insider.is_(False))


def eligible(survey: Survey) -> ColumnElement[bool]:
    """The submissions that may enter the published crowd: of people counted, who answered before they saw it.

    Whoever saw what others say before their first forecast on a question is anchored by it: none of theirs counts.
    """
    return and_(counted(survey), ~_anchored)


def readers(survey: Survey) -> ColumnElement[bool]:
    """The submissions of people counted who came after published results: outside the crowd, told beside it."""
    return and_(counted(survey), Participant.entry == READERS_ENTRY, _anchored)


def published(survey: Survey) -> ColumnElement[bool]:
    """The submissions that enter a published figure: the crowd's, or that of readers beside it; none is in both."""
    return or_(eligible(survey), readers(survey))


def counts_between(survey: Survey, since: datetime | None, until: datetime) -> ColumnElement[bool]:
    """The submissions that began to count from one midnight on and before another; see `first_days`."""
    before = and_(Submission.received_at < until, *_joined_before(survey, until))
    if since is None:
        return before
    # Who was still waiting then: what they had said before counts only now.
    waited = [Participant.joined_at >= since - WAITING] if survey.guarded else []
    return and_(before, or_(Submission.received_at >= since, *waited))


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
