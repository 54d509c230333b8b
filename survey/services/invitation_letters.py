"""Letters to those on a list of invitations: what is due, sending, reminders, who is left out.

A letter's token is made as the letter is, and its hash alone is stored. `claim` marks the letter as sent in a
transaction of its own and the letter goes after it: at most once. Nobody gets two within `BETWEEN`, whatever asks for
them: one condition (`may_be_written`) stands in the statement that asks and in the one that claims.
"""

import logging
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, cast

from flask import current_app
from sqlalchemy import ColumnElement, CursorResult, and_, case, or_, select, update
from sqlalchemy.orm import Session

from .. import clock
from ..i18n.locale import gettext
from ..models import Invitation, Survey, User
from ..notifications import messages, transport
from ..notifications.contacts import NoAddress, read_address
from ..notifications.invitation_letter import Invited, invitation_letter, read_stop_token, stop_token
from ..notifications.queue import AGAIN
from ..progress import Progress, telling, untold
from ..store.engine import db
from ..store.transaction import lock_survey, transaction
from .audit_log import record
from .invitations import (
    SpentInvitation,
    address_mark,
    hash_token,
    known_addresses,
    new_token,
    no_address,
    waits,
)

logger = logging.getLogger(__name__)

#: The shortest time between two letters to one person.
BETWEEN = timedelta(days=1)


@dataclass(frozen=True)
class InvitationParcel:
    """One letter to one address; `former` is what the invitation held before it: hashes, time, number of letters."""

    number: int
    address: str
    survey: Survey
    invited: Invited
    former: dict[str, Any]


@dataclass(frozen=True)
class Reminder:
    """Who would be reminded now: how many by language, and how many of the others are left out, and why."""

    gets: dict[str, int]
    today: int
    refused: int
    declined: int
    waiting: int

    @property
    def total(self) -> int:
        """How many letters would go."""
        return sum(self.gets.values())


def deliver(progress: Progress = untold) -> int:
    """Send every invitation's letter that is due, telling `progress` how far it is; how many went.

    Any number of processes may do so at once, on any number of hosts.
    """
    forget_addresses()
    settings = current_app.config["PARLEY"]
    # As `messages.deliver`, which has said so in the log.
    if settings["MAIL_SERVER"] and not settings["PUBLIC_URL"]:
        return 0
    moment = clock.now(db.session)
    due = select(Invitation.id).where(_is_due(moment)).order_by(Invitation.id)
    numbers = db.session.scalars(due).all()
    return sum(_send(number) for number in telling(numbers, "invitations", progress))


def _send(number: int) -> bool:
    """Send one letter; whether it went."""
    moment = clock.now(db.session)
    parcel = transaction(partial(claim, number=number, moment=moment))
    if parcel is None:
        return False
    letter = invitation_letter(parcel.survey, parcel.invited)
    try:
        transport.send(parcel.address, letter.subject, letter.text, letter.headers)
    except transport.NotSent as fault:
        logger.error("An invitation was not sent: %s", fault)
        if fault.surely:
            transaction(partial(_put_back, parcel=parcel, fault=fault, moment=moment))
        return False
    return True


def claim(session: Session, number: int, moment: datetime) -> InvitationParcel | None:
    """Mark an invitation's letter as sent, with a new token; None where another was faster, or nothing holds.

    The transaction this runs in must be over before the letter goes. The link of the letter before goes on working.
    """
    invitation = session.scalar(
        select(Invitation)
        .where(Invitation.id == number, _is_due(moment))
        # Who holds it is sending it: to wait for them would find it sent.
        .with_for_update(skip_locked=True, of=Invitation)
        .execution_options(populate_existing=True)
    )
    if invitation is None or invitation.address is None:
        return None
    held = ("token_hash", "former_hash", "letters", "last_letter_at")
    former = {name: getattr(invitation, name) for name in held}
    token = new_token()
    # Two at a time: the letter before may be the one that is read.
    invitation.former_hash, invitation.token_hash = invitation.token_hash, hash_token(token) or ""
    invitation.letters, invitation.last_letter_at = invitation.letters + 1, moment
    invitation.letter_due_at = None
    session.flush()
    invited = Invited(
        token,
        stop_token(invitation.id, invitation.address_mark or ""),
        invitation.language or "",
        invitation.expires_at,
        reminds=former["letters"] > 0,
    )
    return InvitationParcel(invitation.id, invitation.address, invitation.survey, invited, former)


def _put_back(session: Session, parcel: InvitationParcel, fault: transport.NotSent, moment: datetime) -> None:
    """A letter that was surely not taken: tried again later, or never where its address is refused for good."""
    after = {"refusal": str(fault.code or "")} if fault.for_good else {"letter_due_at": moment + AGAIN}
    session.execute(
        update(Invitation)
        # Not where another link was made meanwhile: what it held before would come back.
        .where(Invitation.id == parcel.number, Invitation.token_hash == hash_token(parcel.invited.token))
        .values(**parcel.former, **after)
    )


def remind(session: Session, survey: Survey, by: User | None = None) -> int:
    """Let everybody who was invited by letter and has not joined be reminded; how many letters are due by it.

    Whoever had a letter within a day, wants none, or has an address that takes none is left out (`reminder`).
    """
    moment = clock.now(session)
    asked = session.execute(
        update(Invitation)
        .where(Invitation.survey_id == survey.id, _is_reminded(moment), may_be_written(moment))
        .values(letter_due_at=moment)
        .execution_options(synchronize_session=False)
    )
    count = cast(CursorResult[Any], asked).rowcount
    if count:
        record(session, survey, "remind", {"count": count}, by.id if by else None)
    return count


def reminder(session: Session, survey: Survey) -> Reminder:
    """Who would get a reminder now, and who would not."""
    moment = clock.now(session)
    # The first that holds is told: who wants no letters is not counted among the refused.
    why = case(
        (Invitation.declined_at.is_not(None), "declined"),
        (Invitation.refusal.is_not(None), "refused"),
        (and_(_is_reminded(moment), may_be_written(moment)), "gets"),
        (Invitation.letter_due_at.is_not(None), "waiting"),
        (Invitation.letters > 0, "today"),
        else_="",
    )
    rows = session.execute(
        select(why, Invitation.language).where(Invitation.survey_id == survey.id, waits(moment))
    ).all()
    counts = Counter(reason for reason, _language in rows)
    gets = Counter(language or "" for reason, language in rows if reason == "gets")
    return Reminder(dict(gets), counts["today"], counts["refused"], counts["declined"], counts["waiting"])


def send_again(session: Session, survey: Survey, number: int, typed: str, by: User | None = None) -> str:
    """Let the letter of an invitation that was refused at sending go once more, there or to another address.

    Parameters
    ----------
    number
        The invitation, by its id.
    typed
        Where it is to go. Where that is another address no link of before goes on working: somebody else may hold it.

    Returns
    -------
    str
        The address as it is kept.

    Raises
    ------
    NoAddress
        For what is none, and for an address that was invited already or wants no letters.
    SpentInvitation
        Where the invitation was not refused, or cannot be used any more.
    """
    lock_survey(session, survey)
    moment = clock.now(session)
    invitation = session.scalar(
        select(Invitation)
        .filter_by(id=number, survey_id=survey.id)
        .where(waits(moment), Invitation.refusal.is_not(None), Invitation.address.is_not(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if invitation is None:
        raise SpentInvitation()
    address = read_address(typed)
    mark = address_mark(address)
    other, why = known_addresses(session, survey, [mark]).get(mark, (number, ""))
    if other != number:
        raise NoAddress({"address": gettext("This address %(why)s Nothing was changed.", why=why)})
    if mark != invitation.address_mark:
        invitation.token_hash, invitation.former_hash = hash_token(new_token()) or "", None
    invitation.address, invitation.address_mark = address, mark
    invitation.refusal, invitation.letter_due_at = None, moment
    record(session, survey, "send again", {"invitation": number}, by.id if by else None)
    session.flush()
    return address


def may_be_written(moment: datetime) -> ColumnElement[bool]:
    """Whether an invitation's person has had no letter for a day: the one rule of how often anybody is written to."""
    return or_(Invitation.last_letter_at.is_(None), Invitation.last_letter_at <= moment - BETWEEN)


def _reachable(moment: datetime) -> ColumnElement[bool]:
    """Whether there is a point in writing: an address that takes letters and wants them, and a survey to join."""
    takes_letters = select(Survey.id).where(Survey.closes_at > moment, Survey.protected.is_(False))
    return and_(
        waits(moment),
        Invitation.address.is_not(None),
        Invitation.refusal.is_(None),
        Invitation.declined_at.is_(None),
        Invitation.survey_id.in_(takes_letters),
    )


def _is_due(moment: datetime) -> ColumnElement[bool]:
    return and_(Invitation.letter_due_at <= moment, _reachable(moment), may_be_written(moment))


def _is_reminded(moment: datetime) -> ColumnElement[bool]:
    return and_(_reachable(moment), Invitation.letters > 0, Invitation.letter_due_at.is_(None))


def decline(session: Session, token: str) -> tuple[Survey, str] | None:
    """End an invitation's letters and delete its address; the invitation goes on working.

    A mark of the address stays with an invitation that nobody used, so that no list brings it back.

    Returns
    -------
    tuple or None
        The survey and the address that was deleted; None where none was kept any more.

    Raises
    ------
    NotFound
        For a link that was never in a letter of this site.
    """
    number, mark = read_stop_token(token)
    invitation = session.scalar(
        select(Invitation)
        .filter_by(id=number, address_mark=mark)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if invitation is None or invitation.address is None:
        return None
    ended = invitation.survey, invitation.address
    kept = mark if invitation.used_at is None else None
    for name, value in {**no_address(), "address_mark": kept}.items():
        setattr(invitation, name, value)
    invitation.declined_at = clock.now(session)
    session.flush()
    return ended


def forget_addresses() -> None:
    """Delete the addresses that no letter needs any more, and the letters to them that wait in the outbox."""
    for survey, address in transaction(_forget_addresses):
        messages.forget(survey, address)


def _forget_addresses(session: Session) -> list[tuple[Survey, str]]:
    """Those of invitations that ended, were used so many days ago, or are of a survey that is protected by now."""
    moment = clock.now(session)
    days = timedelta(days=current_app.config["PARLEY"]["INVITED_DAYS"])
    protected = select(Survey.id).where(Survey.protected)
    ended = or_(
        Invitation.used_at <= moment - days,
        and_(Invitation.used_at.is_(None), Invitation.expires_at <= moment),
        Invitation.revoked_at.is_not(None),
        Invitation.survey_id.in_(protected),
    )
    held = or_(Invitation.address.is_not(None), Invitation.address_mark.is_not(None))
    # Whoever wants no letters is known by the mark for as long as the survey is not protected.
    spared = and_(Invitation.declined_at.is_not(None), Invitation.survey_id.not_in(protected))
    gone = session.execute(
        select(Invitation.id, Invitation.survey_id, Invitation.address)
        .where(held, ended, ~spared)
        .with_for_update(skip_locked=True)
    ).all()
    session.execute(
        update(Invitation)
        .where(Invitation.id.in_([number for number, *_rest in gone]))
        .values(**no_address())
        .execution_options(synchronize_session=False)
    )
    return [(session.get_one(Survey, survey), address) for _number, survey, address in gone if address]
