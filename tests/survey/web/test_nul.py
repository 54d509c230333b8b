"""An address with a NUL names nothing: PostgreSQL takes none in a text, and would make a fault of it."""

from collections.abc import Iterator
from contextlib import suppress

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from survey.services import accounts
from survey.services.api_tokens import create_token
from survey.store.transaction import transaction
from tests.factories import the_survey
from tests.survey.disclosure.test_non_interference import addresses

from .every_page import ASKED, OWNER, owner_link, signed_up_owner
from .visitor import Visitor

pytestmark = pytest.mark.store


@pytest.mark.parametrize(
    "path", ["/s/%00/", "/s/ukraine/q/%00", "/s/ukraine/q/%00/crowd", "/api/v1/surveys/%00"]
)
def test_it_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def with_a_nul(app: Flask) -> Iterator[tuple[str, str]]:
    """Method and address of every route, with a NUL in the place of each of its names in turn."""
    site = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            endpoint, names = site.match(addresses(app, rule, ASKED), method=method)
            for name in (name for name, value in names.items() if isinstance(value, str)):
                # A name that is one of few builds no such address.
                with suppress(ValueError):
                    yield method, site.build(endpoint, {**names, name: "\x00"}, method=method)


def owner_token(session: Session) -> str:
    """What the owner's program calls with."""
    owner = accounts.user_by_email(session, OWNER)
    assert owner is not None
    return create_token(session, owner, the_survey(session))


def test_no_route_breaks_whoever_asks(app: Flask) -> None:
    with app.app_context():
        transaction(signed_up_owner)
        link, token = transaction(owner_link), transaction(owner_token)
    participant, owner = Visitor(app.test_client()).joined(), Visitor(app.test_client())
    assert owner.client.post(f"/sign-in/{link}").status_code == 303
    asked = sorted(set(with_a_nul(app)))
    assert len(asked) > 250
    broken = []
    for reader in (participant, owner):
        for method, address in asked:
            by = {"Authorization": f"Bearer {token}"} if address.startswith("/api/") else {}
            with reader.client.open(address, method=method, headers=by) as response:
                if response.status_code >= 500:
                    broken.append((method, address))
    assert broken == []
