"""The door of an invitation: its address is looked at, then joined by the form it shows."""

import time
from urllib.parse import quote, urlsplit

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.models import Invitation, Participant
from survey.services import invitations
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.factories import the_survey
from tests.survey.web.visitor import value

from .outcome import Sent
from .roles import Case

#: What the cases call a valid token; the others that a case may name are made from it.
VALID, USED, REVOKED = (
    "7ZQ4M2K8N5R1T9V3X6Y0ABCDEF",
    "7ZQ4M2K8N5R1T9V3X6Y0USED22",
    "7ZQ4M2K8N5R1T9V3X6Y0GONE22",
)
NAMED = {"<a used token>": USED, "<a revoked token>": REVOKED}


def by_invitation(app: Flask, case: Case) -> Sent:
    """Look, agree, take part; the case's own text where the right invitation was used up by it."""
    with app.app_context():
        transaction(_make)
    client, text = app.test_client(), NAMED.get(case["value"], case["value"])
    path, started = f"/i/{quote(text, safe='%?=/&*')}", time.thread_time()
    response = client.get(path)
    if response.status_code == 200:
        form = {"join_key": value(response.text, "join_key"), "agree": "y"}
        response = client.post(path, data=form)
    else:
        # A form that somebody keeps from elsewhere gets no further than the page.
        assert (
            client.post(path, data={"join_key": "12345678", "agree": "y"}).status_code == response.status_code
        )
    seconds = time.thread_time() - started
    host = urlsplit(response.headers.get("Location", "")).netloc
    assert not host, f"led to {host}"
    named = case["field"] if response.status_code == 404 else None
    return Sent(response.status_code, named, True, _used(app, case), seconds, response.text)


def _make(session: Session) -> None:
    """One token that works, one that was used, one that was revoked; nobody took part."""
    invitations.invite(session, the_survey(session), f"batch {_count(session)}", 3, 7)
    made = session.scalars(select(Invitation).order_by(Invitation.id.desc()).limit(3)).all()
    for token in session.scalars(
        select(Invitation).where(
            Invitation.token_hash.in_(map(invitations.hash_token, (VALID, USED, REVOKED)))
        )
    ):
        token.token_hash = f"an earlier case's {token.id}"
    session.flush()
    for invitation, token in zip(made, (VALID, USED, REVOKED), strict=True):
        invitation.token_hash = invitations.hash_token(token) or ""
    made[1].used_at = made[2].revoked_at = made[0].created_at


def _count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Invitation)) or 0


def _used(app: Flask, case: Case) -> str | None:
    with app.app_context():
        one = db.session.scalars(select(Invitation).filter_by(token_hash=invitations.hash_token(VALID))).one()
        if one.participant_id is None:
            newest = db.session.scalar(
                select(Invitation.participant_id).where(
                    Invitation.id > one.id - 3, Invitation.participant_id.is_not(None)
                )
            )
            return f"participant {newest}" if newest else None
        assert db.session.get_one(Participant, one.participant_id)
        return str(case.get("normalised", case["value"]))
