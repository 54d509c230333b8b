"""The files of a snapshot that are given out by themselves: each table by its name, and the bundle of all."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from ..models import Snapshot
from .declaration import Table
from .snapshots import open_key
from .tables import TABLES

Settings = Mapping[str, Any]
#: What the archive of everything is kept as.
BUNDLE = "bundle.zip"


def _lines(table: Table, session: Session, snapshot: Snapshot, settings: Settings) -> Iterator[str]:
    return table.lines(session, snapshot, open_key(snapshot, settings))


FILES: dict[str, Callable[[Session, Snapshot, Settings], Iterator[str]]] = {
    table.file: partial(_lines, table) for table in TABLES
}


def unpacked(kept: Iterable[bytes]) -> Iterator[bytes]:
    """What is kept of a file, a piece at a time, as it is given out."""
    return iter(kept)
