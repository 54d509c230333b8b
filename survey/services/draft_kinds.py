"""What goes when a question of a draft becomes another kind, or loses an answer: facts and labels nobody asks for."""

from collections.abc import Iterator, Sequence
from typing import Any

from ..bank.document import Document, option_keys
from ..bank.facts import EVERY_KIND, OWN_KEYS
from ..bank.paths import Edit, value_at

#: Facts that say which answers there are, and so which labels.
_ANSWERS = ("kind", "options", "deadlines")


def with_what_goes(document: Document, edits: Sequence[Edit]) -> list[Edit]:
    """The edits, and those that take away what they leave without a place: one change, taken back as one.

    >>> choice = {"structure": {"question": [{"key": "q", "kind": "choice", "options": ["a", "b"]}]}}
    >>> with_what_goes(choice, [(("structure", "question", "q", "kind"), "binary")])[1:]
    [(('structure', 'question', 'q', 'options'), None)]
    """
    new = dict(edits)
    keys = [
        path[2]
        for path, _value in edits
        if path[:2] == ("structure", "question") and path[3:] and path[3] in _ANSWERS
    ]
    gone = [edit for key in dict.fromkeys(keys) for edit in _what_goes(document, key, new)]
    return [*((path, value) for path, value in edits if path not in dict(gone)), *gone]


def _what_goes(document: Document, key: str, new: dict[tuple[str, ...], Any]) -> Iterator[Edit]:
    at = ("structure", "question", key)
    stored = value_at(document, at)
    changed = {path[3]: value for path, value in new.items() if path[:3] == at and len(path) == 4}
    facts = {**(stored if isinstance(stored, dict) else {}), **changed}
    kind = facts.get("kind")
    if kind not in OWN_KEYS:
        return
    for name, value in facts.items():
        if value is not None and name not in (*EVERY_KIND, *OWN_KEYS[kind]):
            yield (*at, name), None
    answers = option_keys(facts)
    words = document.get("words")
    for code in words if isinstance(words, dict) else ():
        labels = value_at(document, ("words", code, "question", key, "options"))
        for option in labels if isinstance(labels, dict) else ():
            if option not in answers:
                yield ("words", code, "question", key, "options", option), None
