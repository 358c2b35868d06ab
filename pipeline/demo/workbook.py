"""Sheets → the bytes of an .xlsx or .xlsm, the same for the same sheets."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipeline.demo import controls
from pipeline.demo.sheet import COLUMN_WIDTHS, Formula, InCellBox, Sheet, Symbols

CREATED = datetime(2023, 7, 3, 9, 0, 0)
# The oldest moment a zip can hold: what stands for "no time".
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_PLAIN_TYPE = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_MACRO_TYPE = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"


def xlsx(sheets: list[Sheet], *, macros: bool = False) -> bytes:
    """A workbook with these sheets; `macros` makes it what .xlsm files are, though without a macro in it."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.set_properties({"created": CREATED, "author": "经办人"})
    formats = _formats(book)
    for sheet in sheets:
        _sheet(book.add_worksheet(sheet.name), sheet, formats)
    visible = next(place for place, sheet in enumerate(sheets) if not sheet.hidden)
    book.worksheets()[visible].activate()
    book.worksheets()[visible].set_first_sheet()
    book.close()
    parts = _parts(target.getvalue())
    for number, sheet in enumerate(sheets, 1):
        if sheet.controls:
            controls.add(parts, number, sheet.controls)
    if macros:
        parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(_PLAIN_TYPE, _MACRO_TYPE)
    return packed(parts)


def packed(parts: dict[str, bytes], stored: tuple[str, ...] = ()) -> bytes:
    """A zip of these parts in order, without times; those in `stored` uncompressed."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name, _ZIP_TIME)
            info.compress_type = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            package.writestr(info, content)
    return target.getvalue()


def _parts(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def _formats(book: xlsxwriter.Workbook) -> dict[str, Format]:
    plain = {"font_name": "宋体", "font_size": 10.5, "border": 1, "text_wrap": True, "valign": "vcenter"}
    return {"plain": book.add_format(plain), "date": book.add_format({**plain, "num_format": "yyyy年m月"}),
            "box": book.add_format({**plain, "checkbox": True, "align": "center"}),
            "symbol": book.add_format({"font_name": "Wingdings", "font_size": 12}),
            "letter": book.add_format({"font_name": "宋体", "font_size": 10.5})}


def _sheet(target: Worksheet, sheet: Sheet, formats: dict[str, Format]) -> None:
    target.set_landscape()
    target.set_paper(9)
    target.fit_to_pages(1, 0)
    for column in COLUMN_WIDTHS:
        target.set_column(*column)
    for merge in sheet.merges:
        target.merge_range(*merge, "", formats["plain"])
    for (row, col), content in sorted(sheet.cells.items()):
        _cell(target, row, col, content, formats)
    # Programs do not fit a row's height to text in a merged range.
    for row, height in _heights(sheet).items():
        target.set_row(row, height, None, {"hidden": row in sheet.hidden_rows})
    if sheet.picture:
        seal = {"image_data": io.BytesIO(sheet.picture), "x_scale": 2, "y_scale": 2}
        target.insert_image(sheet.height - 3, 5, "章.png", seal)
    if sheet.hidden:
        target.hide()


def _heights(sheet: Sheet) -> dict[int, float]:
    """Row → points, for as many lines as its longest text takes."""
    widths = {col: wide for first, last, wide in COLUMN_WIDTHS for col in range(first, last + 1)}
    ends = {(top, left): (bottom, right) for top, left, bottom, right in sheet.merges}
    lines = dict.fromkeys(sorted(sheet.hidden_rows), 1)
    for (row, col), content in sheet.cells.items():
        bottom, right = ends.get((row, col), (row, col))
        if isinstance(content, str) and bottom == row:
            # A Chinese character is two wide.
            room = sum(widths.get(at, 9) for at in range(col, right + 1)) // 2 - 1
            needed = sum(-(-max(1, len(line)) // room) for line in content.split("\n"))
            lines[row] = max(needed, lines.get(row, 1))
    return {row: 16.0 * count for row, count in sorted(lines.items())}


def _cell(target: Worksheet, row: int, col: int, content: object, formats: dict[str, Format]) -> None:
    plain = formats["plain"]
    if isinstance(content, Formula):
        target.write_formula(row, col, content.text, plain, content.result)
    elif isinstance(content, InCellBox):
        target.insert_checkbox(row, col, content.ticked, formats["box"])
    elif isinstance(content, Symbols):
        pieces = [(formats["symbol" if symbol else "letter"], text) for text, symbol in content.pieces]
        target.write_rich_string(row, col, *(part for piece in pieces for part in piece), plain)
    elif isinstance(content, date):
        target.write_datetime(row, col, datetime(content.year, content.month, content.day), formats["date"])
    elif isinstance(content, (int, float)):
        target.write_number(row, col, content, plain)
    else:
        # Control characters are no part of XML; none of ours has any, people's have.
        target.write_string(row, col, re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", str(content)), plain)
