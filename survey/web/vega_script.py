"""The script that draws pictures, as a plain file."""

from pathlib import Path

from flask import Blueprint, Response, current_app, send_file

from ..charts.script import bundle

blueprint = Blueprint("charts", __name__, url_prefix="/charts")

A_WEEK = 7 * 24 * 60 * 60


@blueprint.get("/vega.js")
def vega() -> Response:
    """Vega, Vega-Lite and vega-embed in one file."""
    path = bundle(Path(current_app.config["PARLEY"]["INSTANCE"]))
    return send_file(path, mimetype="text/javascript", max_age=A_WEEK)
