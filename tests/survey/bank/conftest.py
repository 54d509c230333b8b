"""A store without an application, and what the tests of loading look at."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, event
from sqlalchemy.orm import Session

from survey.models import Base, append_only

from . import tiny


@pytest.fixture
def store() -> Iterator[Session]:
    """An empty store in memory with every constraint and trigger; for rules that know no database."""
    engine = create_engine("sqlite://")

    @event.listens_for(engine, "connect")
    def keep_keys(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA foreign_keys=ON")

    with engine.begin() as connection:
        Base.metadata.create_all(connection)
        append_only.create(connection)
    with Session(engine) as session:
        yield session
    engine.dispose()


@pytest.fixture
def tiny_bank(tmp_path: Path) -> Path:
    """The folder of the tiny bank, free to be edited."""
    return tiny.write(tmp_path / "tiny")
