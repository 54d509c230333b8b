"""A visitor of the shipped survey, and one who has joined."""

import pytest
from flask.testing import FlaskClient

from .visitor import Visitor


@pytest.fixture
def visitor(client: FlaskClient) -> Visitor:
    """Somebody who has not joined."""
    return Visitor(client)


@pytest.fixture
def person(visitor: Visitor) -> Visitor:
    """Somebody who has just joined."""
    return visitor.join()
