"""The editor's page of a trial: begin one, give its link away, see how it goes, end it."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from sqlalchemy.orm import Session

from ...errors import BankError
from ...i18n.locale import current_language
from ...i18n.locale import gettext as _
from ...models import Pilot, SurveyDraft, User
from ...notifications import transport
from ...presenters.draft_changes import changes_between
from ...services import draft_edits, drafts, pilots
from ...store.engine import db
from ...store.health import truncate_wal
from ...store.transaction import transaction
from .editor import Page, blueprint
from .editor_pages import Written, editor_page, signed_in, written


@blueprint.get("/<slug>/trial")
def trial(slug: str) -> Page:
    """The trial of a draft: what it is for, its link, how it goes, what has changed since it was begun."""
    return _trial(written(slug))


@blueprint.post("/<slug>/trial")
def start_trial(slug: str) -> Page:
    """Begin a trial of the draft as it stands. Its link is in this answer and nowhere else."""
    return _with_link(slug, lambda session, draft: pilots.start_pilot(session, draft)[1])


@blueprint.post("/<slug>/trial/link")
def replace_trial_link(slug: str) -> Page:
    """Another link for the trial that runs, in this answer and nowhere else; the one before leads nowhere."""
    return _with_link(slug, pilots.replace_link)


@blueprint.post("/<slug>/trial/revoke")
def revoke_trial_link(slug: str) -> Page:
    """Let nobody else in."""
    if _done(slug, pilots.revoke_link):
        flash(_("The link opens nothing any more. People who have come can go on; nobody else comes in."))
    return redirect(url_for(".trial", slug=slug), 303)


@blueprint.post("/<slug>/trial/end")
def end_trial(slug: str) -> Page:
    """End the trial and erase it whole, where the box is ticked."""
    if "sure" not in request.form:
        return _trial(written(slug), unsure=True), 422
    if _done(slug, pilots.end_pilot):
        # What the database's log still holds of it.
        truncate_wal(db.session)
        flash(_("The trial was ended and erased with everything that was said in it."))
    return redirect(url_for(".trial", slug=slug), 303)


def _with_link(slug: str, act: Callable[[Session, SurveyDraft], str]) -> Page:
    token = _done(slug, act)
    if token is None:
        return redirect(url_for(".trial", slug=slug), 303)
    link = transport.public_address(url_for("pilot.open_pilot", token=token))
    return _trial(written(slug), link=link)


def _done(slug: str, act: Callable[[Session, SurveyDraft], Any]) -> Any:
    """What an owner's act on a draft gave, True for nothing; None where it was refused, which is told."""
    user: User = signed_in()

    def work(session: Session) -> Any:
        draft = drafts.to_write(session, slug, user)
        drafts.require_owner(session, draft, user)
        return act(session, draft) or True

    try:
        return transaction(work)
    except BankError:
        flash(_("Nothing was begun: first write what is missing."), "warning")
    except drafts.InvalidDraft as refused:
        flash(str(refused.sentence), "warning")
    return None


def _trial(page: Written, link: str = "", unsure: bool = False) -> str:
    last = pilots.last_pilot(db.session, page.draft)
    runs = last is not None and last.survey is not None
    return editor_page(
        "trial",
        page,
        "check",
        pilot=last,
        runs=runs,
        results=pilots.pilot_results(db.session, last.survey) if last and last.survey else None,
        changed=_changed_since(page, last) if last else [],
        link=link,
        unsure=unsure,
        language=current_language(),
    )


def _changed_since(page: Written, pilot: Pilot) -> list[str]:
    if pilot.revision == page.draft.revision:
        return []
    then = draft_edits.document_at(db.session, page.draft, pilot.revision)
    return changes_between(then, page.draft.document, current_language())
