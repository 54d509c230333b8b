"""What others said, through the crowd's one door."""

import re
from collections.abc import Mapping
from itertools import product
from typing import Any

from flask import Response
from flask_babel import lazy_gettext as _

from scoring.scenarios import Joint

from .. import clock, disclosure
from ..aggregation.segments import ALL, entry_segment, group_segment, round_segment, version_segment
from ..disclosure import Denial, Shown, ShownOption, ShownScenarios, Viewer
from ..errors import NotFound, SurveyError, problem
from ..i18n.locale import current_language, gettext
from ..models import Question, Scenario, Survey
from ..presenters.scenario_charts import network_of
from ..presenters.scenario_views import GROUP, MINE, ImpossibleTrial, Whose, scenarios_of, tried
from ..services.own_scenarios import UnfinishedScenarios
from ..store.engine import db
from .authentication import known_question, known_survey, viewer
from .operation import Operations
from .paging import Page, page
from .request_parsing import InvalidRequest
from .schemas import crowd as crowd_schemas
from .surveys import number

blueprint = Operations(
    "Crowd",
    "Nobody is shown what others said before they have answered or skipped the question and those tied to it.",
)

SCENARIO = {"slug": "$request.path.slug", "scenario": "$response.body#/0/key"}

#: Fifteen digits: a double keeps no more. No exponent, as everywhere in chances.
_FRACTION = re.compile(r"(0(\.[0-9]{1,15})?|1(\.0{1,15})?)", re.ASCII)

WHY_HIDDEN = {
    Denial.UNANSWERED: _(
        "Answer or skip the questions in “awaited” first: nobody is led by what others said."
    ),
    Denial.UNTIL_CLOSE: _("It is shown when the question has closed."),
    Denial.ORGANIZERS_ONLY: _("In this survey only organizers see it."),
    Denial.PILOT: _("This is a trial: nobody is shown what others answered."),
    Denial.PARTICIPANTS_ONLY: _(
        "The survey is over. What the crowd said is shown to those who took part: send a participant’s token."
    ),
    Denial.UNPUBLISHED: _("Nothing is published: too few people have answered."),
}


class CrowdHidden(SurveyError):
    """The door says that there is nothing to see, and why."""

    status = 403
    title = _("The crowd is not shown")

    def __init__(self, reason: Denial, awaited: list[str]) -> None:
        super().__init__(str(WHY_HIDDEN[reason]))
        self.reason = reason
        self.awaited = awaited


def crowd_hidden(error: CrowdHidden) -> Response:
    """Why, as a problem with a reason for programs."""
    return problem(error.status, error.title, error.sentence, reason=str(error.reason), awaited=error.awaited)


blueprint.register_error_handler(CrowdHidden, crowd_hidden)


@blueprint.operation(
    "GET",
    "/surveys/<slug>/questions/<key>/crowd",
    answers=(200, crowd_schemas.Crowd),
    token=None,
    query=crowd_schemas.Segment,
    refuses=(403,),
)
def crowd_of_question(query: dict[str, Any], slug: str, key: str) -> dict[str, Any]:
    """The crowd of a question

    As its last publication tells it, or the last by `as_of`. A version, a round or a group is a part of the crowd,
    and withheld where it, or everybody else, is too few. Where nothing is shown, the refusal's `reason` says why.
    """
    survey = known_survey(slug)
    question = known_question(survey, key)
    who = viewer(survey)
    seen = disclosure.get_aggregate(db.session, who, question, segment=_segment(query), as_of=query["as_of"])
    if isinstance(seen, Denial):
        raise CrowdHidden(seen, _awaited(who, [question]))
    made = (
        disclosure.get_consistent(db.session, who, question, seen.as_of) if _segment(query) == ALL else None
    )
    return _crowd(question, seen, made.values if made else {})


@blueprint.operation(
    "GET",
    "/surveys/<slug>/scenarios",
    answers=(200, crowd_schemas.Scenario(many=True)),
    token=None,
    query=Page,
    links={"chances": {"operationId": "chances_of_scenario", "parameters": SCENARIO}},
)
def list_scenarios(query: dict[str, Any], slug: str) -> list[dict[str, Any]]:
    """The scenarios of a survey, without their chances"""
    scenarios = known_survey(slug).scenarios
    return [_scenario(one) for one in page(query, scenarios, lambda one: (one.position, one.id))]


@blueprint.operation(
    "GET",
    "/surveys/<slug>/scenarios/<scenario>",
    answers=(200, crowd_schemas.Chances),
    token=None,
    query=crowd_schemas.ScenariosOf,
    refuses=(403,),
)
def chances_of_scenario(query: dict[str, Any], slug: str, scenario: str) -> dict[str, Any]:
    """The chances of scenarios

    Shown to whoever may see the crowd of every question they are computed from. An event whose outcome is known has
    the probability 1 or 0; the rest is conditional on it. One's own are shown to oneself at any time; where answers
    are missing there are bounds alone.
    """
    survey = known_survey(slug)
    tree = _known_scenario(survey, scenario)
    who = viewer(survey)
    wanted = _settings(tree, query["set"])
    seen = scenarios_of(db.session, who, tree, _whose(who, query))
    if isinstance(seen, Denial):
        raise CrowdHidden(seen, _awaited(who, tree.questions))
    if isinstance(seen, UnfinishedScenarios):
        if wanted:
            raise InvalidRequest({"set": gettext("Answer the questions in “missing” first.")})
        return _bounds(tree, seen)
    # Of the edges as they are told: a trial gives away no further digit of them.
    leaves = network_of(tree, seen).leaves()
    try:
        leaves = tried(leaves, wanted)
    except ImpossibleTrial as error:
        raise InvalidRequest({"set": str(error)}) from error
    return _chances(tree, seen) | {"joint": _futures(seen, leaves, bounded=not wanted), "missing": []}


def _whose(who: Viewer, query: dict[str, Any]) -> Whose:
    if query["whose"] == MINE:
        if query["group"]:
            raise InvalidRequest({"group": gettext("Ask for a group, or for your own.")})
        if who.participant is None:
            raise InvalidRequest({"whose": gettext("Send a participant’s token to be shown your own.")})
        return Whose(MINE)
    return Whose(GROUP, query["group"]) if query["group"] else Whose()


def _settings(scenario: Scenario, text: str) -> dict[str, float]:
    """Axes with the chances they are to have: `ceasefire:0.4,clash:0`."""
    axes, found = {axis.key for axis in scenario.tree}, {}
    for part in filter(None, (one.strip() for one in text.split(","))):
        key, _colon, chance = part.partition(":")
        if key not in axes or not _FRACTION.fullmatch(chance):
            sentence = gettext("Write an axis of the tree and a chance from 0 to 1, such as ceasefire:0.4.")
            raise InvalidRequest({"set": sentence})
        if key in found:
            raise InvalidRequest({"set": gettext("This came twice; send it once.")})
        found[key] = float(chance)
    return found


def _futures(seen: ShownScenarios, leaves: Joint, *, bounded: bool) -> list[dict[str, Any]]:
    futures = []
    for states in product((True, False), repeat=len(leaves.names)):
        holds = dict(zip(leaves.names, states, strict=True))
        node = seen.chances.nodes[states]
        # Bounds follow from what was answered, and say nothing of a trial.
        ends = (node.low, node.high) if bounded else (None, None)
        futures.append({"holds": holds, "value": leaves.of(holds), "low": ends[0], "high": ends[1]})
    return futures


def _bounds(scenario: Scenario, own: UnfinishedScenarios) -> dict[str, Any]:
    """What one's own answers tell while some are missing."""
    joint = []
    for states in product((True, False), repeat=len(scenario.tree)):
        at = tuple(map(int, states))
        ends = {"low": float(own.bounds.low[at]), "high": float(own.bounds.high[at])}
        joint.append({"holds": dict(zip(own.tree.names, states, strict=True)), "value": None, **ends})
    nothing: dict[str, Any] = {"leaves": {}, "asides": {}, "nodes": [], "given": [], "routes": []}
    return nothing | {
        "key": scenario.key,
        "as_of": clock.now(db.session).date(),
        "people": 1,
        "known": own.known,
        "joint": joint,
        "missing": [question.key for question in own.missing],
    }


def _known_scenario(survey: Survey, key: str) -> Scenario:
    for scenario in survey.scenarios:
        if scenario.key == key:
            return scenario
    raise NotFound(gettext("The survey has no such scenarios."))


def _segment(query: dict[str, Any]) -> str:
    """The part of the crowd that is asked for; at most one."""
    # Parts are never crossed: what follows of one by subtraction is reckoned for parts by themselves.
    asked = [name for name in ("version", "round", "group", "entry") if query[name]]
    if len(asked) > 1:
        sentence = gettext("Ask for one part of the crowd: a version, a round, a group or a way of entry.")
        raise InvalidRequest({asked[-1]: sentence})
    if query["group"]:
        question, _slash, option = query["group"].partition("/")
        return group_segment(question, option)
    if query["entry"]:
        return entry_segment(query["entry"])
    if query["round"]:
        return round_segment(query["round"])
    return version_segment(query["version"]) if query["version"] else ALL


def _awaited(who: Viewer, questions: Any) -> list[str]:
    """Keys of what a participant has yet to answer before they are shown these questions."""
    if who.participant is None:
        return []
    waiting = {
        other for one in questions for other in disclosure.pending_questions(db.session, who.participant, one)
    }
    return [question.key for question in sorted(waiting, key=lambda question: question.position)]


def _crowd(question: Question, shown: Shown, consistent: Mapping[str, float]) -> dict[str, Any]:
    return {
        "question": question.key,
        "as_of": shown.as_of,
        "live": shown.live,
        "reach": str(disclosure.closing(db.session, question, shown).reach),
        "people": shown.people,
        "quantile_levels": question.quantile_levels,
        "options": [
            _option(question, option) | {"consistent": consistent.get(key)}
            for key, option in shown.options.items()
        ],
    }


def _option(question: Question, shown: ShownOption) -> dict[str, Any]:
    plain = ("people", "effective", "rule", "low", "high", "flags")
    return {
        **{name: getattr(shown, name) for name in plain},
        "option": shown.key,
        "value": number(question, shown.value),
        "methods": {name: _figure(question, told) for name, told in shown.methods.items()},
        "spread": [number(question, value) for value in shown.spread],
        "influence": vars(shown.influence) if shown.influence else None,
        "bins": [{"start": start, "end": end, "share": share} for start, end, share in shown.bins],
    }


def _figure(question: Question, told: Any) -> Any:
    """A probability, or quantiles in the order of their levels."""
    if isinstance(told, list | tuple):
        return [number(question, value) for value in told]
    return number(question, told)


def _scenario(scenario: Scenario) -> dict[str, Any]:
    words = scenario.text(current_language())
    return {
        "key": scenario.key,
        "title": words.title,
        "definition": words.definition,
        "questions": [one.key for one in sorted(scenario.questions, key=lambda one: one.position)],
        "leaves": [
            {
                "key": leaf.key,
                "title": scenario.text(current_language(), f"leaf:{leaf.key}").title,
                "holds": leaf.holds,
            }
            for leaf in scenario.leaves
        ],
    }


def _chances(scenario: Scenario, seen: ShownScenarios) -> dict[str, Any]:
    told, axes = seen.chances, [axis.key for axis in scenario.tree]
    return {
        "key": scenario.key,
        "as_of": seen.as_of,
        "people": seen.people,
        "known": seen.known,
        "leaves": told.leaves,
        "asides": told.asides,
        "nodes": [
            {
                # A branch inside the tree has states for its first axes alone.
                "holds": dict(zip(axes, states, strict=False)),
                "value": node.value,
                "low": node.low,
                "high": node.high,
            }
            for states, node in told.nodes.items()
        ],
        "given": [{"axis": axis, "if_no": no, "if_yes": yes} for axis, (no, yes) in told.given.items()],
        "routes": [
            {"axis": axis, "by": way, "value": value}
            for axis, ways in told.routes.items()
            for way, value in ways.items()
        ],
    }
