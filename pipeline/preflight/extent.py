"""How far the content of a sheet reaches: a reader's memory goes by that box, and not by the cells in it.

Cells without content do not count: programs format whole rows and columns, and readers leave such cells out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 200_000, 1_024, 5_000_000

# A place that need not be looked at twice has two letters and three digits at most.
_FAR = re.compile(rb'r="(?:[A-Za-z]{3,}\d|[A-Za-z]{0,2}\d{4})')
# No row is written in fewer bytes than <row>.
_SHORTEST_ROW = 5
_OTHERWISE_WRITTEN = (b"r =", b"r= ")
# The start of a row or of a cell: its name, its attributes, whether it ends at once, and whether it is empty.
_START = re.compile(rb"<(?:\w+:)?(row|c)(?:\s([^>]*?))?(/?)>(?=(</)?)")
_PLACE = re.compile(rb"""(?:^|\s)r\s*=\s*["']([A-Za-z]*)(\d+)["']""")


class Extent:
    """The box around the cells with content; rows and columns count from 0."""

    def __init__(self) -> None:
        self._box: tuple[int, int, int, int] | None = None

    def add(self, row: int, col: int, last_row: int = -1, last_col: int = -1) -> tuple[int, int] | None:
        """The cell (or block of cells) that makes the box too large, None as long as it is not."""
        low, right = max(row, last_row), max(col, last_col)
        top, left, bottom, last = self._box or (row, col, row, col)
        self._box = top, left, bottom, last = min(top, row), min(left, col), max(bottom, low), max(last, right)
        far = bottom >= MOST_ROWS or last >= MOST_COLUMNS or (bottom - top + 1) * (last - left + 1) > MOST_CELLS
        return (low, right) if far else None


def too_far(cells: bytes) -> tuple[int, int] | None:
    """The cell by which a sheet of an .xlsx, as XML, reaches too far; None if it does not."""
    quoted = b"'" in cells and b"r='" in cells
    if not quoted and not _FAR.search(cells) and not any(written in cells for written in _OTHERWISE_WRITTEN):
        # Cells without a place follow one another, so they reach no further than there are of them.
        most = cells.count(b"<c") + cells.count(b":c")
        if most < MOST_COLUMNS and most * (len(cells) // _SHORTEST_ROW) < MOST_CELLS:
            return None
        placeless = cells.count(b"<c") - cells.count(b"<col") - cells.count(b'<c r="') + cells.count(b":c")
        if placeless < MOST_COLUMNS and placeless * (cells.count(b"<row") + cells.count(b":row")) < MOST_CELLS:
            return None
    extent = Extent()
    return next((far for row, col in _with_content(cells) if (far := extent.add(row, col))), None)


def _with_content(cells: bytes) -> Iterator[tuple[int, int]]:
    row, col = -1, -1
    for start in _START.finditer(cells):
        name, attributes, ended, empty = start.groups()
        place = _PLACE.search(attributes or b"")
        if name == b"row":
            row, col = int(place[2]) - 1 if place else row + 1, -1
            continue
        if place and place[1]:
            row, col = int(place[2]) - 1, _column(place[1])
        else:
            col += 1
        if not ended and not empty:
            yield row, col


def _column(letters: bytes) -> int:
    number = 0
    # Longer ones name no column; all the same they are far.
    for letter in letters.upper()[:4]:
        number = number * 26 + letter - 64
    return number - 1
