"""Where somebody wants letters, and which. A protected survey keeps no address, whoever asks.

An address gets nothing but one letter that asks, until its owner has said yes by the link in it. Every change of
the address makes a new nonce, so that links in letters to the former one lead nowhere. Where nobody says yes in
time the address is forgotten: it may be that of somebody who never gave it.
"""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import timedelta

from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from .. import clock
from ..errors import InvalidAnswer, NotFound
from ..i18n.locale import gettext
from ..i18n.normalization import mixes_scripts, trimmed
from ..models import NOTICE_KINDS, Contact, Notice, NoticeChoice, Participant, Survey, User, ways_of
from ..store.staleness import STALE
from ..store.transaction import lock_person


def usual_way(kind: str) -> str:
    """How somebody hears of a kind of event that they have chosen nothing for."""
    return str(STALE) if kind == "stale" else "each"


class NoAddress(InvalidAnswer):
    """An address that is not kept; nothing was stored."""

    title = _("No address was stored")


class SpentLink(NotFound):
    """A link that confirmed an address already, asks about one that was changed since, or came too late."""

    title = _("This link does not work any more")

    def __init__(self) -> None:
        super().__init__(
            gettext(
                "The address was already confirmed by it, another one was given since, or it was not "
                "confirmed in time and was deleted. Nothing was changed now. See “Emails” in the "
                "survey for what holds; you can give an address there again."
            )
        )


def contact_of(session: Session, participant: Participant) -> Contact | None:
    """What is kept of where this person wants letters; None where they want none."""
    return session.get(Contact, participant.id)


def account_of(session: Session, participant: Participant) -> str:
    """The address of the account that holds this person's answers, once it is confirmed; else empty."""
    user = session.get(User, participant.user_id) if participant.user_id else None
    return user.email if user is not None and user.active and user.confirmed_at else ""


def address_of(session: Session, contact: Contact) -> str:
    """Where letters go: an address of their own, or the account's as it is now; empty where there is none."""
    return contact.address or account_of(session, contact.participant)


def leave_address(session: Session, participant: Participant, typed: str, days: int) -> tuple[Contact, str]:
    """Keep an address, not confirmed yet.

    Parameters
    ----------
    days
        For so many days it waits to be confirmed (`forget_unconfirmed`).

    Returns
    -------
    tuple
        The contact, and the token of the letter that asks; empty where this address is confirmed already.

    Raises
    ------
    NoAddress
        In a protected survey or a pilot, and for what is no address.
    """
    lock_person(session, participant)
    _refuse_keeping_none(participant)
    address = read_address(typed)
    known = contact_of(session, participant)
    if known is not None and known.address == address and known.confirmed_at is not None:
        return known, ""
    token = secrets.token_urlsafe(24)
    contact = _keep(session, participant, address, token)
    contact.expires_at = clock.now(session) + timedelta(days=days)
    session.flush()
    return contact, token


def use_account(session: Session, participant: Participant) -> Contact:
    """Send letters to the account's address, whichever that is at the time; it was confirmed there."""
    lock_person(session, participant)
    _refuse_keeping_none(participant)
    if not account_of(session, participant):
        raise NoAddress({"address": gettext("Your answers are in no account with a confirmed address.")})
    known = contact_of(session, participant)
    if known is not None and not known.address:
        return known
    return _keep(session, participant, "", None)


def waiting(session: Session, token: str) -> Contact:
    """The contact a letter asks about.

    :raise SpentLink: for a token that asks about nothing (any more).
    """
    found = session.scalar(select(Contact).filter_by(confirm_hash=_hash(token)).with_for_update())
    if found is None or is_late(session, found):
        raise SpentLink()
    return found


def confirm(session: Session, token: str) -> Contact:
    """Say yes to letters at the address that the token was sent to."""
    contact = waiting(session, token)
    contact.confirm_hash, contact.expires_at, contact.confirmed_at = None, None, clock.now(session)
    session.flush()
    return contact


def is_late(session: Session, contact: Contact) -> bool:
    """Whether an address was not confirmed in time."""
    return contact.expires_at is not None and contact.expires_at <= clock.now(session)


def forget_unconfirmed(session: Session) -> list[tuple[Survey, str]]:
    """Delete every address that was not confirmed in time; what was deleted, with its survey.

    Whoever gives an address at this moment is left alone until the next time.
    """
    late = Contact.expires_at <= clock.now(session)
    # By their rows, as whoever gives an address locks them first.
    people = session.scalars(
        select(Participant).join(Contact).where(late).with_for_update(of=Participant, skip_locked=True)
    ).all()
    forgotten: list[tuple[Survey, str]] = []
    for person in people:
        # Its owner may say yes just now: only what still waits is deleted.
        gone = delete(Contact).where(Contact.participant_id == person.id, late).returning(Contact.address)
        for address in session.scalars(gone):
            forgotten.append((person.survey, address))
            _drop_waiting(session, person)
    session.flush()
    return forgotten


def remove(session: Session, participant: Participant) -> None:
    """Forget the address, and what waited to be sent there; what was chosen by kind is kept."""
    lock_person(session, participant)
    session.execute(delete(Contact).filter_by(participant_id=participant.id))
    _drop_waiting(session, participant)
    session.flush()


def stop(session: Session, participant_id: int, mark: str) -> Contact | None:
    """End all letters to the address of which `mark` was made (`mark_of`).

    Returns
    -------
    Contact or None
        What was removed; None where other things hold by now, and nothing was changed.
    """
    contact = session.get(Contact, participant_id)
    # The mark is of one address and one time: an old letter's link ends nothing that was begun since.
    if contact is None or not secrets.compare_digest(mark, mark_of(session, contact)):
        return None
    remove(session, contact.participant)
    return contact


def mark_of(session: Session, contact: Contact) -> str:
    """What a link in a letter carries to stand for one address, and for this time it was given."""
    # 96 bits, signed as well: a link stays short enough for a line of an email.
    return _hash(f"{contact.nonce} {address_of(session, contact)}")[:24]


def choices(session: Session, participant: Participant) -> dict[str, str]:
    """Kind of event to how this person hears of it: one of `ways_of` the kind."""
    chosen = {
        choice.kind: choice.way
        for choice in session.scalars(select(NoticeChoice).filter_by(participant_id=participant.id))
    }
    return {kind: chosen.get(kind, usual_way(kind)) for kind in NOTICE_KINDS}


def choose(session: Session, participant: Participant, ways: Mapping[str, str]) -> None:
    """Store how this person wants to hear of some kinds; what waited of a kind they want no more is dropped."""
    lock_person(session, participant)
    for kind, way in ways.items():
        if kind not in NOTICE_KINDS or way not in ways_of(kind):
            raise InvalidAnswer(
                {kind: gettext("Choose one of the answers that are there. Nothing was changed.")}
            )
        session.merge(NoticeChoice(participant_id=participant.id, kind=kind, way=way))
    # What was noted before the choice would go all the same: notes do not ask again.
    unwanted = [kind for kind, way in ways.items() if way == "none"]
    session.execute(
        delete(Notice).where(
            Notice.participant_id == participant.id, Notice.sent_at.is_(None), Notice.kind.in_(unwanted)
        )
    )
    session.flush()


def read_address(typed: str) -> str:
    """One address as it is kept, in letters that every mail server takes.

    >>> read_address(" Olha@Example.ORG ")
    'Olha@example.org'
    """
    try:
        # No name server is asked: but for letters, nothing here goes out to the network.
        found = validate_email(trimmed(typed), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        raise NoAddress(
            {"address": gettext("No email can be sent to this address. Give one such as name@example.org.")}
        ) from None
    if mixes_scripts(found.domain):
        raise NoAddress(
            {"address": gettext("The address mixes letters of two alphabets after the @. Type it by hand.")}
        )
    return found.ascii_email or found.normalized


def _keep(session: Session, participant: Participant, address: str, token: str | None) -> Contact:
    contact = session.merge(
        Contact(
            participant_id=participant.id,
            address=address,
            confirm_hash=_hash(token) if token else None,
            confirmed_at=None if token else clock.now(session),
            nonce=secrets.token_urlsafe(18),
        )
    )
    session.flush()
    return contact


def _drop_waiting(session: Session, participant: Participant) -> None:
    session.execute(delete(Notice).filter_by(participant_id=participant.id, sent_at=None))


def _refuse_keeping_none(participant: Participant) -> None:
    if participant.survey.pilot:
        raise NoAddress({"address": gettext("This is a trial: it keeps no address and sends no emails.")})
    if participant.survey.protected:
        raise NoAddress(
            {
                "address": gettext(
                    "This survey is protected: it keeps nobody’s address, so that nobody can be made "
                    "to say who takes part. Nothing was stored."
                )
            }
        )


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
