"""The script that draws pictures in the page: made once from the wheel that draws them on the server."""

import os
import tempfile
from importlib.metadata import version
from pathlib import Path

import vl_convert


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
