"""Snapshots: the key of each, and the pseudonyms made with it."""

import base64
import hmac
from collections.abc import Mapping
from typing import Any

from cryptography.fernet import Fernet

from ..config import derive_key
from ..models import Snapshot

#: Of a snapshot's parameters: why it holds exact times; none where days stand for them.
EXACT_TIMES = "exact_times"


def open_key(snapshot: Snapshot, settings: Mapping[str, Any]) -> bytes:
    """The snapshot's own key."""
    return key_box(settings).decrypt(snapshot.sealed_key)


def pseudonym(key: bytes, noun: str, number: int) -> str:
    """The name of a row about a person in one snapshot: the same in its files, unlike any other snapshot's.

    >>> pseudonym(b"k" * 32, "participant", 1) == pseudonym(b"K" * 32, "participant", 1)
    False
    """
    return hmac.digest(key, f"{noun} {number}".encode(), "sha256").hex()[:16]


def key_box(settings: Mapping[str, Any]) -> Fernet:
    key = bytes.fromhex(derive_key(settings["SECRET_KEY"], "snapshot"))
    return Fernet(base64.urlsafe_b64encode(key))
