"""All that one person said: what stands and how it moved, what waits, how it scored."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import request, url_for

from ...models import Question, Submission, Survey
from ...presenters.calibration import calibration_of
from ...presenters.forecast_history import Act, Moved, Trace, acts_of, moved, trace
from ...presenters.leaderboard import has_leaderboard
from ...presenters.own_forecast import OwnForecast, when
from ...presenters.scores import comparison_of, corrections_of, points, rule_in_words, scores_of, share
from ...services import background_answers
from ...services.enrollment import has_agreed
from ...services.forecast_history import histories
from ...store.engine import db
from ...store.lifecycle import QuestionState
from ..forms.forecast import fresh_key
from ..identity import as_participant, survey_by_slug
from ..layout import page
from .dashboard import ThemeStanding, by_theme, came_out, closing
from .enrollment import PageAnswer, blueprint, require_participant
from .last_visit import Since, last_visit

#: Where a question that is closed stands in the order of closing, and one nobody acted on in that of changes.
NEVER, LONG_AGO = datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class MyForecast:
    """One question with what this person said to it.

    Attributes
    ----------
    moved
        Each number that stands, and how it moved.
    acts
        Everything they did, newest first.
    """

    stand: OwnForecast
    theme: ThemeStanding
    closes: datetime | None
    moved: list[Moved] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    trace: Trace | None = None

    @property
    def last_day(self) -> date | None:
        """The last UTC day on which the question, or its first open date, takes answers."""
        return (self.closes - timedelta(microseconds=1)).date() if self.closes is not None else None


@dataclass(frozen=True)
class Choice:
    """A link that chooses what is shown, with how much there is of it."""

    key: str
    address: str
    current: bool
    count: int = 0


@dataclass(frozen=True)
class View:
    """What of one's forecasts is shown and how; it stands in the address, so that a link keeps it."""

    show: str
    theme: str
    sort: str

    def address(self, survey: Survey, **other: str) -> str:
        """The page with this view, some of it otherwise; what is usual is left out."""
        return f"{self._path(survey, **other)}#forecasts"

    def place(self, survey: Survey, question: Question) -> str:
        """The page with this view, at the row of one question: whoever acts on one of many comes back to it."""
        return f"{self._path(survey)}#q-{question.key}"

    def _path(self, survey: Survey, **other: str) -> str:
        wanted = {"show": self.show, "theme": self.theme, "sort": self.sort} | other
        usual = {"show": "all", "theme": "", "sort": "theme"}
        chosen: dict[str, Any] = {name: value for name, value in wanted.items() if value != usual[name]}
        return url_for("participant.mine", slug=survey.slug, **chosen)


#: Groups of states that may be shown: an outcome is missing, or none is.
CLOSED = {QuestionState.CLOSED, QuestionState.PARTLY_RESOLVED}
RESOLVED = {QuestionState.RESOLVED, QuestionState.ANNULLED}

#: What may be shown: everything ever said, or part of it; `unanswered` is what has yet to be.
FILTERS: dict[str, Callable[[OwnForecast], bool]] = {
    "all": lambda stand: stand.done,
    "open": lambda stand: stand.done and stand.state is QuestionState.OPEN,
    "closed": lambda stand: stand.done and stand.state in CLOSED,
    "resolved": lambda stand: stand.done and stand.state in RESOLVED,
    "affirm": lambda stand: stand.outdated or stand.void,
    "unanswered": lambda stand: stand.waits,
}
SORTS = ("theme", "closing", "changed")


@blueprint.get("/mine")
def mine(slug: str) -> PageAnswer:
    """The page; a view that does not exist is the usual one."""
    survey = survey_by_slug(slug)
    person = require_participant(survey)
    themes = by_theme(survey, person)
    stands = [stand for theme in themes for stand in theme.questions]
    acts, since = histories(db.session, person), last_visit(survey, person)
    view = _view(themes)
    entries = [_entry(theme, stand, acts.get(stand.question.id, []), since) for theme, stand in _all(themes)]
    shown = _sorted([entry for entry in entries if _is_shown(entry, view)], view.sort)
    last = [stand.last for stand in stands if stand.last is not None]
    return page(
        "participant/my_forecasts.html",
        survey,
        view=view,
        shown=shown,
        choices=_choices(survey, view, entries),
        theme_choices=_theme_choices(survey, view, entries, themes),
        sort_choices=[Choice(sort, view.address(survey, sort=sort), sort == view.sort) for sort in SORTS],
        answered=sum(stand.answered for stand in stands),
        total=len(stands),
        done=sum(stand.done for stand in stands),
        resolved=sum(stand.answered and stand.state in RESOLVED for stand in stands),
        last=max(last, key=lambda act: act.received_at, default=None),
        outdated=[stand for stand in stands if stand.outdated or stand.void],
        since=since,
        scores=scores_of(person),
        comparison=comparison_of(person),
        came_out=came_out,
        has_leaderboard=has_leaderboard(as_participant(survey), survey),
        points=points,
        share=share,
        corrections=corrections_of(person),
        calibration=calibration_of([stand.question for stand in stands], acts),
        about=len(background_answers.asked(db.session, survey)),
        said_about=len(background_answers.said(db.session, person)),
        must_agree=not has_agreed(db.session, person),
        rule_in_words=rule_in_words,
        form_key=fresh_key,
        when=when,
    )


def _all(themes: Sequence[ThemeStanding]) -> list[tuple[ThemeStanding, OwnForecast]]:
    return [(theme, stand) for theme in themes for stand in theme.questions]


def _entry(theme: ThemeStanding, stand: OwnForecast, acts: list[Submission], since: Since) -> MyForecast:
    question = stand.question
    return MyForecast(
        stand,
        theme,
        closing(question),
        moved(question, acts, since.day) if stand.answered else [],
        acts_of(question, acts),
        trace(question, acts),
    )


def _view(themes: Sequence[ThemeStanding]) -> View:
    show, theme = request.args.get("show", ""), request.args.get("theme", "")
    sort = request.args.get("sort", "")
    return View(
        show if show in FILTERS else "all",
        theme if theme in {one.theme.key for one in themes} else "",
        sort if sort in SORTS else "theme",
    )


def _is_shown(entry: MyForecast, view: View) -> bool:
    return FILTERS[view.show](entry.stand) and view.theme in ("", entry.theme.theme.key)


def _sorted(entries: list[MyForecast], sort: str) -> list[MyForecast]:
    """By theme as they come; by what closes next; or by what was changed last."""
    if sort == "closing":
        return sorted(entries, key=lambda entry: entry.closes or NEVER)
    if sort == "changed":
        return sorted(entries, key=_changed_at, reverse=True)
    return entries


def _changed_at(entry: MyForecast) -> datetime:
    return entry.stand.last.received_at if entry.stand.last is not None else LONG_AGO


def _choices(survey: Survey, view: View, entries: Sequence[MyForecast]) -> list[Choice]:
    """The filters with how many they would show in the chosen theme; an empty one only where it is chosen."""
    inside = [entry.stand for entry in entries if view.theme in ("", entry.theme.theme.key)]
    found = [
        Choice(key, view.address(survey, show=key), key == view.show, sum(map(shows, inside)))
        for key, shows in FILTERS.items()
    ]
    return [choice for choice in found if choice.count or choice.current or choice.key == "all"]


def _theme_choices(
    survey: Survey, view: View, entries: Sequence[MyForecast], themes: Sequence[ThemeStanding]
) -> list[tuple[str, Choice]]:
    """The themes by title, with how many of their questions the chosen filter shows."""
    counts = [
        sum(FILTERS[view.show](entry.stand) for entry in entries if entry.theme is theme) for theme in themes
    ]
    return [
        (
            theme.words.title,
            Choice(
                theme.theme.key,
                view.address(survey, theme=theme.theme.key),
                theme.theme.key == view.theme,
                count,
            ),
        )
        for theme, count in zip(themes, counts, strict=True)
        if count or theme.theme.key == view.theme
    ]
