"""A visitor of the shipped survey, one who has joined, and a survey where others have answered before."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from survey import clock
from survey.services.publication import publish
from tests.factories import on, say, someone, the_survey

from .visitor import Visitor

#: What every reason of the others begins with.
MARK = "A reason that twelve people gave"


@pytest.fixture
def visitor(client: FlaskClient) -> Visitor:
    """Somebody who has not joined."""
    return Visitor(client)


@pytest.fixture
def person(visitor: Visitor) -> Visitor:
    """Somebody who has just joined; by which pages is a test of enrollment."""
    return visitor.joined()


def others_answer(session: Session, chance: float = 0.2) -> None:
    """Twelve people answer everything on the 18th; it is published as of that day."""
    survey = the_survey(session)
    with clock.at(on(18)):
        for place in range(12):
            other = someone(session)
            for question in survey.questions:
                say(session, other, question, chance + 0.01 * place, rationale=f"{MARK}, number {place}.")
    with clock.at(on(19)):
        publish(session, survey)
    session.commit()
