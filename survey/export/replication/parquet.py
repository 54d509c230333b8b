"""Forecasts as Parquet: written from a bundle's CSV, and read one question at a time, in columns.

pyarrow is imported as it is used: whoever computes in one process needs none of it.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from ..damage import NotABundle
from .answer_columns import COLUMNS, Columns, columns_in
from .bundle import Bundle

if TYPE_CHECKING:
    import pyarrow as pa

#: The file that is written, of the table that there is in a bundle.
TABLE = "forecasts_long"
#: Rows of a row group, which is read whole, and bytes of CSV that are read at once.
ROWS, BLOCK = 65_536, 1 << 22
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
    "insider_since": "date32",
    "submitted_date": "date32",
    "counts_from": "date32",
}


def schema(columns: Sequence[str] = COLUMNS) -> "pa.Schema":
    """What is read of each row, as it is kept."""
    import pyarrow as pa

    return pa.schema([(name, TYPES.get(name, "string")) for name in ("question_id", *columns)])


def write(path: Path, bundle: Bundle) -> None:
    """Write a bundle's forecasts, some thousand rows at a time, so that a reader of one question skips the others.

    Raises
    ------
    NotABundle
        Where the table or a column is missing, a cell cannot be read, or rows of a question lie apart.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    kept = schema(columns_in(bundle.header(TABLE)))
    with bundle.content(TABLE) as file, pq.ParquetWriter(path, kept, compression="zstd") as writer:
        name = bundle.files[TABLE]
        try:
            waiting: list[Any] = []
            for batch in _apart(name, _batches(file, kept)):
                waiting.append(batch)
                if sum(one.num_rows for one in waiting) >= ROWS:
                    writer.write_table(pa.Table.from_batches(waiting, kept))
                    waiting = []
            writer.write_table(pa.Table.from_batches(waiting, kept))
        except (pa.ArrowInvalid, pa.ArrowKeyError) as error:
            raise NotABundle(f"{name} can't be read: {error}.") from error


def _batches(file: BinaryIO, kept: "pa.Schema") -> Iterator[Any]:
    """Rows of CSV by columns of their types; an empty cell is missing, but of a text."""
    from pyarrow import csv

    reader = csv.open_csv(
        file,
        read_options=csv.ReadOptions(block_size=BLOCK, use_threads=False),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            column_types=kept,
            include_columns=kept.names,
            null_values=[""],
            true_values=["true"],
            false_values=["false"],
        ),
    )
    yield from reader


def _apart(name: str, batches: Iterator[Any]) -> Iterator[Any]:
    """The same batches; refuses rows of one question that lie apart."""
    import pyarrow.compute as pc

    seen, last = set[str](), ""
    for batch in batches:
        for question in pc.run_end_encode(batch["question_id"]).values.to_pylist():
            if question != last and question in seen:
                raise NotABundle(f"{name} is not sorted by question: {question} comes twice.")
            seen.add(question)
            last = question
        yield batch


def question_columns(path: Path, question: str) -> Columns:
    """A question's rows by column, as `answer_columns.answers_of` reads them."""
    import pyarrow.parquet as pq

    columns = columns_in(pq.read_schema(path).names)
    table = pq.read_table(path, columns=list(columns), filters=[("question_id", "==", question)])
    return {name: plain(table[name]) for name in columns}


def plain(column: Any) -> NDArray[Any]:
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
