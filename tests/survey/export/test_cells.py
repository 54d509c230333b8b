"""A cell is exact, harmless in a spreadsheet, and can be read back."""

import contextlib
import csv
import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from itertools import count, islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.export.cells import Value, cell, csv_cells, csv_lines
from survey.export.emptiness import empty_cells
from survey.i18n.safe_cells import plain_text, safe_text, typed_text


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+50",
        "-5",
        "@x",
        "\tx",
        "\rx",
        " =1",
        "a\n=b",
        "a\n  @b",
        "＝1",
        "＋1",
        "－1",
        "＠x",
        "'x",
        " 'x",
    ],
)
def test_what_a_spreadsheet_could_run_gets_a_mark(text: str) -> None:
    assert safe_text(text) == "'" + text


@pytest.mark.parametrize("text", ["50", "a=b", "it's", "x-y", "Київ", "", "a\nb", "12,5 %"])
def test_harmless_text_stays_as_it_is(text: str) -> None:
    assert safe_text(text) == text


@given(st.text())
def test_taking_the_mark_off_gives_the_text_back(text: str) -> None:
    assert plain_text(safe_text(text)) == text


#: What may stand in a cell: also what has to stand between marks, and what ends a cell or a row elsewhere.
CELLS = st.none() | st.text(st.sampled_from("a,\"\n'=Ї"))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_reads_back_to_the_same_double(value: float) -> None:
    assert float(cell(value)) == value


def test_times_are_iso_8601_in_utc() -> None:
    assert cell(datetime(2026, 11, 15, tzinfo=UTC)) == "2026-11-15T00:00:00Z"
    assert cell(date(2026, 11, 15)) == "2026-11-15"


#: Text as it is stored: line ends were made newlines when it came in.
STORED = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"))


@given(st.lists(st.lists(STORED, min_size=2, max_size=2)))
def test_a_table_reads_back_cell_by_cell(rows: list[list[str]]) -> None:
    text = "".join(csv_lines(["a", "b"], rows))
    told = list(csv.reader(io.StringIO(text, newline="")))
    assert told[0] == ["a", "b"]
    assert [[plain_text(value) for value in row] for row in told[1:]] == rows


def test_a_long_table_comes_line_by_line() -> None:
    endless = csv_lines(["n"], ([number] for number in count()))
    assert list(islice(endless, 3)) == ["n\n", "0\n", "1\n"]


#: What stands in a cell, few of each so that they meet again.
FEW = st.sampled_from([None, False, True, 0, 1, 0.0, 1.0, "", "1", "true", "=1", "a, b", date(2026, 11, 15)])


@pytest.mark.parametrize("texts", [safe_text, typed_text, str])
@given(rows=st.lists(st.lists(FEW)))
def test_a_cell_is_written_alike_wherever_it_stands(
    texts: Callable[[str], str], rows: list[list[Value]]
) -> None:
    """Also beside one that Python takes for its equal, as 1, 1.0 and true."""
    lines = islice(csv_lines([], rows, texts), 1, None)
    assert [line.removesuffix("\n") for line in lines] == [csv_cells(*row, texts=texts) for row in rows]


def test_more_texts_than_are_kept_are_written_each_as_it_is() -> None:
    rows = [[f"={number % 1500}, {number % 2}"] for number in range(4000)]
    assert [*csv_lines([], rows)][1:] == [f'"\'{text}"\n' for (text,) in rows]


@given(st.text() | st.sampled_from(["50", "1e5", "true", "NA", "nan", "'50", "5.", ".5", "1_000", "None"]))
def test_a_text_that_looks_like_another_type_is_marked_and_reads_back(text: str) -> None:
    assert plain_text(typed_text(text)) == text
    with contextlib.suppress(ValueError):
        float(typed_text(text))
        pytest.fail(f"{text!r} could be read as a number")


@given(st.integers(1, 4).flatmap(lambda columns: st.lists(st.tuples(*[CELLS] * columns), min_size=1)))
def test_missing_values_are_those_that_a_reader_of_csv_finds(rows: list[tuple[str | None, ...]]) -> None:
    lines = "".join(islice(csv_lines(["column"] * len(rows[0]), rows, typed_text), 1, None))
    read = [cells or [""] for cells in csv.reader(io.StringIO(lines, newline=""))]
    assert empty_cells(lines.encode(), len(rows[0])).tolist() == [[not one for one in row] for row in read]
