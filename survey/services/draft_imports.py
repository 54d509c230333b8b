"""Imports into a draft: first a dry run that tells everything it would do, then the same bytes as one change."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from ..bank.document import Document, Json, cleaned, read, refuse_misfits
from ..bank.interchange import FileContent, read_file
from ..bank.merging import Merge, QuestionChange, line_of, merged
from ..bank.paths import ORDER, Edit, value_at
from ..bank.tables import Fault, refusal
from ..i18n.locale import gettext
from ..i18n.normalization import Unreadable
from ..models import SurveyDraft, User
from .draft_questions import replace_document, save_or_refuse
from .drafts import InvalidDraft, locked, refuse_archived


class ImportMoved(InvalidDraft):
    """Somebody has changed the draft since the dry run that was confirmed."""

    status = 409
    title = _("Nothing was imported")


@dataclass(frozen=True)
class ImportPlan:
    """What an import would do to a draft.

    Attributes
    ----------
    digest
        SHA-256 of the bytes, in hexadecimal digits: what is imported is what was looked at.
    read_as
        A sentence with the format and encoding that the bytes were read in.
    is_whole
        Whether it puts a whole survey in the place of what is written, or adds and changes questions alone.
    to_mend
        What is still missing or wrong before the survey can be opened; it refuses no import.
    """

    digest: str
    read_as: str
    is_whole: bool
    document: Document
    edits: Sequence[Edit] = ()
    themes: Sequence[str] = ()
    added: Sequence[QuestionChange] = ()
    changed: Sequence[QuestionChange] = ()
    left: Sequence[QuestionChange] = ()
    taken_out: Sequence[QuestionChange] = field(default=())
    to_mend: Sequence[Fault] = ()

    @property
    def changes_anything(self) -> bool:
        """Whether anything would be another than it is."""
        return bool(self.edits) or self.is_whole


def whole_document(given: bytes, format_: str) -> Document | None:
    """The document of a file that holds a whole survey; None of one that holds questions for a survey.

    Raises
    ------
    BankError
        With everything for which it cannot be read.
    """
    return read_file(given, format_).document


def plan_import(document: Document, given: bytes, format_: str) -> ImportPlan:
    """The dry run of an import: what it would do to a document. Nothing is stored.

    Raises
    ------
    BankError
        With everything for which it is refused, each with its row, line or path.
    """
    digest, found = hashlib.sha256(given).hexdigest(), read_file(given, format_)
    if found.document is not None:
        return _whole(document, found, digest)
    merge = merged(document, found.entries)
    return _questions(merge, found, digest)


def _questions(merge: Merge, found: FileContent, digest: str) -> ImportPlan:
    keys = {line.key for line in (*merge.added, *merge.changed)}
    return ImportPlan(
        digest,
        found.read_as,
        False,
        merge.document,
        edits=merge.edits,
        themes=merge.themes,
        added=merge.added,
        changed=merge.changed,
        left=merge.left,
        to_mend=[fault for fault in read(merge.document).faults if keys & set(fault.path)],
    )


def kept_document(document: Json) -> Document:
    """A whole document as it may be kept.

    Raises
    ------
    BankError
        Where it cannot be: nested too deeply, a text or number too long, a character that no text has.
    """
    try:
        kept: Document = cleaned(document)
    except Unreadable as problem:
        raise refusal(str(problem)) from None
    refuse_misfits(kept)
    return kept


def _whole(document: Document, found: FileContent, digest: str) -> ImportPlan:
    new = kept_document(found.document)
    before = value_at(document, ("structure", "question", ORDER)) or []
    keys = list(dict.fromkeys(value_at(new, ("structure", "question", ORDER)) or []))
    lines = [line_of(document, new, key) for key in keys]
    return ImportPlan(
        digest,
        found.read_as,
        True,
        new,
        added=[line for line in lines if line.key not in before],
        changed=[line for line in lines if line.key in before and line.changed],
        left=[line for line in lines if line.key in before and not line.changed],
        taken_out=[line_of(new, document, key) for key in before if key not in keys],
        to_mend=read(new).faults,
    )


def import_file(
    session: Session,
    draft: SurveyDraft,
    user: User | None,
    given: bytes,
    format_: str,
    *,
    looked_at: str | None = None,
    revision: int | None = None,
) -> ImportPlan:
    """Import a file into a draft as one change, which can be taken back: everything of it, or nothing.

    Parameters
    ----------
    looked_at, revision
        The digest of the bytes and the revision of the draft that a dry run told of; None where there was none.

    Raises
    ------
    BankError
        With everything for which it is refused.
    ImportMoved
        Where the bytes are others than those of the dry run, or somebody has changed the draft since.
    InvalidDraft
        Where the draft was put away, or would be too large to keep.
    """
    draft = locked(session, draft)
    refuse_archived(draft)
    # Made anew under the lock: of what a page showed the digest and the revision come back, and no edits.
    plan = plan_import(draft.document, given, format_)
    if looked_at is not None and looked_at != plan.digest:
        raise ImportMoved({"": gettext("This is not the file that was checked. Choose it again.")})
    if revision is not None and revision != draft.revision:
        sentence = gettext(
            "Somebody has changed the survey meanwhile. Look once more at what would happen, then import."
        )
        raise ImportMoved({"": sentence})
    if plan.is_whole:
        replace_document(session, draft, user, plan.document)
    else:
        save_or_refuse(session, draft, user, list(plan.edits), "import")
    return plan
