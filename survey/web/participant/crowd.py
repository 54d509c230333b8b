"""What others said: the crowd of one question, and the scenarios made of several. Both through the one door."""

from flask import request
from sqlalchemy.orm import Session

from ... import disclosure
from ...disclosure import Denial, Shown, Viewer
from ...i18n.locale import current_language
from ...models import Question, Scenario, Survey
from ...presenters.crowd_segments import SegmentAsked, groups_told, part_asked
from ...presenters.crowd_summary import crowd_pictures
from ...presenters.outcome_history import outcome_history
from ...presenters.outcomes import outcomes
from ...presenters.own_forecast import standing
from ...presenters.results import reach_said
from ...presenters.scenario_charts import told_scenarios
from ...presenters.scores import question_scores
from ...services.forecast_history import history
from ...store.engine import db
from ...store.lifecycle import current_resolutions
from ..identity import as_participant, question_by_key, survey_by_slug
from ..layout import page
from ..pagination import paginated
from .enrollment import PageAnswer, blueprint


@blueprint.get("/q/<key>/crowd")
def crowd_page(slug: str, key: str) -> PageAnswer:
    """The crowd of a question in full, or why it is not shown and what to do."""
    survey = survey_by_slug(slug)
    question = question_by_key(survey, key)
    viewer = as_participant(survey)
    seen = disclosure.get_aggregate(db.session, viewer, question)
    asked = part_asked(db.session, question)
    part = disclosure.get_aggregate(db.session, viewer, question, segment=asked.segment)
    # A part that is withheld is said so beside the figures of everybody.
    shown, told = (part, asked) if isinstance(part, Shown) else (seen, SegmentAsked())
    pictures, groups, own = None, None, standing(db.session, viewer.participant, question)
    if isinstance(shown, Shown) and isinstance(seen, Shown):
        wanted = request.args.get("option", "")
        pictures = crowd_pictures(db.session, viewer, question, shown, wanted, segment=told.segment)
        groups = groups_told(db.session, viewer, question, seen, pictures.focus)
    return page(
        "participant/crowd.html",
        survey,
        question=question,
        words=question.text(current_language()),
        stand=own,
        hidden=shown if isinstance(shown, Denial) else None,
        reach=reach_said(db.session, question, shown),
        awaited=_awaited(db.session, viewer, question),
        pictures=pictures,
        groups=groups,
        part=told,
        outcomes=outcomes(question, current_resolutions(db.session, question)),
        outcome_history=outcome_history(db.session, viewer, question),
        scores=question_scores(
            viewer,
            question,
            history(db.session, viewer.participant, question) if viewer.participant else [],
            done=own.done,
        ),
        withheld=asked if asked != told else None,
        rationales=paginated(
            disclosure.rationales(db.session, viewer, question) if pictures else [],
            request.args.get("page", ""),
        ),
    )


@blueprint.get("/scenarios")
def scenarios(slug: str) -> PageAnswer:
    """The scenarios of a survey with their chances, or which answers they wait for."""
    survey = survey_by_slug(slug)
    viewer = as_participant(survey)
    told = [_scenario(survey, viewer, scenario) for scenario in survey.scenarios]
    return page("participant/scenarios.html", survey, told=told)


def _scenario(survey: Survey, viewer: Viewer, scenario: Scenario) -> dict[str, object]:
    language = current_language()
    seen = disclosure.get_scenarios(db.session, viewer, scenario)
    waiting = {other for question in scenario.questions for other in _awaited(db.session, viewer, question)}
    return {
        "words": scenario.text(language),
        "leaves": [scenario.text(language, f"leaf:{leaf.key}") for leaf in scenario.leaves],
        "shown": None if isinstance(seen, Denial) else told_scenarios(scenario, seen, language),
        "hidden": seen if isinstance(seen, Denial) else None,
        "awaited": sorted(waiting, key=lambda question: question.position),
        "survey": survey,
    }


def _awaited(session: Session, viewer: Viewer, question: Question) -> list[Question]:
    return disclosure.pending_questions(session, viewer.participant, question) if viewer.participant else []
