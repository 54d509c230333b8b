"""The log of organizers' acts: nothing can be changed or slipped out unnoticed."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from survey.models import EventLog, append_only
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


def test_an_entry_and_the_next_ones_link_written_anew_together_are_found(chain: Session) -> None:
    """Each hash is of the one before it too: whoever rewrites an entry would have to rewrite all after it."""
    append_only.drop(chain.connection())
    second = chain.scalars(select(EventLog).filter_by(position=2)).one()
    forged = audit_log.entry_hash(second.previous_hash, 2, second.at, second.user_id, "other", second.detail)
    for change, position in ((f"act = 'other', hash = '{forged}'", 2), (f"previous_hash = '{forged}'", 3)):
        chain.execute(text(f"UPDATE event_log SET {change} WHERE position = {position}"))
    chain.expire_all()
    assert audit_log.first_broken(chain, the_survey(chain)) == 3
