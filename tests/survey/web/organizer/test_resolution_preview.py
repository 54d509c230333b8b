"""Before an outcome counts: the crowd when it became known, how it scores, who may approve; no single scores."""

from flask import Flask
from sqlalchemy.orm import Session

from survey import clock
from survey.services import accounts
from survey.services.publication import publish
from survey.services.resolution import resolve
from survey.store.engine import db
from survey.store.transaction import transaction
from tests.conftest import database_after
from tests.factories import crowd, on, the_question, the_survey
from tests.statements import counting
from tests.survey.outcomes import member, outcome
from tests.survey.web.test_statements import MOST
from tests.survey.web.visitor import words

KEY, BEFORE = "leaders-meet", "nuclear-use"
ASKED = {"known_from": "2026-11-22 10:00", "source": "A newspaper", "outcome": "yes"}


def published(session: Session) -> None:
    """Twelve people said 30 % of two questions, both are published, one has come out as it was expected least."""
    for role, email in (("organizer", "ann@example.org"), ("owner", "ben@example.org")):
        member(session, role, email)
    for key in (KEY, BEFORE):
        crowd(session, the_question(session, key), [0.3] * 12, day=18)
    with clock.at(on(20)):
        publish(session, the_survey(session))
    resolve(session, the_question(session, BEFORE), outcome(value=0.0))


database = database_after(published)


def test_a_preview_tells_of_the_crowd_and_whom_it_asks_and_of_no_single_score(app: Flask) -> None:
    client = app.test_client()
    with app.app_context():
        ann = accounts.user_by_email(db.session, "ann@example.org")
        assert ann is not None
        link = transaction(lambda session: accounts.sign_in_link(session, ann))
    assert client.post(f"/sign-in/{link}").status_code == 303
    client.get(f"/s/ukraine/organize/q/{KEY}/resolve")
    with counting(app) as asked:
        page = client.post(f"/s/ukraine/organize/q/{KEY}/resolve", data=ASKED).text
    assert len(asked) <= MOST, "\n".join(asked)
    said = words(page)
    assert "yes: see what it does before it counts" in said
    assert "Known from 22 November 2026, 12:00 Kyiv (10:00 UTC)" in said
    assert "The crowd stood at 30 % when it became known" in said.replace("\xa0", " ")
    # Brier scores of 30 %, on both sides: 2·0.7² of what happened, 2·0.3² of what did not; their mean.
    assert "0.98 0.18 of 1 0.58 of 2" in said
    assert "Who may approve it: ben@example.org." in said and "Ask ben@example.org to approve" in said
    assert 'class="p-now" aria-current="step"><span>2 What it does' in page
    assert "Scores of people are told once the outcome is stored" in said
    annulled = client.post(f"/s/ukraine/organize/q/{KEY}/resolve", data=ASKED | {"outcome": "annulled"}).text
    assert "How the crowd scores" not in annulled and "Nobody is scored" in annulled
