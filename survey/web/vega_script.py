"""The script that draws pictures, as a static file made here."""

from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app

from ..charts.script import bundle, fingerprint
from .static_files import cached_file

blueprint = Blueprint("charts", __name__, url_prefix="/charts")


@blueprint.get("/vega.js", defaults={"made_of": ""})
@blueprint.get("/<made_of>/vega.js")
def vega(made_of: str) -> Response:
    """Vega, Vega-Lite and vega-embed in one file."""
    path = bundle(Path(current_app.config["PARLEY"]["INSTANCE"]))
    return cached_file(path, made_of == fingerprint())


@blueprint.app_url_defaults
def put_fingerprint(endpoint: str, values: dict[str, Any]) -> None:
    """Give the script's address the fingerprint of what it is made of."""
    if endpoint == "charts.vega":
        values.setdefault("made_of", fingerprint())
