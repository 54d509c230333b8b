"""Snapshots: the key of each, and the pseudonyms made with it."""

import base64
import hmac
from collections.abc import Mapping
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
    """The name of a row about a person in one snapshot: the same in its files, unlike any other snapshot's.

    Of people alone it is the same in all snapshots that were frozen with stable ids. It begins with a letter, the
    noun's: digits alone, or with an `e` among them, would be read as a number.

    >>> pseudonym(b"k" * 32, "participant", 1) == pseudonym(b"K" * 32, "participant", 1)
    False
    """
    if noun == "participant" and isinstance(key, SnapshotKey):
        key = key.people
    return noun[0] + hmac.digest(key, f"{noun} {number}".encode(), "sha256").hex()[:16]


def key_box(settings: Mapping[str, Any]) -> Fernet:
    key = bytes.fromhex(derive_key(settings["SECRET_KEY"], "snapshot"))
    return Fernet(base64.urlsafe_b64encode(key))
