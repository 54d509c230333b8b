"""Resolving by two: what one proposes has no effect until a second approves it, and each step stands in the log."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from survey.models import EventLog, Proposal, Resolution, Score, User
from survey.services import resolution_proposals as proposals
from survey.services.audit_check import verify
from survey.services.resolution import Act, resolve
from survey.services.resolution_rules import InvalidOutcome
from survey.store.lifecycle import current_resolutions
from survey.store.transaction import transaction
from tests.conftest import TODAY
from tests.factories import crowd, the_question, the_survey

from ..outcomes import member, new_version, outcome

FREE = "leaders-meet"


@pytest.fixture
def two(session: Session) -> tuple[User, User]:
    """Two organizers, and twelve answers to a question tied to no other."""
    ann, ben = member(session, email="ann@example.org"), member(session, "owner", "ben@example.org")
    crowd(session, the_question(session, FREE), [0.1, 0.2, 0.3] * 4, day=20)
    session.commit()
    return ann, ben


def act(session: Session, value: float = 1.0, key: str = FREE) -> Act:
    return Act({the_question(session, key).id: [outcome(value=value)]})


def propose(session: Session, by: User, value: float = 1.0) -> int:
    made = proposals.resolve_or_propose(the_survey(session), act(session, value), by)
    assert isinstance(made, Proposal)
    return made.id


def acts(session: Session) -> list[tuple[str, int | None]]:
    entries = select(EventLog).where(EventLog.act.contains("outcome") | (EventLog.act == "resolve"))
    return [(one.act, one.user_id) for one in session.scalars(entries.order_by(EventLog.id))]


@pytest.mark.store
def test_an_outcome_counts_once_a_second_person_has_approved_it(
    session: Session, two: tuple[User, User]
) -> None:
    ann, ben = (one.id for one in two)
    number = propose(session, two[0])
    assert propose(session, two[0]) == number, "a form that comes twice makes no second one"
    assert session.scalars(select(Resolution)).all() == []
    with pytest.raises(proposals.InvalidProposal, match="proposed this yourself"):
        proposals.approve(the_survey(session), number, session.get_one(User, ann))
    with pytest.raises(InvalidOutcome, match="waits for a second person already"):
        propose(session, session.get_one(User, ben), 0.0)
    (made,) = proposals.approve(the_survey(session), number, session.get_one(User, ben))
    assert (made.by_id, made.approved_by_id, made.value) == (ann, ben, 1)
    assert len({one.participant_id for one in session.scalars(select(Score))}) == 12
    assert acts(session) == [("propose outcome", ann), ("approve outcome", ben), ("resolve", ann)]
    assert proposals.proposals(session, the_survey(session)) == []
    with pytest.raises(proposals.InvalidProposal, match="does not wait any more"):
        proposals.approve(the_survey(session), number, session.get_one(User, ben))
    assert verify(session, the_survey(session)).is_whole


def test_a_proposal_is_withdrawn_by_its_author_or_refused_by_another_with_a_reason(
    session: Session, two: tuple[User, User]
) -> None:
    ann, ben = two
    survey = the_survey(session)
    first = propose(session, ann)
    for wrong in (
        lambda: proposals.withdraw(session, survey, first, ben),
        lambda: proposals.refuse(session, survey, first, ann, "No."),
        lambda: proposals.refuse(session, survey, first, ben, " "),
    ):
        with pytest.raises(proposals.InvalidProposal):
            wrong()
    proposals.withdraw(session, survey, first, ann)
    session.commit()
    second = propose(session, ann)
    refused = proposals.refuse(session, survey, second, ben, "The source says otherwise.")
    assert refused.decision and refused.decision.reason == "The source says otherwise."
    assert session.scalars(select(Resolution)).all() == []
    assert verify(session, survey).is_whole


@pytest.mark.parametrize("change", ["resolution", "version"])
def test_what_a_proposal_rests_on_may_not_have_changed(
    session: Session, two: tuple[User, User], change: str
) -> None:
    number = propose(session, two[0])
    question = the_question(session, FREE)
    if change == "resolution":
        resolve(session, question, outcome(value=0.0))
    else:
        new_version(session, question, TODAY, substantive=False)
    session.commit()
    with pytest.raises(
        proposals.InvalidProposal, match=r"has changed.*leaders.*(another|version)|has changed"
    ):
        proposals.approve(the_survey(session), number, two[1])
    assert [one.value for one in session.scalars(select(Resolution))] == (
        [0] if change == "resolution" else []
    )


def test_whoever_runs_a_survey_alone_resolves_alone_and_an_owner_may_let_anybody(session: Session) -> None:
    alone = member(session, "owner", "ann@example.org")
    session.commit()
    made = proposals.resolve_or_propose(the_survey(session), act(session), alone)
    assert isinstance(made, list) and made[0].approved_by_id is None
    other = member(session, email="ben@example.org")
    session.commit()
    waiting = proposals.resolve_or_propose(the_survey(session), act(session, 0.0), other)
    assert isinstance(waiting, Proposal)
    number = waiting.id
    transaction(lambda s: proposals.withdraw(s, the_survey(s), number, other) and None)
    transaction(lambda s: proposals.set_second_person(s, the_survey(s), False, alone))
    (now,) = proposals.resolve_or_propose(the_survey(session), act(session, 0.0), other)
    assert current_resolutions(session, the_question(session, FREE)) == [now]
    entries = session.scalars(select(EventLog).filter_by(act="settings").order_by(EventLog.id)).all()
    assert entries[-1].detail["second_person"] is False
    assert verify(session, the_survey(session)).is_whole


@pytest.mark.store
@pytest.mark.parametrize("table", ["proposal", "proposal_decision"])
def test_the_database_itself_refuses_to_change_a_proposal(
    session: Session, two: tuple[User, User], table: str
) -> None:
    proposals.withdraw(session, the_survey(session), propose(session, two[0]), two[0])
    session.commit()
    for verb in (f"UPDATE {table} SET by_id = by_id", f"DELETE FROM {table}"):
        with pytest.raises(DBAPIError, match="append-only"):
            session.execute(text(verb))
        session.rollback()
