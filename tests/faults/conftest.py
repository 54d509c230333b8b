"""A PostgreSQL of our own, to be killed."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ..conftest import make_app, migrate_and_load
from ..postgresql import Cluster


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL nobody else uses, from the packaged wheel."""
    if os.environ.get("TEST_DATABASE_URL"):
        pytest.skip(
            "TEST_DATABASE_URL names a PostgreSQL that is not ours to kill; without it this is run on one of our own"
        )
    with Cluster() as cluster:
        yield cluster


@pytest.fixture
def killable(cluster: Cluster, tmp_path: Path) -> str:
    """URL of a database with the shipped survey in the cluster."""
    cluster.postgresql.execute("CREATE DATABASE faults")
    url = cluster.postgresql.database("faults")
    migrate_and_load(make_app(url, tmp_path))
    return url
