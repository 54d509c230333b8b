"""Taking part: somebody joins with a consent, comes back by code, agrees to a newer consent."""

import hashlib
import secrets

from flask_babel import lazy_gettext as _
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload

from .. import clock
from ..errors import AnswersGone, InvalidAnswer, NotFound, SurveyClosed
from ..i18n.locale import gettext
from ..i18n.normalization import as_code
from ..models import READERS_ENTRY, Consent, Membership, Participant, Survey, User
from ..security.browser_sessions import has_ended
from ..store.once import once
from ..store.transaction import lock_person
from .data_controller import require_controller

#: No letter or digit that is taken for another when read aloud or written by hand.
CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 26
CODE_GROUP = 5


class UnknownCode(NotFound):
    """A code that leads to no answers; the sentence is the same for every one."""

    def __init__(self) -> None:
        super().__init__(gettext("No answers belong to this code. Codes have 26 letters and digits."))


class ConsentChanged(SurveyClosed):
    """There is a newer consent than the one this person agreed to: nothing of theirs is stored before they have."""

    def __init__(self) -> None:
        super().__init__(gettext("The consent has changed: please read and agree to it first."))


class AnswersElsewhere(InvalidAnswer):
    """Answers that cannot be put into this account."""

    title = _("Your answers stay where they are")

    def __init__(self, sentence: str) -> None:
        super().__init__({"code": sentence})


def new_code() -> str:
    """A code that brings a participant back: 127 bits, in groups that can be copied by hand."""
    letters = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
    return "-".join(letters[start : start + CODE_GROUP] for start in range(0, CODE_LENGTH, CODE_GROUP))


def hash_code(code: str) -> str:
    """What is stored of a code: the SHA-256 of its letters, however they were typed.

    >>> hash_code("abcde-23456") == hash_code("ABCDE 23456")
    True
    """
    # Neither salted nor slow: nobody guesses 127 random bits, and a code has to be found by its hash.
    return hashlib.sha256(as_code(code).encode()).hexdigest()


def join(
    session: Session,
    survey: Survey,
    *,
    language: str,
    join_key: str,
    code: str,
    user_id: int | None = None,
    invited: bool = False,
    has_read: bool = False,
    simulated: bool = False,
) -> tuple[Participant, bool]:
    """Make a participant who agrees to the consent as it stands; a repeat of the same form makes no second.

    Parameters
    ----------
    invited
        Whether an invitation was used up for this person in the same transaction (`invitations.join_invited`).
    has_read
        Whether published results of the survey were seen in this browser before (`readers`).
    simulated
        Whether this is an invented person of a demonstration.

    Returns
    -------
    tuple
        The participant, and whether they were made just now.

    Raises
    ------
    NotFound
        Where invited people alone take part, and this one is neither invited nor a member of the survey.
    SurveyClosed
        Where the survey takes no answers, or does not say who asks (`data_controller.NobodyAsks`).
    """
    moment = clock.now(session)
    # Before every refusal: a form that comes again gets its person, also after the close.
    known = joined_by(session, survey, join_key)
    if known is not None:
        return known, False
    member = user_id is not None and is_member(session, survey, user_id)
    if survey.visibility == "invited" and not (invited or member):
        raise NotFound()
    if not survey.is_open(moment):
        raise SurveyClosed(gettext("This survey does not take new participants now."))
    require_controller(session, survey)
    participant = Participant(
        survey_id=survey.id,
        user_id=user_id,
        code_hash=hash_code(code),
        join_key=join_key,
        simulated=simulated,
        insider_since=clock.as_kept(moment, survey.protected) if member else None,
        entry=_way_of_entry(invited, user_id, has_read),
        language=language,
        joined_at=clock.as_kept(moment, survey.protected),
        # With the person in one write: nobody is stored who has agreed to nothing.
        consents=[_agreement(session, survey, language)],
    )
    session.add(participant)
    session.flush()
    return participant, True


def _way_of_entry(invited: bool, user_id: int | None, has_read: bool) -> str:
    """One of `ENTRIES`; whoever had seen results is told apart, whichever way they came."""
    if has_read:
        return READERS_ENTRY
    return "invitation" if invited else "link" if user_id is None else "account"


#: Put together once: everybody who joins asks it.
_joined_by = select(Participant).where(
    Participant.survey_id == bindparam("survey"), Participant.join_key == bindparam("key")
)


def joined_by(session: Session, survey: Survey, join_key: str) -> Participant | None:
    """Whom a form has made a participant already; None where it has not."""
    return session.scalar(_joined_by, {"survey": survey.id, "key": join_key})


def agree(session: Session, participant: Participant, *, language: str) -> None:
    """Record that this person agrees to the consent as it stands now; once for each version.

    Raises
    ------
    AnswersGone
        Where they have erased everything: an empty tombstone agrees to nothing.
    """
    lock_person(session, participant)
    if not has_agreed(session, participant):
        participant.consents.append(_agreement(session, participant.survey, language))
        session.flush()


def _agreement(session: Session, survey: Survey, language: str) -> Consent:
    """To the consent as it stands now, by whoever it is given to."""
    return Consent(
        consent_version_id=survey.consent.id,
        survey_id=survey.id,
        language=language,
        agreed_at=clock.as_kept(clock.now(session), survey.protected),
    )


def has_agreed(session: Session, participant: Participant) -> bool:
    """Whether this person agreed to the newest consent."""
    return session.get(Consent, (participant.id, participant.survey.consent.id)) is not None


def come_back(session: Session, survey: Survey, code: str) -> Participant:
    """The participant whose code this is; NotFound says the same for every code that does not work."""
    participant = session.scalar(
        select(Participant).filter_by(survey_id=survey.id, code_hash=hash_code(code))
    )
    if participant is None:
        raise UnknownCode()
    return participant


@once
def participant_of(session: Session, survey: Survey, user_id: int) -> Participant | None:
    """The participant whose answers an account holds in the survey; None where it holds none."""
    # The first: programs of a member may have joined several times, each with a key of its own.
    own = select(Participant).filter_by(survey_id=survey.id, user_id=user_id)
    return session.scalar(own.order_by(Participant.id).limit(1))


def answers_of(session: Session, user_id: int) -> list[Participant]:
    """Every participant an account holds, one for each survey."""
    query = select(Participant).filter_by(user_id=user_id).options(joinedload(Participant.survey))
    return list(session.scalars(query.order_by(Participant.survey_id, Participant.id)))


def bring_answers(session: Session, code: str, user_id: int) -> Participant:
    """Put the answers a code leads to into an account; the code goes on working until it is removed.

    Doing it again changes nothing. From now on the account's role in the survey counts: answers of a member
    stay outside the published crowd.

    Raises
    ------
    UnknownCode
        For every code that does not work.
    AnswersElsewhere
        Where the account has other answers in that survey, or the code's belong to another account.
    """
    # One at a time for each account: two codes of one survey sent at once must not both find it empty.
    session.execute(select(User.id).filter_by(id=user_id).with_for_update())
    participant = session.scalar(
        select(Participant)
        .filter_by(code_hash=hash_code(code))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if participant is None or participant.erased_on is not None:
        raise UnknownCode()
    if participant.user_id == user_id:
        return participant
    if participant.user_id is not None:
        raise AnswersElsewhere(
            gettext("These answers belong to another account already. Sign in with that one.")
        )
    if participant_of(session, participant.survey, user_id) is not None:
        raise AnswersElsewhere(
            gettext(
                "Your account has answers in this survey already, and two people’s answers are never "
                "mixed. Nothing was changed: your code keeps working by itself. To keep those of the "
                "code, erase the account’s answers in that survey first."
            )
        )
    participant.user_id = user_id
    survey = participant.survey
    if participant.insider_since is None and is_member(session, survey, user_id):
        participant.insider_since = clock.as_kept(clock.now(session), survey.protected)
    session.flush()
    return participant


def remove_code(session: Session, participant_id: int, user_id: int) -> Participant:
    """Let the code of an account's answers stop working: the account alone leads to them from now on.

    Raises
    ------
    NotFound
        Where the answers are none of this account's.
    """
    participant = session.scalar(select(Participant).filter_by(id=participant_id, user_id=user_id))
    if participant is None:
        raise NotFound()
    participant.code_hash = None
    session.flush()
    return participant


@once
def known_participant(
    session: Session, survey: Survey, participant_id: int, generation: int = 0, name: str = ""
) -> Participant | None:
    """The participant this browser remembers; AnswersGone where they have erased everything.

    Parameters
    ----------
    generation, name
        Of the browser's session, which may have ended (`browser_sessions`): then it remembers nobody.
    """
    query = select(Participant).where(
        Participant.survey_id == survey.id,
        Participant.id == participant_id,
        Participant.session_generation == generation,
        ~has_ended(name),
    )
    participant = session.scalar(query)
    if participant is not None and participant.erased_on is not None:
        over = survey.is_over(clock.now(session))
        raise AnswersGone(
            gettext("Everything you gave was erased.")
            if over
            else gettext("Everything you gave was erased. You can join again at any time.")
        )
    return participant


@once
def role_of(session: Session, survey: Survey, user_id: int) -> str | None:
    """What this user may do in the survey: owner, organizer, analyst, or nothing."""
    return session.scalar(select(Membership.role).filter_by(survey_id=survey.id, user_id=user_id))


def is_member(session: Session, survey: Survey, user_id: int) -> bool:
    """Whether this user is owner, organizer or analyst of the survey."""
    return role_of(session, survey, user_id) is not None
