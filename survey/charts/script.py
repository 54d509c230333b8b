"""The script that draws pictures in the page: made once from the wheel that draws them on the server."""

import hashlib
import os
import tempfile
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import vl_convert

from survey.charts.look import Spec
from survey.charts.words import number_locale, time_locale

#: What the bundle does once it is loaded.
GIVEN = "window.vegaEmbed=vegaEmbed;"


@cache
def fingerprint() -> str:
    """The fingerprint of what the bundle is made of: known before it is made, which takes three seconds.

    A released wheel never changes, and with our line it is all that goes in.
    """
    return hashlib.sha256(f"{version('vl-convert-python')}\0{GIVEN}".encode()).hexdigest()[:16]


def bundle(folder: Path) -> Path:
    """The bundle in `folder`, made there where it is missing; it takes three seconds, so never twice."""
    path = folder / f"vega-{fingerprint()}.js"
    if not path.exists():
        script = vl_convert.javascript_bundle(GIVEN)
        # Another process may be making it too: each writes its own file, and the last name wins whole.
        descriptor, made = tempfile.mkstemp(dir=folder, suffix=".js")
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(script)
        Path(made).replace(path)
    return path


def as_file(spec: Spec, kind: str) -> bytes:
    """A specification drawn on the server: `svg`, or `png` at twice its size; nothing is fetched for it.

    Months and numbers on its axes are the reader's language's, as `static/charts.js` has them in the page.
    """
    told: dict[str, Any] = {
        "allowed_base_urls": [],
        "format_locale": number_locale(),
        "time_format_locale": time_locale(),
    }
    if kind == "svg":
        return str(vl_convert.vegalite_to_svg(spec, **told)).encode()
    return bytes(vl_convert.vegalite_to_png(spec, scale=2, **told))
