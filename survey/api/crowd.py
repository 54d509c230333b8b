"""What others said, through the crowd's one door."""

from collections.abc import Mapping
from typing import Any

from flask import Response
from flask_babel import lazy_gettext as _

from .. import disclosure
from ..aggregation.segments import ALL, entry_segment, group_segment, round_segment, version_segment
from ..disclosure import Denial, Shown, ShownOption, ShownScenarios, Viewer
from ..errors import NotFound, SurveyError, problem
from ..i18n.locale import current_language, gettext
from ..models import Question, Scenario, Survey
from ..store.engine import db
from .authentication import known_question, known_survey, viewer
from .operation import Operations
from .request_parsing import InvalidRequest
from .schemas import crowd as crowd_schemas
from .surveys import number

blueprint = Operations(
    "Crowd",
    "Nobody is shown what others said before they have answered or skipped the question and those tied to it.",
)

SCENARIO = {"slug": "$request.path.slug", "scenario": "$response.body#/0/key"}

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
    links={"chances": {"operationId": "chances_of_scenario", "parameters": SCENARIO}},
)
def list_scenarios(slug: str) -> list[dict[str, Any]]:
    """The scenarios of a survey, without their chances"""
    return [_scenario(scenario) for scenario in known_survey(slug).scenarios]


@blueprint.operation(
    "GET",
    "/surveys/<slug>/scenarios/<scenario>",
    answers=(200, crowd_schemas.Chances),
    token=None,
    refuses=(403,),
)
def chances_of_scenario(slug: str, scenario: str) -> dict[str, Any]:
    """The chances of scenarios

    Shown to whoever may see the crowd of every question they are computed from. An event whose outcome is known has
    the probability 1 or 0; the rest is conditional on it.
    """
    survey = known_survey(slug)
    tree = _known_scenario(survey, scenario)
    who = viewer(survey)
    seen = disclosure.get_scenarios(db.session, who, tree)
    if isinstance(seen, Denial):
        raise CrowdHidden(seen, _awaited(who, tree.questions))
    return _chances(tree, seen)


def _known_scenario(survey: Survey, key: str) -> Scenario:
    for scenario in survey.scenarios:
        if scenario.key == key:
            return scenario
    raise NotFound(gettext("The survey has no such scenarios."))


def _segment(query: dict[str, Any]) -> str:
    """The part of the crowd that is asked for; at most one."""
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
