"""The comparison as text for a terminal and as Markdown for a document."""

import math
from collections.abc import Iterable, Sequence

import numpy as np

from .comparing import FEW, LEVEL, Comparison, Difference, Row, counted
from .editions import AMONG, DRAWS, JOINING, beside, moved
from .learning import forward

#: Stands beside the name of a method that learns from outcomes, in text and in Markdown.
MARK = "*"


def text(comparison: Comparison) -> str:
    """Columns under each other, the facts above and what was left out below."""
    rows = [_headings(comparison), *(_cells(comparison, row) for row in comparison.rows)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = ["  ".join(_padded(row, widths)).rstrip() for row in rows]
    notes = [*_notes(comparison), *(f"Left out: {sentence}." for sentence in comparison.left_out)]
    return "\n".join([*_facts(comparison), "", *lines, "", *notes, *_tables_as_text(comparison)]) + "\n"


def markdown(comparison: Comparison) -> str:
    """The same as a section with a table."""
    headings = _headings(comparison)
    rules = [":---", *(["---:"] * (len(headings) - 1))]
    rows = (_row(_escaped(_cells(comparison, row))) for row in comparison.rows)
    left = [f"- {_mark(sentence)}" for sentence in comparison.left_out]
    parts = [
        [f"## {comparison.data.name}"],
        [" ".join(_facts(comparison))],
        [_row(headings), _row(rules), *rows],
        [_escape(" ".join(_notes(comparison)))],
        *_tables_as_markdown(comparison),
        *([["Left out:"], left] if left else []),
    ]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _tables_as_text(comparison: Comparison) -> list[str]:
    lines = []
    for said, rows in _further_tables(comparison):
        widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
        lines += ["", said, "", *("  ".join(_padded(row, widths)).rstrip() for row in rows)]
    return lines


def _tables_as_markdown(comparison: Comparison) -> list[list[str]]:
    parts = []
    for said, (headings, *rows) in _further_tables(comparison):
        rules = [":---", *(["---:"] * (len(headings) - 1))]
        parts += [[said], [_row(headings), _row(rules), *(_row(_escaped(row)) for row in rows)]]
    return parts


def _further_tables(comparison: Comparison) -> list[tuple[str, list[list[str]]]]:
    """The default beside its first edition, and what moves it: sentences, and tables with their headings."""
    found = []
    if compared := beside(comparison):
        said = (
            "The default less its first edition, below 0 where it is better: everybody, and crowds drawn from the "
            f"people of each question ({DRAWS} times)."
        )
        rows = [
            [
                one.name,
                str(one.size or "all"),
                str(one.questions),
                _difference(one.log),
                _difference(one.brier),
            ]
            for one in compared
        ]
        found.append((said, [["form", "people", "questions", "Δ log", "Δ Brier"], *rows]))
    if influence := moved(comparison):
        said = (
            f"Points by which {JOINING} people who all say 1 or 99 %, whichever moves it more, move a number among "
            f"{AMONG:,} with the answers of a question, on {influence[0].questions} questions."
        )
        rows = [[one.name, *(f"{of:.1f}" for of in (one.mean, one.tenth, one.worst))] for one in influence]
        found.append((said, [["method", "mean", "worst tenth from", "worst"], *rows]))
    return found


def _facts(comparison: Comparison) -> list[str]:
    crowds = comparison.crowds
    people = np.array([crowd.people for crowd in crowds])
    names = np.unique(np.concatenate([crowd.person for crowd in crowds]))
    return [
        f"{comparison.data.name}: {counted(len(crowds), 'question')}, {counted(names.size, 'forecaster')}, "
        f"{people.min()} to {people.max()} on a question (median {np.median(people):g}).",
        f"Each person's latest forecast {_moment(comparison.share)}.",
    ]


def _moment(share: float) -> str:
    if share == 1:
        return "counts"
    return f"at {100 * share:g} % of the time from a question's first forecast to its last counts"


def _headings(comparison: Comparison) -> list[str]:
    layout = comparison.layout
    clipped = ["clipped"] if layout.clips else []
    return [
        "method",
        "questions",
        "people",
        *layout.headings,
        *clipped,
        f"Δ {layout.unit} to the mean",
        "to the weighted median",
    ]


def _cells(comparison: Comparison, row: Row) -> list[str]:
    clipped = [str(row.clipped)] if comparison.layout.clips else []
    return [
        row.name + (f" {MARK}" if row.learns else ""),
        str(row.questions),
        f"{row.people:g}",
        *(_figure(score) for score in row.scores),
        *clipped,
        _difference(row.to_mean),
        _difference(row.to_median),
    ]


def _figure(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.4f}"


def _signed(value: float) -> str:
    """Four digits with a sign; what rounds to nothing has none."""
    shown = f"{value:+.4f}".replace("-", "−")
    return "0.0000" if shown in ("+0.0000", "−0.0000") else shown


def _difference(difference: Difference) -> str:
    if math.isnan(difference.mean):
        return "–"
    if math.isnan(difference.low):
        return _signed(difference.mean)
    return f"{_signed(difference.mean)} [{_signed(difference.low)}, {_signed(difference.high)}]"


def _notes(comparison: Comparison) -> list[str]:
    count, level = len(comparison.crowds), f"{100 * LEVEL:g} %"
    drawn = len({crowd.question.cluster for crowd in comparison.crowds})
    one, many = (
        ("question", "questions") if drawn == count else ("cluster of questions", "clusters of questions")
    )
    notes = [*comparison.layout.explained]
    notes.append(
        "Δ: the mean of paired differences over the questions both have, below 0 where the method is better, "
        f"and its {level} bootstrap interval from {comparison.resamples:,} resamples of {many} (seed "
        f"{comparison.seed}); the weighted median is “{comparison.median}”. Sorted by the difference to the mean."
        if drawn > 1
        else f"Δ: the difference; with one {one} there is no interval."
    )
    if 1 < drawn < FEW:
        notes.append(f"With {drawn} {many} the intervals are too narrow.")
    if any(row.learns for row in comparison.rows):
        notes.append(f"{MARK} Out of sample: {_learning(comparison)}.")
    return notes


def _learning(comparison: Comparison) -> str:
    if forward([crowd for crowd in comparison.crowds if crowd.binary]):
        return (
            "for each question learned from those alone whose outcomes were known before its newest forecast"
        )
    return (
        "for each question learned from all others and not from its own outcome (when the outcomes became known "
        "is not told, so that later questions are among them)"
    )


def _padded(cells: Sequence[str], widths: Sequence[int]) -> Iterable[str]:
    """The name to the left, figures to the right."""
    yield cells[0].ljust(widths[0])
    for cell, width in zip(cells[1:], widths[1:], strict=True):
        yield cell.rjust(width)


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _escaped(cells: Iterable[str]) -> list[str]:
    return [_escape(cell).replace("|", r"\|") for cell in cells]


def _escape(line: str) -> str:
    """A star that is no emphasis."""
    return line.replace(MARK, "\\" + MARK)


def _mark(sentence: str) -> str:
    return f"{_escape(sentence)}."
