"""Workbooks (XLSX): sheets of values in and out. A file is measured before it is parsed, and nothing in it runs."""

import io
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter

from ..errors import BankError
from ..i18n.locale import gettext as _
from .columns import Cell
from .rows import MOST_COLUMNS, MOST_ROWS
from .spreadsheet import Sheet, place_in
from .tables import Fault, refusal

#: Bytes of all that is packed in a workbook, and how many files.
LARGEST_UNPACKED, MOST_MEMBERS = 8_000_000, 200
MOST_SHEETS = 20
#: In the names of parts in which something runs or is fetched from elsewhere.
_RUNNING = (
    "vbaproject",
    "xl/macrosheets/",
    "xl/externallinks/",
    "xl/embeddings/",
    "xl/activex/",
    "xl/connections",
)


def read_workbook(given: bytes) -> dict[str, list[list[Cell]]]:
    """The sheets of a workbook that are shown, name (in small letters) to rows.

    Raises
    ------
    BankError
        For what is no workbook, is too large once it is unpacked, has macros or links to other files, and for
        each cell that holds a formula or an error.
    """
    _refuse_dangerous(given)
    try:
        # Read in parts: whole, each cell with its style takes some fifty times what it takes in the file.
        book = load_workbook(io.BytesIO(given), read_only=True, keep_links=False)
        faults: list[Fault] = []
        shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"][:MOST_SHEETS]
        sheets = {sheet.title.strip().casefold(): list(_rows(sheet, faults)) for sheet in shown}
        book.close()
    except BankError:
        raise
    except Exception:  # The parser of somebody else's format raises whatever it meets.
        raise refusal(_("This cannot be read as a workbook (XLSX). Save it again.")) from None
    if faults:
        raise BankError(faults[:MOST_SHEETS])
    return sheets


def _refuse_dangerous(given: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(given)) as packed:
            members = packed.infolist()
            if len(members) > MOST_MEMBERS or sum(one.file_size for one in members) > LARGEST_UNPACKED:
                most = LARGEST_UNPACKED // 1_000_000
                raise refusal(
                    _("Unpacked it is larger than %(most)s MB; no survey is that large.", most=most)
                )
            names = [one.filename.casefold() for one in members]
            if any(mark in name for name in names for mark in _RUNNING):
                raise refusal(_("It has macros or links to other files. Save it as a plain workbook (XLSX)."))
            # Before a parser sees it: an entity of entities unfolds to more than any file holds.
            if any(
                _declares(packed.read(one))
                for one in members
                if one.filename.casefold().endswith((".xml", ".rels"))
            ):
                raise refusal(_("It declares entities of its own, which no spreadsheet does."))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        raise refusal(_("This cannot be read as a workbook (XLSX). Save it again.")) from None
    except zipfile.zlib.error:  # type: ignore[attr-defined]
        raise refusal(_("This cannot be read as a workbook (XLSX). Save it again.")) from None


def _declares(xml: bytes) -> bool:
    """Whether XML has a document type, where entities are declared; another encoding could hide one."""
    return b"<!" in xml.replace(b"<!--", b"") or b"\x00" in xml[:200]


def _rows(sheet: Any, faults: list[Fault]) -> Iterator[list[Cell]]:
    # One more than may be there, so that too many are seen to be too many.
    # What a sheet says of its own size is not believed: one cell far out makes millions of empty ones.
    for number, row in enumerate(sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS), start=1):
        cells = []
        for place, cell in enumerate(row, start=1):
            if cell.value is not None and cell.data_type in ("f", "e"):
                sentence = _("holds a formula or an error: copy the cells and paste them as values")
                faults.append(
                    Fault(place_in(sheet.title, number), f"{get_column_letter(place)}{number}", sentence)
                )
            cells.append(cell.value)
        while cells and cells[-1] is None:
            cells.pop()
        yield cells


def write_workbook(sheets: Mapping[str, Sheet]) -> bytes:
    """Sheets as a workbook: text stays text, whatever it begins with."""
    book = Workbook(write_only=True)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "B2"
        for row in rows:
            sheet.append([_cell(sheet, value) for value in row])
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def _cell(sheet: Any, value: Cell) -> Any:
    if isinstance(value, float) and float(f"{value:.15g}") != value:
        # Workbooks keep fewer digits of a number than a double has; of a text they keep all.
        value = repr(value)
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, value)
    # Else openpyxl makes a formula of what begins with `=`.
    cell.data_type = "s"
    return cell
