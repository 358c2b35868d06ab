"""Filled copies of the official template at a millisecond or two each: one is written, its two parts are filled anew.

The template is written once with a mark in every cell to be filled. Each form then exchanges the marks in the sheet and
in the table of texts; the other parts of the package are copied as they were compressed.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from pipeline.template import write
from tests.bench.contents import Filled, right_form

SHEET, TEXTS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
# As xlsxwriter dates the parts: 1 January 1980.
_DATE, _UTF8, _DEFLATED = 0x21, 0x0800, 8
_FIRST_NUMBER = 7_700_000_000
_CELL = re.compile(r'<c r="([A-Z]+\d+)" s="(\d+)"( t="s")?><v>(\d+)</v></c>')
_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")

Slot = tuple[str, int, str]


class Part(NamedTuple):
    """One member of the package, compressed."""

    name: bytes
    packed: bytes
    checksum: int
    size: int


class Cell(NamedTuple):
    """A cell to be filled: its address and style, and the place of its text in the table of texts."""

    slot: Slot
    address: str
    style: str
    text: str


class Template(NamedTuple):
    """The official workbook taken apart: strings and what is to stand between them."""

    sheet: tuple[str | Cell, ...]
    texts: tuple[str | Slot, ...]
    parts: tuple[Part | str, ...]

    def address(self, slot: Slot) -> str:
        """Where a field stands."""
        return next(piece.address for piece in self.sheet if isinstance(piece, Cell) and piece.slot == slot)


@cache
def template(members: int = 10) -> Template:
    """The template with room for so many members."""
    slots = list(_slots(right_form(0, 0, members)))
    marks = {slot: f"【{place}】" if isinstance(content, str) else _FIRST_NUMBER + place
             for place, (slot, content) in enumerate(slots)}
    stream = io.BytesIO()
    write(stream, filled=_marked(marks))
    with zipfile.ZipFile(stream) as package:
        contents = {info.filename: package.read(info) for info in package.infolist()}
    texts, places = _texts(contents[TEXTS].decode(), [slot for slot, _ in slots])
    sheet = _sheet(contents[SHEET].decode(), [slot for slot, _ in slots], places)
    parts = tuple(name if name in (SHEET, TEXTS) else _part(name, content) for name, content in contents.items())
    return Template(sheet, texts, parts)


def workbook(made: Template, filled: Filled) -> bytes:
    """The bytes of one filled form."""
    contents = dict(_slots(filled))
    fresh = {SHEET: "".join(piece if isinstance(piece, str) else _cell(piece, contents.get(piece.slot))
                            for piece in made.sheet),
             TEXTS: "".join(piece if isinstance(piece, str) else _text(contents.get(piece)) for piece in made.texts)}
    return _zipped([_part(part, fresh[part].encode()) if isinstance(part, str) else part for part in made.parts])


def _slots(filled: Filled) -> Iterator[tuple[Slot, Any]]:
    for block, records in filled.items():
        for row, record in enumerate([records] if isinstance(records, dict) else records):
            for field, content in record.items():
                yield (block, row, field), content


def _marked(marks: Mapping[Slot, str | int]) -> Filled:
    filled: Filled = {}
    for (block, row, field), mark in marks.items():
        if block == "consortium":
            filled.setdefault(block, {})[field] = mark
        else:
            records = filled.setdefault(block, [])
            records += [{} for _ in range(row + 1 - len(records))]
            records[row][field] = mark
    return filled


def _texts(xml: str, slots: list[Slot]) -> tuple[tuple[str | Slot, ...], dict[str, Slot]]:
    """The table of texts in pieces, and which of its entries belongs to which slot."""
    entries = re.findall(r"<si>.*?</si>", xml, re.S)
    places = {str(place): slots[int(found[1])] for place, entry in enumerate(entries)
              if (found := re.search(r"【(\d+)】</t>", entry))}
    pieces = re.split(r"【(\d+)】(?=</t>)", xml)
    return tuple(slots[int(piece)] if place % 2 else piece for place, piece in enumerate(pieces)), places


def _sheet(xml: str, slots: list[Slot], places: Mapping[str, Slot]) -> tuple[str | Cell, ...]:
    pieces, end = [], 0
    for found in _CELL.finditer(xml):
        address, style, is_text, value = found.groups()
        number = int(value) - _FIRST_NUMBER
        slot = places.get(value) if is_text else slots[number] if 0 <= number < len(slots) else None
        if slot:
            pieces += [xml[end:found.start()], Cell(slot, address, style, value if is_text else "")]
            end = found.end()
    return (*pieces, xml[end:])


def _cell(cell: Cell, content: Any) -> str:
    if content is None:
        return f'<c r="{cell.address}" s="{cell.style}"/>'
    if cell.text:
        return f'<c r="{cell.address}" s="{cell.style}" t="s"><v>{cell.text}</v></c>'
    return f'<c r="{cell.address}" s="{cell.style}"><v>{content}</v></c>'


def _text(content: str | None) -> str:
    return escape(content or "")


def _part(name: str, content: bytes) -> Part:
    squeezed = zlib.compressobj(6, zlib.DEFLATED, -15)
    return Part(name.encode(), squeezed.compress(content) + squeezed.flush(), zlib.crc32(content), len(content))


def _zipped(parts: list[Part]) -> bytes:
    """A package of these parts, as zipfile would write it, without its bookkeeping."""
    body, central, offset = [], [], 0
    for name, packed, checksum, size in parts:
        sizes = checksum, len(packed), size
        local = _LOCAL.pack(b"PK\3\4", 20, _UTF8, _DEFLATED, 0, _DATE, *sizes, len(name), 0) + name + packed
        central.append(_CENTRAL.pack(b"PK\1\2", 20, 20, _UTF8, _DEFLATED, 0, _DATE, *sizes, len(name),
                                     0, 0, 0, 0, 0, offset) + name)
        body.append(local)
        offset += len(local)
    directory = b"".join(central)
    return b"".join(body) + directory + _END.pack(
        b"PK\5\6", 0, 0, len(parts), len(parts), len(directory), offset, 0)
