"""Writing surveys by program: what the editor's pages do, by the same services."""

import base64
import binascii
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from flask import Response, current_app
from sqlalchemy.orm import Session

from ..bank.document import Document, advice_on, obstacles, read
from ..bank.interchange import FORMATS, MEDIA_TYPES, write_file
from ..bank.merging import QuestionChange
from ..bank.paths import Edit, differences
from ..bank.permanence import permanence_of
from ..bank.reading import available_banks
from ..errors import BankError
from ..i18n.locale import current_language, gettext
from ..i18n.normalization import cannot_be_stored
from ..models import SurveyDraft, User
from ..presenters.draft_words import survey_title
from ..services import draft_edits, draft_imports, drafts
from ..services.draft_kinds import with_what_goes
from ..services.draft_questions import replace_document, save_or_refuse
from ..store.engine import db
from ..store.transaction import transaction
from .authentication import require_author, require_writer
from .draft_refusals import bank_refused, draft_refused, stale, told_faults
from .operation import Operations
from .paging import Page, page
from .request_parsing import InvalidRequest
from .schemas import drafts as draft_schemas

blueprint = Operations(
    "Writing surveys",
    "For a token with the scope `write`: surveys before they are opened, and their changes afterwards. Nobody but"
    " their writers sees what is written until it is opened or published.",
)

Answer = dict[str, Any]
#: An answer, its status, and the version in a header.
Versioned = tuple[Answer, int, dict[str, str]]
Result = TypeVar("Result")

OF_NEW = {"slug": "$response.body#/slug"}
GO_ON = {
    name: {"operationId": operation, "parameters": OF_NEW}
    for name, operation in (("read it", "read_draft"), ("check it", "check_draft"))
}


@blueprint.operation(
    "POST", "/drafts", answers=(201, draft_schemas.Draft), body=draft_schemas.Begin, key=True, links=GO_ON
)
def begin_draft(body: Answer, headers: dict[str, str]) -> Versioned:
    """Begin a survey

    Blank, with a document, or as a copy of a bank or of a survey that you write. It is yours from then on. On some
    sites only owners of a survey may begin another.
    """
    user = require_author()
    if not drafts.may_begin(db.session, user, current_app.config["PARLEY"]):
        raise drafts.OwnersAlone(
            {"body": gettext("On this site only people who already own a survey may begin one.")}
        )
    _refuse_two_sources(body)

    def work(session: Session) -> Versioned:
        document = body["document"]
        if document is None:
            named = {name: body[name] for name in ("bank", "title", "language")}
            document = drafts.source_of(session, user, survey=body["copy_of"], **named)
        made = drafts.begin(session, user, body["slug"], document, key=headers["key"], sent=body)
        return _versioned(session, made, user, 201)

    return transaction(work)


def _refuse_two_sources(body: Answer) -> None:
    named = [name for name in ("bank", "copy_of", "document") if body[name]]
    if len(named) > 1:
        raise InvalidRequest(dict.fromkeys(named, gettext("A survey begins with one of these.")))
    if body["bank"] and body["bank"] not in available_banks():
        known = ", ".join(available_banks())
        raise InvalidRequest({"bank": gettext("There is no such bank; there are: %(known)s.", known=known)})


@blueprint.operation("GET", "/drafts", answers=(200, draft_schemas.DraftInList(many=True)), query=Page)
def list_drafts(query: Answer) -> list[Answer]:
    """The surveys that you write, those that were begun last first

    A survey that was opened and not written on since is found by its address alone.
    """
    user = require_author()
    own = page(query, drafts.drafts_of(db.session, user), lambda draft: (-draft.id,))
    roles = drafts.roles_in(db.session, own, user)
    return [_briefly(draft, role) for draft, role in zip(own, roles, strict=True)]


@blueprint.operation("GET", "/drafts/<slug>", answers=(200, draft_schemas.Draft))
def read_draft(slug: str) -> Versioned:
    """One survey as it is written

    Of an open survey on which nobody wrote since, what participants read.
    """
    draft, user = require_writer(slug)
    return _versioned(db.session, draft, user)


@blueprint.operation(
    "PUT",
    "/drafts/<slug>",
    answers=(200, draft_schemas.Draft),
    body=draft_schemas.Replace,
    version=True,
)
def replace_draft(body: Answer, headers: dict[str, str], slug: str) -> Versioned:
    """Put a document in the place of what is written

    One change, which its writer can take back in the editor. The address stays; as unfinished as it may be, it is
    kept, and `check_draft` says what is missing.
    """
    document = body["document"]

    def work(session: Session, draft: SurveyDraft, user: User) -> Versioned:
        new = draft_imports.kept_document(document)
        _refuse_stale(session, draft, user, headers, lambda known: differences(known, new))
        replace_document(session, draft, user, new, "replace")
        return _versioned(session, draft, user)

    return _written(slug, work)


@blueprint.operation(
    "PATCH", "/drafts/<slug>", answers=(200, draft_schemas.Draft), body=draft_schemas.Edits, version=True
)
def edit_draft(body: Answer, headers: dict[str, str], slug: str) -> Versioned:
    """Change places of what is written

    All of them or none, as one change. A path that leads to nothing makes what is missing on the way, but for a
    question, theme or other thing with a key, which is put there whole. What a question of another kind does not
    have any more goes with it.
    """
    edits: list[Edit] = [(tuple(one["path"]), one["value"]) for one in body["edits"]]

    def work(session: Session, draft: SurveyDraft, user: User) -> Versioned:
        _refuse_stale(session, draft, user, headers, lambda _known: edits)
        save_or_refuse(session, draft, user, with_what_goes(draft.document, edits), "")
        return _versioned(session, draft, user)

    return _written(slug, work)


@blueprint.operation(
    "POST", "/drafts/<slug>/import-plans", answers=(200, draft_schemas.Plan), body=draft_schemas.File
)
def plan_import(body: Answer, slug: str) -> Answer:
    """Look at what an import would do

    Nothing is stored. A file with a fault is refused with each, by its row.
    """
    draft, _user = require_writer(slug)
    return _plan(draft_imports.plan_import(draft.document, _bytes(body), body["format"]), draft.revision)


@blueprint.operation(
    "POST",
    "/drafts/<slug>/imports",
    answers=(200, draft_schemas.Plan),
    body=draft_schemas.LookedAt,
    version=True,
    refuses=(409,),
)
def import_file(body: Answer, headers: dict[str, str], slug: str) -> Answer:
    """Import a file

    As one change: everything of it, or nothing. A whole survey takes the place of what is written; questions alone
    are added, or change those with the same key.
    """
    given = _bytes(body)

    def work(session: Session, draft: SurveyDraft, user: User) -> Answer:
        _refuse_stale(session, draft, user, headers)
        looked_at = body["digest"]
        plan = draft_imports.import_file(session, draft, user, given, body["format"], looked_at=looked_at)
        return _plan(plan, draft.revision)

    return _written(slug, work)


@blueprint.operation("GET", "/drafts/<slug>/check", answers=(200, draft_schemas.Checked))
def check_draft(slug: str) -> Answer:
    """What keeps a survey from being opened, and what the standard of a question advises"""
    draft, _user = require_writer(slug)
    reading = read(draft.document)
    missing = obstacles(reading)
    return {
        "version": draft.revision,
        "may_open": not missing and draft.archived_at is None,
        "missing": told_faults(missing),
        "advice": [
            {
                "path": ["words", *map(str, one.path)],
                "rule": one.kind,
                "severity": one.severity,
                "words": [found.words for found in one.found],
                "detail": one.sentence,
            }
            for one in advice_on(draft.document, reading.bank.questions)
        ],
    }


@blueprint.operation("POST", "/drafts/<slug>/openings", answers=(200, draft_schemas.Draft), version=True)
def open_draft(headers: dict[str, str], slug: str) -> Versioned:
    """Open a survey; of one that is open, publish what was changed

    The first time it is for its owner to do. From the first answer on, what gives answers their meaning cannot
    change any more. Changed words are the next version of their question.
    """

    def work(session: Session, draft: SurveyDraft, user: User) -> Versioned:
        _refuse_stale(session, draft, user, headers)
        if draft.survey_id is None:
            drafts.require_owner(session, draft, user)
        drafts.open_draft(session, draft, user)
        return _versioned(session, draft, user)

    return _written(slug, work)


@blueprint.operation(
    "GET",
    f"/drafts/<slug>/export.<any({','.join(FORMATS)}):format_>",
    answers=(200, None, MEDIA_TYPES["json"], MEDIA_TYPES["toml"], MEDIA_TYPES["csv"], MEDIA_TYPES["xlsx"]),
)
def export_draft(slug: str, format_: str) -> Response:
    """A survey as it is written, as a file: whole, as CSV its questions alone"""
    draft, _user = require_writer(slug)
    response = Response(write_file(draft.document, format_), content_type=MEDIA_TYPES[format_])
    response.headers["Content-Disposition"] = f'attachment; filename="{draft.slug}.{format_}"'
    return response


@blueprint.operation("POST", "/drafts/<slug>/archive", answers=(200, draft_schemas.Draft))
def put_away(slug: str) -> Versioned:
    """Put a draft away

    It cannot be changed until it is brought back; a survey that is open goes on as it is. A repeat changes nothing.
    """
    return _archived(slug, away=True)


@blueprint.operation("DELETE", "/drafts/<slug>/archive", answers=(200, draft_schemas.Draft))
def bring_back(slug: str) -> Versioned:
    """Bring a draft back"""
    return _archived(slug, away=False)


def _archived(slug: str, *, away: bool) -> Versioned:
    def work(session: Session, draft: SurveyDraft, user: User) -> Versioned:
        drafts.archive(session, draft, away)
        return _versioned(session, draft, user)

    return _written(slug, work)


@blueprint.operation("DELETE", "/drafts/<slug>", answers=(204, None), version=True)
def delete_draft(headers: dict[str, str], slug: str) -> Response:
    """Delete a draft that was never opened, with everything in it

    For its owner to do; there is no way back.
    """

    def work(session: Session, draft: SurveyDraft, user: User) -> None:
        _refuse_stale(session, draft, user, headers)
        drafts.require_owner(session, draft, user)
        drafts.delete(session, draft)

    _written(slug, work)
    return Response(status=204)


# ---- What the operations have in common


def _written(slug: str, work: Callable[[Session, SurveyDraft, User], Result]) -> Result:
    """Do one thing to the draft of an address, which is locked for it."""
    _draft, user = require_writer(slug)
    return transaction(lambda session: work(session, drafts.to_write(session, slug, user), user))


def _refuse_stale(
    session: Session,
    draft: SurveyDraft,
    user: User,
    headers: dict[str, str],
    edits: Callable[[Document], Iterable[Edit]] = lambda _known: (),
) -> None:
    read_at = None if headers["version"] == "*" else int(headers["version"].strip('"'))
    draft_edits.refuse_stale(session, draft, user, read_at, edits)


def _bytes(body: Answer) -> bytes:
    """The bytes of a file that was sent."""
    text, packed = body["text"], body["base64"]
    if (text is None) == (packed is None):
        sentence = gettext("Send the file once: as “text”, or as “base64”.")
        raise InvalidRequest({"text": sentence, "base64": sentence})
    if packed is None:
        try:
            return str(text).encode()
        except UnicodeEncodeError as fault:
            # JSON may carry half a surrogate pair. Its bytes are no UTF-8, and would be read as Windows-1251.
            sentence = cannot_be_stored(fault.start + 1, str(text)[fault.start])
            raise InvalidRequest({"text": sentence}) from None
    try:
        # Without `validate` what is no Base64 is left out in silence: another file would be read than was sent.
        return base64.b64decode(packed, validate=True)
    except (binascii.Error, ValueError):
        raise InvalidRequest({"base64": gettext("This is not Base64.")}) from None


def _briefly(draft: SurveyDraft, role: str | None) -> Answer:
    return {
        "slug": draft.slug,
        "title": survey_title(draft.document, draft.slug, current_language()),
        "version": draft.revision,
        "opened_version": draft.opened_revision,
        "archived_at": draft.archived_at,
        "role": role,
    }


def _versioned(session: Session, draft: SurveyDraft, user: User, status: int = 200) -> Versioned:
    """A draft with its version, which is also in the header."""
    fixed = permanence_of(session, draft.survey).fixed_paths if draft.survey is not None else []
    told = _briefly(draft, drafts.role_in(session, draft, user)) | {
        "document": draft.document,
        "fixed": list(map(list, fixed)),
    }
    return told, status, {"ETag": f'"{draft.revision}"'}


def _plan(plan: draft_imports.ImportPlan, version: int) -> Answer:
    groups = {name: _changes(getattr(plan, name)) for name in ("added", "changed", "left", "taken_out")}
    return {
        "version": version,
        "digest": plan.digest,
        "read_as": plan.read_as,
        "whole": plan.is_whole,
        "changes_anything": plan.changes_anything,
        "themes": plan.themes,
        "to_mend": told_faults(plan.to_mend),
        **groups,
    }


def _changes(changes: Sequence[QuestionChange]) -> list[Answer]:
    return [vars(one) | {"changed": list(one.changed)} for one in changes]


blueprint.register_error_handler(drafts.InvalidDraft, draft_refused)
blueprint.register_error_handler(BankError, bank_refused)
blueprint.register_error_handler(draft_edits.StaleDraft, stale)
