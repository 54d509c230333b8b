"""What others said of one question, through the one door."""

from flask import request

from ... import disclosure
from ...disclosure import Denial, Shown
from ...i18n.locale import current_language
from ...presenters.crowd_segments import SegmentAsked, groups_told, part_asked
from ...presenters.crowd_summary import crowd_pictures
from ...presenters.outcome_history import outcome_history
from ...presenters.outcomes import outcomes
from ...presenters.own_forecast import standing
from ...presenters.results import reach_said
from ...presenters.scores import question_scores
from ...services.forecast_history import history
from ...store.engine import db
from ...store.lifecycle import current_resolutions
from ..identity import as_participant, question_by_key, survey_by_slug
from ..layout import page
from ..pagination import paginated
from .enrollment import PageAnswer, blueprint
from .scenarios import awaited


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
        awaited=awaited(viewer, question),
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
