"""The editor's page of second readers: links to give away, and what was said by them, beside each question too."""

from dataclasses import dataclass
from datetime import date

from flask import flash, redirect, request, url_for
from sqlalchemy.orm import Session

from ...errors import NotFound
from ...i18n.locale import gettext as _
from ...models import ReaderRemark, SurveyDraft
from ...notifications import transport
from ...services import drafts, second_readers
from ...services.draft_questions import keys_of
from ...store.engine import db
from ...store.transaction import transaction
from ..forms.whole_number import whole_number
from .editor import Page, blueprint
from .editor_pages import Told, Written, editor_page, signed_in, told_remarks, written


@dataclass(frozen=True)
class GivenLink:
    """One link: who answered by it, on how many of the questions there are now; `works` while it opens the draft."""

    number: int
    created_on: date
    names: list[str]
    said: int
    works: bool


@blueprint.get("/<slug>/readers")
def readers(slug: str) -> Page:
    """Every link, and everything that was said by them."""
    return _readers(written(slug))


@blueprint.post("/<slug>/readers")
def invite_reader(slug: str) -> Page:
    """Make a link for one reader. It is in this answer and nowhere else."""
    user = signed_in()

    def work(session: Session) -> str:
        draft = drafts.to_write(session, slug, user)
        drafts.require_owner(session, draft, user)
        return second_readers.make_link(session, draft)

    try:
        token = transaction(work)
    except drafts.InvalidDraft as refused:
        flash(str(refused.sentence), "warning")
        return redirect(url_for(".readers", slug=slug), 303)
    return _readers(written(slug), transport.public_address(url_for("reader.overview", token=token)))


@blueprint.post("/<slug>/readers/revoke")
def revoke_reader(slug: str) -> Page:
    """Let one link open nothing any more."""
    user, number = signed_in(), _number()

    def work(session: Session) -> None:
        draft = drafts.to_write(session, slug, user)
        drafts.require_owner(session, draft, user)
        second_readers.revoke_reader_link(session, draft, number)

    try:
        transaction(work)
        flash(_("The link opens nothing any more. What was said by it is kept."))
    except drafts.InvalidDraft as refused:
        flash(str(refused.sentence), "warning")
    return redirect(url_for(".readers", slug=slug), 303)


@blueprint.post("/<slug>/readers/settle")
def settle_remark(slug: str) -> Page:
    """Mark a remark as settled, or let it wait again."""
    user, number, again = signed_in(), _number(), "again" in request.form

    def work(session: Session) -> tuple[SurveyDraft, str]:
        draft = drafts.to_write(session, slug, user)
        return draft, second_readers.settle_remark(session, draft, user, number, again=again)

    draft, key = transaction(work)
    flash(_("It waits again.") if again else _("Settled. It stays here with the words it was said of."))
    if key in keys_of(draft.document, "question"):
        return redirect(url_for(".thing", slug=slug, noun="question", key=key, _anchor="readers"), 303)
    return redirect(url_for(".readers", slug=slug), 303)


def _number() -> int:
    number = whole_number(request.form.get("number"))
    if number is None:
        raise NotFound()
    return number


def _readers(page: Written, link: str = "") -> str:
    links = second_readers.links_of(db.session, page.draft)
    remarks = [one for given in links for one in given.remarks]
    asked = keys_of(page.draft.document, "question")
    return editor_page(
        "readers",
        page,
        "check",
        links=[
            GivenLink(
                given.id,
                given.created_at.date(),
                list(dict.fromkeys(one.name for one in given.remarks)),
                len({one.question_key for one in given.remarks} & set(asked)),
                second_readers.works(db.session, given),
            )
            for given in links
        ],
        asked=len(asked),
        by_question=_by_question(page, remarks),
        link=link,
    )


def _by_question(page: Written, remarks: list[ReaderRemark]) -> list[tuple[str, list[Told]]]:
    """Key of a question, in the order of the draft, and what was said of it; those taken out come last."""
    order = keys_of(page.draft.document, "question")
    keys = dict.fromkeys([*order, *(one.question_key for one in remarks)])
    said = {key: [one for one in remarks if one.question_key == key] for key in keys}
    return [(key, told_remarks(page, own)) for key, own in said.items() if own]
