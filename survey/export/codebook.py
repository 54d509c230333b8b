"""The codebook: every column of every table with its meaning, as a table and as a text."""

from collections.abc import Iterator

from .cells import csv_lines
from .description import Description
from .examples import example_of

COLUMNS = (
    "table",
    "position",
    "column",
    "type",
    "required",
    "unit",
    "about_person",
    "text",
    "meaning",
    "values",
    "example",
    "share_empty",
)


def csv(told: Description) -> Iterator[str]:
    """`codebook.csv`: one row a column; values as code=label, one a line; the example is invented."""
    rows = (
        (
            file.table.name,
            place,
            column.name,
            column.type,
            column.required,
            column.unit or None,
            column.about_person,
            column.text,
            column.meaning,
            "\n".join(f"{code}={label}" for code, label in column.values.items()) or None,
            example_of(column, tuple(told.languages)),
            file.share_empty(place - 1),
        )
        for file in told.files
        for place, column in enumerate(file.columns, start=1)
    )
    return csv_lines(COLUMNS, rows)


def markdown(told: Description) -> Iterator[str]:
    """`codebook.md`: the same to be read."""
    yield f"# Codebook of {told.name}\n\n"
    yield "An empty cell is a missing value. Where there are several codes in a cell, `|` stands between them.\n"
    yield "Examples are invented, and nobody's: they are the same for every survey.\n"
    for file in told.files:
        yield f"\n## {file.table.file}\n\n{file.table.meaning} {file.rows} rows, named by "
        yield f"{', '.join(f'`{name}`' for name in file.table.key)}.\n\n"
        yield "| column | type | meaning | example | empty |\n| --- | --- | --- | --- | --- |\n"
        for place, column in enumerate(file.columns):
            values = "; ".join(f"`{code}` {label}" for code, label in column.values.items())
            marks = ", ".join(
                [column.type, *[column.unit] * bool(column.unit), *["never empty"] * column.required]
            )
            # A bar ends a cell of Markdown, in code too.
            meaning = column.meaning.replace("|", "\\|")
            told_of = f"{meaning}{f'. {values}' if values else ''}"
            example = example_of(column, tuple(told.languages)).replace("|", "\\|")
            yield f"| `{column.name}` | {marks} | {told_of} | `{example}` | {file.share_empty(place):.1%} |\n"
