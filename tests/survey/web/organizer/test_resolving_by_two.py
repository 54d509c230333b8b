"""Two organizers resolve a question of every kind through the pages, correct one and annul one; each score is
computed again by plain arithmetic from what was typed.
"""

import math
import re
from collections.abc import Mapping

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import clock
from survey.models import Participant, Proposal, Question, Resolution, Score
from survey.services import accounts
from survey.services.audit_check import verify
from survey.services.resolution import resolve
from survey.store.engine import db
from survey.store.lifecycle import current_resolutions
from survey.store.transaction import transaction
from tests.conftest import database_after
from tests.factories import on, say, someone, the_question, the_survey
from tests.survey.outcomes import member, outcome
from tests.survey.web.visitor import words

ANN, BEN = "ann@example.org", "ben@example.org"
SAME = {"known_from": "2026-11-22 10:00", "source": "A newspaper", "why": "So it was."}
#: What came out of a question of each kind, as the form asks it.
SAID: dict[str, dict[str, str]] = {
    "leaders-meet": {"outcome": "yes"},
    "war-state-2027": {"outcome": "fighting"},
    "guarantee-form": {"outcome": "several"},
    "ceasefire-when": {"rung-2027-06-30": "no"},
    "guarantee-if-ceasefire": {"condition": "if_yes", "outcome": "no"},
    "foreign-plants": {"outcome": "value", "value": "20"},
    "sanctions-end": {"outcome": "value", "value": "2030-01-01"},
}


def answered(session: Session) -> None:
    """Two organizers; one person has answered a question of each kind, and stood by it."""
    for role, email in (("organizer", ANN), ("owner", BEN)):
        member(session, role, email)
    with clock.at(on(20)):
        person = someone(session)
        for key in (*SAID, "treaty-when"):
            say(session, person, the_question(session, key), 0.3)


database = database_after(answered)


def signed_in(app: Flask, email: str) -> FlaskClient:
    client = app.test_client()
    with app.app_context():
        user = accounts.user_by_email(db.session, email)
        assert user is not None
        link = transaction(lambda session: accounts.sign_in_link(session, user))
    assert client.post(f"/sign-in/{link}").status_code == 303
    return client


def propose(client: FlaskClient, key: str, said: Mapping[str, str]) -> str:
    """Through the form and what it does; the page that says it is proposed."""
    url = f"/s/ukraine/organize/q/{key}/resolve"
    page = client.post(url, data={**SAME, **said}).text
    form = re.search(r'<form [^>]*action="[^"]*/resolve">.*?</form>', page, re.DOTALL)
    assert form is not None and "to approve</button>" in form[0], page
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form[0]))
    ticked = re.findall(r'name="despite" id="[^"]*" value="([^"]*)"', form[0])
    return client.post(url, data={**hidden, "despite": ticked, "confirm": "yes"}, follow_redirects=True).text


def refuse(client: FlaskClient, number: int, reason: str) -> str:
    sent = {"act": "refuse", "reason": reason}
    return client.post(f"/s/ukraine/organize/proposals/{number}", data=sent).text


def approve(client: FlaskClient, number: int) -> str:
    sent = {"act": "approve"}
    return client.post(f"/s/ukraine/organize/proposals/{number}", data=sent, follow_redirects=True).text


def last(app: Flask) -> int:
    with app.app_context():
        return max(one.id for one in db.session.scalars(select(Proposal)))


def test_a_refusal_without_its_reason_is_marked_at_the_reason(app: Flask) -> None:
    propose(signed_in(app, ANN), "leaders-meet", SAID["leaders-meet"])
    page = refuse(signed_in(app, BEN), last(app), " ")
    box = re.search(r'<textarea [^>]*name="reason"[^>]*>', page)
    assert box and 'aria-invalid="true" aria-describedby="reason-error"' in box[0]
    assert '<a href="#reason">Say why' in page and 'id="reason-error">Say why' in page


def given(session: Session, question: Question) -> dict[tuple[str, str], float]:
    """What the person's forecast says, by option and part."""
    from survey.models import Forecast, Submission

    keys = {option.id: option.key for option in question.options}
    query = select(Forecast).join(Submission).where(Submission.question_id == question.id)
    return {(keys[one.option_id], one.part): one.value for one in session.scalars(query)}


def recomputed(question: Question, made: Resolution, said: Mapping[tuple[str, str], float]) -> float:
    """The first score of a kind, by its definition, of a forecast that stood alone on every day."""
    about = made.option.key if made.option else "yes"
    if question.kind in ("binary", "ladder", "pair"):
        return 2 * (said[about, "p"] - (made.value or 0)) ** 2
    keys = [option.key for option in question.options]
    if question.kind in ("choice", "ordered"):
        assert made.outcome_option is not None
        came = [float(key == made.outcome_option.key) for key in keys]
        chances = [said[key, "p"] for key in keys]
        if question.kind == "choice":
            return sum((p - c) ** 2 for p, c in zip(chances, came, strict=True))
        # Ordered: the mean over every cut of the two-sided Brier score of lying at or below it.
        cuts = [(sum(chances[:i]) - sum(came[:i])) ** 2 * 2 for i in range(1, len(keys))]
        return sum(cuts) / len(cuts)
    return wis(question, made.value or 0, said)


def wis(question: Question, value: float, said: Mapping[tuple[str, str], float]) -> float:
    """Bracher et al. 2021: the mean over levels of twice the pinball loss, on the question's scale."""
    on_scale = math.log if question.scale == "log" else float
    total = 0.0
    for level in question.quantile_levels:
        miss = on_scale(value) - on_scale(said["value", f"q{level:g}"])
        total += 2 * max(level * miss, (level - 1) * miss)
    return total / len(question.quantile_levels)


def test_two_people_resolve_a_question_of_every_kind_correct_one_and_annul_one(app: Flask) -> None:
    ann, ben = signed_in(app, ANN), signed_in(app, BEN)
    for key, said in SAID.items():
        assert "The outcome is proposed" in propose(ann, key, said), key
        number = last(app)
        assert "waits for a second person" in ann.get(f"/s/ukraine/organize/q/{key}").text
        assert "waits for your approval" in words(ben.get("/s/ukraine/organize/").text)
        assert "waits for your approval" not in words(ann.get("/s/ukraine/organize/").text)
        with app.app_context():
            stood = current_resolutions(db.session, the_question(db.session, key))
            assert all(one.annulled for one in stood), "nothing counts before it is approved"
        page = approve(ben, number)
        assert f"{ANN}, approved by {BEN}" in page, key
    check_scores(app)
    # A correction by the other way round: Ben proposes, Ann approves.
    propose(ben, "leaders-meet", {"outcome": "no"})
    assert f"{BEN}, approved by {ANN}" in approve(ann, last(app))
    propose(ann, "sanctions-end", {"outcome": "annulled"})
    assert "annulled" in approve(ben, last(app))
    check_scores(app)
    with app.app_context():
        assert verify(db.session, the_survey(db.session)).is_whole


def test_an_unticked_companion_keeps_its_effects_when_the_page_comes_back(app: Flask) -> None:
    ann = signed_in(app, ANN)
    with app.app_context():
        no = outcome(about="2027-12-31", value=0.0)
        transaction(lambda session: resolve(session, the_question(session, "ceasefire-when"), no) and None)
    url, said = "/s/ukraine/organize/q/war-state-2027/resolve", {**SAME, "outcome": "settlement"}
    offered = companion(ann.post(url, data=said).text)
    assert "checked" in offered and "person is scored" in offered
    back = ann.post(url, data={**said, "confirm": "yes"})
    assert back.status_code == 422 and "This contradicts what was declared" in back.text
    assert companion(back.text) == offered.replace(" checked", "")


def companion(page: str) -> str:
    """What the page before confirming says of the question that is resolved with it."""
    found = re.search(r'<input [^>]*id="with-treaty-when".*?</fieldset>', page, re.DOTALL)
    assert found is not None, page
    return " ".join(found[0].split())


def check_scores(app: Flask) -> None:
    """Every score that stands, against the arithmetic of this file."""
    with app.app_context():
        session, checked = db.session, 0
        assert session.scalars(select(Participant)).one()
        for key in SAID:
            question = the_question(session, key)
            for made in current_resolutions(session, question):
                stored = {
                    one.rule: one.value
                    for one in session.scalars(select(Score).filter_by(resolution_id=made.id))
                }
                assert bool(stored) is not made.annulled, key
                if stored:
                    own = next(stored[rule] for rule in ("wis", "brier", "ordered_brier") if rule in stored)
                    assert own == pytest.approx(recomputed(question, made, given(session, question))), key
                    checked += 1
        assert checked >= len(SAID) - 1
