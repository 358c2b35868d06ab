"""One worksheet part: cells get another format, a drawing of comments is hung in; nothing else changes."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import NamedTuple

from pipeline.grid import address
from pipeline.publish.returned.scan import CONTENTS, Node, Part, Unmarkable
from pipeline.publish.returned.styles import Styles

Place = tuple[int, int]
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})$")
# What may follow the drawing of comments in a sheet.
_AFTER_DRAWING = (
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
    "AlternateContent",
)
_CHARACTER_PIXELS, _EDGE_PIXELS, _PIXELS_A_POINT = 7, 5, 4 / 3
_WIDTH, _HEIGHT = 8.43, 15.0
_MOST_ROWS, _MOST_COLS = 1 << 20, 1 << 14
# Columns beside which a comment's box is drawn.
_MOST_DRAWN = 300


class Box(NamedTuple):
    """Where a comment's box stands: each edge's column or row, and how many pixels into it."""

    left: Place
    top: Place
    right: Place
    bottom: Place


def place_of(reference: str) -> Place | None:
    """Row and column from 0 of an A1 address, None if it is none."""
    match = _REFERENCE.match(reference.strip())
    if not match:
        return None
    col = 0
    for letter in match[1]:
        col = col * 26 + ord(letter) - 64
    return int(match[2]) - 1, col - 1


class SheetPart:
    """A worksheet's XML."""

    def __init__(self, data: bytes, strict: bool) -> None:
        self.part = Part(data, CONTENTS)
        self.root = self.part.root
        self.strict = strict
        content = self.root.first("sheetData")
        if self.root.name != "worksheet" or content is None:
            raise Unmarkable("no worksheet")
        self._content = content
        self._new: dict[int, list[tuple[int, str]]] = {}

    @cached_property
    def _rows(self) -> dict[int, Node]:
        rows, number = {}, -1
        for row in self._content.all("row"):
            number = row.number("r", number + 2) - 1
            if not 0 <= number < _MOST_ROWS:
                raise Unmarkable("a row that no sheet has")
            rows[number] = row
        return rows

    def cells(self, row: int) -> dict[int, Node]:
        """The cells of a row by column; an address that is left out follows the one before it."""
        cells, col = {}, -1
        for cell in self._rows[row].all("c") if row in self._rows else ():
            place = place_of(cell.get("r"))
            col = place[1] if place else col + 1
            cells[col] = cell
        return cells

    @cached_property
    def _merged(self) -> dict[Place, Place]:
        """Every cell of a merged range → its first cell."""
        first = {}
        apart = [part for part in self.root.children if part is not self._content]
        for merge in (node for part in apart for node in part.within("mergeCell")):
            corners = [place_of(corner) for corner in merge.get("ref").split(":")]
            if len(corners) == 2 and all(corners):
                (top, left), (bottom, right) = corners
                # A merge over whole columns says nothing that matters here.
                for row in range(top, min(bottom, top + 2_000) + 1):
                    first.update({(row, col): (top, left) for col in range(left, min(right, left + 200) + 1)})
        return first

    def shown(self, place: Place) -> Place:
        """The cell whose content and format show there."""
        return self._merged.get(place, place)

    def restyle(self, place: Place, styles: Styles, mark: str) -> None:
        """Give a cell the colour of a level; a cell that is not there is added, empty.

        Unmarkable where no sheet has such a cell, or the cell names its format by no number.
        """
        row, col = place
        if row >= _MOST_ROWS or col >= _MOST_COLS:
            raise Unmarkable("a cell that no sheet has")
        cell = self.cells(row).get(col)
        own = cell.number("s") if cell is not None else self._style_without_cell(row, col)
        style = str(styles.marked(own, mark))
        if cell is not None:
            self.part.set(cell, "s", style)
        else:
            self._new.setdefault(row, []).append((col, style))

    def unmark(self, styles: Styles) -> bool:
        """Take our colours off all cells; whether there were any."""
        found = False
        for row in self._content.all("row"):
            for cell in row.all("c"):
                style = cell.number("s")
                if (before := styles.unmarked(style)) != style:
                    self.part.set(cell, "s", str(before))
                    found = True
        return found

    def _style_without_cell(self, row: int, col: int) -> int:
        line = self._rows.get(row)
        if line is not None and line.get("customFormat") in ("1", "true"):
            return line.number("s")
        columns = self.root.first("cols")
        for column in columns.all("col") if columns else ():
            if column.number("min", 1) <= col + 1 <= column.number("max", 1):
                return column.number("style")
        return 0

    def drawing(self) -> str:
        """The relationship of the sheet's drawing of comments and controls, "" if it has none."""
        node = self.root.first("legacyDrawing")
        return node.get("id") if node else ""

    def hang(self, identity: str) -> None:
        """Relate the sheet to its drawing of comments."""
        space = "http://purl.oclc.org/ooxml" if self.strict else "http://schemas.openxmlformats.org"
        kind = "officeDocument/relationships" if self.strict else "officeDocument/2006/relationships"
        xml = f'<{self.part.prefix}legacyDrawing xmlns:r="{space}/{kind}" r:id="{identity}"/>'
        behind = [
            node
            for node in self.root.children
            if node.start > self._content.start and node.name in _AFTER_DRAWING
        ]
        if behind:
            self.part.before(behind[0], xml)
        else:
            self.part.append(self.root, xml)

    def box(self, place: Place, wide: int, high: int) -> Box:
        """Where a box of so many pixels stands beside a cell."""
        row, col = place
        last = max((at[1] for at, first in self._merged.items() if first == place), default=col)
        last = min(last, len(self._columns) - 1)
        left, top = self._columns[last] + 15, max(0, (self._lines[row - 1] if row else 0) - 10)
        return Box(
            *(
                _inside(edges, pixel)
                for edges, pixel in (
                    (self._columns, left),
                    (self._lines, top),
                    (self._columns, left + wide),
                    (self._lines, top + high),
                )
            )
        )

    @cached_property
    def _columns(self) -> list[int]:
        """The right edges of the columns in pixels."""
        given = self.root.first("sheetFormatPr")
        usual = given.size("defaultColWidth", _WIDTH) if given else _WIDTH
        columns = self.root.first("cols")
        return _right_edges(usual, tuple(
            (column.number("min", 1), column.number("max", 1),
             0.0 if column.get("hidden") in ("1", "true") else column.size("width", usual))
            for column in (columns.all("col") if columns else ())))

    @cached_property
    def _lines(self) -> list[int]:
        """The lower edges of the rows in pixels."""
        given = self.root.first("sheetFormatPr")
        usual = given.size("defaultRowHeight", _HEIGHT) if given else _HEIGHT
        heights = [usual] * (max([*self._rows, *self._new], default=0) + 200)
        for number, row in self._rows.items():
            heights[number] = 0.0 if row.get("hidden") in ("1", "true") else row.size("ht", usual)
        return list(accumulate(round(high * _PIXELS_A_POINT) for high in heights))

    def result(self) -> bytes:
        """The part with its changes."""
        prefix = self.part.prefix
        for row, cells in sorted(self._new.items()):
            there = self.cells(row)
            xml = {col: f'<{prefix}c r="{address(row, col)}" s="{style}"/>' for col, style in sorted(cells)}
            if row not in self._rows:
                self._insert(
                    self._rows,
                    row,
                    self._content,
                    f'<{prefix}row r="{row + 1}">{"".join(xml.values())}</{prefix}row>',
                )
                continue
            for col, cell in xml.items():
                self._insert(there, col, self._rows[row], cell)
        return self.part.result()

    def _insert(self, siblings: dict[int, Node], number: int, parent: Node, xml: str) -> None:
        after = [place for place in siblings if place > number]
        if after:
            self.part.before(siblings[min(after)], xml)
        else:
            self.part.append(parent, xml)


# Forms on one template have the same columns.
@lru_cache(maxsize=32)
def _right_edges(usual: float, given: tuple[tuple[int, int, float], ...]) -> list[int]:
    """The right edges of columns in pixels, of which some have another width than the usual one: first, last, width."""
    widths = [usual] * _MOST_DRAWN
    for first, last, wide in given:
        for col in range(first - 1, min(last, len(widths))):
            widths[col] = wide
    return list(accumulate(round(wide * _CHARACTER_PIXELS) + _EDGE_PIXELS if wide else 0 for wide in widths))


def _inside(edges: list[int], pixel: int) -> Place:
    """The column or row in which a pixel lies, and how far into it."""
    number = min(bisect_right(edges, pixel), len(edges) - 1)
    return number, max(0, pixel - (edges[number - 1] if number else 0))
