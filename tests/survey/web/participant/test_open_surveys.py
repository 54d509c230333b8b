"""What a page says of figures where anybody may join."""

import pytest
from sqlalchemy.orm import Session

from survey import clock
from survey.models.survey import OPEN_CELL
from survey.services.publication import publish
from tests.factories import crowd, on, the_question, the_survey

from ..visitor import Visitor, words

MOVED = "every answer is moved by chance, once and for good"


@pytest.fixture
def guarded(session: Session) -> None:
    """Everybody may see figures that nobody's answer is read from."""
    survey = the_survey(session)
    survey.noise_key, survey.reveal = "0d" * 32, "always"
    session.commit()


@pytest.mark.parametrize("kind", ["binary", "ladder", "numeric"])
def test_a_crowd_of_moved_answers_says_so(
    visitor: Visitor, session: Session, guarded: None, kind: str
) -> None:
    question = next(one for one in the_survey(session).questions if one.kind == kind)
    crowd(session, question, [0.3] * OPEN_CELL, day=18)
    with clock.at(on(20)):
        publish(session, question.survey)
    key = question.key
    session.commit()
    page = words(visitor.get(f"q/{key}/crowd").text)
    assert MOVED in page
    assert f"{OPEN_CELL} people" in page or f"People {OPEN_CELL}" in page


def test_before_there_are_twenty_the_page_says_how_many_it_waits_for(
    visitor: Visitor, session: Session, guarded: None
) -> None:
    question = the_question(session, "leaders-meet")
    crowd(session, question, [0.3] * (OPEN_CELL - 1), day=18)
    with clock.at(on(20)):
        publish(session, question.survey)
    session.commit()
    told = visitor.client.get("/api/v1/surveys/ukraine").get_json()
    assert told["minimum_cell"] == OPEN_CELL
    page = words(visitor.get("q/leaders-meet/crowd").text)
    assert MOVED not in page


def test_the_methods_page_tells_of_it(visitor: Visitor) -> None:
    page = words(visitor.client.get("/methods").text)
    assert "the odds of every answer are first multiplied by a factor of its own" in page
