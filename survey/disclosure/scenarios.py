"""What is shown of scenarios: the figures of several questions, of one day."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from math import isnan, nan

from sqlalchemy.orm import Session

from ..aggregation.consistent import made_consistent, put_together
from ..aggregation.event_outcomes import known_events
from ..aggregation.event_space import event_space_of
from ..aggregation.known_outcomes import KnownEvent
from ..aggregation.publications import dated_figures, publications_of
from ..aggregation.question_specs import scenario_of, total_of
from ..aggregation.rounding import rounded_people, rounded_probability
from ..aggregation.rules import Figures, heading, headings
from ..aggregation.scenarios import Chances, options_of, options_of_total, told_tree
from ..aggregation.segments import ALL
from ..aggregation.specification import EventSpec, ScenarioSpec
from ..models import Event, Question, Relation, Scenario, Survey
from .access import Denial, Viewer, denial_reason, last_day_told, may_see
from .consistent import consistent_on

#: Key of an axis, and which side of the root it is given; of the root itself None.
Edge = tuple[str, bool | None]


@dataclass(frozen=True)
class ShownScenarios:
    """The chances of scenarios as publications of one day tell them, rounded for people to read.

    Attributes
    ----------
    as_of
        The day of the figures; where nothing is open any more, the day on which the last outcome was known.
    people
        The smallest number that any of the questions rests on, rounded down; 0 where nothing is open.
    known
        Key of an axis, or of an event told beside the tree, to whether it came true.
    margins
        How far another crowd of this size would be from an edge of the tree in nine cases of ten: by key of an axis,
        and of those behind the root by its side. Empty where that is not known of each.
    """

    as_of: date
    people: int
    chances: Chances
    known: Mapping[str, bool] = field(default_factory=dict)
    margins: Mapping[Edge, float] = field(default_factory=dict)


def get_scenarios(
    session: Session, viewer: Viewer, scenario: Scenario, *, segment: str = ALL, as_of: date | None = None
) -> ShownScenarios | Denial:
    """What this viewer is shown of scenarios: nothing before they may see every question these are made of.

    The figures are of the latest day for which all of the questions that are still open were published, made
    consistent with each other; what is known has the probability 1, and the rest is conditional on it. Another way to
    the same event, by a further conditional pair, is told only where its questions may be seen too.

    Of a segment the tree is a function of what is told of that segment for each of the questions; where it is
    withheld for one, so is the tree. With `as_of` they are as they stood at the end of that day: of figures and
    outcomes after it nothing is told.
    """
    # A set has no order: the reason that is told would change from page to page.
    for question in sorted(scenario.questions, key=lambda question: question.position):
        hidden = denial_reason(session, viewer, question)
        if hidden is not None:
            return hidden
    # All trees of the survey at once: a page tells of each.
    publications_of(session, _told_of(scenario.survey))
    spec = scenario_of(scenario)
    further_ways = _further_totals(session, viewer, scenario)
    outcomes = {
        event: known
        for event, known in known_events(session, _events(scenario, further_ways)).items()
        if as_of is None or known.since <= as_of
    }
    came = {event: known.came for event, known in outcomes.items()}
    found = _figures(session, viewer, scenario.questions, spec, outcomes, segment, as_of)
    if found is None:
        return Denial.UNPUBLISHED
    day, told, news = found
    totals = []
    for relation in further_ways:
        total = total_of(relation)
        tied = relation.questions | _conditions(relation)
        further = _common_days(session, viewer, tied, options_of_total(total), segment).get(day)
        if further is not None:
            told |= further
            totals.append(total)
    people = min((part["people"] for part in told.values()), default=0)
    direct = {key: headings(part) for key, part in told.items()}
    told_together = (
        consistent_on(session, viewer, scenario.survey, day, direct)
        if segment == ALL
        else put_together(direct, made_consistent(event_space_of(session, scenario.survey), direct))
    )
    _unrounded, shown = told_tree(spec, direct, told_together, totals, came, news)
    known = {key: came[event] for key, event in {**spec.axes, **spec.asides}.items() if event in came}
    return ShownScenarios(day, rounded_people(people), shown, known, _margins(spec, told))


def _margins(spec: ScenarioSpec, told: Mapping[str, Figures]) -> dict[Edge, float]:
    """Half of the interval of each edge that is open, as it is shown with its question; none unless there are all."""
    root, *others = spec.axes
    edges: dict[Edge, tuple[str, tuple[str, ...]]] = {
        (root, None): (spec.axes[root].question, spec.axes[root].options)
    }
    for key in others:
        pair = spec.pairs[key]
        edges |= {(key, side): (pair.key, (option,)) for side, option in pair.sides.items()}
    found = {
        # Of several options the halves are added: no less than half of the interval of their sum.
        edge: sum(_half_interval(told.get(question), option) for option in options)
        for edge, (question, options) in edges.items()
    }
    return {} if any(map(isnan, found.values())) else found


def _half_interval(part: Figures | None, option: str) -> float:
    """NaN where there is no interval."""
    head = heading(part["options"][option]) if part and option in part["options"] else {}
    if head.get("low") is None or head.get("high") is None:
        return nan
    return (rounded_probability(head["high"]) - rounded_probability(head["low"])) / 2


def _events(scenario: Scenario, relations: Iterable[Relation]) -> list[Event]:
    """The events of a tree, and those that its pairs and further ways are conditional on."""
    pairs = [axis.pair for axis in scenario.axes] + [relation.pair for relation in relations]
    conditions = [pair.condition.event for pair in pairs if pair is not None and pair.condition is not None]
    return [*(axis.event for axis in scenario.axes), *conditions]


def _figures(
    session: Session,
    viewer: Viewer,
    questions: Collection[Question],
    spec: ScenarioSpec,
    outcomes: Mapping[EventSpec, KnownEvent],
    segment: str,
    until: date | None,
) -> tuple[date, dict[str, Figures], set[EventSpec]] | None:
    """The day of the figures, these by question, and which outcomes became known after it.

    An outcome that is newer than the figures asks for those of its own pair too, which the tree is conditioned
    by; where there are none of that day, it is taken as it came out.
    """
    came = {event: known.came for event, known in outcomes.items()}
    needed = options_of(spec, came)
    if not needed:
        return max(known.since for known in outcomes.values()), {}, set()
    days = _common_days(session, viewer, questions, needed, segment, until)
    if not days:
        return None
    as_of = max(days)
    news = {event for event, known in outcomes.items() if known.since > as_of} & set(spec.axes.values())
    before = _common_days(session, viewer, questions, options_of(spec, came, news), segment, until).get(as_of)
    return (as_of, before, news) if before is not None else (as_of, days[as_of], set())


def _further_totals(session: Session, viewer: Viewer, scenario: Scenario) -> list[Relation]:
    """Relations that lead to an event of the tree by a pair that is not in it, where they may be seen."""
    events = {axis.event for axis in scenario.axes}
    return [
        relation
        for relation in scenario.survey.relations
        if relation.kind == "total"
        and relation.pair not in scenario.questions
        and events.intersection(relation.events)
        and all(may_see(session, viewer, question) for question in relation.questions | _conditions(relation))
    ]


def _told_of(survey: Survey) -> list[Question]:
    """Every question that scenarios of a survey, or further ways to their events, are computed from."""
    totals = [relation for relation in survey.relations if relation.kind == "total"]
    used = {question for tree in survey.scenarios for question in tree.questions}
    return [*used.union(*(relation.questions | _conditions(relation) for relation in totals))]


def _conditions(relation: Relation) -> set[Question]:
    """The question that a relation's pair is conditional on."""
    pair = relation.pair
    return {pair.condition.event.question} if pair is not None and pair.condition is not None else set()


def _common_days(
    session: Session,
    viewer: Viewer,
    questions: Collection[Question],
    options: Mapping[str, set[str]],
    segment: str,
    until: date | None = None,
) -> dict[date, dict[str, Figures]]:
    """Days this viewer is told of with figures of these options of all questions: day to question key to its figures.

    Days of publications; in a live survey today alone.
    """
    days: dict[date, dict[str, Figures]] = {}
    publications_of(session, questions)
    for question in questions:
        if question.key not in options:
            continue
        last = min(filter(None, (last_day_told(session, viewer, question), until)), default=None)
        for one in dated_figures(session, question, with_groups=segment != ALL):
            part = one.figures.get(segment)
            told = part is not None and (last is None or one.as_of <= last)
            if part is not None and told and options[question.key] <= set(part["options"]):
                days.setdefault(one.as_of, {})[question.key] = part
    return {day: parts for day, parts in days.items() if len(parts) == len(options)}
