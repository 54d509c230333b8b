"""Preregistration: what a survey was going to ask and compute, frozen as one signed file when it opens.

It is made by whatever loads a survey that is not open yet: the editor, the commands. Where the opening lies ahead,
each further loading renews it, since nobody can have answered yet and a file about other questions than those that
open would tell of nothing; from the opening on none is made, and whatever is changed is listed against it.
"""

import json
from collections.abc import Sequence
from datetime import date, datetime
from hashlib import sha256
from typing import NamedTuple

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from .. import clock
from ..bank.content import Bank
from ..bank.document import Document, Json
from ..bank.loading import store_bank
from ..bank.moments import utc
from ..bank.paths import KeyPath
from ..bank.stored import stored_bank
from ..models import EventLog, Preregistration, Survey, User
from ..security.signing import sign
from .audit_facts import note_settings
from .audit_log import record
from .preregistration_document import FORMAT, Difference, canonical, differences, follows, stands_now
from .preregistration_text import texts_of

#: In the log: that one was frozen, and that something it says was changed.
FROZEN, CHANGED = "preregister", "change what is preregistered"


class Change(NamedTuple):
    """A difference from the frozen file, and the UTC day since which it stands; None where the program made it."""

    path: KeyPath
    before: Json
    after: Json
    day: date | None


def load_survey(
    session: Session, bank: Bank, *, slug: str | None = None, simulated: bool = False, by: User | None = None
) -> Survey:
    """Load a bank as `bank.loading.store_bank` does, and preregister the survey where it is not open yet.

    The log keeps its settings, as those of `by`; None for whoever runs the site.

    Raises
    ------
    BankError
        With every change that can no longer be made; nothing was stored.
    """
    stored = session.scalar(select(Survey).filter_by(slug=slug or bank.settings.slug))
    last = preregistration_of(session, stored) if stored else None
    may_renew = clock.now(session) < _opening(stored, last) if stored else True
    # Read whole before the loading, which changes the rows in place.
    before = _now(session, stored) if stored and last and not may_renew else None
    survey = store_bank(session, bank, slug=slug, simulated=simulated)
    if may_renew:
        _freeze(session, survey, last)
    elif before is not None:
        _note_changes(session, survey, differences(before, _now(session, survey)))
    note_settings(session, survey, by.id if by else None)
    return survey


def _opening(survey: Survey, last: Preregistration | None) -> datetime:
    """The moment until which a survey may be preregistered: one that had opened before there were any never is."""
    return last.opens_at if last else survey.opens_at


def preregistration_of(session: Session, survey: Survey) -> Preregistration | None:
    """The file that counts; None of a survey that had opened before there were any."""
    query = select(Preregistration).filter_by(survey_id=survey.id)
    return session.scalar(query.order_by(Preregistration.number.desc()).limit(1))


def contents(frozen: Preregistration) -> Document:
    """What the file says."""
    found: Document = json.loads(frozen.content)
    return found


def _now(session: Session, survey: Survey) -> Document:
    return stands_now(survey, stored_bank(session, survey))


def _freeze(session: Session, survey: Survey, last: Preregistration | None) -> None:
    """Make the file, sign it and note its hash in the log; none where the last one says the same."""
    moment = clock.now(session)
    bank = stored_bank(session, survey)
    document = stands_now(survey, bank)
    if last is not None and _says(last, document):
        return
    whole = {
        "format": FORMAT,
        "survey": survey.slug,
        "made_at": utc(moment),
        "opens_at": utc(survey.opens_at),
        "text": texts_of(survey, bank, moment),
        **document,
        **follows(survey, bank),
    }
    # Canonical: what is signed are bytes, and one document is to have one writing alone.
    content = canonical(whole)
    signed = sign(content, current_app.config["PARLEY"])
    made = Preregistration(
        survey_id=survey.id,
        number=last.number + 1 if last else 1,
        made_at=moment,
        opens_at=survey.opens_at,
        content=content,
        sha256=sha256(content).hexdigest(),
        signature=signed.signature,
        public_key=signed.public_key,
    )
    session.add(made)
    record(session, survey, FROZEN, {"number": made.number, "sha256": made.sha256})


def _says(last: Preregistration, document: Document) -> bool:
    said = contents(last)
    return canonical({name: said.get(name) for name in document}) == canonical(document)


def _note_changes(session: Session, survey: Survey, changed: Sequence[Difference]) -> None:
    """Keep in the log what was changed, so that its day can be told and not be moved afterwards."""
    if changed:
        record(session, survey, CHANGED, {"paths": [list(one.path) for one in changed]})


def changes_since(session: Session, survey: Survey, frozen: Preregistration) -> list[Change]:
    """What stands otherwise than it was frozen, compared anew; whatever was changed back is no change."""
    days = _days_of_changes(session, survey)
    found = differences(contents(frozen), _now(session, survey))
    return [Change(*one, days.get(one.path)) for one in found]


def _days_of_changes(session: Session, survey: Survey) -> dict[KeyPath, date]:
    """The last day on which each place was changed."""
    noted = select(EventLog).filter_by(survey_id=survey.id, act=CHANGED).order_by(EventLog.position)
    return {
        tuple(path): entry.at.date() for entry in session.scalars(noted) for path in entry.detail["paths"]
    }
