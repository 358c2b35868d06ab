"""Two forms side by side on one sheet are parted before anything is read: rows alone would mix them."""

from __future__ import annotations

from dataclasses import replace

from pipeline.grid import Grid
from pipeline.read.labels import Labels


def sides(grid: Grid, labels: Labels) -> list[Grid]:
    """The grid, parted at every column where a further name of a consortium stands in the row of the first."""
    rows: dict[int, list[int]] = {}
    names = labels.names
    for cell, key in grid.keyed:
        if key in names:
            rows.setdefault(cell.row, []).append(cell.col)
    starts = max(rows.values(), key=len, default=[])
    if len(starts) < 2:
        return [grid]
    edges = [0, *starts[1:], grid.width]
    return [_between(grid, left, right) for left, right in zip(edges, edges[1:], strict=False)]


def _between(grid: Grid, left: int, right: int) -> Grid:
    return replace(grid, cells={place: cell for place, cell in grid.cells.items() if left <= place[1] < right},
                   spans={place: span for place, span in grid.spans.items() if left <= place[1] < right},
                   boxes=tuple(box for box in grid.boxes if left <= box.col < right))
