"""What every page of the editor has: the draft, who reads it, the way through its four steps, and its checklist."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app, render_template, request, url_for
from flask_security import current_user

from ...bank import labels
from ...bank.document import Reading, obstacles, read
from ...bank.paths import KeyPath
from ...bank.permanence import Permanence, permanence_of
from ...bank.tables import Fault
from ...errors import NotFound
from ...i18n.locale import LANGUAGES, current_language
from ...i18n.locale import gettext as _
from ...models import ReaderRemark, SurveyDraft, User
from ...presenters import draft_words
from ...services import draft_edits, draft_questions, drafts
from ...services.draft_edits import RefusedEdit
from ...services.enrollment import role_of
from ...services.second_readers import in_turn, words_of
from ...store.engine import db
from .editor_fields import EditForm
from .layout import navigation

#: Pages that are about one thing with a key: the noun and its endpoint are the same for all.
THINGS = ("question", "theme", "relation", "background", "scenario")


@dataclass(frozen=True)
class Written:
    """A draft as a page of the editor shows it."""

    draft: SurveyDraft
    reading: Reading
    languages: list[str]
    faults: tuple[Fault, ...]
    missing: list[draft_words.Missing]

    @property
    def title(self) -> str:
        """What it is called, in the reader's language where it is."""
        return draft_words.survey_title(self.draft.document, self.draft.slug, current_language())

    def form(self, refused: Mapping[KeyPath, RefusedEdit] | None = None) -> EditForm:
        """What the fields of a page are made from."""
        is_open = self.draft.survey_id is not None
        return EditForm(self.draft.document, self.reading, refused or {}, self.permanence(), is_open)

    def permanence(self) -> Permanence:
        """What cannot change any more, since people have joined or answered."""
        survey = self.draft.survey
        return permanence_of(db.session, survey) if survey is not None else Permanence()


@dataclass(frozen=True)
class Told:
    """What a reader said, for a writer: `changed` where the words it was said of are others now, or gone."""

    remark: ReaderRemark
    title: str
    changed: bool


def told_remarks(page: Written, remarks: Sequence[ReaderRemark]) -> list[Told]:
    """What readers said, what waits first."""
    return [
        Told(
            one,
            str(one.words.get("title") or one.words.get("short") or one.question_key),
            one.words != words_of(page.draft.document, one.question_key, one.language),
        )
        for one in in_turn(remarks)
    ]


def signed_in() -> User:
    """Who is signed in.

    :raise NotFound: for nobody: what there is to write is nobody's business.
    """
    if not current_user.is_authenticated:
        raise NotFound()
    user: User = current_user._get_current_object()
    return user


def may_begin(user: User) -> bool:
    """Whether a user may begin a survey on this site."""
    return drafts.may_begin(db.session, user, current_app.config["PARLEY"])


def written(slug: str) -> Written:
    """The draft of an address, read for a page.

    :raise NotFound: for everybody who does not write it.
    """
    return as_written(drafts.find(db.session, slug, signed_in()))


def as_written(draft: SurveyDraft) -> Written:
    """A draft with all its faults."""
    reading = read(draft.document)
    languages = [code for code in draft_questions.languages_of(draft.document) if code]
    faults = obstacles(reading)
    told = draft_words.missing(draft.document, faults, current_language())
    return Written(draft, reading, languages, faults, told)


def editor_page(template: str, page: Written, step: str, **values: Any) -> str:
    """A page of the editor."""
    draft = page.draft
    return render_template(
        f"organizer/editor/{template}.html",
        draft=draft,
        page=page,
        step=step,
        steps=_steps(draft.slug),
        last_change=draft_edits.last_change(db.session, draft),
        navigation=_navigation(draft),
        languages=list(LANGUAGES.items()),
        names=LANGUAGES,
        place_of=lambda one: address_of(draft.slug, one),
        kind_in_words=labels.kind_in_words,
        **values,
    )


def _steps(slug: str) -> list[tuple[str, str, str]]:
    """Name, words and address of each step."""
    return [
        (name, words, url_for(f"editor.{name}", slug=slug))
        for name, words in (
            ("purpose", _("Purpose and consent")),
            ("questions", _("Questions")),
            ("people", _("People and rounds")),
            ("check", _("Check and open")),
        )
    ]


def _navigation(draft: SurveyDraft) -> list[tuple[str, str, bool, bool]]:
    if draft.survey is not None:
        # Files come in and go out at an address of the survey; these pages are the editor's all the same.
        role = role_of(db.session, draft.survey, signed_in().id) or ""
        return navigation(draft.survey, role, "editor")
    return [(_("Editor"), url_for("editor.questions", slug=draft.slug), True, True), *between_surveys()]


def between_surveys() -> list[tuple[str, str, bool, bool]]:
    """The way to what one writes, and to every survey one has to do with: `navigation` outside of any."""
    begin = "editor.begin"
    return [
        (_("Write a survey"), url_for(begin), request.endpoint == begin, True),
        (_("Your surveys"), url_for("account.surveys"), False, False),
    ]


def address_of(slug: str, one: draft_words.Missing) -> str:
    """The page on which something is mended, at its field."""
    # An event has one field, whatever of it is wrong.
    of_event = one.path[:2] == ("structure", "scenario")
    anchor = "/".join(one.path[: 5 if one.path[3:4] == ("also",) else 6] if of_event else one.path)
    if one.noun in THINGS and one.key:
        return url_for("editor.thing", slug=slug, noun=one.noun, key=one.key, _anchor=anchor)
    if one.path[:2] == ("structure", "round") or (
        one.path[:2] == ("structure", "survey") and len(one.path) > 2
    ):
        step = "purpose" if one.path[-1] in ("languages", "slug") else "people"
        return url_for(f"editor.{step}", slug=slug, _anchor=anchor)
    if one.path[0] == "words" and one.path[2:3] == ("preregistration",):
        return url_for("editor.check", slug=slug, _anchor=anchor)
    of_survey = one.path[0] == "words" and one.path[2:3] in (("survey",), ("consent",), ("organizer",))
    step = "purpose" if of_survey else "questions"
    return url_for(f"editor.{step}", slug=slug, _anchor=anchor)


def wants_script() -> bool:
    """Whether it is the page's own script that asks, and wants to know what became of each field."""
    # Browsers name HTML first; the script names JSON alone.
    return request.accept_mimetypes.best == "application/json"
