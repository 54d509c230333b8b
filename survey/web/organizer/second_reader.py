"""Pages of a second reader: a draft as participants will see it, by a link, and a box for what is unclear.

Nothing is here of the checklist, nor of what others said: who reads is to see the words alone.
"""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from markupsafe import Markup
from sqlalchemy.exc import InterfaceError, OperationalError
from werkzeug.wrappers import Response

from ...bank.paths import value_at
from ...errors import NotFound
from ...i18n.locale import LANGUAGES, current_language, speaking
from ...i18n.locale import gettext as _
from ...models import ReaderLink, ReaderRemark
from ...presenters import draft_words
from ...security.limits import remarks, token_guesses
from ...services import second_readers
from ...services.draft_questions import keys_of
from ...store.engine import db
from ...store.transaction import transaction
from ..forms.forecast import as_sent
from ..participant.enrollment import keep_the_body, store_is_away
from .editor_pages import Written, as_written
from .editor_preview import preview_of

blueprint = Blueprint("reader", __name__, url_prefix="/read")
blueprint.url_value_preprocessor(keep_the_body)
for away in (InterfaceError, OperationalError):
    blueprint.register_error_handler(away, store_is_away)

Page = str | Response | tuple[str, int]


@blueprint.after_request
def keep_nowhere(response: Response) -> Response:
    """A page with a token in its address stays in no cache."""
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/<token>")
@token_guesses
def overview(token: str) -> Page:
    """What is read, and every question with what this reader said of it."""
    link, page, language = _read(token)
    said = _said(link)
    document = page.draft.document
    themes = [
        (
            draft_words.title_of(document, "theme", theme, language),
            [(key, _title(page, key, language), said.get(key)) for key in keys],
        )
        for theme, keys in _themes(page)
    ]
    return _page(
        "overview", page, token, language,
        about=value_at(document, ("words", language, "survey")) or {},
        themes=themes,
        following=_following(page, said, ""),
    )  # fmt: skip


@blueprint.get("/<token>/<key>")
@token_guesses
def question(token: str, key: str) -> Page:
    """One question as participants will see it, and the box."""
    link, page, language = _read(token)
    return _question(link, page, token, key, language)


@blueprint.post("/<token>/<key>")
@token_guesses
@remarks
def send(token: str, key: str) -> Page:
    """Keep what is said, and go on to the next question; a refused form comes back with everything in it."""
    sent = {name: as_sent(name, request.form.get(name, "")) for name in ("name", "text")}
    clear = "clear" in request.form
    link, page, language = _read(token)
    try:
        transaction(
            lambda session: second_readers.remark(
                session, token, key, name=sent["name"], text=sent["text"], language=language, clear=clear
            )
        )
    except second_readers.InvalidRemark as refused:
        typed = {name: request.form.get(name, "") for name in sent}
        return _question(link, page, token, key, language, typed, refused.errors), 422
    flash(_("Kept. You can add to it at any time."))
    link = second_readers.find_reader_link(db.session, token)
    following = _following(page, _said(link), key)
    if following:
        return redirect(url_for(".question", token=token, key=following), 303)
    return redirect(url_for(".overview", token=token), 303)


def _read(token: str) -> tuple[ReaderLink, Written, str]:
    """The link, the draft, and the language it is read in: the reader's, else the draft's first."""
    link = second_readers.find_reader_link(db.session, token)
    page = as_written(link.draft)
    own = current_language()
    return link, page, own if own in page.languages or not page.languages else page.languages[0]


def _question(
    link: ReaderLink,
    page: Written,
    token: str,
    key: str,
    language: str,
    typed: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
) -> str:
    order = keys_of(page.draft.document, "question")
    if key not in order:
        raise NotFound()
    place = order.index(key)
    own = [one for one in link.remarks if one.question_key == key]
    return _page(
        "question", page, token, language,
        key=key,
        title=_title(page, key, language),
        words=second_readers.words_of(page.draft.document, key, language),
        shown=_shown(page, key, language),
        own=own[::-1],
        typed=typed or {"name": link.remarks[-1].name if link.remarks else "", "text": ""},
        errors=errors or {},
        before=order[place - 1] if place else "",
        after=order[place + 1] if place + 1 < len(order) else "",
        place=place + 1,
        total=len(order),
    )  # fmt: skip


def _page(template: str, page: Written, token: str, language: str, **values: Any) -> str:
    return render_template(
        f"organizer/reader/{template}.html",
        page=page,
        token=token,
        code=language,
        navigation=[],
        languages=list(LANGUAGES.items()),
        **values,
    )


def _shown(page: Written, key: str, language: str) -> Markup | None:
    """The question in its participants' words and components; None where too little of it is written."""
    with speaking(language):
        seen = preview_of(page.reading.bank, key, language)
        if seen is None:
            return None
        return Markup(render_template("organizer/editor/_preview.html", **vars(seen), code=language))


def _title(page: Written, key: str, language: str) -> str:
    return draft_words.title_of(page.draft.document, "question", key, language)


def _themes(page: Written) -> list[tuple[str, list[str]]]:
    """Themes with the keys of their questions, in order; questions of none are at the end under no title."""
    document = page.draft.document
    theme_of = {
        key: value_at(document, ("structure", "question", key, "theme"))
        for key in keys_of(document, "question")
    }
    themes = keys_of(document, "theme")
    found = [(theme, [key for key, own in theme_of.items() if own == theme]) for theme in themes]
    homeless = [key for key, own in theme_of.items() if own not in themes]
    return [one for one in (*found, ("", homeless)) if one[1]]


def _said(link: ReaderLink) -> dict[str, ReaderRemark]:
    """Key of a question to what this reader said of it last."""
    return {one.question_key: one for one in link.remarks}


def _following(page: Written, said: dict[str, ReaderRemark], key: str) -> str:
    """The next question of which nothing was said, from one on and around; empty where there is none."""
    order = keys_of(page.draft.document, "question")
    place = order.index(key) + 1 if key in order else 0
    return next((one for one in (*order[place:], *order[:place]) if one not in said), "")
