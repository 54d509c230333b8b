"""The words of the interface: taken out of the tree, merged into each language's catalog, compiled.

`python -m tests.survey.i18n.words` (`make words`) does all of it and lists what still has no translation.
Flask-Security's words have a catalog of their own, since the package brings none in every language of ours.
"""

import ast
import io
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeGuard

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir, extract_python
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[3]
TRANSLATIONS = ROOT / "survey" / "i18n" / "translations"

#: Ours, and Flask-Security's: a file for each language and domain.
DOMAINS = ("messages", "flask_security")
KEYWORDS = {**DEFAULT_KEYWORDS, "lazy_gettext": None, "lazy_ngettext": (1, 2)}

#: What of Flask-Security our pages show: its sentences and labels, not its templates and not the doors we keep shut.
SHOWN_BY_SECURITY = {
    "core.py",
    "forms.py",
    "recovery_codes.py",
    "tf_plugin.py",
    "twofactor.py",
    "webauthn.py",
}


class ToolFree(Catalog):
    """A catalog that does not say which version of which tool wrote it: its files are the same on every machine."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        """The header's lines, without the tool's."""
        return [line for line in super().mime_headers if line[0] != "Generated-By"]

    @mime_headers.setter
    def mime_headers(self, lines: Iterable[tuple[str, str]]) -> None:
        self._set_mime_headers(lines)


Found = tuple[int, str, str, list[str]]


#: What pages translate of a method: see `_told` of `survey.web.public`. Its source is shown as it is.
TOLD = ("name", "words", "formula", "when", "group", "needs")


def words_of_methods(file: io.BufferedIOBase, _keywords: Any, _tags: Any, options: Any) -> Iterator[Found]:
    """What each `Method(…)` says of itself: `scoring` knows no gettext, pages translate its words.

    A value may be a constant of the file, or a parameter of the function that makes the method: then what
    each call of that function gives for it is taken. A family may be a `partial(Method, …)`.
    """
    tree = ast.parse(file.read())
    families = [
        node.targets[0].id
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and _is_family(node.value)
    ]
    named = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    # What another file of the catalog names is taken out there.
    named |= {
        name.name: ast.Set(elts=[])
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for name in node.names
    }
    makers: dict[int, ast.FunctionDef] = {
        id(inner): outer
        for outer in tree.body
        if isinstance(outer, ast.FunctionDef)
        for inner in ast.walk(outer)
        if isinstance(inner, ast.Call)
    }
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and (_is_family(node) or _calls(node, "Method", *families))):
            continue
        for given in node.keywords:
            if given.arg not in TOLD:
                continue
            for value in _given(given.value, makers.get(id(node)), tree):
                for text in _texts(value, named):
                    yield value.lineno, "gettext", text, []


def _calls(node: ast.AST, *names: str) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names


def _is_family(node: ast.AST) -> TypeGuard[ast.Call]:
    """`partial(Method, …)`: what the methods of a family have in common."""
    return _calls(node, "partial") and any(
        isinstance(one, ast.Name) and one.id == "Method" for one in node.args
    )


def _given(value: ast.expr, maker: ast.FunctionDef | None, tree: ast.Module) -> Iterator[ast.expr]:
    """The value itself, or where it is a parameter of the function around it, what each call gives for it."""
    parameters = [one.arg for one in maker.args.args] if maker else []
    if maker is None or not isinstance(value, ast.Name) or value.id not in parameters:
        yield value
        return
    place = parameters.index(value.id)
    for call in ast.walk(tree):
        if _calls(call, maker.name):
            yield from call.args[place : place + 1]
            yield from (one.value for one in call.keywords if one.arg == value.id)


def _texts(value: ast.expr, named: dict[str, ast.expr]) -> Iterator[str]:
    """The texts of a constant, of a name for one, and of sets of them and their unions."""
    match value:
        case ast.Constant(value=str(text)):
            yield text
        case ast.Name(id=name) if name in named:
            yield from _texts(named[name], named)
        case ast.Set(elts=parts) | ast.Call(func=ast.Name(id="frozenset"), args=parts):
            for part in parts:
                yield from _texts(part, named)
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            yield from _texts(left, named)
            yield from _texts(right, named)
        case _:
            raise ValueError(f"words of a method that are no constants: {ast.unparse(value)}")


def words_of_modules(
    file: io.BufferedIOBase, keywords: Mapping[str, Any], tags: Any, options: Any
) -> Iterator[Any]:
    """Those of a module; where none of the keywords is called there is none, and to read it would take long."""
    whole = file.read()
    if any(f"{keyword}(".encode() in whole for keyword in keywords):
        yield from extract_python(io.BytesIO(whole), keywords, tags, options)


#: Files by pattern, and how words are taken out of them.
SOURCES: list[tuple[str, Any]] = [
    ("scoring/pools/catalog/*.py", words_of_methods),
    ("survey/**.py", words_of_modules),
    ("templates/**.html", "jinja2"),
    ("templates/**.txt", "jinja2"),
]


@cache
def extracted(root: Path = ROOT) -> Catalog:
    """Every message of the tree, with the files it stands in: taken out once by a process, and to be copied."""
    catalog = Catalog(project="Parley")
    found = extract_from_dir(
        root,
        SOURCES,
        {pattern: {"silent": "false"} for pattern, method in SOURCES if method == "jinja2"},
        KEYWORDS,
        directory_filter=lambda folder: Path(folder).name not in {".venv", "build", "tests", "bench"},
    )
    for name, line, message, comments, context in sorted(found, key=lambda one: (one[0], one[1])):
        catalog.add(message, None, [(name, line)], auto_comments=comments, context=context)
    return catalog


def of_security() -> Catalog:
    """Flask-Security's messages that our pages may show."""
    whole = read_po(io.BytesIO((files("flask_security") / "translations/flask_security.pot").read_bytes()))
    catalog = Catalog(project="Parley")
    for message in whole:
        if message.id and {Path(name).name for name, _line in message.locations} & SHOWN_BY_SECURITY:
            catalog.add(message.id, None, flags=message.flags, context=message.context)
    return catalog


def templates() -> dict[str, Catalog]:
    """What there is to translate, by domain."""
    return {"messages": extracted(), "flask_security": of_security()}


def po_path(language: str, domain: str) -> Path:
    return TRANSLATIONS / language / "LC_MESSAGES" / f"{domain}.po"


def languages() -> list[str]:
    """The languages that are translated into: a folder each."""
    return sorted(folder.name for folder in TRANSLATIONS.iterdir() if (folder / "LC_MESSAGES").is_dir())


def read(language: str, domain: str) -> Catalog:
    """A catalog as it is committed; an empty one where there is none yet."""
    path = po_path(language, domain)
    if not path.exists():
        return ToolFree(locale=language, project="Parley", fuzzy=False)
    catalog = read_po(io.BytesIO(path.read_bytes()), locale=language, domain=domain)
    # The reader makes a catalog of its own kind and takes no other.
    catalog.__class__ = ToolFree
    return catalog


def compiled(catalog: Catalog) -> bytes:
    """A catalog as gettext reads it; the same bytes for the same words."""
    file = io.BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def as_read(compiled_file: bytes) -> dict[object, object]:
    """What gettext reads from a compiled catalog: each message's translation, and the header's lines."""
    catalog = read_mo(io.BytesIO(compiled_file))
    return {(message.context, str(message.id)): message.string for message in catalog}


def forms(message: Message) -> tuple[str, ...]:
    """Every form of a message's translation: one, or one for each plural of the language."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ("",))


def untranslated(template: Catalog, catalog: Catalog) -> list[str]:
    """Messages of the tree without a text for each form in the language, or with an unsure one."""
    missing = []
    for message in template:
        told = catalog.get(message.id, message.context) if message.id else None
        if message.id and (told is None or told.fuzzy or not all(forms(told))):
            missing.append(message.id if isinstance(message.id, str) else message.id[0])
    return missing


def refresh(language: str, domain: str, template: Catalog) -> list[str]:
    """Merge, write and compile one catalog; returns what has no translation. Words kept are never guessed at."""
    catalog = read(language, domain)
    template.creation_date = catalog.creation_date
    catalog.update(template, no_fuzzy_matching=True)
    path = po_path(language, domain)
    with path.open("wb") as file:
        # No lines of files: they would change with every edit anywhere.
        write_po(file, catalog, width=110, ignore_obsolete=True, include_lineno=False)
    path.with_suffix(".mo").write_bytes(compiled(read(language, domain)))
    return untranslated(template, catalog)


def main() -> int:
    """Refresh every catalog; 1 where something has no translation."""
    total = 0
    for language in languages():
        for domain, template in templates().items():
            missing = refresh(language, domain, template)
            print(f"{language} {domain}: {len(template)} messages, {len(missing)} without a translation")
            print("".join(f"  {message}\n" for message in missing), end="")
            total += len(missing)
    return 1 if total else 0


if __name__ == "__main__":
    sys.exit(main())
