"""Writes a document as the TOML files of a bank; read again they are the same document.

Only what a bank has: tables, arrays of tables, texts, numbers, truths, days and moments. What JSON has as text and
TOML has a type for is written in that type.
"""

from datetime import date, datetime
from pathlib import Path

import tomli_w

from .document import Document, Json, plain
from .reading import STRUCTURE, WORKED

#: Keys of the structure whose text is a day or a moment.
TIMES = frozenset({"opens", "closes", "resolves", "deadline", "deadlines", "lower", "upper"})


def files_of(document: Document) -> dict[str, str]:
    """The files of a bank, name to text."""
    words = document.get("words") or {}
    files = {STRUCTURE: toml(document.get("structure") or {}, times=TIMES)}
    files |= {f"{language}.toml": toml(part or {}) for language, part in words.items()}
    return files | ({WORKED: toml(document["worked"])} if document.get("worked") else {})


def write_folder(document: Document, folder: Path) -> list[Path]:
    """Write the files of a document into a folder, which is made where it is missing; what was written."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in files_of(document).items():
        (folder / name).write_text(text, encoding="utf-8")
        written.append(folder / name)
    return written


def toml(table: Document, times: frozenset[str] = frozenset()) -> str:
    """A table as TOML; `times` are the keys whose text is a day or a moment.

    >>> print(toml({"a": {"b": "x y", "d": "2027-12-31"}, "c": [{"e": 1}]}, frozenset({"d"})))
    c = [
        { e = 1 },
    ]
    <BLANKLINE>
    [a]
    b = "x y"
    d = 2027-12-31
    <BLANKLINE>
    """
    return tomli_w.dumps(_typed(table, times), multiline_strings=True)


def _typed(value: Json, times: frozenset[str], key: str = "") -> Json:
    """What JSON has as text in the type that TOML has for it."""
    if isinstance(value, dict):
        return {name: _typed(inside, times, name) for name, inside in value.items()}
    if isinstance(value, list):
        return [_typed(one, times, key) for one in value]
    return _time(value) if key in times and isinstance(value, str) else value


def _time(text: str) -> date | str:
    """A day or moment that is written as a document writes it; any other text as it is."""
    for kind in (date, datetime):
        try:
            found = kind.fromisoformat(text)
        except ValueError:
            continue
        # Written otherwise, `2027-12-31 12:00` say, it would come back as another text.
        if text in (found.isoformat(), plain(found)):
            return found
    return text
