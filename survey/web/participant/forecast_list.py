"""The list of one's own forecasts: which of them are shown and in which order, as the address says."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import url_for

from ...models import Question, Survey
from ...presenters.beside_crowd import FAR
from ...store.lifecycle import QuestionState
from ...store.staleness import STALE
from ..public import own_path
from .dashboard import ThemeStanding
from .own_rows import OwnRow, stale_from

#: Where a question that is closed stands in the order of closing, and one nobody acted on in that of changes.
NEVER, LONG_AGO = datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Choice:
    """A link that chooses what is shown, with how much there is of it."""

    key: str
    address: str
    current: bool
    count: int = 0


@dataclass(frozen=True)
class View:
    """What of one's forecasts is shown and how; it stands in the address, so that a link keeps it.

    `days` is the age from which on a forecast is shown as old: emails lead here with what their reader chose.
    """

    show: str
    theme: str
    sort: str
    days: int = STALE

    def address(self, survey: Survey, **other: str) -> str:
        """The page with this view, some of it otherwise; what is usual is left out."""
        return f"{self._path(survey, **other)}#forecasts"

    def place(self, survey: Survey, question: Question) -> str:
        """The page with this view, at the row of one question: whoever acts on one of many comes back to it."""
        return f"{self._path(survey)}#q-{question.key}"

    def _path(self, survey: Survey, **other: str) -> str:
        wanted = {"show": self.show, "theme": self.theme, "sort": self.sort, "days": str(self.days)} | other
        usual = {"show": "all", "theme": "", "sort": "theme", "days": str(STALE)}
        chosen: dict[str, Any] = {name: value for name, value in wanted.items() if value != usual[name]}
        return url_for("participant.mine", slug=survey.slug, **chosen)


#: Groups of states that may be shown: an outcome is missing, or none is.
CLOSED = {QuestionState.CLOSED, QuestionState.PARTLY_RESOLVED}
RESOLVED = {QuestionState.RESOLVED, QuestionState.ANNULLED}

#: What may be shown: everything ever said, or part of it; `unanswered` is what has yet to be.
FILTERS: dict[str, Callable[[OwnRow], bool]] = {
    "all": lambda row: row.stand.done,
    "open": lambda row: row.stand.done and row.stand.state is QuestionState.OPEN,
    "stale": lambda row: row.is_stale,
    "far": lambda row: row.beside is not None and row.beside.far >= FAR,
    "closed": lambda row: row.stand.done and row.stand.state in CLOSED,
    "resolved": lambda row: row.stand.done and row.stand.state in RESOLVED,
    "affirm": lambda row: row.stand.outdated or row.stand.void,
    "unanswered": lambda row: row.stand.waits,
}


def _changed_at(row: OwnRow) -> datetime:
    return row.stand.last.received_at if row.stand.last is not None else LONG_AGO


#: In which order: least first. The survey's own where none is named here.
ORDERS: dict[str, Callable[[OwnRow], Any]] = {
    "closing": lambda row: row.closes or NEVER,
    "gap": lambda row: -row.beside.far if row.beside and row.beside.gap else 1,
    "age": lambda row: -row.age if row.age is not None else 1,
    "changed": lambda row: -(_changed_at(row) - LONG_AGO).total_seconds(),
    "crowd": lambda row: -row.beside.moved if row.beside and row.beside.change else 1,
}
SORTS = ("theme", *ORDERS)


def view_in(address: Mapping[str, str], themes: Sequence[ThemeStanding]) -> View:
    """The view an address asks for; what does not exist is the usual."""
    show, theme, sort = (address.get(name, "") for name in ("show", "theme", "sort"))
    return View(
        show if show in FILTERS else "all",
        theme if theme in {one.theme.key for one in themes} else "",
        sort if sort in SORTS else "theme",
        stale_from(address),
    )


def shown_rows(rows: Iterable[OwnRow], view: View) -> list[OwnRow]:
    """What a view shows, in its order; and whatever was just done."""
    found = [row for row in rows if row.just or (FILTERS[view.show](row) and is_in(row, view.theme))]
    return sorted(found, key=ORDERS[view.sort]) if view.sort in ORDERS else found


def is_in(row: OwnRow, theme: str) -> bool:
    """Whether a row belongs to a theme; to the empty one all do."""
    return theme in ("", row.stand.question.theme.key)


def after_acting(question: Question, back: str, *, undone: bool = False) -> str:
    """The list that somebody acted in, as it was seen, at the row they acted on, which has its receipt there."""
    parts = urlsplit(own_path(back))
    kept = [pair for pair in parse_qsl(parts.query) if pair[0] not in ("saved", "undone")]
    told = [("saved", question.key), *([("undone", "1")] if undone else [])]
    return f"{parts.path}?{urlencode([*kept, *told])}#q-{question.key}"


def asked_for(back: str) -> dict[str, str]:
    """What the address of a list asks for."""
    return dict(parse_qsl(urlsplit(own_path(back)).query))


def choices(survey: Survey, view: View, rows: Sequence[OwnRow]) -> list[Choice]:
    """The filters with how many they would show in the chosen theme; an empty one only where it is chosen."""
    inside = [row for row in rows if is_in(row, view.theme)]
    found = [
        Choice(key, view.address(survey, show=key), key == view.show, sum(map(shows, inside)))
        for key, shows in FILTERS.items()
    ]
    return [choice for choice in found if choice.count or choice.current or choice.key == "all"]


def theme_choices(
    survey: Survey, view: View, rows: Sequence[OwnRow], themes: Sequence[ThemeStanding]
) -> list[tuple[str, Choice]]:
    """The themes by title, with how many of their questions the chosen filter shows."""
    counts = [sum(FILTERS[view.show](row) for row in rows if is_in(row, theme.theme.key)) for theme in themes]
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
