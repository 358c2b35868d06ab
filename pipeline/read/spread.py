"""Values that a form spreads over several cells: a long text over rows, a day over its parts."""

from __future__ import annotations

from pipeline.grid import Cell, Grid, address
from pipeline.read.inline import colon_labels
from pipeline.read.labels import Labels
from pipeline.read.record import Value
from pipeline.read.regions import Area, cells_beside
from schemas.kinds.date import read_day
from schemas.kinds.text import is_blank, is_placeholder
from schemas.label import label_key

# A cell whose content could not be read, as it was stored.
FAULTS = frozenset(("error", "formula"))


def long_text(grid: Grid, area: Area, labels: Labels, spare: set[tuple[int, int]]) -> Value | None:
    """What stands in the rows of a label that is merged down over several, or in those below that have no label, a line
    each; None for a single cell.

    Hints that the form prints (限500字) are no part of it. A cell that cannot be read makes all of it unread.
    """
    bottom = _bottom(grid, area, labels, spare)
    if area.top == bottom:
        return None
    cells = [cell for row in range(area.top, bottom + 1)
             for cell in cells_beside(grid, row, area.left, labels, spare) if cell.row == row]
    told = [cell for cell in cells if not is_placeholder(cell.text) and label_key(cell.text) not in labels.hints]
    if not told or (told == cells[:1] and told[0].row == area.top):
        return None
    fault = next((cell for cell in told if cell.stored in FAULTS), None)
    if fault is not None or len(told) == 1:
        one = fault or told[0]
        return Value(one.text, address(one.row, one.col), one.stored)
    lines: dict[int, list[str]] = {}
    for cell in told:
        lines.setdefault(cell.row, []).append(cell.text.strip())
    return Value("\n".join(map(" ".join, lines.values())), _places(told))


def _bottom(grid: Grid, area: Area, labels: Labels, spare: set[tuple[int, int]]) -> int:
    """The last row of a text: below its label's, rows that hold but one text, in the column of the one above them."""
    bottom = area.bottom
    above = cells_beside(grid, bottom, area.left, labels, spare)
    while len(above) == 1:
        cells = [cell for cell in grid.in_row(bottom + 1) if not is_blank(cell.text)]
        if len(cells) != 1 or cells[0][:2] != (bottom + 1, above[0].col) or cells[0].stored != "text":
            break
        text = cells[0].text
        if cells[0][:2] in spare or label_key(text) in labels.words_of_form or colon_labels(text, labels):
            break
        above, bottom = cells, bottom + 1
    return bottom


def day(grid: Grid, first: Cell, labels: Labels, spare: set[tuple[int, int]]) -> Value | None:
    """A day whose year, month and day stand in cells of their own (2023 | 年 | 9 | 月 | 18日); None if it is not so."""
    if first.stored in ("date", *FAULTS) or read_day(first.text, first.stored).value is not None:
        return None
    cells = cells_beside(grid, first.row, first.col, labels, spare)
    text = "".join(cell.text.strip() for cell in cells)
    # Figures alone may be anything once they are put together.
    if len(cells) < 2 or text.isdigit() or read_day(text).value is None:
        return None
    return Value(text, _places(cells))


def _places(cells: list[Cell]) -> str:
    return ",".join(address(cell.row, cell.col) for cell in cells)
