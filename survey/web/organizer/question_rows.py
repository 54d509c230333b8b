"""One question in one row, for its organizer: the crowd's figure, the middle half of people, how it moved.

Every change on the page is counted from one day, so that no two places tell of different weeks.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from ... import charts, clock, disclosure
from ...aggregation.participation import answered_by_question, skipped_by_question
from ...disclosure import Shown, Viewer
from ...i18n.formatting import number
from ...i18n.locale import current_language
from ...models import Question, Survey
from ...presenters.crowd_figure import Figure, figure_of
from ...presenters.question_state import status_in_words
from ...questions import kind_of
from ...questions.quantiles import QuantileKind

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
    until = clock.last_day(session)
    return TimeBase(until - clock.WEEK, until)


def row(
    session: Session, viewer: Viewer, question: Question, counts: AnswerCounts, base: TimeBase
) -> QuestionRow:
    """The row of a question, with the figures its organizers are shown."""
    shown = disclosure.get_aggregate(session, viewer, question)
    figure = figure_of(session, viewer, question, shown, base.since) if isinstance(shown, Shown) else None
    title = question.text(current_language()).short
    return QuestionRow(question, title, status_in_words(session, question), counts, figure, _ends(question))


SORTS = ("theme", "moved", "disputed")


def ordered(rows: Iterable[QuestionRow], by: str) -> list[QuestionRow]:
    """The rows as the reader wants them; those without a figure last, each else in the survey's order."""
    if by == "moved":
        # 1 comes behind every figure: those have 0 or less.
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
