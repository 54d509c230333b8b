"""Drafts of surveys: begun, found by who may write them, opened, put away.

A draft is one document (`bank.document`). Nothing of it is in the survey's own tables, and on no participant's page,
until it is opened or its changes are published: then it is read whole, and refused where it has a fault.
"""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from .. import clock
from ..bank.document import (
    Document,
    cleaned,
    document_of,
    document_of_folder,
    is_too_large,
    obstacles,
    read,
    refuse_misfits,
)
from ..bank.paths import PARTS
from ..bank.permanence import OPENED, permanence_of
from ..bank.reading import available_banks, bank_folder
from ..bank.refusals import in_structure
from ..bank.stored import stored_bank
from ..errors import BankError, InvalidAnswer, NotFound, ReusedKey
from ..i18n.codes import slug_fault
from ..i18n.locale import gettext
from ..i18n.normalization import Unreadable
from ..models import DraftMember, Membership, Survey, SurveyDraft, User
from . import accounts
from .audit_log import record
from .enrollment import role_of
from .idempotency import body_hash
from .preregistration import load_survey

#: Roles in an opened survey whose holders write it.
WRITERS = ("owner", "organizer")


class InvalidDraft(InvalidAnswer):
    """A draft that cannot be begun, changed or put away like this."""

    title = _("Nothing was changed")


class OwnersAlone(InvalidDraft):
    """What cannot be taken back, or lets others in, is its owner's to do."""

    status = 403


def blank_document(title: str, language: str) -> Document:
    """A survey of which nothing is written yet but its title in one language."""
    words: Document = {
        "survey": {"title": title} if title else {},
        "consent": {},
        "theme": {},
        "question": {},
    }
    structure: Document = {"survey": {"languages": [language]}, "theme": [], "question": []}
    return {"structure": structure, "words": {language: words}, "worked": {}}


def start(session: Session, user: User | None, slug: str, document: Document) -> SurveyDraft:
    """Begin a survey at an address, blank or as a copy of any document; who begins it owns it.

    Raises
    ------
    InvalidDraft
        Where the address cannot be one or is taken, or the document cannot be kept.
    """
    check_free(session, slug)
    own = _at(slug, document)
    draft = SurveyDraft(slug=slug, document=own, revision=0, created_at=clock.now(session))
    session.add(draft)
    session.flush()
    if user is not None:
        session.add(_member(session, draft, user, "owner"))
    session.flush()
    return draft


def begin(
    session: Session, user: User, slug: str, document: Document, *, key: str, sent: Mapping[str, Any]
) -> SurveyDraft:
    """Begin a survey once for each idempotency key of a user: a repeat finds the draft of the first time.

    Parameters
    ----------
    sent
        What came with the key, as JSON has it; with the same key it is the same.

    Raises
    ------
    ReusedKey
        Where the key came with something else before.
    InvalidDraft
        As `start`.
    """
    own_key, body = (body_hash(user.id, key), body_hash(sent))
    # Before `start`, which finds the address taken by what the first call has begun.
    known = session.scalar(select(SurveyDraft).filter_by(begun_key=own_key))
    if known is None:
        made = start(session, user, slug, document)
        made.begun_key, made.begun_hash = own_key, body
        session.flush()
        return made
    if known.begun_hash != body:
        raise ReusedKey(gettext("This key has begun another survey. Send a new key with each act."))
    return known


def source_of(
    session: Session, user: User, *, bank: str = "", survey: str = "", title: str = "", language: str = "en"
) -> Document:
    """The document to begin with: that of a bank that ships, of a survey the user writes, or a blank one.

    Raises
    ------
    NotFound
        Where there is no such survey that this user writes.
    """
    if bank in available_banks():
        return document_of_folder(bank_folder(bank))
    if survey:
        return copy_of(find(session, survey, user), session)
    return blank_document(title, language)


def _at(slug: str, document: Document) -> Document:
    """A document as it may be kept, with its address; what is no table gives way to one."""
    try:
        own: Document = cleaned({part: document.get(part) for part in PARTS})
    except Unreadable as problem:
        raise InvalidDraft({"document": str(problem)}) from None
    if is_too_large(own):
        raise InvalidDraft(
            {"document": gettext("The survey would be too large to keep. Nothing was changed.")}
        )
    for part in PARTS:
        own[part] = own[part] if isinstance(own.get(part), dict) else {}
    settings = own["structure"].get("survey")
    own["structure"]["survey"] = {**(settings if isinstance(settings, dict) else {}), "slug": slug}
    try:
        refuse_misfits(own)
    except BankError as refused:
        raise InvalidDraft({"document": refused.sentence}) from None
    return own


def require_owner(session: Session, draft: SurveyDraft, user: User) -> None:
    """Refuse what is its owner's to do.

    Raises
    ------
    OwnersAlone
        For everybody else who writes it.
    """
    if role_in(session, draft, user) != "owner":
        raise OwnersAlone({"": gettext("This is for its owner to do. Nothing was changed.")})


def take_up(session: Session, survey: Survey) -> SurveyDraft:
    """The draft in which an opened survey is written on; made of what participants read where there is none yet."""
    draft = session.scalar(select(SurveyDraft).filter_by(survey_id=survey.id))
    if draft is None:
        draft = as_read(session, survey)
        session.add(draft)
        session.flush()
    return draft


def as_read(session: Session, survey: Survey) -> SurveyDraft:
    """An opened survey as a draft of what participants read of it; it is not stored yet."""
    return SurveyDraft(
        slug=survey.slug,
        survey=survey,
        survey_id=survey.id,
        document=document_of(stored_bank(session, survey)),
        revision=0,
        opened_revision=0,
        created_at=clock.now(session),
    )


def check_free(session: Session, slug: str, but: SurveyDraft | None = None) -> None:
    """Refuse an address that cannot be one, or that a survey or another draft has.

    Raises
    ------
    InvalidDraft
        With a sentence for `slug`.
    """
    if refused := slug_fault(slug):
        raise InvalidDraft({"slug": refused})
    others = select(SurveyDraft.id).where(SurveyDraft.slug == slug)
    if but is not None:
        others = others.where(SurveyDraft.id != but.id)
    taken = session.scalar(others) or session.scalar(select(Survey.id).where(Survey.slug == slug))
    if taken is not None:
        sentence = gettext(
            "A survey at the address “%(slug)s” is there already. Choose another one.", slug=slug
        )
        raise InvalidDraft({"slug": sentence})


def role_in(session: Session, draft: SurveyDraft, user: User) -> str | None:
    """What a user is to a draft: owner, writer or organizer; None for everybody who may not know of it."""
    (role,) = roles_in(session, [draft], user)
    return role


def roles_in(session: Session, drafts: Sequence[SurveyDraft], user: User) -> list[str | None]:
    """What a user is to each of some drafts, see `role_in`: as few statements for a hundred as for one.

    Before it is opened a draft's own members count, afterwards the survey's.
    """
    begun = [draft.id for draft in drafts if draft.survey is None]
    run = [draft.survey.id for draft in drafts if draft.survey is not None]
    of_draft = select(DraftMember.draft_id, DraftMember.role).where(
        DraftMember.user_id == user.id, DraftMember.draft_id.in_(begun)
    )
    of_survey = select(Membership.survey_id, Membership.role).where(
        Membership.user_id == user.id, Membership.survey_id.in_(run), Membership.role.in_(WRITERS)
    )
    writes: dict[int, str] = dict(session.execute(of_draft).all()) if begun else {}
    runs: dict[int, str] = dict(session.execute(of_survey).all()) if run else {}
    return [writes.get(draft.id) if draft.survey is None else runs.get(draft.survey.id) for draft in drafts]


def find(session: Session, slug: str, user: User) -> SurveyDraft:
    """The draft at an address, for one of its writers; of an opened survey that nobody changed, as people read it.

    Raises
    ------
    NotFound
        For everybody else, as if there were none.
    """
    # An address may hold a NUL, which PostgreSQL takes in no text.
    draft = None if "\x00" in slug else session.scalar(select(SurveyDraft).filter_by(slug=slug))
    if draft is None and "\x00" not in slug:
        survey = session.scalar(select(Survey).filter_by(slug=slug))
        is_writer = survey is not None and role_of(session, survey, user.id) in WRITERS
        draft = as_read(session, survey) if survey is not None and is_writer else None
    if draft is None or role_in(session, draft, user) is None:
        raise NotFound()
    return draft


def drafts_of(session: Session, user: User) -> list[SurveyDraft]:
    """Every draft a user may write, those that were begun last first."""
    written = select(DraftMember.draft_id).where(DraftMember.user_id == user.id)
    run = select(Membership.survey_id).where(Membership.user_id == user.id, Membership.role.in_(WRITERS))
    own = or_(SurveyDraft.survey_id.is_(None) & SurveyDraft.id.in_(written), SurveyDraft.survey_id.in_(run))
    query = (
        select(SurveyDraft).where(own).options(joinedload(SurveyDraft.survey)).order_by(SurveyDraft.id.desc())
    )
    return list(session.scalars(query))


def may_begin(session: Session, user: User, settings: Mapping[str, Any]) -> bool:
    """Whether a user may begin a survey on a site with these settings: anybody, or who owns one already."""
    in_production = "owners" if settings["ENVIRONMENT"] == "production" else "anybody"
    if (settings["AUTHORS"] or in_production) != "owners":
        return True
    owned = select(Membership.id).filter_by(user_id=user.id, role="owner").limit(1)
    begun = select(DraftMember.draft_id).filter_by(user_id=user.id, role="owner").limit(1)
    return session.scalar(owned) is not None or session.scalar(begun) is not None


def share(session: Session, draft: SurveyDraft, email: str) -> DraftMember:
    """Let whoever has an address write a survey that is not open yet; once more changes nothing.

    Raises
    ------
    InvalidDraft
        Where the survey is open and has roles of its own.
    accounts.InvalidAccount
        As `accounts.account_at` does.
    """
    if draft.survey_id is not None:
        raise InvalidDraft({"email": gettext("The survey is open: its own roles say who writes it.")})
    user = accounts.account_at(session, email)
    member = session.get(DraftMember, (draft.id, user.id)) or _member(session, draft, user, "writer")
    session.add(member)
    session.flush()
    return member


def _member(session: Session, draft: SurveyDraft, user: User, role: str) -> DraftMember:
    return DraftMember(draft_id=draft.id, user_id=user.id, role=role, since=clock.now(session))


def to_write(session: Session, slug: str, user: User) -> SurveyDraft:
    """The draft at an address, stored and locked, for one of its writers; as `find`."""
    draft = find(session, slug, user)
    if draft.id is None and draft.survey is not None:
        draft = take_up(session, draft.survey)
    return locked(session, draft)


def locked(session: Session, draft: SurveyDraft) -> SurveyDraft:
    """The draft as it is now, for one writer at a time.

    Raises
    ------
    NotFound
        Where it was deleted meanwhile.
    """
    query = select(SurveyDraft).where(SurveyDraft.id == draft.id).with_for_update()
    fresh = session.scalar(query.execution_options(populate_existing=True))
    if fresh is None:
        raise NotFound()
    return fresh


def open_draft(session: Session, draft: SurveyDraft, by: User | None = None) -> Survey:
    """Open a survey: read it whole, load it, and let its writers run it; of an opened one, publish its changes.

    Changed words are the next version of a question, with a note of what changed.

    Raises
    ------
    BankError
        With everything that is missing or wrong, or cannot change any more; nothing was stored.
    InvalidDraft
        Where it was put away, or another survey has its address.
    """
    draft = locked(session, draft)
    refuse_archived(draft)
    reading = read(draft.document)
    if found := obstacles(reading):
        raise BankError(found)
    bank = reading.bank
    if draft.survey is None:
        check_free(session, draft.slug, but=draft)
    else:
        _refuse_taken_out(session, draft.survey, draft.document)
        # From the opening on its owner says on a page of its own who asks: what is written here is older.
        words = {code: replace(own, controller=None) for code, own in bank.words.items()}
        bank = replace(bank, words=words)
    simulated = draft.survey is not None and draft.survey.simulated
    first = draft.survey is None
    survey = load_survey(session, bank, slug=draft.slug, simulated=simulated, by=by)
    # Loading expires what the session knew.
    draft.survey_id, draft.opened_revision = survey.id, draft.revision
    if first:
        for member in draft.members:
            role = "owner" if member.role == "owner" else "organizer"
            # Nobody owns it yet who could give a role: the opening does.
            accounts.grant(session, member.user, survey, role)
    act = "open" if first else "publish changes"
    record(session, survey, act, {"revision": draft.revision}, by.id if by else None)
    session.flush()
    return survey


def _refuse_taken_out(session: Session, survey: Survey, document: Document) -> None:
    """A question that participants can read does not vanish; it is closed by its last day."""
    kept = {table.get("key") for table in document["structure"]["question"]}
    gone = [key for key in permanence_of(session, survey).opened if key not in kept]
    if gone:
        raise BankError([in_structure(0, ("question", key), str(OPENED.refused)) for key in gone])


def refuse_archived(draft: SurveyDraft) -> None:
    """Refuse to change what was put away.

    Raises
    ------
    InvalidDraft
    """
    if draft.archived_at is not None:
        raise InvalidDraft({"": gettext("This survey was put away. Bring it back before you change it.")})


def archive(session: Session, draft: SurveyDraft, away: bool = True) -> None:
    """Put a draft away, or bring it back. A survey that is open goes on as it is."""
    draft = locked(session, draft)
    draft.archived_at = clock.now(session) if away else None
    session.flush()


def delete(session: Session, draft: SurveyDraft) -> None:
    """Delete a draft with everything written in it; there is no way back.

    Raises
    ------
    InvalidDraft
        Where it was opened: what people may have answered stays, and what was done to it is in its log. And while
        a pilot of it runs.
    """
    draft = locked(session, draft)
    if draft.survey_id is not None:
        sentence = gettext(
            "This survey was opened, so it stays. Put it away instead; answers end with its last day."
        )
        raise InvalidDraft({"": sentence})
    if any(pilot.ended_at is None for pilot in draft.pilots):
        raise InvalidDraft({"": gettext("A trial of it is running. End it first.")})
    # The trigger on remarks lets them go with a link that opens nothing any more (`models.append_only`).
    for link in draft.reader_links:
        link.revoked_at = clock.now(session)
    session.flush()
    session.delete(draft)
    session.flush()


def copy_of(source: SurveyDraft | Survey, session: Session) -> dict[str, Any]:
    """The document of a draft or survey, for another one to begin with."""
    if isinstance(source, Survey):
        return document_of(stored_bank(session, source))
    return copy.deepcopy(source.document)
