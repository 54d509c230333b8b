"""One's own number beside the crowd's: the part of a question that a row tells, the gap, how the crowd moved."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from .. import disclosure
from ..clock import WEEK, day_date
from ..disclosure import Shown, ShownOption, Viewer
from ..i18n.formatting import day_label, signed
from ..i18n.locale import gettext as _
from ..models import Question
from ..questions import Row, kind_of
from ..questions.quantiles import QuantileKind
from .crowd_figure import figure_said
from .crowd_summary import focus_of
from .forecast_history import difference, middle_rows
from .strip_scale import share_of

#: From so many points, or percent of a question's range, on a forecast is told as far from the crowd.
FAR = 10.0


@dataclass(frozen=True)
class BesideCrowd:
    """The crowd's figure for what a row tells of a question.

    Attributes
    ----------
    figure
        In words: "25 %".
    gap
        How one's own number differs from it, with its sign; "same", or empty where there is none of one's own.
    far
        The size of the gap in points, of a number or date in percent of the question's range; for the order alone.
    moved
        The size of the crowd's change in a week, counted likewise.
    change
        The same in words; empty where nothing was told a week ago.
    """

    figure: str
    gap: str
    far: float
    moved: float
    change: str


def short_figure(question: Question, value: float) -> str:
    """A figure as short as a row has room for: a date with its month cut, all else as everywhere."""
    if question.kind == "date" and question.lower is not None and question.upper is not None:
        is_day = question.lower <= value <= question.upper
        return day_label(day_date(round(value)).isoformat()) if is_day else figure_said(question, value)
    return figure_said(question, value)


def part_told(question: Question, rows: Sequence[Row]) -> Row | None:
    """The number a row tells of an answer: the likeliest, the second date of a ladder, the middle of a quantity."""
    told = middle_rows(question, rows)
    if not told:
        return None
    if question.kind in ("choice", "ordered"):
        return max(told, key=lambda row: row.value)
    return told[1] if question.kind == "ladder" and len(told) > 1 else told[0]


def beside_crowd(session: Session, viewer: Viewer, question: Question, own: Row | None) -> BesideCrowd | None:
    """What this viewer is shown of the crowd beside their own number; None where that is nothing."""
    seen = disclosure.get_aggregate(session, viewer, question)
    if not isinstance(seen, Shown):
        return None
    key = own.option if own else focus_of(question, seen)
    now = seen.options.get(key)
    if now is None:
        return None
    before = _before(session, viewer, question, seen, key)
    crowd = _row(now)
    return BesideCrowd(
        figure=short_figure(question, now.value),
        gap=_gap(question, crowd, own) if own else "",
        far=_apart(question, now.value, own.value) if own else 0.0,
        moved=_apart(question, now.value, before.value) if before else 0.0,
        change=_gap(question, _row(before), crowd) if before else "",
    )


def _before(
    session: Session, viewer: Viewer, question: Question, seen: Shown, key: str
) -> ShownOption | None:
    then = disclosure.get_aggregate(session, viewer, question, as_of=seen.as_of - WEEK)
    return then.options.get(key) if isinstance(then, Shown) else None


def _gap(question: Question, before: Row, after: Row) -> str:
    """A difference in words; of chances in tenths of a point, since the crowd's is told no finer."""
    if isinstance(kind_of(question), QuantileKind):
        return difference(question, before, after)
    return signed(round((after.value - before.value) * 100, 1)) or _("same")


def _row(one: ShownOption) -> Row:
    return Row(one.key, "p", one.value, "")


def _apart(question: Question, one: float, other: float) -> float:
    """Points of chances; of numbers and dates percent of the range, along its own scale."""
    return round(100 * abs(share_of(question, one) - share_of(question, other)), 2)
