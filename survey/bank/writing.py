"""Writes a document as the TOML files of a bank; read again they are the same document.

Only what a bank has: tables, arrays of tables, texts, numbers, truths, days and moments. What JSON has as text and
TOML has a type for is written in that type.
"""

import json
import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from .document import Document, Json
from .reading import STRUCTURE, WORKED

_BARE = re.compile(r"[A-Za-z0-9_-]+")
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
    [a]
    b = "x y"
    d = 2027-12-31
    <BLANKLINE>
    [[c]]
    e = 1
    <BLANKLINE>
    """
    return "\n".join(_lines(table, (), times)).lstrip("\n") + "\n"


def _lines(table: Document, above: tuple[str, ...], times: frozenset[str]) -> Iterator[str]:
    tables = {key: value for key, value in table.items() if isinstance(value, dict)}
    arrays = {key: value for key, value in table.items() if _is_array_of_tables(value)}
    for key, value in table.items():
        if key not in tables and key not in arrays:
            yield f"{_key(key)} = {_value(value, key, times)}"
    for key, inside in tables.items():
        place = (*above, key)
        if not inside or any(not isinstance(value, dict) for value in inside.values()):
            yield f"\n[{_dotted(place)}]"
        yield from _lines(inside, place, times)
    for key, rows in arrays.items():
        for row in rows:
            yield f"\n[[{_dotted((*above, key))}]]"
            yield from _lines_of_row(row, times)


def _lines_of_row(row: Document, times: frozenset[str]) -> Iterator[str]:
    """A row holds what is inside it on its own lines: headers within rows are hard to read."""
    for key, value in row.items():
        yield f"{_key(key)} = {_value(value, key, times)}"


def _is_array_of_tables(value: Json) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _quoted(key)


def _dotted(place: tuple[str, ...]) -> str:
    return ".".join(_key(key) for key in place)


def _quoted(text: str) -> str:
    # TOML's basic strings are JSON's, but for the one control character that JSON leaves as it is.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _value(value: Json, key: str, times: frozenset[str]) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value, key in times)
    if isinstance(value, list):
        if _is_array_of_tables(value):
            return "[\n" + "".join(f"  {_value(one, key, times)},\n" for one in value) + "]"
        return f"[{', '.join(_value(one, key, times) for one in value)}]"
    if isinstance(value, dict):
        return (
            "{ " + ", ".join(f"{_key(own)} = {_value(one, own, times)}" for own, one in value.items()) + " }"
        )
    return repr(value)


def _text(text: str, is_time: bool) -> str:
    if is_time and _is_time(text):
        return text
    if "\n" not in text:
        return _quoted(text)
    lines = (_quoted(line)[1:-1] for line in text.split("\n"))
    return '"""\n' + "\n".join(lines) + '"""'


def _is_time(text: str) -> bool:
    for kind in (date, datetime):
        try:
            return text in (kind.fromisoformat(text).isoformat(), _utc(text))
        except ValueError:
            continue
    return False


def _utc(text: str) -> str:
    """A moment in UTC as a document has it."""
    return datetime.fromisoformat(text).isoformat().replace("+00:00", "Z")
