"""Rows of a snapshot as a stream (NDJSON or CSV), of every question or of some; the whole is never in memory.

They are read from the file as it was frozen. CSV keeps its cells, which no spreadsheet runs; NDJSON, one object a
line, has numbers as numbers, what is missing as null, and text as it was written.
"""

import codecs
import csv
import json
import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from itertools import islice

from ..export.cells import Value, quoted
from ..export.declaration import Column, value_of
from ..export.forecasts import COLUMNS

CSV, NDJSON = "text/csv", "application/x-ndjson"

#: Lines that are sent at once.
LINES = 500

_COLUMNS: dict[str, Column] = {column.name: column for column in COLUMNS}
Row = Sequence[str]


def stream(file: Iterator[bytes], media: str, questions: Collection[str] = ()) -> Iterator[bytes]:
    """The rows of `forecasts_long.csv`, given and sent in pieces.

    Parameters
    ----------
    media
        `CSV` or `NDJSON`.
    questions
        Keys of the questions whose rows are wanted; none: all.
    """
    # As it was frozen, byte for byte: nothing of it needs to be read.
    if media == CSV and not questions:
        return file
    rows = csv.reader(read_lines(file))
    header = next(rows)
    place = header.index("question_id")
    wanted = (row for row in rows if not questions or row[place] in questions)
    if media == NDJSON:
        return _pieces(_as_json(header, wanted))
    return _pieces(_as_csv(header, wanted))


def compressed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """A stream under gzip (RFC 1952); the same bytes each time, for its header has no time.

    >>> import gzip
    >>> gzip.decompress(b"".join(compressed([b"one ", b"two"])))
    b'one two'
    """
    # 31: gzip's header and trailer around it, not those of zlib.
    pack = zlib.compressobj(wbits=31)
    for piece in pieces:
        if packed := pack.compress(piece):
            yield packed
    yield pack.flush()


def _as_csv(header: Row, rows: Iterable[Row]) -> Iterator[str]:
    yield _joined(header)
    yield from map(_joined, rows)


def _joined(row: Row) -> str:
    return f"{','.join(map(quoted, row))}\n"


def _as_json(header: Row, rows: Iterable[Row]) -> Iterator[str]:
    columns = [_COLUMNS[name] for name in header]
    for row in rows:
        typed = {column.name: _json(column, cell) for column, cell in zip(columns, row, strict=True)}
        yield f"{json.dumps(typed, ensure_ascii=False)}\n"


def _json(column: Column, cell: str) -> Value:
    """A day stays the text that JSON has for it."""
    value = value_of(column, cell)
    return cell if isinstance(value, date) else value


def read_lines(pieces: Iterable[bytes]) -> Iterator[str]:
    """Bytes as lines; a newline alone ends one, for text may hold what else Python takes for an end."""
    decode, rest = codecs.getincrementaldecoder("utf-8")().decode, ""
    for piece in pieces:
        *whole, rest = (rest + decode(piece)).split("\n")
        yield from (f"{line}\n" for line in whole)
    if rest:
        yield rest


def _pieces(lines: Iterator[str]) -> Iterator[bytes]:
    while piece := "".join(islice(lines, LINES)):
        yield piece.encode()
