"""Who sends a form, and the values that a case names in angle brackets: made here, through the real doors."""

import hashlib
import secrets
from collections.abc import Callable
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import clock, disclosure
from survey.disclosure import Viewer
from survey.models import Contact, Participant, User
from survey.notifications import contacts, messages
from survey.notifications.queue import Parcel
from survey.services import accounts, enrollment, erasure, invitations, moderation
from survey.store.transaction import transaction
from survey.web.identity import REMEMBERED
from tests.factories import on, say, someone, the_question, the_survey
from tests.survey.web.organizer.test_pages import sign_in

from .entry_points import ORGANIZER, QUESTION, SECOND

Work = Callable[[Session], str]

REASON = "Somebody's reason."


def a_stranger(app: Flask, _slug: str) -> FlaskClient:
    """A browser that nobody knows."""
    return app.test_client()


def somebody_who_takes_part(app: Flask, slug: str) -> FlaskClient:
    """Somebody who has just joined: their browser remembers them."""
    client = app.test_client()
    with client.session_transaction() as browser:
        browser[REMEMBERED] = {slug: int(made(app, lambda session: str(_joined(session, slug)[0].id)))}
    return client


def somebody_with_a_reason(app: Flask, slug: str) -> FlaskClient:
    """Somebody who answered and said why; also one who may read the reasons of others."""
    client = somebody_who_takes_part(app, slug)
    made(app, _explain)
    return client


def somebody_who_erased(app: Flask, slug: str) -> FlaskClient:
    """A browser whose person was erased from another one."""
    client = somebody_who_takes_part(app, slug)
    made(app, lambda session: str(erasure.erase(session, _newest(session))))
    return client


def an_organizer(app: Flask, _slug: str) -> FlaskClient:
    """Somebody who runs the survey."""
    client = app.test_client()
    sign_in(app, client, ORGANIZER)
    return client


PEOPLE: dict[str, Callable[[Flask, str], FlaskClient]] = {
    "a stranger": a_stranger,
    "somebody who takes part": somebody_who_takes_part,
    "somebody with a reason": somebody_with_a_reason,
    "somebody who erased": somebody_who_erased,
    "an organizer": an_organizer,
}


def _newest(session: Session) -> Participant:
    return session.scalars(select(Participant).order_by(Participant.id.desc()).limit(1)).one()


def _explain(session: Session) -> str:
    say(session, _newest(session), the_question(session, QUESTION), 0.5, rationale="My own reason.")
    return ""


def _others_reason(session: Session) -> str:
    """What names the reason that somebody else gave."""
    question = the_question(session, QUESTION)
    known = disclosure.remarked(session, Viewer(role="owner"), question).values()
    return next(one.reason.about for one in known if one.reason.text == REASON)


def _unseen_reason(session: Session) -> str:
    """What names a reason of today, which no publication holds yet."""
    say(session, someone(session), the_question(session, QUESTION), 0.4, rationale="Of today.")
    return hashlib.sha256(f"{QUESTION} {clock.now():%Y-%m-%d} Of today.".encode()).hexdigest()[:16]


def _asked_elsewhere(session: Session) -> str:
    """The number of what was asked about another question."""
    asked = moderation.ask(session, someone(session), the_question(session, "nuclear-use"), "What counts?")
    return str(asked.id)


def _confirming(session: Session) -> str:
    return contacts.leave_address(session, someone(session), f"{secrets.token_hex(4)}@example.org", 7)[1]


def _confirmed(session: Session) -> str:
    token = _confirming(session)
    contacts.confirm(session, token)
    return token


def _confirming_too_late(session: Session) -> str:
    person = someone(session)
    with clock.at(on(1)):
        return contacts.leave_address(session, person, "late@example.org", 7)[1]


def _confirming_a_former_address(session: Session) -> str:
    person = someone(session)
    token = contacts.leave_address(session, person, "former@example.org", 7)[1]
    contacts.leave_address(session, person, "newer@example.org", 7)
    return token


def _stopping(session: Session) -> str:
    person = someone(session)
    _contact, token = contacts.leave_address(session, person, "stop@example.org", 7)
    contact = contacts.confirm(session, token)
    return _stop_token(session, contact)


def _stopping_a_former_address(session: Session) -> str:
    token = _stopping(session)
    contacts.leave_address(session, _newest(session), "newer@example.org", 7)
    return token


def _stop_token(session: Session, contact: Contact) -> str:
    mark = contacts.mark_of(session, contact)
    survey = contact.participant.survey
    return messages.stop_token(Parcel(contact.participant_id, contact.address, mark, "en", survey, ()))


def _signing_in(session: Session) -> str:
    return accounts.sign_in_link(session, session.scalars(select(User).filter_by(email=ORGANIZER)).one())


def _signed_in(session: Session) -> str:
    token = _signing_in(session)
    accounts.use_sign_in_link(session, token)
    return token


def _signing_in_too_late(session: Session) -> str:
    with clock.at(on(1)):
        return _signing_in(session)


def _signing_in_beside_a_used_one(session: Session) -> str:
    older = _signing_in(session)
    accounts.use_sign_in_link(session, _signing_in(session))
    return older


def _inviting_too_late(session: Session) -> str:
    with clock.at(on(1)):
        return invitations.invite(session, the_survey(session), secrets.token_hex(4), 1, 7)[0]


def _revoked_invitation(session: Session) -> str:
    batch = secrets.token_hex(4)
    token = invitations.invite(session, the_survey(session), batch, 1, 7)[0]
    invitations.revoke(session, the_survey(session), batch)
    return token


def _joined(session: Session, slug: str) -> tuple[Participant, str]:
    """Somebody who has just joined a survey, and their code."""
    code = enrollment.new_code()
    person, _made = enrollment.join(
        session, the_survey(session, slug), language="en", join_key=secrets.token_hex(8), code=code
    )
    return person, code


def _code_of(slug: str) -> Work:
    """The code of somebody in a survey."""
    return lambda session: _joined(session, slug)[1]


def _code_of_the_erased(session: Session) -> str:
    code = _code_of("ukraine")(session)
    erasure.erase(session, _newest(session))
    return code


#: What a case may name in angle brackets.
MADE: dict[str, Work] = {
    "<a key>": lambda _session: str(uuid4()),
    "<the reason of somebody else>": _others_reason,
    "<a reason that is not published>": _unseen_reason,
    "<what was asked about another question>": _asked_elsewhere,
    "<a link that confirmed>": _confirmed,
    "<a link that confirms, too late>": _confirming_too_late,
    "<a link that confirms a former address>": _confirming_a_former_address,
    "<a link that confirms>": _confirming,
    "<a link that stops letters to a former address>": _stopping_a_former_address,
    "<a link that stops letters>": _stopping,
    "<a link that signed in>": _signed_in,
    "<a link that signs in, too late>": _signing_in_too_late,
    "<a link that signs in, of a letter beside the one that was used>": _signing_in_beside_a_used_one,
    "<a link that signs in>": _signing_in,
    "<an invitation, too late>": _inviting_too_late,
    "<a revoked invitation>": _revoked_invitation,
    "<a code of the second survey>": _code_of(SECOND),
    "<a code of somebody who erased>": _code_of_the_erased,
}


def filled(app: Flask, value: str) -> str:
    """A value with what it names in angle brackets; text around that stays, such as a letter more."""
    for name, work in MADE.items():
        if name in value:
            value = value.replace(name, made(app, work))
    return value


def made(app: Flask, work: Work) -> str:
    """What some work on the store has made."""
    with app.app_context(), app.test_request_context():
        return transaction(work)
