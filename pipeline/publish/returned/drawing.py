"""The boxes of comments: shapes in an old VML drawing, which a sheet may share with its form controls.

VML is often not well-formed, so this part is treated as text, and only boxes of comments are touched.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from math import ceil

from pipeline.publish.returned.cells import Place, SheetPart
from pipeline.publish.returned.package import Package
from pipeline.publish.returned.scan import Unmarkable
from pipeline.publish.returned.text import width_of

_KIND = "vmlDrawing"
_CONTENT = "application/vnd.openxmlformats-officedocument.vmlDrawing"
# Pixels; letters of 9 points, half-width characters in a line.
_WIDE, _LINE, _MARGIN, _HIGHEST = 330, 17, 14, 520
_CHARACTERS = 46
# A sheet's shapes are numbered within blocks of so many.
_BLOCK = 1024
_SHAPE = re.compile(rb"<v:shape\b.*?</v:shape\s*>", re.DOTALL | re.IGNORECASE)
_NOTE = re.compile(rb"ObjectType\s*=\s*[\"']Note[\"']", re.IGNORECASE)
_ROW, _COLUMN = re.compile(rb"<x:Row>\s*(\d+)"), re.compile(rb"<x:Column>\s*(\d+)")
_ANCHOR = re.compile(rb"(<x:Anchor>)[^<]*(</x:Anchor>)")
_NUMBERS = re.compile(rb"\bid=[\"'][^\"']*?_s(\d+)[\"']")
_BLOCKS = re.compile(rb"<o:idmap\b[^>]*\bdata=[\"']([\d, ]+)[\"']")
_SPACES = (
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"'
)
_DECLARED = (b"xmlns:v=", b"xmlns:o=", b"xmlns:x=")
_TYPE_NAME = b"_x0000_t202"
_TYPE = (
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_EMPTY = (
    f'<xml {_SPACES}><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="{{block}}"/></o:shapelayout>'
    f"{_TYPE}</xml>"
)
_BOX = (
    '<v:shape id="_x0000_s{number}" type="#_x0000_t202" style="position:absolute;visibility:hidden" '
    'fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/>'
    '<v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor>'
    "<x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{col}</x:Column></x:ClientData></v:shape>"
)


def spare_block(package: Package, sheets: Iterable[str]) -> int:
    """The number of a block of shapes above all that the sheets' drawings use."""
    paths = {link.path for name in sheets for link in package.links(name) if link.kind == _KIND}
    used = [block for path in paths if package.has(path) for block in _blocks(package.read(path))]
    return max(used, default=0) + 1


def draw(
    package: Package,
    sheet: SheetPart,
    name: str,
    fresh: Mapping[Place, str],
    grown: Mapping[Place, str],
    block: int,
) -> None:
    """Add boxes for the texts of `fresh` comments, and make those of `grown` ones as large as they need.

    Unmarkable if the drawing that is there is no XML.
    """
    path = _path(package, sheet, name) or _new(package, sheet, name, block)
    drawn = package.read(path)
    at = drawn.rfind(b"</xml>")
    if at < 0:
        raise Unmarkable("a drawing that is no XML")
    start = max([min(_blocks(drawn), default=block) * _BLOCK, *map(int, _NUMBERS.findall(drawn))]) + 1
    shapes = [] if _TYPE_NAME in drawn else [_TYPE]
    for number, (place, text) in enumerate(fresh.items(), start):
        anchor = _anchor(sheet, place, text)
        shapes.append(_BOX.format(number=number, anchor=anchor, row=place[0], col=place[1]))
    # A drawing may lack declarations that its own shapes did not need.
    if not all(space in drawn for space in _DECLARED):
        shapes = [re.sub(r"^<v:\w+", lambda tag: f"{tag[0]} {_SPACES}", shape) for shape in shapes]
    anchors = {place: _anchor(sheet, place, text).encode() for place, text in grown.items()}
    before = _SHAPE.sub(lambda shape: _resized(shape[0], anchors), drawn[:at])
    package.put(path, before + "".join(shapes).encode() + drawn[at:])


def erase(package: Package, sheet: SheetPart, name: str, gone: Collection[Place]) -> None:
    """Take the boxes of comments out."""
    path = _path(package, sheet, name)
    if path and gone:
        drawn = package.read(path)
        package.put(path, _SHAPE.sub(lambda shape: b"" if _place(shape[0]) in gone else shape[0], drawn))


def _path(package: Package, sheet: SheetPart, name: str) -> str:
    """The sheet's drawing, "" if it has none; its header may have another."""
    hung = sheet.drawing()
    return next((link.path for link in package.links(name) if hung and link.identity == hung), "")


def _new(package: Package, sheet: SheetPart, name: str, block: int) -> str:
    path = package.free("xl/drawings/vmlDrawing{}.vml")
    package.put(path, _EMPTY.format(block=block).encode())
    package.declare(path, _CONTENT)
    sheet.hang(package.link(name, _KIND, path, sheet.strict))
    return path


def _blocks(drawn: bytes) -> list[int]:
    return [int(block) for found in _BLOCKS.findall(drawn) for block in found.split(b",") if block.strip()]


def _place(shape: bytes) -> Place | None:
    """The cell of a comment's box, None for another shape."""
    row, col = _ROW.search(shape), _COLUMN.search(shape)
    return (int(row[1]), int(col[1])) if row and col and _NOTE.search(shape) else None


def _resized(shape: bytes, anchors: Mapping[Place, bytes]) -> bytes:
    anchor = anchors.get(_place(shape))
    return shape if anchor is None else _ANCHOR.sub(rb"\g<1>" + anchor + rb"\g<2>", shape)


def _anchor(sheet: SheetPart, place: Place, text: str) -> str:
    """A box beside a cell, as high as its text."""
    lines = sum(max(1, ceil(width_of(line) / _CHARACTERS)) for line in text.split("\n"))
    box = sheet.box(place, _WIDE, min(_HIGHEST, lines * _LINE + _MARGIN))
    return ", ".join(str(number) for edge in box for number in edge)
