"""Joint forecast of one person: the scenario tree of their own standing answers, or bounds where some are missing."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from scoring.coherence import Tree
from scoring.scenarios import Bounds

from .. import clock
from ..aggregation.event_outcomes import known_events
from ..aggregation.question_specs import scenario_of
from ..aggregation.scenarios import Chances, chances, leaf_bounds_of, options_of, rejoined, unfinished_tree
from ..aggregation.specification import Said
from ..disclosure import ShownScenarios
from ..models import Participant, Question, Scenario
from .own_coherence import own_answers


@dataclass(frozen=True)
class UnfinishedScenarios:
    """What one's own answers tell of a tree while some are missing: bounds, never an invented figure.

    Attributes
    ----------
    bounds
        Of each leaf, indexed as the axes of the tree in their order.
    missing
        The questions that have no answer yet, in the survey's order.
    """

    tree: Tree
    bounds: Bounds
    missing: tuple[Question, ...]
    known: Mapping[str, bool]


def own_scenarios(
    session: Session, participant: Participant, scenario: Scenario
) -> ShownScenarios | UnfinishedScenarios:
    """The joint forecast that this person's standing answers make; nothing is evened out or rounded."""
    spec = scenario_of(scenario)
    outcomes = known_events(session, [axis.event for axis in scenario.axes])
    came = {event: one.came for event, one in outcomes.items()}
    known = {key: came[event] for key, event in {**spec.axes, **spec.asides}.items() if event in came}
    nothing: Said = {question.key: {} for question in scenario.questions}
    said = {**nothing, **own_answers(session, participant)}
    # The root is asked directly, every other axis by its pair: the events' own questions are other routes to them.
    needed = {next(iter(spec.axes.values())).question, *(pair.key for pair in spec.pairs.values())}
    wanted = {key: options for key, options in options_of(spec, came).items() if key in needed}
    missing = tuple(
        question
        for question in sorted(scenario.questions, key=lambda one: one.position)
        if not wanted.get(question.key, set()) <= said[question.key].keys()
    )
    axes = {key: holds for key, holds in known.items() if key in spec.axes}
    # Bounds, and nothing filled in: maximum entropy tells another figure where events are cut more finely.
    if missing:
        tree = unfinished_tree(spec, said, came)
        return UnfinishedScenarios(tree, leaf_bounds_of(tree), missing, axes)
    made: Chances = chances(spec, said, [], came)
    return ShownScenarios(clock.now(session).date(), 1, rejoined(spec, made, axes), known)
