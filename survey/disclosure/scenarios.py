"""What is shown of scenarios: the figures of several questions, of one day."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from ..aggregation.publications import dated_figures, publications_of
from ..aggregation.question_specs import scenario_of, total_of
from ..aggregation.rules import Figures
from ..aggregation.scenarios import Chances, chances, options_of, options_of_total
from ..aggregation.segments import ALL
from ..models import Question, Relation, Scenario, Survey
from .access import Denial, Viewer, denial_reason, may_see
from .rounding import rounded_people, rounded_probability


@dataclass(frozen=True)
class ShownScenarios:
    """The chances of scenarios as publications of one day tell them, rounded for people to read.

    `people` is the smallest number that any of the questions rests on, rounded down.
    """

    as_of: date
    people: int
    chances: Chances


def get_scenarios(session: Session, viewer: Viewer, scenario: Scenario) -> ShownScenarios | Denial:
    """What this viewer is shown of scenarios: nothing before they may see every question these are made of.

    The figures are of the latest day for which all of the questions were published. Another way to the same
    event, by a further conditional pair, is told only where its questions may be seen too.
    """
    for question in sorted(scenario.questions, key=lambda question: question.position):
        hidden = denial_reason(session, viewer, question)
        if hidden is not None:
            return hidden
    # All trees of the survey at once: a page tells of each.
    publications_of(session, _told_of(scenario.survey))
    spec = scenario_of(scenario)
    days = _common_days(session, scenario.questions, options_of(spec))
    if not days:
        return Denial.UNPUBLISHED
    as_of, told = max(days.items())
    totals = []
    for relation in _further_totals(session, viewer, scenario):
        total = total_of(relation)
        tied = relation.questions | _conditions(relation)
        further = _common_days(session, tied, options_of_total(total)).get(as_of)
        if further is not None:
            told |= further
            totals.append(total)
    figures = {key: part["options"] for key, part in told.items()}
    people = min(part["people"] for part in told.values())
    found = chances(spec, figures, totals).through(rounded_probability)
    return ShownScenarios(as_of, rounded_people(people), found)


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
    session: Session, questions: Collection[Question], options: Mapping[str, set[str]]
) -> dict[date, dict[str, Figures]]:
    """Days for which there are figures of these options of all the questions: day to question key to its figures.

    Days of publications; in a live survey today alone.
    """
    days: dict[date, dict[str, Figures]] = {}
    publications_of(session, questions)
    for question in questions:
        for one in dated_figures(session, question):
            part = one.figures[ALL]
            if options[question.key] <= set(part["options"]):
                days.setdefault(one.as_of, {})[question.key] = part
    return {day: parts for day, parts in days.items() if len(parts) == len(options)}
