"""One question's crowd in a row: its figure in words, the middle half of people, how it moved since one day."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from .. import disclosure
from ..disclosure import Shown, ShownOption, Viewer
from ..i18n.formatting import percent, percent_range, signed
from ..i18n.locale import current_language
from ..i18n.locale import gettext as _
from ..models import Question
from ..questions import kind_of
from ..questions.quantiles import QuantileKind, quantile_said
from .consistent import BothFigures, both_figures
from .crowd_summary import focus_of
from .own_forecast import quantile_range_said
from .strip_scale import Strip, place_in_range


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
    interval
        What another crowd of this size would say in nine cases of ten, low to high; empty for numbers and dates.
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
    interval: str
    strip: Strip
    chances: tuple[float, float, float]


def figure_of(session: Session, viewer: Viewer, question: Question, shown: Shown, since: date) -> Figure:
    """The figure that heads a question's row, with its change since the end of a day."""
    focus = focus_of(question, shown)
    one, former = shown.options[focus], _at(session, viewer, question, focus, since)
    value, before = figure_said(question, one.value), figure_said(question, former.value) if former else ""
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
        half=_half(question, one),
        interval=interval_said(one),
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


def figure_said(question: Question, figure: float) -> str:
    """A figure as its question tells it: a chance in percent, a number with its unit, a date."""
    kind = kind_of(question)
    return quantile_said(kind, question, figure) if isinstance(kind, QuantileKind) else percent(figure)


def _half(question: Question, one: ShownOption) -> str:
    """The middle half of people, its unit said once; one value where both its ends are told as that."""
    kind, (low, high) = kind_of(question), one.spread
    if isinstance(kind, QuantileKind):
        return quantile_range_said(kind, question, low, high)
    if percent(low) == percent(high):
        return percent(low)
    return _span(low, high)


def interval_said(one: ShownOption) -> str:
    """What another crowd of this size would say in nine cases of ten, low to high; empty for numbers and dates."""
    return "" if one.low is None or one.high is None else _span(one.low, one.high)


def _span(low: float, high: float) -> str:
    ends = percent_range(low, high)
    return _("%(low)s to %(high)s", low=ends[0], high=ends[1])


def _points(question: Question, one: ShownOption, former: ShownOption | None) -> float:
    if former is None or _is_number(question):
        return 0.0
    return round(100 * (one.value - former.value), 1)


def _change(question: Question, value: str, before: str, points: float) -> str:
    if not before:
        return ""
    # Two figures that read alike are the same, however far apart they are in digits nobody is shown.
    if before == value or (not points and not _is_number(question)):
        return _("same")
    return _("was %(value)s", value=before) if _is_number(question) else signed(points)


def _strip(question: Question, one: ShownOption, former: ShownOption | None) -> Strip:
    low, high = (place_in_range(question, end) for end in one.spread)
    before = place_in_range(question, former.value) if former else None
    return Strip(place_in_range(question, one.value), low, high, before)
