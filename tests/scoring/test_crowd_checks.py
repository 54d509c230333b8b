"""Clashes and sure losses of many people at once are those of each of them."""

import numpy as np
import pytest

from scoring.coherence import (
    Event,
    EventSpace,
    Question,
    Relation,
    clashes,
    clashing,
    guaranteed_loss,
    pair_losses,
    repair,
)
from tests.scoring.relation_graphs import MANY, random_answers, random_joint, random_spaces


def test_of_many_people_those_have_a_clash_who_have_one_alone_and_by_the_same_declarations():
    alike = inside = people = 0
    for random, space, whole in random_spaces(MANY, seed=3):
        answers = np.array([random_answers(random, whole) for _ in range(4)])
        found = clashing(space, answers)
        for person, row in zip(answers, found.who, strict=True):
            alone = clashes(space, person, with_mends=False)
            assert row.any() == bool(alone)
            named = {source for source, clashed in zip(found.sources, row, strict=True) if clashed}
            # What only several rows together rule out is looked for among the rest of one's answers there, and here
            # only among questions where no row is broken.
            assert named <= _sources(alone)
            inside += _sources(clash for clash in alone if len(clash.rows) == 1) <= named
            alike += named == _sources(alone)
            people += 1
    assert alike > 0.9 * people and inside > 0.999 * people


def _sources(found):
    return {source for clash in found for source in clash.sources}


def test_whoever_rounds_a_coherent_forecast_to_whole_points_has_no_clash():
    for random, space, whole in random_spaces(10, seed=4):
        said = np.array([whole.said_by(random_joint(random, whole)).round(2) for _ in range(5)])
        assert not clashing(space, said, repair(space, said)).anywhere.any()


def test_a_sure_loss_is_told_of_each_relation_between_two_events_whose_chances_were_said_outright():
    questions = [
        Question("truce", "ladder", ("2026", "2027")),
        Question("form", "choice", ("none", "some", "full")),
        Question("war", "binary"),
        Question("vote", "binary", given=Event("truce", ("2026",))),
    ]
    some, truce, war = Event("form", ("some", "full")), Event("truce", ("2027",)), Event("war", ("yes",))
    space = EventSpace.of(
        questions,
        [
            Relation("I", "implies", (some, truce)),
            Relation("N", "never", (war, truce)),
            Relation("V", "implies", (Event("vote", ("yes",)), truce)),
            Relation("P", "never", (some, truce, war)),
        ],
    )
    said = {"truce": {"2026": 0.1, "2027": 0.25}, "form": {"none": 0.5, "some": 0.3, "full": 0.2}}
    relations, losses = pair_losses(space, space.vector(said | {"war": {"yes": 0.9}, "vote": {"yes": 0.5}}))
    assert [one.key for one in relations] == ["I", "N", "V"]
    first, second = guaranteed_loss("implies", [0.5, 0.25]), guaranteed_loss("excludes", [0.9, 0.25])
    assert losses[0, :2].tolist() == pytest.approx([float(first), float(second)]) and losses[0, :2].all()
    # What is said inside a condition is no chance of the event itself.
    assert np.isnan(losses[0, 2]) and np.isnan(pair_losses(space, space.vector({}))[1]).all()
