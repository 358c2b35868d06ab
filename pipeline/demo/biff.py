"""Sheets → the bytes of an .xls as Excel 97 and WPS write it (and .et is): BIFF8 records in a compound file.

Texts, numbers, merged ranges and hidden rows; one font, one format.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from pipeline.demo import ole
from pipeline.demo.sheet import COLUMN_WIDTHS, Sheet

_GLOBALS, _WORKSHEET = 0x0005, 0x0010
# Excel expects fifteen formats for styles before the first one for cells.
_STYLE_FORMATS, _CELL_FORMAT = 15, 15
_ROW, _HIDDEN_ROW = 0x0100, 0x0120


def xls(sheets: list[Sheet]) -> bytes:
    """A workbook with these sheets, each of plain texts and numbers, a text below 4,000 characters."""
    bodies = [b"".join(_sheet(sheet)) for sheet in sheets]
    # Every BOUNDSHEET tells where its sheet begins, so their own length has to be known first.
    head = b"".join(_globals())
    offset = len(head) + sum(len(_bound(sheet, 0)) for sheet in sheets) + len(_record(0x0A))
    bounds = b""
    for sheet, body in zip(sheets, bodies, strict=True):
        bounds += _bound(sheet, offset)
        offset += len(body)
    return ole.container({"Workbook": head + bounds + _record(0x0A) + b"".join(bodies)})


def _record(kind: int, content: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _beginning(kind: int) -> bytes:
    return _record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0, 6))


def _globals() -> Iterator[bytes]:
    yield _beginning(_GLOBALS)
    yield _record(0x0042, struct.pack("<H", 1200))
    yield _record(0x003D, struct.pack("<9H", 0, 0, 12000, 8000, 0x38, 0, 0, 1, 600))
    yield _record(0x0022, struct.pack("<H", 0))
    name = "宋体"
    font = struct.pack("<5H4BBB", 210, 0, 0x7FFF, 400, 0, 0, 0, 134, 0, len(name), 1)
    yield _record(0x0031, font + name.encode("utf-16-le")) * 4
    for number in range(_STYLE_FORMATS + 1):
        kind = 0xFFF5 if number < _STYLE_FORMATS else 0x0001
        yield _record(0x00E0, struct.pack("<3H4B2IH", 0, 0, kind, 0x20, 0, 0, 0, 0, 0, 0x20C0))
    yield _record(0x0293, struct.pack("<HBB", 0x8000, 0, 0xFF))


def _bound(sheet: Sheet, offset: int) -> bytes:
    return _record(0x0085, struct.pack("<IBBBB", offset, int(sheet.hidden), 0, len(sheet.name), 1)
                   + sheet.name.encode("utf-16-le"))


def _sheet(sheet: Sheet) -> Iterator[bytes]:
    yield _beginning(_WORKSHEET)
    width = 1 + max(col for _, col in sheet.cells)
    for first, last, characters in COLUMN_WIDTHS:
        yield _record(0x007D, struct.pack("<6H", first, last, characters * 256, _CELL_FORMAT, 0, 0))
    yield _record(0x0200, struct.pack("<IIHHH", 0, sheet.height, 0, width, 0))
    for row in range(sheet.height):
        looks = _HIDDEN_ROW if row in sheet.hidden_rows else _ROW
        yield _record(0x0208, struct.pack("<6HI", row, 0, width, 0x012C, 0, 0, looks))
    for (row, col), content in sorted(sheet.cells.items()):
        yield _cell(row, col, content)
    yield _record(0x023E, struct.pack("<5H4x", 0x06B6, 0, 0, 0x40, 0) + bytes(4))
    for start in range(0, len(sheet.merges), 1000):
        ranges = sheet.merges[start:start + 1000]
        places = b"".join(struct.pack("<4H", top, bottom, left, right) for top, left, bottom, right in ranges)
        yield _record(0x00E5, struct.pack("<H", len(ranges)) + places)
    yield _record(0x000A)


def _cell(row: int, col: int, content: object) -> bytes:
    if isinstance(content, (int, float)):
        return _record(0x0203, struct.pack("<3Hd", row, col, _CELL_FORMAT, content))
    text = str(content)
    head = struct.pack("<4HB", row, col, _CELL_FORMAT, len(text), 1)
    return _record(0x0204, head + text.encode("utf-16-le"))
