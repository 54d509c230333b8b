"""Surveys as single files, in and out: TOML, JSON, CSV and XLSX. What came is read whole before anything is changed.

A file is a whole survey (a document: TOML and JSON with `structure` and `words`, XLSX with a sheet `survey`) or
questions for one (CSV; XLSX without that sheet; TOML and JSON with `questions`). docs/formats.md describes each.
"""

import csv
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO
from typing import Any

from ..i18n.delimited import decoded, numbered_rows, separator_name, separator_of
from ..i18n.locale import gettext as _
from ..i18n.normalization import Unreadable, mixes_scripts
from ..i18n.safe_cells import plain_text, safe_text
from .columns import Cell
from .document import LARGEST, Document, plain
from .paths import PARTS
from .rows import Entry, entries_of_table, entries_of_tables
from .spreadsheet import QUESTIONS, SURVEY, document_of_sheets, placed, sheets_of, table_of
from .tables import refusal, toml_fault
from .workbook import read_workbook, write_workbook
from .writing import TIMES, toml

#: Each format with its media type, as files are given out.
MEDIA_TYPES = {
    "toml": "application/toml",
    "json": "application/json",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
FORMATS = tuple(MEDIA_TYPES)
#: Bytes of a file, which is read whole: the letters of the largest document, two bytes each.
MOST_BYTES = 2 * LARGEST


@dataclass(frozen=True)
class FileContent:
    """What a file holds: a whole survey's `document`, or `entries` for questions of one; and how it was read.

    Attributes
    ----------
    read_as
        A sentence with the format, the encoding and, of CSV, the separator.
    """

    read_as: str
    document: Document | None = None
    entries: tuple[Entry, ...] = ()


def format_of(name: str, given: bytes = b"") -> str:
    """The format of a file by the ending of its name; of pasted text, which has none, by how it begins.

    Raises
    ------
    BankError
        For YAML and every other ending.

    >>> format_of("questions.CSV"), format_of("", b'{"questions": []}'), format_of("", b"id,title")
    ('csv', 'json', 'csv')
    """
    ending = name.rpartition(".")[2].casefold() if "." in name else ""
    if ending in ("", "txt"):
        return _guessed(given[:2000].lstrip(b"\xef\xbb\xbf \r\n\t"))
    if ending not in FORMATS:
        raise refusal(
            _(
                "Files are read as TOML, JSON, CSV or XLSX, by the ending of the name; “%(ending)s” is none of them.",
                ending=ending[:20],
            )
        )
    return ending


def _guessed(begins: bytes) -> str:
    # A bracket alone begins a table of TOML as well as a list of JSON.
    if begins.startswith((b"{", b"[{")) or begins in (b"[]",):
        return "json"
    if begins.startswith(b"PK"):
        return "xlsx"
    is_toml = re.match(rb"(#[^\n]*\s+)*(\[+[\w.\" -]+\]+\s*(#|\n|$)|[\w.-]+\s*=)", begins)
    return "toml" if is_toml and not begins.lower().startswith(b"sep=") else "csv"


def read_file(given: bytes, format_: str) -> FileContent:
    """What a file holds.

    Raises
    ------
    BankError
        With everything for which it cannot be read, each with its row or line; and for more than 6 MB.
    """
    if len(given) > MOST_BYTES:
        raise refusal(
            _("The file is larger than %(most)s MB; no survey is that large.", most=MOST_BYTES // 1_000_000)
        )
    if not given.strip():
        raise refusal(_("There is nothing in it. Choose a file, or paste its text."))
    try:
        return _READERS[format_](given)
    except Unreadable as problem:
        raise refusal(str(problem)) from None


def _text(given: bytes) -> tuple[str, str]:
    """The encoding and text; another one than UTF-8 only where its words are words of one alphabet.

    :raise Unreadable: where it is not sure.
    """
    encoding, text = decoded(given)
    if encoding == "Windows-1251" and any(map(mixes_scripts, set(re.findall(r"\w+", text)))):
        raise Unreadable(_("The file is not UTF-8, and as Windows-1251 it makes no words. Save it in UTF-8."))
    return encoding, text


def _read_csv(given: bytes) -> FileContent:
    if given.startswith(b"PK\x03\x04"):
        raise refusal(_("This is packed (ZIP), not CSV. A workbook ends in .xlsx."))
    encoding, text = _text(given)
    rows = ((_row(row, line), list(map(plain_text, cells))) for row, line, cells in numbered_rows(text))
    entries = entries_of_table(rows)
    said = _(
        "Read as CSV in %(encoding)s, with the separator %(separator)s.",
        encoding=encoding,
        separator=separator_name(separator_of(text)),
    )
    return FileContent(said, entries=tuple(entries))


def _row(row: int, line: int) -> str:
    """A row as a spreadsheet counts; with its line, where cells of several lines stand before it."""
    return _("row %(row)s", row=row) if row == line else _("row %(row)s (line %(line)s)", row=row, line=line)


def _numbered(number: int) -> str:
    return _("question %(number)s", number=number)


def _read_xlsx(given: bytes) -> FileContent:
    sheets = read_workbook(given)
    said = _("Read as a workbook (XLSX).")
    if SURVEY in sheets:
        return FileContent(said, document_of_sheets(sheets))
    name = QUESTIONS if QUESTIONS in sheets else next(iter(sheets), "")
    return FileContent(said, entries=tuple(entries_of_table(placed(name, sheets.get(name, ())))))


def _read_json(given: bytes) -> FileContent:
    encoding, text = _text(given)
    try:
        found = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise refusal(
            _("this is not JSON: %(why)s", why=error.msg), _("line %(line)s", line=error.lineno)
        ) from None
    except (ValueError, RecursionError) as error:
        why = (
            str(error)
            if isinstance(error, _Twice)
            else _("it is nested too deeply, or has a number too long")
        )
        raise refusal(_("this is not JSON that can be read: %(why)s", why=why)) from None
    return _of_tables(found, _("Read as JSON in %(encoding)s.", encoding=encoding))


class _Twice(ValueError):
    """A key that stands twice in an object, or a number that is none."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) != len(pairs):
        keys = [key for key, _value in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise _Twice(_("“%(key)s” stands twice in one object", key=twice[:80]))
    return table


def _no_number(text: str) -> Any:
    raise _Twice(_("%(text)s is not a number", text=text))


def _read_toml(given: bytes) -> FileContent:
    encoding, text = _text(given)
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line, why = toml_fault(error, text)
        raise refusal(_("this is not TOML: %(why)s", why=why[:200]), _("line %(line)s", line=line)) from None
    except (ValueError, RecursionError):
        raise refusal(_("this is nested too deeply, or has a number too long")) from None
    # Days and moments of its own type may stay what they are in tables of questions.
    found = found if _questions_in(found) is not None else plain(found)
    return _of_tables(found, _("Read as TOML in %(encoding)s.", encoding=encoding))


def _questions_in(found: Any) -> Any:
    if isinstance(found, Mapping):
        return found.get("questions", found.get("question"))
    return found if isinstance(found, list) else None


def _of_tables(found: Any, said: str) -> FileContent:
    questions = _questions_in(found)
    if questions is not None:
        others = (
            [key for key in found if key not in ("questions", "question")]
            if isinstance(found, Mapping)
            else []
        )
        if others or not isinstance(questions, list):
            raise refusal(
                _(
                    "beside “questions”, a list, there is nothing else here; found: %(keys)s",
                    keys=str(others)[:200],
                )
            )
        return FileContent(said, entries=tuple(entries_of_tables(questions, _numbered)))
    if not isinstance(found, Mapping) or not isinstance(found.get("structure"), Mapping):
        raise refusal(_("It holds neither “questions” nor a survey with “structure” and “words”."))
    others = [key for key in found if key not in PARTS]
    wrong = [part for part in PARTS if not isinstance(found.get(part, {}), Mapping)]
    if others or wrong:
        raise refusal(
            _(
                "A survey has the tables structure, words and worked, nothing else; see: %(keys)s",
                keys=", ".join([*others, *wrong])[:200],
            )
        )
    return FileContent(said, dict(found))


_READERS = {"csv": _read_csv, "xlsx": _read_xlsx, "json": _read_json, "toml": _read_toml}


def write_file(document: Document, format_: str) -> bytes:
    """A document as a file: whole, but as CSV its questions alone."""
    if format_ == "xlsx":
        return write_workbook(sheets_of(document))
    if format_ == "csv":
        return _csv(table_of(document)).encode("utf-8-sig")
    if format_ == "json":
        return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"
    parts = {part: document[part] for part in PARTS if document.get(part)}
    return toml(parts, times=TIMES).encode()


def _csv(table: list[list[Cell]]) -> str:
    """A table with a mark of UTF-8, by which spreadsheets know it, and no cell that they would run."""
    text = StringIO()
    rows = [[_csv_cell(cell) for cell in row] for row in table]
    # CRLF (RFC 4180): this table is opened by people, in spreadsheets; those of bundles are read by programs.
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()


def _csv_cell(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return safe_text(cell) if isinstance(cell, str) else "" if cell is None else repr(cell)
