"""The script that draws pictures in the page: made once from the wheel that draws them on the server."""

import os
import tempfile
from importlib.metadata import version
from pathlib import Path

import vl_convert

from survey.charts.look import Spec


def bundle(folder: Path) -> Path:
    """The bundle in `folder`, made there where it is missing; it takes three seconds, so never twice."""
    path = folder / f"vega-{version('vl-convert-python')}.js"
    if not path.exists():
        script = vl_convert.javascript_bundle("window.vegaEmbed=vegaEmbed;")
        # Another process may be making it too: each writes its own file, and the last name wins whole.
        descriptor, made = tempfile.mkstemp(dir=folder, suffix=".js")
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(script)
        Path(made).replace(path)
    return path


def as_file(spec: Spec, kind: str) -> bytes:
    """A specification drawn on the server: `svg`, or `png` at twice its size; nothing is fetched for it."""
    if kind == "svg":
        return str(vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])).encode()
    return bytes(vl_convert.vegalite_to_png(spec, scale=2, allowed_base_urls=[]))
