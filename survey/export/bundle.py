"""The bundle of a snapshot: every table, what describes them, and the signatures, in one archive.

It is made in steps, so that whoever waits can be told how far it is.
"""

import tempfile
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from importlib import resources
from itertools import islice
from typing import BinaryIO, NamedTuple

import numpy as np
from sqlalchemy.orm import Session

from scoring import __version__

from ..models import Snapshot
from ..security.signing import sign
from . import codebook, croissant, datapackage, ddi, hub, hub_documents, layouts, readme
from .archive import Archive
from .declaration import Column, Table
from .description import Description, File, describe
from .emptiness import empty_cells
from .files import Settings
from .formats import json_lines, parquet
from .snapshots import open_key
from .tables import BY_NAME, TABLES
from .work import IN_FORMAT, WRITTEN, Work, rows_expected

#: Lines that are written at once.
LINES = 500
#: The table that goes out in every format.
LONG = "forecasts_long"
#: The formats: the end of the name, what makes it, and whether it is worth compressing.
#: Parquet is packed inside already (zstd): to pack it again takes time and saves next to nothing.
FORMATS = (("parquet", parquet, False), ("jsonl", json_lines, True))


class Step(NamedTuple):
    """What is being written, and which share of the whole is done by now, 0 to 1."""

    name: str
    share: float


def write(session: Session, snapshot: Snapshot, settings: Settings, file: BinaryIO) -> Generator[Step]:
    """Write the bundle into an empty file, step by step; the session must see one moment throughout.

    The last step's name is the SHA-256 of the manifest.
    """
    key, told = (
        open_key(snapshot, settings),
        describe(snapshot, settings.get("PUBLIC_URL") or "", __version__),
    )
    # Closed too where nobody asks for the next step.
    with closing(Archive(file)) as archive, tempfile.TemporaryFile() as long:
        work = _work(session, snapshot)
        for table in TABLES:
            columns = table.columns_of(told.languages)
            counted = _Counted(
                table.lines(session, snapshot, key), columns, long if table.name == LONG else None
            )
            for _piece in archive.adding(table.file, counted):
                yield Step(table.file, work.share(table.name, counted.rows))
            told.files.append(counted.told(table, archive))
        yield from _formats(archive, told, long, work)
        _layouts(archive, told, snapshot, long)
        yield from _hub(session, archive, told, snapshot)
        # Last, for they tell rows, sizes and hashes of all tables, and what was left out.
        for name, text in _documents(told):
            archive.add(name, [text.encode()])
        yield Step(archive.finish(lambda content: sign(content, settings)), 1.0)


def _work(session: Session, snapshot: Snapshot) -> Work:
    rows: dict[str, float] = {**rows_expected(session, snapshot)}
    long = rows[LONG]
    parts = {table.name: rows.get(table.name, 0) for table in TABLES}
    return Work(parts | {f"{LONG}.{name}": long * IN_FORMAT[name] for name, _made, _packed in FORMATS})


def _formats(archive: Archive, told: Description, rows: BinaryIO, work: Work) -> Iterator[Step]:
    """The long table in other formats, of the very bytes that were written: a zip under writing is not read."""
    columns = BY_NAME[LONG].columns_of(told.languages)
    table = told.file(LONG)
    size, written = rows.seek(0, 2), table.rows if table else 0
    for name, made, packed in FORMATS:
        rows.seek(0)
        whole = written * IN_FORMAT[name]
        for _piece in archive.adding(f"{LONG}.{name}", made(rows, columns), packed=packed):
            yield Step(f"{LONG}.{name}", work.share(f"{LONG}.{name}", whole * rows.tell() / size))


def _layouts(archive: Archive, told: Description, snapshot: Snapshot, rows: BinaryIO) -> None:
    wide = layouts.Wide(snapshot, rows)
    if wide.columns > layouts.MOST_COLUMNS:
        told.remarks.append(layouts.TOO_WIDE.format(count=wide.columns, most=layouts.MOST_COLUMNS))
    else:
        counted = _Counted(wide.lines(), wide.table.columns)
        archive.add(wide.table.file, counted)
        told.files.append(counted.told(wide.table, archive))
    archive.add("gjp/survey_fcasts.yr1.csv", _pieces(layouts.gjp_forecasts(rows)))
    archive.add("gjp/ifps.csv", _pieces(layouts.gjp_questions(snapshot)))


def _hub(session: Session, archive: Archive, told: Description, snapshot: Snapshot) -> Iterator[Step]:
    """What was published, as a hub of forecasts; before the first publication there is nothing for one."""
    days = hub.published_days(session, snapshot)
    if not days:
        told.remarks.append(hub.NONE_YET)
        return
    for name, lines in hub.model_output(session, snapshot):
        archive.add(f"hub/{name}", _pieces(lines))
        yield Step("hub/", WRITTEN)
    for name, lines in hub.target_data(session, snapshot):
        archive.add(f"hub/{name}", _pieces(lines))
    for name, text in hub_documents.documents(snapshot, told, days):
        archive.add(f"hub/{name}", [text.encode()])


def _documents(told: Description) -> Iterator[tuple[str, str]]:
    yield "codebook.csv", "".join(codebook.csv(told))
    yield "codebook.md", "".join(codebook.markdown(told))
    yield "datapackage.json", datapackage.text(told)
    yield "croissant.json", croissant.text(told)
    yield "ddi.xml", ddi.text(told)
    yield "README.md", "".join(readme.readme(told))
    yield "CITATION.cff", readme.citation(told)
    # They stand beside us as texts, for they are no part of the application.
    for name in ("load.py", "load.R"):
        yield (
            name,
            resources.files(__package__).joinpath("loaders", f"{name}.txt").read_text(encoding="utf-8"),
        )


def _pieces(lines: Iterable[str]) -> Iterator[bytes]:
    """Lines as bytes, some at once."""
    of = iter(lines)
    while some := list(islice(of, LINES)):
        yield "".join(some).encode()


class _Counted:
    """A table's bytes, piece by piece, counted as they pass, and written to a second file where one is given."""

    def __init__(self, lines: Iterable[str], columns: Sequence[Column], copy: BinaryIO | None = None) -> None:
        self._lines, self._columns, self._copy = lines, columns, copy
        self._rows, self._size = -1, 0
        self._empty = np.zeros(len(columns), np.int64)

    def __iter__(self) -> Iterator[bytes]:
        for piece in _pieces(self._lines):
            empty = empty_cells(piece, len(self._columns))
            self._rows += len(empty)
            self._size += len(piece)
            self._empty += empty.sum(axis=0)
            if self._copy is not None:
                self._copy.write(piece)
            yield piece

    @property
    def rows(self) -> int:
        """How many were written so far, the header not counted."""
        return max(self._rows, 0)

    def told(self, table: Table, archive: Archive) -> File:
        """The table, as it was written to an archive."""
        digest = archive.sha256(table.file)
        return File(table, self._columns, self._rows, self._size, digest, self._empty.tolist())
