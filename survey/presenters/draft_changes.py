"""What has changed between two states of a draft, in sentences for those who write it."""

from collections.abc import Iterator

from ..bank.document import Document, Json
from ..bank.paths import ORDER, value_at
from ..i18n.locale import gettext as _
from .draft_words import label_of, title_of

#: Things with a key, in the order in which they are told.
THINGS = ("theme", "question", "relation", "background", "scenario")


def changes_between(before: Document, after: Document, language: str) -> list[str]:
    """What was added, taken out, moved and changed, a sentence for each thing; empty where nothing was."""
    return [
        *_of_the_survey(before, after),
        *(sentence for noun in THINGS for sentence in _of_things(before, after, noun, language)),
    ]


def _of_the_survey(before: Document, after: Document) -> Iterator[str]:
    names = [
        *_differing(_table(before, "survey", ""), _table(after, "survey", "")),
        *_differing(_table(before, "consent", ""), _table(after, "consent", "")),
        *(["round"] if _rounds(before) != _rounds(after) else []),
    ]
    if names:
        yield _("Changed: %(title)s (%(parts)s)", title=label_of(("survey",)), parts=_labels(names))


def _of_things(before: Document, after: Document, noun: str, language: str) -> Iterator[str]:
    then, now = _keys(before, noun), _keys(after, noun)
    for key in now:
        title = title_of(after, noun, key, language)
        if key not in then:
            yield _("Added: %(title)s", title=title)
        elif names := _differing(_table(before, noun, key), _table(after, noun, key)):
            yield _("Changed: %(title)s (%(parts)s)", title=title, parts=_labels(names))
    for key in then:
        if key not in now:
            yield _("Taken out: %(title)s", title=title_of(before, noun, key, language))
    if noun == "question" and [key for key in then if key in now] != [key for key in now if key in then]:
        yield _("The order of the questions has changed")


def _table(document: Document, noun: str, key: str) -> dict[str, list[Json]]:
    """Everything that is said of a thing, by name: its facts, and its words in every language."""
    tail = (key,) if key else ()
    words = document.get("words")
    places = [("structure", noun, *tail)]
    places += [("words", code, noun, *tail) for code in (words if isinstance(words, dict) else {})]
    found: dict[str, list[Json]] = {}
    for place in places:
        table = value_at(document, place)
        for name, value in table.items() if isinstance(table, dict) else ():
            found.setdefault(str(name), []).append([place[1], value])
    return found


def _differing(before: dict[str, list[Json]], after: dict[str, list[Json]]) -> list[str]:
    return [name for name in {**before, **after} if before.get(name) != after.get(name)]


def _labels(names: list[str]) -> str:
    return ", ".join(dict.fromkeys(label_of((name,)) for name in names))


def _keys(document: Document, noun: str) -> list[str]:
    keys: list[str] = value_at(document, ("structure", noun, ORDER)) or []
    return keys


def _rounds(document: Document) -> Json:
    return value_at(document, ("structure", "round"))
