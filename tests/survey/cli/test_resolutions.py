"""Outcomes from a terminal: the rules of pages, by accounts that may resolve."""

from flask import Flask
from sqlalchemy import select

from survey.models import Resolution
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.survey.outcomes import member

from .test_commands import run

SAID = ("--known-from=2026-11-22T10:00", "--source=A newspaper", "--by=ann@example.org")


def test_one_proposes_and_a_second_approves(app: Flask) -> None:
    with app.app_context():
        for role, email in (("owner", "ann"), ("organizer", "ben"), ("analyst", "kay")):
            transaction(lambda s, r=role, e=email: member(s, r, f"{e}@example.org") and None)  # type: ignore[misc]
    wrong = run(app, "resolve", "propose", "ukraine", "leaders-meet", "maybe", *SAID)
    assert wrong.exit_code == 1 and "yes, no or annulled" in wrong.output
    said = run(app, "resolve", "propose", "ukraine", "leaders-meet", "yes", *SAID)
    assert "Proposal 1 waits for a second person" in said.output, said.output
    assert run(app, "resolve", "list", "ukraine").output == "1  waiting  leaders-meet  ann@example.org\n"
    for by, sentence in (("ann", "proposed this yourself"), ("kay", "neither owner nor organizer")):
        refused = run(app, "resolve", "approve", "ukraine", "1", f"--by={by}@example.org")
        assert refused.exit_code == 1 and sentence in refused.output, refused.output
    assert "is approved" in run(app, "resolve", "approve", "ukraine", "1", "--by=ben@example.org").output
    assert run(app, "resolve", "list", "ukraine").output.startswith("1  approved")
    with app.app_context():
        (stored,) = db.session.scalars(select(Resolution))
        assert stored.value == 1 and stored.approved_by_id
    dated = run(app, "resolve", "propose", "ukraine", "sanctions-end", "2027-05-01", *SAID)
    assert "Proposal 2" in dated.output, dated.output
    assert "withdrawn" in run(app, "resolve", "withdraw", "ukraine", "2", "--by=ann@example.org").output
    again = run(app, "resolve", "refuse", "ukraine", "2", "--by=ben@example.org", "--reason=No")
    assert again.exit_code == 1 and "does not wait any more" in again.output
    both = run(
        app, "resolve", "propose", "ukraine", "war-state-2027", "settlement", "--companion=treaty-when", *SAID
    )
    assert "Proposal 3" in both.output, both.output
    listed = run(app, "resolve", "list", "ukraine").output
    assert "3  waiting  war-state-2027, treaty-when" in listed
