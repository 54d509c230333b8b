"""The script that draws pictures, as a static file made here."""

import threading
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app

from ..charts.script import bundle, fingerprint
from ..store.private_files import write_whole
from .static_files import cached_file

blueprint = Blueprint("charts", __name__, url_prefix="/charts")


@blueprint.get("/vega.js", defaults={"made_of": ""})
@blueprint.get("/<made_of>/vega.js")
def vega(made_of: str) -> Response:
    """Vega, Vega-Lite and vega-embed in one file."""
    path = kept_in(Path(current_app.config["PARLEY"]["INSTANCE"]))
    return cached_file(path, made_of == fingerprint())


def kept_in(folder: Path) -> Path:
    """The script as a file in `folder`, made there where it is missing: it takes three seconds, so never twice."""
    path = folder / f"vega-{fingerprint()}.js"
    # Several readers may ask while there is none: those who come meanwhile wait for the first.
    with _making:
        if not path.exists():
            write_whole(path, bundle())
    return path


_making = threading.Lock()


@blueprint.app_url_defaults
def put_fingerprint(endpoint: str, values: dict[str, Any]) -> None:
    """Give the script's address the fingerprint of what it is made of."""
    if endpoint == "charts.vega":
        values.setdefault("made_of", fingerprint())
