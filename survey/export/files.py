"""The files of a snapshot: each by its name, made piece by piece, and packed as it is kept."""

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from sqlalchemy.orm import Session

from ..models import Snapshot
from . import forecasts, questions
from .cells import csv_lines
from .snapshots import open_key

Settings = Mapping[str, Any]
#: Lines of a text that are packed at once.
LINES = 500
#: Bytes of a packed file that are unpacked at once.
PIECE = 65_536


def _forecasts(session: Session, snapshot: Snapshot, settings: Settings) -> Iterator[str]:
    key = open_key(snapshot, settings)
    return forecasts.lines(session, snapshot, key)


def _questions(session: Session, snapshot: Snapshot, _settings: Settings) -> Iterator[str]:
    return csv_lines(questions.columns(snapshot), questions.rows(session, snapshot))


FILES: dict[str, Callable[[Session, Snapshot, Settings], Iterator[str]]] = {
    "forecasts_long.csv": _forecasts,
    "questions.csv": _questions,
}


def packed(lines: Iterable[str]) -> bytes:
    """A text as it is kept, a tenth of its size; the whole of it is never in memory.

    >>> b"".join(unpacked(packed(["a,b\\n", "1,2\\n"])))
    b'a,b\\n1,2\\n'
    """
    pack = zlib.compressobj()
    left, packs = iter(lines), []
    while piece := "".join(islice(left, LINES)):
        packs.append(pack.compress(piece.encode()))
    return b"".join([*packs, pack.flush()])


def unpacked(content: bytes) -> Iterator[bytes]:
    """What was packed, a piece at a time."""
    unpack = zlib.decompressobj()
    for start in range(0, len(content), PIECE):
        yield unpack.decompress(content[start : start + PIECE])
    yield unpack.flush()
