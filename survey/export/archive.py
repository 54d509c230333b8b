"""The archive of a bundle: a zip of equal bytes for equal contents, hashed, and signed to its last byte.

`MANIFEST.sha256` names each file with its SHA-256, as `sha256sum -c` reads it; `MANIFEST.sha256.sig` is the signature
of that file. `SIGNATURE.json`, the last, signs the archive whole, its headers and directory too. What a signature
cannot cover is where it stands itself, so that the hash is taken with its own bytes, and the two checksums of them,
as zeros. Needs neither the application nor its database.
"""

import hashlib
import json
import zlib
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from ..security.signing import Signature, key_id, verifies
from .damage import OF_A_ZIP, NotABundle

MANIFEST, MANIFEST_SIGNATURE, SIGNATURE = "MANIFEST.sha256", "MANIFEST.sha256.sig", "SIGNATURE.json"
#: Bytes that are read at once.
PIECE = 65_536
#: So that no other signature of the site can be taken for one of an archive.
PURPOSE = b"parley bundle 1\n"
#: The first moment that a zip can name: the time of making would differ, and tell nothing about the contents.
TIME = (1980, 1, 1, 0, 0, 0)
#: Where a file's checksum stands in its entry of the directory, and in the header before its bytes.
CRC_IN_DIRECTORY, CRC_IN_HEADER = 16, 14
#: The longest end of a zip without a comment: one entry of the directory, and the records that end it.
TAIL = 1_024

#: What is changed where no file is.
HEADERS = "the archive's own headers"
#: What reading an archive that is damaged anywhere ends with.
DAMAGE = (*OF_A_ZIP, OSError, ValueError, IndexError)

Sign = Callable[[bytes], Signature]


@dataclass(frozen=True)
class Verified:
    """What an archive is found to be.

    Attributes
    ----------
    changed
        Names of files that are not as they were signed, and of what the manifest names and the archive lacks;
        `HEADERS` where every file is as it was, but not the rest.
    public_key
        The 32 bytes of the key that it says it was signed with: whose that is has to be known from elsewhere.
    key_id
        Its name, see `security.signing.key_id`.
    """

    changed: tuple[str, ...]
    public_key: bytes
    key_id: str

    @property
    def whole(self) -> bool:
        """Whether every byte is as it was signed."""
        return not self.changed


class Archive:
    """An archive under writing.

    Parameters
    ----------
    file
        Empty, open for writing and reading, such as `tempfile.TemporaryFile()`.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._zip = ZipFile(file, "w")
        self._hashes: dict[str, str] = {}

    def add(self, name: str, pieces: Iterable[bytes], *, packed: bool = True) -> None:
        """Write a file; `packed`: whether it is worth compressing."""
        deque(self.adding(name, pieces, packed=packed), maxlen=0)

    def adding(self, name: str, pieces: Iterable[bytes], *, packed: bool = True) -> Generator[None]:
        """Write a file as `add` does, and come back after each piece: it may take long."""
        digest = hashlib.sha256()
        # Nobody knows yet how large it will be: without `force_zip64` a table past 2 GiB ends in an error.
        with self._zip.open(_entry(name, packed), "w", force_zip64=True) as member:
            for piece in pieces:
                digest.update(piece)
                member.write(piece)
                yield
        self._hashes[name] = digest.hexdigest()

    def sha256(self, name: str) -> str:
        """Of a file that was written, in hexadecimal."""
        return self._hashes[name]

    def close(self) -> None:
        """Write no more; what is not finished is no bundle."""
        self._zip.close()

    def finish(self, sign: Sign) -> str:
        """Write the manifest and both signatures; the SHA-256 of the manifest, in hexadecimal."""
        lines = (f"{digest}  {name}\n" for name, digest in sorted(self._hashes.items()))
        manifest = "".join(lines).encode()
        self.add(MANIFEST, [manifest], packed=False)
        self.add(MANIFEST_SIGNATURE, [sign(manifest).signature], packed=False)
        # A stand-in as long as the real one, which is written over it: so it must be stored and not packed.
        empty = _signature_file("0" * 64, Signature(bytes(64), bytes(32)))
        self.add(SIGNATURE, [empty], packed=False)
        self.close()
        place = _place(self._file)
        digest = _digest(self._file, place)
        content = _signature_file(digest, sign(PURPOSE + digest.encode()))
        crc = zlib.crc32(content).to_bytes(4, "little")
        for start, written in zip(place.starts, (crc, content, crc), strict=True):
            self._file.seek(start)
            self._file.write(written)
        self._file.seek(0)
        return hashlib.sha256(manifest).hexdigest()


class Place(NamedTuple):
    """Where the signature stands in an archive, and how long it is."""

    header_crc: int
    content: int
    directory_crc: int
    length: int

    @property
    def starts(self) -> tuple[int, int, int]:
        """Of its checksum, itself, and its checksum in the directory."""
        return self.header_crc, self.content, self.directory_crc

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """Beginning and end of each."""
        lengths = (4, self.length, 4)
        return tuple((start, start + length) for start, length in zip(self.starts, lengths, strict=True))


def verify(path: Path) -> Verified:
    """Whether an archive is, to the last byte, as it was signed; else which of its files is not.

    Raises
    ------
    NotABundle
    """
    try:
        with path.open("rb") as file, ZipFile(file) as archive:
            place = _place(file)
            signed = _read_signature(file, place)
            changed = () if _is_whole(file, place, signed) else tuple(_changed(archive, signed))
    except DAMAGE as error:
        raise NotABundle(f"it cannot be read as a zip: {error}") from error
    return Verified(changed, signed.signature.public_key, key_id(signed.signature.public_key))


class _Signed(NamedTuple):
    """What `SIGNATURE.json` says, and its own bytes."""

    content: bytes
    digest: str
    signature: Signature


def _entry(name: str, packed: bool) -> ZipInfo:
    entry = ZipInfo(name, TIME)
    entry.compress_type = ZIP_DEFLATED if packed else ZIP_STORED
    # As of a Unix system, whatever this one is; an ordinary file that everybody may read.
    entry.create_system, entry.external_attr = 3, 0o100644 << 16
    return entry


def _signature_file(digest: str, made: Signature) -> bytes:
    """Of one length, whatever is signed."""
    told = {
        "algorithm": "Ed25519",
        "archive_sha256": digest,
        "key_id": key_id(made.public_key),
        "public_key": made.public_key.hex(),
        "signature": made.signature.hex(),
    }
    return f"{json.dumps(told, indent=1)}\n".encode()


def _place(file: BinaryIO) -> Place:
    with ZipFile(file) as archive:
        entry = archive.infolist()[-1]
    if entry.filename != SIGNATURE:
        raise NotABundle(f"it does not end with {SIGNATURE}")
    end = file.seek(0, 2)
    start = max(end - TAIL, 0)
    file.seek(start)
    # From behind: the directory is the last of a zip, and the signature's entry the last of it.
    directory = start + file.read().rfind(b"PK\x01\x02")
    file.seek(entry.header_offset)
    header = file.read(30)
    lengths = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    return Place(
        entry.header_offset + CRC_IN_HEADER,
        entry.header_offset + 30 + lengths,
        directory + CRC_IN_DIRECTORY,
        entry.file_size,
    )


def _digest(file: BinaryIO, place: Place) -> str:
    """SHA-256 of the archive, its signature's bytes as zeros."""
    digest, at = hashlib.sha256(), 0
    file.seek(0)
    for start, end in (*place.spans, (file.seek(0, 2), 0)):
        file.seek(at)
        while at < start and (piece := file.read(min(PIECE, start - at))):
            digest.update(piece)
            at += len(piece)
        if end:
            digest.update(bytes(end - start))
            at = end
    return digest.hexdigest()


def _read_signature(file: BinaryIO, place: Place) -> _Signed:
    file.seek(place.content)
    # A stranger's zip may claim any length; a signature is far shorter than this.
    content = file.read(min(place.length, PIECE))
    try:
        told = json.loads(content)
        made = Signature(bytes.fromhex(told["signature"]), bytes.fromhex(told["public_key"]))
        return _Signed(content, str(told["archive_sha256"]), made)
    except (ValueError, KeyError, TypeError):
        raise NotABundle(f"{SIGNATURE} is damaged: who signed it cannot be told") from None


def _is_whole(file: BinaryIO, place: Place, signed: _Signed) -> bool:
    """Whether archive and signature are of each other, and the signature stands as it was written."""
    crc = zlib.crc32(signed.content).to_bytes(4, "little")
    for start in (place.header_crc, place.directory_crc):
        file.seek(start)
        if file.read(4) != crc:
            return False
    digest = _digest(file, place)
    # What the digest takes as zeros is compared whole: else a blank or another key could be put there unseen.
    if signed.content != _signature_file(digest, signed.signature):
        return False
    return verifies(PURPOSE + digest.encode(), *signed.signature)


def _changed(archive: ZipFile, signed: _Signed) -> Iterator[str]:
    """Names of files that the manifest knows otherwise; where there are none it is something between them."""
    manifest, found = _content(archive, MANIFEST), False
    if not verifies(manifest, _content(archive, MANIFEST_SIGNATURE), signed.signature.public_key):
        found = True
        yield f"{MANIFEST}, its signature or {SIGNATURE}"
    lines = (line.partition("  ") for line in manifest.decode(errors="replace").splitlines())
    told = {name: digest for digest, _, name in lines}
    names = set(archive.namelist()) - {MANIFEST, MANIFEST_SIGNATURE, SIGNATURE}
    for name in sorted(told.keys() | names):
        if name not in told or hashlib.sha256(_content(archive, name)).hexdigest() != told[name]:
            found = True
            yield name
    if not found:
        yield HEADERS


def _content(archive: ZipFile, name: str) -> bytes:
    """A file; nothing where it is missing or cannot be unpacked."""
    try:
        return archive.read(name)
    except (KeyError, *DAMAGE):
        return b""
