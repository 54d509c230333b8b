"""Reasons by program: asked for by a question, and on a large change; as on the pages."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.models import Submission
from tests.factories import the_question, the_survey

from .caller import ANSWERS, Caller, faults, fresh_key

FREE = "leaders-meet"


def stored(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Submission)) or 0


def test_a_question_that_asks_why_takes_no_forecast_without(person: Caller, session: Session) -> None:
    assert person.get(f"questions/{FREE}").json["rationale_required"] is False
    the_question(session, FREE).rationale_required = True
    session.commit()
    assert person.get(f"questions/{FREE}").json["rationale_required"] is True
    refused = person.forecast(FREE, {"p-yes": 0.3}, nothing_to_add=True)
    assert refused.status_code == 422
    assert faults(refused)["rationale"].startswith("This question asks why")
    assert person.forecast(FREE, {"p-yes": 0.3}, rationale="Talks.").status_code == 201


def test_all_that_is_wrong_is_said_at_once(person: Caller, session: Session) -> None:
    the_question(session, FREE).rationale_required = True
    session.commit()
    assert list(faults(person.forecast(FREE, {"p-yes": 0.99999}))) == ["p-yes", "rationale"]


@pytest.mark.parametrize("more", [{"rationale": "A summit."}, {"nothing_to_add": True}])
def test_a_large_change_needs_a_reason_or_the_word_that_there_is_none(
    person: Caller, session: Session, more: dict[str, object]
) -> None:
    person.forecast(FREE, {"p-yes": 0.2})
    key = fresh_key()
    refused = person.forecast(FREE, {"p-yes": 0.6}, key)
    assert (refused.status_code, list(faults(refused))) == (422, ["rationale"])
    assert "more than 20 points" in faults(refused)["rationale"]
    assert stored(session) == 1
    # Nothing was stored under the key, so that the same act can be sent again with it.
    assert person.forecast(FREE, {"p-yes": 0.6}, key, **more).status_code == 201
    assert person.forecast(FREE, {"p-yes": 0.6}, key, **more).json["revision"] == 2


def test_a_first_forecast_is_asked_nothing(person: Caller) -> None:
    for kind in ANSWERS:
        assert person.answer(kind).status_code == 201


def test_the_survey_says_from_which_change_on(person: Caller, session: Session) -> None:
    assert person.get("").json["explain_change"] == 0.2
    the_survey(session).explain_change = 1
    session.commit()
    person.forecast(FREE, {"p-yes": 0.01})
    assert person.forecast(FREE, {"p-yes": 0.99}).status_code == 201


@pytest.mark.parametrize("value", [1, "true", None, "yes"])
def test_only_true_is_true(person: Caller, session: Session, value: object) -> None:
    refused = person.forecast(FREE, {"p-yes": 0.3}, nothing_to_add=value)
    assert (refused.status_code, list(faults(refused))) == (422, ["nothing_to_add"])
    assert stored(session) == 0
