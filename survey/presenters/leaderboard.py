"""Leaderboards in words and places on a scale: for pages, and why there is none for JSON too."""

from dataclasses import dataclass
from typing import NamedTuple

from ..aggregation.leaderboards import LEAST_QUESTIONS, MEASURES, PEER, measure_of
from ..disclosure import Hidden, Leaderboard, NoLeaderboard, Place, Viewer, get_leaderboard
from ..i18n import formatting
from ..i18n.locale import gettext as _
from ..models import Survey, Theme
from ..store.engine import db
from .scores import points, share


class Lying(NamedTuple):
    """Where an interval and its score lie on the scale of all rows, in percent of its width."""

    low: float
    high: float
    value: float


class Tick(NamedTuple):
    """A number of the scale and where it lies."""

    place: float
    label: str


@dataclass(frozen=True)
class RowInWords:
    """A row of a leaderboard as a page says it."""

    place: Place
    score: str
    interval: str
    coverage: str
    lies: Lying


@dataclass(frozen=True)
class BoardInWords:
    """One leaderboard of a page, or why it is not there."""

    measure: str
    title: str
    subtitle: str
    hidden: Hidden | None
    why: str
    board: Leaderboard | None


def boards(viewer: Viewer, survey: Survey, theme: Theme | None = None) -> list[BoardInWords]:
    """The leaderboards of what a survey, or one of its themes, asks: on chances, on numbers and dates."""
    asked = [one for one in survey.questions if not one.is_draft and theme in (None, one.theme)]
    measures = {measure_of(one) for one in asked}
    return [_board(viewer, survey, measure, theme) for measure in MEASURES if measure in measures]


def has_leaderboard(viewer: Viewer, survey: Survey) -> bool:
    """Whether there is one of the survey for this reader to see."""
    return any(
        isinstance(get_leaderboard(db.session, viewer, survey, measure), Leaderboard) for measure in MEASURES
    )


def themes_with_leaderboard(viewer: Viewer, survey: Survey) -> list[Theme]:
    """The themes of which this reader is shown one."""
    return [
        theme
        for theme in survey.themes
        if any(
            isinstance(get_leaderboard(db.session, viewer, survey, measure, theme), Leaderboard)
            for measure in MEASURES
        )
    ]


def _board(viewer: Viewer, survey: Survey, measure: str, theme: Theme | None) -> BoardInWords:
    found = get_leaderboard(db.session, viewer, survey, measure, theme)
    title, subtitle = measure_in_words(measure)
    if isinstance(found, Hidden):
        return BoardInWords(measure, title, subtitle, found, why_hidden(survey, found), None)
    return BoardInWords(measure, title, subtitle, None, "", found)


def measure_in_words(measure: str) -> tuple[str, str]:
    """What a leaderboard ranks, and by what."""
    if measure == PEER:
        return _("Chances"), _("Peer score, mean a question; higher is better, 0 is as good as the others")
    return _("Numbers and dates"), _("Skill: the share of the published crowd’s error that was avoided")


def why_hidden(survey: Survey, hidden: Hidden) -> str:
    """Why there is no leaderboard to see, in a sentence or two."""
    match hidden.reason:
        case NoLeaderboard.PILOT:
            return _("This is a trial: nobody is compared with others.")
        case NoLeaderboard.ORGANIZERS_ONLY:
            return _(
                "In this survey only organizers see what others answered, so nobody is compared with others."
            )
        case NoLeaderboard.OPEN:
            return _(
                "Anybody may join this survey, so people can be made up. Somebody who makes up all the others"
                " could read one person’s answers from the scores beside them; so none are told here."
            )
        case NoLeaderboard.AWAITED:
            return _(
                "After five questions are resolved, everybody who was scored on five or more will stand here; then"
                " again after each five."
            )
        case NoLeaderboard.UNSEEN:
            return _(
                "It tells what others answered. It is shown to those who see the crowd forecast of each question"
                " in it."
            )
        case NoLeaderboard.TOO_FEW:
            return _(
                "Too few people: a leaderboard is shown once %(people)s people were scored on %(questions)s"
                " questions or more.",
                people=survey.cell,
                questions=LEAST_QUESTIONS,
            )


def scale(board: Leaderboard) -> list[Tick]:
    """The ends of what all intervals reach, and 0: as good as the others, or the crowd."""
    low, high = _ends(board)
    # By value: where 0 is an end it is told once.
    found = {value: _said(board.measure, value) for value in (low, 0.0, high)}
    return [Tick(_lies(value, low, high), said) for value, said in found.items()]


def rows(board: Leaderboard, start: int, stop: int) -> list[RowInWords]:
    """Some rows in words."""
    low, high = _ends(board)
    return [
        RowInWords(
            one,
            _said(board.measure, one.score),
            _("%(low)s to %(high)s", low=_said(board.measure, one.low), high=_said(board.measure, one.high)),
            share(one.coverage),
            Lying(*(_lies(value, low, high) for value in (one.low, one.high, one.score))),
        )
        for one in board.rows(start, stop)
    ]


def _ends(board: Leaderboard) -> tuple[float, float]:
    low, high = board.reach
    return min(low, 0.0), max(high, 0.0)


def _lies(value: float, low: float, high: float) -> float:
    return round(100 * (value - low) / (high - low), 2) if high > low else 50.0


def _said(measure: str, value: float) -> str:
    """A score with its sign; a skill as a share of 100."""
    if measure == PEER:
        return points(value)
    return f"{points(100 * value)}{formatting.NO_BREAK}%"
