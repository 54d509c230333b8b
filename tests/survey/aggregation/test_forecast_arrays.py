"""Forecasts of several questions are read at once as they are read one by one."""

from dataclasses import fields

import numpy as np
import pytest
from sqlalchemy.orm import Session

from survey import clock
from survey.aggregation.forecast_arrays import crowd_answers, crowd_answers_of
from survey.aggregation.publications import figures_now, load_figures_now
from survey.models import Question
from survey.store.once import forget
from tests.factories import on, say, someone, the_survey, withdraw

pytestmark = pytest.mark.store


def one_of_each(session: Session) -> list[Question]:
    """A question of each kind."""
    found = {question.kind: question for question in reversed(the_survey(session).questions)}
    return sorted(found.values(), key=lambda question: question.position)


def of_every_sort(session: Session) -> None:
    """Seven people, of whom one runs the survey, one had seen the crowd, and one withdrew; some are silent."""
    asked = one_of_each(session)
    for place in range(7):
        with clock.at(on(18 + place % 3)):
            person = someone(session, insider=place == 0)
            for question in asked[place % 2 :]:
                say(session, person, question, 0.1 + 0.05 * place, crowd_seen=place == 1)
    with clock.at(on(21)):
        for question in asked[1:]:
            withdraw(session, person, question)
        ladder = next(question for question in asked if question.kind == "ladder")
        say(session, person, ladder, 0.9)


def test_arrays_read_together_are_those_read_one_by_one(session: Session) -> None:
    of_every_sort(session)
    asked = one_of_each(session)
    together = crowd_answers_of(session, asked)
    assert together.keys() == {question.id for question in asked}
    rows = 0
    for question in asked:
        alone = crowd_answers(session, question)
        rows += alone.participant.size
        for part in fields(alone):
            one, other = (getattr(read, part.name) for read in (alone, together[question.id]))
            np.testing.assert_array_equal(one, other, err_msg=f"{question.key} {part.name}")
            assert np.asarray(one).dtype == np.asarray(other).dtype
    assert rows > 25
    assert crowd_answers_of(session, []) == {}


def test_figures_of_now_are_the_same_read_together_and_change_with_the_answers(session: Session) -> None:
    of_every_sort(session)
    with clock.at(on(22)):
        asked = one_of_each(session)
        alone = {question.id: figures_now(session, question) for question in asked}
        forget(session)
        load_figures_now(session, asked)
        assert {question.id: figures_now(session, question) for question in asked} == alone
        say(session, someone(session), asked[0], 0.9)
        load_figures_now(session, asked)
        changed = [question for question in asked if figures_now(session, question) != alone[question.id]]
    assert changed == asked[:1]
