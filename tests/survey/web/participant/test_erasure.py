"""Erasing by oneself: with a tick, at once, and without a trace in the browser."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.models import Participant, Submission

from ..visitor import Visitor

pytestmark = pytest.mark.store


def test_erasing_needs_a_tick_and_then_leaves_nothing(client: FlaskClient, session: Session) -> None:
    visitor = Visitor(client)
    visitor.join()
    visitor.answers("binary")
    refused = client.post("/s/ukraine/erase")
    assert refused.status_code == 422
    assert "Nothing was erased yet" in refused.text
    assert session.scalar(select(func.count()).select_from(Submission)) == 1
    session.rollback()
    erased = client.post("/s/ukraine/erase", data={"sure": "yes"}, follow_redirects=True)
    assert "Everything you gave to this survey was erased" in erased.text
    assert session.scalar(select(func.count()).select_from(Submission)) == 0
    assert session.scalars(select(Participant)).one().erased_on is not None


def test_nobody_in_particular_is_led_to_the_consent(client: FlaskClient) -> None:
    assert client.post("/s/ukraine/erase", data={"sure": "yes"}).location == "/s/ukraine/join"
