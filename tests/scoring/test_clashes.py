"""Answers of one person that can't go together: all are found, none is alarmed about for nothing."""

import numpy as np
import pytest

from scoring.coherence import Event, EventSpace, Question, Relation, clashes, clashing, go_together
from scoring.coherence.checking import TOLERANCE, _Person
from tests.scoring.relation_graphs import MANY, random_answers, random_joint, random_spaces
from tests.scoring.test_event_space import of_bank


def test_there_is_an_alarm_exactly_where_no_distribution_is_near_every_answer():
    alarms = by_several = 0
    # A seed by which some of them need several rows at once also where few are tried: one in forty does.
    for random, space, whole in random_spaces(MANY, seed=5):
        assert space.is_complete and list(space.answers) == whole.answers
        for _ in range(2):
            answers = random_answers(random, whole)
            found = clashes(space, answers, in_hand=space.answers[0])
            assert (
                bool(found) == (whole.reachable(answers, 0.005) is None) == (not go_together(space, answers))
            )
            alarms += bool(found)
            by_several += bool(found) and not _Person(space, answers, TOLERANCE).by_rows()
            for clash in found:
                # Those that are named can't go together, whatever else was said.
                named = [answer in clash.answers for answer in space.answers]
                assert whole.reachable(np.where(named, answers, np.nan), 0.005) is None
    assert alarms > MANY / 2 and by_several


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


def test_what_only_several_rows_rule_out_is_found_with_the_answers_that_do_it_and_what_would_mend_it():
    # A treaty by the end of 2027 needs the war's state to be one of two; the ceasefire between them has no answer.
    space, _worked = of_bank("ukraine")
    said = {
        "treaty-when": {"2027-12-31": 0.6},
        "war-state-2027": {"fighting": 0.65},
        "nato-accession": {"2028-12-31": 0.02},
    }
    answers = space.vector(said)
    assert not _Person(space, answers, TOLERANCE).by_rows()
    (clash,) = clashes(space, answers)
    assert set(clash.answers) == {("treaty-when", "2027-12-31"), ("war-state-2027", "fighting")}
    assert len(clash.rows) > 1 and clash.amount == pytest.approx(0.25, abs=1e-6)
    assert clash.mends["treaty-when", "2027-12-31"] == pytest.approx((0, 0.355), abs=1e-6)
    assert clash.mends["war-state-2027", "fighting"] == pytest.approx((0, 0.405), abs=1e-6)


def test_a_clash_names_no_answer_that_could_be_anything():
    # A truce or a treaty brings talks by the end of 2027; without a truce 97 % say so too, and yet 87 % in all.
    war = Question("war", "choice", ("truce", "treaty", "fighting"))
    talks = Question("talks", "ladder", ("2026", "2027"))
    without = Question("talks-without-truce", "pair", given=Event("war", ("treaty", "fighting")))
    begun = Event("talks", ("2027",))
    relations = [
        Relation("R", "implies", (Event("war", ("truce", "treaty")), begun)),
        Relation("T", "total", (begun,), "talks-without-truce"),
    ]
    space = EventSpace.of([war, talks, without], relations)
    said = {
        "war": {"truce": 0.02},
        "talks": {"2027": 0.87},
        "talks-without-truce": {"if_yes": 0.97, "if_no": 1.0},
    }
    (clash,) = clashes(space, space.vector(said))
    assert set(clash.answers) == {("talks", "2027"), ("talks-without-truce", "if_yes")}
