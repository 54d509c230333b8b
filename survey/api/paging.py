"""Cursor paging (keyset pagination): long lists in parts, each with a link to the next (`Link`, RFC 8288).

A cursor remembers the place of the last row that was told, not how many were: whatever is added or goes meanwhile,
no row comes twice and none is left out. It is encrypted under a key of the site, bound to the list it was made for:
a place may be an internal number, whose gaps would tell of what the caller may not know.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlencode

import marshmallow as ma
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from flask import Response, after_this_request, current_app, request
from marshmallow import fields, validate

from ..config import derive_key
from ..i18n.locale import gettext
from .request_parsing import InvalidRequest
from .schemas.fields import QueryCount
from .schemas.forecasts import says

Item = TypeVar("Item")
#: Where an item stands in its list, from small to large: what no other item has, of a kind that JSON keeps.
Place = tuple[Any, ...]

#: Rows of an answer where nothing else is asked for, and the most that are given.
USUAL, MOST = 100, 500


class Page(ma.Schema):
    """Which part of a list is asked for."""

    limit = QueryCount(
        load_default=USUAL,
        validate=validate.Range(min=1, max=MOST),
        metadata=says("At most so many rows; a `Link` to the next leads on where there are more.", 50),
    )
    cursor = fields.String(
        load_default=None,
        validate=validate.Length(max=2000),
        metadata=says("After which row: from the `Link` of the answer before, never made by hand."),
    )


#: What the document says of the header that leads on.
LINK = {
    "Link": {
        "description": '`<…>; rel="next"`: the address of the next rows; no such header: these were the last.',
        "schema": {"type": "string"},
    }
}


def page(query: Mapping[str, Any], items: Iterable[Item], place: Callable[[Item], Place]) -> list[Item]:
    """The items after the cursor, at most as many as were asked for; where there are more, the answer's `Link`.

    Parameters
    ----------
    query
        What `Page` read.
    place
        What items are ordered by; an item's never changes.

    Raises
    ------
    InvalidRequest
        For a cursor that this list of this site has not given.
    """
    after = _opened(query["cursor"]) if query["cursor"] is not None else None
    # By the place itself: in an order of somebody else's, the database's of texts say, rows would come twice
    # or never.
    left = sorted((item for item in items if after is None or place(item) > after), key=place)
    told = left[: query["limit"]]
    if len(left) > len(told):
        _lead_on(_sealed(place(told[-1])))
    return told


def _lead_on(cursor: str) -> None:
    # With all that was asked for: under another filter it is another list, which has given no such cursor.
    asked = {**request.args.to_dict(), "cursor": cursor}

    @after_this_request
    def add_link(response: Response) -> Response:
        response.headers["Link"] = f'<{request.path}?{urlencode(asked)}>; rel="next"'
        return response


def _sealed(place: Place) -> str:
    sealed = _box().encrypt(json.dumps(place).encode(), [_list()])
    return urlsafe_b64encode(sealed).rstrip(b"=").decode("ascii")


def _opened(cursor: str) -> Place:
    try:
        sealed = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        return tuple(json.loads(_box().decrypt(sealed, [_list()])))
    except (ValueError, InvalidTag):
        sentence = gettext("This list has given no such cursor: begin again without one.")
        raise InvalidRequest({"cursor": sentence}) from None


def _box() -> AESSIV:
    """Deterministic (RFC 5297): the same place has the same cursor, so that equal lists get equal answers."""
    return AESSIV(bytes.fromhex(derive_key(current_app.config["PARLEY"]["SECRET_KEY"], "cursor")))


def _list() -> bytes:
    """Which list it is, whatever part of it is asked for."""
    settings = sorted(
        (name, value) for name, value in request.args.items() if name not in Page._declared_fields
    )
    return json.dumps([request.path, settings]).encode()
