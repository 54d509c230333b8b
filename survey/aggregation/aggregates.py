"""Arrays to figures: the crowd of one question at the end of a UTC day, by every method, unrounded.

What this returns is stored in a publication as it is; `disclosure/` alone decides who sees it, and rounds.
"""

from collections.abc import Sequence, Set
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from scoring.coherence import in_order
from scoring.pools import averages
from scoring.pools.catalog import METHODS, SHOWN
from scoring.pools.catalog.method import Aggregate, Kind
from scoring.pools.default import QUARTERS
from scoring.pools.weights import effective_of

from .noise import calmed
from .rules import CELLS, TENTHS, Figures, shown_rules
from .specification import Floats, ForecastArrays, QuestionSpec
from .standing import Column, counted, standing_forecasts

#: What publications and pages call the default.
DEFAULT = SHOWN[0]
#: So many people more, who all say one of these, show how easily a figure is moved.
MORE, SAID = 10, (0.01, 0.99)
#: Chances that differ by less are the same.
SAME = 1e-12

#: Keys of options that are pooled together, and what stands of them.
Pooled = tuple[Sequence[str], Column]


def compute_aggregates(
    question: QuestionSpec,
    pooled: Sequence[Pooled],
    participant: NDArray[np.int64],
    minimum_cell: int,
    members: NDArray[np.bool_] | None = None,
    tellable: Set[str] | None = None,
) -> Figures:
    """Figures of everybody, or of those whose standing forecast is among the rows `members` marks.

    Parameters
    ----------
    pooled
        What stands on the day, see `pooled_forecasts`.
    participant
        Who answered, by row of the answers.
    minimum_cell
        Smallest number of people a figure may rest on.
    tellable
        Keys of the options that may be told; by default all. What is told rests on no other.

    Returns
    -------
    dict
        `{"people", "options": {key: …}}`; `options` lacks those with fewer people than the cell. The rungs of a
        ladder never fall.
    """
    rows: list[NDArray[np.int64]] = []
    options: Figures = {}
    for keys, everybody in pooled:
        column = everybody if members is None else everybody.where(members[everybody.rows])
        rows.append(column.rows)
        if column.people >= minimum_cell and (tellable is None or tellable >= set(keys)):
            options |= pooled_figures(question, keys, column, moved=members is None)
    # Whoever stands on several options is one of its people.
    people = int(np.unique(participant[np.concatenate(rows)]).size)
    return {"people": people, "options": _in_order(options) if question.kind == "ladder" else options}


def pooled_forecasts(question: QuestionSpec, answers: ForecastArrays, as_of: int) -> list[Pooled]:
    """What stands at the end of a day, of those options together that share one whole; of answers that count."""
    keys = question.options
    together = [[key] for key in keys] if question.pooled == "probability" else [keys]
    columns = [[column for key in each for column in answers.of_option(key)] for each in together]
    return [
        (each, standing_forecasts(answers, places, as_of).by_size())
        for each, places in zip(together, columns, strict=True)
    ]


def people_standing(question: QuestionSpec, answers: ForecastArrays, as_of: int) -> set[int]:
    """Ids of the people of whom any forecast stands at the end of a day, and counts in its figures."""
    counting = counted(question, answers.until(as_of), as_of)
    rows = [column.rows for _keys, column in pooled_forecasts(question, counting, as_of)]
    return set(counting.participant[np.concatenate(rows)].tolist())


def pooled_figures(question: QuestionSpec, keys: Sequence[str], column: Column, *, moved: bool) -> Figures:
    """Figures of options that are pooled together, by key: every method's aggregate, and what stands beside it.

    With `moved` also how far ten more people would move them: it takes as long again.
    """
    calm = _calm(question, column)
    if question.levels:
        return {keys[0]: _quantile_figures(question, calm)}
    found = shown_aggregates(question, calm, column)
    figures = {key: _option_figures(question.rule, found, place, calm) for place, key in enumerate(keys)}
    for place, told in enumerate(figures.values() if moved else ()):
        told["influence"] = influence(question.rule, column, place, told["parley"]["value"])
    return figures


def _calm(question: QuestionSpec, column: Column) -> Column:
    """What stands, spread as widely as people are: of moved answers the noise is taken from the spread."""
    return replace(column, values=calmed(question, column.values)) if question.guarded else column


def shown_aggregates(question: QuestionSpec, calm: Column, column: Column) -> dict[str, Aggregate]:
    """A crowd by every shown method, each from the catalog's entry: what a page names is what was computed.

    On a log scale numbers are pooled as logarithms, and given back as such.

    Parameters
    ----------
    calm, column
        What stands, from which the methods are made, and what the default is: moved answers have their middle where
        people have it, and its interval is to hold another crowd's noise too.
    """
    kind = question.pooled
    needs = {"levels": question.levels} if kind == "quantiles" else {}

    def aggregate(name: str, key: str) -> Aggregate:
        # The default of the moved answers as they are, whose interval is to hold the noise as well.
        crowd = column if name == DEFAULT else calm
        values = crowd.values[:, 0] if kind == "probability" else question.on_scale(crowd.values)
        return METHODS[key].aggregate(kind, values, crowd.weight, **needs)

    return {name: aggregate(name, key) for name, key in shown_rules(question.rule).items()}


def _option_figures(rule: str, found: dict[str, Aggregate], place: int, column: Column) -> Figures:
    """The probability of the option in a place among those pooled together."""
    methods = {
        key: {
            name: float(figure.flat[place])
            for name, figure in (("value", one.value), ("low", one.low), ("high", one.high))
            if figure is not None
        }
        for key, one in found.items()
    }
    flags = [name for name, raised in found["parley"].flags.items() if np.ravel(raised)[place]]
    values = column.values[:, place]
    return _figures(rule, column, methods, values, _histogram(values, CELLS), flags)


def influence(rule: str, column: Column, place: int, value: float) -> Figures:
    """How far ten more people would move an option's figure, who all say 99 % today, or 1 % of what is likely."""
    options = column.values.shape[1]
    # Away from where the crowd stands: on its own side ten more would hardly be noticed.
    chance = SAID[value < 0.5]
    rows = np.full((MORE, options), (1 - chance) / max(1, options - 1))
    rows[:, place] = chance
    values = np.concatenate((column.values, rows))
    # They come today, and what is of today has not faded.
    weight = np.append(column.weight, np.ones(MORE))
    kind: Kind = "probability" if options == 1 else "options"
    found = METHODS[rule].aggregate(kind, values[:, 0] if options == 1 else values, weight)
    return {"people": MORE, "chance": chance, "move": abs(float(found.value.flat[place]) - value)}


def without_influence(figures: Figures) -> Figures:
    """Figures of everybody as those of a segment, which do not say how far ten more people would move them."""
    options = {
        key: {name: figure for name, figure in told.items() if name != "influence"}
        for key, told in figures["options"].items()
    }
    return {**figures, "options": options}


def _in_order(rungs: Figures) -> Figures:
    """A ladder's rungs, the default's figures brought into order: whoever came late answered open rungs alone."""
    keys = list(rungs)
    people = [rungs[key]["people"] for key in keys]
    # The default alone: median and mean are what people said, and may fall.
    repaired = {key: {**rungs[key], "parley": dict(rungs[key]["parley"])} for key in keys}
    # Each by itself: under this repair a higher ladder stays the higher one, so the ends keep the value between them.
    for name in ("value", "low", "high"):
        before = [rungs[key]["parley"][name] for key in keys]
        for key, old, new in zip(keys, before, in_order(before, people).tolist(), strict=True):
            repaired[key]["parley"][name] = new
            if name == "value" and abs(new - old) > SAME:
                repaired[key]["flags"] = [*rungs[key]["flags"], "in order"]
    return repaired


def _quantile_figures(question: QuestionSpec, column: Column) -> Figures:
    """A number's quantiles; its histogram is of the people's medians, whoever lies outside the range at its ends."""
    back = np.exp if question.log else np.asarray
    methods = {
        key: {"quantiles": back(one.value).tolist()}
        # Of numbers the default has no interval that is to hold the noise: it too is made of calmed answers.
        for key, one in shown_aggregates(question, column, column).items()
    }
    medians = column.values[:, question.levels.index(0.5)]
    low, high = question.on_scale(np.array(question.ends, dtype=float))
    along = (np.clip(question.on_scale(medians), low, high) - low) / (high - low)
    return _figures(question.rule, column, methods, medians, _histogram(along, TENTHS), [])


def _figures(
    rule: str, column: Column, methods: Figures, values: Floats, histogram: list[int], flags: list[str]
) -> Figures:
    """What publications hold of one option."""
    return {
        "people": column.people,
        "effective": effective_of(column.weight),
        "rule": rule,
        **methods,
        "spread": averages.quantiles_of(values, column.weight, np.array(QUARTERS)).tolist(),
        "histogram": histogram,
        "flags": flags,
    }


def _histogram(values: Floats, edges: Sequence[float]) -> list[int]:
    """People by cell; whoever says an edge stands above it, as does who is a hair of rounding below."""
    cells = np.searchsorted(np.asarray(edges)[1:-1], values.round(12), side="right")
    counts: list[int] = np.bincount(cells, minlength=len(edges) - 1).tolist()
    return counts
