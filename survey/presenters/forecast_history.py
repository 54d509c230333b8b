"""How one's own forecast moved: each act in words, each number since the first and since the last visit, a line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ..clock import now
from ..i18n.formatting import number, signed
from ..i18n.locale import current_language, ngettext
from ..i18n.locale import gettext as _
from ..models import Question, Submission
from ..questions import Row, kind_of
from ..questions.quantiles import QuantileKind
from ..services.forecast_history import rows_after
from .own_forecast import OwnFigure, act_in_words, said, said_then, when
from .strip_scale import share_of

#: Size of the small line beside a forecast, in its own units.
WIDE, HIGH = 96, 32


@dataclass(frozen=True)
class Moved:
    """A number that stands: what it is about (empty where there is one), and how it moved.

    Attributes
    ----------
    since_first
        The difference from the first one, in words; empty where this is the first.
    since_visit
        The same since the last visit; empty where nothing was said since then.
    """

    about: str
    figure: str
    since_first: str
    since_visit: str


@dataclass(frozen=True)
class Act:
    """One thing somebody did: when, what (first, changed, affirmed, withdrawn), and the numbers it gave.

    `differences` stands beside `numbers`: how each differs from what stood before; empty where nothing did.
    """

    when: datetime | date
    action: str
    numbers: list[OwnFigure]
    differences: list[str]


@dataclass(frozen=True)
class Trace:
    """Forecasts over time as paths of a picture `WIDE` by `HIGH`, with the place at which each of them ends."""

    paths: list[str]
    ends: list[tuple[float, float]]


def moved(question: Question, acts: Sequence[Submission], visit: date) -> list[Moved]:
    """The numbers that stand, and how they moved; of a quantity its middle.

    Parameters
    ----------
    acts
        All acts of this person on the question, oldest first.
    visit
        The day of their last visit: what stood at its end is compared.
    """
    rows = middle_rows(question, rows_after(question, acts))
    first = _by_place(middle_rows(question, _first_rows(question, acts)))
    before = [act for act in acts if act.received_at.date() <= visit]
    then = _by_place(middle_rows(question, rows_after(question, before)))
    changed_since = len(before) < len(acts)
    words = said(question, rows)
    return [
        Moved(
            about=one.label if len(rows) > 1 else "",
            figure=one.figure,
            since_first=difference(question, first.get((row.option, row.part)), row) if len(acts) > 1 else "",
            since_visit=difference(question, then.get((row.option, row.part)), row) if changed_since else "",
        )
        for row, one in zip(rows, words, strict=True)
    ]


def acts_of(question: Question, acts: Sequence[Submission]) -> list[Act]:
    """Everything somebody did, newest first."""
    return [_act(question, acts[:place], act) for place, act in enumerate(acts)][::-1]


def trace(question: Question, acts: Sequence[Submission]) -> Trace | None:
    """The forecasts as lines over time, one for each number (of a quantity its middle); None before a change."""
    if len(acts) < 2:
        return None
    # This process's clock, while acts have the database's, which may be ahead of it.
    start, end = acts[0].received_at, max(now(), acts[-1].received_at)
    length = (end - start).total_seconds() or 1.0
    series: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for place, act in enumerate(acts, start=1):
        along = WIDE * (act.received_at - start).total_seconds() / length
        for row in middle_rows(question, rows_after(question, acts[:place])):
            series.setdefault((row.option, row.part), []).append((along, height_of(question, row.value)))
    if not series:
        return None
    paths = [step_path(points) for points in series.values()]
    return Trace(paths, [(WIDE, round(points[-1][1], 1)) for points in series.values()])


def difference(question: Question, before: Row | None, after: Row) -> str:
    """What a number differs by from an earlier one: points, days, or its unit; empty where there was none."""
    if before is None:
        return ""
    if isinstance(kind_of(question), QuantileKind):
        return _further(question, after.value - before.value)
    return signed(round((after.value - before.value) * 100, 2)) or _("same")


def _further(question: Question, gap: float) -> str:
    if question.kind == "date":
        days = int(gap)
        sign = "+" if days > 0 else "−"
        count = ngettext("%(num)s day", "%(num)s days", abs(days))
        return f"{sign}{count}" if days else _("same")
    sign = "+" if gap > 0 else "−"
    unit = question.text(current_language()).unit
    return f"{sign}{number(abs(float(f'{gap:.6g}')), unit)}" if gap else _("same")


def _act(question: Question, earlier: Sequence[Submission], act: Submission) -> Act:
    before = _by_place(rows_after(question, earlier))
    rows = _sorted(
        question,
        [Row(one.option.key, one.part, one.value, one.entered) for one in act.forecasts],
    )
    return Act(
        when(question, act),
        act_in_words(act.action),
        said_then(question, act),
        [difference(question, before.get((row.option, row.part)), row) for row in rows],
    )


def _sorted(question: Question, rows: Sequence[Row]) -> list[Row]:
    """In the order in which `said` tells them."""
    order = {option.key: option.position for option in question.options}
    return sorted(rows, key=lambda row: (order[row.option], row.part))


def _first_rows(question: Question, acts: Sequence[Submission]) -> list[Row]:
    """The first number ever given for each option: a rung may have been answered later than another."""
    found: dict[tuple[str, str], Row] = {}
    for act in acts:
        for one in act.forecasts:
            row = Row(one.option.key, one.part, one.value, one.entered)
            found.setdefault((row.option, row.part), row)
    return _sorted(question, list(found.values()))


def middle_rows(question: Question, rows: Sequence[Row]) -> list[Row]:
    """The rows that a short line tells: of a quantity its middle alone."""
    if not isinstance(kind_of(question), QuantileKind):
        return list(rows)
    ordered = sorted(rows, key=lambda row: float(row.part[1:]))
    return ordered[len(ordered) // 2 : len(ordered) // 2 + 1]


def _by_place(rows: Sequence[Row]) -> dict[tuple[str, str], Row]:
    return {(row.option, row.part): row for row in rows}


def height_of(question: Question, value: float) -> float:
    """Where a number stands in the picture, from its top; a margin of 3 keeps the dot at its end whole."""
    return HIGH - 3 - (HIGH - 6) * share_of(question, value)


def step_path(points: Sequence[tuple[float, float]]) -> str:
    """Steps over the whole width: a forecast stands until the next one."""
    (x, y), *later = points
    steps = "".join(f"H{x:.1f}V{y:.1f}" for x, y in later)
    return f"M{x:.1f} {y:.1f}{steps}H{WIDE}"
