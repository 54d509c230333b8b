"""Signing keys of a site as everybody may read them: which there were, since when and until when each signed."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from .signing import NotAKey, dated_keys, key_id, pem_of

#: Where a site tells them (RFC 8615).
ADDRESS = "/.well-known/parley-keys.json"


class SiteKey(NamedTuple):
    """A public key of 32 bytes, and the UTC days from which on and until when the site signed with it.

    None: not known, of a key from before days were kept; of today's there is no end.
    """

    public: bytes
    since: date | None
    until: date | None
    signs_now: bool


def site_keys(settings: Mapping[str, Any]) -> list[SiteKey]:
    """Every key that the site has signed with, today's first."""
    told = [
        SiteKey(public, made, retired, not place)
        for place, (public, made, retired) in enumerate(dated_keys(settings))
    ]
    return [told[0], *sorted(told[1:], key=lambda one: (one.until or date.min, one.public), reverse=True)]


def written(keys: Iterable[SiteKey]) -> str:
    """The keys as JSON, which `read` reads."""
    told = [
        {
            "key_id": key_id(one.public),
            "algorithm": "Ed25519",
            "public_key": one.public.hex(),
            "pem": pem_of(one.public),
            "signs_now": one.signs_now,
            "since": one.since.isoformat() if one.since else None,
            "until": one.until.isoformat() if one.until else None,
        }
        for one in keys
    ]
    return f"{json.dumps({'keys': told}, indent=1)}\n"


def read(content: bytes) -> Sequence[SiteKey]:
    """The keys of such a document.

    Raises
    ------
    NotAKey
        Where it is none, or a key in it is damaged.

    >>> [one.since for one in read(written([SiteKey(b"k" * 32, date(2027, 1, 1), None, True)]).encode())]
    [datetime.date(2027, 1, 1)]
    """
    try:
        return [_key(one) for one in json.loads(content)["keys"]]
    # It is another site's file: nested some thousand deep it ends the parser by the last of these.
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise NotAKey("it holds no keys of a site, as its /.well-known/parley-keys.json does") from None


def _key(told: Mapping[str, Any]) -> SiteKey:
    public = bytes.fromhex(told["public_key"])
    if len(public) != 32 or told["key_id"] != key_id(public):
        raise ValueError("a key that is not what its id says")
    since, until = (date.fromisoformat(told[name]) if told[name] else None for name in ("since", "until"))
    return SiteKey(public, since, until, told["signs_now"] is True)
