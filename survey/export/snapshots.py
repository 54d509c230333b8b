"""Snapshots: the key of each, and the pseudonyms made with it."""

import base64
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

from cryptography.fernet import Fernet

from ..config import derive_key
from ..models import Snapshot


class SnapshotKey(bytes):
    """A snapshot's own key, under which its rows are named.

    Attributes
    ----------
    people
        The key under which its people are: its own, or the survey's wave key where their names are to stay the same.
    """

    people: bytes


def open_key(snapshot: Snapshot, settings: Mapping[str, Any]) -> SnapshotKey:
    """The snapshot's own key, with that of its people."""
    box = key_box(settings)
    key = SnapshotKey(box.decrypt(snapshot.sealed_key))
    key.people = key if snapshot.sealed_wave_key is None else box.decrypt(snapshot.sealed_wave_key)
    return key


def pseudonym(key: bytes, noun: str, number: int) -> str:
    """The name of a row about a person; of many of one noun, see `pseudonyms`.

    >>> pseudonym(b"k" * 32, "participant", 1) == pseudonym(b"K" * 32, "participant", 1)
    False
    """
    return pseudonyms(key, noun)(number)


def pseudonyms(key: bytes, noun: str) -> Callable[[int], str]:
    """Names rows about people in one snapshot by their numbers: the same in its files, unlike any other snapshot's.

    Of people alone it is the same in all snapshots that were frozen with stable ids. It begins with a letter, the
    noun's: digits alone, or with an `e` among them, would be read as a number.

    HMAC-SHA-256 (RFC 2104) of the noun and the number. What all names have in common is hashed once: of a hundred
    thousand acts to begin each anew costs more than to read it.
    """
    if noun == "participant" and isinstance(key, SnapshotKey):
        key = key.people
    # Keyed, for numbers are few: whoever tries all of them undoes a bare hash of one within seconds.
    block = (key if len(key) <= 64 else sha256(key).digest()).ljust(64, b"\0")
    inner = sha256(bytes(byte ^ 0x36 for byte in block) + f"{noun} ".encode())
    outer = sha256(bytes(byte ^ 0x5C for byte in block))

    def name(number: int) -> str:
        within, whole = inner.copy(), outer.copy()
        within.update(b"%d" % number)
        whole.update(within.digest())
        # 64 bits: of a million acts two share a name in one snapshot of some thirty million.
        return noun[0] + whole.hexdigest()[:16]

    return name


def key_box(settings: Mapping[str, Any]) -> Fernet:
    # Keys lie in the store under one that does not: who has a copy of the database undoes no name.
    key = bytes.fromhex(derive_key(settings["SECRET_KEY"], "snapshot"))
    return Fernet(base64.urlsafe_b64encode(key))
