"""A bundle as a page tells of it: what is in it, what each column means, its first rows, how to cite and open it.

All of it is read from the bundle itself, as it was frozen.
"""

import csv
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..export.description import NO_LICENCE
from ..export.files import BUNDLE
from ..i18n.formatting import number, percent
from ..i18n.locale import gettext as _
from ..models import Snapshot, SnapshotFile
from ..models.licence import StatedLicence
from ..services.snapshots import kept_file
from .licences import licence_told
from .snapshot_rows import read_lines

LONG = "forecasts_long"
#: Rows that are shown of the long table.
FIRST = 10
#: Columns that a preview begins with; those that only tie rows together come after them.
TOLD_FIRST = (
    "question_id",
    "option_id",
    "output_type_id",
    "value",
    "value_entered",
    "submitted_date",
    "action",
)
KILO = 1_000


@dataclass(frozen=True)
class BundledTable:
    """A table of a bundle: what one row is, how many there are, how large its file is, and its columns in order.

    Attributes
    ----------
    columns
        Name, type, meaning, what may stand in it, where that is a list of codes, an invented example, and which share
        of its cells is empty; the last two are nothing of bundles of before.
    """

    name: str
    file: str
    meaning: str
    rows: int
    size: str
    columns: Sequence[tuple[str, str, str, str, str, str]]


@dataclass(frozen=True)
class BundleFacts:
    """A bundle in words.

    Attributes
    ----------
    size
        Of the archive, with its unit.
    sha256
        Of the archive, in hexadecimal.
    citation
        How to cite it, in the words of its own language.
    licence
        Under which it may be passed on, in the words of its own language, and where that can be read, or nothing.
    first_rows
        Of the long table, its values first; its columns' names stand before.
    """

    number: int
    size: str
    sha256: str
    citation: str
    licence: tuple[str, str]
    tables: Sequence[BundledTable]
    names: Sequence[str]
    first_rows: Sequence[Sequence[str]]

    @property
    def columns(self) -> int:
        """How many columns all tables have together."""
        return sum(len(one.columns) for one in self.tables)


def bundle_facts(session: Session, snapshot: Snapshot) -> BundleFacts | None:
    """What is told of a snapshot's bundle; None where it was withdrawn, or there is none yet."""
    archive, described = (
        kept_file(session, snapshot, BUNDLE),
        kept_file(session, snapshot, "datapackage.json"),
    )
    long = kept_file(session, snapshot, f"{LONG}.csv")
    if snapshot.withdrawn_at is not None or archive is None or described is None or long is None:
        return None
    told = json.loads(b"".join(described))
    rows = csv.reader(read_lines(iter(long)))
    names = next(rows)
    return BundleFacts(
        snapshot.number,
        in_bytes(archive.size or 0),
        archive.sha256,
        _citation(told),
        _licence(told),
        [_table(one) for one in told["resources"]],
        _told_first(names, names),
        [_told_first(names, row) for row in islice(rows, FIRST)],
    )


def archives_of(session: Session, snapshots: Iterable[Snapshot]) -> dict[int, tuple[str, str]]:
    """Size and SHA-256 of snapshots' archives, by id of the snapshot; of those that have one and give it out."""
    given_out = [one.id for one in snapshots if one.withdrawn_at is None]
    query = select(SnapshotFile).where(SnapshotFile.snapshot_id.in_(given_out), SnapshotFile.name == BUNDLE)
    return {one.snapshot_id: (in_bytes(one.size), one.sha256) for one in session.scalars(query)}


def in_bytes(size: int) -> str:
    """So many bytes with a unit, to three figures at most.

    >>> in_bytes(0), in_bytes(999), in_bytes(999_999), in_bytes(3_456_789)
    ('0\u202fB', '999\u202fB', '1\u202fMB', '3.5\u202fMB')
    """
    units = iter(("B", "kB", "MB", "GB"))
    left, unit = float(size), next(units)
    while round(left) >= KILO and unit != "GB":
        left, unit = left / KILO, next(units)
    return f"{number(round(left, 1 if left < 10 else 0))}\u202f{unit}"


def openings(bundle: BundleFacts, slug: str) -> list[tuple[str, str]]:
    """What opens the long table in other programs: the program, and the lines to type."""
    file = f"{slug}-{bundle.number}-{BUNDLE}"
    unpacked = f'zipfile.ZipFile("{file}").extractall("{slug}")'
    return [
        ("pandas", f'import zipfile, pandas\n{unpacked}\npandas.read_parquet("{slug}/{LONG}.parquet")'),
        ("polars", f'import zipfile, polars\n{unpacked}\npolars.read_csv("{slug}/{LONG}.csv")'),
        # Told to look at all rows: by the first thousand, where some columns are empty, it guesses wrongly.
        (
            "readr",
            f'unzip("{file}", exdir = "{slug}")\nreadr::read_csv("{slug}/{LONG}.csv", guess_max = Inf)',
        ),
        ("R", f'unzip("{file}", exdir = "{slug}")\nsetwd("{slug}")\nsource("load.R")'),
    ]


def _citation(told: Any) -> str:
    """Who, when, what, which version, where: as `CITATION.cff` has it."""
    who, year = told["contributors"][0]["title"], told["created"][:4]
    what = _("Data set.")
    return " ".join(
        [f"{who} ({year}).", f"{told['title']}.", what, *([told["homepage"]] if "homepage" in told else [])]
    )


def _licence(told: Any) -> tuple[str, str]:
    """The licence that a bundle was frozen with."""
    (one,) = told["licenses"]
    said = StatedLicence(one["name"], one["title"], one.get("path", ""))
    return licence_told(None if said.spdx == NO_LICENCE else said)


def _table(told: Any) -> BundledTable:
    columns = [_column(one) for one in told["schema"]["fields"]]
    return BundledTable(
        told["name"], told["path"], told["title"], told["rows"], in_bytes(told["bytes"]), columns
    )


def _column(told: Any) -> tuple[str, str, str, str, str, str]:
    codes = ", ".join(one["value"] for one in told.get("categories", ()))
    empty = percent(told["shareEmpty"]) if "shareEmpty" in told else ""
    return told["name"], told["type"], told["description"], codes, told.get("example", ""), empty


def _told_first(names: Sequence[str], row: Sequence[str]) -> list[str]:
    """A row of the file as the preview has it."""
    named = dict(zip(names, row, strict=True))
    return [named.pop(name) for name in TOLD_FIRST] + list(named.values())
