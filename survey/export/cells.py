"""How one value becomes one cell: exact, and safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from ..i18n.delimited import safe_text

Value = str | int | float | bool | date | datetime | None


def cell(value: Value) -> str:
    """A value as text: nothing for None, `true` and `false`, the shortest decimal of a double, ISO 8601.

    >>> cell(0.1), cell(True), cell(None), cell("=1+1"), cell(-5)
    ('0.1', 'true', '', "'=1+1", '-5')
    """
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return safe_text(value)
        case int() | float():
            return repr(value)
        case datetime():
            return value.strftime("%Y-%m-%dT%H:%M:%SZ")
        case _:
            return value.isoformat()


def csv_lines(columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> Iterator[str]:
    """A table as CSV (RFC 4180, LF, UTF-8 without a mark), a piece at a time.

    Stored text has no carriage return: `normalization.clean_text` made newlines of them.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([cell(value) for value in row])
        if buffer.tell() > 65536:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()
