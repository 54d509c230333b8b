"""A table's CSV in other formats: Parquet and JSON Lines, with its types, a batch of rows at a time."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, BinaryIO

from ..i18n.safe_cells import MARK, plain_text
from .declaration import Column

#: Rows of a row group of Parquet, and lines of JSON that are written at once. With four times as many rows the file
#: is three per cent smaller, and the peak of memory 25 MB higher.
ROWS, LINES = 8_192, 500
#: Bytes of CSV that are read at once; no row is nearly as long. A column of half as many is so small that its memory
#: is not given back one by one (twelve megabytes by the end); with more of them rows of a group are more than `ROWS`
#: by a larger part.
BLOCK = 1 << 17


def parquet(file: BinaryIO, columns: Sequence[Column]) -> Iterator[bytes]:
    """A table as Parquet; each column bears its meaning."""
    # Here alone: whoever freezes nothing waits for none of it.
    import pyarrow as pa
    from pyarrow import csv as arrow_csv
    from pyarrow import parquet as arrow_parquet

    schema = pa.schema(
        pa.field(
            column.name,
            _arrow_type(column),
            nullable=not column.required,
            metadata={"description": column.meaning},
        )
        for column in columns
    )
    reader = arrow_csv.open_csv(
        file,
        read_options=arrow_csv.ReadOptions(block_size=BLOCK, use_threads=False),
        parse_options=arrow_csv.ParseOptions(newlines_in_values=True),
        convert_options=arrow_csv.ConvertOptions(
            column_types={column.name: _arrow_type(column) for column in columns},
            null_values=[""],
            strings_can_be_null=True,
            true_values=["true"],
            false_values=["false"],
        ),
    )
    texts = [place for place, column in enumerate(columns) if column.type == "string"]
    sink, waiting, rows = _Handed(), [], 0
    with arrow_parquet.ParquetWriter(pa.PythonFile(sink, mode="w"), schema, compression="zstd") as writer:
        for batch in reader:
            arrays = batch.columns
            for place in texts:
                arrays[place] = _plain(arrays[place])
            waiting.append(pa.RecordBatch.from_arrays(arrays, schema=schema))
            rows += batch.num_rows
            if rows >= ROWS:
                writer.write_table(pa.Table.from_batches(waiting), row_group_size=rows)
                waiting, rows = [], 0
                yield sink.taken()
        if waiting:
            writer.write_table(pa.Table.from_batches(waiting), row_group_size=max(rows, 1))
    yield sink.taken()


def json_lines(file: BinaryIO, columns: Sequence[Column]) -> Iterator[bytes]:
    """A table as JSON Lines, one object a row: numbers are numbers, what is missing is null."""
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    cells = csv.reader(text)
    next(cells)
    names = [f"{json.dumps(column.name)}:" for column in columns]
    written = [_as_text if column.type in ("string", "date", "datetime") else _as_is for column in columns]
    lines: list[str] = []
    for row in cells:
        said = ",".join([name + write(cell) for name, write, cell in zip(names, written, row, strict=True)])
        lines.append(f"{{{said}}}\n")
        if len(lines) >= LINES:
            yield "".join(lines).encode()
            lines = []
    yield "".join(lines).encode()
    # The file stays open: it is its giver's.
    text.detach()


def _as_is(cell: str) -> str:
    """Numbers and truths are written in JSON as in CSV."""
    return cell or "null"


@lru_cache(4_000)
def _as_text(cell: str) -> str:
    return json.dumps(plain_text(cell), ensure_ascii=False) if cell else "null"


def _arrow_type(column: Column) -> Any:
    import pyarrow as pa

    return {
        "string": pa.string(),
        "integer": pa.int64(),
        "number": pa.float64(),
        "boolean": pa.bool_(),
        "date": pa.date32(),
        "datetime": pa.timestamp("s", "UTC"),
    }[column.type]


def _plain(array: Any) -> Any:
    """Texts without their marks.

    Arrow's own functions are not called: to load them takes ten megabytes. Most columns have no mark in any row.
    """
    import pyarrow as pa

    letters = array.buffers()[2]
    if letters is None or MARK.encode() not in letters.to_pybytes():
        return array
    return pa.array([text and _unmarked(text) for text in array.to_pylist()], pa.string())


_unmarked = lru_cache(4_000)(plain_text)


class _Handed(io.RawIOBase):
    """A file whose bytes are taken from it as they come."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, content: Any, /) -> int:
        self._parts.append(bytes(content))
        return len(self._parts[-1])

    def taken(self) -> bytes:
        """What was written since the last time."""
        parts, self._parts = self._parts, []
        return b"".join(parts)
