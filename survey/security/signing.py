"""Signatures of the site: one Ed25519 key (RFC 8032) under which frozen files are given out, and what verifies them.

The key is a file of its own beside the other secrets, not derived from `PARLEY_SECRET_KEY`: that one is changed when
it may have leaked, and whatever was signed before has to be verified by the same public key afterwards.
"""

import hashlib
import os
import re
import secrets
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from .. import clock
from ..config import make_once
from ..store.private_files import FILE

#: The file of the instance that holds the key, where no other is named.
NAME = "signing_key"
#: What the words before a key say the day of.
MADE, RETIRED = "Made", "Retired"


class NotAKey(ValueError):
    """A file that holds no Ed25519 key in PEM."""


class Signature(NamedTuple):
    """A detached signature: 64 bytes, and the 32 of the public key that verifies it."""

    signature: bytes
    public_key: bytes


def sign(content: bytes, settings: Mapping[str, Any]) -> Signature:
    """Sign bytes as they stand with the site's key, which is made where there is none yet."""
    key = _site_key(settings)
    return Signature(key.sign(content), key.public_key().public_bytes_raw())


def verifies(content: bytes, signature: bytes, public_key: bytes) -> bool:
    """Whether these very bytes were signed by the holder of a key; False too for what is no signature or no key.

    >>> key = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
    >>> public = key.public_key().public_bytes_raw()
    >>> verifies(b"as it was", key.sign(b"as it was"), public), verifies(b"changed", key.sign(b"as it was"), public)
    (True, False)
    """
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, content)
    except (InvalidSignature, ValueError):
        return False
    return True


def site_public_key(settings: Mapping[str, Any]) -> bytes:
    """The 32 bytes of the public key under which the site signs now."""
    return _site_key(settings).public_key().public_bytes_raw()


def site_public_keys(settings: Mapping[str, Any]) -> list[bytes]:
    """Every public key that the site has signed with, of 32 bytes each: today's first, then retired ones."""
    return [public for public, _made, _retired in dated_keys(settings)]


def dated_keys(settings: Mapping[str, Any]) -> list[tuple[bytes, date | None, date | None]]:
    """The same with the UTC days on which each was made and retired, as its file says before the key."""
    path, today = _path(settings), site_public_key(settings)
    retired = [one.read_bytes() for one in sorted(path.parent.glob(f"{path.name}.*.pem"))]
    return [
        (today, _day(MADE, path.read_bytes()), None),
        *((public_key_of(pem), _day(MADE, pem), _day(RETIRED, pem)) for pem in retired),
    ]


def rotate(settings: Mapping[str, Any]) -> bytes:
    """Sign with a new key from now on; the public half of the old one stays beside it, to verify what it signed.

    Returns
    -------
    bytes
        The new public key. The old private one is gone: whoever had it can sign nothing that is taken for today's.
    """
    path, before = _path(settings), site_public_key(settings)
    days = f"{_said(MADE, _day(MADE, path.read_bytes()))}{_said(RETIRED, clock.now().date())}"
    # The old key's public half first: whoever is cut off between has two files of one key, and no signature that none
    # verifies.
    _write(path.with_name(f"{path.name}.{key_id(before)}.pem"), f"{days}{pem_of(before)}".encode())
    # Its ending is not that of retired keys, so that one half made is not listed among them.
    aside = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    _write(aside, _private_pem())
    aside.replace(path)
    return site_public_key(settings)


def key_id(public_key: bytes) -> str:
    """The name of a public key: the first 16 digits of its SHA-256.

    >>> key_id(b"k" * 32)
    '5e318f8cf9cbe249'
    """
    return hashlib.sha256(public_key).hexdigest()[:16]


def pem_of(public_key: bytes) -> str:
    """A public key as PEM (RFC 8410), which OpenSSL and others read."""
    key = Ed25519PublicKey.from_public_bytes(public_key)
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")


def public_key_of(pem: bytes) -> bytes:
    """The 32 bytes of a public key in PEM.

    Raises
    ------
    NotAKey

    >>> public_key_of(pem_of(b"k" * 32).encode()) == b"k" * 32
    True
    """
    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm):
        raise NotAKey("it holds no public key in PEM") from None
    if not isinstance(key, Ed25519PublicKey):
        raise NotAKey("its key is not one of Ed25519")
    return key.public_bytes_raw()


def _path(settings: Mapping[str, Any]) -> Path:
    return Path(settings["SIGNING_KEY"] or settings["INSTANCE"] / NAME)


def _site_key(settings: Mapping[str, Any]) -> Ed25519PrivateKey:
    path = _path(settings)
    if not path.exists():
        make_once(path, _private_pem())
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    # TypeError: it is sealed with a password, which no server could type.
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise NotAKey(f"{path} holds no private key in PEM without a password") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise NotAKey(f"the key in {path} is not one of Ed25519")
    return key


def _private_pem() -> bytes:
    """A new key; PEM leaves room for words before it (RFC 7468), which say the day."""
    key = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return _said(MADE, clock.now().date()).encode() + key


def _said(what: str, day: date | None) -> str:
    return f"{what}: {day.isoformat()}\n" if day else ""


def _day(what: str, pem: bytes) -> date | None:
    found = re.search(rb"^%s: (\d{4}-\d{2}-\d{2})$" % what.encode(), pem, re.MULTILINE)
    try:
        return date.fromisoformat(found[1].decode()) if found else None
    except ValueError:
        return None


def _write(path: Path, content: bytes) -> None:
    """A file that its owner alone can read."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FILE), "wb") as file:
        file.write(content)
