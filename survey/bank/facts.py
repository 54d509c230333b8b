"""Reads what is asked: the facts of the questions."""

import math
from datetime import date, datetime
from itertools import pairwise
from typing import NamedTuple

from .. import clock
from ..i18n.locale import gettext as _
from ..models import KIND_NAMES
from .base_rates import read_base_rate, refuse_future
from .content import BRANCHES, Event, Option, Question, RangeFacts, Settings
from .tables import Table
from .ties import Shape, Shapes, read_event

EVERY_KIND = (
    "key",
    "theme",
    "kind",
    "opens",
    "closes",
    "resolves",
    "given",
    "rationale_required",
    "base_rate",
)
_RANGE = ("scale", "lower", "upper", "open_lower", "open_upper", "whole", "quantile_levels")
#: What a kind has beside the keys that every kind has.
OWN_KEYS: dict[str, tuple[str, ...]] = {
    "binary": ("deadline",),
    "choice": ("deadline", "options"),
    "ordered": ("deadline", "options"),
    "ladder": ("deadlines",),
    "numeric": ("deadline", *_RANGE),
    "date": ("deadline", *_RANGE),
    "pair": ("deadline",),
}


class _Begun(NamedTuple):
    """A question of which enough is known to speak of its events."""

    table: Table
    key: str
    kind: str
    options: tuple[Option, ...]

    @property
    def shape(self) -> Shape:
        return Shape(self.kind, tuple(option.key for option in self.options))


def read_questions(
    structure: Table, settings: Settings, themes: tuple[str, ...]
) -> tuple[tuple[Question, ...], Shapes]:
    """All questions in their order, and their shapes for whatever speaks of their events."""
    begun: dict[str, _Begun] = {}
    for table in structure.tables("question"):
        key, kind = table.name("key", begun), table.choice("kind", KIND_NAMES)
        begun.setdefault(key, _Begun(table, key, kind, _options(table, kind)))
    shapes = {key: question.shape for key, question in begun.items()}
    questions = tuple(_question(question, settings, themes, shapes) for question in begun.values())
    _refuse_circles(questions, {key: question.table for key, question in begun.items()})
    return questions, shapes


def _options(table: Table, kind: str) -> tuple[Option, ...]:
    """The options of a question; none where they have a fault, and nothing more is said of them then."""
    options = _options_of_kind(table, kind)
    return options if table.is_sound("kind", "options", "deadlines") else ()


def _options_of_kind(table: Table, kind: str) -> tuple[Option, ...]:
    if kind in ("choice", "ordered"):
        return tuple(Option(key) for key in table.items("options", str, "option keys", fewest=2))
    if kind == "ladder":
        return _rungs(table)
    if kind == "pair":
        return tuple(Option(key, given_holds=holds) for key, holds in BRANCHES.items())
    return (Option("yes" if kind == "binary" else "value"),)


def _rungs(table: Table) -> tuple[Option, ...]:
    deadlines = table.items("deadlines", date, "dates")
    if deadlines != sorted(deadlines):
        table.fault("deadlines", _("must go from the earliest to the latest"))
    return tuple(Option(day.isoformat(), closes=clock.day_end(day)) for day in deadlines)


def _question(begun: _Begun, settings: Settings, themes: tuple[str, ...], shapes: Shapes) -> Question:
    table, kind = begun.table, begun.kind
    if kind:
        table.only((*EVERY_KIND, *OWN_KEYS[kind]), f"a question of kind {kind} has no such key")
    opens = table.moment("opens", settings.opens)
    closes = _closes(begun)
    resolves = table.moment("resolves")
    _check_times(table, settings, opens, closes, resolves)
    base_rate = read_base_rate(table)
    refuse_future(table, base_rate, opens.date())
    return Question(
        key=begun.key,
        theme=table.choice("theme", themes),
        kind=kind,
        options=begun.options,
        opens=opens,
        closes=closes,
        resolves=resolves,
        range=_range(table, kind) if kind in ("numeric", "date") else None,
        given=_given(table, kind, shapes),
        rationale_required=table.truth("rationale_required", False),
        base_rate=base_rate,
        line=table.line,
    )


def _closes(begun: _Begun) -> datetime:
    """Where `closes` is not given, the end of the (last) deadline."""
    deadlines = [option.closes for option in begun.options if option.closes]
    if "deadline" in OWN_KEYS.get(begun.kind, ()):
        deadlines = [clock.day_end(begun.table.day("deadline"))]
    return begun.table.moment("closes", max(deadlines, default=clock.day_start(clock.EPOCH)))


def _check_times(
    table: Table, settings: Settings, opens: datetime, closes: datetime, resolves: datetime
) -> None:
    if not table.is_sound("kind", "opens", "closes", "resolves", "deadline", "deadlines"):
        return
    if not settings.opens <= opens < closes:
        table.fault(
            "closes",
            _(
                "must be after the question opens, and that not before %(day)s",
                day=f"{settings.opens:%Y-%m-%d}",
            ),
        )
    # Where the survey's own days are the wrong way round that is the fault, and is told there.
    elif closes > settings.closes > settings.opens:
        table.fault(
            "closes", _("must not be after the survey closes, %(day)s", day=f"{settings.closes:%Y-%m-%d}")
        )
    if resolves < closes:
        table.fault(
            "resolves", _("must not be before the question closes, %(day)s", day=f"{closes:%Y-%m-%d}")
        )


def _range(table: Table, kind: str) -> RangeFacts:
    def bound(key: str) -> float:
        return clock.day_number(clock.day_start(table.day(key))) if kind == "date" else table.number(key)

    values = RangeFacts(
        scale=table.choice("scale", ("linear", "log")),
        lower=bound("lower"),
        upper=bound("upper"),
        open_lower=table.truth("open_lower", False),
        open_upper=table.truth("open_upper", False),
        whole=table.truth("whole", False),
        quantile_levels=tuple(table.items("quantile_levels", float, "fractions")),
    )
    _check_range(table, values)
    return values


def _check_range(table: Table, values: RangeFacts) -> None:
    if not (math.isfinite(values.lower) and math.isfinite(values.upper)):
        table.fault("lower", "both bounds must be finite; an open bound has open_lower or open_upper")
    elif table.is_sound("lower", "upper") and values.lower >= values.upper:
        table.fault("lower", _("must be below upper"))
    if values.scale == "log" and values.lower <= 0 and table.is_sound("lower"):
        table.fault("lower", _("must be above 0 on a log scale, got %(number)s", number=values.lower))
    levels = values.quantile_levels
    if any(not low < high for low, high in pairwise([0, *levels, 1])):
        table.fault("quantile_levels", _("must ascend between 0 and 1"))
    elif levels and 0.5 not in levels:
        # A number's histogram, its trace and its place in a list are those of the middle: none is interpolated.
        table.fault("quantile_levels", _("must have the median, 0.5, among them"))


def _given(table: Table, kind: str, shapes: Shapes) -> Event | None:
    if kind != "pair" and "given" not in table:
        return None
    event = read_event(table.table("given"), shapes)
    return event if table.is_sound("given") else None


def _refuse_circles(questions: tuple[Question, ...], tables: dict[str, Table]) -> None:
    given = {question.key: question.given.question for question in questions if question.given}
    for start in given:
        passed, key = [start], given[start]
        while key in given and key not in passed:
            passed.append(key)
            key = given[key]
        # A chain that runs into a circle is no part of it: each question of the circle is named at itself.
        if key == start:
            tables[start].fault("given", f"conditional on itself: {' on '.join([*passed, start])}")
