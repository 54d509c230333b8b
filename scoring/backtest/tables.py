"""CSV files as columns of text, and cells as numbers, with errors that name file, row and column."""

import csv
import io
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

Read = TypeVar("Read")

BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
_FIRST_DAY = datetime(1, 1, 1, tzinfo=UTC)

#: Levels that differ by less than this many digits tell apart differ by the sums they come from.
LEVEL_DIGITS = 9
#: What stands for a missing number, in small letters.
MISSING = {"", "na", "nan"}


class UnreadableData(ValueError):
    """A data file that can't be read, in a sentence for whoever made it."""

    def __init__(self, path: Path, sentence: str, row: int | None = None, column: str | None = None) -> None:
        where = "".join((f", row {row}" if row else "", f", column {column}" if column else ""))
        super().__init__(f"{path.name}{where}: {sentence}")


@dataclass(frozen=True)
class Table:
    """A file's columns of text. Row 1 is the header, as spreadsheets count."""

    path: Path
    columns: dict[str, list[str]]
    #: The row of each entry: a cell may hold line breaks, so that it need not be the line; empty rows are left out.
    rows: list[int]

    def __len__(self) -> int:
        return len(self.rows)

    def wrong(self, at: int, column: str | None, sentence: str) -> UnreadableData:
        """An error at an entry."""
        return UnreadableData(self.path, sentence, self.rows[at], column)

    def read(self, column: str, cell: Callable[[str], Read]) -> list[Read]:
        """A column through a function that raises ValueError with a sentence."""
        found = []
        for at, text in enumerate(self.columns[column]):
            try:
                found.append(cell(text))
            except ValueError as error:
                raise self.wrong(at, column, str(error)) from None
        return found


def read_table(path: Path, required: Iterable[str]) -> Table:
    """A CSV file in UTF-8, with or without a byte order mark, with any line ends and columns in any order."""
    rows = _rows(path)
    header = [name.strip() for name in rows[0][1]]
    if twice := next((name for name in header if name and header.count(name) > 1), None):
        raise UnreadableData(path, "the column occurs twice", row=1, column=twice)
    if lacking := [name for name in required if name not in header]:
        raise UnreadableData(path, f"lacks {', '.join(lacking)}; it has {', '.join(header)}", row=1)
    for number, cells in rows[1:]:
        if len(cells) != len(header):
            raise UnreadableData(
                path, f"has {len(cells)} cells where the header has {len(header)}", row=number
            )
    columns = {name: [cells[at].strip() for _, cells in rows[1:]] for at, name in enumerate(header)}
    return Table(path, columns, [number for number, _ in rows[1:]])


def _rows(path: Path) -> list[tuple[int, list[str]]]:
    """The rows that are not empty, numbered from 1; the header at least."""
    try:
        # As a whole: read in portions, a byte that is no text is told by its place in one of them.
        text = path.read_bytes().decode("utf-8").removeprefix(BYTE_ORDER_MARK)
        read = csv.reader(io.StringIO(text, newline=""), strict=True)
        rows = [(number, cells) for number, cells in enumerate(read, 1) if any(cells)]
    except FileNotFoundError:
        raise UnreadableData(path, f"there is no such file in {path.parent}") from None
    except OSError as error:
        raise UnreadableData(path, f"can't be read ({error.strerror})") from None
    except UnicodeDecodeError as error:
        raise UnreadableData(path, f"is not UTF-8: byte {error.start} can't be read") from None
    except csv.Error as error:
        raise UnreadableData(path, f"is not CSV: {error}") from None
    if not rows or rows[0][0] != 1:
        raise UnreadableData(path, "must begin with the names of its columns", row=1)
    return rows


def name(text: str) -> str:
    """A key, which may not be empty."""
    if not text:
        raise ValueError("must not be empty")
    return text


def number(text: str) -> float:
    """A finite number, with a decimal point."""
    try:
        value = float(text)
    except ValueError:
        raise ValueError(f"must be a number, got {text!r}") from None
    if not math.isfinite(value):
        raise ValueError(f"must be a finite number, got {text!r}")
    return value


def probability(text: str) -> float:
    """0 to 1; NaN where it is missing."""
    if text.lower() in MISSING:
        return math.nan
    value = number(text)
    if not 0 <= value <= 1:
        raise ValueError(f"must lie between 0 and 1, got {text}")
    return value


def measured(text: str) -> float:
    """A finite number; NaN where it is missing."""
    return math.nan if text.lower() in MISSING else number(text)


def level(text: str) -> float:
    """A quantile level, between 0 and 1, both excluded; 0.30000000000000004 is 0.3."""
    value = round(number(text), LEVEL_DIGITS)
    if not 0 < value < 1:
        raise ValueError(f"must lie between 0 and 1, both excluded, got {text}")
    return value


def moment(text: str) -> float:
    """A time: a number on any scale (a round, a day), or a date or moment in ISO 8601, in days (UTC)."""
    try:
        # A number first: `fromisoformat` takes 20261124 for a date.
        return number(text)
    except ValueError:
        pass
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"must be a number or a date such as 2026-11-24, got {text!r}") from None
    since = when.replace(tzinfo=when.tzinfo or UTC) - _FIRST_DAY
    # As `date.toordinal` counts.
    return 1 + since / timedelta(days=1)


def one_kind_of_time(*files: Table) -> None:
    """Numbers, moments with an offset and those without can't be put in one order: a second kind is refused."""
    first: tuple[str, str] | None = None
    for table in files:
        for at, text in enumerate(table.columns.get("time", ())):
            kind = _kind_of_time(text)
            if kind and first and kind != first[0]:
                sentence = f"{text!r} is {kind}, {first[1]!r} is {first[0]}: times must be of one kind"
                raise table.wrong(at, "time", sentence)
            first = first or ((kind, text) if kind else None)


def _kind_of_time(text: str) -> str:
    """Nothing for what is missing or no time: that is told when it is read."""
    if text.lower() in MISSING:
        return ""
    try:
        number(text)
    except ValueError:
        pass
    else:
        return "a number"
    try:
        return (
            "a moment without an offset"
            if datetime.fromisoformat(text).tzinfo is None
            else "a moment with its offset"
        )
    except ValueError:
        return ""


def known(text: str) -> float:
    """A time as `moment` reads it; NaN where it is missing."""
    return math.nan if text.lower() in MISSING else moment(text)
