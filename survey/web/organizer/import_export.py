"""Questions and whole surveys in and out as files: looked at first, imported then; exports and templates."""

import base64
import binascii
import zlib
from dataclasses import dataclass

from flask import Response, flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from ...bank.interchange import FORMATS, MEDIA_TYPES, MOST_BYTES, format_of, write_file
from ...bank.tables import Fault
from ...bank.template import template_document
from ...errors import BankError, NotFound
from ...i18n.delimited import decoded
from ...i18n.locale import gettext as _
from ...i18n.locale import ngettext
from ...i18n.normalization import Unreadable, clean_text
from ...services import drafts
from ...services.draft_imports import ImportMoved, ImportPlan, import_file, plan_import
from ...store.transaction import transaction
from ..forms.whole_number import whole_number
from .dashboard import blueprint
from .editor_pages import editor_page, signed_in, written

Page = str | AnyResponse | tuple[str, int]

#: Letters that a form field may have on its way back; a file that is larger once it is packed goes by the command.
LARGEST_KEPT = 450_000
TEMPLATES = ("csv", "xlsx", "toml")
_FORMAT = f"<any({','.join(FORMATS)}):format_>"


@dataclass(frozen=True)
class Sent:
    """A file as it came, with its format; `kept` is what a form carries from the dry run to the import."""

    given: bytes
    format_: str

    @property
    def kept(self) -> str:
        """The bytes, packed into letters."""
        return base64.b64encode(zlib.compress(self.given, 9)).decode("ascii")


@blueprint.get("/import")
def import_questions(slug: str) -> Page:
    """The form for a file of questions, templates of it, and the survey itself as a file."""
    return _form(slug)


@blueprint.post("/import")
def look_at_import(slug: str) -> Page:
    """What a file would add, change and leave, or everything for which it is refused. Nothing is stored."""
    page = written(slug)
    upload = _upload()
    try:
        sent = _sent(upload)
        return _plan_page(slug, sent, plan_import(page.draft.document, sent.given, sent.format_))
    except BankError as refused:
        return _form(slug, refused, upload.shown), 422


@blueprint.post("/import/commit")
def commit_import(slug: str) -> Page:
    """Import the bytes that were looked at, as one change."""
    user = signed_in()
    written(slug)
    try:
        sent = _kept()
        revision = whole_number(request.form.get("revision"))

        def work(session: Session) -> ImportPlan:
            draft = drafts.to_write(session, slug, user)
            return import_file(
                session,
                draft,
                user,
                sent.given,
                sent.format_,
                looked_at=request.form.get("digest", ""),
                revision=-1 if revision is None else revision,
            )

        plan = transaction(work)
    except BankError as refused:
        return _form(slug, refused), 422
    except ImportMoved as moved:
        flash(moved.sentence, "warning")
        plan = plan_import(written(slug).draft.document, sent.given, sent.format_)
        return _plan_page(slug, sent, plan), 409
    number = len(plan.added) + len(plan.changed)
    flash(
        ngettext(
            "Imported: %(num)s question was added or changed. “Undo my last change” undoes it.",
            "Imported: %(num)s questions were added or changed. “Undo my last change” undoes it.",
            number,
        )
    )
    return redirect(url_for("editor.questions", slug=slug), 303)


@blueprint.get(f"/export.{_FORMAT}")
def export_survey(slug: str, format_: str) -> Page:
    """What is written, as a file: whole, as CSV its questions alone."""
    return _file(f"{slug}.{format_}", write_file(written(slug).draft.document, format_), format_)


@blueprint.get(f"/import/template.{_FORMAT}")
def import_template(slug: str, format_: str) -> Page:
    """A file with one example of every kind of question, to write one's own over."""
    languages = written(slug).languages
    if format_ not in TEMPLATES:
        raise NotFound()
    template = template_document(*languages[:1])
    return _file(f"template.{format_}", write_file(template, format_), format_)


def _file(name: str, content: bytes, format_: str) -> Response:
    response = Response(content, mimetype=MEDIA_TYPES[format_])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


@dataclass(frozen=True)
class Upload:
    """What the form was sent with: the bytes of a file with its name (empty where there is none), and pasted text."""

    given: bytes
    name: str
    pasted: str

    @property
    def shown(self) -> str:
        """The text, to be mended in the box where it was refused: a browser does not send a file again by itself."""
        if self.pasted or len(self.given) > LARGEST_KEPT:
            return self.pasted
        try:
            return clean_text(decoded(self.given)[1], LARGEST_KEPT)
        except Unreadable:
            return ""


def _upload() -> Upload:
    file, pasted = request.files.get("questions_file"), request.form.get("pasted", "")
    if file is None or not file.filename:
        return Upload(b"", "", pasted)
    try:
        return Upload(file.read(MOST_BYTES + 1), file.filename, pasted)
    finally:
        file.close()


def _sent(upload: Upload) -> Sent:
    """The file that was sent, or the text that was pasted.

    :raise BankError: where there are both, or it is too large for a form to bring back.
    """
    if upload.name and upload.pasted.strip():
        raise BankError([Fault("", "", _("Give it once: as a file, or pasted."))])
    given = upload.given if upload.name else upload.pasted.encode("utf-8", "surrogatepass")
    sent = Sent(given, format_of(upload.name, given))
    if len(sent.kept) > LARGEST_KEPT:
        sentence = _(
            "This file is too large for the page. The people who run the site can import it: parley "
            "survey import."
        )
        raise BankError([Fault("", "", sentence)])
    return sent


def _kept() -> Sent:
    """The bytes of the dry run, as its form brings them back."""
    try:
        unpacking = zlib.decompressobj()
        packed = base64.b64decode(request.form.get("kept", ""), validate=True)
        given = unpacking.decompress(packed, MOST_BYTES + 1)
        return Sent(given, format_of(f".{request.form.get('format', '')}"))
    except (binascii.Error, ValueError, zlib.error):
        raise BankError(
            [Fault("", "", _("This is not the file that was checked. Choose it again."))]
        ) from None


def _form(slug: str, refused: BankError | None = None, pasted: str = "") -> str:
    return editor_page(
        "import",
        written(slug),
        "questions",
        faults=[fault for fault in refused.found if isinstance(fault, Fault)] if refused else [],
        pasted=pasted,
        formats=FORMATS,
        templates=TEMPLATES,
    )


def _plan_page(slug: str, sent: Sent, plan: ImportPlan) -> str:
    return editor_page("import_plan", written(slug), "questions", plan=plan, sent=sent)
