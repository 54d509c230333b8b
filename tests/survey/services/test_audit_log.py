"""The log of organizers' acts: nothing can be changed or slipped out unnoticed."""

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from survey.models import append_only
from survey.services import audit_log
from tests.factories import the_survey

pytestmark = pytest.mark.store


@pytest.fixture
def chain(session: Session) -> Session:
    """Four entries of one survey."""
    for number in range(4):
        audit_log.record(session, the_survey(session), "act", {"number": number, "name": "Київ"})
    session.commit()
    return session


def test_a_whole_chain_holds(chain: Session) -> None:
    assert audit_log.first_broken(chain, the_survey(chain)) is None


@pytest.mark.parametrize(
    ("tampering", "position"),
    [
        ("UPDATE event_log SET act = 'other' WHERE position = 3", 3),
        ("DELETE FROM event_log WHERE position = 2", 2),
        ("UPDATE event_log SET previous_hash = hash WHERE position = 4", 4),
    ],
)
def test_tampering_past_the_triggers_is_found(chain: Session, tampering: str, position: int) -> None:
    append_only.drop(chain.connection())
    chain.execute(text(tampering))
    chain.expire_all()
    assert audit_log.first_broken(chain, the_survey(chain)) == position
