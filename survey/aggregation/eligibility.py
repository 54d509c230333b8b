"""Eligibility: whose answers may enter the published crowd, and whose are scored; asked in the database.

One rule for counts of people, for arrays of forecasts and for reasons: a page that counts by another rule than
publishing does would promise what does not come.
"""

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import aliased

from ..models import Participant, Submission, Survey


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
    first = aliased(Submission)
    anchored = (
        select(first.id)
        .where(
            first.participant_id == Submission.participant_id,
            first.question_id == Submission.question_id,
            first.revision == 1,
            first.crowd_seen.is_(True),
        )
        .exists()
    )
    return and_(counted(survey), ~anchored)
