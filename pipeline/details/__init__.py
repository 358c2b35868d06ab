"""What python-calamine does not tell of a workbook: one reader a format, each returning the same `Details`.

Error cells come back from calamine as blanks, so do formulas without a value; symbol fonts, hidden rows, form-control
boxes and pictures it does not see at all, and in .ods it sees no merges. Values stay calamine's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pipeline.details.package import Package
    from pipeline.details.plain import PlainSheet


class Box(NamedTuple):
    """A form-control box: the cell under its top left corner, its offset there, its state and its own caption."""

    row: int
    col: int
    offset: int
    checked: bool
    caption: str


@dataclass
class SheetDetails:
    """`overrides` maps (row, column) to the (text, stored type) that replaces calamine's reading."""

    hidden_rows: frozenset[int] = frozenset()
    hidden_cols: frozenset[int] = frozenset()
    boxes: tuple[Box, ...] = ()
    pictures: int = 0
    overrides: dict[tuple[int, int], tuple[str, str]] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)


@dataclass
class Details:
    """Details by sheet name, the template's edition mark, and the sheets that are listed without being there.

    `plain` are all sheets with their values, where they could be read without the reader of values; `lighter` is a
    container with the same values that costs it less to read, where there is one.
    """

    sheets: dict[str, SheetDetails] = field(default_factory=dict)
    edition: str = ""
    lost: tuple[str, ...] = ()
    lighter: bytes | None = None
    plain: list[PlainSheet] | None = None

    def sheet(self, name: str) -> SheetDetails:
        """The details of one sheet; empty ones where there is nothing to tell."""
        return self.sheets.get(name) or SheetDetails()


def details_of(source: bytes | Package, kind: str) -> Details:
    """Details of a workbook of that kind (see `pipeline.signature.kind_of`); what cannot be read is left out.

    Raises:
        Refused: `extent`, with the place; for an .xls also `encrypted`.
    """
    if kind == "xlsx":
        from pipeline.details.xlsx import read
    elif kind == "ods":
        from pipeline.details.ods import read
    elif kind == "xls":
        from pipeline.details.xls import read
    else:
        return Details()
    return read(source)
