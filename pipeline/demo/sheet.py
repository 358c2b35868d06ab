"""A sheet before it is a file: cells with content, merged ranges, boxes; for the writers of all formats."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Formula(NamedTuple):
    """A formula with the result that stands in the file: "" for none, "#REF!" and the like for an error."""

    text: str
    result: str | float = ""


class InCellBox(NamedTuple):
    """A box as Excel keeps them in cells since 2024: TRUE or FALSE with a look."""

    ticked: bool


class Symbols(NamedTuple):
    """Text whose marks are letters of Wingdings; `pieces` are (text, whether it is in that font)."""

    pieces: tuple[tuple[str, bool], ...]


class Control(NamedTuple):
    """A form-control box that floats over a cell."""

    row: int
    col: int
    caption: str
    ticked: bool


# (first column, last column, characters): narrow for 序号, wide for names and codes.
COLUMN_WIDTHS = ((0, 0, 22), (1, 1, 12), (2, 2, 30), (3, 3, 22), (4, 12, 18))


@dataclass
class Sheet:
    """Rows and columns from 0; `merges` are (top, left, bottom, right)."""

    name: str
    cells: dict[tuple[int, int], object] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    controls: list[Control] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden: bool = False
    picture: bytes = b""

    @property
    def height(self) -> int:
        """Rows in use."""
        return 1 + max([row for row, _ in self.cells] + [merge[2] for merge in self.merges], default=-1)

    def put(self, row: int, left: int, content: object, right: int | None = None,
            bottom: int | None = None) -> None:
        """Write `content`, merged out to column `right` and down to row `bottom` where they lie further."""
        if content not in ("", None):
            self.cells[row, left] = content
        right, bottom = max(left, right or left), max(row, bottom or row)
        if (row, left) != (bottom, right):
            self.merges.append((row, left, bottom, right))

    def at(self, content: str) -> tuple[int, int]:
        """The first cell with that content; ValueError if there is none."""
        for place in sorted(self.cells):
            if self.cells[place] == content:
                return place
        raise ValueError(f"no such cell in {self.name}")
