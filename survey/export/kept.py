"""Files of a snapshot as they are kept: in pieces, read one at a time."""

import io
import zlib
from collections.abc import Iterator
from functools import lru_cache, partial
from typing import Any, BinaryIO, cast
from zipfile import ZipFile

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from ..models import SnapshotFile, SnapshotPiece

#: Bytes of a piece, and of what is handed on at once.
#: What is kept already was cut by this length, and is found by dividing by it: another would misread it.
PIECE, READ = 1_048_576, 65_536


class Pieces(io.RawIOBase):
    """A kept file, open for reading from anywhere in it.

    No connection is held between two pieces: whoever takes the file may be slow, or go away without a word.

    Raises
    ------
    OSError
        While reading, where an erasure has taken the pieces meanwhile: what was sent so far is cut short, and no
        reader takes it for the whole.
    """

    def __init__(self, engine: Engine, pieces: str, size: int) -> None:
        self._at, self._size = 0, size
        of = select(SnapshotPiece.content).where(SnapshotPiece.pieces == pieces)

        def piece(position: int) -> bytes:
            with engine.connect() as connection:
                content = connection.scalar(of.where(SnapshotPiece.position == position))
            if content is None:
                raise OSError("a piece of this file is gone")
            return content

        # The end of a zip is read beside its beginning.
        self._piece = lru_cache(2)(piece)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        return self._at

    def readinto(self, buffer: Any, /) -> int:
        position, start = divmod(self._at, PIECE)
        if self._at >= self._size:
            return 0
        part = self._piece(position)[start : start + len(buffer)]
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)


class Kept:
    """A file of a snapshot, to be read piece by piece: `unpacked`.

    Parameters
    ----------
    member
        The name of the file inside the kept one, where that is a bundle and the file a part of it.
    """

    def __init__(self, session: Session, file: SnapshotFile, member: str = "") -> None:
        self._packed, self._member = file.packed, member
        self._open = partial(Pieces, session.get_bind().engine, file.pieces, file.size)
        #: How many bytes it has, where that is known without unpacking it.
        self.size = None if file.packed or member else file.size
        #: Of what is kept, whatever part of it this is, in hexadecimal: another where a byte is.
        self.sha256 = file.sha256

    def __iter__(self) -> Iterator[bytes]:
        """Its bytes, a piece at a time."""
        file = io.BufferedReader(cast(io.RawIOBase, self._open()), READ)
        if self._member:
            with ZipFile(file) as archive, archive.open(self._member) as inside:
                yield from _read(cast(BinaryIO, inside))
        elif self._packed:
            unpack = zlib.decompressobj()
            yield from map(unpack.decompress, _read(file))
            yield unpack.flush()
        else:
            yield from _read(file)


def _read(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(READ):
        yield piece
