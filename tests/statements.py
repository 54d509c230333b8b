"""What is sent to a database while something is done."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.event import listen, remove

from survey.store.engine import db


@contextmanager
def counting(app: Flask, *, commits: bool = False) -> Iterator[list[str]]:
    """The statements that are sent to the database inside a `with` block; with `commits`, `COMMIT` among them."""
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        said.append(statement)

    def note_commit(_connection: Any) -> None:
        said.append("COMMIT")

    ended = {"commit": note_commit} if commits else {}
    with app.app_context():
        engine: Engine = db.engine
    with ExitStack() as stack:
        for happens, noted in {"before_cursor_execute": note, **ended}.items():
            listen(engine, happens, noted)
            stack.callback(remove, engine, happens, noted)
        yield said
