"""Where anybody may join, people can be made up: who counts, when it is published, and what the figures are of."""

from typing import Any

import numpy as np
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import clock
from survey.aggregation.forecast_arrays import all_answers, crowd_answers
from survey.models import Participant, Question, Score, Survey
from survey.models.survey import OPEN_CELL
from survey.services.publication import publish, publish_question
from survey.services.resolution import resolve
from tests.factories import crowd, on, say, someone, the_question, the_survey

from ..outcomes import outcome

KEY = "f0" * 32


@pytest.fixture
def question(session: Session) -> Question:
    """Of a survey that anybody may join."""
    the_survey(session).noise_key = KEY
    return the_question(session, "leaders-meet")


def people_published(session: Session, question: Question, day: int, month: int = 11) -> int | None:
    with clock.at(on(28, month=12)):
        made = publish(session, question.survey, on(day, month=month).date())
    return next((one.people for one in made if one.question is question), None)


def newcomers(session: Session, question: Question, count: int, day: int) -> list[Participant]:
    return crowd(session, question, [0.3] * count, day=day)


def test_who_joins_counts_from_the_second_midnight(session: Session, question: Question) -> None:
    newcomers(session, question, OPEN_CELL, day=20)
    assert people_published(session, question, 20) is None
    assert people_published(session, question, 21) == OPEN_CELL


def test_fewer_than_twenty_are_not_published(session: Session, question: Question) -> None:
    newcomers(session, question, OPEN_CELL - 1, day=20)
    assert people_published(session, question, 21) is None
    newcomers(session, question, 1, day=20)
    assert people_published(session, question, 21) == OPEN_CELL


def test_below_a_hundred_people_a_week_lies_between_publications(
    session: Session, question: Question
) -> None:
    newcomers(session, question, 30, day=15)
    assert people_published(session, question, 16) == 30
    newcomers(session, question, 30, day=17)
    assert people_published(session, question, 22) is None
    assert people_published(session, question, 23) == 60


def test_a_hundred_people_are_told_anew_by_the_day(session: Session, question: Question) -> None:
    newcomers(session, question, 100, day=15)
    assert people_published(session, question, 16) == 100
    newcomers(session, question, 5, day=16)
    assert people_published(session, question, 17) == 105


def test_who_came_the_day_before_is_among_the_changed_of_the_next_publication(
    session: Session, question: Question
) -> None:
    """They were not in it, so nothing is lost: five of the day of the publication make the next one due."""
    newcomers(session, question, 100, day=15)
    newcomers(session, question, 5, day=16)
    assert people_published(session, question, 16) == 100
    assert people_published(session, question, 17) == 105


def test_an_answer_of_the_first_day_counts_as_of_the_second(session: Session, question: Question) -> None:
    """What somebody said on the day they joined and on the next is of one day: the last of it counts."""
    people = newcomers(session, question, OPEN_CELL, day=19)
    newcomers(session, question, 1, day=20)
    with clock.at(on(20)):
        for person in people:
            say(session, person, question, 0.7)
    assert people_published(session, question, 20) == OPEN_CELL


def test_whoever_is_made_for_an_open_survey_has_a_key_of_its_own(session: Session) -> None:
    survey = Survey(slug="one", visibility="link")
    survey.choose_form(on(1))
    other = Survey(slug="other", visibility="public")
    other.choose_form(on(1))
    assert survey.noise_key and other.noise_key and survey.noise_key != other.noise_key
    kept = survey.noise_key
    survey.choose_form(on(1))
    assert survey.noise_key == kept, "a second draw would tell more of the same answers"


def test_noise_begins_where_a_survey_by_invitation_is_opened_to_anybody(session: Session) -> None:
    survey = the_survey(session)
    survey.visibility, survey.open_form = "invited", False
    survey.choose_form(on(22))
    assert not survey.guarded
    survey.visibility = "link"
    survey.choose_form(on(22))
    assert survey.guarded and not survey.open_form


@pytest.mark.parametrize("facts", [{"visibility": "invited"}, {"visibility": "public", "simulated": True}])
def test_invited_and_invented_people_have_exact_figures(facts: dict[str, object]) -> None:
    survey = Survey(slug="one", minimum_cell=10, **facts)
    survey.choose_form(on(1))
    assert (survey.guarded, survey.cell) == (False, 10)


def test_one_answer_more_on_the_day_of_joining_changes_nothing(session: Session, question: Question) -> None:
    newcomers(session, question, OPEN_CELL, day=20)
    with clock.at(on(21)):
        late = someone(session)
        say(session, late, question, 0.9)
    assert people_published(session, question, 21) == OPEN_CELL


def figures(session: Session, question: Question, day: int = 21) -> dict[str, Any]:
    """What is published of the question's options."""
    with clock.at(on(28, month=12)):
        publication = publish_question(session, question, on(day).date())
    assert publication is not None
    told: dict[str, Any] = publication.figures["all"]["options"]
    return told


@pytest.mark.parametrize("kind", ["binary", "choice", "ordered", "ladder", "numeric", "date", "pair"])
def test_figures_of_every_kind_are_of_answers_that_were_moved(session: Session, kind: str) -> None:
    survey = the_survey(session)
    question = next(question for question in survey.questions if question.kind == kind)
    crowd(session, question, [0.1 + 0.02 * step for step in range(40)], day=19)
    exact = crowd_answers(session, question)
    survey.noise_key = KEY
    moved = crowd_answers(session, question)
    assert (np.abs(moved.values - exact.values) > 1e-9).mean() > 0.99
    told = figures(session, question)
    assert set(told) == {option.key for option in question.options}
    values = [one["parley"].get("value") for one in told.values()]
    if kind in ("choice", "ordered"):
        assert sum(values) == pytest.approx(1, abs=1e-9)
    if kind == "ladder":
        assert values == sorted(values)
        assert (np.diff(moved.values, axis=1) >= 0).all(), (
            "each person's dates rise, so those of the crowd do"
        )


def test_equal_answers_are_moved_apart_and_one_person_s_always_alike(
    session: Session, question: Question
) -> None:
    people = newcomers(session, question, OPEN_CELL, day=18)
    with clock.at(on(20)):
        for person in people:
            say(session, person, question, 0.3)
    moved = crowd_answers(session, question).values.reshape(OPEN_CELL, 2)
    assert (moved[:, 0] == moved[:, 1]).all(), "a second draw for the same answer would halve what hides it"
    assert np.unique(moved).size == OPEN_CELL


def test_the_crowd_keeps_its_number_and_the_picture_its_width(session: Session, question: Question) -> None:
    newcomers(session, question, 150, day=19)
    told = figures(session, question)["yes"]
    assert told["parley"]["value"] == pytest.approx(0.3, abs=0.08)
    assert told["parley"]["low"] < 0.3 < told["parley"]["high"]
    assert told["median"]["value"] == pytest.approx(0.3, abs=0.08)
    low, high = told["spread"]
    assert high - low < 0.2, "the noise alone spreads them over 0.13 to 0.54"


def test_a_number_keeps_its_middle_and_its_width(session: Session) -> None:
    the_survey(session).noise_key = None
    question = next(one for one in the_survey(session).questions if one.kind == "numeric")
    crowd(session, question, [0.5] * 60, day=19)
    exact = figures(session, question, day=20)["value"]["parley"]["quantiles"]
    the_survey(session).noise_key = KEY
    crowd(session, question, [0.5] * 5, day=26)
    moved = figures(session, question, day=28)["value"]["parley"]["quantiles"]
    assert question.lower is not None and question.upper is not None
    apart = np.abs(np.subtract(moved, exact)) / (question.upper - question.lower)
    assert apart.max() < 0.2 and apart[2] < 0.1


def test_nobody_is_scored_beside_others_who_may_be_made_up(session: Session, question: Question) -> None:
    newcomers(session, question, OPEN_CELL, day=20)
    found = resolve(session, question, outcome(value=1.0))
    assert {score.rule for score in session.scalars(select(Score).filter_by(resolution_id=found.id))} == {
        "brier",
        "log",
    }


def test_scores_are_of_what_people_said(session: Session, question: Question) -> None:
    newcomers(session, question, OPEN_CELL, day=20)
    answers = all_answers(session, question)
    assert (answers.values == 0.3).all()
    assert (answers.day == clock.date_number(on(20).date())).all()
