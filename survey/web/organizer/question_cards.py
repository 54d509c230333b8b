"""One question in a small space, for its organizer: state, people, the crowd's figure and how it moved."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import log

from sqlalchemy.orm import Session

from ... import charts, clock, disclosure
from ...charts import Chart, NamedInterval, Step
from ...disclosure import Shown, ShownOption, Viewer
from ...i18n.formatting import percent, signed
from ...i18n.locale import current_language
from ...i18n.locale import gettext as _
from ...models import Question
from ...presenters.crowd_summary import focus_of
from ...presenters.own_forecast import quantile_said
from ...presenters.question_state import status_in_words
from ...questions import kind_of
from ...questions.quantiles import QuantileKind

WEEK = timedelta(days=7)
#: So many questions are named where people disagree or forecasts moved most.
MOST = 5


@dataclass(frozen=True)
class Figure:
    """What the crowd says of one part of a question.

    Attributes
    ----------
    about
        Which part: a date, an answer, a branch; empty where there is only one.
    value
        The figure in words.
    before
        The same at the first publication, where it was another.
    spread
        Middle half of people and the figure, in percent; None for numbers and dates.
    moved
        Points since a week ago; None for numbers and dates, or where nothing had been published then.
    """

    about: str
    value: str
    before: str
    people: int
    picture: Chart
    spread: NamedInterval | None
    moved: float | None


@dataclass(frozen=True)
class Card:
    """A question in a small space; without a figure where the crowd is too small for one."""

    question: Question
    title: str
    status: str
    answered: int
    figure: Figure | None

    @property
    def label(self) -> str:
        """The question with the part its figure is about, for lists and charts."""
        about = self.figure.about if self.figure else ""
        return f"{self.title}: {about}" if about else self.title


def card(session: Session, viewer: Viewer, question: Question, answered: int) -> Card:
    """The card of a question, with the figures its organizers are shown."""
    shown = disclosure.get_aggregate(session, viewer, question)
    today = clock.now(session).date()
    figure = _figure(session, viewer, question, shown, today) if isinstance(shown, Shown) else None
    title = question.text(current_language()).short
    return Card(question, title, status_in_words(session, question), answered, figure)


def disagreement(cards: Iterable[Card]) -> list[NamedInterval]:
    """Where the middle half of people is widest, widest first."""
    spreads = [
        one.figure.spread._replace(label=one.label) for one in cards if one.figure and one.figure.spread
    ]
    return sorted(spreads, key=lambda one: (one.low or 0) - (one.high or 0))[:MOST]


def movers(cards: Iterable[Card]) -> list[tuple[Card, str]]:
    """What moved most in a week, with the points it moved."""
    moved = [(one, one.figure.moved) for one in cards if one.figure and one.figure.moved]
    moved.sort(key=lambda pair: -abs(pair[1]))
    return [(one, signed(points)) for one, points in moved[:MOST]]


def _figure(session: Session, viewer: Viewer, question: Question, shown: Shown, today: date) -> Figure:
    focus = focus_of(question, shown)
    told = [*disclosure.history(session, viewer, question), *([shown] if shown.live else [])]
    points = [(one.as_of, one.options[focus]) for one in told if focus in one.options]
    numeric = isinstance(kind_of(question), QuantileKind)
    value, first = _said(question, shown.options[focus]), _said(question, points[0][1])
    return Figure(
        about=_about(question, focus),
        value=value,
        before=first if first != value else "",
        people=shown.options[focus].people,
        picture=_picture(question, points),
        spread=None if numeric else _spread(shown.options[focus]),
        moved=None if numeric else _moved(points, today),
    )


def _about(question: Question, focus: str) -> str:
    if question.kind in ("binary", "numeric", "date"):
        return ""
    return question.option(focus).text(current_language())


def _said(question: Question, one: ShownOption) -> str:
    kind = kind_of(question)
    if isinstance(kind, QuantileKind):
        return quantile_said(kind, question, one.value)
    return percent(one.value)


def _spread(one: ShownOption) -> NamedInterval:
    return NamedInterval("", *(round(100 * value, 2) for value in (one.value, *one.spread)))


def _moved(points: Sequence[tuple[date, ShownOption]], today: date) -> float | None:
    """Points between now and the last publication that is a week old."""
    before = [one for day, one in points if day <= today - WEEK]
    return round(100 * (points[-1][1].value - before[-1].value), 1) if before else None


def _picture(question: Question, points: Sequence[tuple[date, ShownOption]]) -> Chart:
    title = question.text(current_language()).short
    steps = [
        Step(day, _place(question, one.value), None, None, *(_place(question, end) for end in one.spread))
        for day, one in points
    ]
    said = _(
        "%(title)s: %(value)s on %(day)s",
        title=title,
        value=_said(question, points[-1][1]),
        day=points[-1][0],
    )
    return charts.sparkline(steps, title=title, description=said)


def _place(question: Question, value: float) -> float:
    """A fraction in percent; a number's place between the bounds of its question, along its scale."""
    if question.lower is None or question.upper is None:
        return round(100 * value, 2)
    inside = min(max(value, question.lower), question.upper)
    low, high, here = question.lower, question.upper, inside
    if question.scale == "log":
        low, high, here = log(low), log(high), log(here)
    return round(100 * (here - low) / (high - low), 2)
