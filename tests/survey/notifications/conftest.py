"""Somebody who has left an address, and a look into the letters that went."""

import gc
import re
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from survey import clock
from survey.models import Participant
from survey.notifications import contacts
from tests.factories import on, someone

#: The library of the worker leaves the connections on which it listens to the garbage collector.
LEAVES_CONNECTIONS = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

Outbox = Callable[[], list[EmailMessage]]


@pytest.fixture
def outbox(app: Flask) -> Iterator[Outbox]:
    """The letters a site without a mail server keeps, oldest first."""
    folder = Path(app.config["PARLEY"]["INSTANCE"]) / "outbox"
    for leftover in folder.glob("*.eml"):
        leftover.unlink()

    def read() -> list[EmailMessage]:
        found = [
            message_from_bytes(path.read_bytes(), policy=policy.default)
            for path in sorted(folder.glob("*.eml"))
        ]
        return cast(list[EmailMessage], sorted(found, key=lambda letter: str(letter["To"])))

    yield read
    for leftover in folder.glob("*.eml"):
        leftover.unlink()


@pytest.fixture
def nothing_left_open() -> Iterator[None]:
    """What a worker left is collected here, and not in a test of others."""
    yield
    gc.collect()


def reachable(session: Session, address: str = "olha@example.org", **facts: Any) -> Participant:
    """Somebody who joined on the 23rd and confirmed an address then."""
    with clock.at(on(23)):
        person = someone(session, **facts)
        _contact, token = contacts.leave_address(session, person, address, 7)
        contacts.confirm(session, token)
    return person


def words_of(letter: EmailMessage) -> str:
    """The text of a letter, addresses of pages left out."""
    return re.sub(r"http\S+", "", letter.get_content())


def links_in(letter: EmailMessage) -> list[str]:
    """The paths a letter leads to."""
    return re.findall(r"https?://[^/\s]+(/\S*)", letter.get_content())
