"""What is made consistent rests on what the viewer may see, of the day that is told, and on nothing that came out."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from survey import clock
from survey.aggregation.event_space import event_space_of
from survey.disclosure import Consistent, Viewer, get_consistent, linked_question_ids
from survey.models import Participant
from survey.services import forecast_submit
from survey.services.publication import publish
from survey.services.resolution import resolve
from tests.conftest import store_after
from tests.factories import on, say, someone, the_question, the_survey

from ..outcomes import outcome

pytestmark = pytest.mark.whole


@store_after
def skipped(session: Session) -> int:
    """Somebody who has skipped every question; twelve others gave the same to each, which can't go together."""
    with clock.at(on(18)):
        for _ in range(12):
            person = someone(session)
            for question in the_survey(session).questions:
                say(session, person, question, 0.2)
        reader = someone(session)
        for question in the_survey(session).questions:
            forecast_submit.skip(session, reader, question)
    with clock.at(on(19)):
        publish(session, the_survey(session))
    return reader.id


@pytest.fixture
def reader(skipped: int, session: Session) -> Participant:
    """Whoever has skipped everything."""
    return session.get_one(Participant, skipped)


def shown(session: Session, viewer: Viewer, key: str = "treaty-when", day: int = 18) -> Consistent | None:
    return get_consistent(session, viewer, the_question(session, key), on(day).date())


def test_it_names_what_it_is_made_of(session: Session, reader: Participant) -> None:
    made = shown(session, Viewer(reader))
    assert made is not None
    assert {"treaty-when", "ceasefire-when", "guarantee-form"} <= made.made_of
    assert made.moved <= made.values.keys()


def test_what_a_viewer_may_not_see_is_no_part_of_it(session: Session, reader: Participant) -> None:
    another = someone(session)
    assert shown(session, Viewer(another)) is None
    linked = linked_question_ids(session, the_question(session, "treaty-when"))
    for question in the_survey(session).questions:
        if question.id in linked:
            forecast_submit.skip(session, another, question)
    made, whole = shown(session, Viewer(another)), shown(session, Viewer(reader))
    assert made is not None and whole is not None
    assert {the_question(session, key).id for key in made.made_of} <= linked
    assert made.made_of < whole.made_of


def test_before_anything_was_told_there_is_nothing(session: Session, reader: Participant) -> None:
    assert shown(session, Viewer(reader), day=17) is None


def test_a_number_and_a_question_without_ties_have_none(session: Session, reader: Participant) -> None:
    assert shown(session, Viewer(reader), "aid-total") is None
    assert shown(session, Viewer(reader), "leaders-meet") is None


def test_what_came_out_is_no_forecast_any_more(app: Flask, session: Session, reader: Participant) -> None:
    guarantee = the_question(session, "guarantee-form")
    with clock.at(on(20)):
        resolve(session, guarantee, outcome(on(19), option="agreements"))
        made = shown(session, Viewer(reader))
        assert made is not None and "guarantee-form" not in made.made_of
        assert shown(session, Viewer(reader), "guarantee-form") is None


def test_whoever_runs_the_survey_is_shown_it_of_everything(session: Session, reader: Participant) -> None:
    made = shown(session, Viewer(role="organizer"))
    assert made == shown(session, Viewer(reader))
    assert event_space_of(session, the_survey(session)).is_complete
