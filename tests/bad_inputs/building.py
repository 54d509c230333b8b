"""From a case to what is sent: its literal, its form fields, its JSON."""

import base64
import gzip
import io
import json
import zipfile
from functools import cache
from typing import Any
from urllib.parse import quote_plus

from .roles import Case, Role

#: Above this a body is not taken apart to give its fields our names: no limit lets it through.
LONGEST_READ = 1_048_576
MIB = 2**20


def literal(case: Case) -> Any:
    """What a case sends: its value, its bytes, or what its `generate` describes."""
    if "value_b64" in case:
        return base64.b64decode(case["value_b64"])
    if "generate" in case:
        return generated(**case["generate"])
    return case["value"]


def generated(gen: str, **how: Any) -> str | bytes:
    """The literal that a description stands for; KeyError for one that nobody wrote down.

    >>> generated("nest", open="[", core="1", close="]", depth=2)
    '[[1]]'
    """
    return _generated(gen, tuple(how.items()))


@cache
def _generated(gen: str, how: tuple[tuple[str, Any], ...]) -> str | bytes:
    """Each once: what is packed takes longer to make than to be refused."""
    makers = {"repeat": _repeat, "nest": _nest, "gzip": _gzip, "lines": _lines, "zip": _zip}
    return makers[gen](**dict(how))


def form_fields(role: Role, name: str, value: Any) -> list[tuple[str, str]]:
    """The fields of a form: a list is one text for each field of the role, an object likewise by its order."""
    if isinstance(value, dict):
        value = list(value.values())
    texts = value if isinstance(value, list) else [value]
    names = [*role.fields, *(f"{name}-{place}" for place in range(len(role.fields), len(texts)))]
    return [_field(field, text) for field, text in zip(names, texts, strict=False)]


def urlencoded(fields: list[tuple[str, str]]) -> bytes:
    """A form's body; lone surrogates travel as the bytes they would have."""
    return "&".join(f"{_quoted(name)}={_quoted(text)}" for name, text in fields).encode()


def json_body(role: Role, name: str, value: str | bytes) -> bytes:
    """The body of our call for the body of a case: the same text under our field names.

    Spelling, repeated keys and rubbish are kept. What is no JSON stands as it is where ours has `values`.
    """
    if isinstance(value, bytes):
        return _in_its_encoding(role, name, value)
    if not value:
        return b""
    mark, text = ("\ufeff", value[1:]) if value.startswith("\ufeff") else ("", value)
    return f'{mark}{{"values": {_values(role, name, text)}}}'.encode("utf-8", "surrogatepass")


class _Pairs(list[tuple[str, Any]]):
    """A JSON object with its keys as they came, the same one twice too."""


class _Spelled(str):
    """A number as it was written."""


def _values(role: Role, name: str, text: str) -> str:
    if len(text) > LONGEST_READ:
        return text
    try:
        body = json.loads(
            text,
            object_pairs_hook=_Pairs,
            parse_float=_Spelled,
            parse_int=_Spelled,
            parse_constant=_Spelled,
        )
        return _spell(_renamed(role, name, body))
    # How deep a text may be nested to be read, and to be written again, differs between versions of Python.
    except (ValueError, RecursionError):
        return text.replace(json.dumps(name), json.dumps(role.fields[0]))


def _renamed(role: Role, name: str, body: Any) -> Any:
    if not isinstance(body, _Pairs):
        return body
    if len(role.fields) == 1:
        return _Pairs((role.fields[0] if key == name else key, value) for key, value in body)
    if len(body) == 1 and body[0][0] == name:
        return _by_field(role, name, body[0][1])
    return body


def _by_field(role: Role, name: str, value: Any) -> Any:
    if isinstance(value, _Pairs):
        return _Pairs((f"{role.fields[0][0]}-{key}", inner) for key, inner in value)
    if isinstance(value, list):
        names = [*role.fields, *(f"{name}-{place}" for place in range(len(role.fields), len(value)))]
        return _Pairs(zip(names, value, strict=False))
    return value


def _spell(value: Any) -> str:
    if isinstance(value, _Spelled):
        return str(value)
    if isinstance(value, _Pairs):
        return f"{{{', '.join(f'{json.dumps(key)}: {_spell(inner)}' for key, inner in value)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_spell, value))}]"
    return json.dumps(value)


def _in_its_encoding(role: Role, name: str, value: bytes) -> bytes:
    encoding = json.detect_encoding(value)
    try:
        text = value.decode(encoding)
    except UnicodeDecodeError:
        return (
            b'{"values": '
            + value.replace(json.dumps(name).encode(), b'"' + role.fields[0].encode() + b'"')
            + b"}"
        )
    return json_body(role, name, text).decode("utf-8", "surrogatepass").encode(encoding, "surrogatepass")


def _field(name: str, text: Any) -> tuple[str, str]:
    """A list inside a list is the field that some frameworks read as one: `name[]`."""
    return (f"{name}[]", str(text[0])) if isinstance(text, list) else (name, text)


def _quoted(text: str) -> str:
    return quote_plus(text.encode("utf-8", "surrogatepass"))


def _repeat(unit: str, times: int, prefix: str = "", suffix: str = "") -> str:
    return prefix + unit * times + suffix


def _nest(open: str, core: str, close: str, depth: int) -> str:
    return open * depth + core + close * depth


def _gzip(mib: int) -> bytes:
    return gzip.compress(bytes(mib * MIB), compresslevel=9, mtime=0)


def _lines(header: str, line: str, times: int) -> str:
    return header + "".join(line.format(i=place) for place in range(times))


def _zip(files: int, mib: int, name: str) -> bytes:
    """Files of zeros, packed: a small part of what they unpack to."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for _place in range(files):
            with archive.open(name, "w", force_zip64=True) as member:
                for _mib in range(mib):
                    member.write(bytes(MIB))
    return packed.getvalue()
