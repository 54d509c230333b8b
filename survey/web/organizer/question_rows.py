"""One question in one row, for its organizer: the crowd's figure, the middle half of people, how it moved.

Every change on the page is counted from one day, so that no two places tell of different weeks.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from ... import charts, clock, disclosure
from ...aggregation.participation import answered_by_question, skipped_by_question
from ...disclosure import Shown, ShownOption, Viewer
from ...i18n.formatting import number, percent, signed
from ...i18n.locale import current_language
from ...i18n.locale import gettext as _
from ...models import Question, Survey
from ...presenters.consistent import BothFigures, both_figures
from ...presenters.crowd_summary import focus_of
from ...presenters.question_state import status_in_words
from ...questions import kind_of
from ...questions.quantiles import QuantileKind, quantile_said
from .scale import Strip, place_in_range

WEEK = timedelta(days=7)
#: So many questions are named where people disagree most.
MOST = 5
#: A move is told beside the others from so many points on.
POINTS = 2.0
#: A share of people who skip from which on the row says so in bold: a question too hard, or badly put.
MANY_SKIP = 0.25


@dataclass(frozen=True)
class TimeBase:
    """The days the page rests on: figures as of the end of `until` (UTC), changes since `since`."""

    since: date
    until: date


@dataclass(frozen=True)
class AnswerCounts:
    """How many people answered or skipped a question, and how many of them skipped it and said nothing else."""

    answered: int = 0
    skipped: int = 0

    @property
    def share(self) -> float:
        """The share who skipped, 0 to 1."""
        return self.skipped / self.answered if self.answered else 0.0

    @property
    def is_often_skipped(self) -> bool:
        """Whether so many skip it that somebody should look."""
        return self.share >= MANY_SKIP


def answer_counts(session: Session, survey: Survey) -> dict[int, AnswerCounts]:
    """The counts of every question, by its id."""
    answered, skipped = answered_by_question(session, survey), skipped_by_question(session, survey)
    return {
        question.id: AnswerCounts(answered.get(question.id, 0), skipped.get(question.id, 0))
        for question in survey.questions
    }


@dataclass(frozen=True)
class Figure:
    """What the crowd says of one part of a question.

    Attributes
    ----------
    about
        Which part: a date, an answer, a branch; empty where there is only one.
    value, before
        The figure in words, and that of the base day; `before` is empty where nothing had been published then.
    both
        It beside what it is made consistent with tied questions; None where that is the same.
    change
        The difference in words: points with their sign, "same", or for numbers and dates the figure before.
    points
        The difference in points; 0 for numbers and dates.
    width
        Of the middle half of people, along the strip in percent.
    chances
        The figure and the ends of the middle half of people, 0 to 1; for numbers and dates in their own unit.
    """

    about: str
    value: str
    before: str
    both: BothFigures | None
    change: str
    points: float
    width: float
    people: int
    half: str
    strip: Strip
    chances: tuple[float, float, float]


@dataclass(frozen=True)
class QuestionRow:
    """A question in one row; without a figure where the crowd is too small for one.

    Attributes
    ----------
    ends
        The bounds of a number or date in words; None for chances, whose scale is that of the page.
    """

    question: Question
    title: str
    status: str
    counts: AnswerCounts
    figure: Figure | None
    ends: tuple[str, str] | None

    @property
    def label(self) -> str:
        """The question with the part its figure is about."""
        about = self.figure.about if self.figure else ""
        return f"{self.title}: {about}" if about else self.title

    @property
    def skipped(self) -> str:
        """The share who skipped it, in words."""
        return charts.percent(round(100 * self.counts.share)) if self.counts.answered else ""


def time_base(session: Session) -> TimeBase:
    """The last day that can have been published, and the day a week before it."""
    until = clock.now(session).date() - timedelta(days=1)
    return TimeBase(until - WEEK, until)


def row(
    session: Session, viewer: Viewer, question: Question, counts: AnswerCounts, base: TimeBase
) -> QuestionRow:
    """The row of a question, with the figures its organizers are shown."""
    shown = disclosure.get_aggregate(session, viewer, question)
    figure = _figure(session, viewer, question, shown, base) if isinstance(shown, Shown) else None
    title = question.text(current_language()).short
    return QuestionRow(question, title, status_in_words(session, question), counts, figure, _ends(question))


SORTS = ("theme", "moved", "disputed")


def ordered(rows: Iterable[QuestionRow], by: str) -> list[QuestionRow]:
    """The rows as the reader wants them; those without a figure last, each else in the survey's order."""
    if by == "moved":
        return sorted(rows, key=lambda one: -abs(one.figure.points) if one.figure else 1)
    if by == "disputed":
        return sorted(rows, key=lambda one: -one.figure.width if one.figure else 1)
    return list(rows)


def movers(rows: Iterable[QuestionRow]) -> list[QuestionRow]:
    """What moved by `POINTS` or more since the base day, most first."""
    return [one for one in ordered(rows, "moved") if one.figure and abs(one.figure.points) >= POINTS]


def disputed(rows: Iterable[QuestionRow]) -> list[QuestionRow]:
    """Where the middle half of people is widest, widest first; only chances, whose widths compare."""
    wide = [one for one in ordered(rows, "disputed") if one.figure and one.figure.width and one.ends is None]
    return wide[:MOST]


def _figure(session: Session, viewer: Viewer, question: Question, shown: Shown, base: TimeBase) -> Figure:
    focus = focus_of(question, shown)
    one, former = shown.options[focus], _at(session, viewer, question, focus, base.since)
    value, before = _said(question, one.value), _said(question, former.value) if former else ""
    strip = _strip(question, one, former)
    points = _points(question, one, former)
    return Figure(
        about=_about(question, focus),
        value=value,
        before=before,
        both=both_figures(session, viewer, question, shown, focus),
        change=_change(question, value, before, points),
        points=points,
        width=round(strip.high - strip.low, 2),
        people=one.people,
        half=" – ".join(_said(question, end) for end in one.spread),
        strip=strip,
        chances=(one.value, *one.spread),
    )


def _at(session: Session, viewer: Viewer, question: Question, focus: str, since: date) -> ShownOption | None:
    """The same part as it was told on the base day, if it was."""
    then = disclosure.get_aggregate(session, viewer, question, as_of=since)
    return then.options.get(focus) if isinstance(then, Shown) else None


def _about(question: Question, focus: str) -> str:
    if question.kind in ("binary", "numeric", "date"):
        return ""
    return question.option(focus).text(current_language())


def _is_number(question: Question) -> bool:
    return isinstance(kind_of(question), QuantileKind)


def _said(question: Question, figure: float) -> str:
    kind = kind_of(question)
    return quantile_said(kind, question, figure) if isinstance(kind, QuantileKind) else percent(figure)


def _points(question: Question, one: ShownOption, former: ShownOption | None) -> float:
    if former is None or _is_number(question):
        return 0.0
    return round(100 * (one.value - former.value), 1)


def _change(question: Question, value: str, before: str, points: float) -> str:
    if not before:
        return ""
    if before == value or (not points and not _is_number(question)):
        return _("same")
    return _("was %(value)s", value=before) if _is_number(question) else signed(points)


def _strip(question: Question, one: ShownOption, former: ShownOption | None) -> Strip:
    low, high = (place_in_range(question, end) for end in one.spread)
    before = place_in_range(question, former.value) if former else None
    return Strip(place_in_range(question, one.value), low, high, before)


def _ends(question: Question) -> tuple[str, str] | None:
    kind = kind_of(question)
    if not isinstance(kind, QuantileKind) or question.lower is None or question.upper is None:
        return None
    if question.kind == "date":
        # Where the days themselves stand has no room for more than years; the question's page names them.
        return str(clock.day_date(round(question.lower)).year), str(
            clock.day_date(round(question.upper)).year
        )
    return number(question.lower), kind.said(question, question.upper, current_language())
