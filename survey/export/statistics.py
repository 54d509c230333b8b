"""A bundle for statistical packages: the long table as SPSS or Stata files, numeric codes with labels.

Made of a bundle's CSV and its description alone: names of at most 32 characters, value labels on numbers.
Needs the extra `statistics` and neither the application nor its database.
"""

import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from ..i18n.safe_cells import plain_text
from .damage import NotABundle

#: The longest text each format takes, in bytes; longer ones are cut, and it is said how many.
LONGEST = {"sav": 32_767, "dta": 2_045}
#: A text with no more different values than this becomes numeric codes with labels.
MOST_CODES = 200
#: Bytes of a value that still is a label: SPSS cuts longer ones, and two that begin alike would be one.
LONGEST_LABEL = 120


def convert(bundle: Path, table: str, target: Path) -> dict[str, int]:
    """Write one table of a bundle as `target`, whose name ends in `.sav` or `.dta`.

    Returns
    -------
    dict
        By column, how many of its texts were cut to what the format takes.

    Raises
    ------
    NotABundle
        Where the file is none, or has no such table.
    """
    import polars as pl
    import pyreadstat

    fields, content = _read(bundle, table)
    # Types are those of the description: guessed from the first rows, a column of empty ones would have none.
    texts = pl.read_csv(io.BytesIO(content), infer_schema=False)
    columns: dict[str, Any] = {}
    labels: dict[str, dict[int | float, str]] = {}
    longest, cut = LONGEST[target.suffix[1:]], dict[str, int]()
    for field in fields:
        name = field["name"]
        values = [plain_text(cell) if cell is not None else None for cell in texts[name].to_list()]
        codes = _codes(field, values)
        if codes is not None:
            columns[name] = pl.Series(name, [codes.get(value or "") for value in values], pl.Int64)
            labels[name] = {code: _label(field, value) for value, code in codes.items()}
        else:
            columns[name], cut_here = _series(field, values, longest)
            cut |= {name: cut_here} if cut_here else {}
    frame = pl.DataFrame(list(columns.values()))
    meanings: dict[str, str | None] = {field["name"]: _short(field["description"]) for field in fields}
    write = pyreadstat.write_sav if target.suffix == ".sav" else pyreadstat.write_dta
    write(frame, str(target), column_labels=meanings, variable_value_labels=labels)
    return cut


def _read(bundle: Path, table: str) -> tuple[Sequence[dict[str, Any]], bytes]:
    try:
        with ZipFile(bundle) as archive:
            package = json.loads(archive.read("datapackage.json"))
            found = {one["name"]: one for one in package["resources"]}
            if table not in found:
                raise NotABundle(f"it has no table {table}; there are {', '.join(sorted(found))}")
            return found[table]["schema"]["fields"], archive.read(found[table]["path"])
    except (BadZipFile, KeyError, ValueError, OSError) as error:
        raise NotABundle(f"it cannot be read as a bundle: {error}") from error


def _codes(field: dict[str, Any], values: Sequence[str | None]) -> Mapping[str, int] | None:
    """Numbers for the values of a column that has labels, is a truth, or takes few different texts; else None."""
    if field["type"] == "boolean":
        return {"false": 0, "true": 1}
    told = [one["value"] for one in field.get("categories", [])]
    if told:
        return {value: place for place, value in enumerate(told, start=1)}
    # Few people are as few different texts: pseudonyms stay themselves, or files could not be joined by them.
    if field["type"] != "string" or field["name"].endswith(("participant_id", "submission_id")):
        return None
    seen = sorted({value for value in values if value is not None})
    if not 0 < len(seen) <= MOST_CODES or max(len(value.encode()) for value in seen) > LONGEST_LABEL:
        return None
    return {value: place for place, value in enumerate(seen, start=1)}


def _label(field: dict[str, Any], value: str) -> str:
    """What the codebook says of a value; else the value itself, whole: `_codes` takes none that would be cut."""
    told = {one["value"]: one["label"] for one in field.get("categories", [])}
    return _short(told[value]) if value in told else value


def _series(field: dict[str, Any], values: Sequence[str | None], longest: int) -> tuple[Any, int]:
    """A column without codes, and how many of its texts were cut."""
    import polars as pl

    name = field["name"]
    text = pl.Series(name, values, pl.String)
    match field["type"]:
        case "integer":
            return text.cast(pl.Int64), 0
        case "number":
            return text.cast(pl.Float64), 0
        case "date":
            return text.str.to_date("%Y-%m-%d"), 0
        case "datetime":
            return text.str.to_datetime("%Y-%m-%dT%H:%M:%SZ"), 0
    fits = [_cut(value, longest) for value in values]
    return pl.Series(name, fits, pl.String), sum(a != b for a, b in zip(fits, values, strict=True))


def _cut(value: str | None, longest: int) -> str | None:
    if value is None or len(value.encode()) <= longest:
        return value
    # In bytes, as the formats count; what is left of a letter that was cut in two goes.
    return value.encode()[:longest].decode(errors="ignore")


def _short(words: str) -> str:
    """Words of the codebook as a label: of at most 80 characters, for Stata takes no more of a column."""
    return words if len(words) <= 80 else f"{words[:79]}…"
