"""What a new act on a question is checked against, in one look at the store: for whoever holds the lock."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from ..models import Consent, ConsentVersion, Participant, Question, Round, Submission


class Standing(NamedTuple):
    """One person before one question, at a moment.

    Attributes
    ----------
    known
        Submission that came with the same idempotency key, by id.
    agreed
        Whether the person agreed to the newest consent: its number, else None.
    revision, action
        Of the last submission; None before the first.
    round_id
        The round that takes answers.
    """

    known: int | None
    agreed: int | None
    revision: int | None
    action: str | None
    round_id: int | None


_person: BindParameter[int] = bindparam("person")
_question: BindParameter[int] = bindparam("question")
_survey: BindParameter[int] = bindparam("survey")
_moment = bindparam("moment", type_=Round.opens_at.type)

_known = select(Submission.id).where(
    Submission.participant_id == _person, Submission.idempotency_key == bindparam("key")
)
_newest_consent = (
    select(ConsentVersion.id)
    .where(ConsentVersion.survey_id == _survey)
    .order_by(ConsentVersion.number.desc())
    .limit(1)
    .scalar_subquery()
)
_agreed = select(Consent.consent_version_id).where(
    Consent.participant_id == _person, Consent.consent_version_id == _newest_consent
)
_last = (
    select(Submission)
    .where(Submission.participant_id == _person, Submission.question_id == _question)
    .order_by(Submission.revision.desc())
    .limit(1)
)
_round = (
    select(Round.id)
    .where(Round.survey_id == _survey, Round.opens_at <= _moment, Round.closes_at > _moment)
    .order_by(Round.number.desc())
    .limit(1)
)
#: Put together once: every forecast asks it.
_standing = select(
    _known.scalar_subquery(),
    _agreed.scalar_subquery(),
    _last.with_only_columns(Submission.revision).scalar_subquery(),
    _last.with_only_columns(Submission.action).scalar_subquery(),
    _round.scalar_subquery(),
)


def standing(
    session: Session, participant: Participant, question: Question, key: str, moment: datetime
) -> Standing:
    """How things stand for this person before this question, and whether the key has come before."""
    facts = {
        "person": participant.id,
        "question": question.id,
        "survey": question.survey_id,
        "key": key,
        "moment": moment,
    }
    return Standing(*session.execute(_standing, facts).one())
