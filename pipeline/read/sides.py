"""A sheet is parted before anything is read: from the template's own column, and two forms side by side, whose rows
would mix."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.grid import Cell, Grid
from pipeline.read.labels import MAIN_TABLE, Labels
from schemas.label import label_key

# A label with its value in one cell.
_TOLD = re.compile(r"([^:：]{2,20})[:：]\s*\S")


def without_margin(grid: Grid, labels: Labels) -> Grid:
    """The grid without the template's own 自检 column, whose words are no content."""
    heads = margin_of(grid, labels)
    return grid.left_of(min(cell.col for cell in heads)) if heads else grid


def margin_of(grid: Grid, labels: Labels) -> list[Cell]:
    """The heads of the template's own column."""
    # It is a formula, which some programs save without a value.
    margin = labels.margin
    return [cell for cell, key in grid.keyed
            if (label_key(cell[2].split("\n", 1)[0]) if "\n" in cell[2] else key) == margin
            or (cell[3] == "formula" and cell[2].startswith(f'="{margin}'))]


def sides(grid: Grid, labels: Labels) -> list[Grid]:
    """The grid, parted at every column where a further name of a consortium stands in the row of the first, or in
    another above all tables of members, if each part has one."""
    rows: dict[int, list[int]] = {}
    codes, names, fields = [], labels.names, labels.tables[MAIN_TABLE]
    label = None
    for cell, key in grid.keyed:
        # The cell after a label may repeat it before its value.
        told = _TOLD.match(cell.text) if label != cell.row else None
        if key in names or (told and label_key(told[1]) in names):
            rows.setdefault(cell.row, []).append(cell.col)
        elif fields.get(key) == "uscc":
            codes.append(cell)
        label = cell.row if key in names else None
    starts = max(rows.values(), key=len, default=[])
    if len(rows) > 1 and len(starts) < 2 and max(rows) < min((cell.row for cell in codes), default=0):
        starts = sorted({col for cols in rows.values() for col in cols})
        parts = zip(starts, [*starts[1:], grid.width], strict=True)
        if not all(any(left <= cell.col < right for cell in codes) for left, right in parts):
            return [grid]
    if len(starts) < 2:
        return [grid]
    edges = [0, *starts[1:], grid.width]
    return [_between(grid, left, right) for left, right in zip(edges, edges[1:], strict=False)]


def _between(grid: Grid, left: int, right: int) -> Grid:
    return replace(grid, cells={place: cell for place, cell in grid.cells.items() if left <= place[1] < right},
                   spans={place: span for place, span in grid.spans.items() if left <= place[1] < right},
                   boxes=tuple(box for box in grid.boxes if left <= box.col < right))
