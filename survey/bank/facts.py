"""Reads what is asked: the facts of the questions."""

import math
from datetime import date, datetime, timedelta

from .. import clock
from ..models import KIND_NAMES
from .content import BRANCHES, Event, Option, Question, Range, Settings
from .tables import Table
from .ties import Shape, Shapes, read_event

_EVERY_KIND = ("key", "theme", "kind", "opens", "closes", "resolves", "given")
_RANGE = ("scale", "lower", "upper", "open_lower", "open_upper", "whole", "quantile_levels")
#: What a kind has beside the keys that every kind has.
_OWN_KEYS: dict[str, tuple[str, ...]] = {
    "binary": ("deadline",),
    "choice": ("deadline", "options"),
    "ordered": ("deadline", "options"),
    "ladder": ("deadlines",),
    "numeric": ("deadline", *_RANGE),
    "date": ("deadline", *_RANGE),
    "pair": ("deadline",),
}


def end_of(day: date) -> datetime:
    """The first moment after a UTC day: what is due on a day is late from then on."""
    return clock.day_start(day + timedelta(days=1))


def read_questions(
    structure: Table, settings: Settings, themes: tuple[str, ...]
) -> tuple[tuple[Question, ...], Shapes]:
    """All questions in their order, and their shapes for whatever speaks of their events."""
    begun: dict[str, tuple[Table, str, tuple[Option, ...]]] = {}
    for table in structure.tables("question"):
        key, kind = table.name("key", begun), table.choice("kind", KIND_NAMES)
        table.choice("theme", themes)
        begun.setdefault(key, (table, kind, _options(table, kind)))
    shapes = {
        key: Shape(kind if table.is_sound("kind", "options", "deadlines") else "", _keys(options))
        for key, (table, kind, options) in begun.items()
    }
    questions = tuple(
        _question(table, key, kind, options, settings, shapes)
        for key, (table, kind, options) in begun.items()
    )
    _refuse_circles(questions, {key: table for key, (table, _, _) in begun.items()})
    return questions, shapes


def _keys(options: tuple[Option, ...]) -> tuple[str, ...]:
    return tuple(option.key for option in options)


def _options(table: Table, kind: str) -> tuple[Option, ...]:
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
        table.fault("deadlines", "must go from the earliest to the latest")
    return tuple(Option(day.isoformat(), closes=end_of(day)) for day in deadlines)


def _question(
    table: Table, key: str, kind: str, options: tuple[Option, ...], settings: Settings, shapes: Shapes
) -> Question:
    if kind in _OWN_KEYS:
        table.only((*_EVERY_KIND, *_OWN_KEYS[kind]), f"a question of kind {kind} has no such key")
    opens = table.moment("opens", settings.opens)
    closes = _closes(table, kind, options)
    resolves = table.moment("resolves")
    _check_times(table, settings, opens, closes, resolves)
    return Question(
        key=key,
        theme=table.text("theme"),
        kind=kind,
        options=options,
        opens=opens,
        closes=closes,
        resolves=resolves,
        range=_range(table, kind) if kind in ("numeric", "date") else None,
        given=_given(table, kind, shapes),
        line=table.line,
    )


def _closes(table: Table, kind: str, options: tuple[Option, ...]) -> datetime:
    """Where `closes` is not given, the end of the (last) deadline."""
    if kind == "ladder":
        last = max((option.closes for option in options if option.closes), default=None)
        return table.moment("closes", last or clock.day_start(clock.EPOCH))
    return table.moment("closes", end_of(table.day("deadline")))


def _check_times(
    table: Table, settings: Settings, opens: datetime, closes: datetime, resolves: datetime
) -> None:
    if not table.is_sound("opens", "closes", "resolves", "deadline", "deadlines"):
        return
    if not settings.opens <= opens < closes:
        table.fault(
            "closes", f"must be after the question opens, and that not before {settings.opens:%Y-%m-%d}"
        )
    elif closes > settings.closes:
        table.fault("closes", f"must not be after the survey closes, {settings.closes:%Y-%m-%d}")
    if resolves < closes:
        table.fault("resolves", f"must not be before the question closes, {closes:%Y-%m-%d}")


def _range(table: Table, kind: str) -> Range:
    def bound(key: str) -> float:
        return clock.day_number(clock.day_start(table.day(key))) if kind == "date" else table.number(key)

    values = Range(
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


def _check_range(table: Table, values: Range) -> None:
    if not (math.isfinite(values.lower) and math.isfinite(values.upper)):
        table.fault("lower", "both bounds must be finite; an open bound has open_lower or open_upper")
    elif table.is_sound("lower", "upper") and values.lower >= values.upper:
        table.fault("lower", "must be below upper")
    if values.scale == "log" and values.lower <= 0 and table.is_sound("lower"):
        table.fault("lower", f"must be above 0 on a log scale, got {values.lower}")
    levels = list(values.quantile_levels)
    if levels != sorted(levels) or not all(0 < level < 1 for level in levels):
        table.fault("quantile_levels", "must ascend between 0 and 1")


def _given(table: Table, kind: str, shapes: Shapes) -> Event | None:
    if kind != "pair" and "given" not in table:
        return None
    return read_event(table.table("given"), shapes)


def _refuse_circles(questions: tuple[Question, ...], tables: dict[str, Table]) -> None:
    given = {question.key: question.given.question for question in questions if question.given}
    for start in given:
        passed, key = [start], given[start]
        while key in given and key not in passed:
            passed.append(key)
            key = given[key]
        if key == start:
            tables[start].fault("given", f"conditional on itself: {' on '.join([*passed, start])}")
