"""What each of the two readers sees in a workbook by itself; only for test_rows.py, in a child."""

from __future__ import annotations

from pathlib import Path

from pipeline import grid
from pipeline.details import details_of
from pipeline.grid import open_workbook
from pipeline.signature import Refused, kind_of

Seen = dict[str, set[tuple[int, int]]]


def seen(path: Path) -> tuple[Seen, Seen] | None:
    """By sheet, the cells with content as calamine and as openpyxl have it; None unless both read the file."""
    data = path.read_bytes()
    try:
        open_workbook(data)
        kind = kind_of(data)
        details = details_of(data, kind)
        first = grid._with_calamine(data, details) if kind == "xlsx" else None
        second = grid._with_openpyxl(data, details) if first else None
    except Refused:
        return None
    return (_cells(first), _cells(second)) if second else None


def _cells(grids: list[grid.Grid]) -> Seen:
    return {one.name: {place for place, cell in one.cells.items() if cell.text.strip()} for one in grids}
