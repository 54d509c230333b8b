"""Answers of one person that can't go together: all are found, none is alarmed about for nothing."""

import numpy as np
import pytest

from scoring.coherence import Event, EventSpace, Question, Relation, clashes, clashing
from tests.scoring.relation_graphs import random_answers, random_joint, random_spaces


@pytest.mark.parametrize("count", [60, pytest.param(1_000, marks=pytest.mark.long)])
def test_there_is_an_alarm_exactly_where_no_distribution_is_near_every_answer(count):
    alarms = 0
    for random, space, whole in random_spaces(count):
        assert space.is_complete and list(space.answers) == whole.answers
        for _ in range(2):
            answers = random_answers(random, whole)
            found = clashes(space, answers, in_hand=space.answers[0])
            assert bool(found) == (whole.reachable(answers, 0.005) is None)
            alarms += bool(found)
            for clash in found:
                # Those that are named can't go together, whatever else was said.
                named = [answer in clash.answers for answer in space.answers]
                assert whole.reachable(np.where(named, answers, np.nan), 0.005) is None
    assert alarms > count / 2


def test_coherent_answers_rounded_to_whole_percents_give_no_alarm():
    for random, space, whole in random_spaces(20, seed=2):
        rounded = whole.said_by(random_joint(random, whole)).round(2)
        assert clashes(space, rounded) == []


def test_two_conditionals_of_one_event_clash_by_the_relations_that_say_which_event_they_are_about():
    event, *given = (Event(key, ("yes",)) for key in ("clash", "truce", "forces"))
    questions = [Question(one.question, "binary") for one in (event, *given)]
    questions += [Question(f"if-{one.question}", "pair", given=one) for one in given]
    totals = [Relation(f"T-{one.question}", "total", (event,), f"if-{one.question}") for one in given]
    space = EventSpace.of(questions, totals)
    said = {"if-truce": {"if_yes": 0.7, "if_no": 0.7}, "if-forces": {"if_yes": 0.9, "if_no": 0.9}}
    (found,) = clashes(space, space.vector(said))
    assert set(found.sources) == {"T-truce", "T-forces"} and found.amount == pytest.approx(0.2)
    assert clashing(space, space.vector(said)).anywhere.all()
