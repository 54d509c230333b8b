"""Questions and themes of a draft as wholes: added, moved, duplicated, taken out. Each is one change."""

import copy
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..bank.document import Document, Json
from ..bank.keys import LEVELS, new_key
from ..bank.paths import ORDER, PARTS, Edit, KeyPath, value_at
from ..i18n.locale import gettext
from ..models import Question, SurveyDraft, User
from .draft_edits import Saved, save
from .drafts import InvalidDraft, locked


def keys_of(document: Document, noun: str) -> list[str]:
    """The keys of all themes, questions or other things of a document, in their order."""
    keys: list[str] = value_at(document, ("structure", noun, ORDER)) or []
    return keys


def languages_of(document: Document) -> list[str]:
    """The languages a document is written in, in their order."""
    codes = value_at(document, ("structure", "survey", "languages")) or []
    return [code for code in codes if isinstance(code, str)] if isinstance(codes, list) else []


def add_theme(session: Session, draft: SurveyDraft, user: User | None, titles: dict[str, str]) -> str:
    """Add a theme, after the others, with its title by language; its key."""
    draft = locked(session, draft)
    title = next(iter(titles.values()), "")
    key = new_key(title, keys_of(draft.document, "theme"), "theme")
    words = [
        (("words", code, "theme", key), {"title": titles.get(code)}) for code in languages_of(draft.document)
    ]
    save_or_refuse(session, draft, user, [(("structure", "theme", key), {"key": key}), *words], "add a theme")
    return key


def add_question(
    session: Session, draft: SurveyDraft, user: User | None, theme: str, kind: str, titles: dict[str, str]
) -> str:
    """Add a question of a kind to a theme, after the others, with its short title by language; its key."""
    draft = locked(session, draft)
    if theme not in keys_of(draft.document, "theme"):
        raise InvalidDraft({"theme": gettext("There is no such theme any more.")})
    title = next(iter(titles.values()), "")
    key = new_key(title, keys_of(draft.document, "question"), "question")
    facts: Document = {"key": key, "theme": theme, "kind": kind}
    if kind in ("numeric", "date"):
        facts |= {"scale": "linear", "quantile_levels": LEVELS}
    words = [
        (("words", code, "question", key), {"short": titles.get(code)})
        for code in languages_of(draft.document)
    ]
    save_or_refuse(session, draft, user, [(("structure", "question", key), facts), *words], "add a question")
    return key


def duplicate_question(session: Session, draft: SurveyDraft, user: User | None, key: str) -> str:
    """Add a copy of a question, with all its words, right behind it; the copy's key."""
    draft = locked(session, draft)
    document = draft.document
    facts = known_thing(document, "question", key)
    order = keys_of(document, "question")
    twin = new_key(key, order, "question")
    edits: list[Edit] = [(("structure", "question", twin), {**copy.deepcopy(facts), "key": twin})]
    for code in languages_of(document):
        words = value_at(document, ("words", code, "question", key))
        edits += [(("words", code, "question", twin), copy.deepcopy(words))] if words else []
    place = order.index(key) + 1
    edits.append((("structure", "question", ORDER), [*order[:place], twin, *order[place:]]))
    save_or_refuse(session, draft, user, edits, "duplicate a question")
    return twin


def take_out(session: Session, draft: SurveyDraft, user: User | None, noun: str, key: str) -> None:
    """Take out a question, theme, relation, scenario or question about the person, with its words.

    Raises
    ------
    InvalidDraft
        Where it is not there, or is a theme that has questions.
    """
    draft = locked(session, draft)
    document = draft.document
    known_thing(document, noun, key)
    if noun == "theme" and any(
        table.get("theme") == key for table in document["structure"].get("question", [])
    ):
        sentence = gettext("This theme has questions. Move them to another one, or take them out first.")
        raise InvalidDraft({"theme": sentence})
    order = keys_of(document, noun)
    languages = [code for code in document.get("words", {}) if isinstance(code, str)]
    edits: list[Edit] = [(("words", code, noun, key), None) for code in languages]
    # The order first: taken back, it is put right last, when the thing is there again.
    edits.insert(0, (("structure", noun, ORDER), [one for one in order if one != key] + [key]))
    save_or_refuse(session, draft, user, [*edits, (("structure", noun, key), None)], f"take out a {noun}")


def move(session: Session, draft: SurveyDraft, user: User | None, noun: str, key: str, place: int) -> None:
    """Move a question or theme to a place in the order, counted from 1; beyond the ends is at the end."""
    draft = locked(session, draft)
    known_thing(draft.document, noun, key)
    order = [one for one in keys_of(draft.document, noun) if one != key]
    place = min(max(place, 1), len(order) + 1)
    edits: list[Edit] = [(("structure", noun, ORDER), [*order[: place - 1], key, *order[place - 1 :]])]
    save_or_refuse(session, draft, user, edits, f"move a {noun}")


def published_question(session: Session, draft: SurveyDraft, key: str) -> Question | None:
    """A question of a draft as participants see it; None where they do not, or nothing can differ from it yet."""
    if draft.survey_id is None or draft.id is None:
        return None
    row = (
        session.scalars(select(Question).filter_by(survey_id=draft.survey_id, key=key)).unique().one_or_none()
    )
    return None if row is None or row.is_draft else row


def known_thing(document: Document, noun: str, key: str) -> dict[str, Any]:
    """The facts of a question, theme or other thing with a key; InvalidDraft where it was taken out meanwhile."""
    found: Json = value_at(document, ("structure", noun, key))
    if not isinstance(found, dict):
        raise InvalidDraft({noun: gettext("It is not there any more: somebody has taken it out.")})
    return found


def save_or_refuse(
    session: Session, draft: SurveyDraft, user: User | None, edits: list[Edit], label: str
) -> Saved:
    """Save edits, all or none, of a document that was locked before they were made: nobody else's lie between.

    Raises
    ------
    InvalidDraft
        With everything that is refused; whoever calls must leave the write unit with it.
    """
    saved = save(session, draft, user, draft.revision, edits, label)
    if saved.refused:
        raise InvalidDraft({_name(one.path): one.sentence for one in saved.refused})
    return saved


def _name(path: KeyPath) -> str:
    return "/".join(path)


def replace_document(
    session: Session, draft: SurveyDraft, user: User | None, document: Document, label: str = "import"
) -> Saved:
    """Put another document in the place of a draft's, as one change that can be taken back; its address stays.

    Raises
    ------
    InvalidDraft
        Where a part of it cannot be kept; nothing was changed.
    """
    draft = locked(session, draft)
    edits: list[Edit] = []
    for part in PARTS:
        new = document.get(part)
        new = new if isinstance(new, dict) else {}
        keys = [*new, *(key for key in draft.document.get(part) or {} if key not in new)]
        # The settings last and apart: an address that came with the file would move the draft.
        edits += [((part, key), new.get(key)) for key in keys if (part, key) != ("structure", "survey")]
    settings = value_at(document, ("structure", "survey"))
    own = {**(settings if isinstance(settings, dict) else {}), "slug": draft.slug}
    return save_or_refuse(session, draft, user, [*edits, (("structure", "survey"), own)], label)


def add_thing(
    session: Session, draft: SurveyDraft, user: User | None, noun: str, kind: str, titles: dict[str, str]
) -> str:
    """Add a relation or a question about the person, of a kind, with its sentence or label by language; its key."""
    draft = locked(session, draft)
    # The words of a relation stand under its key before the dot: ours have none.
    key = new_key(next(iter(titles.values()), ""), keys_of(draft.document, noun), noun)
    edits: list[Edit] = [(("structure", noun, key), {"key": key, "kind": kind})]
    for code in languages_of(draft.document):
        words = titles.get(code) if noun == "relation" else {"label": titles.get(code)}
        edits.append((("words", code, noun, key), words))
    save_or_refuse(session, draft, user, edits, f"add a {noun}")
    return key
