"""What the client says by the document: its types of answers, and a method for each operation.

`python -m tests.survey.client.written` writes both files anew after any change of an operation; a test holds them to
the document, so that the two cannot drift apart.
"""

import re
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from keyword import iskeyword
from pathlib import Path
from typing import Any

from survey import create_app

CLIENT = Path(__file__).parents[3] / "survey" / "client"
PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
Document = dict[str, Any]


def written(document: Document) -> dict[str, str]:
    """The text of each file, not yet laid out."""
    return {"answers.py": _answers(document), "operations.py": _operations(document)}


def _name_of(reference: str) -> str:
    return reference.rpartition("/")[2]


def _type(schema: Document, prefix: str = "") -> str:
    """A schema as Python writes it."""
    if "$ref" in schema:
        return prefix + _name_of(schema["$ref"])
    if "anyOf" in schema:
        return " | ".join(_type(one, prefix) for one in schema["anyOf"])
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    return " | ".join(_kind(kind, schema, prefix) for kind in kinds) or "Any"


def _kind(kind: str, schema: Document, prefix: str) -> str:
    if kind == "array":
        return f"list[{_type(schema.get('items', {}), prefix)}]"
    if kind == "object":
        return f"dict[str, {_type(schema.get('additionalProperties') or {}, prefix)}]"
    return PLAIN[kind]


def _docs(text: str, indent: str) -> str:
    paragraphs = text.strip().replace("\\", "\\\\").split("\n\n")
    wrapped = ["\n".join(textwrap.wrap(" ".join(one.split()), 110 - len(indent))) for one in paragraphs]
    return textwrap.indent("\n\n".join(wrapped), indent).strip()


# ---- Types


def _answers(document: Document) -> str:
    schemas = document["components"]["schemas"]
    classes = "\n\n\n".join(_class(name, schemas[name]) for name in _in_order(schemas))
    head = '"""What operations take and answer, as typed dictionaries; written from the OpenAPI document."""'
    return f"{head}\n\nfrom typing import Any, NotRequired, TypedDict\n\n\n{classes}\n"


def _in_order(schemas: Document) -> Iterator[str]:
    """Names, each after those it is made of."""
    done: set[str] = set()

    def visit(name: str) -> Iterator[str]:
        if name not in done:
            done.add(name)
            for other in re.findall(r"#/components/schemas/(\w+)", repr(schemas[name])):
                yield from visit(other)
            yield name

    for name in schemas:
        yield from visit(name)


def _class(name: str, schema: Document) -> str:
    needed = schema.get("required", ())
    fields, told = [], []
    for field, facts in schema["properties"].items():
        if not field.isidentifier() or iskeyword(field):
            raise ValueError(f"{name}.{field} is no name in Python")
        kind = _type(facts)
        fields.append(f"    {field}: {kind if field in needed else f'NotRequired[{kind}]'}")
        told.append(f"    {field}\n        {_docs(facts['description'], '        ')}")
    docs = "\n".join(told)
    head = f'class {name}(TypedDict):\n    """`{name}` of the document.\n\n    Attributes\n    ----------'
    return "\n".join([head, docs, '    """', "", *fields])


# ---- Methods

HEAD = '''"""A method for each operation of the JSON interface; written from the OpenAPI document."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

from . import answers
from .transport import Row, Transport, fresh_key, version_tag


class Operations(Transport):
    """What the interface does, operation by operation."""
'''


def _operations(document: Document) -> str:
    operations = [
        Operation(path, verb.upper(), told, [*shared.get("parameters", []), *told.get("parameters", [])])
        for path, shared in document["paths"].items()
        for verb, told in shared.items()
        if verb != "parameters"
    ]
    return "\n".join([HEAD, *(method for one in operations for method in one.methods())])


@dataclass(frozen=True)
class Operation:
    """One operation of the document: its address, its method, what is told of it and what stands in the address."""

    path: str
    verb: str
    told: Document
    parameters: list[Document]

    def methods(self) -> Iterator[str]:
        """The client's method; of a stream another, which gives its rows."""
        query, stream = self._pairs("query"), "application/x-ndjson" in self.media
        if self.is_file:
            more = ([f"query={query}"] if query != "{}" else []) + (["accept=accept"] if stream else [])
            accept = ['accept: str = "application/x-ndjson"'] if stream else []
            yield self._method("Path", f"self._save({self._sent('to', *more)})", ["to: str | Path"], accept)
        elif "cursor" in self._names("query", all_of_them=True):
            way, each = ("_rows", self.kind[5:-1]) if self.kind.startswith("list[") else ("_parts", self.kind)
            yield self._method(f"Iterator[{each}]", f"self.{way}({self._sent(f'query={query}')})")
        else:
            yield self._method(self.kind, self._call(query), self._body(), self._key())
        if stream:
            rows = f"self._lines({self._sent(f'query={query}')})"
            yield self._method("Iterator[Row]", rows, name=f"each_of_{self.told['operationId']}")

    @property
    def media(self) -> list[str]:
        """In what the answer comes."""
        return list(self._success.get("content", {}))

    @property
    def is_file(self) -> bool:
        """Whether the answer is kept as it comes."""
        return bool(self.media) and "$ref" not in repr(self._success)

    @property
    def kind(self) -> str:
        """The type of the answer."""
        return _type(self._success["content"][self.media[0]]["schema"], "answers.") if self.media else "None"

    @property
    def _success(self) -> Document:
        return next(one for status, one in self.told["responses"].items() if status.startswith("2"))

    def _names(self, place: str, *, all_of_them: bool = False) -> list[str]:
        """What stands in a part of the request. A cursor is nobody's to send: iterators do."""
        names = [one["name"] for one in self.parameters if one["in"] == place]
        return [name for name in names if all_of_them or name != "cursor"]

    def _pairs(self, place: str) -> str:
        return "{" + ", ".join(f'"{name}": {name}' for name in self._names(place)) + "}"

    def _sent(self, *more: str) -> str:
        """The arguments that every way of sending takes first."""
        parts = [self._pairs("path")] if self._names("path") else []
        return ", ".join([repr(self.path), *parts, *more])

    def _call(self, query: str) -> str:
        headers = {
            "If-Match": "version_tag(version)",
            "Idempotency-Key": "idempotency_key or fresh_key()",
        }
        sent = [f'"{name}": {headers[name]}' for name in self._names("header")]
        more = [f"query={query}"] if query != "{}" else []
        if "requestBody" in self.told:
            more += ["body=body" if self._needs_body else "body=body or {}"]
        more += ["headers={" + ", ".join(sent) + "}"] if sent else []
        call = f"self._call({self.verb!r}, {self._sent(*more)})"
        return call if self.kind == "None" else f"cast({self.kind!r}, {call})"

    def _body(self) -> list[str]:
        content = self.told.get("requestBody", {}).get("content", {})
        bodies = [
            f"body: {_type(one['schema'], 'answers.')}" + ("" if self._needs_body else " | None = None")
            for one in content.values()
        ]
        return bodies + (["version: int | str"] if "If-Match" in self._names("header") else [])

    @property
    def _needs_body(self) -> bool:
        return bool(self.told["requestBody"].get("required"))

    def _key(self) -> list[str]:
        return ["idempotency_key: str | None = None"] if "Idempotency-Key" in self._names("header") else []

    def _method(
        self, kind: str, call: str, needed: Sequence[str] = (), known: Sequence[str] = (), name: str = ""
    ) -> str:
        types = {one["name"]: _type(one["schema"]) for one in self.parameters}
        first = [f"{part}: {types[part]}" for part in self._names("path")]
        asked = [
            f"{part}: {types[part].removesuffix(' | None')} | None = None" for part in self._names("query")
        ]
        beside = ["*", *asked, *known] if asked or known else []
        signature = ", ".join(["self", *first, *needed, *beside])
        docs = _docs(f"{self.told['summary']}.\n\n{self.told.get('description', '')}", "        ")
        docs = "The rows themselves, with their types, one at a time as they come." if name else docs
        end = "\n        " if "\n" in docs else ""
        does = call if kind == "None" else f"return {call}"
        named = name or self.told["operationId"]
        return f'    def {named}({signature}) -> {kind}:\n        """{docs}{end}"""\n        {does}\n'


def document() -> Document:
    """The document as the application serves it."""
    with tempfile.TemporaryDirectory() as folder:
        told: Document = (
            create_app({"PARLEY_INSTANCE": folder}).test_client().get("/api/v1/openapi.json").json
        )
    return told


def main() -> None:
    """Write both files, laid out as all code is."""
    for name, text in written(document()).items():
        (CLIENT / name).write_text(text, encoding="utf-8")
        subprocess.run([sys.executable, "-m", "ruff", "format", "-q", CLIENT / name], check=True)


if __name__ == "__main__":
    main()
