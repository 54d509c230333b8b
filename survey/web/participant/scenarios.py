"""Scenarios of a survey: whose they are, what if an event had another chance, and the same as files."""

from typing import Any

from flask import Response, request, url_for

from scoring.coherence import leaves_csv, xmlbif

from ... import disclosure
from ...aggregation.scenarios import network_of
from ...disclosure import Denial, ShownScenarios, Viewer
from ...errors import NotFound
from ...i18n.locale import current_language
from ...models import Question, Scenario, Survey
from ...presenters.scenario_bars import names_of, scenario_groups
from ...presenters.scenario_charts import told_scenarios
from ...presenters.scenario_views import (
    GROUP,
    MINE,
    Whose,
    groups_of,
    scenarios_of,
    trial_of,
    unfinished_told,
    whose_asked,
)
from ...services.own_scenarios import UnfinishedScenarios
from ...store.engine import db
from ..identity import as_participant, survey_by_slug
from ..layout import page
from .enrollment import PageAnswer, blueprint

_FILES = {"csv": "text/csv; charset=utf-8", "xml": "application/xml; charset=utf-8"}


@blueprint.get("/scenarios")
def scenarios(slug: str) -> PageAnswer:
    """The scenarios of a survey with their chances, or which answers they wait for."""
    survey = survey_by_slug(slug)
    viewer = as_participant(survey)
    groups = groups_of(db.session, survey, current_language()) if survey.scenarios else []
    whose = _whose(viewer, groups)
    told = [_scenario(survey, viewer, scenario, whose) for scenario in survey.scenarios]
    return page("participant/scenarios.html", survey, told=told, whose=whose, groups=groups)


@blueprint.get(f"/scenarios/<scenario>.<any({','.join(_FILES)}):format_>")
def scenario_file(slug: str, scenario: str, format_: str) -> Response:
    """The leaves as CSV, or the tree as a Bayesian network (XMLBIF); with what a trial in the address sets.

    What the page does not show is not there as a file either.
    """
    survey = survey_by_slug(slug)
    viewer = as_participant(survey)
    whose = _whose(viewer, groups_of(db.session, survey, current_language()))
    for tree in survey.scenarios:
        seen = scenarios_of(db.session, viewer, tree, whose) if tree.key == scenario else None
        if isinstance(seen, ShownScenarios):
            leaves = trial_of(tree, seen, current_language(), request.args).leaves
            text = leaves_csv(leaves) if format_ == "csv" else xmlbif(network_of(leaves), tree.key)
            name = f'attachment; filename="{survey.slug}-{tree.key}.{format_}"'
            return Response(text, content_type=_FILES[format_], headers={"Content-Disposition": name})
    raise NotFound()


def _whose(viewer: Viewer, groups: list[tuple[str, str]]) -> Whose:
    return whose_asked(viewer, groups, request.args.get("whose", ""), request.args.get("group", ""))


def _scenario(survey: Survey, viewer: Viewer, scenario: Scenario, whose: Whose) -> dict[str, Any]:
    language = current_language()
    seen = scenarios_of(db.session, viewer, scenario, whose)
    crowd = disclosure.get_scenarios(db.session, viewer, scenario) if whose.kind != "crowd" else seen
    withheld = whose.kind == GROUP and isinstance(seen, Denial) and isinstance(crowd, ShownScenarios)
    if withheld:
        seen = crowd
    beside = crowd if whose.kind == MINE and isinstance(crowd, ShownScenarios) else None
    made: dict[str, Any] = {
        "shown": None,
        "trial": None,
        "names": [],
        "parts": None,
        "links": [],
        "unfinished": None,
    }
    if isinstance(seen, ShownScenarios):
        made["shown"] = told_scenarios(scenario, seen, language, beside)
        made["trial"] = trial_of(scenario, seen, language, request.args)
        made["names"] = names_of(scenario, language)
        if isinstance(crowd, ShownScenarios) and whose.kind != MINE:
            made["parts"] = scenario_groups(db.session, viewer, scenario, crowd, language)
        made["links"] = _files(survey, scenario, Whose() if withheld else whose)
    elif isinstance(seen, UnfinishedScenarios):
        made["unfinished"] = unfinished_told(scenario, seen, language)
    asked = scenario.questions if isinstance(seen, Denial) else set()
    waiting = {other for question in asked for other in awaited(viewer, question)}
    return {
        **made,
        "key": scenario.key,
        "words": scenario.text(language),
        "leaves": [scenario.text(language, f"leaf:{leaf.key}") for leaf in scenario.leaves],
        "hidden": seen if isinstance(seen, Denial) else None,
        "withheld": whose.label if withheld else "",
        "awaited": sorted(waiting, key=lambda question: question.position),
        "survey": survey,
    }


def _files(survey: Survey, scenario: Scenario, whose: Whose) -> list[tuple[str, str]]:
    """The files of what is on the page, a trial included."""
    names = [f"{scenario.key}.{axis.key}" for axis in scenario.tree]
    typed = {name: request.args[name] for name in names if request.args.get(name, "").strip()}
    address: dict[str, Any] = {"slug": survey.slug, "scenario": scenario.key, **whose.query, **typed}
    kinds = {"CSV": "csv", "XMLBIF": "xml"}
    return [
        (label, url_for("participant.scenario_file", format_=kind, **address))
        for label, kind in kinds.items()
    ]


def awaited(viewer: Viewer, question: Question) -> list[Question]:
    """What this viewer has yet to answer before they are shown the crowd of a question."""
    if viewer.participant is None:
        return []
    return disclosure.pending_questions(db.session, viewer.participant, question)
