"""Every page answers those who may read it, on both databases: no statement is written for one of them alone."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from survey.store.transaction import transaction
from tests.factories import crowd, the_question

from .every_page import ASKED, is_file, owner_link, paths, signed_up_owner
from .visitor import Visitor

pytestmark = pytest.mark.store


def some_spoke(session: Session) -> str:
    """Six people answer the question that addresses name; the invitation that is left."""
    crowd(session, the_question(session, ASKED), [0.2] * 6)
    return signed_up_owner(session)


def statuses(client: FlaskClient, addresses: list[str]) -> dict[str, int]:
    """How each address answers this browser; no page is at the address of a file."""
    found = {}
    for address in addresses:
        with client.get(address) as response:
            found[address] = response.status_code
            is_page = response.status_code == 200 and response.mimetype == "text/html"
            assert not (is_page and is_file(address)), address
    return found


# Daily `test_statements` asks for every page on the embedded database.
@pytest.mark.parametrize(
    "database",
    [
        pytest.param("sqlite", marks=[pytest.mark.sqlite, pytest.mark.long]),
        pytest.param("postgresql", marks=pytest.mark.postgresql),
    ],
    indirect=True,
)
def test_no_page_fails_whoever_reads_it(app: Flask) -> None:
    with app.app_context():
        invitation = transaction(some_spoke)
        link = transaction(owner_link)
    stranger, participant, owner = (Visitor(app.test_client()) for _reader in range(3))
    participant.join()
    assert owner.client.post(f"/sign-in/{link}").status_code == 303
    for reader in (stranger, participant, owner):
        told = statuses(reader.client, paths(app, invitation))
        assert {path: status for path, status in told.items() if status >= 500} == {}
        # The control: a good part is there; what is written is for its writers alone.
        assert sum(status == 200 for status in told.values()) > len(told) / 4
