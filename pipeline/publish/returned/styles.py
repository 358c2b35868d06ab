"""The workbook's cell formats: a cell's own format with our fill, and that format again without it.

A level's colour is one that nobody else uses. Its last byte counts the fills that cells had before: so a mark
tells what was under it wherever the cell has gone, and whatever program has saved the file since.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pipeline.publish.returned.known import known_by_bytes
from pipeline.publish.returned.scan import Node, Part, Unmarkable
from schemas.rule import Severity

# Red for what must be corrected, yellow for what must be explained; light, so that a print stays legible.
COLOURS = {Severity.ERROR: "FFFFD5D0", Severity.WARNING: "FFFFF2C0"}
_MOST_FILLS = 32
# The lists that we add to, and what their entries are called.
_LISTED = {"fonts": "font", "fills": "fill", "borders": "border", "cellXfs": "xf"}
MINIMAL = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b'<fonts count="1"><font/></fonts><fills count="2"><fill><patternFill patternType="none"/></fill>'
    b'<fill><patternFill patternType="gray125"/></fill></fills>'
    b'<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    b'<cellXfs count="1"><xf xfId="0"/></cellXfs></styleSheet>'
)
_COLOUR = re.compile(
    rb"""patternType=["']solid["'].*<(?:\w+:)?fgColor\s[^>]*rgb=["']([0-9A-Fa-f]{8})""", re.DOTALL
)
_FILL = re.compile(rb"""^[^>]*\sfillId\s*=\s*["'](\d+)""")
_ANY_FILL = re.compile(rb"patternType=[^<]*<[^>]*>")
_TAG = re.compile(rb"([^>]*?)(/?>.*)", re.DOTALL)
_PREFIX = re.compile(r"(</?)\w+:")
_START = re.compile(r"<(/?)(?=\w)")


class Styles:
    """The styles part. `under` maps the number in a colour of ours to the fill that was there before."""

    def __init__(self, data: bytes, under: Mapping[int, str]) -> None:
        self.part = Part(data)
        listed, places, self._ours = _found(data)
        self._listed = {name: list(items) for name, items in listed.items()}
        self._places = {name: dict(known) for name, known in places.items()}
        self._first_new = {name: len(items) for name, items in self._listed.items()}
        if not self._listed["cellXfs"]:
            raise Unmarkable("no cell formats")
        self.under = dict(under)
        self._before: dict[int, int] = {}

    @property
    def prefix(self) -> str:
        """What stands before the names of elements."""
        return self.part.prefix

    def _index(self, name: str, raw: bytes) -> int:
        """The place of an entry, which is added if it is not there."""
        known, items = self._places[name], self._listed[name]
        if raw not in known:
            known[raw] = len(items)
            items.append(raw)
        return known[raw]

    def add(self, name: str, xml: str) -> int:
        """The index of a font, fill, border or cell format, given without prefixes.

        Unmarkable if there is no list of such.
        """
        if self.part.root.first(name) is None:
            raise Unmarkable("an incomplete styles part")
        return self._index(name, self._prefixed(xml))

    def _format(self, index: int) -> tuple[bytes, int]:
        """A cell format and its fill."""
        formats = self._listed["cellXfs"]
        raw = formats[index] if 0 <= index < len(formats) else formats[0]
        fill = _FILL.match(raw)
        return raw, int(fill[1]) if fill else 0

    def marked(self, index: int, level: Severity) -> int:
        """The format of a cell as `index`, filled with the colour of a level."""
        raw, fill = self._format(index)
        return self._index("cellXfs", _with_fill(raw, self._mark(level, self._number(fill))))

    def unmarked(self, index: int) -> int:
        """The format that a cell had before it was marked; `index` itself if it is none of ours."""
        if index not in self._before:
            self._before[index] = self._found_before(index)
        return self._before[index]

    def _found_before(self, index: int) -> int:
        raw, fill = self._format(index)
        if fill not in self._ours:
            return index
        before = self.under.get(self._ours[fill])
        bare = _with_fill(raw, self.add("fills", before) if before else 0)
        looks = [self._looks(other) for other in self._listed["cellXfs"]]
        wanted = self._looks(bare)
        return looks.index(wanted) if wanted in looks else self._index("cellXfs", bare)

    def _looks(self, raw: bytes) -> tuple:
        """What tells cell formats apart: of the fill what it is, not its place or whether it applies."""
        tag, rest = _TAG.match(raw).groups()
        attributes = dict(re.findall(rb"\s([\w:]+)\s*=\s*[\"']([^\"']*)", tag))
        attributes.pop(b"applyFill", None)
        fill, fills = int(attributes.pop(b"fillId", 0)), self._listed["fills"]
        return tuple(sorted(attributes.items())), rest, fills[fill] if fill < len(fills) else fill

    def _mark(self, level: Severity, number: int) -> int:
        return self.add("fills", solid(f"{int(COLOURS[level], 16) + number:08X}"))

    def _prefixed(self, xml: str) -> bytes:
        return (_START.sub(rf"<\1{self.prefix}", xml) if self.prefix else xml).encode()

    def _number(self, fill: int) -> int:
        """The number by which a cell's own fill is remembered, 0 for none."""
        fills = self._listed["fills"]
        raw = fills[fill] if 0 < fill < len(fills) else b""
        if not raw or b'"none"' in raw:
            return 0
        text = _PREFIX.sub(r"\1", raw.decode())
        known = next((number for number, other in self.under.items() if other == text), None)
        if known is None and len(self.under) + 1 < _MOST_FILLS:
            known = max(self.under, default=0) + 1
            self.under[known] = text
        return known or 0

    def result(self) -> bytes:
        """The part with what was added."""
        for name, items in self._listed.items():
            new = items[self._first_new[name] :]
            if new:
                section = self.part.root.first(name)
                self.part.append(section, b"".join(new))
                self.part.set(section, "count", str(len(items)))
        return self.part.result()


def solid(colour: str) -> str:
    """A fill of one colour, AARRGGBB."""
    return (
        f'<fill><patternFill patternType="solid"><fgColor rgb="{colour}"/><bgColor indexed="64"/>'
        "</patternFill></fill>"
    )


class _Found(NamedTuple):
    """The entries of each list of a styles part, where each first stands, and the numbers of the fills that are
    ours."""

    listed: Mapping[str, Sequence[bytes]]
    places: Mapping[str, Mapping[bytes, int]]
    ours: Mapping[int, int]


@known_by_bytes
def _found(data: bytes) -> _Found:
    part = Part(data)
    listed = {name: _items(part, name) for name in _LISTED}
    places = {name: {raw: place for place, raw in reversed([*enumerate(items)])} for name, items in listed.items()}
    numbers = {index: _number_in(raw) for index, raw in enumerate(listed["fills"])}
    return _Found(listed, places, {index: number for index, number in numbers.items() if number is not None})


def _items(part: Part, name: str) -> list[bytes]:
    sections = part.root.all(name)
    nodes = [node for section in sections for node in section.children]
    # Cells tell their format by its place, of which each reader would have another idea.
    if len(sections) > 1 or any(node.name not in (_LISTED[name], "AlternateContent") for node in nodes):
        raise Unmarkable("styles listed twice, or something else among them")
    # Of an entry in two versions, one for programs that understand more, the plainer one can be copied.
    return [part.raw(next(iter(_plainer(node)), node)) for node in nodes]


def _plainer(node: Node) -> list[Node]:
    return (
        [child for other in node.all("Fallback") for child in other.children]
        if node.name == "AlternateContent"
        else []
    )


def _with_fill(raw: bytes, fill: int) -> bytes:
    """A cell format with another fill."""
    tag, rest = _TAG.match(raw).groups()
    for name, value in ((b"fillId", str(fill).encode()), (b"applyFill", b"1")):
        tag, count = re.subn(rb"(\s" + name + rb"\s*=\s*[\"'])[^\"']*", rb"\g<1>" + value, tag)
        tag += b"" if count else b" " + name + b'="' + value + b'"'
    return tag + rest


def _number_in(raw: bytes) -> int | None:
    """The number in a fill's colour, None if it is none of ours."""
    colour = _COLOUR.search(raw)
    numbers = [int(colour[1], 16) - int(ours, 16) for ours in COLOURS.values()] if colour else []
    return next((number for number in numbers if 0 <= number < _MOST_FILLS), None)


@known_by_bytes
def has_ours(data: bytes) -> bool:
    """Whether a styles part holds a fill of ours."""
    return any(_number_in(raw[0]) is not None for raw in _ANY_FILL.finditer(data))
