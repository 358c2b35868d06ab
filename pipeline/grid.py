"""The only reader of workbooks: bytes in, grids of cells out — with types, merges, ticks and addresses.

python-calamine reads the values; what it does not tell (error cells, formulas without a value, symbol fonts, hidden
rows, form-control boxes, pictures; all merges in .ods) comes from `pipeline.details`. openpyxl is the second opinion
when calamine refuses a file. A file that is written in the plainest way, as most are, is read by
`pipeline.details.plain`, with the same result in half the time. Nothing here knows a label of the form.
"""

from __future__ import annotations

import datetime as dt
import io
import struct
import zipfile
import zlib
from dataclasses import dataclass
from functools import lru_cache, partial
from operator import itemgetter
from typing import TYPE_CHECKING

import python_calamine as calamine

from pipeline.details.cells import Cell, Grid, Range, address, shortest
from pipeline.details import Details, SheetDetails, details_of
from pipeline.details.package import Package
from pipeline.preflight import cfb, checksums, memory, package
from pipeline.preflight.extent import MOST_CELLS
from pipeline.signature import Refused, kind_of

if TYPE_CHECKING:
    from pipeline.details.plain import PlainSheet

__all__ = ["Cell", "Grid", "Workbook", "address", "as_text", "open_workbook"]

MOST_SHEETS = 256
# With content, in all sheets of a file together.
MOST_CONTENTS = 2_000_000
# Text that is stored once and shown in thousands of cells swells without any parser noticing.
MOST_CHARACTERS = 50_000_000

# A cell made from a tuple, without a call of Python code for each.
_cell = partial(tuple.__new__, Cell)


@dataclass(frozen=True)
class Workbook:
    """The sheets of a file in order, the edition mark of the template if it carries one, and its kind (see
    `kind_of`)."""

    grids: tuple[Grid, ...]
    edition: str = ""
    kind: str | None = None


def open_workbook(data: bytes, *, second: bool = False) -> Workbook:
    """Read a workbook's bytes; `second` asks the second reader at once, where the first has broken on them.

    Raises:
        Refused: the file is no workbook, is encrypted, is damaged or goes past a limit; carries the reason in the
            clerk's words.
    """
    opened = _opened(data) if data[:2] == b"PK" else None
    kind = kind_of(data, opened and opened.zip)
    if opened is None:
        with memory.at_most(memory.OLD_FORMAT):
            return _read(data, data, kind, second)
    if fault := package.fault(data, opened.zip.infolist(), opened.small):
        raise Refused(fault)
    if checksums.damaged(opened):
        raise Refused("damaged")
    return _read(data, opened, kind, second)


def _opened(data: bytes) -> Package:
    try:
        return Package(data)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, struct.error):
        raise Refused("damaged") from None


def _read(data: bytes, source: bytes | Package, kind: str, second: bool) -> Workbook:
    details = details_of(source, kind)
    if details.lost:
        raise Refused("damaged")
    if details.plain is not None and not second:
        grids = [_plain_grid(sheet, details) for sheet in details.plain]
    else:
        grids = _with_calamine(details.lighter, details) if details.lighter and not second else None
    grids = grids or (None if second else _with_calamine(data, details))
    if grids is None and kind != "xlsx":
        raise Refused(_without_second(data, kind) if second else "damaged")
    if grids is None:
        grids = _with_openpyxl(data, details)
    if sum(len(grid.cells) for grid in grids) > MOST_CONTENTS:
        raise Refused("too_large")
    return Workbook(tuple(grids), details.edition, kind)


def _without_second(data: bytes, kind: str) -> str:
    """Why a file that broke the only reader of its format is refused: by its tables if they are at fault."""
    return "tables" if kind == "xls" and cfb.fault(data) else "crashed"


def _with_calamine(data: bytes, details: Details) -> list[Grid] | None:
    """Grids, or None where calamine refuses what openpyxl may still read."""
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        if len(book.sheets_metadata) > MOST_SHEETS:
            raise Refused("sheets")
        sheets = [(meta, book.get_sheet_by_name(meta.name)) for meta in book.sheets_metadata
                  if meta.typ == calamine.SheetTypeEnum.WorkSheet]
    except calamine.PasswordError:
        raise Refused("encrypted") from None
    except (calamine.CalamineError, ValueError, OSError, OverflowError):
        return None
    return [_grid(meta, sheet, details) for meta, sheet in sheets] or None


def _grid(meta: calamine.SheetMetadata, sheet: calamine.CalamineSheet, details: Details) -> Grid:
    grid = Grid(meta.name, visible=meta.visible == calamine.SheetVisibleEnum.Visible)
    if sheet.start is not None:
        if sheet.height * sheet.width > MOST_CELLS:
            raise Refused("too_large")
        top, left = sheet.start
        cells = grid.cells
        for row, values in enumerate(sheet.to_python(skip_empty_area=True), top):
            for col, value in enumerate(values, left):
                if type(value) is str:
                    if value:
                        cells[row, col] = _cell((row, col, value, "text"))
                else:
                    cells[row, col] = _cell((row, col, *as_text(value)))
    for range_ in sheet.merged_cell_ranges or ():
        _merge(grid, _corners(range_))
    return _with_details(grid, details.sheet(meta.name))


def _plain_grid(sheet: PlainSheet, details: Details) -> Grid:
    grid = Grid(sheet.name, sheet.visible, dict(sheet.cells), dict(_spans(sheet.merges)))
    return _with_details(grid, details.sheet(sheet.name))


def _with_details(grid: Grid, detail: SheetDetails) -> Grid:
    if sum(map(len, map(itemgetter(2), grid.cells.values()))) > MOST_CHARACTERS:
        raise Refused("too_large")
    for (row, col), (text, stored) in detail.overrides.items():
        grid.cells[row, col] = Cell(row, col, text, stored)
    for range_ in detail.merges:
        _merge(grid, range_)
    grid.hidden_rows, grid.hidden_cols = detail.hidden_rows, detail.hidden_cols
    grid.boxes, grid.pictures = detail.boxes, detail.pictures
    return grid


def _corners(range_: tuple[tuple[int, int], tuple[int, int]]) -> tuple[int, int, int, int]:
    (top, left), (bottom, right) = range_
    return top, left, bottom, right


def _merge(grid: Grid, range_: Range) -> None:
    top, left, bottom, right = range_
    # A merge over a whole column says nothing about the cells below the content.
    bottom, right = min(bottom, top + 2_000), min(right, left + 200)
    kept = (top, left, bottom, right)
    spans = grid.spans
    for row in range(top, bottom + 1):
        for col in range(left, right + 1):
            spans[row, col] = kept


# Forms that were filled in without a change to the template have the same ones.
@lru_cache(maxsize=16)
def _spans(merges: tuple[Range, ...]) -> dict[tuple[int, int], Range]:
    grid = Grid("")
    for range_ in merges:
        _merge(grid, range_)
    return grid.spans


def as_text(value: object) -> tuple[str, str]:
    """(text, stored type) of a value as calamine or openpyxl gives it; numbers in their shortest exact form."""
    if isinstance(value, str):
        return value, "text"
    if isinstance(value, bool):
        return ("TRUE" if value else "FALSE"), "bool"
    if isinstance(value, (int, float)):
        return shortest(value), "number"
    if isinstance(value, dt.datetime):
        midnight = value.time() == dt.time()
        return (value.date().isoformat() if midnight else value.isoformat(sep=" ")), "date"
    if isinstance(value, dt.date):
        return value.isoformat(), "date"
    return str(value), "text"


def _with_openpyxl(data: bytes, details: Details) -> list[Grid]:
    import warnings

    import openpyxl

    try:
        with warnings.catch_warnings():
            # openpyxl speaks of extensions it leaves out; no reader of ours needs them.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    except (ValueError, LookupError, TypeError, OSError, AttributeError, ArithmeticError, AssertionError, SyntaxError,
            EOFError, RuntimeError, zipfile.BadZipFile, zlib.error) as refusal:
        raise Refused("damaged") from refusal
    if not book.worksheets:
        raise Refused("damaged")
    if len(book.worksheets) > MOST_SHEETS:
        raise Refused("sheets")
    return [_openpyxl_grid(sheet, details) for sheet in book.worksheets]


def _openpyxl_grid(sheet, details: Details) -> Grid:
    if sheet.max_row * sheet.max_column > MOST_CELLS:
        raise Refused("too_large")
    grid = Grid(sheet.title, visible=sheet.sheet_state == "visible")
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value is not None and cell.value != "":
                text, stored = as_text(cell.value)
                stored = "error" if cell.data_type == "e" else stored
                grid.cells[cell.row - 1, cell.column - 1] = Cell(cell.row - 1, cell.column - 1, text, stored)
    for merged in sheet.merged_cells.ranges:
        _merge(grid, (merged.min_row - 1, merged.min_col - 1, merged.max_row - 1, merged.max_col - 1))
    return _with_details(grid, details.sheet(sheet.title))
