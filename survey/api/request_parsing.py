"""How a request's body, query and headers are read: strictly, and every refusal names its field.

JSON is what RFC 8259 says and no more: UTF-8, no `NaN`, no key twice, nothing after the end, few levels deep.
Only `application/json` is read, so that no page of another site can send anything a browser lets it send.
"""

import json
import re
from collections.abc import Iterator, Mapping
from itertools import accumulate
from typing import Any, NoReturn

import marshmallow as ma
from flask import Request
from flask_babel import lazy_gettext as _
from webargs.flaskparser import FlaskParser

from ..errors import InvalidAnswer
from ..i18n.locale import gettext

#: A survey's document has nine levels inside the body that brings it; no other body has more than three.
DEEPEST = 12

_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BRACKETS = re.compile(r"[][{}]")


class InvalidRequest(InvalidAnswer):
    """Fields of the body, the query or the headers that cannot be what they should be."""

    title = _("The request was refused; nothing was stored")


class MalformedBody(InvalidRequest):
    """A body that is no JSON."""

    status = 400


class UnsupportedBody(InvalidRequest):
    """A body in another format."""

    status = 415


class NoNumber:
    """What stands in a body for `NaN` and `Infinity`: no field takes it, and the refusal names the field."""


class StrictParser(FlaskParser):
    """Reads requests for flask-smorest by the rules of this module."""

    def load_json(self, req: Request, schema: ma.Schema) -> Any:
        """The body; of an operation whose body may be left out, nothing is an empty one."""
        if getattr(schema, "may_be_left_out", False) and not req.mimetype and not req.get_data(cache=True):
            return {}
        return super().load_json(req, schema)

    def _raw_load_json(self, req: Request) -> Any:
        _check_headers(req)
        return strict_json(req.get_data(cache=True))

    def handle_error(self, error: ma.ValidationError, *_request: Any, **_settings: Any) -> NoReturn:
        """Name each field with its sentences, whatever part of the request it came in."""
        messages = error.normalized_messages()  # type: ignore[no-untyped-call]
        raise InvalidRequest(
            {field: said for part in messages.values() for field, said in _by_field(part)}
        ) from None


def strict_json(data: bytes) -> Any:
    """The value of a JSON document.

    Raises
    ------
    MalformedBody
        Naming `body`, or the key that came twice.

    Examples
    --------
    >>> strict_json(b'{"values": {"p-yes": 0.125}}')
    {'values': {'p-yes': 0.125}}
    """
    try:
        text = data.decode()
        # Counted first: a reader that goes into each level ends in an error of Python's own (RecursionError).
        if _depth(text) > DEEPEST:
            raise MalformedBody({"body": gettext("The JSON is nested too deep.")})
        # Python's own reader takes `NaN` and `Infinity`, and of a key that comes twice the last.
        return json.loads(text, object_pairs_hook=_once, parse_constant=lambda _name: NoNumber())
    except UnicodeDecodeError:
        raise MalformedBody({"body": gettext("The body is not UTF-8.")}) from None
    except ValueError as error:
        raise MalformedBody({"body": gettext("The body is not JSON: %(fault)s.", fault=error)}) from None


def _check_headers(request: Request) -> None:
    if request.mimetype != "application/json":
        raise UnsupportedBody({"Content-Type": gettext("Send the body as application/json.")})
    if request.mimetype_params.get("charset", "utf-8").lower() != "utf-8":
        raise MalformedBody({"Content-Type": gettext("JSON is UTF-8; leave the charset out.")})
    # Nothing is unpacked here: a few kilobytes may unfold to gigabytes.
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise UnsupportedBody({"Content-Encoding": gettext("Send the body uncompressed.")})
    # Whoever stands between may see such a body end elsewhere: requests are smuggled so (RFC 9112, 11.2).
    if request.headers.get("Transfer-Encoding", "chunked") != "chunked":
        raise MalformedBody({"Transfer-Encoding": gettext("Send the body plain or chunked.")})


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise MalformedBody({key: gettext("This came twice; send it once.")})
        found[key] = value
    return found


def _depth(text: str) -> int:
    """How many brackets are open at once, those inside strings left out."""
    steps = (1 if bracket in "[{" else -1 for bracket in _BRACKETS.findall(_STRINGS.sub("", text)))
    return max(accumulate(steps), default=0)


def _by_field(messages: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Dotted field name and sentence of everything a schema refused; `body` where it is about the whole."""
    if isinstance(messages, Mapping):
        for name, more in messages.items():
            inside = path if name == "_schema" else f"{path}.{name}" if path else str(name)
            yield from _by_field(more, inside)
    else:
        yield path or "body", " ".join(map(str, messages))
