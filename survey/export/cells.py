"""How one value becomes one cell: exact, and safe to open in a spreadsheet."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache, partial

from ..i18n.safe_cells import safe_text, typed_text

#: What has to stand between quotation marks.
_SPECIAL = re.compile(r'[",\n\r]')

Value = str | int | float | bool | date | datetime | None


def cell(value: Value, texts: Callable[[str], str] = safe_text) -> str:
    """A value as text: nothing for None, `true` and `false`, the shortest decimal of a double, ISO 8601.

    `texts` says which texts stand after a `'`: what a spreadsheet could run, or what looks like another type too
    (`typed_text`), so that its column has one type to whoever guesses it.

    >>> from survey.i18n.safe_cells import typed_text
    >>> cell(0.1), cell(True), cell(None), cell("=1+1"), cell(-5), cell("50"), cell("50", typed_text)
    ('0.1', 'true', '', "'=1+1", '-5', '50', "'50")
    """
    match value:
        case None:
            return ""
        # Before numbers, as a moment before a day: to Python a truth is a number and a moment a day.
        case bool():
            return "true" if value else "false"
        case str():
            return texts(value)
        case int() | float():
            # Unmarked, though it may begin with `-`: a number runs nothing, and marked it would be a text.
            return repr(value)
        case datetime():
            return value.strftime("%Y-%m-%dT%H:%M:%SZ")
        case _:
            return value.isoformat()


def csv_cells(*values: Value, texts: Callable[[str], str] = safe_text) -> str:
    """Neighbours in a row of CSV (RFC 4180), without the end of the line.

    Stored text has no carriage return: `normalization.clean_text` made newlines of them.

    >>> csv_cells(None, 0.5, "a, b")
    ',0.5,"a, b"'
    """
    return ",".join(quoted(cell(value, texts)) for value in values)


#: The same of a table that programs read, for values of which there are few different ones: they are written once.
#: `typed`: to a cache that is not, 1, 1.0 and True are one value, and would be written alike.
few = lru_cache(10_000, typed=True)(partial(csv_cells, texts=typed_text))


def quoted(text: str) -> str:
    """A cell's text as it stands in a file."""
    return '"' + text.replace('"', '""') + '"' if _SPECIAL.search(text) else text


def csv_lines(
    columns: Sequence[str], rows: Iterable[Sequence[Value]], texts: Callable[[str], str] = safe_text
) -> Iterator[str]:
    """A table as lines of CSV (LF, UTF-8 without a mark), its header first."""
    # LF, not the CRLF of RFC 4180: in the files of the Good Judgment Project CR ends records and stands
    # inside fields too, and readers lose count of them.
    yield f"{csv_cells(*columns)}\n"
    written = _written(texts)
    for row in rows:
        yield f"{','.join(map(written, row))}\n"


def _written(texts: Callable[[str], str]) -> Callable[[Value], str]:
    """How the cells of one table stand in a file: most texts are in many rows, and are looked through once."""
    # A thousand, and no longer than the table is written: among them are reasons, each of some pages.
    text = lru_cache(1_000)(lambda value: quoted(texts(value)))
    return lambda value: text(value) if isinstance(value, str) else cell(value)
