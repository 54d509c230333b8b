"""Read this folder's tables with pandas: typed, categories labelled, texts as they were typed.

    >>> from load import tables
    >>> tables()["forecasts_long"]

Needs pandas 2 or newer. Texts that a spreadsheet could run, or that look like a number, begin with ' in the files.
"""

import json
import re
from pathlib import Path
from typing import Any

import pandas as pd

HERE = Path(__file__).parent
MARKED = re.compile(
    r"(?:\A|\n)[^\S\t\r\n]*[=+\-@\t\r＝＋－＠']"
    r"|\A(?:(?i:\s*[+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*|true|false|[+-]?(?:nan|inf(?:inity)?))"
    r"|T|F|#?NA|#?N/A|n/a|#N/A N/A|<NA>|NULL|null|None)\Z"
)
TYPES = {"string": "string", "integer": "Int64", "number": "float64", "boolean": "boolean"}


def plain(cell: Any) -> Any:
    """A text without the mark that made it safe."""
    if isinstance(cell, str) and cell.startswith("'") and MARKED.search(cell[1:]):
        return cell[1:]
    return cell


def tables(folder: str | Path = HERE, labels: bool = True) -> dict[str, Any]:
    """Every table of the bundle by its name; `labels`: categories bear their labels instead of their codes."""
    package = json.loads((Path(folder) / "datapackage.json").read_text(encoding="utf-8"))
    return {one["name"]: table(one, folder, labels) for one in package["resources"]}


def table(resource: dict[str, Any], folder: str | Path = HERE, labels: bool = True) -> Any:
    """One table, by its description in datapackage.json; `attrs` of the frame has the meaning of each column."""
    fields = resource["schema"]["fields"]
    kinds = {field["name"]: TYPES.get(field["type"], "string") for field in fields}
    frame = pd.read_csv(Path(folder) / resource["path"], dtype=kinds, keep_default_na=False, na_values=[""])
    for field in fields:
        name = field["name"]
        if field["type"] == "string":
            frame[name] = frame[name].map(plain, na_action="ignore").astype("string")
        elif field["type"] == "date":
            frame[name] = pd.to_datetime(frame[name], format="%Y-%m-%d")
        elif field["type"] == "datetime":
            frame[name] = pd.to_datetime(frame[name], format="%Y-%m-%dT%H:%M:%SZ", utc=True)
        if field.get("categories"):
            told = {one["value"]: one["label"] for one in field["categories"]}
            frame[name] = pd.Categorical(frame[name], categories=list(told))
            if labels:
                frame[name] = frame[name].cat.rename_categories(told)
    frame.attrs = {field["name"]: field["description"] for field in fields}
    return frame
