"""Eligibility: whose answers may enter the published crowd, and whose are scored; asked in the database.

One rule for counts of people, for arrays of forecasts and for reasons: a page that counts by another rule than
publishing does would promise what does not come.
"""

from sqlalchemy import ColumnElement, and_, select

from ..models import Participant, Question, Submission, Survey


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


def eligible(question: Question) -> ColumnElement[bool]:
    """The people that may enter a question's published crowd: counted, and not shown the crowd before they answered.

    Whoever has seen what others say before their first forecast is anchored by it.
    """
    anchored = select(Submission.participant_id).where(
        Submission.question_id == question.id, Submission.revision == 1, Submission.crowd_seen.is_(True)
    )
    return and_(counted(question.survey), Participant.id.not_in(anchored))
