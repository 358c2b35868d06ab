"""Details of an .xls file through xlrd: error cells, symbol fonts, hidden rows and columns.

calamine reads BIFF values faster and more safely; xlrd is asked only for what calamine hides, and whatever it cannot
read is left out. (Form-control boxes of .xls are not read.)
"""

from __future__ import annotations

import io
import struct

import xlrd

from pipeline.details import Details, SheetDetails
from pipeline.details.xlsx import as_symbols
from pipeline.preflight.extent import Extent
from pipeline.signature import Refused

_BROKEN = (xlrd.XLRDError, xlrd.compdoc.CompDocError, AssertionError, LookupError, ArithmeticError,
           TypeError, ValueError,
           AttributeError, OSError, OverflowError, UnicodeDecodeError, struct.error)


def read(data: bytes) -> Details:
    """Details by sheet name; empty where xlrd cannot read the file.

    Raises:
        Refused: `encrypted`, which of an Excel 5 file only xlrd can tell; `extent`, where a sheet reaches further than
            a reader of values should be made to go.
    """
    try:
        book = xlrd.open_workbook(file_contents=data, formatting_info=True, ragged_rows=True,
                                  logfile=io.StringIO())
        return Details({sheet.name: _sheet(book, sheet) for sheet in book.sheets()})
    # xlrd reports a damaged file by nearly any exception; the values have been read without it.
    except _BROKEN as refusal:
        if "encrypted" in str(refusal):
            raise Refused("encrypted") from None
        return Details()


def _sheet(book: xlrd.Book, sheet: xlrd.sheet.Sheet) -> SheetDetails:
    details = SheetDetails(
        hidden_rows=frozenset(row for row, info in sheet.rowinfo_map.items() if info.hidden),
        hidden_cols=frozenset(col for col, info in sheet.colinfo_map.items() if info.hidden))
    symbol_fonts = {n for n, font in enumerate(book.font_list) if "wingdings" in font.name.lower()}
    extent = Extent()
    for row in range(sheet.nrows):
        for col in range(sheet.row_len(row)):
            if sheet.cell_type(row, col) in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
                continue
            if far := extent.add(row, col):
                raise Refused("extent", sheet=sheet.name, place=far)
            if sheet.cell_type(row, col) == xlrd.XL_CELL_ERROR:
                text = xlrd.error_text_from_code.get(sheet.cell_value(row, col), "#N/A")
                details.overrides[row, col] = (text, "error")
            elif symbol_fonts and sheet.cell_type(row, col) == xlrd.XL_CELL_TEXT:
                text = _with_symbols(book, sheet, row, col, symbol_fonts)
                if text != sheet.cell_value(row, col):
                    details.overrides[row, col] = (text, "text")
    return details


def _with_symbols(book: xlrd.Book, sheet: xlrd.sheet.Sheet, row: int, col: int, symbol_fonts: set[int]) -> str:
    text = sheet.cell_value(row, col)
    font = book.xf_list[sheet.cell_xf_index(row, col)].font_index
    runs = [(0, font), *sheet.rich_text_runlist_map.get((row, col), [])]
    pieces = []
    for (start, run_font), (end, _) in zip(runs, [*runs[1:], (len(text), 0)], strict=True):
        piece = text[start:end]
        pieces.append(as_symbols(piece) if run_font in symbol_fonts else piece)
    return "".join(pieces)
