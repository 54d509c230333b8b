"""Personal invitations: made in batches, each for one person, used up by taking part and by nothing else.

The token of an invitation is given out once; its SHA-256 is what is kept. Looking at the page of an invitation
changes nothing, since programs that check letters open links before people do. Whoever is invited by letter gets a
token that is made as the letter is (`invitation_letters`); until then the invitation has one that nobody holds.
"""

import hmac
import re
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import Any, cast

from flask import current_app
from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, CursorResult, and_, case, func, or_, select, update
from sqlalchemy.orm import Session

from .. import clock
from ..config import derive_key
from ..errors import InvalidAnswer, NotFound
from ..i18n.locale import gettext
from ..i18n.normalization import as_code, without_tail
from ..models import Invitation, Participant, Survey, User
from ..store.once import once
from ..store.transaction import lock_survey
from . import enrollment
from .audit_log import record
from .invitation_list import MOST_ROWS, ListedPerson, RefusedRows, address_key

#: So many letters of `enrollment.CODE_LETTERS` are 132 bits.
TOKEN_LENGTH = 27
MOST_AT_ONCE = MOST_ROWS
MOST_DAYS = 366
LONGEST_NAME = 80

#: What may stand between the letters: links are copied by hand, broken over lines, grouped.
_BETWEEN = re.compile(r"[\s-]+")
_TOKEN = re.compile(r"[0-9A-Z]{20,40}")


class InvalidBatch(InvalidAnswer):
    """A batch of invitations that cannot be made."""

    title = _("No invitation was made")


class SpentInvitation(NotFound):
    """An invitation that was used, revoked, is too old or never was: the reader cannot tell which."""

    title = _("This invitation does not work")

    def __init__(self) -> None:
        super().__init__(
            gettext(
                "An invitation is for one person and works once, until a date. If you have taken part"
                " with it, come back with the code you were given then. If not, ask the person who "
                "invited you for another one. Nothing was changed."
            )
        )


@dataclass(frozen=True)
class Batch:
    """How a set of invitations stands; `made` is the sum of used, revoked, expired and waiting.

    `sent` and `refused` are of those that go by letter: to whom one went, and whose address took none.
    """

    name: str
    created_at: datetime
    expires_at: datetime
    made: int
    used: int
    revoked: int
    expired: int
    waiting: int
    sent: int = 0
    refused: int = 0


def new_token() -> str:
    """A token of 132 bits, in letters that nobody takes for others."""
    return "".join(secrets.choice(enrollment.CODE_LETTERS) for _place in range(TOKEN_LENGTH))


def hash_token(token: str) -> str | None:
    """What is stored of a token: the SHA-256 of its letters, however they were typed; None for what can be none.

    >>> hash_token("abcde-abcde-abcde-abcde") == hash_token(" ABCDE ABCDE ABCDE ABCDE ")
    True
    >>> hash_token("undefined") is hash_token("ABCDEABCDEABCDEABCDE\\x00") is None
    True
    """
    letters = _BETWEEN.sub("", without_tail(token))
    # Asked before anything is folded: that leaves out what is no letter, and a NUL would make one token of another.
    is_token = letters.isalnum() and _TOKEN.fullmatch(as_code(letters))
    return enrollment.hash_code(letters) if is_token else None


def batch_name(typed: str) -> str:
    """The name of a batch as it is stored: one space wherever there is any.

    >>> batch_name(" experts,  May")
    'experts, May'
    """
    return " ".join(typed.split())


def invite(
    session: Session, survey: Survey, batch: str, count: int, days: int, by: User | None = None
) -> list[str]:
    """Make a batch of invitations, and return their tokens: nothing can show them again.

    Parameters
    ----------
    batch
        Its name, which no other batch of the survey has: a form that is sent twice makes one batch.
    count
        1 to 1000.
    days
        So long they can be used, 1 to 366.

    Raises
    ------
    InvalidBatch
        Where one of these is not so.
    """
    return _make(session, survey, batch, [{} for _place in range(count)], days, by)


def invite_listed(
    session: Session,
    survey: Survey,
    batch: str,
    people: Sequence[ListedPerson],
    days: int,
    by: User | None = None,
    *,
    by_letter: bool = False,
) -> list[str]:
    """Make an invitation for everybody on a list, and return their tokens in its order.

    Parameters
    ----------
    by_letter
        Whether each goes by letter: then address, group and language are kept with it, and the tokens lead nowhere as
        soon as the letter is made. Otherwise nothing of the list is kept.

    Raises
    ------
    InvalidBatch
        As for `invite`, and for letters of a protected survey, which keeps no address.
    RefusedRows
        For everybody who has been invited by letter already, or wants no letters about this survey.
    """
    if by_letter and survey.protected:
        raise InvalidBatch(
            {
                "how": gettext(
                    "This survey is protected and keeps no address of anybody. Take the links as a file or as cards."
                )
            }
        )
    if not by_letter:
        return _make(session, survey, batch, [{} for _person in people], days, by)
    # Batches of one survey come one after the other, so that none finds another's name or address free.
    lock_survey(session, survey)
    _refuse_known(session, survey, people)
    due = clock.now(session)
    kept = [
        {
            "address": one.address,
            "address_mark": address_mark(one.address),
            "person_group": one.group or None,
            "language": one.language,
            "letter_due_at": due,
        }
        for one in people
    ]
    return _make(session, survey, batch, kept, days, by)


def address_mark(address: str) -> str:
    """A keyed hash by which an address is known again; without the site's secret nothing can be read from it."""
    key = derive_key(current_app.config["PARLEY"]["SECRET_KEY"], "invitations")
    return hmac.new(bytes.fromhex(key), address_key(address).encode(), "sha256").hexdigest()


def _make(
    session: Session,
    survey: Survey,
    batch: str,
    kept: Sequence[Mapping[str, Any]],
    days: int,
    by: User | None,
) -> list[str]:
    """One invitation for each of `kept`, which says what is kept of it."""
    name = batch_name(batch)
    lock_survey(session, survey)
    _check(session, survey, name, len(kept), days)
    moment = clock.now(session)
    tokens = [new_token() for _one in kept]
    session.add_all(
        Invitation(
            survey_id=survey.id,
            token_hash=hash_token(token),
            batch=name,
            created_at=moment,
            expires_at=moment + timedelta(days=days),
            **facts,
        )
        for token, facts in zip(tokens, kept, strict=True)
    )
    detail = {"batch": name, "count": len(kept), "days": days}
    record(session, survey, "invite", detail, by.id if by else None)
    return tokens


def known_addresses(session: Session, survey: Survey, marks: Collection[str]) -> dict[str, tuple[int, str]]:
    """Those of these marks of addresses that are known here: the invitation, and why it gets no other."""
    query = select(Invitation.address_mark, Invitation.id, Invitation.batch, Invitation.declined_at).where(
        Invitation.survey_id == survey.id, Invitation.address_mark.in_(marks)
    )
    return {
        mark or "": (
            number,
            gettext("wants no emails about this survey.")
            if declined
            else gettext("was invited already, in the batch “%(batch)s”.", batch=batch),
        )
        for mark, number, batch, declined in session.execute(query)
    }


def _refuse_known(session: Session, survey: Survey, people: Sequence[ListedPerson]) -> None:
    rows = {address_mark(one.address): one.row for one in people}
    refused = known_addresses(session, survey, rows)
    if refused:
        raise RefusedRows([(rows[mark], why) for mark, (_number, why) in refused.items()])


def _check(session: Session, survey: Survey, name: str, count: int, days: int) -> None:
    errors = {}
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        errors["batch"] = gettext("Give the batch a name of 1 to %(most)s characters.", most=LONGEST_NAME)
    elif (
        session.scalar(select(Invitation.id).filter_by(survey_id=survey.id, batch=name).limit(1)) is not None
    ):
        errors["batch"] = gettext(
            "There is a batch of this name already, and its links were shown then. Choose another name."
        )
    if not 1 <= count <= MOST_AT_ONCE:
        errors["count"] = gettext("Make 1 to %(most)s invitations at once.", most=MOST_AT_ONCE)
    if not 1 <= days <= MOST_DAYS:
        errors["days"] = gettext("Let them work for 1 to %(most)s days.", most=MOST_DAYS)
    if survey.is_over(clock.now(session)):
        errors = {"batch": gettext("The survey is over: nobody can be invited any more.")}
    if errors:
        raise InvalidBatch(errors)


def find_invitation(session: Session, token: str, used_by: int | None = None) -> Invitation:
    """The invitation of a token, as long as it can be used.

    Parameters
    ----------
    used_by
        A participant who may see it used as well: their own.

    Raises
    ------
    SpentInvitation
        For every other token.
    """
    invitation = session.scalar(select(Invitation).where(_has(hash_token(token) or "")))
    usable = invitation is not None and (
        (
            invitation.used_at is None
            and invitation.revoked_at is None
            and clock.now(session) < invitation.expires_at
        )
        or (used_by is not None and invitation.participant_id == used_by)
    )
    if invitation is None or not usable:
        raise SpentInvitation()
    return invitation


def survey_of(session: Session, token: str) -> Survey | None:
    """The survey of any token there ever was: to compare with, never to show."""
    invitation = session.scalar(select(Invitation).where(_has(hash_token(token) or "")))
    return invitation.survey if invitation is not None else None


def join_invited(
    session: Session,
    token: str,
    *,
    language: str,
    join_key: str,
    code: str,
    user_id: int | None = None,
    has_read: bool = False,
) -> Participant:
    """Use an invitation up and make its participant, both or neither.

    The same form sent again, also at the same moment, leads to the same participant.

    Raises
    ------
    SpentInvitation
        Where it cannot be used (any more).
    SurveyClosed
        Where the survey takes no answers; the invitation stays as it was.
    """
    hashed = hash_token(token) or ""
    invitation = session.scalar(select(Invitation).where(_has(hashed)))
    if invitation is None:
        raise SpentInvitation()
    survey = invitation.survey
    known = enrollment.joined_by(session, survey, join_key)
    # Used up before anybody is made: of fifty that come with one link at once a single one goes on.
    if known is None and not use_up(session, hashed, survey.protected):
        # The twin of this form, if there is one, is committed by now.
        known = enrollment.joined_by(session, survey, join_key)
        if known is None:
            raise SpentInvitation()
    if known is not None:
        return known
    person, _made = enrollment.join(
        session,
        survey,
        language=language,
        join_key=join_key,
        code=code,
        user_id=user_id,
        invited=True,
        has_read=has_read,
    )
    session.execute(update(Invitation).filter_by(id=invitation.id).values(participant_id=person.id))
    return person


def use_up(session: Session, hashed: str, protected: bool = False) -> bool:
    """Mark the invitation as used in one statement; whether it could be: of many at once one can."""
    moment = clock.now(session)
    used = session.execute(
        update(Invitation)
        .where(_has(hashed), waits(moment))
        .values(used_at=clock.as_kept(moment, protected), letter_due_at=None)
    )
    return cast(CursorResult[Any], used).rowcount == 1


def revoke(session: Session, survey: Survey, batch: str, by: User | None = None) -> int:
    """Let every invitation of a batch that waits to be used stop working; how many there were."""
    if not batch.isprintable():
        # No batch has such a name, and PostgreSQL takes no NUL.
        return 0
    count = _stop(session, survey, Invitation.batch == batch)
    if count:
        record(session, survey, "revoke invitations", {"batch": batch, "count": count}, by.id if by else None)
    return count


def revoke_one(session: Session, survey: Survey, number: int, by: User | None = None) -> bool:
    """Let one invitation, by its id, stop working; whether it waited to be used."""
    stopped = _stop(session, survey, Invitation.id == number) == 1
    if stopped:
        record(session, survey, "revoke an invitation", {"invitation": number}, by.id if by else None)
    return stopped


def _stop(session: Session, survey: Survey, which: ColumnElement[bool]) -> int:
    """Revoke those that wait, and forget where they went; how many there were."""
    moment = clock.now(session)
    stopped = session.execute(
        update(Invitation)
        .where(Invitation.survey_id == survey.id, which, waits(moment))
        .values(revoked_at=moment, **no_address())
    )
    return cast(CursorResult[Any], stopped).rowcount


def new_link(session: Session, survey: Survey, number: int, by: User | None = None) -> tuple[Invitation, str]:
    """Give one invitation, by its id, another token, and as many days as it had; former links lead nowhere.

    Raises
    ------
    SpentInvitation
        Where it was used or revoked, or is none of this survey's.
    """
    invitation = session.scalar(
        select(Invitation)
        .filter_by(id=number, survey_id=survey.id, used_at=None, revoked_at=None)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if invitation is None:
        raise SpentInvitation()
    token, moment = new_token(), clock.now(session)
    days = invitation.expires_at - invitation.created_at
    # Both of before end: a link that its person has lost may be in other hands.
    invitation.token_hash, invitation.former_hash = hash_token(token) or "", None
    invitation.expires_at = max(invitation.expires_at, moment + days)
    record(session, survey, "new link", {"invitation": number}, by.id if by else None)
    session.flush()
    return invitation, token


def batches(session: Session, survey: Survey) -> list[Batch]:
    """Every batch of the survey, the newest first."""
    moment = clock.now(session)
    used = Invitation.used_at.is_not(None)
    revoked = and_(Invitation.used_at.is_(None), Invitation.revoked_at.is_not(None))
    waiting = waits(moment)
    rows = session.execute(
        select(
            Invitation.batch,
            func.min(Invitation.created_at),
            func.min(Invitation.expires_at),
            func.count(),
            _number(used),
            _number(revoked),
            _number(waiting),
            _number(Invitation.letters > 0),
            _number(Invitation.refusal.is_not(None)),
        )
        .where(Invitation.survey_id == survey.id)
        .group_by(Invitation.batch)
        .order_by(func.min(Invitation.id).desc())
    )
    return [
        Batch(name, created, expires, made, spent, stopped, made - spent - stopped - wait, wait, *letters)
        for name, created, expires, made, spent, stopped, wait, *letters in rows
    ]


def invited_counts(session: Session, survey: Survey) -> tuple[int, int]:
    """How many invitations were made and not revoked unused, and of how many that wait the letter was refused."""
    days = _invited_days(session, survey)
    return sum(invited for _day, invited, _refused in days), sum(refused for _day, _invited, refused in days)


def invited_by_day(session: Session, survey: Survey) -> list[tuple[date, int]]:
    """How many were invited by the end of each UTC day on which somebody was, as `invited_counts` counts."""
    days = _invited_days(session, survey)
    counts = accumulate(invited for _day, invited, _refused in days)
    return list(zip((day for day, *_counts in days), counts, strict=True))


@once
def _invited_days(session: Session, survey: Survey) -> list[tuple[date, int, int]]:
    """Invitations by the UTC day of their making, as `invited_counts` counts them."""
    day = func.date(Invitation.created_at)
    refused = and_(
        waits(clock.now(session)), Invitation.refusal.is_not(None), Invitation.address.is_not(None)
    )
    query = (
        select(day, func.count(), _number(refused))
        .where(Invitation.survey_id == survey.id, _stays_invited())
        .group_by(day)
        .order_by(day)
    )
    return [(date.fromisoformat(str(one)), *counts) for one, *counts in session.execute(query)]


def _stays_invited() -> ColumnElement[bool]:
    """Whether an invitation was used or at least not revoked."""
    return or_(Invitation.revoked_at.is_(None), Invitation.used_at.is_not(None))


def no_address() -> dict[str, Any]:
    """The values of an invitation of which nobody is written to any more."""
    return {"address": None, "address_mark": None, "person_group": None, "letter_due_at": None}


def _has(hashed: str) -> ColumnElement[bool]:
    """Whether a token is one of an invitation's: of its last two letters, or the one it was given out with."""
    return or_(Invitation.token_hash == hashed, Invitation.former_hash == hashed)


def waits(moment: datetime) -> ColumnElement[bool]:
    """Whether an invitation can be used still."""
    return and_(Invitation.used_at.is_(None), Invitation.revoked_at.is_(None), Invitation.expires_at > moment)


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
