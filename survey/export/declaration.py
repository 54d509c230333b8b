"""Tables of a snapshot as plain declarations: name, columns with their meaning, keys, and where the rows come from.

Whatever is made of a table (CSV, Parquet, codebook, descriptions for archives) is made from its declaration alone.
"""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import chain
from typing import Literal

from sqlalchemy.orm import Session

from ..i18n.safe_cells import plain_text, typed_text
from ..models import Snapshot
from .cells import Value, csv_lines

#: The names that the Table Schema of Frictionless gives to types, https://datapackage.org/standard/table-schema/
Type = Literal["string", "integer", "number", "boolean", "date", "datetime"]
#: Typed rows of a snapshot, in an order that its key fixes; `key` is the snapshot's own, for pseudonyms.
Rows = Callable[[Session, Snapshot, bytes], Iterator[Sequence[Value]]]
#: The same as lines of CSV without the header, for a table that is long enough to be written by a way of its own.
Lines = Callable[[Session, Snapshot, bytes], Iterator[str]]


@dataclass(frozen=True)
class Column:
    """A variable: what stands in a column, and how it is to be read.

    Attributes
    ----------
    name
        Letters, digits and `_`, at most 32, as statistical packages ask.
    type
        One of `Type`, for every row; an empty cell is a missing value.
    meaning
        A sentence for the codebook.
    unit
        Of a number, where it has one for all rows: `days`, `seconds`.
    values
        What may stand in it, each with its label; empty where anything of its type may.
    about_person
        Whether it is an id or a fact of one person: such ids are pseudonyms of the snapshot.
    text
        Whether people typed it: where a spreadsheet could run it, a `'` stands before (`cells.cell`).
    required
        Whether it is never missing.
    by_language
        Whether there is one for each language of the survey, `name_en`, `name_uk`.
    least, most
        Ends of the range of a number, both within it, where every row keeps to one.
    asked
        Language to the words of the question whose answers stand in it, of a column for one question.
    """

    name: str
    type: Type
    meaning: str
    unit: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    about_person: bool = False
    text: bool = False
    required: bool = False
    by_language: bool = False
    least: float | None = None
    most: float | None = None
    asked: Mapping[str, str] = field(default_factory=dict)

    def in_languages(self, languages: Sequence[str]) -> list["Column"]:
        """The columns it stands for.

        >>> [one.name for one in Column("title", "string", "Its title", by_language=True).in_languages(["en", "uk"])]
        ['title_en', 'title_uk']
        """
        if not self.by_language:
            return [self]
        return [
            replace(self, name=f"{self.name}_{code}", meaning=f"{self.meaning} ({code})", by_language=False)
            for code in languages
        ]


@dataclass(frozen=True)
class Reference:
    """A foreign key: these columns of a row name a row of `table` by its columns `of`."""

    columns: tuple[str, ...]
    table: str
    of: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table of a snapshot.

    Attributes
    ----------
    name
        Of its file, without `.csv`.
    meaning
        What one row is, in a sentence.
    columns
        In the order of the file.
    rows
        Its rows: tuples as long as there are columns, each value of its column's type or None.
    key
        The columns that name a row.
    references
        What the rows name of other tables.
    written
        Its rows as lines of CSV, where making tuples first would cost too much; the same as those of `rows`.
    """

    name: str
    meaning: str
    columns: tuple[Column, ...]
    rows: Rows
    key: tuple[str, ...]
    references: tuple[Reference, ...] = ()
    written: Lines | None = None

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"{self.name}.csv"

    def columns_of(self, languages: Sequence[str]) -> list[Column]:
        """Its columns in a survey of these languages."""
        return [one for column in self.columns for one in column.in_languages(languages)]

    def lines(self, session: Session, snapshot: Snapshot, key: bytes) -> Iterator[str]:
        """The file: its header, then its rows."""
        names = [column.name for column in self.columns_of(snapshot.survey.languages)]
        if self.written is None:
            return csv_lines(names, self.rows(session, snapshot, key), typed_text)
        return chain(csv_lines(names, ()), self.written(session, snapshot, key))


def value_of(column: Column, cell: str) -> Value:
    """What a cell says, the inverse of `cells.cell`.

    >>> value_of(Column("value", "number", "A number"), "0.5"), value_of(Column("of", "date", "A day"), "")
    (0.5, None)
    """
    return READ[column.type](cell) if cell else None


#: How a cell of each type is read.
READ: Mapping[Type, Callable[[str], Value]] = {
    "string": plain_text,
    "integer": int,
    "number": float,
    "boolean": lambda cell: cell == "true",
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
}


def table_of_lines(
    name: str,
    meaning: str,
    columns: tuple[Column, ...],
    written: Lines,
    key: tuple[str, ...],
    references: tuple[Reference, ...] = (),
) -> Table:
    """A table that is written by a way of its own; its rows are what is read back of its lines."""

    def rows(session: Session, snapshot: Snapshot, secret: bytes) -> Iterator[Sequence[Value]]:
        for cells in csv.reader(written(session, snapshot, secret)):
            yield tuple(map(value_of, columns, cells))

    return Table(name, meaning, columns, rows, key, references, written)
