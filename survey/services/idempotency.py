"""Idempotency keys: what came with one, as a hash, so that no key can be used again for something else."""

import hashlib
import json


def body_hash(*parts: object) -> str:
    """SHA-256, in hexadecimal, of what was sent; its parts are what JSON can hold.

    >>> body_hash("affirm", {"a": 1, "b": 2}) == body_hash("affirm", {"b": 2, "a": 1})
    True
    """
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
