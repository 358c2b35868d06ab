"""A sheet's comments: ours beside those that were there, told apart by their author.

A comment is two things, its text in the comments part and its box in an old VML drawing, which a sheet may share with
its form controls. VML is often not well-formed, so that part is treated as text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import ceil
from xml.sax.saxutils import escape

from pipeline.grid import address
from pipeline.publish.returned.cells import Box, Place, SheetPart, place_of
from pipeline.publish.returned.lines import opening
from pipeline.publish.returned.package import Package
from pipeline.publish.returned.scan import Node, Part, Unmarkable
from pipeline.publish.returned.text import excel_escaped
from schemas import call
from schemas.rule import Severity

AUTHOR = call.CENTRE
# Begins what we add to a comment of the bureau's own.
_BELOW = f"——{AUTHOR}——"
# How ours begin: some programs forget who wrote a comment.
_OPENINGS = tuple(opening(level) for level in (Severity.ERROR, Severity.WARNING))
_TRACES = tuple(words.encode() for words in (AUTHOR, *_OPENINGS))
# A text of a thread is shown instead of such a comment, and never what is added to it.
_THREAD = "tc="
_TYPES = "application/vnd.openxmlformats-officedocument."
_WIDE, _LINE, _MARGIN, _HIGHEST = 330, 17, 14, 520
_CHARACTERS_A_LINE = 46
_SHAPE = re.compile(rb"<v:shape\b.*?</v:shape\s*>", re.DOTALL | re.IGNORECASE)
_NOTE = re.compile(rb"ObjectType\s*=\s*[\"']Note[\"']", re.IGNORECASE)
_AT = (re.compile(rb"<x:Row>\s*(\d+)"), re.compile(rb"<x:Column>\s*(\d+)"))
_ANCHOR = re.compile(rb"(<x:Anchor>)[^<]*(</x:Anchor>)")
_NUMBERS = re.compile(rb"\bid=[\"'][^\"']*?_s(\d+)[\"']")
_MAP = re.compile(rb"<o:idmap\b[^>]*\bdata=[\"']([\d, ]+)[\"']")
_SPACES = (
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"'
)
_TYPE = (
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)


def add(package: Package, sheet: SheetPart, name: str, told: Mapping[Place, str], spare: int) -> None:
    """Put comments at cells of a sheet part called `name`; `spare` is a number of shapes that no other sheet uses."""
    path = next((link.path for link in package.links(name) if link.kind == "comments"), "")
    path = path or _new_part(package, sheet, name)
    part = Part(package.read(path))
    existing = {place: node for node in part.root.within("comment") if (place := place_of(node.get("ref")))}
    authors = [_text(part, author) for author in part.root.within("author")]
    own = authors.index(AUTHOR) if AUTHOR in authors else len(authors)
    fresh: dict[Place, str] = {}
    lengthened: dict[Place, str] = {}
    for place, text in sorted(told.items()):
        if place not in existing:
            fresh[place] = text
        elif not _author(existing[place], authors).startswith(_THREAD):
            lengthened[place] = _lengthen(part, existing[place], text)
    if fresh:
        if own == len(authors):
            part.append(_first(part, "authors"), f"<{part.prefix}author>{AUTHOR}</{part.prefix}author>")
        part.append(
            _first(part, "commentList"),
            "".join(
                f'<{part.prefix}comment ref="{address(*place)}" authorId="{own}"><{part.prefix}text>'
                f"{_runs(text, part.prefix)}</{part.prefix}text></{part.prefix}comment>"
                for place, text in fresh.items()
            ),
        )
    package.put(path, part.result())
    _draw(package, sheet, name, fresh, lengthened, spare)


def remove(package: Package, name: str, strict: bool) -> None:
    """Take our comments off a sheet part called `name`, and what we added to others."""
    links = package.links(name)
    path = next((link.path for link in links if link.kind == "comments"), "")
    if not path or not any(mark in package.read(path) for mark in _TRACES):
        return
    part = Part(package.read(path))
    authors = [_text(part, author) for author in part.root.within("author")]
    gone = set()
    for node in part.root.within("comment"):
        if _author(node, authors) == AUTHOR or _text(part, node).startswith(_OPENINGS):
            part.remove(node)
            gone.add(place_of(node.get("ref")))
        else:
            _shorten(part, node)
    package.put(path, part.result())
    hung = SheetPart(package.read(name), strict).drawing()
    drawing = next((link.path for link in links if link.identity == hung), "")
    if gone and drawing:
        drawn = package.read(drawing)
        package.put(drawing, _SHAPE.sub(lambda shape: b"" if _place(shape[0]) in gone else shape[0], drawn))


def spare_number(package: Package, drawings: list[str]) -> int:
    """A number of shapes above all that the drawings use."""
    used = [
        int(number)
        for path in drawings
        for found in _MAP.findall(package.read(path))
        for number in found.split(b",")
        if number.strip()
    ]
    return max(used, default=0) + 1


def _first(part: Part, name: str) -> Node:
    node = part.root.first(name)
    if node is None:
        raise Unmarkable("an incomplete comments part")
    return node


def _text(part: Part, node: Node) -> str:
    return re.sub(r"<[^>]*>", "", part.content(node).decode()).strip()


def _author(comment: Node, authors: list[str]) -> str:
    number = int(comment.get("authorId") or 0)
    return authors[number] if number < len(authors) else ""


def _new_part(package: Package, sheet: SheetPart, name: str) -> str:
    path = package.free("xl/comments{}.xml")
    space = sheet.root.space
    package.put(
        path,
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<comments xmlns="{space}">'
        "<authors></authors><commentList></commentList></comments>".encode(),
    )
    package.declare(path, _TYPES + "spreadsheetml.comments+xml")
    package.link(name, "comments", path, sheet.strict)
    return path


def _runs(text: str, prefix: str, before: str = "") -> str:
    """A text as runs: lines in 【】 bold; `before` stands in front, in the first run."""
    runs = []
    for line in text.splitlines(keepends=True):
        bold = f"<{prefix}b/>" if line.startswith(("【", _BELOW)) else ""
        runs.append(
            f'<{prefix}r><{prefix}rPr>{bold}<{prefix}sz val="9"/><{prefix}rFont val="宋体"/></{prefix}rPr>'
            f'<{prefix}t xml:space="preserve">{escape(before + excel_escaped(line))}</{prefix}t></{prefix}r>'
        )
        before = ""
    return "".join(runs)


def _lengthen(part: Part, comment: Node, text: str) -> str:
    """Add our text below a comment that is not ours; the whole text."""
    body = comment.first("text")
    pieces = [node for node in body.children if node.name in ("t", "r")] if body else []
    if not body or not pieces:
        return text
    for plain in [node for node in pieces if node.name == "t"]:
        part.before(plain, f"<{part.prefix}r>")
        part.replace(part.end(plain), part.end(plain), f"</{part.prefix}r>")
    at = part.end(pieces[-1])
    part.replace(at, at, _runs(f"{_BELOW}\n{text}", part.prefix, "\n"))
    return _text(part, body) + f"\n{_BELOW}\n{text}"


def _shorten(part: Part, comment: Node) -> None:
    """Take out what we added below a comment."""
    mark = _BELOW.encode()
    behind = False
    for run in [node for node in comment.within("r")]:
        if behind:
            part.remove(run)
        elif mark in part.content(run):
            behind = True
            text = run.first("t")
            words, _, _ = part.content(text).partition(mark)
            if words.strip():
                part.replace(part.inner(text) + len(words.rstrip()), text.close, b"")
            else:
                part.remove(run)


def _draw(
    package: Package,
    sheet: SheetPart,
    name: str,
    fresh: Mapping[Place, str],
    lengthened: Mapping[Place, str],
    spare: int,
) -> None:
    """The boxes of new comments, and larger ones for those that have grown."""
    links = {link.identity: link.path for link in package.links(name)}
    path = links.get(sheet.drawing(), "")
    if not path:
        path = package.free("xl/drawings/vmlDrawing{}.vml")
        package.put(
            path,
            (
                f'<xml {_SPACES}><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="{spare}"/>'
                f"</o:shapelayout>{_TYPE}</xml>"
            ).encode(),
        )
        package.declare(path, _TYPES + "vmlDrawing")
        sheet.hang(package.link(name, "vmlDrawing", path, sheet.strict))
    drawn = package.read(path)
    at = drawn.rfind(b"</xml>")
    if at < 0:
        raise Unmarkable("a drawing that is no XML")
    block = min(
        (int(n) for found in _MAP.findall(drawn) for n in found.split(b",") if n.strip()), default=spare
    )
    number = max([block * 1024, *(int(n) for n in _NUMBERS.findall(drawn))]) + 1
    # A drawing may lack the declarations that its first shapes did not need.
    usual = all(space in drawn for space in (b"xmlns:v=", b"xmlns:o=", b"xmlns:x="))
    shapes = "" if b"_x0000_t202" in drawn else _spaced(_TYPE, usual)
    for place, text in fresh.items():
        shapes += _spaced(_shape(number, place, _box(sheet, place, text)), usual)
        number += 1
    grown = {place: _anchor(_box(sheet, place, text)) for place, text in lengthened.items()}
    drawn = _SHAPE.sub(lambda shape: _moved(shape[0], grown), drawn[:at]) + shapes.encode() + drawn[at:]
    package.put(path, drawn)


def _spaced(xml: str, usual: bool) -> str:
    return xml if usual else re.sub(r"^<v:\w+", lambda tag: f"{tag[0]} {_SPACES}", xml)


def _place(shape: bytes) -> Place | None:
    """The cell of a note's box, None for another shape."""
    row, col = (pattern.search(shape) for pattern in _AT)
    return (int(row[1]), int(col[1])) if row and col and _NOTE.search(shape) else None


def _moved(shape: bytes, grown: Mapping[Place, str]) -> bytes:
    place = _place(shape)
    return _ANCHOR.sub(rb"\g<1>" + grown[place].encode() + rb"\g<2>", shape) if place in grown else shape


def _box(sheet: SheetPart, place: Place, text: str) -> Box:
    """A box as high as its text."""
    widths = ((len(line.encode()) + len(line)) / 2 for line in text.split("\n"))
    lines = sum(max(1, ceil(width / _CHARACTERS_A_LINE)) for width in widths)
    return sheet.box(place, _WIDE, min(_HIGHEST, lines * _LINE + _MARGIN))


def _anchor(box: Box) -> str:
    return ", ".join(str(number) for corner in box for number in corner)


def _shape(number: int, place: Place, box: Box) -> str:
    return (
        f'<v:shape id="_x0000_s{number}" type="#_x0000_t202" style="position:absolute;visibility:hidden" '
        'fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/>'
        '<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div>'
        f'</v:textbox><x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{_anchor(box)}'
        f"</x:Anchor><x:AutoFill>False</x:AutoFill><x:Row>{place[0]}</x:Row><x:Column>{place[1]}</x:Column>"
        "</x:ClientData></v:shape>"
    )
