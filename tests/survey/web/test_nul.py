"""An address with a NUL names nothing: PostgreSQL takes none in a text, and would make a fault of it."""

import pytest
from flask.testing import FlaskClient

pytestmark = pytest.mark.store


@pytest.mark.parametrize("path", ["/s/%00/", "/s/ukraine/q/%00", "/api/v1/surveys/%00"])
def test_it_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404
