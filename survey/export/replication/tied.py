"""What tied questions say together, computed again: consistent chances and scenarios."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, cast

from scoring import coherence
from scoring.coherence import EventSpace
from scoring.coherence.declarations import QuestionKind, RelationKind

from ...aggregation.incoherence import tied_components
from ...aggregation.known_outcomes import CameOut, KnownEvent, event_known
from ...aggregation.specification import POOLED, EventSpec, PairSpec, ScenarioSpec, TotalSpec
from ...aggregation.tied_days import (
    Heads,
    Over,
    chance_rows,
    consistent_days,
    events_of,
    further_totals,
    scenario_days,
)
from ...clock import day_date
from ..damage import NotABundle
from .bundle import Bundle, Rows
from .coherence import Scored, compare_coherence
from .memberships import People
from .question_rows import Row, by_option, day_of, listed
from .report import Report

Questions = Mapping[str, Row]


def tied_keys(bundle: Bundle, questions: Rows) -> frozenset[str]:
    """Keys of the questions that hang together with another: their answers are compared together.

    Raises
    ------
    NotABundle
        Where a table is missing, or a cell cannot be read.
    """
    try:
        relations = _grouped(bundle.required("relations"), "relation_id")
        space = _space({row["question_id"]: row for row in questions}, relations)
        return frozenset(key for component in tied_components(space) for key in component.questions)
    except (KeyError, ValueError, IndexError) as error:
        raise _unreadable(error) from error


def compare_tied(bundle: Bundle, questions: Rows, people: People, heads: Heads, scored: Scored) -> Report:
    """Compute `coherence.csv`, `consistent.csv` and `scenario_chances.csv` again, and compare.

    Parameters
    ----------
    heads
        What headed the pages, by question and day; see `tied_days`.
    scored
        What was answered to the questions of `tied_keys`.

    Raises
    ------
    NotABundle
        Where a table is missing, or a cell cannot be read.
    """
    try:
        return _compare(bundle, {row["question_id"]: row for row in questions}, people, heads, scored)
    except (KeyError, ValueError, IndexError) as error:
        raise _unreadable(error) from error


def _unreadable(error: Exception) -> NotABundle:
    return NotABundle(f"Relations and scenarios: a cell of their rows can't be read: {error!r}.")


def _compare(bundle: Bundle, questions: Questions, people: People, heads: Heads, scored: Scored) -> Report:
    report = Report()
    relations = _grouped(bundle.required("relations"), "relation_id")
    pairs = _pairs(bundle.required("options"), questions)
    totals = [_total(rows, pairs) for rows in relations.values() if rows[0]["kind"] == "total"]
    space, over = _space(questions, relations), _over(questions)
    report.add(compare_coherence(bundle, space, list(questions.values()), people, scored))
    consistent: dict[tuple[str, ...], tuple[float | None, ...]] = {
        (day_date(day).isoformat(), question, option): (value, shown)
        for day, question, option, value, shown in consistent_days(space, heads, over)
    }
    names = ("as_of", "question_id", "option_id")
    _compare_table(report, bundle, "consistent", names, ("value", "shown"), consistent)
    trees = dict(_trees(bundle, questions, pairs, totals, space, heads, over))
    columns = ("value", "low", "high", "shown", "shown_low", "shown_high")
    _compare_table(
        report, bundle, "scenario_chances", ("scenario_id", "as_of", "figure", "name"), columns, trees
    )
    return report


def _compare_table(
    report: Report,
    bundle: Bundle,
    table: str,
    names: Sequence[str],
    columns: Sequence[str],
    computed: Mapping[tuple[str, ...], tuple[float | None, ...]],
) -> None:
    stated = {
        tuple(row[name] for name in names): tuple(float(row[one]) if row[one] else None for one in columns)
        for row in bundle.required(table)
    }
    for place in {**computed, **stated}:
        row = ", ".join(place)
        if place not in stated or place not in computed:
            told = ("a row" if place in rows else None for rows in (stated, computed))
            report.compare(table, row, "row", *told)
            continue
        for column, said, made in zip(columns, stated[place], computed[place], strict=True):
            report.compare(table, row, column, said, made, exact=column.startswith("shown"))


def _trees(
    bundle: Bundle,
    questions: Questions,
    pairs: Mapping[str, PairSpec],
    totals: Sequence[TotalSpec],
    space: EventSpace,
    heads: Heads,
    over: Over,
) -> Iterator[tuple[tuple[str, ...], tuple[float | None, ...]]]:
    leaves = _grouped(bundle.required("scenarios"), "scenario_id")
    for key, axes in _grouped(bundle.required("scenario_axes"), "scenario_id").items():
        spec = _scenario(axes, leaves.get(key, []), pairs)
        ways = further_totals(spec, totals)
        known = _known(questions, events_of(spec, ways))
        for day, tree, shown in scenario_days(spec, ways, space, heads, over, known):
            for figure, name, *numbers in chance_rows(spec, tree, shown):
                yield (key, day_date(day).isoformat(), figure, name), tuple(numbers)


def _grouped(rows: Rows, column: str) -> dict[str, Rows]:
    """Rows by a column, each group in the order of `position`."""
    found: dict[str, Rows] = {}
    for row in sorted(rows, key=lambda row: int(row["position"])):
        found.setdefault(row[column], []).append(row)
    return found


def _event(row: Row) -> EventSpec:
    return EventSpec(row["question_id"], tuple(listed(row["option_ids"])), row["holds"] == "true")


def _condition(row: Row) -> EventSpec | None:
    """The event that a question is asked under."""
    if not row["given_question_id"]:
        return None
    options = tuple(listed(row["given_option_ids"]))
    return EventSpec(row["given_question_id"], options, row["given_holds"] == "true")


def _pairs(options: Rows, questions: Questions) -> dict[str, PairSpec]:
    """The conditional pairs, by key."""
    sides: dict[str, dict[bool, str]] = {}
    for row in options:
        if row["given_holds"]:
            sides.setdefault(row["question_id"], {})[row["given_holds"] == "true"] = row["option_id"]
    found = {}
    for key, both in sides.items():
        condition = _condition(questions[key])
        if condition is not None:
            found[key] = PairSpec(key, both, condition)
    return found


def _total(rows: Rows, pairs: Mapping[str, PairSpec]) -> TotalSpec:
    return TotalSpec(tuple(map(_event, rows)), pairs[rows[0]["pair_question_id"]])


def _scenario(axes: Rows, leaves: Rows, pairs: Mapping[str, PairSpec]) -> ScenarioSpec:
    tree = [row for row in axes if row["role"] == "axis"]
    return ScenarioSpec(
        axes={row["axis_id"]: _event(row) for row in tree},
        pairs={row["axis_id"]: pairs[row["pair_question_id"]] for row in tree[1:]},
        asides={row["axis_id"]: _event(row) for row in axes if row["role"] == "aside"},
        leaves={
            row["leaf_id"]: {axis: side == "yes" for axis, side in by_option(row["axes"]).items()}
            for row in leaves
        },
    )


def _space(questions: Questions, relations: Mapping[str, Rows]) -> EventSpace:
    """All coherent forecasts of the survey's questions; numbers and dates have no events."""
    return EventSpace.of(
        tuple(
            coherence.Question(
                key,
                cast(QuestionKind, row["kind"]),
                tuple(listed(row["option_ids"])),
                _tied(_condition(row)),
            )
            for key, row in questions.items()
            if POOLED[row["kind"]] != "quantiles"
        ),
        tuple(
            coherence.Relation(
                key,
                cast(RelationKind, rows[0]["kind"]),
                tuple(event for row in rows if (event := _tied(_event(row)))),
                rows[0]["pair_question_id"] or None,
            )
            for key, rows in relations.items()
        ),
    )


def _tied(event: EventSpec | None) -> coherence.Event | None:
    return coherence.Event(event.question, event.options, event.holds) if event is not None else None


def _over(questions: Questions) -> Over:
    return {
        (key, about or None): day_of(moment)
        for key, row in questions.items()
        for about, moment in by_option(row["known_from"]).items()
    }


def _known(questions: Questions, events: Sequence[EventSpec]) -> dict[EventSpec, KnownEvent]:
    found: dict[EventSpec, Any] = {
        event: event_known(
            questions[event.question]["kind"],
            listed(questions[event.question]["option_ids"]),
            _outcomes(questions[event.question]),
            event,
        )
        for event in events
    }
    return {event: known for event, known in found.items() if known is not None}


def _outcomes(row: Row) -> list[CameOut]:
    known = by_option(row["known_from"])
    return [
        CameOut(
            about or None,
            came if POOLED[row["kind"]] == "options" else None,
            came == "yes",
            date.fromisoformat(known[about][:10]),
        )
        for about, came in by_option(row["outcome"]).items()
        if came != "annulled"
    ]
