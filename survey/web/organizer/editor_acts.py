"""Acts of the editor, a button each: add, move, duplicate, take out, take back, let others write, open, put away."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from ...errors import BankError, InvalidAnswer, NotFound
from ...i18n.locale import current_language
from ...i18n.locale import gettext as _
from ...models import BACKGROUND_KINDS, KIND_NAMES, RELATION_KINDS, SurveyDraft, User
from ...notifications import transport
from ...presenters.draft_words import survey_title
from ...security.authentication import write_to
from ...services import draft_edits, draft_questions, draft_scenarios, drafts
from ...store.transaction import transaction
from ..forms.whole_number import whole_number
from .editor import Page, blueprint
from .editor_pages import THINGS, signed_in

Act = Callable[[Session, SurveyDraft, User], str]
#: Pages to which an act leads back; from every other it leads to the questions.
STEPS = ("purpose", "people", "check", "scenarios")
#: The kinds there are of each thing that has one.
KINDS = {"question": KIND_NAMES, "relation": RELATION_KINDS, "background": BACKGROUND_KINDS}


def act_on(slug: str, act: Act, back: str = "") -> Response:
    """Do one thing to a draft, and go where its result, an address, says; what was refused is told where one was."""
    user = signed_in()
    try:
        return redirect(
            transaction(lambda session: act(session, drafts.to_write(session, slug, user), user)), 303
        )
    except InvalidAnswer as refused:
        flash(str(refused.sentence), "warning")
    return redirect(back or _where_from(slug), 303)


def _where_from(slug: str) -> str:
    step = request.form.get("step", "")
    return url_for(f"editor.{step if step in STEPS else 'questions'}", slug=slug)


def _noun() -> str:
    noun = request.form.get("noun", "")
    if noun not in THINGS:
        raise NotFound()
    return noun


def _list_of(noun: str) -> str:
    """The page on which all things of a noun are listed."""
    return "editor.scenarios" if noun == "scenario" else "editor.questions"


def _sent(name: str) -> str:
    return request.form.get(name, "").strip()


def place_of(text: str) -> int:
    """The place in an order that somebody typed, from 1.

    :raise InvalidDraft: for what is none.
    """
    place = whole_number(text)
    if place is None:
        raise drafts.InvalidDraft({"place": _("Type the number at which it is to stand. Nothing was moved.")})
    return place


@blueprint.post("/<slug>/add")
def add(slug: str) -> Page:
    """Add a theme, a question, a relation, a scenario tree or a question about the person; its page is next."""
    noun, kind, title = _noun(), _sent("kind"), _sent("title")
    if noun in KINDS and kind not in KINDS[noun]:
        raise NotFound()

    def work(session: Session, draft: SurveyDraft, user: User) -> str:
        languages = draft_questions.languages_of(draft.document)
        titles = {languages[0]: title} if languages and title else {}
        if noun == "theme":
            key = draft_questions.add_theme(session, draft, user, titles)
        elif noun == "scenario":
            key = draft_scenarios.add_scenario(session, draft, user, titles)
        elif noun == "question":
            key = draft_questions.add_question(session, draft, user, _sent("theme"), kind, titles)
        else:
            key = draft_questions.add_thing(session, draft, user, noun, kind, titles)
        return url_for("editor.thing", slug=draft.slug, noun=noun, key=key)

    return act_on(slug, work)


@blueprint.post("/<slug>/move")
def move(slug: str) -> Page:
    """Move a question, theme or scenario tree to a number of the order."""
    noun, key = _noun(), _sent("key")

    def work(session: Session, draft: SurveyDraft, user: User) -> str:
        draft_questions.move(session, draft, user, noun, key, place_of(_sent("place")))
        return url_for(_list_of(noun), slug=draft.slug, _anchor=f"{noun}/{key}")

    return act_on(slug, work)


@blueprint.post("/<slug>/duplicate")
def duplicate(slug: str) -> Page:
    """Add a copy of a question behind it."""

    def work(session: Session, draft: SurveyDraft, user: User) -> str:
        key = draft_questions.duplicate_question(session, draft, user, _sent("key"))
        return url_for("editor.thing", slug=draft.slug, noun="question", key=key)

    return act_on(slug, work)


@blueprint.post("/<slug>/take-out")
def take_out(slug: str) -> Page:
    """Take out a question, theme, relation, scenario tree or question about the person; it can be taken back."""
    noun = _noun()

    def work(session: Session, draft: SurveyDraft, user: User) -> str:
        draft_questions.take_out(session, draft, user, noun, _sent("key"))
        flash(_("Taken out. “Undo my last change” brings it back."))
        return url_for(_list_of(noun), slug=draft.slug)

    return act_on(slug, work)


@blueprint.post("/<slug>/undo")
def undo(slug: str) -> Page:
    """Take back one's own last change, or make it again."""
    again = "again" in request.form

    def work(session: Session, draft: SurveyDraft, user: User) -> str:
        (draft_edits.redo if again else draft_edits.undo)(session, draft, user)
        flash(_("Your change was redone.") if again else _("Your last change was undone."))
        return _where_from(draft.slug)

    return act_on(slug, work)


@blueprint.post("/<slug>/share")
def share(slug: str) -> Page:
    """Let whoever has an address write too, with or without an account: the answer is the same for both."""
    let_in: list[tuple[str, str]] = []

    def work(session: Session, draft: SurveyDraft, user: User) -> str:
        drafts.require_owner(session, draft, user)
        address = drafts.share(session, draft, _sent("email")).user.email
        let_in[:] = [(address, survey_title(draft.document, draft.slug, current_language()))]
        return url_for("editor.people", slug=draft.slug)

    answer = act_on(slug, work)
    # Once it is stored: what was refused is told to nobody, and what is tried again is told once.
    for address, title in let_in:
        _tell_writer(address, title)
        flash(
            _("%(address)s writes it too from now on, and is told by email how to sign in.", address=address)
        )
    return answer


def _tell_writer(address: str, title: str) -> None:
    link = transport.public_address(url_for("account.ask_for_link"))
    text = render_template("notifications/writer.txt", title=title, link=link)
    write_to(address, _("You write a survey with others"), text)


@blueprint.post("/<slug>/open")
def open_survey(slug: str) -> Page:
    """Open the survey; of one that is open, publish what was changed."""
    user = signed_in()

    def work(session: Session) -> tuple[str, bool, bool]:
        draft = drafts.to_write(session, slug, user)
        first = draft.survey_id is None
        if first:
            drafts.require_owner(session, draft, user)
        survey = drafts.open_draft(session, draft, user)
        return survey.slug, survey.visibility != "invited", first

    try:
        now_at, by_address, first = transaction(work)
    except (BankError, drafts.InvalidDraft) as refused:
        told = refused.faults if isinstance(refused, BankError) else [str(refused.sentence)]
        # The checklist, to which this leads, has all of them.
        for sentence in told[:5]:
            flash(sentence, "warning")
        flash(_("Nothing was opened or published: this has to be corrected first."), "warning")
        return redirect(url_for("editor.check", slug=slug), 303)
    flash(
        _opened(now_at, by_address=by_address)
        if first
        else _("Published. People who have answered see which words have changed.")
    )
    return redirect(url_for("organizer.overview", slug=now_at), 303)


def _opened(slug: str, *, by_address: bool) -> str:
    """That a survey is open, and how people get in: by its address where that opens to them, else by invitation."""
    if not by_address:
        return _("The survey is open to those you invite; to anybody else its address opens nothing.")
    address = transport.public_address(url_for("public.survey_front", slug=slug))
    return _("The survey is open. Send people its address: %(address)s", address=address)


@blueprint.post("/<slug>/archive")
def archive(slug: str) -> Page:
    """Put a draft away, or bring it back."""
    back = "back" in request.form

    def work(session: Session, draft: SurveyDraft, _user: User) -> str:
        drafts.archive(session, draft, away=not back)
        flash(_("Brought back.") if back else _("Put away. Bring it back at any time."))
        return url_for("editor.check", slug=draft.slug)

    return act_on(slug, work)


@blueprint.post("/<slug>/delete")
def delete(slug: str) -> Page:
    """Delete a draft with everything in it, where its address was typed to confirm it."""

    def work(session: Session, draft: SurveyDraft, user: User) -> str:
        drafts.require_owner(session, draft, user)
        if _sent("confirm") != draft.slug:
            raise drafts.InvalidDraft({"confirm": _("Type its address to delete it. Nothing was deleted.")})
        drafts.delete(session, draft)
        flash(_("Deleted."))
        return url_for("editor.begin")

    return act_on(slug, work)
