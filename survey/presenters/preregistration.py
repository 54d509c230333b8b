"""Preregistrations for readers: the frozen words, and what has changed since, place by place, for pages and JSON."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from ..bank.document import Document, Json
from ..bank.labels import kind_in_words
from ..bank.paths import KeyPath
from ..errors import NotFound
from ..i18n.locale import LANGUAGES, current_language
from ..i18n.locale import gettext as _
from ..i18n.markdown import changed_words
from ..models import Preregistration, Survey
from ..services.preregistration import Change, changes_since, contents, preregistration_of
from ..services.preregistration_text import exclusion_in_words
from ..store.engine import db
from .draft_words import NOUNS, label_of, title_of


@dataclass(frozen=True)
class ChangeInWords:
    """One change: what of which question or setting, how, both texts (marked, where words changed), since when."""

    what: str
    how: str
    before: str | Markup
    after: str | Markup
    day: date | None


def known_preregistration(survey: Survey) -> Preregistration:
    """The file of a survey.

    :raise NotFound: where it has none, with a sentence that says why.
    """
    frozen = preregistration_of(db.session, survey)
    if frozen is None:
        raise NotFound(_("This survey has no preregistration: it was opened before there were any."))
    return frozen


def told_language(document: Document) -> str:
    """The language in which a reader is told the frozen words: their own, else the survey's first."""
    languages: list[str] = document["structure"]["survey"]["languages"]
    return current_language() if current_language() in languages else languages[0]


def changes_in_words(survey: Survey, frozen: Preregistration) -> list[ChangeInWords]:
    """What has changed since the opening, as a list for readers."""
    before = contents(frozen)
    return [_in_words(survey, before, change) for change in changes_since(db.session, survey, frozen)]


def _in_words(survey: Survey, before: Document, change: Change) -> ChangeInWords:
    if _is_whole(change.path):
        texts = _title(change.path, change.before), _title(change.path, change.after)
    else:
        texts = _said(survey, change.path, change.before), _said(survey, change.path, change.after)
    old, new = texts
    if change.before is None:
        how = _("added")
    elif change.after is None:
        how = _("taken out")
    else:
        how = _("changed")
        # Words alone are compared piece by piece; of a number both are told whole.
        if change.path[0] == "words":
            return ChangeInWords(_what(before, change), how, *changed_words(old, new), change.day)
    return ChangeInWords(_what(before, change), how, old, new, change.day)


def _is_whole(path: KeyPath) -> bool:
    return path[0] == "structure" and len(path) == 3 and path[1] in NOUNS


def _title(path: KeyPath, thing: Json) -> str:
    if thing is None:
        return ""
    return f"{path[2]} ({kind_in_words(thing['kind'])})" if path[1] == "question" else path[2]


def _what(before: Document, change: Change) -> str:
    """Which question or setting, which field of it, in which language."""
    path = change.path
    if path[0] == "methods":
        return _("How figures are made: %(place)s", place=" · ".join(path[1:]))
    if path[0] == "exclusions":
        return _("Who is not counted")
    inside = path[2:] if path[0] == "words" else path[1:]
    parts = [_field(path)]
    if len(inside) > 1 and inside[0] in NOUNS:
        title = title_of(before, inside[0], inside[1], current_language())
        parts = [title, *([] if _is_whole(path) else parts)]
    if path[0] == "words":
        parts.append(LANGUAGES.get(path[1], path[1]))
    return " · ".join(parts)


def _field(path: KeyPath) -> str:
    if "options" in path[:-1]:
        return _("Answer “%(key)s”", key=path[-1])
    return label_of(path)


def _said(survey: Survey, path: KeyPath, value: Json) -> str:
    if value is None:
        return ""
    if path[0] == "exclusions":
        return " ".join(exclusion_in_words(one, survey) for one in value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if path[-1] == "kind" and path[1] == "question":
        return kind_in_words(value)
    if isinstance(value, list) and all(isinstance(one, str | int | float) for one in value):
        return ", ".join(str(one) for one in value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def changes_as_data(changes: Sequence[Change]) -> list[dict[str, Json]]:
    """What has changed since the opening, for programs."""
    return [{**change._asdict(), "path": list(change.path)} for change in changes]
