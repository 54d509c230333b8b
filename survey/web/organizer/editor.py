"""The editor: surveys written in the browser. Pages over one document, field by field; forms post to their page."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask_security import current_user
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from ...bank import labels
from ...bank.document import advice_on
from ...bank.paths import ORDER, KeyPath, value_at
from ...bank.permanence import OPENED
from ...bank.reading import available_banks
from ...bank.standard import SHOULD
from ...errors import NotFound
from ...i18n.locale import LANGUAGES, current_language, speaking
from ...i18n.locale import gettext as _
from ...models import BACKGROUND_KINDS, KIND_NAMES, RELATION_KINDS, Question
from ...presenters import draft_words
from ...presenters.version_changes import AgainstVersion, against_version
from ...services import draft_edits, drafts
from ...services.draft_edits import RefusedEdit, Saved
from ...services.draft_kinds import with_what_goes
from ...services.draft_questions import published_question
from ...services.second_readers import remarks_on
from ...store.engine import db
from ...store.transaction import transaction
from ..forms.whole_number import whole_number
from .editor_fields import as_typed, edits_of
from .editor_forms import (
    base_rate_fields,
    note_words,
    people_fields,
    preregistration_fields,
    purpose_fields,
    thing_facts,
    thing_words,
)
from .editor_pages import (
    THINGS,
    Written,
    address_of,
    as_written,
    between_surveys,
    editor_page,
    may_begin,
    signed_in,
    told_remarks,
    wants_script,
    written,
)
from .editor_preview import preview_of
from .editor_trees import scenario_values

blueprint = Blueprint("editor", __name__, url_prefix="/write")

Page = str | Response | tuple[str, int]
Refusals = dict[KeyPath, RefusedEdit]
#: A page of the editor, with what was refused of the form that was sent to it.
Show = Callable[[Written, Refusals], str]

_NOUN = f"<any({','.join(THINGS)}):noun>"


@blueprint.get("")
def begin() -> Page:
    """What one writes, and the form for another survey."""
    if not current_user.is_authenticated:
        return redirect(url_for("security.login", next=url_for(".begin")))
    return _begin_page({}, {})


@blueprint.post("")
def start() -> Page:
    """Begin a survey: blank, or as a copy of a bank, of a survey one runs, or of one that is written."""
    user = signed_in()
    if not may_begin(user):
        raise NotFound()
    sent = {name: request.form.get(name, "").strip() for name in ("title", "slug", "language", "source")}
    if sent["language"] not in LANGUAGES:
        sent["language"] = current_language()

    def work(session: Session) -> str:
        return drafts.start(session, user, sent["slug"], _source(session, sent)).slug

    try:
        slug = transaction(work)
    except drafts.InvalidDraft as refused:
        return _begin_page(sent, refused.errors), 422
    flash(_("Begun. Nobody but its writers sees it until you open it."))
    return redirect(url_for(".questions", slug=slug), 303)


def _source(session: Session, sent: dict[str, str]) -> dict[str, Any]:
    """The document to begin with: blank, or `bank:NAME`, or `survey:SLUG` of a draft or survey one writes."""
    kind, _colon, name = sent["source"].partition(":")
    named = {kind: name} if kind in ("bank", "survey") else {}
    return drafts.source_of(session, signed_in(), title=sent["title"], language=sent["language"], **named)


def _begin_page(sent: dict[str, str], errors: dict[str, str]) -> str:
    user = signed_in()
    rows = [as_written(draft) for draft in drafts.drafts_of(db.session, user)]
    sources = [("", _("a blank page"))]
    sources += [(f"survey:{row.draft.slug}", _("a copy of “%(title)s”", title=row.title)) for row in rows]
    sources += [
        (f"bank:{name}", _("a copy of the question bank “%(name)s”", name=name)) for name in available_banks()
    ]
    return render_template(
        "organizer/editor/begin.html",
        navigation=between_surveys(),
        languages=list(LANGUAGES.items()),
        rows=rows,
        sources=sources,
        may_begin=may_begin(user),
        sent={"language": current_language(), **sent},
        errors=errors,
    )


@blueprint.get("/<slug>/")
def purpose(slug: str) -> Page:
    """The first step: what the survey is for, who runs it, what people agree to, in which languages."""
    return _purpose(written(slug), {})


@blueprint.post("/<slug>/")
def save_purpose(slug: str) -> Page:
    """Save what was changed of it."""
    return _save(slug, _purpose, "editor.purpose")


def _purpose(page: Written, refused: Refusals) -> str:
    form = page.form(refused)
    return editor_page("purpose", page, "purpose", **purpose_fields(form, page.languages))


@blueprint.get("/<slug>/people")
def people(slug: str) -> Page:
    """The third step: from when to when, who may take part, what they see of each other, in which rounds."""
    return _people(written(slug), {})


@blueprint.post("/<slug>/people")
def save_people(slug: str) -> Page:
    """Save what was changed of it."""
    return _save(slug, _people, "editor.people")


def _people(page: Written, refused: Refusals) -> str:
    return editor_page("people", page, "people", fields=people_fields(page.form(refused)))


@blueprint.get("/<slug>/questions")
def questions(slug: str) -> Page:
    """The second step: all questions by theme, how far each is, and what is missing before opening."""
    page = written(slug)
    themes = [(theme, _rows(page, theme)) for theme in page.reading.bank.themes]
    homeless = [row for row in _rows(page, "") if row["theme"] not in page.reading.bank.themes]
    return editor_page(
        "questions",
        page,
        "questions",
        themes=themes,
        homeless=homeless,
        title_of=lambda noun, key: draft_words.title_of(page.draft.document, noun, key, current_language()),
        kinds=[(kind, labels.kind_in_words(kind)) for kind in KIND_NAMES],
        relation_kinds=RELATION_KINDS,
        relation_in_words=labels.relation_in_words,
        background_kinds=BACKGROUND_KINDS,
        about_in_words=draft_words.about_in_words,
    )


def _rows(page: Written, theme: str) -> list[dict[str, Any]]:
    """A row for each question of a theme, or of none: its number, title, kind, last day, relations, state."""
    bank = page.reading.bank
    rows = []
    for number, asked in enumerate(bank.questions, start=1):
        if theme and asked.theme != theme:
            continue
        tied = sum(asked.key in {event.question for event in one.events} for one in bank.relations)
        rows.append(
            {
                "number": number,
                "key": asked.key,
                "theme": asked.theme,
                "kind": asked.kind,
                "options": len(asked.options),
                "last_day": draft_words.last_day(page.draft.document, asked.key),
                "relations": tied + (asked.given is not None),
                "state": draft_words.state_of(page.faults, asked.key, page.languages),
            }
        )
    return rows


@blueprint.get(f"/<slug>/{_NOUN}/<key>")
def thing(slug: str, noun: str, key: str) -> Page:
    """One question, theme, relation or question about the person: its words beside each other, its facts below."""
    return _thing(noun, key)(written(slug), {})


@blueprint.post(f"/<slug>/{_NOUN}/<key>")
def save_thing(slug: str, noun: str, key: str) -> Page:
    """Save what was changed of it."""
    return _save(slug, _thing(noun, key), "editor.thing", noun=noun, key=key)


def _thing(noun: str, key: str) -> Show:
    def show(page: Written, refused: Refusals) -> str:
        document = page.draft.document
        if not isinstance(value_at(document, ("structure", noun, key)), dict):
            raise NotFound()
        form = page.form(refused)
        order: list[str] = value_at(document, ("structure", noun, ORDER)) or []
        place = order.index(key)
        own = draft_words.of_thing(page.faults, noun, key)
        own_missing = [one for one in page.missing if one.path in {fault.path for fault in own}]
        if noun == "scenario":
            values = scenario_values(page, form, key)
            title = draft_words.title_of(document, noun, key, current_language())
            return editor_page(
                *("scenario", page, "questions"), key=key, title=title, own_missing=own_missing, **values
            )
        published = published_question(db.session, page.draft, key) if noun == "question" else None
        return editor_page(
            "thing",
            page,
            "questions",
            noun=noun,
            key=key,
            title=draft_words.title_of(document, noun, key, current_language()),
            stays=str(OPENED.beside) if noun == "question" and key in form.permanence.opened else "",
            theme=_theme_of(document, noun, key),
            words=thing_words(form, noun, key, page.languages) + note_words(form, page.languages, published),
            against=_against(page, published),
            facts=thing_facts(form, noun, key),
            base_rate=base_rate_fields(form, key) if noun == "question" else [],
            before=order[place - 1] if place else "",
            after=order[place + 1] if place + 1 < len(order) else "",
            title_of=lambda other: draft_words.title_of(document, noun, other, current_language()),
            own_missing=own_missing,
            previews=_previews(page, key) if noun == "question" else [],
            advice=_advice(page, key) if noun == "question" else [],
            told=told_remarks(page, remarks_on(db.session, page.draft, key)) if noun == "question" else [],
        )

    return show


def _against(page: Written, published: Question | None) -> AgainstVersion | None:
    """What publishing would change of a question that participants see; None of any other."""
    asked = (one for one in page.reading.bank.questions if published and one.key == published.key)
    found = next(asked, None)
    return against_version(page.reading.bank, found, published) if found and published else None


def _theme_of(document: dict[str, Any], noun: str, key: str) -> str:
    theme = value_at(document, ("structure", noun, key, "theme")) if noun == "question" else None
    return (
        draft_words.title_of(document, "theme", theme, current_language()) if isinstance(theme, str) else ""
    )


def _advice(page: Written, key: str) -> list[tuple[str, str, str, str]]:
    """What could be better in a question: language, field, words, sentence; what must be is on the checklist."""
    asked = (one for one in page.reading.bank.questions if one.key == key)
    return [
        (
            LANGUAGES.get(str(one.path[0]), str(one.path[0])),
            draft_words.label_of(("words", *map(str, one.path))),
            ", ".join(found.words for found in one.found),
            one.sentence,
        )
        for one in advice_on(page.draft.document, asked)
        if one.severity == SHOULD
    ]


def _previews(page: Written, key: str) -> list[tuple[str, Markup]]:
    """The question as participants see it, by language: their words, their components."""
    made = []
    for code in page.languages:
        # A survey may be written in a language that the site itself does not speak.
        with speaking(code):
            shown = preview_of(page.reading.bank, key, code)
            if shown is not None:
                html = render_template("organizer/editor/_preview.html", **vars(shown), code=code)
                made.append((code, Markup(html)))
    return made


def _save(slug: str, show: Show, endpoint: str, **address: str) -> Page:
    """Save the fields that were sent; where others' collide, the page comes back with both, the rest is saved."""
    user, base = signed_in(), _base()
    edits = edits_of(request.form.to_dict(flat=False))
    chosen = request.form.get("theirs", "")
    # Somebody has pressed that the other text is to stand: of one's own form all but that field is saved.
    edits = [(path, value) for path, value in edits if "/".join(path) != chosen]

    def work(session: Session) -> tuple[str, Saved]:
        draft = drafts.to_write(session, slug, user)
        wanted = with_what_goes(draft.document, edits)
        return draft.slug, draft_edits.save(session, draft, user, base, wanted)

    try:
        # Another address may have been chosen.
        now_at, saved = transaction(work)
    except drafts.InvalidDraft as refused:
        if wants_script():
            return jsonify(error=str(refused.sentence)), 422  # type: ignore[return-value]
        raise
    if wants_script():
        return _answer(now_at, saved)
    if saved.refused:
        page = written(now_at)
        refusals = {one.path: one for one in saved.refused}
        # Another's text is a conflict; what the rules refuse is not.
        return show(page, refusals), 409 if any(one.by for one in saved.refused) else 422
    flash(_("Saved.") if saved.saved else _("Nothing was changed."))
    return redirect(url_for(endpoint, **{"slug": now_at, **address}), 303)  # type: ignore[arg-type]


def _base() -> int:
    base = whole_number(request.form.get("base"))
    # What is no number is no revision of this survey, and nothing of the form is saved.
    return -1 if base is None else base


def _answer(slug: str, saved: Saved) -> Response:
    """What became of each field, for the page's script."""
    refused = [
        {
            "name": "/".join(one.path),
            "sentence": one.sentence,
            "theirs": as_typed(one.path, one.theirs),
            "by": one.by is not None,
        }
        for one in saved.refused
    ]
    return jsonify(revision=saved.revision, saved=["/".join(path) for path in saved.saved], refused=refused)


@blueprint.get("/<slug>/check")
def check(slug: str) -> Page:
    """The fourth step: everything that is missing, words that are frozen, and the button that opens the survey."""
    return _check(written(slug), {})


@blueprint.post("/<slug>/check")
def save_check(slug: str) -> Page:
    """Save what was changed of the words that are frozen when the survey opens."""
    return _save(slug, _check, "editor.check")


def _check(page: Written, refused: Refusals) -> str:
    return editor_page(
        "check",
        page,
        "check",
        places=[address_of(page.draft.slug, one) for one in page.missing],
        words=preregistration_fields(page.form(refused), page.languages),
    )
