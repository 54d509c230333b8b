"""A bundle's tables, read a question at a time: the standard library's `csv` and `zipfile` alone."""

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO, cast

from ...i18n.safe_cells import plain_text
from ..damage import OF_A_ZIP, NotABundle

Rows = list[dict[str, str]]
#: A question's rows by column.
TextColumns = dict[str, list[str]]
#: A cell longer than this is in no bundle: rationales are shorter.
csv.field_size_limit(1_000_000)


#: What reading a damaged zip, or text that is none, ends with.
DAMAGE = (*OF_A_ZIP, UnicodeDecodeError, csv.Error)


class Bundle:
    """The tables of a bundle.

    Parameters
    ----------
    path
        Of the zip.

    Raises
    ------
    NotABundle
        Where it can't be read as one.
    OSError
        Where there is no such file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with zipfile.ZipFile(path) as archive:
                # The whole may lie in a folder; of two files of one name the outer one is the table.
                names = sorted(archive.namelist(), key=lambda name: name.count("/"), reverse=True)
                self.files = {Path(name).stem: name for name in names if name.endswith(".csv")}
        except zipfile.BadZipFile as error:
            raise NotABundle(f"{path} is no bundle: it is no zip file.") from error

    def rows(self, table: str) -> Rows:
        """All rows of a table that is short; none of one that is not there."""
        if table not in self.files:
            return []
        with self._open(table) as lines:
            return [
                {name: plain_text(cell) for name, cell in zip(lines.header, cells, strict=True)}
                for cells in lines
            ]

    def required(self, table: str) -> Rows:
        """All rows of a table without which nothing can be computed.

        Raises
        ------
        NotABundle
            Where it is missing.
        """
        if table not in self.files:
            raise NotABundle(f"{self.path} is no bundle: there is no {table}.csv in it.")
        return self.rows(table)

    def header(self, table: str) -> list[str]:
        """The names of a table's columns.

        Raises
        ------
        NotABundle
            Where the table is missing.
        """
        with self._open(table) as lines:
            return lines.header

    def by_question(self, table: str, columns: Sequence[str]) -> Iterator[tuple[str, TextColumns]]:
        """Some columns of a table that is sorted by question, one question at a time.

        Raises
        ------
        NotABundle
            Where the table or a column is missing, a row is too short, or rows of a question lie apart.
        """
        with self._open(table) as lines:
            missing = [name for name in ("question_id", *columns) if name not in lines.header]
            if missing:
                raise NotABundle(f"{lines.name} has no column {missing[0]}.")
            of = lines.header.index("question_id")
            pick = itemgetter(*(lines.header.index(name) for name in columns))
            seen = set[str]()
            for question, rows in groupby(lines, itemgetter(of)):
                if question in seen:
                    raise NotABundle(f"{lines.name} is not sorted by question: {question} comes twice.")
                seen.add(question)
                cells = zip(*map(pick, rows), strict=True)
                yield question, {name: list(cell) for name, cell in zip(columns, cells, strict=True)}

    @contextmanager
    def content(self, table: str) -> Iterator[BinaryIO]:
        """The bytes of a table, open for reading.

        Raises
        ------
        NotABundle
            Where it is missing, or while reading where it is damaged.
        """
        if table not in self.files:
            raise NotABundle(f"{self.path} is no bundle: there is no {table}.csv in it.")
        name = self.files[table]
        try:
            with zipfile.ZipFile(self.path) as archive, archive.open(name) as raw:
                yield cast(BinaryIO, raw)
        except DAMAGE as error:
            raise NotABundle(f"{name} can't be read: {error}.") from error

    @contextmanager
    def _open(self, table: str) -> Iterator["_Lines"]:
        with self.content(table) as raw:
            yield _Lines(self.files[table], io.TextIOWrapper(raw, encoding="utf-8", newline=""))


class _Lines:
    """The rows of a file of CSV behind its header, each as long as the header."""

    def __init__(self, name: str, text: io.TextIOWrapper) -> None:
        self.name = name
        self._reader = csv.reader(text)
        self.header = next(self._reader, [])

    def __iter__(self) -> Iterator[list[str]]:
        for cells in self._reader:
            if len(cells) != len(self.header):
                raise NotABundle(
                    f"{self.name}, line {self._reader.line_num}: {len(cells)} cells, not {len(self.header)}."
                )
            yield cells
