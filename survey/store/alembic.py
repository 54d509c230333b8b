"""Migrations: Alembic bound to the models' tables, and what it leaves alone."""

from typing import Any

from flask import Flask
from flask_alembic import Alembic
from flask_security.datastore import AsaList

from .. import models

#: How the names of the queue's own tables begin.
QUEUE_TABLES = "huey_"


alembic = Alembic(metadatas=models.Base.metadata, run_mkdir=False, command_name="")


def init_migrations(app: Flask) -> None:
    """Let the application bring its tables to this version, and say whether they are."""
    app.config["ALEMBIC"] = {"script_location": app.config["PARLEY_MIGRATIONS"]}
    app.config["ALEMBIC_CONTEXT"] = {
        "render_as_batch": True,
        "compare_type": True,
        "transactional_ddl": True,
        "render_item": render_item,
        "include_name": is_ours,
    }
    alembic.init_app(app)


def is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Whether a table is one of the models': the worker's queue keeps its own beside them on PostgreSQL."""
    return not (kind == "table" and (name or "").startswith(QUEUE_TABLES))


def render_item(kind: str, item: object, context: Any) -> str | bool:
    """How two types of others are written into a new migration."""
    if kind == "type" and isinstance(item, AsaList):
        return "sa.UnicodeText()"
    if kind == "type" and isinstance(item, models.Moment):
        return "sa.DateTime(timezone=True)"
    return False
