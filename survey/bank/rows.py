"""Tables of rows under a header: each row as values by column, with the place at which whoever wrote it finds it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import BankError
from ..i18n.locale import gettext as _
from ..i18n.normalization import Unreadable
from .columns import QUESTION, Cell, Column, Schema, column_of, value_of
from .document import Json
from .tables import Fault, refusal

#: Questions of one import: ten times any survey that somebody would answer.
MOST_ROWS = 2_000
MOST_COLUMNS = 200
#: Faults that are told one by one.
MOST_FAULTS = 100


@dataclass
class Entry:
    """One row: its place, the cells by column, and what is wrong with it so far."""

    place: str
    cells: dict[Column, Cell]
    faults: list[Fault] = field(default_factory=list)

    def fault(self, name: str, sentence: str) -> None:
        """Note what is wrong with a column of the row."""
        self.faults.append(Fault(self.place, name, sentence))

    def value(self, column: Column) -> Json:
        """The value of a cell; None, with a fault noted, where it cannot be read."""
        try:
            return value_of(self.cells.get(column), column.style)
        except Unreadable as problem:
            self.fault(column.name, str(problem))
            return None

    def fact(self, path: str, schema: Schema = QUESTION) -> Json:
        """The value of the fact at a path; None where it has no cell."""
        column = Column(path, schema.facts[path])
        return self.value(column) if column in self.cells else None

    def words(self) -> list[Column]:
        """The columns that are words in some language."""
        return [column for column in self.cells if column.is_words]


def entries_of_table(rows: Iterable[tuple[str, Sequence[Cell]]], schema: Schema = QUESTION) -> list[Entry]:
    """The rows under a header, each with its place as the reader knows it.

    Raises
    ------
    BankError
        Where there is no header, it has a column that is not known, or there are too many rows.
    """
    columns: list[Column] | None = None
    entries: list[Entry] = []
    for place, cells in rows:
        if columns is None:
            columns = _header(cells, schema, place)
            continue
        if len(entries) == MOST_ROWS:
            raise _too_many(place)
        entries.append(_entry(place, columns, cells))
    return entries


def _too_many(place: str) -> BankError:
    return refusal(_("one import has at most %(most)s rows", most=MOST_ROWS), place)


def _header(cells: Sequence[Cell], schema: Schema, place: str) -> list[Column]:
    names = [str(cell or "").strip() for cell in cells][:MOST_COLUMNS]
    while names and not names[-1]:
        names.pop()
    known = [column_of(name, schema) for name in names]
    if not any(column and column.path == "key" for column in known):
        sentence = _(
            "the first row names the columns, one of them “id”; here it is: %(names)s",
            names=", ".join(names)[:200],
        )
        raise refusal(sentence, place)
    faults = [
        Fault(place, name[:80], unknown_column(schema))
        for name, column in zip(names, known, strict=True)
        if column is None
    ]
    columns = [column for column in known if column]
    faults += [
        Fault(place, column.name, _("this column is there twice"))
        for column in dict.fromkeys(columns)
        if columns.count(column) > 1 and column.path != "options"
    ]
    if faults:
        raise BankError(faults[:MOST_FAULTS])
    return columns


def unknown_column(schema: Schema) -> str:
    """What is said of a column that is none."""
    known = [*schema.facts, *(f"{name}.en" for name in schema.words)]
    return _("there is no such column; known are %(known)s", known=", ".join(known))


def _entry(place: str, columns: Sequence[Column], cells: Sequence[Cell]) -> Entry:
    found: dict[Column, Cell] = {}
    # Spreadsheets leave out the empty cells at the end of a row.
    for column, cell in zip(columns, cells, strict=False):
        if column.path == "options" and not column.is_words and column in found:
            # One column for each option.
            found[column] = [one for one in (*_as_list(found[column]), cell) if one not in (None, "")]
        else:
            found[column] = cell
    entry = Entry(place, found)
    beyond = [cell for cell in cells[len(columns) :] if cell not in (None, "")]
    if beyond:
        entry.fault("", _("has more cells than there are columns: %(cells)s", cells=str(beyond[0])[:80]))
    return entry


def _as_list(cell: Cell) -> list[Cell]:
    return cell if isinstance(cell, list) else [cell]


def entries_of_tables(tables: Sequence[Any], place: Callable[[int], str]) -> list[Entry]:
    """The same of tables of JSON or TOML, numbered from 1: a table inside one is a path, `{"title": {"en": …}}`.

    Raises
    ------
    BankError
        With everything that is no table or names no column.
    """
    if len(tables) > MOST_ROWS:
        raise _too_many(place(MOST_ROWS + 1))
    faults: list[Fault] = []
    entries: list[Entry] = []
    for number, table in enumerate(tables, start=1):
        if not isinstance(table, Mapping):
            faults.append(Fault(place(number), "", _("this is not a table with id, title and type")))
            continue
        entry = Entry(place(number), {})
        for name, cell in _flat(table):
            column = column_of(name, QUESTION)
            if column is None:
                faults.append(Fault(entry.place, name[:80], unknown_column(QUESTION)))
            else:
                entry.cells[column] = cell
        entries.append(entry)
    if faults:
        raise BankError(faults[:MOST_FAULTS])
    return entries


def _flat(table: Mapping[str, Any], above: str = "", depth: int = 0) -> Iterable[tuple[str, Cell]]:
    for key, inside in table.items():
        name = f"{above}{key}"
        # Names have three parts at most, `base_rate.source.uk`; what a stranger sends may nest without end.
        if isinstance(inside, Mapping) and depth < 3:
            yield from _flat(inside, f"{name}.", depth + 1)
        else:
            yield name, inside
