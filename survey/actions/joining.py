"""Taking part: somebody joins with a consent, comes back by code, agrees to a newer consent."""

import hashlib
import secrets

from sqlalchemy import select
from sqlalchemy.orm import Session

from .. import clock
from ..errors import AnswersGone, NotFound, SurveyClosed
from ..language import gettext
from ..models import Consent, Membership, Participant, Survey

#: No letter or digit that is taken for another when read aloud or written by hand.
CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 26
CODE_GROUP = 5


def new_code() -> str:
    """A code that brings a participant back: 127 bits, in groups that can be copied by hand."""
    letters = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
    return "-".join(letters[start : start + CODE_GROUP] for start in range(0, CODE_LENGTH, CODE_GROUP))


def hash_code(code: str) -> str:
    """What is stored of a code: its SHA-256, spaces, hyphens and case aside.

    >>> hash_code("abcde-23456") == hash_code("ABCDE 23456")
    True
    """
    letters = "".join(letter for letter in code.upper() if letter.isalnum())
    return hashlib.sha256(letters.encode()).hexdigest()


def join(
    session: Session, survey: Survey, *, language: str, join_key: str, code: str, user_id: int | None = None
) -> tuple[Participant, bool]:
    """Make a participant who agrees to the consent as it stands; a repeat of the same form makes no second.

    Returns
    -------
    tuple
        The participant, and whether they were made just now.

    Raises
    ------
    SurveyClosed
        Where the survey takes no answers.
    """
    moment = clock.now(session)
    known = session.scalar(select(Participant).filter_by(survey_id=survey.id, join_key=join_key))
    if known is not None:
        return known, False
    if not survey.is_open(moment):
        raise SurveyClosed(gettext("This survey does not take new participants now."))
    participant = Participant(
        survey_id=survey.id,
        user_id=user_id,
        code_hash=hash_code(code),
        join_key=join_key,
        insider=user_id is not None and is_member(session, survey, user_id),
        language=language,
        joined_at=moment,
    )
    session.add(participant)
    session.flush()
    agree(session, participant, language=language)
    return participant, True


def agree(session: Session, participant: Participant, *, language: str) -> None:
    """Record that this person agrees to the consent as it stands now; once for each version."""
    version = participant.survey.consent
    if session.get(Consent, (participant.id, version.id)) is None:
        session.add(
            Consent(
                participant_id=participant.id,
                consent_version_id=version.id,
                survey_id=participant.survey_id,
                language=language,
                agreed_at=clock.now(session),
            )
        )
        session.flush()


def has_agreed(session: Session, participant: Participant) -> bool:
    """Whether this person agreed to the newest consent."""
    return session.get(Consent, (participant.id, participant.survey.consent.id)) is not None


def come_back(session: Session, survey: Survey, code: str) -> Participant:
    """The participant whose code this is; NotFound says the same for every code that does not work."""
    participant = session.scalar(
        select(Participant).filter_by(survey_id=survey.id, code_hash=hash_code(code))
    )
    if participant is None:
        raise NotFound(gettext("No answers belong to this code. Codes have 26 letters and digits."))
    return participant


def known_participant(session: Session, survey: Survey, participant_id: int) -> Participant | None:
    """The participant this browser remembers; AnswersGone where they have erased everything."""
    participant = session.scalar(select(Participant).filter_by(survey_id=survey.id, id=participant_id))
    if participant is not None and participant.erased_on is not None:
        raise AnswersGone(gettext("Everything you gave was erased. You can join anew at any time."))
    return participant


def is_member(session: Session, survey: Survey, user_id: int) -> bool:
    """Whether this user is owner, organizer or analyst of the survey."""
    query = select(Membership.id).filter_by(survey_id=survey.id, user_id=user_id)
    return session.scalar(query) is not None
