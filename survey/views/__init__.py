"""One blueprint for each reader."""

from flask import Flask


def register_views(app: Flask) -> None:
    """Every blueprint of the site."""
