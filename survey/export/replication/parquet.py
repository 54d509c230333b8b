"""Forecasts as Parquet: written from a bundle's CSV, and read one question at a time, in columns.

pyarrow is imported as it is used: whoever computes in one process needs none of it.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .answer_columns import COLUMNS, Columns
from .bundle import TextColumns

if TYPE_CHECKING:
    import pyarrow as pa

#: The columns that are no text, and the type of each.
TYPES = {
    "seq": "int64",
    "question_version": "int64",
    "round_id": "int64",
    "value": "float64",
    "crowd_value": "float64",
    "crowd_seen": "bool",
    "is_simulated": "bool",
    "is_insider": "bool",
    "submitted_date": "date32",
    "counts_from": "date32",
}


def schema() -> "pa.Schema":
    """What is read of each row, as it is kept."""
    import pyarrow as pa

    return pa.schema([(name, TYPES.get(name, "string")) for name in ("question_id", *COLUMNS)])


def write(path: Path, groups: Iterable[tuple[str, TextColumns]]) -> None:
    """Write forecasts question by question, so that a reader of one passes over the others."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    kept = schema()
    with pq.ParquetWriter(path, kept, compression="zstd") as writer:
        for question, columns in groups:
            cells = {"question_id": [question] * len(columns["seq"]), **columns}
            arrays = [_typed(cells[field.name], field.type) for field in kept]
            writer.write_table(pa.table(arrays, schema=kept))


def _typed(cells: Any, kind: Any) -> Any:
    """Cells of text as a column; an empty one is missing, but of a text."""
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = pa.array(cells, "string")
    return texts if kind == "string" else pc.cast(pc.if_else(pc.equal(texts, ""), None, texts), kind)


def question_columns(path: Path, question: str) -> Columns:
    """A question's rows by column, as `answer_columns.answers_of` reads them."""
    import pyarrow.parquet as pq

    table = pq.read_table(path, columns=list(COLUMNS), filters=[("question_id", "==", question)])
    return {name: _plain(table[name]) for name in COLUMNS}


def _plain(column: Any) -> NDArray[Any]:
    """A column as an array: NaN and NaT where a number or day is missing, nothing where a text is."""
    import pyarrow.compute as pc
    from pyarrow import types

    if types.is_boolean(column.type):
        return np.where(column.to_numpy(), "true", "false")
    if types.is_date(column.type):
        return np.asarray(column.to_numpy(), dtype="datetime64[D]")
    if types.is_floating(column.type) or types.is_integer(column.type):
        return np.asarray(column.to_numpy())
    return np.asarray(pc.fill_null(column.cast("string"), "").to_pylist(), dtype=str)
