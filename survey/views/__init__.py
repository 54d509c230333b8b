"""One blueprint for each reader."""

from flask import Flask

from .. import wording
from . import researcher


def register_views(app: Flask) -> None:
    """Every blueprint of the site, and `say`: how templates say numbers and times."""
    app.jinja_env.globals["say"] = wording
    app.register_blueprint(researcher.blueprint)
