"""The archive of a bundle: equal bytes for equal contents, and not one byte of it can be another unseen."""

import io
import subprocess
import zipfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from survey.export.archive import Archive, verify
from survey.export.damage import NotABundle
from survey.security.signing import Signature

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
FILES = {"a.csv": b"a,b\n1,2\n" * 5, "hub/b.txt": "Мир\n".encode()}


def sign(content: bytes) -> Signature:
    return Signature(KEY.sign(content), KEY.public_key().public_bytes_raw())


def made() -> bytes:
    file = io.BytesIO()
    archive = Archive(file)
    for name, content in FILES.items():
        archive.add(name, [content[:3], content[3:]])
    archive.finish(sign)
    return file.getvalue()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "made.zip").write_bytes(made())
    return tmp_path / "made.zip"


def fault(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    try:
        return ", ".join(verify(path).changed)
    except NotABundle as error:
        return str(error)


def test_the_same_contents_are_the_same_bytes_and_verify(path: Path) -> None:
    assert path.read_bytes() == made()
    found = verify(path)
    assert (found.whole, found.public_key) == (True, KEY.public_key().public_bytes_raw())
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        archive.extractall(path.parent)
    for command in (["sha256sum", "-c", "MANIFEST.sha256"],):
        subprocess.run(command, cwd=path.parent, check=True, capture_output=True)


def test_a_flipped_bit_anywhere_is_found(path: Path) -> None:
    content = made()
    for at in range(len(content)):
        for bit in (1, 0x80):
            changed = bytearray(content)
            changed[at] ^= bit
            assert fault(path, bytes(changed)), at
    for changed in (content + b"x", b"x" + content, content[:-1], b"", content + content):
        assert fault(path, bytes(changed))


@pytest.mark.parametrize("name", FILES)
def test_the_file_that_was_changed_is_named(path: Path, name: str) -> None:
    other = io.BytesIO()
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(other, "w") as copy:
        for entry in archive.infolist():
            copy.writestr(entry, b"else" if entry.filename == name else archive.read(entry))
    assert fault(path, other.getvalue()) == name


def test_the_same_files_packed_again_are_not_what_was_signed(path: Path) -> None:
    other = io.BytesIO()
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(other, "w", zipfile.ZIP_STORED) as copy:
        for entry in archive.infolist():
            copy.writestr(entry.filename, archive.read(entry))
    assert fault(path, other.getvalue()) == "the archive's own headers"
