"""Leaderboards, through the crowd's one door."""

from typing import Any

from flask import Response
from flask_babel import lazy_gettext as _

from .. import disclosure
from ..disclosure import Hidden, Viewer
from ..errors import NotFound, SurveyError, problem
from ..i18n.locale import gettext
from ..models import Survey, Theme
from ..presenters.leaderboard import why_hidden
from ..store.engine import db
from .authentication import known_survey, viewer
from .operation import Operations
from .paging import page
from .schemas import leaderboards as leaderboard_schemas

blueprint = Operations(
    "Leaderboards",
    "Who forecast better than the others, on chances and on numbers; made anew after each five questions.",
)


class LeaderboardHidden(SurveyError):
    """There is none to see, and why."""

    status = 403
    title = _("The leaderboard is not shown")

    def __init__(self, survey: Survey, hidden: Hidden) -> None:
        super().__init__(why_hidden(survey, hidden))
        self.hidden = hidden


def leaderboard_hidden(error: LeaderboardHidden) -> Response:
    """Why, as a problem with a reason for programs."""
    awaited = [question.key for question in error.hidden.pending]
    return problem(
        error.status, error.title, error.sentence, reason=str(error.hidden.reason), awaited=awaited
    )


blueprint.register_error_handler(LeaderboardHidden, leaderboard_hidden)


@blueprint.operation(
    "GET",
    "/surveys/<slug>/leaderboard",
    answers=(200, leaderboard_schemas.Leaderboard),
    token=None,
    query=leaderboard_schemas.Asked,
    refuses=(403,),
)
def leaderboard(query: dict[str, Any], slug: str) -> dict[str, Any]:
    """The leaderboard of a survey or theme

    Everybody who was scored on five questions or more, the best first. Shown to whoever may see the crowd of every
    question it rests on; where it is not, the refusal's `reason` says why: `pilot`, `organizers only`, `open to
    anybody`, `awaited`, `unseen` (first answer or skip the questions in `awaited`), `too few people`.
    """
    survey = known_survey(slug)
    theme = _theme(survey, query["theme"])
    who = viewer(survey)
    found = disclosure.get_leaderboard(db.session, who, survey, query["measure"], theme)
    if isinstance(found, Hidden):
        raise LeaderboardHidden(survey, found)
    # By place alone: names are read for the rows that are told, and for no others.
    rows = page(query, range(found.people), lambda row: (row,))
    return {
        "measure": found.measure,
        "theme": theme.key if theme else None,
        "questions": found.questions,
        "waiting": found.waiting,
        "people": found.people,
        "rows": [vars(row) for row in found.rows(rows[0], rows[-1] + 1)] if rows else [],
        "own": _own(who, found),
    }


def _own(who: Viewer, found: disclosure.Leaderboard) -> dict[str, Any] | None:
    """The caller's row, wherever it stands."""
    if who.participant is None or found.own is None:
        return None
    return vars(found.rows(found.own, found.own + 1)[0])


def _theme(survey: Survey, key: str | None) -> Theme | None:
    found = next((theme for theme in survey.themes if theme.key == key), None)
    if key and found is None:
        raise NotFound(gettext("The survey has no such theme."))
    return found
