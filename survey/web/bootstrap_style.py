"""Bootstrap's style sheet, cut to what pages use: nine tenths of it hold back the first painting of every page.

Cut once from the installed wheel, as the script of the pictures is made (`survey/charts/script.py`): no copy of
Bootstrap lies in the source, and another version of it is cut by itself.
"""

import hashlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import flask_bootstrap
from flask import Blueprint, Response, current_app

from ..store.private_files import write_whole
from .static_files import cached_file

#: Every class of Bootstrap's that pages may have; `tests/survey/web/test_static_files.py` finds one that is missing.
USED = frozenset(
    {
        "btn",
        "btn-primary",
        "form-check",
        "form-check-input",
        "form-control",
        "form-label",
        "form-select",
        "mb-2",
        "mt-1",
        "text-break",
        "visually-hidden",
    }
)
WHOLE = Path(flask_bootstrap.__file__).parent / "static" / "bootstrap5" / "css" / "bootstrap.min.css"

_STATEMENT = re.compile(
    r'(?P<alone>@charset "[^"]*";|/\*!.*?\*/)'  # the licence asks to stay with what is left
    r"|(?P<media>@media[^{}]*)\{(?P<inside>(?:[^{}]*\{[^{}]*\})*)\}"
    r"|(?P<other>@[\w-]+[^{}]*)\{(?:[^{}]*\{[^{}]*\})*\}"
    r"|(?P<selectors>[^{}@]+)\{(?P<style>[^{}]*)\}",
    re.DOTALL,
)

blueprint = Blueprint("style", __name__, url_prefix="/style")


@blueprint.get("/bootstrap.css", defaults={"made_of": ""})
@blueprint.get("/<made_of>/bootstrap.css")
def bootstrap(made_of: str) -> Response:
    """Of Bootstrap's style sheet, what pages use."""
    return cached_file(kept_in(Path(current_app.config["PARLEY"]["INSTANCE"])), made_of == fingerprint())


@blueprint.app_url_defaults
def put_fingerprint(endpoint: str, values: dict[str, Any]) -> None:
    """Give the style sheet's address the fingerprint of what it is."""
    if endpoint == "style.bootstrap":
        values.setdefault("made_of", fingerprint())


@cache
def cut() -> str:
    """Bootstrap's style sheet without the rules for classes that no page has."""
    return "".join(_kept(WHOLE.read_text(encoding="utf-8"), USED))


@cache
def fingerprint() -> str:
    """The fingerprint of what is left, 16 hexadecimal digits of SHA-256."""
    return hashlib.sha256(cut().encode()).hexdigest()[:16]


def kept_in(folder: Path) -> Path:
    """What is left, as a file in `folder`, written there where it is missing."""
    path = folder / f"bootstrap-{fingerprint()}.css"
    if not path.exists():
        write_whole(path, cut().encode())
    return path


def _kept(style: str, used: frozenset[str]) -> Iterator[str]:
    """Statements with the selectors whose classes are all used; motion goes, for only what nobody uses moves.

    >>> style = ".btn,.card{color:red}.card{margin:0}@media print{.card{top:0}.btn{top:0}}"
    >>> "".join(_kept(style, frozenset({"btn"})))
    '.btn{color:red}@media print{.btn{top:0}}'
    """
    for found in _STATEMENT.finditer(style):
        if found["alone"]:
            yield found["alone"]
        elif found["media"] and (inside := "".join(_kept(found["inside"], used))):
            yield f"{found['media']}{{{inside}}}"
        elif found["selectors"]:
            # A selector of elements alone has no class that could be missing: it stays.
            kept = [one for one in _selectors(found["selectors"]) if _classes(one) <= used]
            if kept:
                yield f"{','.join(kept)}{{{found['style']}}}"


def _selectors(words: str) -> list[str]:
    """A rule's selectors; a comma in brackets parts none."""
    return re.split(r",(?![^(]*\))", words)


def _classes(selector: str) -> set[str]:
    """Classes an element must have, or lie beside, for a selector to hold; what it must not have is none of them."""
    return set(re.findall(r"\.([A-Za-z][\w-]*)", re.sub(r":not\([^()]*\)", "", selector)))
