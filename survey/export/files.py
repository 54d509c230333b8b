"""The files of a snapshot: each by its name, made piece by piece, and packed as it is kept."""

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import islice
from typing import Any

from sqlalchemy.orm import Session

from ..models import Snapshot
from .declaration import Table
from .snapshots import open_key
from .tables import TABLES

Settings = Mapping[str, Any]
#: Lines of a text that are packed at once.
LINES = 500
#: Bytes of a packed file that are unpacked at once.
PIECE = 65_536


def _lines(table: Table, session: Session, snapshot: Snapshot, settings: Settings) -> Iterator[str]:
    return table.lines(session, snapshot, open_key(snapshot, settings))


FILES: dict[str, Callable[[Session, Snapshot, Settings], Iterator[str]]] = {
    table.file: partial(_lines, table) for table in TABLES
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
