"""When a question's base rate is shown: reference-class forecasting helps, and a number seen first anchors.

Tversky and Kahneman (1974), Science 185, 1124-1131, on anchors; Kahneman and Tversky (1979), TIMS Studies in
Management Science 12, 313-327, on the outside view. Which of the two counts for more is the survey's to say.
"""

from sqlalchemy.orm import Session

from ..models import BaseRate, Participant, Question
from ..store.lifecycle import QuestionState, skipped_questions, state_of

#: While these last, somebody may still give a first answer.
_UNDECIDED = (QuestionState.BEFORE_OPENING, QuestionState.OPEN)


def shown_base_rate(session: Session, question: Question, done: bool) -> BaseRate | None:
    """The base rate of the version now asked, where it may be seen; None where it may not or there is none.

    Parameters
    ----------
    done
        Whether the reader has answered or skipped the question.
    """
    known = question.version.base_rate
    if known is None or done or question.survey.base_rates_before:
        return known
    return None if state_of(session, question) in _UNDECIDED else known


def saw_base_rate(session: Session, participant: Participant, question: Question, answered: bool) -> bool:
    """Whether somebody who answers now could see the base rate; `answered`: they have answered before."""
    if question.version.base_rate is None:
        return False
    return (
        answered
        or question.survey.base_rates_before
        or question.id in skipped_questions(session, participant)
    )
