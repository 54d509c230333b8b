"""How one value becomes one cell: exact, and safe to open in a spreadsheet."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from ..i18n.safe_cells import typed_text

#: What has to stand between quotation marks.
_SPECIAL = re.compile(r'[",\n\r]')

Value = str | int | float | bool | date | datetime | None


def cell(value: Value) -> str:
    """A value as text: nothing for None, `true` and `false`, the shortest decimal of a double, ISO 8601.

    A text that looks like another type stands after a `'`, so that its column has one type to whoever guesses it.

    >>> cell(0.1), cell(True), cell(None), cell("=1+1"), cell(-5), cell("50")
    ('0.1', 'true', '', "'=1+1", '-5', "'50")
    """
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return typed_text(value)
        case int() | float():
            return repr(value)
        case datetime():
            return value.strftime("%Y-%m-%dT%H:%M:%SZ")
        case _:
            return value.isoformat()


def csv_cells(*values: Value) -> str:
    """Neighbours in a row of CSV (RFC 4180), without the end of the line.

    Stored text has no carriage return: `normalization.clean_text` made newlines of them.

    >>> csv_cells(None, 0.5, "a, b")
    ',0.5,"a, b"'
    """
    return ",".join(quoted(cell(value)) for value in values)


def quoted(text: str) -> str:
    """A cell's text as it stands in a file."""
    return '"' + text.replace('"', '""') + '"' if _SPECIAL.search(text) else text


def csv_lines(columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> Iterator[str]:
    """A table as lines of CSV (LF, UTF-8 without a mark), its header first."""
    yield f"{csv_cells(*columns)}\n"
    for row in rows:
        yield f"{csv_cells(*row)}\n"
