"""One record of a table: how far down it goes, and the values in its columns."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pipeline.grid import Cell, Grid, address
from pipeline.read.labels import half
from pipeline.read.record import Row, Value
from schemas.kinds.text import is_blank

if TYPE_CHECKING:
    from pipeline.read.headers import Header

# A value made from a tuple, without a call of Python code for each.
_made = partial(tuple.__new__, Value)


def record_end(grid: Grid, row: int, header: Header, end: int) -> int:
    """The last row of the record that starts here: a name merged down over several tasks is one member."""
    first = grid.span(row, header.columns["name"]) if "name" in header.columns else (row, 0, row, 0)
    if first[2] <= row or first[0] < row or grid.cells.get(first[:2]) is None:
        return row
    if "uscc" in header.columns:
        codes = {grid.span(r, header.columns["uscc"])[:2] for r in range(row, first[2] + 1)
                 if grid.at(r, header.columns["uscc"]) is not None}
        if len(codes) > 1:
            return row
    return min(first[2], end - 1)


def record_of(grid: Grid, row: int, last: int, header: Header) -> Row:
    """The values of a record from `row` to `last` by field; several cells of one column are one value."""
    if row == last:
        record = _plain_record(grid, row, header)
        return _joined(record) if header.halved else record
    record: Row = {}
    for name, col in header.columns.items():
        cells: list[Cell] = []
        for line in range(row, last + 1):
            cell = grid.at(line, col) or _within(grid, line, header.spans[name])
            if cell is not None and not is_blank(cell.text) and cell not in cells and cell.row > header.bottom:
                cells.append(cell)
        record[name] = _value(cells, address(row, col), header.units.get(name, ""))
    return _joined(record) if header.halved else record


def _plain_record(grid: Grid, row: int, header: Header) -> Row:
    """The record of one row, as nearly all are."""
    record: Row = {}
    cell_at, spans, bottom = grid.cells.get, grid.spans, header.bottom
    for name, col, across, unit in header.places:
        place = (row, col)
        cell = cell_at(spans[place][:2] if place in spans else place)
        if cell is None and across[0] != across[1]:
            cell = _within(grid, row, across)
        if cell is None or cell[0] <= bottom or is_blank(cell[2]):
            record[name] = _made(("", address(row, col), "text", unit))
        else:
            record[name] = _made((cell[2], address(cell[0], cell[1]), cell[3], unit))
    return record


def _value(cells: list[Cell], expected: str, unit: str) -> Value:
    if not cells:
        return Value("", expected, "text", unit)
    if len(cells) == 1:
        (cell,) = cells
        return Value(cell.text, address(cell.row, cell.col), cell.stored, unit)
    texts = dict.fromkeys(cell.text for cell in cells)
    return Value("；".join(texts), ",".join(address(cell.row, cell.col) for cell in cells), "text", unit)


def _joined(record: Row) -> Row:
    """A record in which a column given as two halves (开始时间, 结束时间) is one value."""
    fields = {name.split("#")[0] for name in record if "#" in name}
    for field in fields:
        halves = [record.pop(half(field, place), None) for place in (0, 1)]
        told = [value for value in halves if value is not None and not is_blank(value.text)]
        if field not in record:
            at = ",".join(value.at for value in halves if value is not None)
            record[field] = Value("至".join(value.text.strip() for value in told), at)
    return record


def _within(grid: Grid, row: int, span: tuple[int, int]) -> Cell | None:
    """Content under a header cell that is merged over several columns."""
    if span[0] == span[1]:
        return None
    return next((cell for col in range(span[0] + 1, span[1] + 1) if (cell := grid.at(row, col))), None)
