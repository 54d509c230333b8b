"""What readers are promised, and which tests hold it: sentences of documents and pages beside docs/promises.md.

A sentence promises where it has one of the words in `PROMISING`: a mechanical criterion, which takes in some that
only describe. Those are listed too, for whoever reads a sentence can't know that it was not meant.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
TABLE = ROOT / "docs" / "promises.md"

#: Words that say that something holds without exception.
PROMISING = re.compile(
    r"\b(?:never|always|nobody|nothing|none|only|alone|cannot|can’t|can't|at most|at least|at any time|at once"
    r"|is deleted|are deleted|every|everybody|each|twice"
    r"|no (?:account|cookie|name|number|postal|address|other|single|answer|figure))\b",
    re.IGNORECASE,
)

#: Places of which every sentence is a promise, whatever its words: what people agree to, what stands under pages.
WHOLE = ("consent", "footers")
#: Templates whose words are promises whole: what stands under every page.
FOOTER = re.compile(r"{% block footer_words %}(.*?){% endblock", re.DOTALL)
_WORDS = re.compile(r"_\(\s*\"((?:[^\"\\]|\\.)*)\"")


def sentences(text: str) -> list[str]:
    """The sentences of plain text or Markdown, each on one line, without marks of emphasis and links.

    >>> sentences("**One.** Two\\nlines: yes.\\n\\n- `code` [three](there.md)")
    ['One.', 'Two lines: yes.', 'code three']
    """
    text = re.sub(r"```.*?```", "\n\n", text, flags=re.DOTALL)
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)|<[^>]+>", r"\1", text)
    found = []
    for block in re.split(r"\n\s*\n|\n(?=\s*(?:[-#|]|\d+\. ))", text):
        block = re.sub(r"^[\s#>-]+", "", " ".join(block.split()))
        if not block.startswith("|"):
            block = block.replace("**", "").replace("`", "")
            found += re.split(r"(?<=[.!?]) +(?=[A-Z“])", block)
    return [sentence for sentence in found if sentence]


def read() -> dict[str, list[str]]:
    """Every sentence of each place in which something is promised."""
    words = {
        "README": (ROOT / "README.md").read_text("utf-8"),
        "SECURITY": (ROOT / "SECURITY.md").read_text("utf-8"),
    }
    bank = tomllib.loads((ROOT / "survey" / "bank" / "ukraine" / "en.toml").read_text("utf-8"))
    words["consent"] = re.sub(r"\n(?=\S)", "\n\n", bank["consent"]["text"])
    footers = [
        FOOTER.findall(path.read_text("utf-8")) for path in sorted((ROOT / "templates").rglob("*.html"))
    ]
    words["footers"] = "\n\n".join(_said(one) for found in footers for one in found)
    words["methods"] = _said((ROOT / "templates" / "public" / "methods.html").read_text("utf-8"))
    return {place: sentences(text) for place, text in words.items()}


def _said(template: str) -> str:
    """The words a template says through gettext, a paragraph each."""
    return "\n\n".join(
        ast.literal_eval(f'"{words}"').replace("%%", "%") for words in _WORDS.findall(template)
    )


def promising(place: str, said: list[str]) -> list[str]:
    """The sentences of a place that promise something; each sentence of a footer and of the consent does."""
    if place in WHOLE:
        return [one for one in said if one.endswith((".", ":"))]
    return [one for one in said if PROMISING.search(one)]


def rows(document: str) -> Iterator[tuple[str, list[str]]]:
    """Sentence and tests of each row of the table."""
    for line in document.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        if line.startswith("| ") and len(cells) == 2 and cells[0] not in ("words", "---"):
            yield cells[0], re.findall(r"`([^`]+)`", cells[1])


def missing_test(name: str) -> bool:
    """Whether there is no such test: a file, or a function or class of one (`file.py::Class::test`)."""
    path, *parts = name.split("::")
    file = ROOT / path
    if not parts or not file.is_file():
        return not file.exists() or (file.is_dir() and not list(file.glob("test_*.py")))
    body: list[ast.stmt] = ast.parse(file.read_text("utf-8")).body
    for part in parts:
        found = [
            node for node in body if isinstance(node, ast.ClassDef | ast.FunctionDef) and node.name == part
        ]
        if not found:
            return True
        body = found[0].body
    return not parts[-1].startswith(("test_", "Test"))
