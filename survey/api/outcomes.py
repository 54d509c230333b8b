"""The history of a question's outcomes for programs: corrections and annulments, with scores beside each."""

from typing import Any

from ..disclosure import Viewer
from ..disclosure.crowd_scores import crowd_scores
from ..models import Question
from ..presenters.outcome_history import PastOutcome, outcome_history
from ..store.engine import db
from .authentication import known_question, known_survey, viewer
from .operation import Operations
from .paging import Page, page
from .schemas import outcomes as schemas
from .surveys import resolution

blueprint = Operations("Outcomes", "What came out, how it was corrected, and what that did to scores.")


@blueprint.operation(
    "GET",
    "/surveys/<slug>/questions/<key>/resolutions",
    answers=(200, schemas.PastResolution(many=True)),
    token=None,
    query=Page,
)
def outcomes_of_question(query: dict[str, Any], slug: str, key: str) -> list[dict[str, Any]]:
    """Every outcome of a question, newest first

    None is overwritten: a correction or an annulment supersedes what stood. Scores of the crowd, and what a
    correction changed in people's scores, are told to whom the crowd is shown.
    """
    survey = known_survey(slug)
    question, who = known_question(survey, key), viewer(survey)
    history = outcome_history(db.session, who, question)
    places = {one.resolution.id: len(history) - place for place, one in enumerate(history)}
    shown = page(query, history, lambda one: (-one.resolution.id,))
    return [_past(question, who, one, places) for one in shown]


def _past(question: Question, who: Viewer, one: PastOutcome, places: dict[int, int]) -> dict[str, Any]:
    made, before = one.resolution, one.resolution.supersedes_id
    return {
        **resolution(made),
        "number": places[made.id],
        "supersedes": places[before] if before is not None else None,
        "stands": one.stands,
        "words": one.words,
        "resolved_at": made.resolved_at,
        "by": one.by,
        "approved_by": one.approved_by,
        "approved": made.approved_by_id is not None,
        "change": vars(one.change) if one.change is not None else None,
        "crowd_scores": [vars(score) for score in crowd_scores(db.session, who, question, made)]
        if one.stands
        else [],
    }
