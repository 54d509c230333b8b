"""Delimited text (CSV) as spreadsheets write it: its encoding, its separator, its rows."""

import csv
import re
from collections.abc import Iterator
from io import StringIO

from .locale import gettext as _
from .normalization import Unreadable

SEPARATORS = ",;\t"
_MARKS = (("utf-8-sig", b"\xef\xbb\xbf"), ("utf-16", b"\xff\xfe"), ("utf-16", b"\xfe\xff"))
#: A first line by which one spreadsheet tells another its separator.
_SEP = re.compile(r"sep=([,;\t])\r?\n", re.IGNORECASE)


def decoded(given: bytes) -> tuple[str, str]:
    """The encoding's name and the text; what is no UTF-8 is Windows-1251, which Ukrainian spreadsheets write.

    Raises
    ------
    Unreadable
        For what is text in none of them.

    >>> decoded("Мир?".encode("cp1251"))
    ('Windows-1251', 'Мир?')
    """
    marked = next((name for name, mark in _MARKS if given.startswith(mark)), "")
    for name, said in (
        (marked, marked.removesuffix("-sig").upper()),
        ("utf-8", "UTF-8"),
        # Last: nearly every byte is a letter in it, so that it refuses next to nothing.
        ("cp1251", "Windows-1251"),
    ):
        if name:
            try:
                return said, given.decode(name)
            except UnicodeDecodeError:
                continue
    raise Unreadable(_("The file is not text. Save it as CSV in UTF-8 and send it again."))


def separator_of(text: str) -> str:
    """The separator that a first line `sep=;` names, or that stands most often in the first line that is not empty.

    >>> separator_of("sep=;\\na,b,c\\n"), separator_of("\\na\\tb\\n"), separator_of("a")
    (';', '\\t', ',')
    """
    if named := _SEP.match(text):
        return named[1]
    # The first lines alone are taken apart: there may be very many.
    first = next((line for line in text.split("\n", 20) if line.strip()), "")
    # Of equals the first: a file of one column has none, and is told as one with commas.
    return max(SEPARATORS, key=first.count)


def separator_name(separator: str) -> str:
    """What a separator is called."""
    return {",": _("comma"), ";": _("semicolon")}.get(separator, _("tab"))


def numbered_rows(text: str, separator: str = "") -> Iterator[tuple[int, int, list[str]]]:
    """The rows that are not empty: number of the row, of the line on which it begins (both from 1), and its cells.

    A first line `sep=;` names the separator, and is no row.

    Raises
    ------
    Unreadable
        Where a quote is opened and not closed, or a cell is too long.

    >>> list(numbered_rows("sep=;\\na;b\\n"))
    [(1, 2, ['a', 'b'])]
    """
    named = _SEP.match(text)
    separator = separator or separator_of(text)
    skipped = 1 if named else 0
    text = text[named.end() :] if named else text
    # Strict: else a quote that is never closed takes all the rows behind it into one cell, in silence.
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    begins = 1
    try:
        for number, row in enumerate(reader, start=1):
            cells = [cell.strip() for cell in row]
            if any(cells):
                yield number, begins + skipped, cells
            begins = reader.line_num + 1
    except csv.Error:
        raise Unreadable(
            _("This is not a list of rows: a quote is opened and not closed, or a cell is too long.")
        ) from None
