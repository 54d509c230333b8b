"""The bundle of a snapshot: every table, what describes them, and the signatures, in one archive.

It is made in steps, so that whoever waits can be told how far it is.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import BinaryIO, NamedTuple

from sqlalchemy.orm import Session

from ..models import Snapshot
from ..security.signing import sign
from .archive import Archive
from .files import Settings
from .snapshots import open_key
from .tables import TABLES

#: Lines that are written at once.
LINES = 500


class Step(NamedTuple):
    """What has just been written, and which share of the whole is done by then, 0 to 1."""

    name: str
    share: float


def write(session: Session, snapshot: Snapshot, settings: Settings, file: BinaryIO) -> Iterator[Step]:
    """Write the bundle into an empty file, step by step; the session must see one moment throughout.

    The last step's name is the SHA-256 of the manifest.
    """
    key, archive = open_key(snapshot, settings), Archive(file)
    for place, table in enumerate(TABLES, start=1):
        archive.add(table.file, _encoded(table.lines(session, snapshot, key)))
        yield Step(table.file, 0.6 * place / len(TABLES))
    yield Step(archive.finish(lambda content: sign(content, settings)), 1.0)


def _encoded(lines: Iterable[str]) -> Iterator[bytes]:
    left = iter(lines)
    while piece := "".join(islice(left, LINES)):
        yield piece.encode()
